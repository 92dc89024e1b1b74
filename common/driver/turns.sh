# shellcheck disable=SC2153,SC2154 # ROUND and rounds_start are those of campaign.sh
# A round by turns: all platforms are up together, and for each benchmark each of them has a servant that does
# one repetition when the conductor (common/turns) asks. See common/driver/README.md for the files.
#
# A platform of the round is a folder $RUN/up/N: name, block (its mark), out (why it takes no further part),
# work/ and state/, which stand for $WORK and $STATE while the driver deals with it.

# turns_enter FOLDER: PLATFORM, WORK, STATE and BLOCK are those of a platform that is up. turns_outside: of
# none.
turns_enter() {
    PLATFORM=$(cat "$1/name")
    WORK=$1/work STATE=$1/state BLOCK=$(cat "$1/block")
}
turns_outside() { WORK=$RUN/work STATE=$RUN/state BLOCK='' PLATFORM=''; }

# turns_block FOLDER VERB ARGUMENT...: one step with a platform that is up and stays up; its exit status. What
# ends by a signal takes no further part.
turns_block() {
    turns_enter "$1"
    turns_folder=$1
    shift
    blocks_step "$@" || {
        turns_status=$?
        if [ "$turns_status" -eq 3 ]; then campaign_disk_full; fi
        [ "$turns_status" -ne 4 ] || blocks_reason >"$turns_folder/out"
        turns_outside
        return "$turns_status"
    }
    turns_outside
}

