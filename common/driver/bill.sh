# The host's bill: what a trial costs the whole host, and the platform's own processes, in seconds
# of CPU time. A platform that keeps its throughput by burning a second CPU shows it here.

# bill_stamp: the time of day, which is fine but may be set, and the time since the boot, which is coarse
# (0.01 s) and only goes on. bill_elapsed STAMP STAMP: seconds from one to the other, by the second clock
# where the first has been set meanwhile.
bill_stamp() {
    bill_day=$(date +%s.%N)
    read -r bill_boot _ </proc/uptime
    case $bill_day in *N) bill_day=$bill_boot ;; esac # a date without nanoseconds: busybox
    echo "$bill_day $bill_boot"
}
bill_elapsed() {
    echo "$1 $2" | awk '{
        day = $3 - $1
        boot = $4 - $2
        printf "%.6f\n", (day - boot > 0.05 || boot - day > 0.05) ? boot : day
    }'
}

# bill_ticks PID...: CPU ticks of these processes and of their children that have been waited for.
bill_ticks() {
    for bill_pid in "$@"; do
        cat "/proc/$bill_pid/stat" 2>/dev/null || :
    done | awk '{ sub(/.*\) /, ""); ticks += $12 + $13 + $14 + $15 } END { print ticks + 0 }'
}

# bill_platform_cpu: CPU time of the platform so far, from its control group where it has one, else from its
# processes on the host; `-`: not known, of a container without one, whose processes come and go.
bill_platform_cpu() {
    if [ -r "$BILL_CGROUP/cpu.stat" ] && grep -q usage_usec "$BILL_CGROUP/cpu.stat"; then
        awk '$1 == "usage_usec" { printf "%.6f\n", $2 / 1e6 }' "$BILL_CGROUP/cpu.stat"
    elif [ -r "$BILL_CGROUP/cpuacct.usage" ]; then
        awk '{ printf "%.6f\n", $1 / 1e9 }' "$BILL_CGROUP/cpuacct.usage"
    elif grep -qs '^platform.kind=container' "$WORK/platform"; then
        echo -
    else
        # shellcheck disable=SC2046 # a list of numbers
        bill_ticks $(platform_pids) | awk -v hz="$CLOCK_TICKS" '{ printf "%.2f\n", $1 / hz }'
    fi
}

# bill_host: one line: uptime, busy and stolen ticks of all CPUs, PSI's microseconds in which
# something waited for a CPU, sectors written to and read from the device behind the data folder,
# KiB allocated to that data, throttling events.
bill_host() {
    read -r bill_uptime _ </proc/uptime
    read -r _ bill_user bill_nice bill_system _ _ bill_irq bill_softirq bill_steal _ </proc/stat
    bill_psi=$(bill_pressure)
    bill_read=0 bill_written=0
    if [ -n "$BILL_DEVICE" ] && [ -r "/sys/class/block/$BILL_DEVICE/stat" ]; then
        read -r _ _ bill_read _ _ _ bill_written _ <"/sys/class/block/$BILL_DEVICE/stat"
    fi
    echo "$bill_uptime" "$((bill_user + bill_nice + bill_system + bill_irq + bill_softirq))" \
        "$bill_steal" "$bill_psi" "$bill_written" "$bill_read" "$(bill_allocated)" "$(bill_throttled)"
}

# The file can be there and empty, or give an error when it is read: the kernel can count pressure and does
# not.
bill_pressure() {
    bill_some=
    { read -r bill_some </proc/pressure/cpu; } 2>/dev/null || :
    bill_some=${bill_some##*total=}
    case $bill_some in
    '' | *[!0-9]*) echo 0 ;;
    *) echo "$bill_some" ;;
    esac
}

bill_allocated() {
    if [ -n "$BILL_DATA" ]; then du -sk "$BILL_DATA" 2>/dev/null; fi | awk '{ k = $1 } END { print k + 0 }'
}

bill_throttled() {
    cat /sys/devices/system/cpu/cpu[0-9]*/thermal_throttle/core_throttle_count 2>/dev/null |
        awk '{ n += $1 } END { print n + 0 }'
}

# bill_cached: how much of the platform's disk, where that is one file, lies in the host's page cache.
bill_cached() {
    if [ -f "$BILL_DATA" ] && command -v fincore >/dev/null 2>&1; then
        fincore --bytes --noheadings --output RES "$BILL_DATA" | sed 's/^ *\(.*\)/host.data_cached=\1 B/'
    fi
}

# bill_adapter: the adapter's own, if it has any.
bill_adapter() {
    ! command -v platform_counters >/dev/null ||
        within "$(limits_for counters)" "counters of $PLATFORM" platform_counters 2>>"$LOG" || :
}

