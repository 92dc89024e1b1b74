# --doctor: every probe, and every guard after a trial too short to measure anything, before an
# hour is lost. Prints what to fix, and how; exit status 1 if there is something, 77 if no platform is usable.
# shellcheck disable=SC2034 # the settings are read in other files

doctor() {
    OUT=$RUN/doctor QUICK=1 RESUME='' ROUNDS=1
    output_new
    echo 'Host'
    doctor_host | sort -r | tee "$RUN/checks"
    prepare_probe 2>/dev/null
    prepare 2>/dev/null
    ROUND=1
    plan_round 1 >"$WORK/plan"
    while IFS='	' read -r doctor_platform ORDER <&3 && ! campaign_stopped; do
        say "looking at $doctor_platform"
        rounds_measure "$doctor_platform" 2>/dev/null
    done 3<"$WORK/plan"
    doctor_platforms
    doctor_guards
    doctor_status=0
    if grep -q '^  fix' "$RUN/checks" || [ "$(wc -l <"$OUT/failures.csv")" -gt 1 ]; then doctor_status=1; fi
    exit "${STOPPED:-$doctor_status}"
}

# line VERDICT TEXT
doctor_line() { printf '  %-5s %s\n' "$1" "$2"; }

doctor_platforms() {
    echo 'Platforms'
    sed -n '2,$p' "$OUT/platforms.csv" | awk "$CSV_AWK"'
        { csv_split($0, field) }
        field[2] == "no" { printf "  %-5s %s: %s\n", "no", field[1], field[3]; next }
        { printf "  %-5s %s\n", "ok", field[1] }'
    sed -n '2,$p' "$OUT/failures.csv" | sed 's/^[^,]*,[^,]*,/  fix   /'
}

# doctor_guards: each guard that did not pass once, with the trials it concerns.
doctor_guards() {
    echo 'Guards'
    [ "$(wc -l <"$OUT/guards.csv")" -gt 1 ] || doctor_line ok 'all pass'
    awk "$CSV_AWK"'
        NR > 1 {
            csv_split($0, field)
            where = field[3] (field[5] == "-" ? "" : " " field[5])
            printf "  %-5s %s: %s: %s; %s\n", field[7], where, field[6], field[8], field[9]
        }' "$OUT/guards.csv" | fold -s -w 78 | sed '/^  [a-z]/! s/^/        /'
}

# doctor_host: what about this host would disturb or limit every platform.
doctor_host() {
    if [ "$TEST_CPUS" = "$CLIENT_CPUS" ]; then
        doctor_line fix \
            'one CPU only: the load client takes the time of what it measures; use a host with two'
    else
        doctor_line ok "CPUs: $TEST_CPUS for the platform under test, $CLIENT_CPUS for the load client"
    fi
    doctor_file 'frequency governor' /sys/devices/system/cpu/cpu0/cpufreq/scaling_governor performance \
        'cpupower frequency-set -g performance'
    doctor_file 'merging of equal pages (KSM)' /sys/kernel/mm/ksm/run 0 'echo 0 >/sys/kernel/mm/ksm/run'
    doctor_file 'threads that share a core (SMT)' /sys/devices/system/cpu/smt/active 0 \
        'echo off >/sys/devices/system/cpu/smt/control, or choose --cpus so that no core is shared'
    if platform_host_is_guest; then
        doctor_line note 'this host is itself a guest: steal is watched, and kvm is nested'
    fi
    BILL_DEVICE='' BILL_DATA=''
    . "$ROOT/common/driver/bill.sh"
    # As the guard `load` weighs it: by the CPUs in use.
    bill_load | awk -F= -v used="$(platform_cpu_count "$TEST_CPUS,$CLIENT_CPUS")" '
        $1 != "host.load_in_use" { next }
        $2 > 0.075 * (used > 2 ? used : 2) {
            printf "  %-5s %s\n", "fix", $2 " CPUs are busy; end what else runs (ps aux --sort=-pcpu)"
            next
        }
        { printf "  %-5s %s\n", "ok", "nothing else runs" }'
    awk -v wanted="$MEMORY" '
        $1 == "MemAvailable:" { have = $2 / 1024 }
        END {
            want = wanted + 0
            if (wanted ~ /G$/) want *= 1024
            if (have < 2 * want)
                printf "  fix   memory: %.0f MiB free for a platform of %s; choose a smaller --memory\n",
                    have, wanted
            else printf "  ok    memory: %.0f MiB free for a platform of %s\n", have, wanted
        }' /proc/meminfo
    df -Pk "$BUILD" | awk '
        NR == 2 &&
            $4 < 8388608 { printf "  fix   disk: %.1f GiB free below %s, 8 wanted\n", $4 / 1048576, $NF }
        NR == 2 && $4 >= 8388608 { printf "  ok    disk: %.1f GiB free below %s\n", $4 / 1048576, $NF }'
    awk '/^Swap(Total|Free):/ { swap[$1] = $2 } END {
        used = swap["SwapTotal:"] - swap["SwapFree:"]
        if (used > 65536) printf "  fix   %.0f MiB are swapped out; free memory, then swapoff -a\n",
            used / 1024 }' /proc/meminfo
}

# doctor_file WHAT FILE WANTED HOW: says nothing where there is no such file.
doctor_file() {
    [ -r "$2" ] || return 0
    read -r doctor_value <"$2"
    if [ "$doctor_value" = "$3" ]; then
        doctor_line ok "$1: $3"
    else
        doctor_line fix "$1: $doctor_value, better $3: $4"
    fi
}
