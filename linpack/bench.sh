#!/bin/sh
# linpack beside HPL, as Debian's hpcc has it with the BLAS that is installed: one thread each, the
# same sizes, alternating runs, medians.
# usage: bench.sh [RUNS]; OPENBLAS_CORETYPE=NAME chooses OpenBLAS's kernels
set -eu
unset CDPATH && export LC_ALL=C

. common/dev/median.sh
BUILD=${BUILD:-build}
RUNS=${1:-5}
SIZES="100 200 1000 4000"
PANEL=192 # the width of HPL's panels; near its best for the larger sizes

# One run's lines `SIZE GFLOP/s`.
ours() {
    "$BUILD/linpack" -T 1 -t 0.2s -w 1 -r 1 -n "$(echo "$SIZES" | tr ' ' ,)" -f csv |
        sed -n 's/^linpack,lu\[n=\([0-9]*\)\],.*,1,\(.*\)$/\1 \2/p' | awk '{ print $1, $2 / 1e9 }'
}

# hpcc reads hpccinf.txt, runs more than HPL, and appends to hpccoutf.txt.
theirs() {
    (
        cd "$work"
        rm -f hpccoutf.txt
        OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 OMPI_ALLOW_RUN_AS_ROOT=1 \
            OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 hpcc >/dev/null 2>&1 || return 1
        awk '/^W[RC]/ { print $2, $7 }' hpccoutf.txt
    )
}

write_hpl_input() { # PANEL SIZE...
    panel=$1
    shift
    cat >"$work/hpccinf.txt" <<EOF
HPL input
-
HPL.out      output file
8            device
$#           number of sizes
$*           sizes
1            number of panel widths
$panel       panel widths
0            row-major
1            number of grids
1            rows
1            columns
16.0         threshold
1            number of panel factorizations
2            right-looking
1            number of recursion ends
4            columns there
1            number of cuts
2            cuts
1            number of recursive factorizations
1            Crout
1            number of broadcasts
1            broadcast
1            number of look-aheads
1            look-ahead
2            swap: mix
64           threshold
0            L1 transposed
0            U transposed
1            equilibration
8            alignment
EOF
}

# size_median FILE SIZE: of the second column of the lines with this size, `-` if there is none.
size_median() {
    awk -v size="$2" '$1 == size { print $2 }' "$1" | median | awk '{ printf "%.2f", $1 } END { if (!NR) print "-" }'
}

table() {
    printf '%8s %16s %16s %8s\n' n "linpack GFLOP/s" "HPL GFLOP/s" ratio
    for size in $SIZES; do
        echo "$size $(size_median "$work/ours" "$size") $(size_median "$work/theirs" "$size")"
    done | awk '{ printf "%8d %16s %16s %8s\n", $1, $2, $3, ($3 > 0 ? sprintf("%.2f", $2 / $3) : "-") }'
}

main() {
    work=$(mktemp -d "${TMPDIR:-/tmp}/guestmark-bench.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    : >"$work/ours"
    : >"$work/theirs"

    peer=yes
    command -v hpcc >/dev/null 2>&1 || peer=no
    # shellcheck disable=SC2086 # a list of numbers
    write_hpl_input "$PANEL" $SIZES
    run=0
    while [ "$run" -lt "$RUNS" ]; do
        ours >>"$work/ours"
        [ "$peer" = no ] || theirs >>"$work/theirs"
        run=$((run + 1))
    done
    table
    [ "$peer" = yes ] || echo "HPL: hpcc is not installed (package hpcc)"
}

main "$@"
