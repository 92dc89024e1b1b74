#!/bin/sh
# The driver and compare on terminals: narrow, wide, dumb, and none.
. common/test/tap.sh

command -v script >/dev/null 2>&1 || skip_all 'script: not found (apt-get install bsdutils)'

# terminal COLUMNS COMMAND...: its output on a terminal of that width is in $TMP/out, without the terminal's
# returns before the ends of lines; its exit status is that of the command.
terminal() {
    columns=$1
    shift
    {
        echo "stty cols $columns rows 24"
        echo "exec $(platform_quote "$@")"
    } >"$TMP/command"
    script -qec "sh $TMP/command" /dev/null </dev/null | sed 's/\r$//'
}
. common/platforms/platform.sh
escape=$(printf '\033')
campaign="./run.sh -p native -b forksum -n 1 --quick -s 1"

for columns in 40 80 250; do
    # shellcheck disable=SC2086 # a command
    ok "$columns columns: a campaign" terminal "$columns" env TERM=xterm $campaign -o "$TMP/$columns"
    check "$columns columns: as ever" grep -q ',forksum,sum,' "$TMP/$columns/samples.csv"
    out_has 'shows what it is at' "$escape\\[K$escape\\[[?]7l[^$escape]*round 1[^$escape]*$escape\\[[?]7h"
    # Whatever is to be written over, and that is all that has no end of its line, is cut at the terminal's
    # edge.
    check 'in a line that the terminal cuts' awk -v escape="$escape" '
        { n = split($0, piece, "\r");
            for (i = 2; i <= n; i++) 
                if (piece[i] ~ "^" escape "\\[K[^" escape "]" && i < n) exit 1 }' "$TMP/out"
    run terminal "$columns" env TERM=xterm NO_COLOR=1 "$BUILD/compare" "$TMP/40"
    cp "$TMP/out" "$TMP/report.$columns"
done
"$BUILD/compare" "$TMP/40" >"$TMP/report"
for columns in 40 80 250; do
    check "$columns columns: the report without colours is that of a file" cmp "$TMP/report" \
        "$TMP/report.$columns"
done
"$BUILD/test/campaign_helper" --cost 2 "$TMP/dear"
run terminal 80 env -u NO_COLOR TERM=xterm "$BUILD/compare" "$TMP/dear"
out_has 'a terminal has colours' "$escape\\[3[0-9]m"
run terminal 80 env NO_COLOR= TERM=xterm "$BUILD/compare" "$TMP/dear"
out_has 'NO_COLOR that is empty says nothing' "$escape\\[3[0-9]m"
for without in 'NO_COLOR=1 TERM=xterm' 'TERM=dumb' '-u TERM'; do
    # shellcheck disable=SC2086 # settings
    run terminal 80 env -u NO_COLOR $without "$BUILD/compare" "$TMP/dear"
    check "$without: no colours" sh -c '! grep -q "$2" "$1" && grep -q native "$1"' - "$TMP/out" "$escape"
done
for without in TERM=dumb '-u TERM'; do
    # shellcheck disable=SC2086 # a command and settings
    ok "$without: a campaign" terminal 80 env $without $campaign -o "$TMP/plain"
    check 'as ever' grep -q ',forksum,sum,' "$TMP/plain/samples.csv"
    check 'no escape is written' sh -c '
        ! grep -q "$2" "$1" && grep -q "run.sh: results: " "$1"' - "$TMP/out" "$escape"
    rm -r "$TMP/plain"
done
# A reader that goes away, as head does, while output is still to come; run.t has the driver's.
run sh -c '{ sleep 1; "$2/compare" --detail "$1"; echo "$?" >"$1/status"; } | :' - "$TMP/dear" "$BUILD"
check 'compare into a pipe that closes: an error, no crash' grep -Eqx '1|141' "$TMP/dear/status"

tap_done
