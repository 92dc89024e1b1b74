#!/bin/sh
# linpack beside the LAPACKs of OpenBLAS, with the best of its core types for this CPU, and of AMD's BLIS (the
# netlib LAPACK on it), and beside the peak of the multiply-add units in the same process. Both stay up for a
# size, and solve in turn.
# usage: bench.sh [CASE...], CASE = ORDER,THREADS,ROUNDS[,ISA]
set -eu
unset CDPATH && export LC_ALL=C

. common/dev/table.sh
BUILD=${BUILD:-build}
SECONDS_EACH=0.1 # at least, for small systems
CASES='100,1,9 200,1,9 500,1,9 1000,1,9 4000,1,5 4000,1,5,avx2 8000,1,3 1000,2,9 4000,2,5 8000,2,3'

# Folders of the LAPACK and BLAS to use, as the dynamic linker is told.
library_path() { # PEER
    case $1 in
    OpenBLAS*) echo "$libraries/openblas-pthread" ;;
    BLIS) echo "$libraries/blis-pthread:$libraries/lapack" ;;
    esac
}

# theirs PEER ORDER THREADS: becomes the peer, on as many CPUs as it has threads.
theirs() {
    core=${1#OpenBLAS }
    [ "$core" = "$1" ] || export OPENBLAS_CORETYPE="$core"
    export OPENBLAS_NUM_THREADS="$3" BLIS_NUM_THREADS="$3" OMP_NUM_THREADS="$3"
    LD_LIBRARY_PATH=$(library_path "$1")
    export LD_LIBRARY_PATH
    exec taskset -c "0-$(($3 - 1))" "$work/lapack" "$2" "$SECONDS_EACH"
}

# A line for each peer that is there. OpenBLAS may take itself for slower hardware than this.
find_peers() {
    peers=
    "${CC:-cc}" -O2 -Wl,--no-as-needed -o "$work/lapack" linpack/lapack_helper.c \
        -L"$libraries/lapack" -l:liblapack.so.3 2>/dev/null || {
        table_note 'OpenBLAS, BLIS: not installed (make deps bench)'
        return 0
    }
    cores='Haswell Zen'
    ! grep -q -w avx512f /proc/cpuinfo || cores="$cores SkylakeX"
    grep -q -w avx2 /proc/cpuinfo || cores=default
    if [ -e "$libraries/openblas-pthread/liblapack.so.3" ]; then
        for core in $cores; do
            peers="$peers${peers:+|}OpenBLAS $core"
        done
    else
        table_note 'OpenBLAS: not installed (make deps bench)'
    fi
    if [ -e "$libraries/blis-pthread/libblas.so.3" ]; then
        peers="$peers${peers:+|}BLIS"
    else
        table_note 'BLIS: not installed (make deps bench)'
    fi
}

# best_peer ORDER [ISA]: the fastest of them at this size, or at 2000, in three tries on one thread. BLIS
# cannot be held to AVX2.
best_peer() {
    order=$(($1 < 2000 ? $1 : 2000))
    echo "$peers" | tr '|' '\n' | while IFS= read -r peer; do
        case ${2:-},$peer in avx2,*SkylakeX | avx2,BLIS) continue ;; esac
        rate=$(printf '\n\n\n\n' | (theirs "$peer" "$order" 1) 2>/dev/null | sed 1d | table_median)
        printf '%s\t%s\n' "${rate:-0}" "$peer"
    done | sort -g -r | head -n 1 | cut -f 2
}

# ours_once: a step of the servant on descriptors 3 and 4; sets $rate and $peak, in GFLOP/s.
ours_once() {
    echo >&3
    rate='' peak=''
    while read -r line <&4 && [ "$line" != end ]; do
        case $line in
        linpack,lu,*) rate=$(echo "${line##*,}" | awk '{ print $1 / 1e9 }') ;;
        linpack,peak,*) peak=$(echo "${line##*,}" | awk '{ print $1 / 1e9 }') ;;
        esac
    done
}

# theirs_once: the same for the peer on descriptors 5 and 6; sets $value.
theirs_once() {
    value=
    if echo >&5; then read -r value <&6 || :; fi
}

compare() { # ORDER THREADS ROUNDS [ISA]
    row="n = $1, $2 thread$([ "$2" = 1 ] || echo s)${4:+, $4}"
    peer=$(best_peer "$1" "${4:-}")
    "$BUILD/linpack" -T "$2" -c "0-$(($2 - 1))" -i "${4:-auto}" -n "$1" -t "${SECONDS_EACH}s" \
        --peak --steps -f csv <"$work/ours.in" >"$work/ours.out" &
    exec 3>"$work/ours.in" 4<"$work/ours.out"
    while read -r line <&4 && [ "$line" != ready ]; do continue; done
    if [ -n "$peer" ]; then
        (theirs "$peer" "$1" "$2") 3>&- 4>&- <"$work/theirs.in" >"$work/theirs.out" &
        exec 5>"$work/theirs.in" 6<"$work/theirs.out"
        theirs_once # the first touches its memory
    fi
    round=0
    while [ "$round" -lt "$3" ]; do
        ours_once
        table_add "$row" ours "$rate"
        table_add "$row" limit "$peak"
        if [ -n "$peer" ]; then
            theirs_once
            table_add "$row" "$peer" "$value"
        fi
        round=$((round + 1))
    done
    exec 3>&- 5>&- 6>&-
    cat <&4 >/dev/null # its facts
    exec 4>&-
    wait
}

main() {
    table_begin
    # shellcheck disable=SC2086 # a list
    [ $# -gt 0 ] || set -- $CASES
    libraries=/usr/lib/$("${CC:-cc}" -dumpmachine | sed 's/x86_64-pc/x86_64/')
    mkfifo "$work/ours.in" "$work/ours.out" "$work/theirs.in" "$work/theirs.out"
    find_peers
    table_note 'GFLOP/s; limit: multiply-adds in registers, in the same process'
    isas=$("$BUILD/linpack" --list-isa)
    for case; do
        # shellcheck disable=SC2046 # fields
        set -- $(echo "$case" | tr , ' ')
        [ "$2" -le "$(nproc)" ] || continue
        # What is said to be of an instruction set is of one that is not the best anyway.
        [ -z "${4:-}" ] || echo "$isas" | sed 1d | grep -q -x "$4" || continue
        compare "$@"
    done
    table_print
}

main "$@"
