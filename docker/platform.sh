# Adapter: docker and podman, rootful or rootless. See common/platforms/platform.sh for the contract.
#
# One container runs the tools, with no network; a second, of the same image and with the same limits, runs
# nginx once it is asked for. Both have no capabilities, no new privileges, and a read-only root (but for
# storage=overlay, whose point is to write to it).

. "$ROOT/common/platforms/limits.sh"
. "$ROOT/docker/firewall.sh"
. "$ROOT/docker/engine.sh"
. "$ROOT/docker/podman.sh"

# The image that platform_prepare has built, so that starting a container is all that platform_up does.
container_image_file=${RUN:-$BUILD}/$PLATFORM_NAME.image
container_name=guestmark-$PLATFORM_NAME-$(echo "$STATE" | cksum | cut -d ' ' -f 1)

platform_keys() {
    cat <<END
net $(container_default_net)|$(container_other_nets)
storage volume|overlay
runtime default|runc|crun|runsc
cpus N
memory SIZE
END
}

# container_engine ARGUMENT...: the engine's command line, as the user and to the socket that it takes.
container_engine() {
    if [ "$PLATFORM_NAME" = podman ]; then
        podman_engine "$@"
    elif engine_runs; then
        docker --host "unix://$engine_socket/docker.sock" "$@"
    else
        docker "$@"
    fi
}

container_default_net() { if podman_rootless; then podman_rootless_net; else echo bridge; fi; }

container_other_nets() {
    case $PLATFORM_NAME:$(container_default_net) in
    docker:*) echo host ;;
    podman:bridge) echo 'host|slirp4netns' ;;
    podman:slirp4netns) echo host ;;
    podman:host) echo slirp4netns ;;
    esac
}

container_net() { platform_key net "$(container_default_net)"; }

# runc is where only root looks for it.
container_which() { PATH=$PATH:/usr/sbin:/sbin command -v "$1"; }

# crun does not run on a host that has control groups of both versions.
container_hybrid() { grep -qs . /sys/fs/cgroup/unified/cgroup.controllers; }

container_runtime=$(platform_key runtime default)

platform_probe() {
    platform_check_keys || return
    container_which "$PLATFORM_NAME" >/dev/null || {
        container_package=$PLATFORM_NAME
        [ "$PLATFORM_NAME" != docker ] || container_package=docker.io
        echo "$PLATFORM_NAME: not found; install it: apt-get install $container_package"
        return 77
    }
    container_probe_runtime || return
    container_count=$(platform_key cpus 1)
    if [ "$container_count" -gt "$(platform_cpu_count "$TEST_CPUS")" ]; then
        echo "cpus=$container_count: the platform under test has CPU $TEST_CPUS only;" \
            "give it more with --cpus"
        return 77
    fi
    if [ "$PLATFORM_NAME" = podman ]; then podman_probe; else container_probe_docker; fi
}

container_probe_runtime() {
    [ "$container_runtime" != default ] || return 0
    container_which "$container_runtime" >/dev/null || {
        echo "runtime $container_runtime: not found; install it: apt-get install $container_runtime"
        return 77
    }
    if [ "$container_runtime" = crun ] && container_hybrid; then
        echo "crun refuses a host with control groups of both versions, as this one is; use runtime=runc"
        return 77
    fi
}

# As root, platform_prepare starts an engine where none runs.
container_probe_docker() {
    container_stand_in || return
    if engine_runs || timeout "$(limits_for engine)" docker version >/dev/null 2>&1; then return; fi
    if [ "$(id -u)" -ne 0 ] || ! container_which dockerd >/dev/null; then
        echo "no Docker engine answers to $(id -un);" \
            "start it (systemctl start docker) or, if it runs, join its group (adduser $(id -un) docker)"
        return 77
    fi
}

# container_stand_in: `docker` can be podman (package podman-docker); its row would bear the wrong name.
container_stand_in() {
    case $(docker --version 2>/dev/null) in
    *[Pp]odman*)
        echo "docker is podman on this machine (podman-docker); measure it as podman"
        return 77
        ;;
    esac
}

