# TAP for tests written in shell. A test file sources this, states checks, and ends with tap_done:
#
#     . common/test/tap.sh
#     ok 'title' command argument ...
#     status 2 'title' command argument ...
#     tap_done
#
# Tests run from the top of the repository. $BUILD holds the programs (default build), $TMP is a
# folder of this test's own, removed at the end.

unset CDPATH && export LC_ALL=C
BUILD=${BUILD:-build}
TMP=$(mktemp -d "${TMPDIR:-/tmp}/guestmark-test.XXXXXX")
# The columns of a row that a program prints, and of samples.csv: a promise, so it stands here once more.
export tap_columns=benchmark,metric,unit,better,rep,value
# shellcheck disable=SC2034 # for tests
tap_samples=time,host,platform,round,$tap_columns
tap_count=0
tap_failed=0
trap 'rm -rf "$TMP"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
# shellcheck source=common/test/steps.sh
. common/test/steps.sh

# tap_report RESULT TITLE: prints one line; what the command printed follows a failure as comment.
tap_report() {
    tap_count=$((tap_count + 1))
    if [ "$1" = 0 ]; then
        echo "ok $tap_count - $2"
    else
        echo "not ok $tap_count - $2"
        tap_failed=$((tap_failed + 1))
        [ ! -f "$TMP/out" ] || sed 's/^/# stdout: /' "$TMP/out" | head -n 20
        [ ! -f "$TMP/err" ] || sed 's/^/# stderr: /' "$TMP/err" | head -n 20
    fi
}

# run COMMAND...: runs it; its output is in $TMP/out and $TMP/err, its exit status in $run_status.
run() {
    run_status=0
    "$@" >"$TMP/out" 2>"$TMP/err" </dev/null || run_status=$?
}

# ok TITLE COMMAND...: the command must end with 0.
ok() { status 0 "$@"; }

# status N TITLE COMMAND...: the command must end with N.
status() {
    tap_wanted=$1 tap_title=$2
    shift 2
    run "$@"
    tap_result=0
    [ "$run_status" -eq "$tap_wanted" ] || tap_result=1
    [ "$tap_result" -eq 0 ] || echo "# exit status $run_status, wanted $tap_wanted"
    tap_report "$tap_result" "$tap_title"
}

# check TITLE COMMAND...: like ok, but leaves $TMP/out and $TMP/err of the run before as they are.
check() {
    tap_title=$1
    shift
    tap_result=0
    "$@" >/dev/null 2>&1 || tap_result=1
    tap_report "$tap_result" "$tap_title"
}

# out_has TITLE REGEX / err_has TITLE REGEX: what the last run printed matches (grep -E).
out_has() { check "$1" grep -Eq -e "$2" "$TMP/out"; }
err_has() { check "$1" grep -Eq -e "$2" "$TMP/err"; }

# one_line_error TITLE: the last run said exactly one line on stderr and nothing on stdout.
one_line_error() {
    tap_result=0
    [ "$(wc -l <"$TMP/err")" -eq 1 ] && [ ! -s "$TMP/out" ] || tap_result=1
    tap_report "$tap_result" "$1"
}

# skip TITLE REASON
skip() {
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1 # SKIP $2"
}

# skip_all REASON: ends a test file of which nothing can run here.
skip_all() {
    echo "1..0 # SKIP $1"
    exit 0
}

tap_done() {
    echo "1..$tap_count"
    [ "$tap_failed" -eq 0 ]
    exit
}

