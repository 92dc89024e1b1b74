#!/bin/sh
# forksum beside its peers: microseconds for one process, on one CPU, alternating, medians of five.
#
# A peer's figure is 1/rate of a loop that makes children which end at once and waits for them;
# forksum's `process` is a process of the tree, pipe and answer included.
set -eu
. common/dev/median.sh
unset CDPATH && export LC_ALL=C

forksum=${BUILD:-build}/forksum
rounds=5
seconds=1

# ours METHOD: adds one value in microseconds to $tmp/process and to $tmp/single.
ours() {
    "$forksum" -c 0 -k "$1" -r 1 -w 0 -t 0.2s -f csv 1 200 >"$tmp/csv"
    awk -F, '$2 == "process" && $5 == 1 { printf "%.2f\n", $6 * 1e6 }' "$tmp/csv" >>"$tmp/process"
    awk -F, '$2 == "single.p50" { printf "%.2f\n", $6 * 1e6 }' "$tmp/csv" >>"$tmp/single"
}

# stress STRESSOR: the bogo operations are processes; its rate by wall clock is the ninth field.
stress() {
    stress-ng "--$1" 1 --taskset 0 --timeout "$seconds" --metrics-brief 2>&1 |
        awk -v name="$1" '$4 == name && $9 + 0 > 0 { printf "%.2f\n", 1e6 / $9 }'
}

# row METHOD PEER-NAME COMMAND...
row() {
    method=$1 peer=$2
    shift 2
    : >"$tmp/process"
    : >"$tmp/single"
    : >"$tmp/peer"
    round=0
    while [ "$round" -lt "$rounds" ]; do
        ours "$method"
        [ $# -eq 0 ] || "$@" >>"$tmp/peer"
        round=$((round + 1))
    done
    printf '%-8s %9s %9s  ' "$method" "$(median <"$tmp/process")" "$(median <"$tmp/single")"
    if [ $# -eq 0 ]; then
        echo "$peer"
    else
        theirs=$(median <"$tmp/peer")
        printf '%-20s %9s %6s\n' "$peer" "${theirs:-failed}" \
            "$(awk -v a="$(median <"$tmp/process")" -v b="${theirs:-0}" 'BEGIN { if (b > 0) printf "%.2f", a / b }')"
    fi
}

main() {
    tmp=$(mktemp -d "${TMPDIR:-/tmp}/guestmark-bench.XXXXXX")
    trap 'rm -rf "$tmp"' EXIT
    printf '%-8s %9s %9s  %-20s %9s %6s\n' method process single peer us ratio
    for method in fork vfork; do
        if command -v stress-ng >/dev/null 2>&1; then
            row "$method" "stress-ng --$method" stress "$method"
        else
            row "$method" "stress-ng: not installed (package stress-ng)"
        fi
    done
    for method in spawn clone thread; do
        row "$method" "-"
    done
}

main "$@"
