# Adapter: native and native2, the host itself. See common/platforms/platform.sh for the contract.

native_root=$BUILD/rootfs
native_serve=$ROOT/vm-image/root/usr/local/sbin/serve

platform_keys() { :; }
platform_probe() { platform_check_keys; }
platform_prepare() { :; }
platform_release() { :; }
platform_up() { mkdir -p "$STATE/data"; }
platform_data() { echo "$STATE/data"; }
platform_carried() { echo "$CARRY"; }
platform_sha256() { platform_sha256_of "$BUILD"; }

platform_serve() { PATH=$BUILD:$PATH platform_taskset "$TEST_CPUS" "$@"; }
platform_run() { platform_serve "$@" </dev/null; }

# native_nginx COMMAND...: runs a command with the nginx to use as further arguments: the root
# filesystem's, by its own dynamic linker, so that every platform runs the same binary and libraries;
# the system's where no root filesystem has been built.
native_nginx() {
    native_arch=$(uname -m)-linux-gnu
    for native_linker in "$native_root/lib/$native_arch"/ld-linux-*; do
        if [ ! -x "$native_linker" ] || [ ! -x "$native_root/usr/sbin/nginx" ]; then continue; fi
        "$@" "$native_linker" \
            --library-path "$native_root/lib/$native_arch:$native_root/usr/lib/$native_arch" \
            "$native_root/usr/sbin/nginx"
        return
    done
    for native_program in $(command -v nginx) /usr/sbin/nginx; do
        [ -x "$native_program" ] || continue
        "$@" "$native_program"
        return
    done
    echo "no nginx: neither a root filesystem (vm-image/build.sh)" \
        "nor a system nginx (apt-get install nginx-light)"
    return 77
}

native_version() { "$@" -v 2>&1 | sed 's|.*nginx/||'; }

platform_url() {
    if [ ! -f "$STATE/www/nginx.pid" ]; then
        native_port=$(platform_free_port)
        native_nginx platform_taskset "$TEST_CPUS" sh "$native_serve" --big "${BIG:-512}" "$STATE/www" \
            "127.0.0.1:$native_port" 2>>"$LOG" || return
        echo "$native_port" >"$STATE/port"
    fi
    echo "http://127.0.0.1:$(cat "$STATE/port")"
}

platform_server() { platform_server_of platform_run "$STATE/www" "$native_serve"; }

platform_facts() {
    echo platform.kind=native
    echo "platform.engine=$(uname -sr)"
    echo "platform.cpus=$TEST_CPUS"
    echo platform.unlimited=memory
    echo net.backend=loopback
    if native_said=$(native_nginx native_version); then
        echo "nginx.version=$native_said"
        if [ -x "$native_root/usr/sbin/nginx" ]; then echo nginx.origin=rootfs; else
            echo nginx.origin=system
        fi
    fi
    echo data.storage=folder
    platform_host_data "$STATE/data"
}

# The tools are the driver's own children; of all that runs here only nginx is not.
platform_pids() {
    [ ! -f "$STATE/www/nginx.pid" ] || {
        native_master=$(cat "$STATE/www/nginx.pid")
        echo "$native_master"
        tr ' ' '\n' <"/proc/$native_master/task/$native_master/children" | grep .
    }
}

platform_down() {
    if [ -f "$STATE/www/nginx.pid" ]; then
        kill "$(cat "$STATE/www/nginx.pid")" 2>/dev/null || :
        native_tries=50
        while [ -f "$STATE/www/nginx.pid" ] && [ $((native_tries -= 1)) -gt 0 ]; do sleep 0.1; done
    fi
    rm -rf "$STATE/www" "$STATE/data" "$STATE/port"
}
