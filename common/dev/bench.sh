#!/bin/sh
# The programs side by side with their peers: runs every program's own bench.sh, one after another,
# since two measurements at once would measure each other.
# usage: bench.sh [PROGRAM...]
set -eu
unset CDPATH && export LC_ALL=C
. common/platforms/platform.sh

main() {
    # shellcheck disable=SC2086 # a list of names
    [ $# -gt 0 ] || set -- $PLATFORM_TOOLS
    failed=0
    for program; do
        if [ ! -f "$program/bench.sh" ]; then
            echo "bench: $program: no such program" >&2
            exit 2
        fi
        printf '== %s\n' "$program"
        sh "$program/bench.sh" || failed=1
    done
    return "$failed"
}

main "$@"
