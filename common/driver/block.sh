#!/bin/sh
# One platform, seen from outside: run.sh starts this as a process of its own, so that whatever
# hangs in an adapter or behind it can be ended from there.
#
# usage: block.sh probe      is the platform usable here?
#        block.sh prepare    build what it needs, then start it once to see what it is
#        block.sh round      start it fresh, run $ORDER on it, stop it
#        block.sh down       stop it, whatever state it is in
#
#        a round by turns (turns.sh) takes that apart:
#        block.sh up         start it fresh, and leave it up
#        block.sh open BENCHMARK           what comes before its turns
#        block.sh serve PART               become the servant that does one repetition per line on stdin
#        block.sh close BENCHMARK STATUS   write down what came of its turns
#        block.sh leave      judge the round as a whole, stop it
#
#        block.sh release    undo prepare
#
# Exit status 0; 77 not usable; 3 the results cannot be written; 1 anything else. Unless it is 0,
# $WORK/reason says why. Environment: what adapters get (common/platforms/platform.sh), and
#
#   OUT WORK         results folder; the driver's own temporary files
#   RUN              the campaign's folder for what goes on now
#   HOST ROUND ORDER SEED LIMIT QUICK ISA BEST STORES
#   CARRY CARRY_WITH what the platform is given besides (carry.sh)
#   GUESTMARK_BLOCK  the mark by which this block's processes are found
set -eu
unset CDPATH && export LC_ALL=C
. "$ROOT/common/platforms/platform.sh"
. "$ROOT/common/platforms/limits.sh"
. "$ROOT/common/driver/record.sh"
. "$ROOT/common/driver/progress.sh"
. "$ROOT/common/driver/within.sh"
. "$ROOT/common/driver/bill.sh"
. "$ROOT/common/driver/parts.sh"
. "$ROOT/common/driver/sizes.sh"
. "$ROOT/common/driver/carry.sh"
. "$ROOT/common/driver/trial.sh"
. "$ROOT/common/driver/guards.sh"

# block_refuse REASON-FILE DEFAULT: leaves the last line of a file as the reason.
block_refuse() {
    block_text=$(grep -s . "$1" | tail -n 1) || :
    printf '%s\n' "${block_text:-$2}" >"$WORK/reason"
}

