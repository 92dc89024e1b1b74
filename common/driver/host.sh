# The host: which CPUs are used for what, the results folder, and environment.txt.

. "$ROOT/common/driver/cores.sh"

# host_choose_cpus: sets TEST_CPUS, unless given, and CLIENT_CPUS, so that the load client never takes the
# platform's time. With one CPU there is no choice.
host_choose_cpus() {
    cpus_allowed=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
    cpus_split=$(cores_choose "$cpus_allowed" "$TEST_CPUS") || return 1
    TEST_CPUS=${cpus_split% *} CLIENT_CPUS=${cpus_split#* }
}

# output_new: makes the results folder with the heads of its files.
output_new() {
    if [ -z "$OUT" ]; then
        OUT=$ROOT/results/$(date -u +%Y%m%dT%H%M%SZ)
        [ ! -e "$OUT" ] || OUT=$OUT-$$
    fi
    [ ! -e "$OUT/samples.csv" ] || say_bad "$OUT: holds results already; go on with --resume"
    for output_name in environment.txt plan.csv facts.csv guards.csv failures.csv platforms.csv report.txt \
        report.html log; do
        [ ! -e "$OUT/$output_name" ] ||
            say_bad "$OUT: has a $output_name that is no campaign's; choose another folder"
    done
    mkdir -p "$OUT/log" || say_fail "$OUT: cannot be made"
    OUT=$(cd "$OUT" && pwd)
    SEED=${SEED:-$(($(date +%s) % 1000000))}
    echo 'round,platform,benchmark' >"$OUT/plan.csv"
    echo 'time,host,platform,round,benchmark,metric,unit,better,rep,value' >"$OUT/samples.csv"
    echo 'time,host,platform,round,benchmark,key,value' >"$OUT/facts.csv"
    echo 'time,host,platform,round,benchmark,guard,outcome,evidence,advice' >"$OUT/guards.csv"
    echo 'time,host,platform,round,benchmark,reason' >"$OUT/failures.csv"
    echo 'platform,usable,reason' >"$OUT/platforms.csv"
    if ! { output_settings && host_environment; } >"$OUT/environment.txt" 2>>"$LOG"; then
        say_fail "$OUT/environment.txt: cannot be written"
    fi
}

# output_latest: as soon as something is measured. output_drop: nothing was, and nobody has named the folder.
output_latest() {
    if [ "${OUT%/*}" = "$ROOT/results" ]; then ln -sfn "${OUT##*/}" "$ROOT/results/latest"; fi
}
output_drop() {
    [ "${OUT%/*}" = "$ROOT/results" ] && [ -z "$RESUME" ] && [ "$(wc -l <"$OUT/plan.csv")" -le 1 ] || return 0
    rm -rf "$OUT"
    rmdir "$ROOT/results" 2>/dev/null || :
}

# output_settings: what a resumed campaign takes over, and how to run this one again.
output_settings() {
    echo "command=$COMMAND"
    echo "reproduce=$(output_reproduce)"
    echo "setting.seed=$SEED"
    echo "setting.test_cpus=$TEST_CPUS"
    echo "setting.client_cpus=$CLIENT_CPUS"
    echo "setting.memory=$MEMORY"
    echo "setting.quick=$QUICK"
    echo "setting.methods=$METHODS"
    echo "setting.benchmarks=$CHOSEN_BENCHMARKS"
    echo "setting.rounds=$ROUNDS"
    echo "setting.budget=$BUDGET_SECONDS"
    echo "setting.limit=$LIMITS_LEAST"
    printf '%s' "$CHOSEN_PLATFORMS" | sed 's/^/setting.platform=/'
    [ -z "$CARRY" ] || echo "setting.from=$CARRY_FROM"
    printf '%s' "$CARRY_WITH" | sed 's/^/setting.with=/'
}

# output_reproduce: the command that measures this again.
output_reproduce() {
    printf './run.sh -s %s -c %s -m %s' "$SEED" "$TEST_CPUS" "$MEMORY"
    for reproduce_benchmark in $CHOSEN_BENCHMARKS; do
        printf ' -b %s' "$(platform_quote "$(part_asked "$reproduce_benchmark")" | sed "s/ \$//; \
            s/^'\([A-Za-z0-9:=,.+_-]*\)'\$/\1/")"
    done
    printf '%s' "$CARRY_WITH" | while IFS= read -r reproduce_with; do
        printf ' --with %s' "$(platform_quote "$reproduce_with" | sed 's/ $//')"
    done
    printf '%s' "$CHOSEN_PLATFORMS" | while IFS= read -r reproduce_platform; do
        printf ' -p %s' "$(platform_quote "$reproduce_platform" | sed 's/ $//')"
    done
    [ -z "$ROUNDS" ] || printf ' -n %s' "$ROUNDS"
    [ -z "$BUDGET_SECONDS" ] || printf ' -t %ss' "$BUDGET_SECONDS"
    [ -z "$LIMITS_LEAST" ] || printf ' --limit %s' "$LIMITS_LEAST"
    echo "${METHODS:+ --methods}${QUICK:+ --quick}"
}

# host_fact KEY FILE: the first line of a file as a fact, if there is one.
host_fact() {
    [ -r "$2" ] || return 0
    fact_line=
    read -r fact_line <"$2" || :
    [ -z "$fact_line" ] || echo "$1=$fact_line"
}

# host_environment: what the host is, as far as it can change a figure.
host_environment() {
    echo "time=$(record_time)"
    echo "host=$HOST"
    echo "kernel=$(uname -srvm)"
    sed -n 's/^PRETTY_NAME="*\([^"]*\)"*/system=\1/p' /etc/os-release 2>/dev/null || :
    sed -n '/^model name/ { s/^[^:]*: /cpu.model=/p; q; }' /proc/cpuinfo
    echo "cpu.count=$(grep -c '^processor' /proc/cpuinfo)"
    if grep -qw hypervisor /proc/cpuinfo; then
        echo 'virtualized=yes: this host is itself a guest, and every VM here a nested one'
    else
        echo virtualized=no
    fi
    echo "host.starts=$LIMITS_STARTS: programs started in a second"
    echo "host.pace=$LIMITS_PACE: time limits are so many times those of a usual host"
    sed -n 's/^MemTotal: */memory=/p' /proc/meminfo
    host_fact machine.id /etc/machine-id
    host_fact boot.id /proc/sys/kernel/random/boot_id
    for environment_slurm in job_id job_partition cpus_on_node mem_per_node mem_per_cpu cpu_bind; do
        environment_name=SLURM_$(echo "$environment_slurm" | tr '[:lower:]' '[:upper:]')
        environment_value=$(printenv "$environment_name") || continue
        echo "slurm.$environment_slurm=$environment_value"
    done
    host_fact cpu.governor /sys/devices/system/cpu/cpu0/cpufreq/scaling_governor
    host_fact cpu.no_turbo /sys/devices/system/cpu/intel_pstate/no_turbo
    host_fact cpu.smt /sys/devices/system/cpu/smt/active
    host_fact clock.source /sys/devices/system/clocksource/clocksource0/current_clocksource
    host_fact thp /sys/kernel/mm/transparent_hugepage/enabled
    host_fact ksm /sys/kernel/mm/ksm/run
    host_fact swappiness /proc/sys/vm/swappiness
    for environment_file in /sys/devices/system/cpu/vulnerabilities/*; do
        host_fact "vulnerability.${environment_file##*/}" "$environment_file"
    done
    microcode=$(sed -n '/^microcode/ { s/^[^:]*: //p; q; }' /proc/cpuinfo)
    [ -z "$microcode" ] || echo "cpu.microcode=$microcode"
    echo "results.disk=$(df -P "$OUT" | awk 'NR == 2 { print $1 " on " $NF ", " $4 " KiB free" }')"
    echo "commit=$(host_commit)"
    [ -z "$CARRY" ] || echo "sha256.carried=$(carry_sums | sha256sum | cut -d ' ' -f 1)"
    carry_sums | sed 's|^\([^ ]*\)  carried/\(.*\)|carried.\2=\1|'
    # Last, so that a disk that is full ends in a status.
    platform_sha256_of "$BUILD" 2>/dev/null | awk '{ print "sha256." $2 "=" $1 }'
}

# host_commit: of the checkout, with -dirty behind it where files that it has are not as committed.
host_commit() {
    # A checkout that was carried to this host has no history with it.
    [ -z "${GUESTMARK_COMMIT:-}" ] || { echo "$GUESTMARK_COMMIT" && return; }
    commit_hash=$(git -C "$ROOT" rev-parse HEAD 2>/dev/null) || commit_hash=unknown
    if [ "$commit_hash" != unknown ] && ! git -C "$ROOT" diff --quiet HEAD 2>/dev/null; then
        commit_hash=$commit_hash-dirty
    fi
    echo "$commit_hash"
}
