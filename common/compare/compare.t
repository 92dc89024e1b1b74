#!/bin/sh
# compare on made-up campaigns: what the table says, and what it refuses.
. common/tap.sh

header=time,host,platform,round,benchmark,metric,unit,better,rep,value

# rows PLATFORM FIRST LAST VALUE [METRIC UNIT BETTER]: a row per round.
rows() {
    tap_round=$2
    while [ "$tap_round" -le "$3" ]; do
        echo "2026-11-21T00:00:0${tap_round}Z,h,$1,$tap_round,${5:-linpack,lu},${6:-flop/s},${7:-higher},1,$4"
        tap_round=$((tap_round + 1))
    done
}

ok 'compare --help' "$BUILD/compare" --help
check '--help fits 80 columns' awk 'length > 80 { bad = 1 } END { exit bad }' "$TMP/out"
status 2 'no folder is a usage error' "$BUILD/compare"
one_line_error 'in one line'
status 1 'a folder that is not there' "$BUILD/compare" "$TMP/nothing"
err_has 'is named' "^compare: $TMP/nothing/samples.csv: No such file"

ok 'a made-up campaign' "$BUILD/test/campaign_helper" --cost 1.3 --events "$TMP/plain"
ok 'its table' "$BUILD/compare" "$TMP/plain"
check 'fits 80 columns' awk 'length > 80 { bad = 1 } END { exit bad }' "$TMP/out"
out_has 'native has its absolute figure and the noise floor' \
    '^linpack lu +native 4[45]\.[0-9]+ GFLOP/s \+-0\.[0-9] %, noise 0\.[0-9]+ %$'
out_has 'docker costs about 1.3' '^  docker +1\.(29|30)[0-9] .* different'
check 'voided trials are said' grep -q '^note: 11 results were left out' "$TMP/out"
ok 'details' "$BUILD/compare" -d "$TMP/plain"
out_has 'show secondary metrics' '^memsweep triad, GiB/s$'
out_has 'and n' '^  qemu +11 '

# need ROUNDS COST NOISE: the first line of --need after so many rounds.
need() {
    "$BUILD/test/campaign_helper" -n "$1" --cost "$2" --between "$3" "$TMP/need" &&
        "$BUILD/compare" --need "$TMP/need"
}
ok '--need before the first look' need 3 2 0.001
check 'asks for six rounds' grep -qx 'need 6' "$TMP/out"
ok '--need at the first look' need 6 2 0.001
check 'asks for a second look' grep -qx 'need 8' "$TMP/out"
ok '--need when two looks agree' need 8 2 0.001
check 'is content' sh -c '[ "$(cat "$1")" = "need 0" ]' - "$TMP/out"
ok '--need with much noise' need 12 1.01 0.1
check 'goes on' grep -qx 'need 16' "$TMP/out"
out_has 'and says what is open and for how long' \
    '^kvm memsweep sweep: [0-9.]+ \[[0-9.]+ [0-9.]+\], inconclusive: (~|over )[0-9]+ more rounds(, [0-9]+ min)?$'
ok '--need at the last look' need 48 1.01 0.1
check 'stops' grep -qx 'need 0' "$TMP/out"

mkdir "$TMP/exact"
{ echo "$header"; rows native 1 4 100; rows native2 1 4 100; rows docker 1 4 50; } >"$TMP/exact/samples.csv"
ok 'exact numbers' "$BUILD/compare" "$TMP/exact"
out_has 'half the rate is twice the cost' '^  docker +2\.000 +2\.000 \.\. 2\.000 '

tap_done
