# Judges the facts of blocks and trials by the rules in guards.awk.

. "$ROOT/common/driver/cores.sh"

# guards_host: what the rules know of the host, as KEY=VALUE lines. It is looked at once in a round, and so is
# what may serve (guards_server_here): $RUN/once keeps it.
guards_host() {
    echo "host.isa=$ISA"
    guards_once host guards_host_look
}

# guards_once NAME COMMAND...: what the command prints, from $RUN/once/NAME if it is there.
guards_once() {
    guards_kept=$RUN/once/$1
    shift
    if [ ! -f "$guards_kept" ]; then
        "$@" >"$guards_kept.new" && mv "$guards_kept.new" "$guards_kept" || return
    fi
    cat "$guards_kept"
}

guards_host_look() {
    echo "host.test_cpus=$TEST_CPUS"
    echo "host.client_cpus=$CLIENT_CPUS"
    cores_facts "$TEST_CPUS" "$CLIENT_CPUS"
    echo "host.cpus=$(grep -c '^processor' /proc/cpuinfo)"
    echo "host.memory=$MEMORY"
    echo "host.kernel=$(uname -r)"
    echo "host.arch=$(uname -m)"
    echo "host.pid_namespace=$(readlink /proc/self/ns/pid || :)"
    if platform_host_is_guest; then echo host.virtualized=yes; fi
    if [ -r /sys/kernel/mm/ksm/run ]; then echo "host.ksm=$(cat /sys/kernel/mm/ksm/run)"; fi
    if [ -r /sys/kernel/mm/transparent_hugepage/enabled ]; then
        echo "host.thp=$(cat /sys/kernel/mm/transparent_hugepage/enabled)"
    fi
    if [ -r /proc/sys/net/ipv4/tcp_congestion_control ]; then
        echo "host.congestion=$(cat /proc/sys/net/ipv4/tcp_congestion_control)"
    fi
    guards_host_seen
}

# guards_host_seen: what a program says of the host and of the driver's control group, as it would inside a
# platform.
guards_host_seen() {
    "$BUILD/memsweep" --reps 1 --warmup 0 --time 0 --size 4k --format csv latency 2>/dev/null |
        sed -n -e 's/^# cgroup\.cpus=/host.cgroup_cpus=/p' -e 's/^# cpu\.mitigations=/host.mitigations=/p'
}

# guards_apply BENCHMARK: judges the facts on stdin, and writes down what does not hold. What cannot be judged
# does not count.
guards_apply() {
    awk -v place="$(record_place "$1" | sed 's/\\/\\\\/g')" -v platform="$PLATFORM" -v benchmark="${1%%:*}" \
        -v own_cpus="$(platform_key cpus '')" -v own_memory="$(platform_key memory '')" \
        -f "$ROOT/common/driver/csv.awk" -f "$ROOT/common/driver/guards.awk" >"$WORK/judged" 2>>"$LOG" ||
        printf '%s\n' "$(record_place "$1"),rules,void,$(csv_line 'its facts could not be judged here' \
            'see log/driver.log')" >"$WORK/judged"
    record_append guards.csv <"$WORK/judged"
}

# guards_of_block: when its last trial has ended.
guards_of_block() {
    { guards_host && cat "$WORK/platform"; } | guards_apply -
}

# guards_of_trial BENCHMARK: $WORK/facts has the trial's facts.
guards_of_trial() {
    { guards_host && cat "$WORK/platform" "$WORK/facts"; } | guards_apply "$1"
}

# guards_sha256: facts about whether the programs there ($WORK/sha256), and what was carried there, are
# those here, of its architecture ($HERE).
guards_sha256() {
    if [ ! -s "$WORK/sha256" ]; then
        echo sha256.unknown=yes
        return
    fi
    {
        platform_sha256_of "$HERE" 2>/dev/null
        [ "$HERE" != "$BUILD" ] || carry_sums
    } | awk '
        NR == FNR { there[$2] = $1; next }
        there[$2] != $1 { different = different " " $2 }
        END {
            if (different != "") print "sha256.different=" substr(different, 2)
            else print "sha256.equal=yes"
        }' "$WORK/sha256" -
}

# guards_server BENCHMARK: facts about whether what serves there ($WORK/server) is what the root filesystem
# here has.
guards_server() {
    if [ "$(part_program "$1")" != nginxload ] || [ ! -x "$HERE/rootfs/usr/sbin/nginx" ] ||
        ! command -v platform_server >/dev/null; then return 0; fi
    [ -s "$WORK/server" ] || {
        echo server.unknown=yes
        return
    }
    guards_once "serve.${HERE##*/}" guards_server_here | awk '
        FILENAME == "-" { here[$1, $2]; next }
        {
            seen[$2]
            if (!(($1, $2) in here)) different = different " " $2
        }
        END {
            if (!("nginx" in seen)) different = different " nginx"
            if (different != "") print "server.different=" substr(different, 2)
            else print "server.equal=yes"
        }' - "$WORK/server"
}

# guards_server_here: what may serve, as platform_server says it.
guards_server_here() {
    find "$HERE/rootfs/lib" "$HERE/rootfs/usr" -type f \( -name '*.so*' -o -name nginx \) \
        -exec sha256sum {} + | sed 's|/.*/||'
    guards_serve=$ROOT/vm-image/root/usr/local/sbin/serve
    echo "$(sha256sum <"$guards_serve" | cut -d ' ' -f 1)  serve"
    echo "$(sh "$guards_serve" --configuration 0 |
        sed '/^user /d; s/^worker_processes .*/worker_processes N;/; s/ listen .*//' | sha256sum |
        cut -d ' ' -f 1)  nginx.conf"
}
