# Judges the facts of blocks and trials by the rules in guards.awk.

. "$ROOT/common/driver/cores.sh"

# host_facts: what the rules know of the host, as KEY=VALUE lines.
host_facts() {
    echo "host.isa=$ISA"
    echo "host.test_cpus=$TEST_CPUS"
    echo "host.client_cpus=$CLIENT_CPUS"
    cores_facts "$TEST_CPUS" "$CLIENT_CPUS"
    echo "host.cpus=$(grep -c '^processor' /proc/cpuinfo)"
    echo "host.memory=$MEMORY"
    echo "host.kernel=$(uname -r)"
    echo "host.pid_namespace=$(readlink /proc/self/ns/pid || :)"
    if grep -qw hypervisor /proc/cpuinfo; then echo host.virtualized=yes; fi
    if [ -r /sys/kernel/mm/ksm/run ]; then echo "host.ksm=$(cat /sys/kernel/mm/ksm/run)"; fi
    if [ -r /sys/kernel/mm/transparent_hugepage/enabled ]; then
        echo "host.thp=$(cat /sys/kernel/mm/transparent_hugepage/enabled)"
    fi
    host_seen
}

# host_seen: what a program says of the host and of the driver's control group, as it would inside a platform.
host_seen() {
    "$BUILD/memsweep" --reps 1 --warmup 0 --time 0 --size 4k --format csv latency 2>/dev/null |
        sed -n -e 's/^# cgroup\.cpus=/host.cgroup_cpus=/p' -e 's/^# cpu\.mitigations=/host.mitigations=/p'
}

# apply_guards BENCHMARK: judges the facts on stdin, and writes down what does not hold.
apply_guards() {
    awk -v place="$(place "$1" | sed 's/\\/\\\\/g')" -v platform="$PLATFORM" -v benchmark="${1%%:*}" \
        -v own_cpus="$(platform_key cpus '')" -v own_memory="$(platform_key memory '')" \
        -f "$ROOT/common/driver/guards.awk" |
        append guards.csv
}

# guards_of_block: when its last trial has ended.
guards_of_block() {
    { host_facts && cat "$WORK/platform"; } | apply_guards -
}

# guards_of_trial BENCHMARK: $WORK/facts has the trial's facts.
guards_of_trial() {
    { host_facts && cat "$WORK/platform" "$WORK/facts"; } | apply_guards "$1"
}

# compare_sha256: facts about whether the programs there ($WORK/sha256) are those here.
compare_sha256() {
    if [ ! -s "$WORK/sha256" ]; then
        echo sha256.unknown=yes
        return
    fi
    platform_sha256_of "$BUILD" 2>/dev/null | awk '
        NR == FNR { there[$2] = $1; next }
        there[$2] != $1 { different = different " " $2 }
        END {
            if (different != "") print "sha256.different=" substr(different, 2)
            else print "sha256.equal=yes"
        }' "$WORK/sha256" -
}
