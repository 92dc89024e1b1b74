# What a campaign has left that could not end itself, since its driver was killed: processes, platforms that
# were up, private engines, mounts, its folder. Its guardian clears that at once; where that was killed, too,
# the next run of any kind with the same BUILD does.

# leftovers_clear: of all campaigns that are dead.
leftovers_clear() {
    for leftovers_run in "$BUILD"/run/*; do
        leftovers_pid=${leftovers_run##*/}
        case $leftovers_pid in *[!0-9]*) continue ;; esac
        if [ "$leftovers_run" = "$RUN" ] || platform_driver_lives "$leftovers_pid"; then continue; fi
        leftovers_await "$leftovers_run"
        [ -d "$leftovers_run" ] || continue
        say "clearing up what a run that was killed ($leftovers_pid) has left"
        (leftovers_of "$leftovers_run" "$leftovers_pid") </dev/null >>"$LOG" 2>&1 || :
    done
}

# leftovers_await FOLDER: gives the campaign's guardian, if it lives, time to end what it is about.
leftovers_await() {
    leftovers_tries=300
    while [ -d "$1" ] && [ $((leftovers_tries -= 1)) -gt 0 ] &&
        tr '\0' ' ' <"/proc/$(cat "$1/guardian")/cmdline" | grep -q 'guardian\.sh'; do
        sleep 0.2
    done 2>/dev/null
}

# leftovers_of FOLDER PID: in a subshell. Its processes first, since they may still be at work.
leftovers_of() {
    RUN=$1
    leftovers_tag="[a-z]*-$2-[0-9]*_"
    processes_end "$leftovers_tag" "$RUN" || :
    for leftovers_up in "$RUN"/up/*; do
        [ ! -f "$leftovers_up/name" ] ||
            leftovers_block down "$(cat "$leftovers_up/name")" "$leftovers_up/work" "$leftovers_up/state"
    done
    # A platform that was being prepared is in no list of those that are.
    cat "$RUN/work/probed" "$RUN/work/usable" 2>/dev/null | awk '!seen[$0]++' |
        while IFS= read -r leftovers_platform; do
            leftovers_block down "$leftovers_platform" "$RUN/work" "$RUN/state"
            leftovers_block release "$leftovers_platform" "$RUN/work" "$RUN/state"
        done
    processes_end "$leftovers_tag" "$RUN" || :
    platform_unmount "$RUN/"
    rm -rf "$RUN"
    rmdir "$BUILD/run" 2>/dev/null || :
}

# leftovers_block VERB PLATFORM WORK STATE: the sleep of its watchdog is ended, too.
leftovers_block() {
    mkdir -p "$3" "$4"
    PLATFORM=$2 WORK=$3 STATE=$4 GUESTMARK_BLOCK=leftovers-$$-0_ sh "$ROOT/common/driver/block.sh" "$1" \
        </dev/null || :
    processes_end "leftovers-$$-0_" "$4" || :
}