block_adapter() {
    PLATFORM_NAME=${PLATFORM%%:*}
    case $PLATFORM_NAME in
    */*) block_file=$PLATFORM_NAME ;; # an adapter of the user's own
    *) block_file=$ROOT/$(platform_adapter "$PLATFORM_NAME") ;;
    esac
    # shellcheck disable=SC1090 # one of many
    . "$block_file"
    # Another architecture's programs are other programs: what is chosen for the rest says nothing to them.
    HERE=$BUILD
    ! command -v platform_build >/dev/null || HERE=$(platform_build)
    [ "$HERE" = "$BUILD" ] || ISA='' STORES=''
}

block_probe() {
    # What a usable platform says is something yet to be seen.
    within "$(limits_for probe)" "looking for $PLATFORM" platform_probe >"$WORK/said" 2>>"$LOG" && return
    block_refuse "$WORK/said" "$PLATFORM: not usable here"
    return 77
}

# block_start: starts it and runs a first tool. The time that takes goes to $WORK/startup.
block_start() {
    block_fresh || return
    block_started=$(bill_stamp)
    within "$(limits_for start)" "starting $PLATFORM" platform_up >>"$LOG" 2>"$WORK/said" || {
        cat "$WORK/said" >>"$LOG"
        block_refuse "$WORK/said" "$PLATFORM: does not start"
        return 1
    }
    cat "$WORK/said" >>"$LOG"
    within "$(limits_for answer)" "the first tool on $PLATFORM" platform_run forksum --version >/dev/null \
        2>"$WORK/said" || {
        block_refuse "$WORK/said" "$PLATFORM: runs no tool"
        return 1
    }
    bill_elapsed "$block_started" "$(bill_stamp)" >"$WORK/startup"
}

# block_fresh: what a start needs, where the adapter has such a thing.
block_fresh() {
    command -v platform_fresh >/dev/null || return 0
    within "$(limits_for start)" "making the disk of $PLATFORM" platform_fresh >>"$LOG" 2>"$WORK/said" &&
        return
    block_refuse "$WORK/said" "$PLATFORM: has no disk"
    return 1
}

block_stop() { within "$(limits_for stop)" "stopping $PLATFORM" platform_down >>"$LOG" 2>&1; }

# block_look: what the platform says of itself.
block_look() {
    within "$(limits_for answer)" "facts of $PLATFORM" platform_facts >"$WORK/platform" 2>>"$LOG" || :
    within "$(limits_for checksums)" "checksums of $PLATFORM" platform_sha256 >"$WORK/sha256" 2>>"$LOG" || :
    within "$(limits_for checksums)" "checksums of what $PLATFORM was given" carry_sums_there \
        >>"$WORK/sha256" 2>>"$LOG" || :
    guards_sha256 >>"$WORK/platform"
    within "$(limits_for answer)" "congestion control of $PLATFORM" \
        platform_run cat /proc/sys/net/ipv4/tcp_congestion_control 2>>"$LOG" |
        awk '{ print "net.congestion=" $0 }' >>"$WORK/platform" || : # gVisor's has no newline
    block_look_again
}

# block_look_again: what the bill needs to know of it.
block_look_again() {
    BILL_CGROUP='' BILL_DEVICE='' BILL_DATA=''
    while IFS= read -r block_fact; do
        case $block_fact in
        cgroup.cpu=*) BILL_CGROUP=${block_fact#*=} ;;
        data.device=*) BILL_DEVICE=${block_fact#*=} ;;
        data.host_path=*) BILL_DATA=${block_fact#*=} ;;
        esac
    done <"$WORK/platform"
}

# Preparing ends with a start that is not measured: it tells whether the platform works at all,
# and which instruction sets it has.
block_prepare() {
    within "$(limits_for prepare)" "preparing $PLATFORM" platform_prepare >"$WORK/said" 2>>"$LOG" || {
        block_refuse "$WORK/said" "$PLATFORM: cannot be prepared"
        return 77
    }
    block_start || return 77
    # Programs of another architecture have no say; what can list none has what every program has.
    if [ "$HERE" = "$BUILD" ]; then
        within "$(limits_for answer)" "instruction sets of $PLATFORM" platform_run linpack --list-isa \
            >>"$WORK/isa" 2>>"$LOG" || :
        [ -s "$WORK/isa" ] || echo generic >"$WORK/isa"
    fi
    ! command -v platform_serve >/dev/null || echo yes >"$WORK/serves"
    block_stores
    block_look
    sizes_paces >"$WORK/pace"
    block_stop || :
}

# block_stores: the way through STREAM's arrays that is best natively, for all platforms: the same work
# everywhere.
block_stores() {
    [ "$PLATFORM" = native ] || return 0
    part_sizes
    within "$(limits_for trial)" "memsweep on $PLATFORM" platform_run memsweep -f csv -r 1 -w 0 -t 20ms \
        --array "$part_array" ${ISA:+--isa "$ISA"} copy >"$WORK/printed" 2>>"$LOG" || return 0
    sed -n 's/^# stores\.copy=\([a-z-]*\).*/\1/p' "$WORK/printed" >"$WORK/stores"
}

# block_uptimes: seconds since the boot here, there, and here again: what was read there was read between the
# two.
block_uptimes() {
    read -r block_before _ </proc/uptime
    block_there=$(within "$(limits_for answer)" "clock of $PLATFORM" platform_run cat /proc/uptime \
        2>>"$LOG") ||
        block_there=0
    read -r block_after _ </proc/uptime
    echo "$block_before ${block_there%% *} $block_after"
}

block_up() {
    [ -s "$RUN/once/load" ] || bill_load >"$RUN/once/load"
    block_start || {
        record_failure platform "$(cat "$WORK/reason")" || return
        return 1
    }
    block_look
    block_uptimes >"$WORK/uptimes"
    record_sample platform startup s lower "$(cat "$WORK/startup")"
}

