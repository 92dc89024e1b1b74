#!/bin/sh
# What `make deps` would install, on hosts that are folders of commands: what is missing, what cannot be had,
# who asks.
. common/test/tap.sh

# A host: a folder with the few commands that the script itself uses, and those that log what they are told.
LOGGED=$TMP/log
export LOGGED
host() { # NAME COMMAND...
    host=$TMP/$1
    shift
    mkdir -p "$host"
    for command in sh grep awk sed tr env cat chmod tee "$@"; do
        command -v "$command" >/dev/null && ln -sf "$(command -v "$command")" "$host/$command"
    done
    : >"$LOGGED"
}
fake() { # COMMAND (its script on stdin)
    { echo '#!/bin/sh' && cat; } >"$host/$1.new"
    chmod +x "$host/$1.new"
    mv "$host/$1.new" "$host/$1"
}
deps() { env PATH="$host" DEPS_ROOT="$host" /bin/sh common/dev/deps.sh "$@"; }

for distribution in 'dnf:dnf install gcc ' 'pacman:pacman -S gcc ' 'apk:apk add gcc ' \
    'none:what Debian calls gcc '; do
    host "${distribution%%:*}" id
    rm -f "$host/apt-get"
    echo 'exit 1' | fake "${distribution%%:*}"
    status 1 "${distribution%%:*}: is told what to install" deps run check
    err_has 'by its own names' "for you to install: ${distribution#*:}"
    err_has 'and what remains without' 'measures native and exec'
done
host alpine id
echo | fake apk
run deps run
check 'each name once' [ "$(grep -o ' musl-dev' "$TMP/err" | wc -l)" -le 1 ]
check 'no Debian tool is asked of Alpine' sh -c '! grep -q mmdebstrap "$1"' - "$TMP/err"

# Debian, as an ordinary user: sudo logs, and does nothing but show what would be done.
host debian
echo 'case $1 in -u) echo 1000 ;; *) echo user ;; esac' | fake id
echo 'echo "$*" >>"$LOGGED"; case $* in *apt-get*install*) exec env "$@" ;; *tee*) cat >/dev/null ;; esac' |
    fake sudo
# One package does not exist, of one the second name does, and together they cannot be installed.
cat <<'EOF' | fake apt-cache
case $2 in
runsc | nginx-light | docker-cli) echo '  Candidate: (none)' ;;
*) echo '  Candidate: 1.0' ;;
esac
EOF
cat <<'EOF' | fake apt-get
case $* in
*'install shellcheck'* | *' install cppcheck'*) exit 0 ;;
*shellcheck*cppcheck*) exit 100 ;;
*install*' clang') exit 100 ;;
esac
EOF
ok '--dry-run' deps --dry-run run check
err_has 'says what it would install' '^deps: for run check: apt-get install .*qemu-system-x86 '
err_has 'and that nothing is started' 'starts no service: neither a docker daemon, nor nginx on port 80'
err_has 'the second name where the first cannot be had' ' nginx .* docker.io '
err_has 'names what cannot be had' 'going on without: runsc$'
check 'no linter is asked for' sh -c '! grep -Eq "clang|shellcheck|cppcheck" "$1"' - "$TMP/err"
check 'and does nothing' [ ! -s "$LOGGED" ]
run deps --dry-run run
check 'make run wants nothing that only tests use' \
    sh -c '! grep -Eq "podman|strace|chromium|openssh" "$1"' - "$TMP/err"

ok 'one that cannot be installed does not stop the rest' deps lint
err_has 'they are tried one by one' 'one by one'
err_has 'and named' 'going on without:.* clang'
check 'the others are installed' grep -q 'install cppcheck$' "$LOGGED"
check 'services are told not to start before, and as ever after' awk '
    /policy-rc.d/ && !policy { policy = NR }
    /install/ && !install { install = NR }
    /^rm -f .*policy-rc.d/ { removed = NR }
    /install/ { last = NR }
    END { exit !(policy && policy < install && removed > last) }' "$LOGGED"

rm -f "$host/sudo"
status 1 'without sudo it says what root would do' deps lint
err_has 'in one line' '^deps: there is no sudo here; as root: apt-get install .*shellcheck '

# A host that has all of it.
host complete
grep '^[a-z]' common/dev/packages.txt | while read -r _ there _; do
    case ${there%%|*} in
    /*) mkdir -p "$host${there%%|*}" ;;
    *) ln -sf /bin/true "$host/${there%%|*}" ;;
    esac
done
ok 'nothing is missing' deps run check lint bench
check 'and nothing is said or done' sh -c '[ ! -s "$1/out" ] && [ ! -s "$1/err" ]' - "$TMP"
tap_done
