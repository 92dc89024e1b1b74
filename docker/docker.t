#!/bin/sh
# The containers: the image, the adapter, its variants, and that nothing stays behind.
. common/tap.sh
. common/platform.sh

export BUILD ROOT STATE LOG TEST_CPUS MEMORY PLATFORM PLATFORM_NAME
BUILD=$(cd "$BUILD" && pwd)
ROOT=$PWD LOG=$TMP/log TEST_CPUS=0 MEMORY=512M
STATE=$(mktemp -d "$BUILD/docker-test.XXXXXX")
trap 'platform_down; platform_release; rm -rf "$TMP" "$STATE"' EXIT

use() {
    PLATFORM=$1 PLATFORM_NAME=${1%%:*}
    . docker/platform.sh
}

nginx_answers() {
    url=$(platform_url) || {
        echo "$url"
        return 1
    }
    "$BUILD/nginxload" -r 1 -t 50ms -w 0 -f value "$url/small"
}

# container PLATFORM FACT...: everything that the contract names; a platform that is not usable here says why.
container() {
    use "$1"
    shift
    run platform_probe
    [ "$run_status" -ne 0 ] || run platform_prepare
    if [ "$run_status" -eq 77 ]; then
        check "$PLATFORM: the reason is one line" [ "$(wc -l <"$TMP/out")" -eq 1 ]
        skip "$PLATFORM" "$(cat "$TMP/out")"
        return
    fi
    ok "$PLATFORM: up" platform_up
    status 7 "$PLATFORM: exit status, stdout and stderr come back" platform_run sh -c 'echo "$1"; cat; echo err >&2; exit 7' - "it's a  b"
    out_has "$PLATFORM: stdout" "^it's a  b\$"
    err_has "$PLATFORM: stderr" '^err$'
    run platform_sha256
    check "$PLATFORM: the same programs inside" sh -c 'cd "$1" && sha256sum -c --quiet "$2"' - "$BUILD" "$TMP/out"
    run platform_run nproc
    out_has "$PLATFORM: one CPU" '^1$'
    ok "$PLATFORM: the data folder can be written" platform_run sh -c 'echo x >/data/x'
    ok "$PLATFORM: nginx answers the host" nginx_answers
    ok "$PLATFORM: facts" platform_facts
    for fact in 'platform\.memory=512M' 'data\.device=.+' "$@"; do
        out_has "$PLATFORM: $fact" "^$fact\$"
    done
    check "$PLATFORM: two processes are billed" [ "$(platform_pids | wc -l)" -eq 2 ]
    ok "$PLATFORM: down" platform_down
    ok "$PLATFORM: down twice" platform_down
    check "$PLATFORM: nothing is left" [ -z "$(ls -A "$STATE")" ]
    check "$PLATFORM: no container" [ -z "$(container_engine ps --all --quiet --filter "name=$container_name")" ]
}

container docker net.backend=bridge data.storage=volume
if [ "$run_status" -ne 77 ]; then
    platform_up
    status 1 'docker: the root is read-only' platform_run sh -c 'echo x >/x'
    run platform_run cat /proc/self/status
    out_has 'docker: no capability' '^CapEff:[[:space:]]0000000000000000$'
    out_has 'docker: no new privileges' '^NoNewPrivs:[[:space:]]1$'
    run platform_run ls /sys/class/net
    check 'docker: no network where the tools run' [ "$(cat "$TMP/out")" = lo ]
    platform_down
fi
container docker:net=host,storage=overlay net.backend=host data.storage=overlay
container docker:runtime=runsc identity.runtime=runsc
container podman:runtime=runc identity.runtime=runc

use docker
ok 'the engine is released' platform_release
check 'an engine of our own is gone' [ ! -e "$engine_socket" ]

use docker:runtime=nonsense
status 77 'an unknown runtime is refused' platform_probe

# exec: a prefix that takes words, and one that takes a line, as ssh does.
for prefix in 'nice -n 0' "sh $TMP/line"; do
    (
        PLATFORM="exec:$prefix" PLATFORM_NAME=exec
        printf '%s\n' 'sh -c "$*"' >"$TMP/line"
        . common/exec.sh
        platform_probe && platform_prepare && platform_up || exit
        [ "$(platform_run printf '%s|' "it's" 'a  b' '$HOME')" = "it's|a  b|\$HOME|" ] || exit
        (cd "$BUILD" && platform_sha256 | sha256sum -c --quiet) || exit
        folder=$(platform_data)
        platform_run sh -c 'exit 7'
        [ $? -eq 7 ] || exit
        platform_down
        [ ! -e "$folder" ] && [ -z "$(ls -A "$STATE")" ]
    ) >"$TMP/out" 2>"$TMP/err"
    tap_report $? "exec:$prefix"
done

tap_done
