# Adapter: apptainer (Singularity): the container image's tree, run by `exec`, which starts no engine and no
# network of its own. See common/platforms/platform.sh for the contract.

apptainer_engine=$(command -v apptainer || command -v singularity || :)

platform_keys() { :; }

platform_probe() {
    platform_check_keys || return
    [ -n "$apptainer_engine" ] || {
        echo "apptainer: not found; Debian has it in sid (apt-get install apptainer)," \
            "apptainer.org for all others"
        return 77
    }
}

platform_prepare() {
    apptainer_why=$(sh "$ROOT/vm-image/build.sh" rootfs 2>>"$LOG") || {
        echo "${apptainer_why:-the root filesystem could not be built: $(tail -n 1 "$LOG")}"
        return 77
    }
    platform_fresh
    platform_up
    platform_run true >>"$LOG" 2>&1 || {
        echo "$apptainer_engine runs nothing: $(apptainer_reason)"
        return 77
    }
    platform_down
}
platform_release() { :; }

# apptainer_reason: what it has said last of what went wrong. It colours that, and ends with a line of nothing
# but the end of the colour.
apptainer_reason() {
    tr -d '\033' <"$LOG" | sed 's/\[[0-9;]*m//g' | awk '
        /^(FATAL|ERROR)/ { reason = $0 }
        NF { last = $0 }
        END { print reason ? reason : last }'
}

# Memory can be limited as root under control groups of version 2, and by an ordinary user where systemd lends
# him some:
# whether it can, a try tells. Each `exec` gets a group of its own.
platform_fresh() {
    rm -f "$STATE/limited"
    mkdir -p "$STATE/data"
    : >"$STATE/limited"
    platform_run true >/dev/null 2>&1 || rm "$STATE/limited"
}

platform_up() { mkdir -p "$STATE/data"; }

platform_run() { platform_serve "$@" </dev/null; }

platform_serve() {
    set -- "$BUILD/rootfs" "$@"
    [ -z "${CARRY:-}" ] || set -- --bind "$CARRY:/carried:ro" "$@"
    # What limits it is shown to it, too: of its own accord the engine hides the control groups.
    [ ! -f "$STATE/limited" ] ||
        set -- --memory "$MEMORY" --cpuset-cpus "$TEST_CPUS" --bind /sys/fs/cgroup:/sys/fs/cgroup:ro "$@"
    platform_taskset "$TEST_CPUS" "$apptainer_engine" --silent exec --contain --cleanenv --no-home \
        --env PATH=/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin \
        --bind "$STATE/data:/data" --pwd / "$@"
}

platform_data() { echo /data; }
platform_carried() { echo /carried; }

platform_sha256() { platform_sha256_in /usr/local/bin; }

platform_url() {
    if [ ! -f "$STATE/data/www/nginx.pid" ]; then
        apptainer_port=$(platform_free_port)
        platform_run serve --big "${BIG:-512}" /data/www "127.0.0.1:$apptainer_port" >>"$LOG" 2>&1 || {
            echo "nginx does not start in $PLATFORM: $(apptainer_reason)"
            return 77
        }
        echo "$apptainer_port" >"$STATE/port"
    fi
    echo "http://127.0.0.1:$(cat "$STATE/port")"
}

platform_server() { platform_server_of platform_run /data/www serve; }

platform_facts() {
    echo platform.kind=container
    echo "platform.engine=$("$apptainer_engine" --version)"
    echo "platform.cpus=$TEST_CPUS"
    if [ -f "$STATE/limited" ]; then echo "platform.memory=$MEMORY"; else echo platform.unlimited=memory; fi
    echo net.backend=host
    platform_nginx_version
    echo nginx.origin=rootfs
    echo data.storage=volume
    platform_host_data "$STATE/data"
}

platform_pids() { [ ! -f "$STATE/data/www/nginx.pid" ] || cat "$STATE/data/www/nginx.pid"; }

platform_down() {
    [ ! -f "$STATE/data/www/nginx.pid" ] || kill "$(cat "$STATE/data/www/nginx.pid")" 2>/dev/null || :
    rm -rf "$STATE/data" "$STATE/port" "$STATE/limited"
}
