#!/bin/sh
# The containers: the image, the adapter, its variants, and that nothing stays behind.
. common/test/tap.sh
. common/platforms/platform.sh
. common/driver/processes.sh

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

# firewall: rules and network cards of the host, without counters, and without tables that have nothing in
# them, which the first to ask for makes.
firewall() {
    PATH=$PATH:/usr/sbin:/sbin
    iptables-save | sed '/^[#*]/d; /^COMMIT$/d; /^:[A-Z]* ACCEPT /d; s/\[.*\]//'
    ls /sys/class/net
    cat /proc/sys/net/ipv4/ip_forward
}

# proxy_cpus: those of Docker's process for the published port. Podman, and a container in the host's network,
# have none.
proxy_cpus() {
    for proxy in $(container_proxies); do
        sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' "/proc/$proxy/status"
    done | sort -u
}
proxies_wanted() {
    case $PLATFORM in
    docker:net=host*) ;;
    docker*) if engine_runs; then echo "$TEST_CPUS"; else proxy_cpus; fi ;; # another engine may do without
    esac
}

# limits_inside: what it was given is what a program sees; only control groups of version 2 show the memory
# there whatever the engine, and gVisor has none.
limits_inside() {
    case $PLATFORM in *runsc*) return 0 ;; esac
    cp "$TMP/out" "$TMP/facts"
    run platform_run memsweep -r 1 -t 1ms -f csv --size 1M latency
    out_has "$PLATFORM: CPUs as given" '^# cpu\.allowed=0$'
    [ ! -f /sys/fs/cgroup/cgroup.controllers ] ||
        out_has "$PLATFORM: memory as given" "^# cgroup\\.memory=$(platform_key memory "$MEMORY")\$"
    cp "$TMP/facts" "$TMP/out"
}

# by_fifos: a servant's lines by the FIFOs that it names, as the conductor hears them
# (common/turns/servant.h); its status.
by_fifos() {
    platform_serve sh -c 'echo ready; while read -r line; do echo "<$line>"; done; exit 5' >"$TMP/said" &
    fifos_pid=$!
    until grep -q '^channel ' "$TMP/said" || ! kill -0 "$fifos_pid"; do sleep 0.1; done
    fifos=$(sed -n 's/^channel //p' "$TMP/said")
    timeout 30 cat "$fifos.out" >"$TMP/heard" &
    timeout 30 sh -c 'printf "a\nb\n" >"$1"' - "$fifos.in"
    wait "$!"
    wait "$fifos_pid"
}

# container PLATFORM FACT...: everything that the contract names; a platform that is not usable here says why.
container() {
    use "$1"
    shift
    firewall >"$TMP/firewall" 2>/dev/null
    run platform_probe
    [ "$run_status" -ne 0 ] || run platform_prepare
    if [ "$run_status" -eq 77 ]; then
        check "$PLATFORM: the reason is one line" [ "$(wc -l <"$TMP/out")" -eq 1 ]
        skip "$PLATFORM" "$(cat "$TMP/out")"
        return
    fi
    ok "$PLATFORM: up" platform_up
    adapter_contract
    ok "$PLATFORM: the data folder can be written" platform_run sh -c 'echo x >/data/x'
    ok "$PLATFORM: nginx answers the host" nginx_answers
    check "$PLATFORM: what moves its packets has its CPUs" [ "$(proxy_cpus)" = "$(proxies_wanted)" ]
    ok "$PLATFORM: facts" platform_facts
    for fact in "platform\\.memory=$(platform_key memory "$MEMORY")" 'data\.device=.+' "$@"; do
        out_has "$PLATFORM: $fact" "^$fact\$"
    done
    if [ -f "$STATE/fifos" ]; then
        cp "$TMP/out" "$TMP/facts"
        status 5 "$PLATFORM: a servant behind FIFOs" by_fifos
        check "$PLATFORM: hears line by line" [ "$(tr '\n' ' ' <"$TMP/heard")" = 'ready <a> <b> ' ]
        cp "$TMP/facts" "$TMP/out"
    fi
    limits_inside
    namespace=$(sed -n 's/^identity.pid_namespace=//p' "$TMP/out")
    check "$PLATFORM: a pid namespace of its own" [ "$namespace" != "$(readlink /proc/self/ns/pid)" ]
    check "$PLATFORM: two processes are billed" [ "$(platform_pids | wc -l)" -eq 2 ]
    ok "$PLATFORM: down" platform_down
    ok "$PLATFORM: down twice" platform_down
    check "$PLATFORM: nothing is left" [ -z "$(ls -A "$STATE")" ]
    if [ "$PLATFORM_NAME" = podman ]; then
        firewall >"$TMP/after" 2>/dev/null
        check "$PLATFORM: the host's firewall is as it was" cmp "$TMP/firewall" "$TMP/after"
    fi
    check "$PLATFORM: no container" \
        [ -z "$(container_engine ps --all --quiet --filter "name=$container_name")" ]
}

