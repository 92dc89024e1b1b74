#!/bin/sh
# The programs side by side with their peers and with what the machine can do at most: runs every program's
# own bench.sh, one after another, since two measurements at once would measure each other. All of them take
# less than ten minutes on a machine that is quiet.
# usage: bench.sh [PROGRAM...]
set -eu
unset CDPATH && export LC_ALL=C
ROOT=$PWD
. common/platforms/platform.sh
. common/driver/host.sh

# What the figures are of.
bench_machine() {
    cpu=$(host_cpu)
    echo "${cpu:-$(uname -m)}, $(nproc) CPUs, $(uname -sr), load $(cut -d ' ' -f 1 /proc/loadavg)," \
        "$(date -u +%Y-%m-%d)"
    echo 'Medians of runs in turn; ratio: ours to the peer'"'"'s, pair by pair,' \
        'with half the interquartile range.'
}

main() {
    # shellcheck disable=SC2086 # a list of names
    [ $# -gt 0 ] || set -- $PLATFORM_TOOLS
    failed=0
    for program; do
        if [ ! -f "$program/bench.sh" ]; then
            echo "bench: $program: no such program" >&2
            exit 2
        fi
    done
    bench_machine
    from=$(date +%s)
    for program; do
        printf '\n%s\n' "$program"
        sh "$program/bench.sh" || failed=1
    done
    printf '\n%d s in all\n' "$(($(date +%s) - from))"
    return "$failed"
}

main "$@"
