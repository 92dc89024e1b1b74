#!/bin/sh
# What the adapter tells engines on hosts that this one is not: docker is a stand-in that writes down what it
# is told.
. common/test/tap.sh
. common/platforms/platform.sh

# shellcheck disable=SC2034 # for the adapter
ROOT=$PWD BUILD=$TMP/build STATE=$TMP/state LOG=$TMP/log TEST_CPUS=0 MEMORY=1G PLATFORM=docker \
    PLATFORM_NAME=docker
mkdir -p "$BUILD" "$STATE" "$TMP/bin"
cat >"$TMP/bin/docker" <<'END'
#!/bin/sh
case $1 in
--version) cat "$HOSTS/version" ;;
info) cat "$HOSTS/security" ;;
version) sleep "${HOSTS_SLOW:-0}" ;;
run) printf '%s\n' "$*" >>"$HOSTS/run" ;;
esac
END
chmod +x "$TMP/bin/docker"
HOSTS=$TMP
export HOSTS
PATH=$TMP/bin:$PATH
echo 'Docker version 27.0, build x' >"$TMP/version"
. docker/platform.sh

# started SECURITY: what a container is started with by an engine with these options.
started() {
    echo "[name=seccomp,profile=builtin $1]" >"$TMP/security"
    : >"$TMP/run"
    echo guestmark:x >"$container_image_file"
    container_ids >"$container_image_file.ids"
    platform_up
    cat "$TMP/run"
}
ok 'docker' platform_probe
ok 'an engine of root' started ''
out_has 'runs as us' " --user $(id -u):$(id -g) --cpuset-cpus 0 "
ok 'a rootless engine' started name=rootless
out_has 'runs as its root, who is us outside' ' --user 0:0 --cpuset-cpus 0 '
ok 'an engine that maps users' started name=userns
out_has 'leaves this container out of that' " --user $(id -u):$(id -g) --userns host "
check 'no label where SELinux does not rule' grep -q -- '--volume [^ ]*/data:/data ' "$TMP/run"
container_label() { echo :Z; }
ok 'SELinux' started ''
out_has 'gives the volume a label' '--volume [^ ]*/data:/data:Z '

# On a host that is itself emulated an engine takes seconds to answer.
slow() (
    container_which() { [ "$1" = docker ]; }
    export HOSTS_SLOW=3 LIMITS_PACE=4
    platform_probe
)
ok 'an engine that is slow where all is slow' slow

# The log is gone with the run: what it says at its end is the reason.
container_build() {
    echo "mktemp: failed to create directory via template: Permission denied" >&2
    return 1
}
status 77 'an image that cannot be built' platform_prepare
out_has 'is told why' '^the image could not be built: mktemp: .*: Permission denied$'

echo 'podman version 4.3.1' >"$TMP/version"
status 77 'podman in the clothes of docker' platform_probe
out_has 'is told by its version' 'docker is podman .*measure it as podman'
check 'in one line' [ "$(wc -l <"$TMP/out")" -eq 1 ]

# Where user name spaces are forbidden (sysctl, AppArmor on Ubuntu), an ordinary user's podman cannot run.
PLATFORM=podman PLATFORM_NAME=podman
container_which() { echo "/usr/bin/$1"; }
podman_rootless() { true; }
unshare() { return 1; }
status 77 'no user name spaces for an ordinary user' platform_probe
out_has 'is told by which switches' 'user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns'
check 'in one line' [ "$(wc -l <"$TMP/out")" -eq 1 ]
unshare() { return 0; }
ok 'with them' platform_probe
BUILD=$BUILD/a-checkout/that-lies/deep/in-the-folders
status 77 'a path too long for podman' platform_probe
out_has 'is told what to do' '50 characters.*; set BUILD to a shorter one$'
tap_done