block_leave() {
    {
        cat "$RUN/once/load"
        echo "$(cat "$WORK/uptimes") $(block_uptimes)" | awk '
            $2 > 0 && $5 > 0 {
                printf "clock.host_least=%.2f\nclock.host_most=%.2f\nclock.guest=%.2f\n", $4 - $3,
                    $6 - $1, $5 - $2
            }'
    } >>"$WORK/platform"
    guards_of_block || return
    record_facts platform <"$WORK/platform" || return
    block_stop || block_refuse /dev/null "$PLATFORM: does not stop"
}

block_round() {
    rm -rf "$RUN/once"
    mkdir -p "$RUN/once"
    block_up || return
    for block_benchmark in $ORDER; do
        progress_show "$PROGRESS: $PLATFORM, $(part_asked "$block_benchmark")"
        trial "$block_benchmark" || return
    done
    block_leave
}

# block_open BENCHMARK: 77 if it cannot be measured there, with the reason in $WORK/err.
block_open() {
    : >"$WORK/err"
    trial_server "$1" || return
    block_look_again
    block_account "$1" >"$WORK/account"
    bill_open
}

# block_account BENCHMARK: whose CPU time and disk its steps cost, for the conductor
# (common/turns/counters.h).
block_account() {
    [ -z "$BILL_DEVICE" ] || echo "device $BILL_DEVICE"
    if grep -q '^platform.kind=container' "$WORK/platform"; then
        # The last one is what serves.
        block_pid=$(platform_pids |
            if [ "$(part_program "$1")" = nginxload ]; then tail -n 1; else head -n 1; fi)
        platform_cgroup_of "$block_pid" | sed 's/^/cgroup /'
    elif [ "$(part_program "$1")" = nginxload ] || ! grep -q '^platform.kind=native' "$WORK/platform"; then
        platform_pids | sed 's/^/pid /' # natively, the server's
    fi
}

# block_serve PART: becomes the servant.
block_serve() {
    set -- "$1" --steps -t "$(part_step "$1")" -s "$((SEED + ROUND))"
    # Its calibration has done once whatever it will do.
    if [ "$(part_program "$1")" = memsweep ] || [ -n "$(sizes_of "$1")" ]; then set -- "$@" --warmup 0; fi
    block_part=$1
    shift
    part "$block_part" platform_serve part_client "$@"
}

# block_close BENCHMARK STATUS: its parts lie in folders of $WORK that are called like them. Without a STATUS
# but 0, that of the first part that has failed counts.
block_close() {
    block_status=$2
    : >"$WORK/out"
    : >"$WORK/bills"
    : >"$WORK/bills.parts"
    block_look_again
    for block_part in $(part_list "$1"); do
        block_folder=$WORK/$block_part
        [ -f "$block_folder/status" ] || continue
        cat "$block_folder/err" >>"$WORK/err"
        block_part_status=$(cat "$block_folder/status")
        [ "$block_status" -ne 0 ] || block_status=$block_part_status
        {
            record_columns
            cat "$block_folder/rows"
            ! [ -f "$block_folder/facts" ] || sed 's/^/# /' "$block_folder/facts"
        } >"$WORK/printed"
        trial_add "$block_part"
        cat "$block_folder/bill" >>"$WORK/bills"
        block_prefix=$(part_prefix "$block_part")
        [ -z "$block_prefix" ] || sed "s/^/$block_prefix/" "$block_folder/bill" >>"$WORK/bills.parts"
    done
    if [ -f "$WORK/bill.before" ]; then
        bill_close "$(part_program "$1")" | cat - "$WORK/bills.parts" >"$WORK/bill"
    fi
    cat "$WORK/err" >>"$LOG"
    trial_record "$1" "$block_status"
}

main() {
    BILL_CGROUP='' BILL_DEVICE='' BILL_DATA=''
    block_adapter
    case $1 in
    probe) block_probe ;;
    prepare) block_prepare ;;
    round) block_round ;;
    up) block_up ;;
    open) block_open "$2" ;;
    serve) block_serve "$2" ;;
    close) block_close "$2" "$3" ;;
    leave) block_leave ;;
    down) block_stop ;;
    release)
        # Not every adapter leaves something to undo.
        ! command -v platform_release >/dev/null ||
            within "$(limits_for stop)" "releasing $PLATFORM" platform_release
        ;;
    *) exit 2 ;;
    esac
}

main "$@"
