#!/bin/sh
# compare on campaigns of turns: what is set against what, and what is not.
. common/test/tap.sh

# campaign NAME PROGRAM: a folder whose rows an awk program makes with row(PLATFORM, ROUND, TURN, VALUE).
campaign() {
    mkdir -p "$TMP/$1"
    echo design=turns >"$TMP/$1/environment.txt"
    awk -v columns="$tap_samples" '
        function row(platform, round, turn, value) {
            printf "2026-11-21T00:00:%02dZ,h,%s,%d,forksum,sum,s,lower,%d,%.12g\n", round, platform,
                round, turn, value
        }
        function noise(round, turn) { return exp(sin(7 * round + 1.3 * turn)) }
        BEGIN { print columns }
        '"$2" </dev/null >"$TMP/$1/samples.csv"
}

# What disturbs a whole turn cancels, turn by turn, though the means of the rounds are far apart.
campaign shared 'BEGIN {
    for (round = 1; round <= 12; round++)
        for (turn = 1; turn <= 20; turn++) {
            row("native", round, turn, noise(round, turn))
            row("native2", round, turn, noise(round, turn))
            if (turn % 7 == round % 3) row("docker", round, turn, 1.25 * noise(round, turn))
        }
}'
ok 'turns with a disturbance in common' "$BUILD/compare" "$TMP/shared"
out_has 'are compared turn by turn' '^  docker +1\.250 +1\.250 \.\. 1\.250 +different, \+25 %'
out_has 'and so is the noise floor' '^  native2 +1\.000 +1\.000 \.\. 1\.000 +noise floor 0\.0 %'
rm "$TMP/shared/environment.txt"
ok 'without design=turns' "$BUILD/compare" "$TMP/shared"
check 'the same rows are means of blocks' sh -c '! grep -Eq "docker +1\.250 +1\.250" "$1"' - "$TMP/out"

# native costs 1 and native2 4 in every turn: the base is 2, but for native2 itself.
campaign base 'BEGIN {
    for (round = 1; round <= 8; round++)
        for (turn = 1; turn <= 9; turn++) {
            row("native", round, turn, noise(round, turn))
            row("native2", round, turn, 4 * noise(round, turn))
            row("docker", round, turn, 2 * noise(round, turn))
        }
}'
ok 'two natives' "$BUILD/compare" "$TMP/base"
out_has 'are one base, by their logarithms' '^  docker( \[[0-9,.]+\])? +1\.000 +1\.000 '
out_has 'and the second is set against the first' '^  native2( \[[0-9,.]+\])? +4\.000 '
ok 'another baseline' "$BUILD/compare" --baseline docker "$TMP/base"
out_has 'is the base alone' '^  native( \[[0-9,.]+\])? +0\.500 +0\.500 '
out_has 'for either native' '^  native2( \[[0-9,.]+\])? +2\.000 +2\.000 '

# Turns are numbered on for as long as a round takes.
campaign many 'BEGIN {
    for (round = 1; round <= 8; round++)
        for (turn = 1; turn <= 1500; turn++) {
            row("native", round, turn, noise(round, turn))
            row("native2", round, turn, noise(round, turn))
            row("docker", round, turn, (turn > 1000 ? 1.331 : 1.1) * noise(round, turn))
        }
}'
ok 'more than a thousand turns' "$BUILD/compare" "$TMP/many"
out_has 'count by their median, all alike' '^  docker( \[[0-9,.]+\])? +1\.100 +1\.100 '

# Precision against time: docker costs 2 % more and less in turn, so that the half-width after n rounds is
# known: expm1(t(.975, n - 1) s / sqrt n), after 8 rounds 1.80 %, after 3 rounds 5.90 %.
campaign precision 'BEGIN {
    for (round = 1; round <= 8; round++)
        for (turn = 1; turn <= 9; turn++) {
            row("native", round, turn, noise(round, turn))
            row("native2", round, turn, noise(round, turn))
            row("docker", round, turn, exp(round % 2 ? 0.02 : -0.02) * noise(round, turn))
        }
}'
ok 'html of a campaign of turns' "$BUILD/compare" -f html -o "$TMP/precision.html" "$TMP/precision"
tr '<' '\n' <"$TMP/precision.html" | sed -n '/^h3>Precision against time/,/^h3>/p' >"$TMP/plot"
check 'plots how the interval narrowed, and says it in words' \
    grep -q '^svg [^>]*aria-label="half-widths after 8 rounds: docker 1\.8 %"' "$TMP/plot"
points() { grep '^path ' "$TMP/plot" | grep "$@" 'dasharray' | sed 's/.* d="M//; s/".*//' | tr L '\n'; }
check 'a point for each round from the third on' \
    [ "$(points -v | cut -d ' ' -f 1 | tr '\n' ' ')" = '18.8 25.0 31.2 37.5 43.8 50.0 ' ]
check 'narrower from round to round, as known' sh -c 'echo "$1" | awk "
    NR == 1 { third = \$2 } NR > 1 && \$2 <= last { exit 1 } { last = \$2 }
    END { exit !(NR == 6) }"' - "$(points -v)"
check 'then dashed to twice the rounds, where it is narrower still' sh -c '
    [ "$(echo "$1" | sed -n 1p)" = "$(echo "$2" | tail -n 1)" ] && echo "$1" | awk "
        NR > 1 && \$2 < last { exit 1 } { last = \$2; x = \$1 }
        END { exit !(NR == 9 && x == 100) }"' - "$(points -e)" "$(points -v)"

