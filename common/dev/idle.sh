#!/bin/sh
# idle.sh PID...: does what is up and idle (a guest's QEMU, a container's first process) disturb native? These
# processes and all below them run in one half of the steps and stand still (SIGSTOP) in the other, in turn,
# so that both halves have the same machine; the table has the second half as `native`, the first as `beside`.
# Environment: ROUNDS=6, SECONDS_EACH=4 of each benchmark in a round, CPU=0, where the programs run.
set -eu
unset CDPATH && export LC_ALL=C
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build} ROUNDS=${ROUNDS:-6} SECONDS_EACH=${SECONDS_EACH:-4} CPU=${CPU:-0}

idle_fail() {
    echo "idle.sh: $1" >&2
    exit "${2:-1}"
}

# idle_family PID...: they, and all processes below them.
idle_family() {
    ps -e -o pid= -o ppid= | awk -v roots="$*" '
        BEGIN { n = split(roots, root, " "); for (i = 1; i <= n; i++) family[root[i]] = 1 }
        { parent[$1] = $2 }
        END {
            do {
                more = 0
                for (p in parent) if (!(p in family) && parent[p] in family) { family[p] = 1; more = 1 }
            } while (more)
            for (p in family) printf "%s ", p
        }'
}

# idle_servant FOLDER SIGNAL TOOL ARGUMENT...: before each step the signal is sent.
idle_servant() {
    mkdir -p "$1"
    mkfifo "$1/ask"
    {
        echo "family='$family' signal=$2 ask='$1/ask'"
        shift 2
        echo "tool='$*'"
        cat <<'END'
$tool --steps -t 20ms <"$ask" &
exec 3>"$ask"
while read -r line; do
    kill -s "$signal" $family || exit 1
    sleep 0.01
    echo "$line" >&3
done
exec 3>&-
wait "$!"
END
    } >"$1/serve"
}

idle_turns() {
    idle_folder=$work/$1-$2
    shift
    shift
    idle_servant "$idle_folder.native" STOP "$@"
    idle_servant "$idle_folder.beside" CONT "$@"
    "$BUILD/turns" --seed "$round" --time "${SECONDS_EACH}s" \
        "$idle_folder.native" "$idle_folder.beside" ||
        idle_fail "$(cat "$idle_folder".*/err)"
    for idle_side in native beside; do
        sed "s/^\([^,]*\)/$(date -u +%Y-%m-%dT%H:%M:%SZ),$(uname -n),$idle_side,$round,\1/" \
            "$idle_folder.$idle_side/rows" >>"$work/campaign/samples.csv"
    done
}

main() {
    [ $# -gt 0 ] || idle_fail 'which processes? usage: idle.sh PID...' 2
    for idle_pid; do
        kill -s 0 "$idle_pid" 2>/dev/null || idle_fail "$idle_pid: no process that can be stopped"
    done
    family=$(idle_family "$@")
    work=$(mktemp -d "${TMPDIR:-/tmp}/guestmark-idle.XXXXXX")
    # shellcheck disable=SC2086 # a list of numbers
    trap 'kill -s CONT $family 2>/dev/null || :; rm -rf "$work"' EXIT
    mkdir "$work/campaign"
    echo design=turns >"$work/campaign/environment.txt"
    "$BUILD/compare" --columns samples.csv >"$work/campaign/samples.csv"
    round=0
    while [ $((round += 1)) -le "$ROUNDS" ]; do
        idle_turns linpack "$round" taskset -c "$CPU" "$BUILD/linpack" --size 200
        idle_turns memsweep "$round" \
            taskset -c "$CPU" "$BUILD/memsweep" --array 32M --stores temporal sweep copy
        idle_turns forksum "$round" taskset -c "$CPU" "$BUILD/forksum" 1 20
    done
    "$BUILD/compare" "$work/campaign"
}

main "$@"
