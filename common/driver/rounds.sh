# The rounds: how many, who takes part in which way, and what is decided after each.
# shellcheck disable=SC2034 # shares.sh reads ROUND_SECONDS

# rounds: until the rounds asked for are done, all is decided, or the time is over.
rounds() {
    rounds_start=$(date +%s)
    rounds_last=0
    : >"$WORK/settled"
    : >"$WORK/spent"
    rounds_design
    rounds_length
    output_latest
    ROUND=0
    while ! campaign_stopped; do
        ROUND=$((ROUND + 1))
        if [ -n "$ROUNDS" ]; then
            [ "$ROUND" -le "$ROUNDS" ] || break
        else
            rounds_look || break
        fi
        rounds_time || break
        rounds_one
    done
}

# rounds_length: ROUND_SECONDS, how long the turns of a round take. Rounds are what the statistics count, so
# a short budget is for short ones rather than for few.
rounds_length() {
    ROUND_SECONDS=20
    if [ -n "$BUDGET_SECONDS" ] && [ "$BUDGET_SECONDS" -lt 240 ]; then
        ROUND_SECONDS=$((BUDGET_SECONDS / 12 > 6 ? BUDGET_SECONDS / 12 : 6))
    fi
}

# rounds_design: who takes turns. They are up together, so their memory is needed at once; where that does not
# fit, all are run in serial blocks, one after the other.
rounds_design() {
    rounds_need=$(wc -l <"$WORK/usable" | awk -v memory="$MEMORY" '
        { print $1 * memory * (memory ~ /G/ ? 1048576 : 1024) }')
    rounds_have=$(sed -n 's/^MemAvailable: *\([0-9]*\) .*/\1/p' /proc/meminfo)
    if [ "${rounds_have:-$rounds_need}" -lt "$rounds_need" ]; then
        say "$((rounds_need / 1024)) MiB for all platforms together are not free:" \
            "they are measured one after the other"
        cp "$WORK/usable" "$WORK/serial"
    fi
    grep -vxFf "$WORK/serial" "$WORK/usable" >"$WORK/turns" || :
    [ -z "$RESUME" ] || return 0
    if [ -s "$WORK/turns" ]; then
        echo design=turns
        sed 's/^/serial=/' "$WORK/serial"
    else
        echo design=blocks
    fi >>"$OUT/environment.txt"
}

rounds_time() {
    [ -n "$BUDGET_SECONDS" ] && [ "$rounds_last" -gt 0 ] || return 0
    rounds_left=$((BUDGET_SECONDS - ($(date +%s) - rounds_start)))
    [ "$rounds_left" -lt "$rounds_last" ] || return 0
    say "the time of $BUDGET_SECONDS s is over; more with --resume $OUT --budget ..."
    return 1
}

# rounds_look: what is decided so far, in $WORK/settled; 1 if there is nothing to gain. Rounds go on where it
# cannot be told.
rounds_look() {
    [ "$ROUND" -gt 1 ] || return 0
    rounds_need=
    "$BUILD/compare" --need "$OUT" >"$WORK/need" 2>"$WORK/said" && read -r _ rounds_need <"$WORK/need"
    if [ -z "$rounds_need" ]; then
        cat "$WORK/said" >>"$LOG"
        say "what is decided cannot be told: $(tail -n 1 "$WORK/said")"
        return 0
    fi
    sed -n 's/^settled	\([^	]*	[^	]*	[^	]*\)	.*/\1/p' "$WORK/need" >"$WORK/settled"
    if [ "$rounds_need" -eq 0 ]; then
        rounds_open=$(grep -c '^open' "$WORK/need") || :
        case $rounds_open in
        0) say "after $((ROUND - 1)) rounds everything is decided" ;;
        *) say "after $((ROUND - 1)) rounds $rounds_open figures are still open; no more rounds are made" ;;
        esac
        return 1
    fi
}

# rounds_look_text: what is decided, and what is open, for the line of progress.
rounds_look_text() {
    [ -s "$WORK/need" ] || return 0
    awk -F '\t' '
        /^settled\t/ { settled++ }
        /^open\t/ { open++; if (!first) first = $2 " " $3 " " $5 }
        END {
            sub(/, .*/, "", first)
            if (settled + open) printf " | decided %d of %d", settled, settled + open
            if (first != "") printf " | %s", substr(first, 1, 32)
        }' "$WORK/need"
}

rounds_one() {
    rounds_began=$(date +%s)
    plan_round "$ROUND" >"$WORK/plan"
    if ! resume_planned; then
        plan_csv "$ROUND" | record_append plan.csv || campaign_disk_full
    fi
    PROGRESS="round $ROUND${ROUNDS:+ of $ROUNDS}$(rounds_look_text)"
    progress_can || say "$PROGRESS"
    sed '/^native$/ { p; s/$/2/; }' "$WORK/serial" >"$WORK/serial.names"
    awk -F '\t' 'FILENAME == ARGV[1] { serial[$0] = 1; next } !($1 in serial)' \
        "$WORK/serial.names" "$WORK/plan" >"$WORK/plan.turns"
    [ ! -s "$WORK/plan.turns" ] || turns_round
    while IFS='	' read -r rounds_platform ORDER <&3; do
        ! campaign_stopped || return 0
        grep -qxF "$rounds_platform" "$WORK/serial.names" || continue
        resume_done "$rounds_platform" || rounds_given_up "$rounds_platform" ||
            rounds_measure "$rounds_platform"
    done 3<"$WORK/plan"
    rounds_last=$(($(date +%s) - rounds_began))
}

# rounds_measure PLATFORM: a block, and why each trial that is missing is missing.
rounds_measure() {
    : >"$WORK/done"
    rounds_status=0
    blocks_run round "$1" || rounds_status=$?
    ! campaign_stopped || return 0
    [ "$rounds_status" -ne 3 ] || campaign_disk_full
    if [ "$rounds_status" -ne 0 ]; then
        say "round $ROUND, $1: $(blocks_reason)"
        for rounds_benchmark in $ORDER; do
            grep -qx "$rounds_benchmark" "$WORK/done" && continue
            record_failure "$rounds_benchmark" "$(blocks_reason)" || campaign_disk_full
        done
    fi
    echo block=complete | record_facts platform || campaign_disk_full
}

# rounds_given_up PLATFORM: a platform that has failed to start twice is not tried again, unless by a resumed
# campaign.
rounds_given_up() {
    rounds_at=$(csv_line "$1")
    [ "$(tail -n "+$FAILURES_FROM" "$OUT/failures.csv" | grep -F ",$rounds_at," |
        grep -c ',platform,')" -ge 2 ]
}
