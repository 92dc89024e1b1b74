# shellcheck disable=SC2153,SC2154 # ROUND and rounds_start are those of campaign.sh
# A round by turns: all platforms are up together, and for each benchmark each of them has a servant that does
# one repetition when the conductor (common/turns) asks. See common/driver/README.md for the files.
#
# A platform of the round is a folder $RUN/up/N: name, block (its mark), out (why it takes no further part),
# work/ and state/, which stand for $WORK and $STATE while the driver deals with it.

# turns_enter FOLDER: PLATFORM, WORK, STATE and BLOCK are those of a platform that is up. turns_outside: of
# none.
turns_enter() {
    turns_name "$1"
    read -r BLOCK <"$1/block"
    WORK=$1/work STATE=$1/state
}
# turns_name FOLDER: PLATFORM is its.
turns_name() { IFS= read -r PLATFORM <"$1/name"; }

turns_outside() { WORK=$RUN/work STATE=$RUN/state BLOCK='' PLATFORM=''; }

# turns_block FOLDER VERB ARGUMENT...: one step with a platform that is up and stays up; its exit status. What
# ends by a signal takes no further part.
turns_block() {
    turns_enter "$1"
    turns_folder=$1 turns_since=$(limits_now) turns_status=0
    shift
    blocks_step "$@" || turns_status=$?
    if [ "$turns_status" -eq 3 ]; then campaign_disk_full; fi
    [ "$turns_status" -ne 4 ] || blocks_reason >"$turns_folder/out"
    turns_waited="$PLATFORM	$(($(limits_now) - turns_since))"
    turns_outside
    echo "$turns_waited" >>"$WORK/spent"
    return "$turns_status"
}