# container_ids: the engine's way to be us in a container, for --user and --userns. Where the engine is
# rootless we are root there; where it maps user ids (userns-remap) we are nobody, unless the container is
# left out of that.
container_ids() {
    case $(container_engine info --format '{{.SecurityOptions}}' 2>/dev/null) in
    *name=rootless*) echo '0:0' ;;
    *name=userns*) echo "$(id -u):$(id -g) host" ;;
    *) echo "$(id -u):$(id -g)" ;;
    esac
}

# SELinux lets a container see a folder of the host only if that has a label of its own.
container_label() { if grep -qs 1 /sys/fs/selinux/enforce; then echo :Z; fi; }

# Starts an engine if there is none, builds the image, and runs it once.
platform_prepare() {
    [ -z "${RUN:-}" ] || : >"$RUN/engine"
    if [ "$PLATFORM_NAME" = docker ] && ! timeout "$(limits_for engine)" docker version >/dev/null 2>&1; then
        engine_start || return
    fi
    container_image=$(container_build 2>>"$LOG") || {
        echo "${container_image:-the image could not be built: $(tail -n 1 "$LOG")}"
        return 77
    }
    echo "$container_image" >"$container_image_file"
    [ "$PLATFORM_NAME" = podman ] || container_ids >"$container_image_file.ids"
    platform_up 2>"$STATE/why" || {
        platform_down
        echo "a container does not start: $(grep -i error "$STATE/why" | tail -n 1 | cut -c 1-300)"
        rm -f "$STATE/why"
        return 77
    }
    platform_down
    rm -f "$STATE/why"
}

# build.sh wants a command, not a function.
container_build() {
    if [ "$PLATFORM_NAME" = podman ]; then
        sh "$ROOT/docker/build.sh" podman --root "$BUILD/podman/data" --runroot "$BUILD/podman/run" \
            --cgroup-manager cgroupfs
    elif engine_runs; then
        sh "$ROOT/docker/build.sh" docker --host "unix://$engine_socket/docker.sock"
    else
        sh "$ROOT/docker/build.sh" docker
    fi
}

# Podman keeps its images, and our own engine too, in the build folder; a user's engine shall not.
platform_release() {
    if [ "$PLATFORM_NAME" = podman ]; then return; fi
    if ! engine_runs && [ -f "$container_image_file" ] && ! platform_others engine; then
        docker image rm "$(cat "$container_image_file")" >>"$LOG" 2>&1 || :
    fi
    rm -f "$container_image_file" "$container_image_file.ids"
    # Another campaign of the same BUILD may use the engine; the last one stops it.
    platform_others engine || engine_stop
}

# container_start NAME ARGUMENT...: a container that waits to be told what to run.
container_start() {
    container_called=$1
    shift
    container_data || return
    [ -z "${CARRY:-}" ] || set -- --volume "$CARRY:/carried:ro$(container_label | sed 's/:/,/')" "$@"
    if [ "$(platform_key storage volume)" = volume ]; then
        set -- --read-only --tmpfs /tmp --tmpfs /run --volume "$STATE/data:/data$(container_label)" "$@"
    fi
    # podman would raise limits, which it may lack the capability for.
    case $PLATFORM_NAME:$container_runtime in
    podman:*) set -- --ulimit "nofile=$(container_files)" --ulimit "nproc=$(container_processes)" "$@" ;;
    docker:default) ;;
    docker:*) set -- --runtime "$container_runtime" "$@" ;;
    esac
    # Root in a rootless container is the user outside.
    container_user=$(id -u):$(id -g) container_userns=
    [ ! -f "$container_image_file.ids" ] ||
        read -r container_user container_userns <"$container_image_file.ids"
    if podman_rootless; then
        set -- --user 0:0 "$@"
    else
        set -- --user "$container_user" ${container_userns:+--userns "$container_userns"} \
            --cpuset-cpus "$(container_cpus)" "$@"
    fi
    container_memory=$(platform_key memory "$MEMORY")
    container_image=$(cat "$container_image_file") || return
    container_engine run --detach --name "$container_called" --hostname guestmark --pull never \
        --cap-drop ALL --security-opt no-new-privileges --memory "$container_memory" \
        --memory-swap "$container_memory" \
        "$@" "$container_image" sleep 2147483647 >>"$LOG"
}

