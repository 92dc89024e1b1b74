#!/bin/sh
# exec:COMMAND with prefixes of every kind: words, a line, a name space, another root, a container, another
# host.
. common/test/tap.sh
. common/platforms/platform.sh

# shellcheck disable=SC2034 # for the adapter
ROOT=$PWD BUILD=$(cd "$BUILD" && pwd) STATE=$TMP/state LOG=$TMP/log TEST_CPUS=0 PLATFORM_NAME=exec
PATH=$PATH:/usr/sbin:/sbin
mkdir "$STATE"

# prefix COMMAND: everything that the contract names, in a shell of its own.
prefix() {
    (
        PLATFORM=exec:$1
        . common/platforms/exec.sh
        wrong() {
            echo "$1"
            platform_down
            exit 1
        }
        { platform_probe && platform_prepare && platform_up; } || wrong 'it does not come up'
        [ "$(platform_run printf '%s|' "it's" 'a  b' '$HOME' '*')" = "it's|a  b|\$HOME|*|" ] ||
            wrong 'words are not what they were'
        (cd "$BUILD" && platform_sha256 | sha256sum -c --quiet) || wrong 'other programs'
        platform_run forksum -r 1 -t 1ms -f value 1 10 >/dev/null || wrong 'forksum does not run'
        folder=$(platform_data)
        platform_run sh -c 'echo x >"$0/x" && rm "$0/x"' "$folder" || wrong 'no data folder'
        status=0
        [ "$({ sleep 1 && printf 'a\n\nb\n'; } | platform_serve sh -c 'echo ready; cat' |
            tr '\n' ' ')" = 'ready a  b ' ] ||
            wrong 'a servant does not hear line by line'
        platform_run sh -c 'exit 7' || status=$?
        [ "$status" -eq 7 ] || wrong "status $status instead of 7"
        platform_down
        left=$(printf '[ ! -e "%s" ] || echo left\n' "${folder%/data}" | exec_script)
        [ -z "$left$(ls -A "$STATE")" ] || wrong 'something is left'
    ) >"$TMP/out" 2>"$TMP/err" </dev/null
    tap_report $? "exec:$1"
}

PLATFORM=exec:
. common/platforms/exec.sh
status 77 'no command' platform_probe
PLATFORM='exec:no-such-command x'
. common/platforms/exec.sh
status 77 'a command that is not there' platform_probe
out_has 'is named' '^no-such-command: not found$'

# What a login shell says would stand in front of every tool's output.
printf '#!/bin/sh\necho "Welcome to host x"\nexec "$@"\n' >"$TMP/noisy"
chmod +x "$TMP/noisy"
PLATFORM=exec:$TMP/noisy
. common/platforms/exec.sh
status 77 'a command that greets' platform_prepare
one_line_said() { check 'in one line, with what it says' [ "$(wc -l <"$TMP/out")" -eq 1 ]; }
one_line_said
out_has 'and what to do' "noisy prints 'Welcome to host x' by itself, .*be silent"
PLATFORM="exec:sh -c false"
. common/platforms/exec.sh
status 77 'a command that runs no shell' platform_prepare
one_line_said
check 'nothing is left' [ -z "$(ls -A "$STATE")" ]

# An ssh that would ask: one clear line, at once. The stand-in asks unless it is told not to.
mkdir "$TMP/bin"
cat >"$TMP/bin/ssh" <<'END'
#!/bin/sh
case "$*" in
*BatchMode=yes*) echo 'u@h: Permission denied (publickey,password).' >&2; exit 255 ;;
*) sleep 60 ;;
esac
END
chmod +x "$TMP/bin/ssh"
asks() { PATH=$TMP/bin:$PATH platform_prepare; }
PLATFORM='exec:ssh u@h'
. common/platforms/exec.sh
status 77 'an ssh that asks for a password' asks
out_has 'gives its reason' '^ssh u@h sh: .*: u@h: Permission denied'
one_line_said

prefix 'nice -n 0'
printf '%s\n' 'sh -c "$*"' >"$TMP/line" # as ssh does: joins the words, and a shell splits them
prefix "sh $TMP/line"
prefix "env A=b"

