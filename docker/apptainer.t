#!/bin/sh
# Apptainer: for real where it is installed; else against a command that takes what Apptainer's manual says
# and runs it in the tree by unshare and chroot, which proves the command lines and all that follows from
# them.
. common/test/tap.sh
. common/platforms/platform.sh

export BUILD ROOT STATE LOG TEST_CPUS MEMORY PLATFORM PLATFORM_NAME
BUILD=$(cd "$BUILD" && pwd)
ROOT=$PWD LOG=$TMP/log TEST_CPUS=0 MEMORY=512M PLATFORM=apptainer PLATFORM_NAME=apptainer
STATE=$(mktemp -d "$BUILD/apptainer-test.XXXXXX")
trap 'platform_down; rm -rf "$TMP" "$STATE"' EXIT

fake() {
    cat <<'END'
#!/bin/sh
# apptainer [--silent] exec [--contain] [--cleanenv] [--no-home] [--env NAME=VALUE] [--bind FROM:TO]
#     [--pwd FOLDER] IMAGE COMMAND...
[ "$1" = --version ] && echo 'apptainer version 1.3.0' && exit
[ "$1" = --silent ] && shift
[ "$1" = exec ] || { echo "Error: unknown command $1" >&2; exit 1; }
shift
while :; do
    case $1 in
    --contain | --cleanenv | --no-home) shift ;;
    --env) environment=$2 && shift 2 ;;
    --bind) from=${2%%:*} to=${2#*:} && shift 2 ;;
    --pwd) folder=$2 && shift 2 ;;
    -*) echo "Error: unknown flag: $1" >&2; exit 1 ;;
    *) break ;;
    esac
done
image=$1
shift
exec env -i "$environment" unshare --mount sh -c '
    PATH=$PATH:/usr/sbin:/usr/bin
    mount --bind "$1" "$2$3" && mount --rbind /dev "$2/dev" && mount -t proc proc "$2/proc" || exit
    image=$2 folder=$4
    shift 4
    exec chroot "$image" sh -c "cd \"\$0\" && exec \"\$@\"" "$folder" "$@"' - \
    "$from" "$image" "$to" "$folder" "$@"
END
}

if ! command -v apptainer >/dev/null 2>&1 && ! command -v singularity >/dev/null 2>&1; then
    PATH=$PATH:/usr/sbin:/sbin
    . docker/apptainer.sh
    status 77 'without apptainer it is refused' platform_probe
    out_has 'and why, and who has it' '^apptainer: not found; Debian has it in sid '
    if [ "$(id -u)" -ne 0 ] || ! unshare --mount true 2>/dev/null; then
        skip 'the command lines' 'needs root, for a chroot'
        tap_done
    fi
    mkdir "$TMP/bin"
    fake >"$TMP/bin/apptainer"
    chmod +x "$TMP/bin/apptainer"
    PATH=$TMP/bin:$PATH
fi

. docker/apptainer.sh
# As Apptainer 1.4.5 says it: coloured, and the end of the colour on a line of its own.
printf 'INFO:    %s\n\033[31mFATAL:   %s\n\033[0m\n' 'Converting' \
    'container creation failed: no mount' >"$LOG"
run apptainer_reason
check 'why it fails is a sentence' [ "$(cat "$TMP/out")" = 'FATAL:   container creation failed: no mount' ]
echo 'sh: serve: not found' >"$LOG"
run apptainer_reason
check 'whoever says it' [ "$(cat "$TMP/out")" = 'sh: serve: not found' ]
: >"$LOG"
ok 'probe' platform_probe
run platform_prepare
if [ "$run_status" -eq 77 ]; then
    skip 'prepare' "$(cat "$TMP/out")"
    tap_done
fi
ok 'up' platform_up
adapter_contract
# shellcheck disable=SC2034
LEAK=yes
export LEAK
run platform_run env
check 'the environment there is clean' sh -c '! grep -q LEAK "$1"' - "$TMP/out"
ok 'the data folder can be written' platform_run sh -c 'echo x >/data/x'
check 'and is the host folder' test -s "$STATE/data/x"
nginx_answers() {
    url=$(platform_url) && "$BUILD/nginxload" -r 1 -t 50ms -w 0 -f value "$url/small"
}
ok 'nginx answers the host' nginx_answers
ok 'facts' platform_facts
out_has 'name the engine' '^platform\.engine=(apptainer|singularity)'
out_has 'and say whether memory is limited' '^platform\.(unlimited=memory|memory=)'
check 'are KEY=VALUE lines' awk '!/^[a-z0-9_.]+=./ { exit 1 }' "$TMP/out"
check 'nginx is billed' [ "$(platform_pids | wc -l)" -ge 1 ]
pid=$(platform_pids | head -n 1)
ok 'down' platform_down
gone() {
    tries=50
    while [ -n "$(tr '\0' ' ' <"/proc/$pid/cmdline")" ] &&
        [ $((tries -= 1)) -gt 0 ]; do sleep 0.1; done 2>/dev/null
    [ "$tries" -gt 0 ]
}
ok 'nginx is gone' gone
ok 'down twice' platform_down
check 'nothing is left' [ -z "$(ls -A "$STATE")" ]

tap_done
