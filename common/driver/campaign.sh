# The campaign as a whole: its folder, its end, however it comes, and its report.
# shellcheck disable=SC2034 # the settings are read in other files

. "$ROOT/common/driver/leftovers.sh"

# campaign_begin: the folder of the driver's own files, and what happens at the end, however it comes.
campaign_begin() {
    RUN=$BUILD/run/$$ WORK=$BUILD/run/$$/work STATE=$BUILD/run/$$/state LOG=$BUILD/run/$$/log
    mkdir -p "$WORK" || say_fail "$RUN: cannot be made"
    : >"$LOG"
    HOST=$(uname -n) ROUND=0 ORDER='' ISA='' BEST='' STORES='' PROGRESS='' PLATFORM='' STOPPED='' BLOCK=''
    BLOCKS=0 GUARDIAN='' AWAITED=''
    : >"$WORK/kept"
    export ROOT BUILD WORK STATE LOG HOST ROUND ORDER ISA BEST PROGRESS PLATFORM OUT SEED LIMIT QUICK
    export TEST_CPUS CLIENT_CPUS MEMORY BIG RUN STORES CARRY CARRY_WITH CARRY_FROM
    trap campaign_end EXIT
    leftovers_clear
    campaign_guard
    campaign_signals
}

# campaign_guard: a process that clears up when the driver is killed; 9 is what tells it, and no process that
# may outlive the driver gets it. In a session of its own it is not killed along with the driver's process
# group.
campaign_guard() {
    mkfifo "$RUN/lifeline" || say_fail "$RUN/lifeline: cannot be made"
    exec 9<>"$RUN/lifeline"
    set -- sh "$ROOT/common/driver/guardian.sh" "$$"
    ! command -v setsid >/dev/null || set -- setsid "$@"
    "$@" <"$RUN/lifeline" >/dev/null 2>&1 9>&- &
    GUARDIAN=$!
    echo "$GUARDIAN" >"$RUN/guardian"
}

campaign_guard_end() {
    [ -n "$GUARDIAN" ] || return 0
    kill -s KILL "$GUARDIAN"
    wait "$GUARDIAN"
} 2>/dev/null

campaign_signals() {
    trap 'campaign_caught 130' INT
    trap 'campaign_caught 143' TERM
    trap 'campaign_caught 129' HUP
    trap 'campaign_caught 141' PIPE
}

# campaign_caught STATUS: ends what is waited for, since a signal that comes before the shell waits ends no
# wait.
campaign_caught() {
    STOPPED=$1
    [ -z "$AWAITED" ] || kill -s KILL "$AWAITED" 2>/dev/null || :
}

# campaign_await PID: until it has ended, or a signal has come; its exit status.
campaign_await() {
    AWAITED=$1 campaign_await_status=0
    [ -n "$STOPPED" ] || wait "$1" || campaign_await_status=$?
    AWAITED=
    return "$campaign_await_status"
}

campaign_end() {
    trap '' INT TERM HUP
    [ -z "$BLOCK" ] || blocks_end
    for campaign_up in "$RUN"/up/*; do
        [ ! -d "$campaign_up" ] || turns_end "$campaign_up"
    done
    turns_outside
    campaign_release
    [ -z "$OUT" ] || [ ! -f "$OUT/plan.csv" ] || output_drop
    rm -rf "$RUN"
    campaign_guard_end || :
    rmdir "$BUILD/run" 2>/dev/null || :
}

# campaign_stopped: whether the campaign is to end now; says why, once.
campaign_stopped() { [ -n "$STOPPED" ]; }

campaign_disk_full() { say_fail "$(blocks_reason); what is there is in $OUT"; }

# campaign_release: undoes what prepare has left running, platform by platform.
campaign_release() {
    while IFS='	' read -r campaign_block PLATFORM <&3; do
        mkdir -p "$STATE"
        GUESTMARK_BLOCK=$campaign_block sh "$ROOT/common/driver/block.sh" release \
            </dev/null 9>&- >>"$LOG" 2>&1 || :
        processes_end "$campaign_block" "$STATE" || :
        rm -rf "$STATE"
    done 3<"$WORK/kept"
}

# campaign_report: report.txt, which is also shown, and report.html.
campaign_report() {
    trap '' INT TERM HUP
    cp "$LOG" "$OUT/log/driver.log" || :
    progress_clear
    campaign_status=0
    if [ "$(wc -l <"$OUT/samples.csv")" -le 1 ]; then
        say "no trial has ended well; $OUT/failures.csv has the reasons"
        campaign_how_to_go_on
        exit "${STOPPED:-1}"
    fi
    "$BUILD/compare" -f text -o "$OUT/report.txt" "$OUT" && cat "$OUT/report.txt" || campaign_status=1
    "$BUILD/compare" -f html -o "$OUT/report.html" "$OUT" || campaign_status=1
    campaign_how_to_go_on
    say "results: $OUT"
    exit "${STOPPED:-$campaign_status}"
}

campaign_how_to_go_on() { [ -z "$STOPPED" ] || say "stopped; go on with ./run.sh --resume $OUT"; }
