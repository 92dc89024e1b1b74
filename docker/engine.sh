# A Docker engine of our own, part of platform.sh: started only if none answers and we are root, with its own
# socket and data under $BUILD/docker-engine, and stopped by its process number. A machine whose Docker runs
# is not touched.

engine_dir=$BUILD/docker-engine
# The path of a socket may have 107 characters at most, and $BUILD may be deep.
engine_socket=/run/guestmark-docker-$(echo "$BUILD" | cksum | cut -d ' ' -f 1)

engine_runs() {
    [ -f "$engine_dir/pid" ] && [ -S "$engine_socket/docker.sock" ] &&
        kill -0 "$(cat "$engine_dir/pid")" 2>/dev/null
}

# engine_start: 0 once it answers; else says why not, with status 77.
engine_start() {
    engine_runs && return
    PATH=$PATH:/usr/sbin:/sbin
    command -v dockerd >/dev/null 2>&1 || {
        echo "no Docker engine answers, and there is no dockerd; install it: apt-get install docker.io"
        return 77
    }
    case $engine_dir in
    *,*)
        echo "no Docker engine answers, and one of our own cannot keep overlays below" \
            "$BUILD, whose path has a comma; start Docker, or set BUILD"
        return 77
        ;;
    esac
    engine_alone || return
    mkdir -p "$engine_dir" "$engine_socket"
    engine_config >"$engine_dir/daemon.json"
    # No address of its own where the machine has a docker0 already; else the bridge is made, and removed
    # again.
    [ -e /sys/class/net/docker0 ] || firewall_save >"$engine_dir/bridge"
    # It outlives the process that prepares a platform, and so must not be found as a left-over of that.
    env -u GUESTMARK_BLOCK dockerd --config-file "$engine_dir/daemon.json" \
        --host "unix://$engine_socket/docker.sock" --data-root "$engine_dir/data" \
        --exec-root "$engine_socket/exec" --pidfile "$engine_dir/pid" --group "$(id -g)" \
        >"$engine_dir/log" 2>&1 </dev/null &
    engine_tries=150
    until docker --host "unix://$engine_socket/docker.sock" version >/dev/null 2>&1; do
        if [ $((engine_tries -= 1)) -eq 0 ] || ! kill -0 $! 2>/dev/null; then
            echo "no Docker engine answers, and dockerd does not start:" \
                "$(grep -v level=info "$engine_dir/log" | tail -n 1)"
            engine_stop
            return 77
        fi
        sleep 0.1
    done
    # An engine that was killed has left its containers in its data.
    docker --host "unix://$engine_socket/docker.sock" container prune --force >/dev/null
}

# engine_alone: two engines would share docker0, and give two containers one address.
engine_alone() {
    for engine_other in /run/guestmark-docker-*/docker.sock; do
        if [ "$engine_other" = "$engine_socket/docker.sock" ]; then continue; fi
        timeout "$(limits_for engine)" docker --host "unix://$engine_other" version >/dev/null 2>&1 ||
            continue
        echo "a Docker engine of another campaign is up (${engine_other%/*})," \
            "and two would meet on docker0; wait for its end"
        return 77
    done
}

# runsc takes the network of the container's namespace: its own network stack, in Debian's version, does not
# start on kernels that show net.core.dev_weight in every namespace.
engine_config() {
    echo '{"runtimes": {'
    engine_comma=
    for engine_runtime in crun runsc; do
        command -v "$engine_runtime" >/dev/null 2>&1 || continue
        if [ "$engine_runtime" = runsc ]; then engine_arguments='"--network=host"'; else engine_arguments=; fi
        printf '%s"%s": {"path": "%s", "runtimeArgs": [%s]}\n' "$engine_comma" "$engine_runtime" \
            "$(command -v "$engine_runtime")" "$engine_arguments"
        engine_comma=,
    done
    echo '}}'
}

# Asks it to end, and waits: dockerd stops its containers and containerd by itself.
engine_stop() {
    if [ -f "$engine_dir/pid" ]; then
        engine_pid=$(cat "$engine_dir/pid")
        kill "$engine_pid" 2>/dev/null || :
        engine_tries=200
        while [ -n "$(tr '\0' ' ' <"/proc/$engine_pid/cmdline")" ] && [ $((engine_tries -= 1)) -gt 0 ]; do
            sleep 0.1
        done 2>/dev/null
    fi
    # shellcheck disable=SC2046 # lists of numbers
    kill -s KILL $(engine_left) 2>/dev/null || :
    if [ -f "$engine_dir/bridge" ]; then
        firewall_restore docker0 'DOCKER[A-Z0-9-]*' <"$engine_dir/bridge"
        rm -f "$engine_dir/bridge"
    fi
    # What net=host makes of the host's network namespace stays mounted; so does what its containers had, of
    # an engine that was killed.
    platform_unmount "$engine_socket/"
    platform_unmount "$engine_dir/"
    rm -rf "$engine_socket" "$engine_dir/pid"
}

# engine_left: what an engine that was killed leaves running: its containerd, its containers' shims, and the
# first processes of the containers, below these; and the engine itself, if whoever started it was killed
# before it had written down its number.
engine_left() {
    for engine_process in /proc/[0-9]*; do
        case $(cat "$engine_process/comm") in containerd* | dockerd) ;; *) continue ;; esac
        tr '\0' ' ' <"$engine_process/cmdline" | grep -q " $engine_socket/exec[/ ]" || continue
        cat "$engine_process/task/${engine_process#/proc/}/children"
        echo "${engine_process#/proc/}"
    done 2>/dev/null
}