# As many open files as we may have, SOFT:HARD.
container_files() { awk '/^Max open files/ { print $4 ":" $5 }' /proc/self/limits; }

# As many processes as we may have, but what podman takes by itself (32768) is above what some may.
container_processes() {
    awk '/^Max processes/ { most = $4 == "unlimited" || $4 > 30000 ? 30000 : $4; print most ":" most }' \
        /proc/self/limits
}

container_data() { mkdir -p "$STATE/data"; }

# cpus=N: the first N of the CPUs that the platform gets.
container_cpus() {
    container_count=$(platform_key cpus all)
    if [ "$container_count" = all ]; then
        echo "$TEST_CPUS"
    else
        platform_cpus "$TEST_CPUS" | cut -d ' ' -f "1-$container_count" | tr ' ' ,
    fi
}

platform_up() {
    container_start "$container_name" --network none
}

platform_run() { container_engine exec "$container_name" "$@" </dev/null; }

# platform_serve: through the engine every line would pass several of its processes, whose work leaves the CPU
# cold for the step that follows: 1 % of one of linpack. Where a FIFO on the volume is the same file on both
# sides ($STATE/fifos), the conductor has the servant's own (common/turns/servant.h).
platform_serve() {
    if [ ! -f "$STATE/fifos" ]; then
        container_engine exec --interactive "$container_name" "$@"
        return
    fi
    rm -f "$STATE/data/.steps.in" "$STATE/data/.steps.out"
    mkfifo -m 666 "$STATE/data/.steps.in" "$STATE/data/.steps.out"
    echo "channel $STATE/data/.steps"
    # shellcheck disable=SC2016 # expanded by the shell in there
    container_engine exec "$container_name" \
        sh -c 'exec "$@" </data/.steps.in >/data/.steps.out' - "$@" </dev/null
}
platform_data() { echo /data; }
platform_carried() { echo /carried; }

platform_sha256() { platform_sha256_in /usr/local/bin; }

platform_url() {
    container_network=$(container_net)
    container_port=8080 container_listen=8080
    if ! container_engine exec "$container_name-www" test -f /data/www/nginx.pid >/dev/null 2>&1; then
        case $container_network in
        host)
            container_port=$(platform_free_port)
            echo "$container_port" >"$STATE/port"
            container_listen=127.0.0.1:$container_port
            set -- --network host
            ;;
        *) set -- --network "$container_network" --publish "127.0.0.1::8080" ;;
        esac
        [ "$PLATFORM_NAME:$container_network" != podman:bridge ] || firewall_podman_save
        if ! container_start "$container_name-www" "$@" 2>>"$LOG" ||
            ! container_engine exec "$container_name-www" serve --big "${BIG:-512}" \
                /data/www "$container_listen" >>"$LOG" 2>&1; then
            echo "nginx does not start in $PLATFORM: $(tail -n 1 "$LOG")"
            return 77
        fi
        : >"$STATE/serving"
        container_pin_proxy
    fi
    if [ "$container_network" = host ]; then
        echo "http://127.0.0.1:$(cat "$STATE/port")"
    else
        echo "http://$(container_engine port "$container_name-www" 8080/tcp | head -n 1)"
    fi
}

platform_server() { platform_server_of container_www_run /data/www serve; }
container_www_run() { container_engine exec "$container_name-www" "$@" </dev/null; }

