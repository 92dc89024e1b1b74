# Steps with one platform, each in a process of its own (block.sh), seen from the campaign.

# blocks_run VERB PLATFORM: one step with one platform, which is ended after it; its exit status, or 1 when it
# was ended from outside: by its watchdog, by a signal to the campaign, or by a stranger.
blocks_run() {
    PLATFORM=$2
    rm -rf "$STATE"
    mkdir -p "$STATE"
    BLOCK=$1-$$-$((BLOCKS += 1))_
    blocks_status=0
    blocks_step "$1" || blocks_status=$?
    [ "$blocks_status" -ne 4 ] || blocks_status=1
    # What prepare leaves running (a private engine) serves the whole campaign.
    if [ "$1" = prepare ] && [ "$blocks_status" -eq 0 ]; then
        printf '%s\t%s\n' "$BLOCK" "$PLATFORM" >>"$WORK/kept"
        rm -rf "$STATE"
        BLOCK=
    else
        blocks_end
    fi
    return "$blocks_status"
}

# blocks_step VERB ARGUMENT...: block.sh for $PLATFORM in a process of its own, marked by $BLOCK; its exit
# status, or 4 when it was ended from outside.
blocks_step() {
    : >"$WORK/reason"
    GUESTMARK_BLOCK=$BLOCK sh "$ROOT/common/driver/block.sh" "$@" </dev/null 9>&- &
    blocks_step_status=0
    campaign_await "$!" || blocks_step_status=$?
    case $blocks_step_status in
    0 | 1 | 3 | 77) [ -z "$STOPPED" ] || blocks_step_status=4 ;;
    *)
        [ -s "$WORK/reason" ] || echo "$PLATFORM: the driver's process for it was killed" >"$WORK/reason"
        blocks_step_status=4
        ;;
    esac
    return "$blocks_step_status"
}

# blocks_end: ends whatever the block has left running and lets the adapter clean up. Nothing interrupts it; a
# signal that comes meanwhile is heard after.
blocks_end() {
    (
        trap '' INT TERM HUP PIPE
        blocks_end_leftovers
    ) || :
    rm -rf "$STATE"
    BLOCK=
}

blocks_end_leftovers() {
    case $BLOCK in
    prepare-*)
        # A private engine that it has started is asked to stop before it would be killed.
        GUESTMARK_BLOCK=$BLOCK sh "$ROOT/common/driver/block.sh" down </dev/null 9>&- || :
        GUESTMARK_BLOCK=$BLOCK sh "$ROOT/common/driver/block.sh" release </dev/null 9>&- >>"$LOG" 2>&1 || :
        ;;
    *)
        processes_end "$BLOCK" "$STATE" || :
        GUESTMARK_BLOCK=$BLOCK sh "$ROOT/common/driver/block.sh" down </dev/null 9>&- || :
        ;;
    esac
    processes_end "$BLOCK" "$STATE" || say "$PLATFORM: some of its processes cannot be killed"
}

blocks_reason() { cat "$WORK/reason"; }