# turns_round: the platforms of $WORK/plan that take turns.
turns_round() {
    rm -rf "$RUN/up" "$RUN/load"
    mkdir -p "$RUN/up"
    turns_count=100 # numbers of one width, so that they sort
    while IFS='	' read -r turns_platform _ <&3; do
        ! campaign_stopped || break
        resume_done "$turns_platform" || rounds_given_up "$turns_platform" ||
            turns_retired "$turns_platform" ||
            turns_rests "$turns_platform" ||
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
    PLATFORM=$(cat "$1/name")
    if [ ! -f "$1/out" ]; then
        turns_block "$1" leave || [ -f "$1/out" ] || say "round $ROUND, $PLATFORM: $(cat "$1/work/reason")"
    fi
    ! campaign_stopped || return 0
    PLATFORM=$(cat "$1/name")
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
    turns_any=''
    for turns_part in $(part_list "$2"); do
        if turns_open "$(cat "$1/name")" "$turns_part"; then turns_any=1; fi
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
        [ "$(cat "$turns_up/play" 2>/dev/null)" = 0 ] || continue
        [ ! -f "$turns_up/out" ] || continue
        turns_open "$(cat "$turns_up/name")" "$turns_part" || continue
        turns_servant "$turns_up" "$turns_part"
        set -- "$@" "$turns_up/work/$turns_part"
    done
    [ $# -gt 0 ] || return 0
    turns_conduct "$@"
    for turns_folder; do turns_judge "${turns_folder%/work/*}" "$turns_part"; done
}

# turns_servant FOLDER PART: what becomes the servant.
turns_servant() {
    mkdir -p "$1/work/$2"
    cp "$1/work/account" "$1/work/$2/account"
    {
        printf 'PLATFORM=%s\n' "$(platform_quote "$(cat "$1/name")")"
        printf 'WORK=%s STATE=%s GUESTMARK_BLOCK=%s\n' "$(platform_quote "$1/work")" \
            "$(platform_quote "$1/state")" \
            "$(cat "$1/block")"
        echo 'export PLATFORM WORK STATE GUESTMARK_BLOCK'
        printf 'exec sh %s serve %s\n' "$(platform_quote "$ROOT/common/driver/block.sh")" "$2"
    } >"$1/work/$2/serve"
}

# turns_conduct FOLDER...: the conductor, on the CPUs that nothing is measured on.
turns_conduct() {
    if [ -n "$QUICK" ]; then
        set -- --turns 2 "$@"
    else
        set -- --time "$(turns_seconds "$turns_part")s" "$@"
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
    turns_found=$(cat "$1/work/$2/status" 2>/dev/null || echo 1)
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
    turns_play=$(cat "$1/play")
    rm "$1/play"
    : >"$1/closed"
    turns_block "$1" close "$2" "$turns_play" || {
        campaign_stopped && return
        PLATFORM=$(cat "$1/name")
        record_failure "$2" "$(cat "$1/work/reason")" || campaign_disk_full
    }
}

# turns_mark BENCHMARK: the rows of this benchmark's turns are all there, in one write.
turns_mark() {
    for turns_up in "$RUN"/up/*; do
        [ -f "$turns_up/closed" ] || continue
        rm "$turns_up/closed"
        PLATFORM=$(cat "$turns_up/name")
        printf '%s\n' "$(record_place "$1"),turns,complete"
    done >"$WORK/marks"
    record_append facts.csv <"$WORK/marks" || campaign_disk_full
}

# turns_done BENCHMARK: whether its turns of this round are there already.
turns_done() {
    [ -n "$RESUME" ] || return 1
    grep -qF ",$ROUND,$(csv_line "$(part_asked "$1")"),turns,complete" "$OUT/facts.csv"
}

# turns_open PLATFORM PART: whether it is to take part: something is undecided there, or it is what others are
# set against. $WORK/settled has the comparisons that are decided, PLATFORM<tab>BENCHMARK<tab>METRIC. Where
# rounds go on until all is decided, a part that decides nothing has three of them.
turns_open() {
    if [ -z "$ROUNDS" ] && [ "$ROUND" -gt 3 ] && ! part_decides "$2"; then return 1; fi
    [ -s "$WORK/settled" ] || return 0
    if turns_is_base "$1"; then
        while IFS= read -r turns_other; do
            if ! turns_is_base "$turns_other" && turns_open "$turns_other" "$2"; then return 0; fi
        done <"$WORK/usable"
        return 1
    fi
    turns_metrics=$(part_metrics "$2")
    turns_of=$(part_benchmark "$2")
    turns_row=$(part_asked "$turns_of")
    for turns_metric in ${turns_metrics:-$(part_metrics "$turns_of")}; do
        grep -qxF "$1	$turns_row	$turns_metric" "$WORK/settled" || return 0
    done
    return 1
}

turns_is_base() {
    case $1 in
    native | native2) ;;
    *) ! grep -qx native "$WORK/usable" && [ "$1" = "$(head -n 1 "$WORK/usable")" ] ;;
    esac
}

# turns_retired PLATFORM: whether nothing is open of it, its start included.
turns_retired() {
    if turns_is_base "$1" || [ ! -s "$WORK/settled" ]; then return 1; fi
    grep -qxF "$1	platform	startup" "$WORK/settled" || return 1
    for turns_one in $CHOSEN_BENCHMARKS; do
        for turns_part in $(part_list "$turns_one"); do
            if turns_open "$1" "$turns_part"; then return 1; fi
        done
    done
}

# turns_rests PLATFORM: whether it takes no part in this round: it has had rounds enough to be judged by, and
# more than a fifth of the time, by its servants' starts and steps. An emulated guest's ratio is so large that
# few rounds suffice.
turns_rests() {
    if [ -n "$ROUNDS" ] || turns_is_base "$1"; then return 1; fi
    grep -F ",$(csv_line "$1")," "$OUT/facts.csv" | awk -F, -v since="$(($(date +%s) - rounds_start))" '
        /,block,complete$/ { rounds++ }
        $(NF - 1) ~ /^bill\.(start|wall)$/ { spent += $NF }
        END { exit !(rounds >= 3 && spent > 0.2 * since) }'
}

# turns_seconds PART: its share of the round's time, which is for the parts that somebody is open in.
turns_seconds() {
    turns_all=0
    for turns_one in $CHOSEN_BENCHMARKS; do
        for turns_other_part in $(part_list "$turns_one"); do
            while IFS= read -r turns_other_one; do
                if turns_is_base "$turns_other_one" && [ "$(wc -l <"$WORK/usable")" -gt 1 ]; then continue; fi
                turns_open "$turns_other_one" "$turns_other_part" || continue
                turns_all=$((turns_all + $(part_weight "$turns_other_part")))
                break
            done <"$WORK/usable"
        done
    done
    [ "$turns_all" -gt 0 ] || turns_all=$(part_weight "$1")
    echo "$ROUND_SECONDS $(part_weight "$1") $turns_all" | awk '{ printf "%.2f\n", $1 * $2 / $3 }'
}

turns_show() { progress_show "$PROGRESS | $1"; }