# With arguments, this is one container's part of the test.
[ $# -eq 0 ] || {
    container "$@"
    tap_done
}
firewall >"$TMP/firewall.before" 2>/dev/null

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
    # A proxy that nothing answers at: neither the image's making nor what goes over loopback may ask it.
    for proxy in http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy; do
        export "$proxy=http://127.0.0.1:9"
    done
    ok 'docker: the image goes' container_engine image rm --force "$(cat "$container_image_file")"
    ok 'docker: and is made again, with a proxy in the environment' platform_prepare
    ok 'docker: it runs' platform_up
    ok 'docker: nginx answers the host' nginx_answers
    platform_down
    unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy
fi
# One program as an image, by the commands of docker/Dockerfile.
single() {
    run container_engine build -t "guestmark-test-$1" -f docker/Dockerfile --target "$1" .
    check "an image of $1" [ "$run_status" -eq 0 ]
    single_name=$1
    shift
    ok "$single_name runs in it" container_engine run --rm --network none "guestmark-test-$single_name" -r 1 \
        -w 0 -t 1ms -f value "$@"
    check "$single_name prints its value" grep -Eq '^[0-9.e+-]+$' "$TMP/out"
    container_engine image rm "guestmark-test-$single_name" >/dev/null 2>&1
}
if [ "$run_status" -eq 77 ]; then
    skip 'images of single programs' 'no Docker'
elif [ "$BUILD" != "$PWD/build" ]; then
    skip 'images of single programs' "they are made of build/, and these programs are in $BUILD"
else
    single linpack -n 50
    single diskrand -n 1M --buffered
fi
container docker:net=host,storage=overlay net.backend=host data.storage=overlay
container docker:runtime=runsc identity.runtime=runsc
container docker:runtime=crun identity.runtime=crun
container podman net.backend=bridge 'identity.runtime=(runc|crun)'
container podman:net=slirp4netns,runtime=runc net.backend=slirp4netns identity.runtime=runc
container podman:net=host,runtime=runsc net.backend=host identity.runtime=runsc
if [ "$(nproc)" -gt 1 ]; then
    TEST_CPUS=0-1
    container docker:cpus=1,memory=256M,runtime=runc 'platform\.cpus=0' identity.runtime=runc
    container podman:cpus=1,memory=256M,storage=overlay 'platform\.cpus=0' data.storage=overlay
    TEST_CPUS=0
else
    skip 'cpus=1 of two' 'there is one'
fi

