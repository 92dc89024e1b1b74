# Servants (common/lib/steps.h) in tests: one at a time, held over two FIFOs. Sourced by tap.sh.

# servant_start COMMAND...: starts it; its errors go to $TMP/err. Sets servant_pid.
servant_start() {
    rm -f "$TMP/servant.in" "$TMP/servant.out"
    mkfifo "$TMP/servant.in" "$TMP/servant.out"
    # A shell's background processes ignore SIGINT unless somebody gives it back to them; and one
    # that nobody ends, by a mistake in a test, shall not live forever.
    perl -e '$SIG{INT} = "DEFAULT"; alarm 120; exec @ARGV or die' "$@" \
        <"$TMP/servant.in" >"$TMP/servant.out" 2>"$TMP/err" &
    servant_pid=$!
    exec 3>"$TMP/servant.in" 4<"$TMP/servant.out"
}

# servant_read MARK: its answer up to and with that line, into $TMP/out; 1 if it ends before.
servant_read() {
    : >"$TMP/out"
    while IFS= read -r servant_line <&4; do
        printf '%s\n' "$servant_line" >>"$TMP/out"
        [ "$servant_line" != "$1" ] || return 0
    done
    return 1
}

servant_ready() { servant_read ready; }

servant_step() {
    (trap '' PIPE && echo step >&3) 2>/dev/null || return 1
    servant_read end
}

# servant_end: no more steps; its facts are in $TMP/out. Returns its exit status.
servant_end() {
    exec 3>&-
    cat <&4 >"$TMP/out"
    servant_wait
}

# servant_wait: closes what is open to it and returns its exit status.
servant_wait() {
    exec 3>&- 4<&-
    servant_status=0
    wait "$servant_pid" || servant_status=$?
    return "$servant_status"
}

# servant_asleep: whether none of its threads runs, within a second or so.
servant_asleep() {
    servant_tries=0
    while [ "$servant_tries" -lt 20 ]; do
        servant_tries=$((servant_tries + 1))
        cat /proc/"$servant_pid"/task/*/stat | sed 's/.*) //' | grep -q '^[^S]' || return 0
        sleep 0.1
    done
    return 1
}

# servant_ended STATUS: it ends with that status, by itself or by what was done to it.
servant_ended() {
    servant_wait || :
    [ "$servant_status" -eq "$1" ] || echo "# exit status $servant_status, wanted $1"
    [ "$servant_status" -eq "$1" ]
}

# servant_wrong TITLE COMMAND...: is ready, and then wrong: 3, one line, and not one row of that step.
servant_wrong() {
    servant_title=$1
    shift
    servant_start "$@"
    check "$servant_title: ready" servant_ready
    servant_step || :
    check "$servant_title: status 3" servant_ended 3
    one_line_error "$servant_title: one line, no row"
}

# steps_rows FILE REP: the names, units and directions of a repetition's rows, sorted.
steps_rows() { awk -F, -v rep="$2" 'NF == 6 && $5 == rep { print $1, $2, $3, $4 }' "$1" | sort; }

# The whole of a servant's output: header, ready, rows of 1 and end, rows of 2 and end, facts.
steps_order() {
    # shellcheck disable=SC2154 # of tap.sh
    awk -F, -v columns="$tap_columns" '
        NR == 1 { if ($0 != columns) exit bad = 1; next }
        NR == 2 { if ($0 != "ready") exit bad = 1; next }
        $0 == "end" { if (!rows[++ends]) bad = 1; next }
        /^# [a-zA-Z0-9._\[\]=-]+=/ { facts++; next }
        NF == 6 && $5 == ends + 1 && !facts { rows[$5]++; next }
        { bad = 1 }
        END { exit !(ends == 2 && facts >= 10 && !bad) }' "$1"
}

# steps_contract TOOL ARGUMENT...: what every tool must do as a servant; $TMP/out.csv is what it prints
# for the same arguments and two repetitions.
steps_contract() {
    steps_tool=$1
    shift
    for steps_wrong in '--reps 2' '-f json' '--format text'; do
        # shellcheck disable=SC2086 # several words
        status 2 "$steps_tool --steps $steps_wrong" "$BUILD/$steps_tool" --steps $steps_wrong "$@"
        one_line_error "$steps_tool --steps $steps_wrong: one line"
    done
    status 0 "$steps_tool --steps: two lines, and the half of one" \
        sh -c 'printf "a\n\nc" | "$@"' - "$BUILD/$steps_tool" --steps -f csv -t 1ms "$@"
    check "$steps_tool --steps: header, ready, two repetitions with their ends, facts" steps_order "$TMP/out"
    steps_rows "$TMP/out" 1 >"$TMP/rows.steps"
    # What a servant leaves out, for more turns.
    steps_rows "$TMP/out.csv" 2 | grep -v sweep.first >"$TMP/rows.csv"
    check "$steps_tool --steps: the rows that csv has" cmp "$TMP/rows.steps" "$TMP/rows.csv"
    check "$steps_tool --steps: the first of them in every step" sh -c '[ "$(grep -c "^$1," "$2")" = 2 ]' - \
        "$(awk -F, 'NF == 6 && $5 == 1 { print $1 "," $2; exit }' "$TMP/out.csv")" "$TMP/out"
    check "$steps_tool --steps: the facts say how many" grep -q '^# option.reps=2$' "$TMP/out"
    ok "$steps_tool --steps: no step at all" "$BUILD/$steps_tool" --steps -t 1ms "$@"
    check "$steps_tool --steps: is ready all the same" [ "$(sed -n 2p "$TMP/out")" = ready ]
    status 1 "$steps_tool --steps: no stdin" sh -c '"$@" <&-' - "$BUILD/$steps_tool" --steps -t 1ms "$@"
    check "$steps_tool --steps: no stdin is one line" [ "$(wc -l <"$TMP/err")" -eq 1 ]

    servant_start "$BUILD/$steps_tool" --steps -t 1ms "$@"
    check "$steps_tool over FIFOs: ready" servant_ready
    check "$steps_tool over FIFOs: sleeps until there is a line" servant_asleep
    check "$steps_tool over FIFOs: a step" servant_step
    check "$steps_tool over FIFOs: another one" servant_step
    out_has "$steps_tool over FIFOs: it is the second" "^$steps_tool,.*,2,"
    check "$steps_tool over FIFOs: ends with its input" servant_end
    out_has "$steps_tool over FIFOs: and its facts" '^# timed.wall='

    servant_start "$BUILD/$steps_tool" --steps -t 1ms "$@"
    servant_ready
    exec 4<&-
    echo step >&3
    check "$steps_tool over FIFOs: nobody reads: status 1" servant_ended 1
    check "$steps_tool over FIFOs: nobody reads: one line" [ "$(wc -l <"$TMP/err")" -eq 1 ]
    err_has "$steps_tool over FIFOs: nobody reads: which" "^$steps_tool: stdout: Broken pipe\$"
    for steps_signal in INT/130 TERM/143; do
        servant_start "$BUILD/$steps_tool" --steps -t 1ms "$@"
        servant_ready
        servant_step
        kill -s "${steps_signal%/*}" "$servant_pid"
        check "$steps_tool over FIFOs: SIG${steps_signal%/*} ends it" servant_ended "${steps_signal#*/}"
    done
}