# bill_load: CPUs' worth of work that goes on before anything is started, as facts: on the whole host, and on
# those in use.
bill_load() {
    { cat /proc/stat && sleep 0.3 && cat /proc/stat; } |
        awk -v list="$(platform_cpus "$TEST_CPUS,$CLIENT_CPUS")" '
        BEGIN {
            n = split(list, cpu, " ")
            for (i = 1; i <= n; i++) used["cpu" cpu[i]] = 1
        }
        /^cpu[0-9]/ {
            idle = $5 + $6
            all = 0
            for (i = 2; i <= 9; i++) all += $i
            if ($1 in first && all > first[$1]) {
                busy = 1 - (idle - quiet[$1]) / (all - first[$1])
                load += busy
                if ($1 in used) in_use += busy
            }
            first[$1] = all
            quiet[$1] = idle
        }
        END { printf "host.load=%.2f\nhost.load_in_use=%.2f\n", load, in_use }'
}

# bill_start: remembers the counters. BILL_CGROUP and BILL_DEVICE are set for the block.
bill_start() {
    bill_platform_before=$(bill_platform_cpu)
    bill_counters=$(bill_adapter)
    bill_before=$(bill_host)
}

# bill_stop: prints what has been used since, as facts.
bill_stop() {
    bill_after=$(bill_host)
    echo "$bill_before $bill_after $bill_platform_before $(bill_platform_cpu)" |
        awk -v hz="$CLOCK_TICKS" '{
            wall = $9 - $1
            printf "bill.wall=%.2f s\n", wall
            printf "bill.host_cpu=%.2f s\n", ($10 - $2) / hz
            if ($18 != "-") printf "bill.platform_cpu=%.2f s\n", $18 - $17
            if (wall > 0)
                printf "bill.cpus=%.2f\n", ($10 - $2) / hz / wall
            printf "host.steal=%.2f s\n", ($11 - $3) / hz
            printf "host.psi_cpu=%.3f s\n", ($12 - $4) / 1e6
            printf "host.disk_written=%.0f B\n", ($13 - $5) * 512
            printf "host.disk_read=%.0f B\n", ($14 - $6) * 512
            printf "host.data_grown=%.0f B\n", ($15 - $7) * 1024
            printf "host.throttled=%d\n", $16 - $8
        }'
    printf '%s\n' "$bill_counters" "$(bill_adapter)" | awk -F= '
        $1 in first { printf "bill.%s=%.0f\n", $1, $2 - first[$1]; next }
        NF == 2 { first[$1] = $2 }'
    bill_cached
}

# bill_open: remembers, in $WORK/bill.before, what the conductor of turns does not count
# (common/turns/counters.h):
# lines KEY=NUMBER.
bill_open() { bill_slow >"$WORK/bill.before"; }

bill_slow() {
    echo "data_grown=$(bill_allocated)"
    echo "throttled=$(bill_throttled)"
    bill_adapter
}

# bill_close: the bills of all parts ($WORK/bills) added up, and what has grown since bill_open. The CPU time
# of a platform without a bill is what its programs have used.
bill_close() {
    {
        sed 's/^/part=/' "$WORK/bills"
        sed 's/^/before=/' "$WORK/bill.before"
        bill_slow | sed 's/^/after=/'
        sed -n -e 's/^# .*timed\.user=/timed=&/p' -e 's/^# .*timed\.system=/timed=&/p' "$WORK/out"
    } | awk -F '[= ]' -v benchmark="$1" '
        $1 == "part" { sum[$2] += $3; unit[$2] = $4; next }
        $1 == "before" { first[$2] = $3; next }
        $1 == "after" && $2 == "data_grown" {
            printf "host.data_grown=%.0f B\n", ($3 - first[$2]) * 1024
            next
        }
        $1 == "after" && $2 == "throttled" { printf "host.throttled=%d\n", $3 - first[$2]; next }
        $1 == "after" { printf "bill.%s=%.0f\n", $2, $3 - first[$2]; next }
        $1 == "timed" { programs += $NF ~ /^[0-9.]/ ? $NF : $(NF - 1) }
        END {
            if (!("bill.platform_cpu" in sum) && benchmark != "nginxload") {
                sum["bill.platform_cpu"] = programs
                unit["bill.platform_cpu"] = "s"
            }
            for (key in sum) {
                if (unit[key] == "s") printf "%s=%.6f s\n", key, sum[key]
                else printf "%s=%.0f%s\n", key, sum[key], unit[key] == "" ? "" : " " unit[key]
            }
            if (sum["bill.wall"] > 0)
                printf "bill.cpus=%.2f\n", sum["bill.host_cpu"] / sum["bill.wall"]
        }'
    bill_cached
}