# Every fourth of docker's turns takes three times as long: the middle hides it, a remark does not.
campaign stalls 'BEGIN {
    for (round = 1; round <= 8; round++)
        for (turn = 1; turn <= 12; turn++) {
            row("native", round, turn, noise(round, turn))
            row("native2", round, turn, noise(round, turn + 0.01))
            row("docker", round, turn, (turn % 4 ? 1 : 3) * noise(round, turn - 0.01))
        }
}'
ok 'a platform that stalls now and then' "$BUILD/compare" "$TMP/stalls"
out_has 'is said to' 'docker forksum, stalls check: the mean of the turns of sum costs (2|3)[0-9] % more'
out_has 'and how many turns there were' '^forksum sum .*, 96 turns in 8 rounds$'
check 'native2 is not' sh -c '! grep -q "native2.* stalls" "$1"' - "$TMP/out"

# A platform in blocks: its repetitions are no turns, whatever their numbers are.
campaign serial 'BEGIN {
    for (round = 1; round <= 8; round++)
        for (turn = 1; turn <= 4; turn++) {
            row("native", round, turn, turn)
            row("native2", round, turn, turn)
            row("qemu", round, turn, 5 * (5 - turn))
        }
}'
echo serial=qemu >>"$TMP/serial/environment.txt"
ok 'a platform that was run in blocks' "$BUILD/compare" "$TMP/serial"
out_has 'is compared by the means of rounds' '^  qemu +5\.000 +5\.000 '

# What is measured once per round is set against native, as ever.
campaign once 'BEGIN {
    for (round = 1; round <= 8; round++) {
        row("native", round, 1, 1)
        row("native2", round, 1, 4)
        row("docker", round, 1, 3)
    }
}'
ok 'one value per round' "$BUILD/compare" "$TMP/once"
out_has 'is no turn' '^  docker +3\.000 +3\.000 '

# A resumed round counts from its second beginning; a void round does not count.
campaign again 'BEGIN {
    for (round = 1; round <= 6; round++)
        for (time = 1; time <= (round == 2 ? 2 : 1); time++)
            for (turn = 1; turn <= (time < 2 && round == 2 ? 5 : 9); turn++) {
                row("native", round, turn, noise(round, turn))
                row("native2", round, turn, noise(round, turn))
                row("docker", round, turn,
                    (time < 2 && round == 2 || round == 4 ? 9 : 3) * noise(round, turn))
            }
}'
printf '%s\n' time,host,platform,round,benchmark,guard,outcome,evidence,advice \
    2026-11-21T00:00:00Z,h,docker,4,-,identity,void,none,look >"$TMP/again/guards.csv"
ok 'a round made again and a void one' "$BUILD/compare" --detail "$TMP/again"
out_has 'do not count' '^  docker +5 .* 3\.000 +3\.000 '

campaign zero 'BEGIN {
    for (round = 1; round <= 6; round++)
        for (turn = 1; turn <= 3; turn++) {
            row("native", round, turn, 1)
            row("docker", round, turn, turn - 1)
        }
}'
ok 'a turn of 0' "$BUILD/compare" "$TMP/zero"
out_has 'has no ratio' '^  docker +n/a  a value is not above 0'

"$BUILD/test/campaign_helper" --turns 40 --cost 1.03 --every 4 --retire 5 --serial kvm "$TMP/made"
ok 'a made-up campaign of turns' "$BUILD/compare" --detail "$TMP/made"
out_has 'finds three percent' '^  docker .* different, \+[23]\.[0-9] %$'
out_has 'in the rounds before it retired' '^  docker +5 '
check 'ranks no retired rounds as missing' sh -c '! grep -q "no round shared" "$1"' - "$TMP/out"

"$BUILD/test/campaign_helper" -n 10 --turns 1000 "$TMP/big"
case $BUILD in
*sanitize*) skip 'half a million turns in 24 MiB' 'the sanitizers reserve address space' ;;
*)
    # shellcheck disable=SC3045 # dash and busybox have ulimit -v
    ok 'half a million turns in 24 MiB' sh -c 'ulimit -v 24576; exec "$@"' - "$BUILD/compare" "$TMP/big"
    ;;
esac

# apart NAME COST OFFSET: a platform whose cost is another one in every round, up and down by OFFSET.
apart() {
    campaign "$1" 'BEGIN {
    for (round = 1; round <= 8; round++)
        for (turn = 1; turn <= 9; turn++) {
            row("native", round, turn, noise(round, turn))
            row("native2", round, turn, noise(round, turn))
            row("docker", round, turn, '"$2"' * exp('"$3"' * (round % 2 ? 1 : -1)) * noise(round, turn))
        }
}'
    ok "costs $2, known to $3 a round" "$BUILD/compare" --need "$TMP/$1"
}
apart three 3 0.05
out_has 'is open until it is known to 3 %' '^open	docker	forksum	sum	3\.000 \+-4\.[0-9]+ %, different'
apart sharp 3 0.02
out_has 'and then decided' '^settled	docker	forksum	sum	3\.000 \+-1\.[0-9]+ %, different'
apart dozen 12 0.05
out_has 'from tenfold on roughly is enough' '^settled	docker	forksum	sum	12\.00 \+-4\.[0-9]+ %, different'

tap_done
