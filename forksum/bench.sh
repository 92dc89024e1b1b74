#!/bin/sh
# forksum beside its peers: microseconds for one process, on one CPU.
#
# A peer makes children that end at once, and waits for them. forksum's `process` is a process of the tree,
# with pipe and answer; its `single` is such a child as the peers'. The limit is the bare loop in a static
# binary.
# usage: bench.sh [ROUNDS]
set -eu
unset CDPATH && export LC_ALL=C

. common/dev/table.sh
BUILD=${BUILD:-build}
ROUNDS=${1:-9}

on_cpu() { taskset -c 0 "$@"; }

# ours METHOD: both figures of one run.
ours() {
    on_cpu "$BUILD/forksum" -k "$1" -r 1 -w 0 -t 0.2s -f csv 1 200 >"$work/csv" || : >"$work/csv"
    for metric in process single.p50; do
        value=$(awk -F, -v metric="$metric" '$2 == metric && $5 == 1 { printf "%.2f", $6 * 1e6 }' "$work/csv")
        table_add "$1, ${metric%.p50} us" ours "$value"
    done
}

# bare PROGRAM METHOD
bare() {
    { echo | on_cpu "$1" 0.2 "$2"; } || :
}

# theirs METHOD PEER VALUE: beside both of ours.
theirs() {
    table_add "$1, process us" "$2" "$3"
    table_add "$1, single us" "$2" "$3"
}

# The bogo operations are processes; the rate by wall clock is the ninth field.
stress() { # METHOD
    on_cpu stress-ng "--$1" 1 --timeout 1 --metrics-brief 2>&1 |
        awk -v name="$1" '$4 == name && $9 + 0 > 0 { printf "%.2f", 1e6 / $9 }'
}

# Debian keeps lmbench's programs out of PATH.
lat_proc=$(PATH=$PATH:$(echo /usr/lib/lmbench/bin/*) && command -v lat_proc) || lat_proc=

# 0.2 s like the others; to find out by itself how long takes it up to half a minute.
lmbench() {
    ENOUGH=200000 TIMING_O=0 LOOP_O=0 on_cpu "$lat_proc" -N 1 fork 2>&1 |
        awk '{ for (i = 1; i <= NF; i++) if ($i + 0 > 0) { print $i; exit } }'
}

compare() { # METHOD
    value=$(bare "$BUILD/test/bare_helper" "$1")
    theirs "$1" "bare $1 loop, static" "$value"
    table_add "$1, process us" limit "$value"
    table_add "$1, single us" limit "$value"
    ours "$1"
    [ ! -x "$work/bare" ] || theirs "$1" "bare $1 loop, shared libc" "$(bare "$work/bare" "$1")"
    ! table_has stress-ng stress-ng || theirs "$1" "stress-ng --$1" "$(stress "$1")"
    [ "$1" != fork ] || [ -z "$lat_proc" ] || theirs fork 'lmbench lat_proc fork' "$(lmbench)"
}

main() {
    table_begin
    "${CC:-cc}" -O2 -o "$work/bare" forksum/bare_helper.c 2>/dev/null || :
    [ -n "$lat_proc" ] || table_note 'lmbench: not installed (Debian has it in non-free)'
    table_note 'limit: the bare loop in a static binary; process holds two pipes and an answer besides'
    round=0
    while [ "$round" -lt "$ROUNDS" ]; do
        compare fork
        compare vfork
        round=$((round + 1))
    done
    table_print
}

main "$@"
