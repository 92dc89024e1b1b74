# The host: which CPUs are used for what, the results folder, and environment.txt.

. "$ROOT/common/driver/cores.sh"

# choose_cpus: sets TEST_CPUS, unless given, and CLIENT_CPUS, so that the load client never takes the platform's time.
# With one CPU there is no choice.
choose_cpus() {
    cpus_allowed=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
    cpus_split=$(cores_choose "$cpus_allowed" "$TEST_CPUS") || return 1
    TEST_CPUS=${cpus_split% *} CLIENT_CPUS=${cpus_split#* }
}

# new_output: makes the results folder with the heads of its files.
new_output() {
    if [ -z "$OUT" ]; then
        OUT=$ROOT/results/$(date -u +%Y%m%dT%H%M%SZ)
        [ ! -e "$OUT" ] || OUT=$OUT-$$
    fi
    [ ! -e "$OUT/samples.csv" ] || bad "$OUT: holds results already; go on with --resume"
    mkdir -p "$OUT/log" || fail "$OUT: cannot be made"
    OUT=$(cd "$OUT" && pwd)
    SEED=${SEED:-$(($(date +%s) % 1000000))}
    echo 'round,platform,benchmark' >"$OUT/plan.csv"
    echo 'time,host,platform,round,benchmark,metric,unit,better,rep,value' >"$OUT/samples.csv"
    echo 'time,host,platform,round,benchmark,key,value' >"$OUT/facts.csv"
    echo 'time,host,platform,round,benchmark,guard,outcome,evidence,advice' >"$OUT/guards.csv"
    echo 'time,host,platform,round,benchmark,reason' >"$OUT/failures.csv"
    echo 'platform,usable,reason' >"$OUT/platforms.csv"
    { settings && environment; } >"$OUT/environment.txt"
    if [ "${OUT%/*}" = "$ROOT/results" ]; then
        ln -sfn "${OUT##*/}" "$ROOT/results/latest"
    fi
}

# settings: what a resumed campaign takes over, and how to run this one again.
settings() {
    echo "command=$COMMAND"
    echo "reproduce=./run.sh -s $SEED -c $TEST_CPUS -m $MEMORY${METHODS:+ --methods}${QUICK:+ --quick} with the same platforms, benchmarks and rounds"
    echo "setting.seed=$SEED"
    echo "setting.test_cpus=$TEST_CPUS"
    echo "setting.client_cpus=$CLIENT_CPUS"
    echo "setting.memory=$MEMORY"
    echo "setting.quick=$QUICK"
    echo "setting.methods=$METHODS"
    echo "setting.benchmarks=$CHOSEN_BENCHMARKS"
    printf '%s' "$CHOSEN_PLATFORMS" | sed 's/^/setting.platform=/'
}

# fact_of KEY FILE: the first line of a file as a fact, if there is one.
fact_of() {
    [ -r "$2" ] || return 0
    fact_line=
    read -r fact_line <"$2" || :
    [ -z "$fact_line" ] || echo "$1=$fact_line"
}

# environment: what the host is, as far as it can change a figure.
environment() {
    echo "time=$(utc)"
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
    fact_of cpu.governor /sys/devices/system/cpu/cpu0/cpufreq/scaling_governor
    fact_of cpu.no_turbo /sys/devices/system/cpu/intel_pstate/no_turbo
    fact_of cpu.smt /sys/devices/system/cpu/smt/active
    fact_of clock.source /sys/devices/system/clocksource/clocksource0/current_clocksource
    fact_of thp /sys/kernel/mm/transparent_hugepage/enabled
    fact_of ksm /sys/kernel/mm/ksm/run
    fact_of swappiness /proc/sys/vm/swappiness
    for environment_file in /sys/devices/system/cpu/vulnerabilities/*; do
        fact_of "vulnerability.${environment_file##*/}" "$environment_file"
    done
    echo "results.disk=$(df -P "$OUT" | awk 'NR == 2 { print $1 " on " $NF ", " $4 " KiB free" }')"
    ! command -v git >/dev/null || echo "commit=$(git -C "$ROOT" rev-parse HEAD 2>/dev/null || echo unknown)"
    platform_sha256_of "$BUILD" 2>/dev/null | awk '{ print "sha256." $2 "=" $1 }'
}