# turns_round: the platforms of $WORK/plan that take turns.
turns_round() {
    rm -rf "$RUN/up" "$RUN/once"
    mkdir -p "$RUN/up" "$RUN/once"
    shares_round
    turns_count=100 # numbers of one width, so that they sort
    while IFS='	' read -r turns_platform _ <&3; do
        ! campaign_stopped || break
        resume_done "$turns_platform" || rounds_given_up "$turns_platform" ||
            ! shares_takes_part "$turns_platform" ||
            turns_start "$turns_platform" "$RUN/up/$((turns_count += 1))"
    done 3<"$WORK/plan.turns"
    for turns_benchmark in $(head -n 1 "$WORK/plan.turns" | cut -f 2); do
        ! campaign_stopped || break
        turns_done "$turns_benchmark" || turns_run "$turns_benchmark"
    done
    for turns_up in "$RUN"/up/*; do
        [ -d "$turns_up" ] || continue
        campaign_stopped || turns_leave "$turns_up"
        turns_end "$turns_up"
    done
}

# turns_start PLATFORM FOLDER: starts it fresh, and leaves it up.
turns_start() {
    mkdir -p "$2/work" "$2/state"
    echo "$1" >"$2/name"
    echo "round-$$-$((BLOCKS += 1))_" >"$2/block"
    turns_show "starting $1"
    turns_block "$2" up && return
    campaign_stopped && return
    say "round $ROUND, $1: $(cat "$2/work/reason")"
    cp "$2/work/reason" "$2/out"
}

# turns_leave FOLDER: its round as a whole is judged, and it is stopped.
turns_leave() {
    turns_name "$1"
    if [ ! -f "$1/out" ]; then
        turns_block "$1" leave || [ -f "$1/out" ] || say "round $ROUND, $PLATFORM: $(cat "$1/work/reason")"
    fi
    ! campaign_stopped || return 0
    turns_name "$1"
    echo block=complete | record_facts platform || campaign_disk_full
}

# turns_end FOLDER: whatever it has left running is ended.
turns_end() {
    turns_enter "$1"
    blocks_end
    rm -rf "$1"
    turns_outside
}

# turns_run BENCHMARK: its turns, and what came of them.
turns_run() {
    for turns_up in "$RUN"/up/*; do
        [ -d "$turns_up" ] || continue
        turns_begin "$turns_up" "$1"
    done
    for turns_part in $(part_list "$1"); do
        ! campaign_stopped || return 0
        turns_take "$turns_part"
    done
    for turns_up in "$RUN"/up/*; do
        ! campaign_stopped || return 0
        [ ! -f "$turns_up/play" ] || turns_close "$turns_up" "$1"
    done
    turns_mark "$1"
}

# turns_begin FOLDER BENCHMARK: FOLDER/play holds the status of the benchmark there so far, if it takes part.
turns_begin() {
    rm -rf "$1/play" "$1"/work/*.out "$1/work/bill.before" "$1/work/err"
    for turns_part in $(part_list "$2"); do rm -rf "$1/work/$turns_part"; done
    turns_name "$1"
    turns_any=''
    for turns_part in $(part_list "$2"); do
        if shares_open "$PLATFORM" "$turns_part"; then turns_any=1; fi
    done
    [ -n "$turns_any" ] || return 0
    turns_begin_status=0
    if [ -f "$1/out" ]; then
        turns_begin_status=1
        cp "$1/out" "$1/work/err"
    else
        turns_block "$1" open "$2" || turns_begin_status=$?
    fi
    echo "$turns_begin_status" >"$1/play"
}

# turns_take PART: the turns of all that take part and have not failed before.
turns_take() {
    set --
    for turns_up in "$RUN"/up/*; do
        if [ ! -f "$turns_up/play" ] || [ -f "$turns_up/out" ]; then continue; fi
        read -r turns_play <"$turns_up/play"
        [ "$turns_play" -eq 0 ] || continue
        turns_name "$turns_up"
        shares_open "$PLATFORM" "$turns_part" || continue
        turns_servant "$turns_up" "$turns_part"
        set -- "$@" "$turns_up/work/$turns_part"
    done
    [ $# -gt 0 ] || return 0
    turns_conduct "$@"
    for turns_folder; do turns_judge "${turns_folder%/work/*}" "$turns_part"; done
}

# turns_servant FOLDER PART: what becomes the servant of $PLATFORM.
turns_servant() {
    mkdir -p "$1/work/$2"
    cp "$1/work/account" "$1/work/$2/account"
    read -r turns_mark <"$1/block"
    {
        echo "PLATFORM=$(platform_quote "$PLATFORM") GUESTMARK_BLOCK=$turns_mark"
        echo "WORK=$(platform_quote "$1/work") STATE=$(platform_quote "$1/state")"
        echo 'export PLATFORM WORK STATE GUESTMARK_BLOCK'
        printf 'exec sh %s serve %s\n' "$(platform_quote "$ROOT/common/driver/block.sh")" "$2"
    } >"$1/work/$2/serve"
}

# turns_conduct FOLDER...: the conductor, on the CPUs that nothing is measured on.
turns_conduct() {
    if [ -n "$QUICK" ]; then
        set -- --turns 2 "$@"
    else
        set -- --time "$(shares_seconds "$turns_part")s" "$@"
    fi
    turns_show "$(part_asked "$turns_part")"
    BLOCK=turns-$$-$((BLOCKS += 1))_
    GUESTMARK_BLOCK=$BLOCK platform_taskset "$CLIENT_CPUS" "$BUILD/turns" --seed "$((SEED + ROUND))" \
        --start "${LIMIT}s" --limit "${LIMIT}s" --cpus "$TEST_CPUS,$CLIENT_CPUS" "$@" \
        2>>"$LOG.turns" </dev/null 9>&- &
    turns_status=0
    campaign_await "$!" || turns_status=$?
    if [ -n "$STOPPED" ]; then kill "$!" 2>/dev/null || :; fi
    processes_end "$BLOCK" "$RUN/no-folder" || :
    BLOCK=''
}

# turns_judge FOLDER PART: what the conductor found. One that hung is in a state that nobody knows.
turns_judge() {
    turns_found=1
    [ ! -s "$1/work/$2/status" ] || read -r turns_found <"$1/work/$2/status"
    [ "$turns_found" -ne 0 ] || return 0
    echo "$turns_found" >"$1/play"
    [ "$turns_found" -eq 124 ] || return 0
    turns_why="$(part_program "$2"): $(tail -n 1 "$1/work/$2/err")"
    echo "$turns_why" >"$1/out"
    echo "$turns_why" >>"$1/work/$2/err"
    turns_enter "$1"
    processes_end "$BLOCK" "$STATE" || :
    turns_outside
}

# turns_close FOLDER BENCHMARK: writes down what came of it.
turns_close() {
    read -r turns_play <"$1/play"
    rm "$1/play"
    : >"$1/closed"
    turns_block "$1" close "$2" "$turns_play" || {
        campaign_stopped && return
        turns_name "$1"
        record_failure "$2" "$(cat "$1/work/reason")" || campaign_disk_full
    }
}

# turns_mark BENCHMARK: the rows of this benchmark's turns are all there, in one write.
turns_mark() {
    for turns_up in "$RUN"/up/*; do
        [ -f "$turns_up/closed" ] || continue
        rm "$turns_up/closed"
        turns_name "$turns_up"
        printf '%s\n' "$(record_place "$1"),turns,complete"
    done >"$WORK/marks"
    record_append facts.csv <"$WORK/marks" || campaign_disk_full
}

# turns_done BENCHMARK: whether its turns of this round are there already.
turns_done() {
    [ -n "$RESUME" ] || return 1
    grep -qF ",$ROUND,$(csv_line "$(part_asked "$1")"),turns,complete" "$OUT/facts.csv"
}

turns_show() { progress_show "$PROGRESS | $1"; }