# Podman of an ordinary user: nobody, with a build folder of its own, and as few processes as one may have
# where there are 4 GiB of memory.
user() {
    prlimit --nproc=15000:15000 setpriv --reuid 65534 --regid 65534 --clear-groups \
        env -i PATH="$PATH" HOME="$TMP/user" TMPDIR="$TMP/user" BUILD="$TMP/user" \
        GUESTMARK_BLOCK="rootless-$$_" "$@"
}
rootless() {
    mkdir -p "$TMP/user/vm-image"
    for tool in $PLATFORM_TOOLS; do cp "$BUILD/$tool" "$TMP/user"; done
    cp "$BUILD/vm-image/base.tar" "$TMP/user/vm-image"
    chown -R 65534:65534 "$TMP/user"
    chmod 711 "$TMP"
    user sh docker/docker.t podman platform.rootless=yes
}
if [ "$(id -u)" -ne 0 ] || ! command -v setpriv >/dev/null 2>&1; then
    skip 'rootless podman' 'it is tried by root, as nobody'
elif ! setpriv --reuid 65534 --regid 65534 --clear-groups test -r "$PWD/docker/docker.t"; then
    skip 'rootless podman' "nobody cannot read $PWD"
elif [ ! -f "$BUILD/vm-image/base.tar" ]; then
    skip 'rootless podman' 'there is no root filesystem'
else
    ok 'rootless podman' rootless
    why=$(sed -n 's/.*# SKIP //p' "$TMP/out")
    [ -z "$why" ] || skip 'rootless podman' "$why"
    # What it has made belongs to user ids of its own.
    user podman --root "$TMP/user/podman/data" --runroot "$TMP/user/podman/run" unshare rm \
        -rf "$TMP/user/podman" 2>/dev/null
    processes_end "rootless-$$_" "$TMP/user" # podman keeps one, which holds its name space
fi

# Two campaigns: with an engine each they would meet on one bridge; those of one BUILD share it, and the last
# stops it.
other_engine() {
    BUILD="$TMP/other" sh -euc '. common/platforms/platform.sh
        . docker/platform.sh
        engine_start'
}
use docker
# The kernel kills an engine when memory is short.
if engine_runs; then
    ok 'a container, whose engine is killed' platform_up
    kill -s KILL "$(cat "$engine_dir/pid")"
    check 'which leaves something running' [ -n "$(engine_left)" ]
    ok 'a killed engine is released' platform_release
    check 'with its containers' [ -z "$(engine_left)" ]
    check 'and its mounts' sh -c '! grep -e " $1/" -e " $2/" /proc/self/mounts' - \
        "$engine_dir" "$engine_socket"
    ok 'and another can be started' platform_prepare
fi
if engine_runs; then
    engine_number=$(cat "$engine_dir/pid")
    rm "$engine_dir/pid"
    ok 'an engine that has not written down its number is released' platform_release
    check 'and ended' sh -c '! grep -qs dockerd "/proc/$1/comm"' - "$engine_number"
    ok 'and another one started' platform_prepare
fi
if engine_runs; then
    status 77 'an engine beside that of another campaign is refused' other_engine
    out_has 'and says why' 'a Docker engine of another campaign is up'
    check 'nothing is started' [ -z "$(find "$TMP/other" -name pid 2>/dev/null)" ]
    perl -e 'sleep 600' run.sh &
    driver=$!
    mkdir -p "$BUILD/run/$driver"
    : >"$BUILD/run/$driver/engine"
    platform_release
    check 'what another campaign of this BUILD uses is not stopped' engine_runs
    kill "$driver"
    wait "$driver" 2>/dev/null
    rm -r "$BUILD/run/$driver"
fi
ok 'the engine is released' platform_release
check 'an engine of our own is gone' [ ! -e "$engine_socket" ]
firewall >"$TMP/firewall.after" 2>/dev/null
check "the host's firewall is as it was" cmp "$TMP/firewall.before" "$TMP/firewall.after"

while read -r platform reason; do
    use "$platform"
    status 77 "refused: $platform" platform_probe
    out_has "says why: $platform" "$reason"
    check "in one line: $platform" [ "$(wc -l <"$TMP/out")" -eq 1 ]
done <<'END'
docker:runtime=nonsense runtime is not default
docker:net=slirp4netns net is not bridge
docker:storage=disk storage is not volume
docker:cpus=2 the platform under test has CPU 0 only
podman:memory=1x memory is not a size
END

tap_done