# adapter_contract: the checks that every platform must pass once it is up (common/platforms/platform.sh),
# with one CPU under test.
adapter_contract() {
    status 7 "$PLATFORM: exit status, stdout and stderr come back" \
        platform_run sh -c 'echo "$1"; cat; echo err >&2; exit 7' - "it's a  b"
    check "$PLATFORM: stdout, and nothing from stdin" [ "$(cat "$TMP/out")" = "it's a  b" ]
    err_has "$PLATFORM: stderr" '^err$'
    run platform_run printf '%s|' "it's" 'a  b' '$HOME' '' '>x' '
'
    check "$PLATFORM: arguments arrive as they are" [ "$(cat "$TMP/out")" = "it's|a  b|\$HOME||>x|
|" ]
    adapter_serves
    run platform_sha256
    check "$PLATFORM: five programs" [ "$(wc -l <"$TMP/out")" -eq 5 ]
    check "$PLATFORM: the same inside" sh -c 'cd "$1" && sha256sum -c --quiet "$2"' - \
        "$(platform_build 2>/dev/null || echo "$BUILD")" "$TMP/out"
    run platform_run nproc
    out_has "$PLATFORM: one CPU" '^1$'
}

# adapter_serves: the channel for servants: lines go in when they are written and come out when they are, the
# end of the input is seen, and stderr and the status come back. A servant is sent nothing before it has said
# that it is ready.
adapter_serves() {
    run platform_serving
    check "$PLATFORM: a servant hears line by line, to the end" \
        [ "$(tr '\n' ' ' <"$TMP/out")" = 'ready <a> <> <b> ' ]
    check "$PLATFORM: its status comes back" [ "$run_status" -eq 5 ]
    err_has "$PLATFORM: and what it says on stderr" '^at the end$'
}
platform_serving() {
    {
        sleep 1
        printf 'a\n\nb\n'
    } | platform_serve sh -c 'echo ready
        while read -r line; do echo "<$line>"; done
        echo "at the end" >&2
        exit 5'
}

# contract TOOL [ARGUMENT...]: the checks that every tool must pass, with arguments that make it do a little
# real work.
contract() {
    tap_tool=$1
    shift
    ok "$tap_tool --help" "$BUILD/$tap_tool" --help
    out_has "$tap_tool --help shows the synopsis" "^usage: $tap_tool "
    out_has "$tap_tool --help lists its metrics" '^Metrics'
    out_has "$tap_tool --help has an example" "^  $tap_tool .*"
    check "$tap_tool --help shows nothing that only tests use" sh -c '! grep -q -e --inject "$1"' - "$TMP/out"
    check "$tap_tool --help fits 80 columns, without spaces at line ends" \
        awk 'length > 80 || / $/ { bad = 1 } END { exit bad }' "$TMP/out"
    ok "$tap_tool --version" "$BUILD/$tap_tool" --version
    out_has "$tap_tool --version names the version" "^$tap_tool \\(guestmark\\) [0-9]"
    status 2 "$tap_tool: unknown option" "$BUILD/$tap_tool" --no-such-option
    one_line_error "$tap_tool: unknown option is one line"
    status 2 "$tap_tool: --reps -1" "$BUILD/$tap_tool" --reps -1
    status 2 "$tap_tool: --format of no name" "$BUILD/$tap_tool" --format nonsense
    ok "$tap_tool: options may follow operands" "$BUILD/$tap_tool" -r 1 -w 0 -t 1ms "$@" --format value
    check "$tap_tool: and count" awk 'END { exit !(NR == 1 && NF == 1) }' "$TMP/out"
    status 2 "$tap_tool: but not behind --" "$BUILD/$tap_tool" -r 1 -w 0 -t 1ms "$@" -- --format value
    for tap_format in text csv json value; do
        ok "$tap_tool --format $tap_format" "$BUILD/$tap_tool" -r 2 -t 1ms -f "$tap_format" "$@"
        cp "$TMP/out" "$TMP/out.$tap_format"
    done
    check "$tap_tool: text fits one screen" \
        awk 'length > 80 { bad = 1 } END { exit bad || NR < 3 || NR > 24 }' "$TMP/out.text"
    ok "$tap_tool --facts" "$BUILD/$tap_tool" -r 2 -t 1ms --facts "$@"
    cp "$TMP/out" "$TMP/out.facts"
    check "$tap_tool: --facts shows each fact of csv" awk '
        NR == FNR { if (/^[a-z].*  /) shown[$1] = 1; next }
        /^# (histogram|series)\./ { next }
        /^# / { sub(/^# /, ""); sub(/=.*/, ""); if (!($0 in shown)) { bad = 1; print } ; rows++ }
        END { exit bad || rows < 10 }' "$TMP/out.facts" "$TMP/out.csv"
    check "$tap_tool: csv has header, facts, warm-up and two repetitions" awk -F, \
        -v tool="$tap_tool" -v columns="$tap_columns" '
        /^# [a-z0-9._-]+=/ { facts++; next }
        !header { header = $0; next }
        $1 != tool || NF != 6 || ($4 != "lower" && $4 != "higher") || $6 + 0 != $6 + 0 { bad = 1 }
        { reps[$5]++ }
        END { exit !(header == columns && facts >= 10 && !bad &&
              reps[0] && reps[1] && reps[2]) }' "$TMP/out.csv"
    check "$tap_tool: json parses" perl -MJSON::PP -0777 -ne '
        my $d = decode_json($_);
        exit !($d->{benchmark} && $d->{version} && keys %{$d->{facts}} && @{$d->{metrics}}
               && defined $d->{metrics}[0]{median})' "$TMP/out.json"
    check "$tap_tool: value is one number" \
        awk 'NF != 1 || $1 + 0 <= 0 { bad = 1 } END { exit !(NR == 1 && !bad) }' "$TMP/out.value"
    for tap_fact in version compiler cpu.model hypervisor option.seed clock.cost timed.steal timed.waited; do
        check "$tap_tool: fact $tap_fact" grep -q "^# $tap_fact=." "$TMP/out.csv"
    done
    tap_begun=$(date +%s%3N)
    run "$BUILD/$tap_tool" -r 1 -w 9 -t 20ms -f csv "$@"
    check "$tap_tool: timed.wall is that of counted repetitions" awk -F= \
        -v all="$(($(date +%s%3N) - tap_begun))" '
        $1 == "# timed.wall" { timed = 1000 * $2 } END { exit !(timed > 0 && timed < all / 2) }' "$TMP/out"
    if [ -w /dev/full ]; then
        status 1 "$tap_tool: a full disk behind stdout is an error" \
            sh -c '"$@" >/dev/full' - "$BUILD/$tap_tool" -r 1 -t 1ms "$@"
    else
        skip "$tap_tool: a full disk behind stdout is an error" "no /dev/full"
    fi
    steps_contract "$tap_tool" "$@"
}
