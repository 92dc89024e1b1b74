# The host: which CPUs are used for what, and what it is (environment.txt).
# shellcheck disable=SC2034 # the settings are read in other files

. "$ROOT/common/driver/cores.sh"

# host_choose_cpus: sets TEST_CPUS, unless given, and CLIENT_CPUS, so that the load client never takes the
# platform's time. With one CPU there is no choice.
host_choose_cpus() {
    host_allowed=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
    host_split=$(cores_choose "$host_allowed" "$TEST_CPUS") || return 1
    TEST_CPUS=${host_split% *} CLIENT_CPUS=${host_split#* }
}

# host_fact KEY FILE: the first line of a file as a fact, if there is one.
host_fact() {
    [ -r "$2" ] || return 0
    host_line=
    read -r host_line <"$2" || :
    [ -z "$host_line" ] || echo "$1=$host_line"
}

# host_cpu: the first CPU's brand, with family and model where there are such, as cpu_model() of
# common/lib/cpu.h has them.
host_cpu() {
    awk -F '[ \t]*: ' '
        $0 == "" { exit }
        $1 == "model name" || $1 == "uarch" { brand = $2 }
        $1 == "cpu family" { family = $2 }
        $1 == "model" { model = $2 }
        END {
            if (brand == "") exit
            print brand (family == "" || model == "" ? "" : " (family " family ", model " model ")")
        }' /proc/cpuinfo
}

# host_environment: what the host is, as far as it can change a figure.
host_environment() {
    echo "time=$(record_time)"
    echo "host=$HOST"
    echo "kernel=$(uname -srvm)"
    sed -n 's/^PRETTY_NAME="*\([^"]*\)"*/system=\1/p' /etc/os-release 2>/dev/null || :
    host_cpu | sed 's/^/cpu.model=/'
    echo "cpu.count=$(grep -c '^processor' /proc/cpuinfo)"
    if platform_host_is_guest; then
        echo 'virtualized=yes: this host is itself a guest, and every VM here a nested one'
    else
        echo virtualized=no
    fi
    echo "host.starts=$LIMITS_STARTS: programs started in a second"
    echo "host.pace=$LIMITS_PACE: time limits are so many times those of a usual host"
    sed -n 's/^MemTotal: */memory=/p' /proc/meminfo
    host_fact machine.id /etc/machine-id
    host_fact boot.id /proc/sys/kernel/random/boot_id
    for host_slurm in job_id job_partition cpus_on_node mem_per_node mem_per_cpu cpu_bind; do
        host_name=SLURM_$(echo "$host_slurm" | tr '[:lower:]' '[:upper:]')
        host_value=$(printenv "$host_name") || continue
        echo "slurm.$host_slurm=$host_value"
    done
    host_fact cpu.governor /sys/devices/system/cpu/cpu0/cpufreq/scaling_governor
    host_fact cpu.no_turbo /sys/devices/system/cpu/intel_pstate/no_turbo
    host_fact cpu.smt /sys/devices/system/cpu/smt/active
    host_fact clock.source /sys/devices/system/clocksource/clocksource0/current_clocksource
    host_fact thp /sys/kernel/mm/transparent_hugepage/enabled
    host_fact ksm /sys/kernel/mm/ksm/run
    host_fact swappiness /proc/sys/vm/swappiness
    for host_file in /sys/devices/system/cpu/vulnerabilities/*; do
        host_fact "vulnerability.${host_file##*/}" "$host_file"
    done
    host_microcode=$(sed -n '/^microcode/ { s/^[^:]*: //p; q; }' /proc/cpuinfo)
    [ -z "$host_microcode" ] || echo "cpu.microcode=$host_microcode"
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
    host_hash=$(git -C "$ROOT" rev-parse HEAD 2>/dev/null) || host_hash=unknown
    if [ "$host_hash" != unknown ] && ! git -C "$ROOT" diff --quiet HEAD 2>/dev/null; then
        host_hash=$host_hash-dirty
    fi
    echo "$host_hash"
}
