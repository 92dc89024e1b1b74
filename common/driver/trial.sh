# A trial: what came of one benchmark on one platform in one round, however it was run: as a block (trial), or
# in turns with the other platforms (turns.sh), which leaves the same files.
#
# Of all its parts together: $WORK/out (csv, as the programs print it), $WORK/err, $WORK/bill (facts, one
# part's after the other's).

# trial_add PART: adds what a part has printed ($WORK/printed) to $WORK/out: the names of its facts preceded
# and those of its metrics followed by something.
trial_add() {
    awk -F, -v OFS=, -v columns="$(record_columns)" \
        -v prefix="$(part_prefix "$1")" -v suffix="$(part_suffix "$1")" '
        /^# / { print "# " prefix substr($0, 3); next }
        suffix != "" && $0 != columns { $2 = $2 suffix }
        { print }' "$WORK/printed" >>"$WORK/out"
}

# trial_part PART: a part as a whole, within the trial's time.
trial_part() {
    trial_reps=2 trial_time=100ms
    [ -z "$QUICK" ] || trial_reps=1 trial_time=1ms
    trial_part_status=0
    within "$LIMIT" "$trial_benchmark" part "$1" platform_run part_client \
        -f csv -r "$trial_reps" -t "$trial_time" -s "$((SEED + ROUND))" >"$WORK/printed" 2>>"$WORK/err" \
        </dev/null ||
        trial_part_status=$?
    trial_add "$1"
    return "$trial_part_status"
}

trial_parts() {
    for trial_one in $(part_list "$1"); do
        trial_part "$trial_one" || return
    done
}

# trial_server BENCHMARK: the server is up, with its files in its page cache, before a trial that needs it
# begins.
trial_server() {
    [ "$(part_program "$1")" = nginxload ] || return 0
    within "$LIMIT" 'starting nginx' platform_url >"$WORK/url" 2>>"$WORK/err" || {
        cat "$WORK/url" >>"$WORK/err"
        return 77
    }
    command -v platform_server >/dev/null || return 0
    within "$(limits_for checksums)" "what serves on $PLATFORM" platform_server >"$WORK/server" 2>>"$LOG" || :
}

# trial_rows BENCHMARK: samples of $WORK/out as rows; fails if they are not what a tool prints.
trial_rows() {
    awk -F, -v place="$(record_place "$1" | sed 's/\\/\\\\/g')" -v benchmark="$(part_program "$1")" \
        -v columns="$(record_columns)" '
        /^# / { next }
        $0 == columns { header = 1; next }
        !header || NF != 6 || $1 != benchmark || $4 !~ /^(lower|higher)$/ ||
            $5 !~ /^[0-9]+$/ || $6 !~ /^-?[0-9.]+(e[-+]?[0-9]+)?$/ { bad = 1; exit }
        $5 > 0 { counted++ }
        { print place "," $2 "," $3 "," $4 "," $5 "," $6 }
        END { exit bad || !counted }' "$WORK/out"
}

# trial_reason STATUS BENCHMARK: one line on why a trial has no samples.
trial_reason() {
    trial_said=$(grep . "$WORK/err" | tail -n 1)
    printf '%s\n' "${trial_said:-$2: exit status $1 and nothing on stderr}"
}

# trial BENCHMARK: runs it as a block and writes down what came of it. Fails only if that cannot be written.
trial() {
    trial_benchmark=$1
    : >"$WORK/out"
    : >"$WORK/err"
    trial_status=0
    trial_server "$1" || trial_status=$?
    bill_start
    [ "$trial_status" -ne 0 ] || trial_parts "$1" || trial_status=$?
    bill_stop >"$WORK/bill"
    cat "$WORK/err" >>"$LOG"
    trial_record "$1" "$trial_status" || return
    echo "$1" >>"$WORK/done"
}

# trial_record BENCHMARK STATUS: writes down the rows of a trial, its facts and what the guards say, or why it
# has none.
trial_record() {
    if [ "$2" -ne 0 ]; then
        record_failure "$1" "$(trial_reason "$2" "$1")"
    elif ! trial_rows "$1" >"$WORK/samples"; then
        record_failure "$1" "$1: its output is not what the program prints"
    else
        # Of one step, where it was measured by turns.
        awk -v place="$(record_place "$1" | sed 's/\\/\\\\/g')" -F '[= ]' '
            $1 == "bill.host_cpu" { cpu = $2 }
            $1 == "turns" { steps = $2 }
            END { printf "%s,host_cpu,s,lower,1,%.6f\n", place, cpu / (steps > 0 ? steps : 1) }' \
            "$WORK/bill" >>"$WORK/samples"
        { sed -n 's/^# //p' "$WORK/out" && cat "$WORK/bill" && guards_server "$1"; } >"$WORK/facts"
        guards_of_trial "$1" || return
        record_append samples.csv <"$WORK/samples" || return
        # The last fact tells a trial that has been written down whole.
        { cat "$WORK/facts" && echo trial=complete; } | record_facts "$1"
    fi
}
