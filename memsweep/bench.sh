#!/bin/sh
# memsweep beside STREAM's plain loops as this machine's compiler makes them, memcpy, and stress-ng's STREAM.
# The limit is the best that a plain loop gets with stores past the caches, in order, or without them.
# usage: bench.sh [ROUNDS]
set -eu
unset CDPATH && export LC_ALL=C

. common/dev/table.sh
BUILD=${BUILD:-build}
ROUNDS=${1:-5}
MIB=128 # of each array: beyond every last-level cache of one socket that these machines have

ours() { # THREADS KERNEL
    value=$("$BUILD/memsweep" -T "$1" -c "0-$(($1 - 1))" -t 0.3s -w 1 -r 3 -f value --array "${MIB}M" "$2" |
        awk '{ print $1 * 1e-9 }') || value=
    table_add "$2 GB/s, $(threads "$1")" ours "$value"
}

threads() { # NUMBER
    echo "$1 thread$([ "$1" = 1 ] || echo s)"
}

# The loops, and the limit, for both kernels.
plain() { # THREADS
    [ -x "$work/plain" ] || return 0
    OMP_NUM_THREADS=$1 taskset -c "0-$(($1 - 1))" "$work/plain" "$MIB" 7 >"$work/plain.out" || return 0
    of=$(threads "$1")
    while read -r kernel value; do
        case $kernel in
        memcpy) table_add "copy GB/s, $of" memcpy "$value" ;;
        copy | triad) table_add "$kernel GB/s, $of" 'loop, -O3 -march=native' "$value" ;;
        esac
    done <"$work/plain.out"
    for kernel in copy triad; do
        table_add "$kernel GB/s, $of" limit "$(awk -v kernel="$kernel" '
            ($1 ~ "^" kernel || (kernel == "copy" && $1 == "memcpy")) && $2 > best { best = $2 }
            END { print best }' "$work/plain.out")"
    done
}

# Below six seconds it does not give a rate, which is of reading and writing together.
stress() {
    table_add 'triad GB/s, 1 thread' 'stress-ng --stream' "$(
        taskset -c 0 stress-ng --stream 1 --stream-l3-size 22M --timeout 6 --metrics 2>&1 |
            sed -n 's/.*memory rate: \([0-9.]*\) MB read.sec, \([0-9.]*\) MB write.*/\1 \2/p' |
            awk '{ print ($1 + $2) * 1e-3 }'
    )"
}

main() {
    table_begin
    "${CC:-cc}" -O3 -march=native -fopenmp -o "$work/plain" memsweep/plain_helper.c 2>/dev/null ||
        table_note 'plain loops: the compiler lacks -march=native or OpenMP'
    table_note 'limit: the best of plain loops, memcpy, and plain loops with stores past the caches'
    round=0
    while [ "$round" -lt "$ROUNDS" ]; do
        for count in 1 2; do
            [ "$count" -le "$(nproc)" ] || continue
            ours "$count" copy
            ours "$count" triad
            plain "$count"
        done
        ! table_has stress-ng stress-ng || [ "$round" -ge 3 ] || stress
        round=$((round + 1))
    done
    table_print
}

main "$@"
