#!/bin/sh
# Which CPUs the platform under test and the load client get, by trees such as the kernel's.
. common/test/tap.sh
. common/platforms/platform.sh
. common/driver/cores.sh
CORES_SYS=$TMP/sys
export CORES_SYS

# cpu NUMBER SIBLINGS [CAPACITY]
cpu() {
    mkdir -p "$CORES_SYS/devices/system/cpu/cpu$1/topology"
    echo "$2" >"$CORES_SYS/devices/system/cpu/cpu$1/topology/thread_siblings_list"
    [ -z "${3:-}" ] || echo "$3" >"$CORES_SYS/devices/system/cpu/cpu$1/cpu_capacity"
}
# choice TITLE ALLOWED TEST EXPECTED: and whether the guard's facts are as expected: FACT or nothing.
choice() {
    run cores_choose "$2" "$3"
    check "$1: $4" [ "$(cat "$TMP/out")" = "$4" ]
    run cores_facts "${4% *}" "${4#* }"
    check "$1: facts ${5:-none}" [ "$(cat "$TMP/out")" = "${5:-}" ]
}
new() {
    rm -rf "$CORES_SYS"
    mkdir -p "$CORES_SYS/devices"
}

new
choice 'nothing is told' 0-3 '' '0,1 2,3'
choice 'one CPU' 0 '' '0 0'
choice 'three CPUs' 1-3 '' '1 2,3'

new
for n in 0 1 2 3; do cpu "$n" "$n"; done
choice 'four cores' 0-3 '' '0,1 2,3'
choice 'as asked for' 0-3 1,3 '1,3 0,2'
choice 'all of them' 0-3 0-3 '0,1,2,3 0,1,2,3'

# Linux counts the first threads of all cores, then the second ones.
new
for n in 0 1 2 3; do
    cpu "$n" "$n,$((n + 4))"
    cpu "$((n + 4))" "$n,$((n + 4))"
done
choice 'siblings n and n + N/2' 0-7 '' '0,1,4,5 2,3,6,7'
choice 'one CPU of a core' 0-7 0 '0 1,2,3,5,6,7'
choice 'a part of them' 0-1,4-5 '' '0,4 1,5'
choice 'what cannot be apart' 0,4 '' '0 4' 'host.shared_core=0 and 4'
choice 'every core in part' 0-7 0-3 '0,1,2,3 4,5,6,7' 'host.shared_core=0 and 4'

new
for n in 0 2 4; do
    cpu "$n" "$n-$((n + 1))"
    cpu "$((n + 1))" "$n-$((n + 1))"
done
choice 'siblings side by side' 0-5 '' '0,1 2,3,4,5'

# Two performance cores of two threads each, and eight efficiency cores.
new
for n in 0 2; do
    cpu "$n" "$n-$((n + 1))"
    cpu "$((n + 1))" "$n-$((n + 1))"
done
for n in 4 5 6 7 8 9 10 11; do cpu "$n" "$n"; done
mkdir -p "$CORES_SYS/devices/cpu_atom"
echo 4-11 >"$CORES_SYS/devices/cpu_atom/cpus"
choice 'P and E cores' 0-11 '' '0,1,2,3 4,5,6,7,8,9,10,11'
choice 'P and E cores, mixed by hand' 0-11 0-5 '0,1,2,3,4,5 6,7,8,9,10,11' host.mixed_cores=yes

new
for n in 0 1 2 3; do cpu "$n" "$n" 400; done
for n in 4 5; do cpu "$n" "$n" 1024; done
choice 'big and little cores' 0-5 '' '4,5 0,1,2,3'

# This machine's own, under the driver's rules.
CORES_SYS=/sys run \
    sh -euc '. common/platforms/platform.sh; . common/driver/cores.sh
        cores_choose "$(sed -n "s/^Cpus_allowed_list:[[:space:]]*//p" /proc/self/status)" ""'
out_has 'this machine has CPUs for both' '^[0-9,]+ [0-9,]+$'

for bad in 1-a 0,,1 ',' 9; do
    run cores_choose 0-3 "$bad"
    check "--cpus $bad is refused" [ "$run_status" -ne 0 ]
done

tap_done
