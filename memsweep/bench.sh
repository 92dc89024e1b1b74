#!/bin/sh
# memsweep side by side with STREAM's plain loops as this machine's compiler makes them, with memcpy,
# and with what Debian packages: hpcc (STREAM and RandomAccess, one process),
# stress-ng's STREAM, sysbench memory. Five runs in turn, medians, and the ratio turned so that more
# than 1 means that memsweep gets more out of the same memory. A peer that is not installed is a row
# that says which package has it. hpcc's table and vectors follow from its problem size; memsweep is
# given the same. sysbench writes one buffer again and again, which no metric here does: its rows
# are for orientation.
set -eu
unset CDPATH && export LC_ALL=C

. common/dev/median.sh
BUILD=${BUILD:-build}
RUNS=${RUNS:-5}

# row WHAT OURS PEER THEIRS: both in the same unit, more is better.
row() {
    awk -v what="$1" -v ours="$2" -v peer="$3" -v theirs="$4" 'BEGIN {
        if (theirs == "")
            printf "%-14s %10.4g   %-34s %10s\n", what, ours, peer, "-"
        else
            printf "%-14s %10.4g   %-34s %10.4g %7.2f\n", what, ours, peer, theirs, ours / theirs
    }'
}

# ours NAME FACTOR ARGUMENT...: appends memsweep's figure, times FACTOR, to $work/NAME.
ours() {
    ours_name=$1 ours_factor=$2
    shift 2
    "$BUILD/memsweep" -c "$cpu" -r 3 -f value "$@" |
        awk -v f="$ours_factor" '{ print $1 * f }' >>"$work/$ours_name"
}

# hpcc reads its problem size from hpccinf.txt and takes about 80 * N^2 bits of table: N = 5800 makes
# a table of 2^25 words and vectors of 11213333 doubles. All else in it is as small as it goes.
hpcc_once() {
    sed -e '6s/.*/5800 Ns/' -e '8s/.*/128 NBs/' -e '11s/.*/1 Ps/' -e '12s/.*/1 Qs/' \
        /usr/share/doc/hpcc/examples/_hpccinf.txt >"$work/hpccinf.txt"
    rm -f "$work/hpccoutf.txt"
    (cd "$work" && OPENBLAS_NUM_THREADS=1 taskset -c "$cpu" hpcc >/dev/null 2>&1) || return
    # Star and Single are the same code; with one process both measure one process.
    for pair in RandomAccess_GUPs:gups STREAM_Copy:copy STREAM_Triad:triad; do
        sed -n "s/^\(Star\|Single\)${pair%:*}=//p" "$work/hpccoutf.txt" >>"$work/hpcc.${pair#*:}"
    done
}

# Below six seconds it does not give a rate.
stress_once() {
    taskset -c "$cpu" stress-ng --stream 1 --stream-l3-size 22M --timeout 6 --metrics 2>&1 |
        sed -n 's/.*memory rate: \([0-9.]*\) MB read.sec, \([0-9.]*\) MB write.*/\1 \2/p' |
        awk '{ print $1 + $2 }' >>"$work/stress"
}

sysbench_once() {
    taskset -c "$cpu" sysbench memory --memory-block-size=256M --memory-total-size=100T --time=2 \
        --memory-oper="$1" run | sed -n 's/.*(\([0-9.]*\) MiB\/sec).*/\1/p' >>"$work/sysbench.$1"
}

# STREAM's loops and memcpy, compiled to be as fast as the compiler can on this very CPU.
plain_once() {
    [ -x "$work/plain" ] || return 0
    taskset -c "$cpu" "$work/plain" 86 10 >"$work/plain.out" || return 0
    for pair in 2:copy 4:memcpy 6:triad; do
        awk -v field="${pair%:*}" '{ print $field }' "$work/plain.out" >>"$work/plain.${pair#*:}"
    done
}

installed() { command -v "$1" >/dev/null 2>&1; }

# peer_row WHAT OURS PACKAGE NAME FILE FACTOR: one row, whether the peer is there or not.
peer_row() {
    if [ -s "$work/$5" ]; then
        row "$1" "$2" "$4" "$(median <"$work/$5" | awk -v f="$6" '{ print $1 * f }')"
    elif installed "$3"; then
        row "$1" "$2" "$4: gave no figure" ''
    else
        row "$1" "$2" "$4: apt install $3" ''
    fi
}

measure() {
    run=0
    while [ "$run" -lt "$RUNS" ]; do
        run=$((run + 1))
        ours copy 1e-9 --array 89706664 copy
        ours triad 1e-9 --array 89706664 triad
        ours temporal 1e-9 --array 89706664 --stores temporal triad
        ours gups 1e-6 -t 0.5s --size 256M gups
        plain_once
        ! installed stress-ng || stress_once
        ! installed sysbench || {
            sysbench_once read
            sysbench_once write
        }
        # hpcc runs all of its seven benchmarks, a minute each time; three runs have two figures each.
        [ "$run" -gt 3 ] || ! installed hpcc || hpcc_once || :
    done
}

main() {
    cpu=$(awk '/^Cpus_allowed_list/ { sub(/[-,].*/, "", $2); print $2 }' /proc/self/status)
    work=$(mktemp -d "${TMPDIR:-/tmp}/guestmark-bench.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    "${CC:-cc}" -O3 -march=native -o "$work/plain" \
        memsweep/plain_helper.c || :
    measure
    printf '%-14s %10s   %-34s %10s %7s\n' 'one thread' memsweep peer theirs ratio
    peer_row 'copy GB/s' "$(median <"$work/copy")" cc 'plain loop, -O3 -march=native' plain.copy 1
    peer_row 'copy GB/s' "$(median <"$work/copy")" cc 'memcpy' plain.memcpy 1
    peer_row 'triad GB/s' "$(median <"$work/triad")" cc 'plain loop, -O3 -march=native' plain.triad 1
    peer_row 'copy GB/s' "$(median <"$work/copy")" hpcc 'hpcc STREAM copy' hpcc.copy 1
    peer_row 'triad GB/s' "$(median <"$work/triad")" hpcc 'hpcc STREAM triad' hpcc.triad 1
    peer_row '  temporal' "$(median <"$work/temporal")" hpcc 'hpcc STREAM triad' hpcc.triad 1
    peer_row 'triad GB/s' "$(median <"$work/triad")" stress-ng 'stress-ng --stream' stress 1e-3
    peer_row 'copy GB/s' "$(median <"$work/copy")" sysbench 'sysbench memory, read' sysbench.read 1.048576e-3
    peer_row 'copy GB/s' "$(median <"$work/copy")" sysbench 'sysbench memory, write' sysbench.write 1.048576e-3
    peer_row 'gups M/s' "$(median <"$work/gups")" hpcc 'hpcc RandomAccess' hpcc.gups 1e3
}

main "$@"
