#!/bin/sh
# One platform, seen from outside: run.sh starts this as a process of its own, so that whatever
# hangs in an adapter or behind it can be ended from there.
#
# usage: block.sh probe      is the platform usable here?
#        block.sh prepare    build what it needs, then start it once to see what it is
#        block.sh round      start it fresh, run $ORDER on it, stop it
#        block.sh down       stop it, whatever state it is in
#        block.sh release    undo prepare
#
# Exit status 0; 77 not usable; 3 the results cannot be written; 1 anything else. Unless it is 0,
# $WORK/reason says why. Environment: what adapters get (common/platforms/platform.sh), and
#
#   OUT WORK         results folder; the driver's own temporary files
#   HOST ROUND ORDER SEED LIMIT QUICK METHODS ISA BEST
#   GUESTMARK_BLOCK  the mark by which this block's processes are found
set -eu
unset CDPATH && export LC_ALL=C
. "$ROOT/common/platforms/platform.sh"
. "$ROOT/common/platforms/limits.sh"
. "$ROOT/common/driver/record.sh"
. "$ROOT/common/driver/bill.sh"
. "$ROOT/common/driver/trial.sh"
. "$ROOT/common/driver/guards.sh"

# refuse REASON-FILE DEFAULT: leaves the last line of a file as the reason.
refuse() {
    refuse_text=$(grep -s . "$1" | tail -n 1) || :
    printf '%s\n' "${refuse_text:-$2}" >"$WORK/reason"
}

load_adapter() {
    PLATFORM_NAME=${PLATFORM%%:*}
    case $PLATFORM_NAME in
    */*) load_file=$PLATFORM_NAME ;; # an adapter of the user's own
    *) load_file=$ROOT/$(platform_adapter "$PLATFORM_NAME") ;;
    esac
    # shellcheck disable=SC1090 # one of many
    . "$load_file"
}

block_probe() {
    # What a usable platform says is something yet to be seen.
    within "$(limits_for probe)" "looking for $PLATFORM" platform_probe >"$WORK/said" 2>>"$LOG" && return
    refuse "$WORK/said" "$PLATFORM: not usable here"
    return 77
}

# up: starts it and runs a first tool. The time that takes goes to $WORK/startup.
up() {
    fresh || return
    up_start=$(seconds)
    within "$(limits_for start)" "starting $PLATFORM" platform_up >>"$LOG" 2>"$WORK/said" || {
        cat "$WORK/said" >>"$LOG"
        refuse "$WORK/said" "$PLATFORM: does not start"
        return 1
    }
    cat "$WORK/said" >>"$LOG"
    within "$(limits_for answer)" "the first tool on $PLATFORM" platform_run forksum --version >/dev/null 2>"$WORK/said" || {
        refuse "$WORK/said" "$PLATFORM: runs no tool"
        return 1
    }
    echo "$up_start $(seconds)" | awk '{ printf "%.6f\n", $2 - $1 }' >"$WORK/startup"
}

# fresh: what a start needs, where the adapter has such a thing.
fresh() {
    command -v platform_fresh >/dev/null || return 0
    within "$(limits_for start)" "making the disk of $PLATFORM" platform_fresh >>"$LOG" 2>"$WORK/said" && return
    refuse "$WORK/said" "$PLATFORM: has no disk"
    return 1
}

down() { within "$(limits_for stop)" "stopping $PLATFORM" platform_down >>"$LOG" 2>&1; }

# look: what the platform says of itself, and what the bill needs to know of it.
look() {
    within "$(limits_for answer)" "facts of $PLATFORM" platform_facts >"$WORK/platform" 2>>"$LOG" || :
    within "$(limits_for checksums)" "checksums of $PLATFORM" platform_sha256 >"$WORK/sha256" 2>>"$LOG" || :
    compare_sha256 >>"$WORK/platform"
    BILL_CGROUP=$(sed -n 's/^cgroup\.cpu=//p' "$WORK/platform")
    BILL_DEVICE=$(sed -n 's/^data\.device=//p' "$WORK/platform")
    BILL_DATA=$(sed -n 's/^data\.host_path=//p' "$WORK/platform")
}

# Preparing ends with a start that is not measured: it tells whether the platform works at all,
# and which instruction sets it has.
block_prepare() {
    within "$(limits_for prepare)" "preparing $PLATFORM" platform_prepare >"$WORK/said" 2>>"$LOG" || {
        refuse "$WORK/said" "$PLATFORM: cannot be prepared"
        return 77
    }
    up || return 77
    within "$(limits_for answer)" "instruction sets of $PLATFORM" platform_run linpack --list-isa \
        >>"$WORK/isa" 2>>"$LOG" || :
    look
    down || :
}

# uptimes: seconds since the boot here and there.
uptimes() {
    read -r uptimes_here _ </proc/uptime
    uptimes_there=$(within "$(limits_for answer)" "clock of $PLATFORM" platform_run cat /proc/uptime 2>>"$LOG") || uptimes_there=0
    echo "$uptimes_here ${uptimes_there%% *}"
}

block_round() {
    host_load >"$WORK/load"
    up || {
        record_failure platform "$(cat "$WORK/reason")" || return
        return 1
    }
    look
    uptimes_before=$(uptimes)
    record_sample platform startup s lower "$(cat "$WORK/startup")" || return
    for benchmark in $ORDER; do
        progress "$benchmark"
        trial "$benchmark" || return
    done
    {
        cat "$WORK/load"
        echo "$uptimes_before $(uptimes)" | awk '
            $2 > 0 && $4 > 0 { printf "clock.host=%.2f\nclock.guest=%.2f\n", $3 - $1, $4 - $2 }'
    } >>"$WORK/platform"
    guards_of_block || return
    record_facts platform <"$WORK/platform" || return
    down || refuse /dev/null "$PLATFORM: does not stop"
}

# progress BENCHMARK: one line that is written over on a terminal. run.sh prints the others.
progress() {
    [ -t 2 ] || return 0
    printf '\r\033[K%s: %s, %s' "$PROGRESS" "$PLATFORM" "$1" >&2
}

main() {
    BILL_CGROUP='' BILL_DEVICE='' BILL_DATA='' CLOCK_TICKS=$(getconf CLK_TCK 2>/dev/null || echo 100)
    load_adapter
    case $1 in
    probe) block_probe ;;
    prepare) block_prepare ;;
    round) block_round ;;
    down) down ;;
    release)
        # Not every adapter leaves something to undo.
        ! command -v platform_release >/dev/null || within "$(limits_for stop)" "releasing $PLATFORM" platform_release
        ;;
    *) exit 2 ;;
    esac
}

main "$@"