# container_proxies: Docker's processes that move what comes to the published port, if there are any and we
# see them.
container_proxies() {
    if [ "$PLATFORM_NAME" != docker ] || [ ! -f "$STATE/serving" ]; then return 0; fi
    container_port=$(container_engine port "$container_name-www" 8080/tcp 2>/dev/null | sed -n '1s/.*://p')
    [ -n "$container_port" ] || return 0
    grep -ls docker-proxy /proc/[0-9]*/cmdline | while IFS= read -r container_process; do
        { tr '\0' ' ' <"$container_process"; } 2>/dev/null |
            grep -q "^[^ ]*docker-proxy .*-host-port $container_port " || continue
        container_process=${container_process#/proc/}
        echo "${container_process%/cmdline}"
    done
}

# container_pin_proxy: they are part of what the platform costs, so they have its CPUs. Left alone, they run
# beside the load client on one request and beside the server on the next.
container_pin_proxy() {
    for container_proxy in $(container_proxies); do
        taskset -a -c -p "$TEST_CPUS" "$container_proxy" >/dev/null 2>>"$LOG" || :
    done
}

# platform_counters: microseconds of CPU time that those have used, and what serves behind them.
platform_counters() {
    set -- # their numbers
    for container_proxy in $(container_proxies); do set -- "$@" "$container_proxy"; done
    [ $# -gt 0 ] || return 0
    container_served=$(platform_cgroup_of "$(platform_pids | tail -n 1)")
    for container_proxy; do cat "/proc/$container_proxy/stat" 2>/dev/null || :; done |
        awk -v hz="$CLOCK_TICKS" '
            { sub(/.*\) /, ""); ticks += $12 + $13 }
            END { printf "proxy_us=%.0f\n", 1e6 * ticks / hz }'
    if [ -r "$container_served/cpuacct.usage" ]; then
        awk '{ printf "server_us=%.0f\n", $1 / 1e3 }' "$container_served/cpuacct.usage"
    elif [ -r "$container_served/cpu.stat" ]; then
        sed -n 's/^usage_usec /server_us=/p' "$container_served/cpu.stat"
    fi
}

platform_facts() {
    echo platform.kind=container
    echo "platform.engine=$(container_engine --version)"
    echo "platform.cpus=$(container_cpus)"
    echo "platform.memory=$(platform_key memory "$MEMORY")"
    if podman_rootless; then podman_rootless_facts; fi
    if [ "$PLATFORM_NAME" = docker ]; then
        # An ordinary user's own, without a systemd that grants it control groups.
        [ "$(container_engine info --format '{{.CgroupDriver}}')" != none ] ||
            echo 'platform.unlimited=CPUs and memory'
        echo "identity.runtime=$(
            container_engine inspect --format '{{.HostConfig.Runtime}}' "$container_name"
        )"
    else
        container_oci=$(container_engine inspect --format '{{.OCIRuntime}}' "$container_name")
        echo "identity.runtime=${container_oci##*/}"
        if [ "$container_runtime" = default ] && container_hybrid; then
            echo "platform.runtime=runc: crun refuses a host with control groups of both versions"
        fi
    fi
    container_pid=$(platform_pids | head -n 1)
    # Seen from inside: gVisor's sandbox is a process of the host's name space, and has a kernel of its own.
    platform_run sh -c 'echo "identity.pid_namespace=$(readlink /proc/self/ns/pid)"
        echo "identity.kernel=$(uname -r)"' >"$STATE/seen"
    cat "$STATE/seen"
    if [ "$(platform_key storage volume)" = volume ] &&
        grep -qxF "identity.kernel=$(uname -r)" "$STATE/seen"; then : >"$STATE/fifos"; fi
    echo "identity.host_pid_namespace=$(readlink /proc/self/ns/pid)"
    echo "net.backend=$(container_net)"
    platform_nginx_version
    echo nginx.origin=rootfs
    echo "data.storage=$(platform_key storage volume)"
    if [ "$(platform_key storage volume)" = volume ]; then
        platform_host_data "$STATE/data"
    else
        container_upper=$(container_engine inspect --format '{{.GraphDriver.Data.UpperDir}}' \
            "$container_name")
        [ ! -d "$container_upper" ] || platform_host_data "$container_upper"
    fi
    platform_cgroup_of "$container_pid" | sed 's/^/cgroup.cpu=/'
}

platform_pids() {
    set -- "$container_name"
    [ ! -f "$STATE/serving" ] || set -- "$@" "$container_name-www"
    for container; do
        container_engine inspect --format '{{.State.Pid}}' "$container" 2>/dev/null || :
    done
}

platform_down() {
    for container in "$container_name" "$container_name-www"; do
        container_engine rm --force --volumes "$container" >/dev/null 2>&1 || :
    done
    firewall_podman_restore
    rm -rf "$STATE/data" "$STATE/port" "$STATE/serving" "$STATE/fifos" "$STATE/seen"
}