if unshare --user --map-root-user --pid --fork true 2>/dev/null; then
    prefix 'unshare --user --map-root-user --pid --fork --mount-proc'
    mkdir "$TMP/home"
    # mounted OPTIONS OPTIONS FOLDER COMMAND...: with a /var/tmp and a /tmp of these options, and this $HOME.
    cat >"$TMP/mounted" <<'END'
#!/bin/sh
HOME=/mnt unshare --user --map-root-user --mount sh -ec '
    mount -t tmpfs -o "$1" none /var/tmp
    mount --bind "$3" /mnt
    mount -t tmpfs -o "$2" none /tmp
    shift 3
    exec "$@"' - "$@"
END
    chmod +x "$TMP/mounted"
    # A hardened host: nothing may be run in /var/tmp and /tmp.
    PLATFORM="exec:$TMP/mounted noexec noexec $TMP/home"
    . common/platforms/exec.sh
    check 'where /tmp is noexec, the folder is another' sh -c '[ "$1" != "${1#/mnt/guestmark.}" ]' - \
        "$(exec_place)"
    check 'and nothing stays behind' [ "$(find "$TMP/home" -mindepth 1 | wc -l)" -eq 1 ]
    # A /tmp for every command, and no /var/tmp, as systemd-nspawn gives a small tree.
    prefix "$TMP/mounted ro rw $TMP/home"
else
    skip 'exec:unshare' 'no user namespaces'
fi

# A tree of its own: the root filesystem, with what a system has beside its files.
tree() {
    sh vm-image/build.sh rootfs >"$TMP/why" 2>/dev/null && cp -R "$BUILD/rootfs" "$TMP/tree" &&
        mknod -m 666 "$TMP/tree/dev/null" c 1 3 2>/dev/null
}
if [ "$(id -u)" -ne 0 ]; then
    skip 'exec:chroot, exec:systemd-nspawn' 'not root'
elif ! tree; then
    skip 'exec:chroot, exec:systemd-nspawn' "no tree: $(cat "$TMP/why")"
else
    prefix "chroot $TMP/tree"
    nspawn='systemd-nspawn: not found (apt-get install systemd-container)'
    ! command -v systemd-nspawn >/dev/null 2>&1 || nspawn='systemd-nspawn does not run here'
    if systemd-nspawn --quiet -D "$TMP/tree" true >/dev/null 2>&1; then
        prefix "systemd-nspawn --quiet --pipe -D $TMP/tree"
    else
        skip 'exec:systemd-nspawn' "$nspawn"
    fi
fi

# Another host, which is this one: an ssh server of our own on loopback, for a key made here.
server() {
    port=$(platform_free_port)
    ssh-keygen -q -t ed25519 -N '' -f "$TMP/key" && cp "$TMP/key.pub" "$TMP/authorized" || return
    mkdir /run/sshd 2>/dev/null && : >"$TMP/made"
    "$(command -v sshd)" -f /dev/null -h "$TMP/key" -p "$port" -o ListenAddress=127.0.0.1 -o StrictModes=no \
        -o "AuthorizedKeysFile=$TMP/authorized" -o "PidFile=$TMP/sshd.pid" -o UsePAM=no -E "$TMP/sshd.log"
    tries=30
    until [ -s "$TMP/sshd.pid" ]; do
        [ $((tries -= 1)) -gt 0 ] || return 1
        sleep 0.1
    done
}
if ! command -v sshd >/dev/null 2>&1 || ! command -v ssh >/dev/null 2>&1; then
    skip 'exec:ssh' 'no sshd here (apt-get install openssh-server openssh-client)'
elif ! server >/dev/null 2>&1; then
    skip 'exec:ssh' "sshd does not start: $(tail -n 1 "$TMP/sshd.log")"
else
    trap 'kill "$(cat "$TMP/sshd.pid")"; [ ! -f "$TMP/made" ] || rmdir /run/sshd; rm -rf "$TMP"' EXIT
    options='-o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o BatchMode=yes'
    prefix "ssh -q -i $TMP/key -p $port $options 127.0.0.1"
fi

tap_done
