#!/bin/sh
# compare --gate: its exit status and what it says, for one campaign and for old against new.
. common/test/tap.sh

header=$tap_samples
# rows PLATFORM VALUE SPREAD: six rounds of linpack, whose rate goes up and down by SPREAD.
rows() {
    for round in 1 2 3 4 5 6; do
        value=$(echo "$2 $3 $round $1" | awk '{ print $1 * (1 + $2 * (($3 * 7 + length($0)) % 5 - 2) / 2) }')
        echo "2026-11-21T00:00:0${round}Z,h,$1,$round,linpack,lu,flop/s,higher,1,$value"
    done
}
# campaign NAME PLATFORM VALUE SPREAD ...
campaign() {
    mkdir "$TMP/$1"
    campaign_name=$1
    shift
    echo "$header" >"$TMP/$campaign_name/samples.csv"
    while [ $# -gt 0 ]; do
        rows "$1" "$2" "$3" >>"$TMP/$campaign_name/samples.csv"
        shift 3
    done
}
compare() { "$BUILD/compare" "$@"; }
first() { check "$1" sh -c 'head -n 1 "$1" | grep -Eqx -e "$2"' - "$TMP/out" "$2"; }

campaign old native 100 0.002 docker 98 0.002
campaign same native 100 0.003 docker 98 0.003
campaign slow native 100 0.002 docker 88 0.002
campaign little native 100 0.002 docker 96 0.002
campaign noisy native 100 0.3 docker 88 0.3
campaign lost native 100 0.002
campaign fast native 130 0.002 docker 130 0.002

ok 'old against the same' compare "$TMP/old" "$TMP/same" --gate 5
first 'is good' 'gate 5 %: good: 0 worse, 0 cannot be told yet, 2 good'
out_has 'and the report follows' 'cost as a multiple of native'
status 4 'old against one that costs 11 % more' compare "$TMP/old" "$TMP/slow" --gate 5
first 'is worse, in the first line' 'gate 5 %: worse: 1 worse, 0 cannot be told yet, 1 good'
out_has 'by how much' '^  worse: docker linpack lu, cost 1\.114, 1\.11[0-9]* to 1\.11[0-9]*$'
ok 'but not for who allows 20 %' compare "$TMP/old" "$TMP/slow" --gate 20
ok 'a difference that is less than allowed' compare "$TMP/old" "$TMP/little" --gate 5
ok 'what costs less is good' compare "$TMP/old" "$TMP/fast" --gate 5
status 5 'what is too noisy' compare "$TMP/old" "$TMP/noisy" --gate 5
out_has 'cannot be told yet' '^  cannot tell yet: docker linpack lu, cost 1\.[0-9]+, 0\.[0-9]+ to 1\.[0-9]+$'
status 5 'what was not measured again' compare "$TMP/old" "$TMP/lost" --gate 5
out_has 'neither' '^  cannot tell yet: docker linpack lu, cost not measured$'
status 4 'one that is worse outweighs one that is open' compare "$TMP/old" "$TMP/noisy" "$TMP/slow" --gate 5

status 4 'one campaign, against its baseline' compare "$TMP/slow" --gate 5
ok 'whose platform costs less than that' compare "$TMP/old" --gate 5
status 4 'but more than that' compare "$TMP/old" --gate 1
ok 'against another baseline' compare "$TMP/slow" --baseline docker --gate 5
status 5 'nothing to compare' compare "$TMP/lost" --gate 5
sed '/,[2-6],linpack/d' "$TMP/slow/samples.csv" >"$TMP/lost/samples.csv"
status 5 'one round' compare "$TMP/lost" --gate 5
out_has 'tells nothing' 'fewer than 3 rounds$'

status 4 'for a comment' compare "$TMP/old" "$TMP/slow" --gate 5 -f markdown
first 'the first line' '\*\*gate 5 %: worse: 1 worse, 0 cannot be told yet, 1 good\*\*'
out_has 'a row of a table' '^\| worse \| docker \| linpack lu \| 1\.114 \| 1\.11[0-9]* to 1\.11[0-9]* \|$'
check 'every row has as many cells as its table' awk -F '|' '
    /^\|/ { if (n && NF != n) bad = 1; n = NF; next } { n = 0 } END { exit bad }' "$TMP/out"
status 4 'csv is csv' compare "$TMP/old" "$TMP/slow" --gate 5 -f csv
first 'on stdout' 'campaign,host,platform,.*'
err_has 'the rest is said elsewhere' '^gate 5 %: worse'
status 4 'to a file' compare "$TMP/old" "$TMP/slow" --gate 5 -o "$TMP/report"
check 'which has it' grep -q '^gate 5 %: worse' "$TMP/report"
status 2 '--need is no report' compare "$TMP/old" --gate 5 --need
status 2 'a gate of nothing' compare "$TMP/old" --gate 0
ok 'without a gate nothing is judged' compare "$TMP/old" "$TMP/slow"
check 'and nothing said of one' sh -c '! grep -q gate "$1"' - "$TMP/out"
tap_done
