#!/bin/sh
# compare on made-up campaigns: what the table says, and what it refuses.
. common/test/tap.sh

header=$tap_samples

# rows PLATFORM FIRST LAST VALUE [METRIC UNIT BETTER]: a row per round.
rows() {
    tap_round=$2
    while [ "$tap_round" -le "$3" ]; do
        echo "2026-11-21T00:00:0${tap_round}Z,h,$1,$tap_round,${5:-linpack,lu},${6:-flop/s},${7:-higher},1,$4"
        tap_round=$((tap_round + 1))
    done
}

ok 'compare --help' "$BUILD/compare" --help
check '--help fits 80 columns, without spaces at line ends' \
    awk 'length > 80 || / $/ { bad = 1 } END { exit bad }' "$TMP/out"
status 2 'no folder is a usage error' "$BUILD/compare"
one_line_error 'in one line'
status 1 'a folder that is not there' "$BUILD/compare" "$TMP/nothing"
err_has 'is named' "^compare: $TMP/nothing/samples.csv: No such file"

ok 'a made-up campaign' "$BUILD/test/campaign_helper" --cost 1.3 --events "$TMP/plain"
ok 'its table' "$BUILD/compare" "$TMP/plain"
check 'fits 80 columns' awk 'length > 80 { bad = 1 } END { exit bad }' "$TMP/out"
out_has 'native2 has the noise floor' '^  native2 +[01]\.[0-9]+ .* noise floor 0\.[0-9]+ %$'
out_has 'native has its absolute figure' \
    '^linpack lu +native 4[45]\.[0-9]+ GFLOP/s \+-0\.[0-9] %$'
out_has 'docker costs about 1.3' '^  docker +1\.(29|30)[0-9] .* different'
check 'voided trials are said' grep -q '^note: 11 results were left out' "$TMP/out"
"$BUILD/test/campaign_helper" -n 6 --cost 1.01 --between 0.2 --events \
    -p 'docker qemu:disk=raw,net=user kvm:disk=qcow2,cache=writeback,net=user' "$TMP/wide"
ok 'long names, open verdicts and marks' "$BUILD/compare" "$TMP/wide"
check 'fit 80 columns too' awk 'length > 80 { bad = 1 } END { exit bad }' "$TMP/out"
long='exec:systemd-nspawn --quiet --pipe --register=no --keep-unit -D /srv/guests/of-a-course/nspawn'
sed -i "s|,docker,|,$long,|" "$TMP"/wide/*.csv
printf 'platform,usable,reason\n%s,no,it may not be run\n' "$long" >"$TMP/wide/platforms.csv"
ok 'names that are commands' "$BUILD/compare" "$TMP/wide"
check 'fit 80 columns, too' awk 'length > 80 { bad = 1 } END { exit bad }' "$TMP/out"
out_has 'and what is said of them stands below' '^ {24}it may not be run$'
ok 'details' "$BUILD/compare" --detail "$TMP/plain"
out_has 'show secondary metrics' '^memsweep triad, GiB/s$'
out_has 'and n' '^  qemu +11 '

# need ROUNDS COST NOISE: the first line of --need after so many rounds.
need() {
    "$BUILD/test/campaign_helper" -n "$1" --cost "$2" --between "$3" "$TMP/need" &&
        "$BUILD/compare" --need "$TMP/need"
}
ok '--need before the first look' need 2 2 0.001
check 'asks for four rounds' grep -qx 'need 4' "$TMP/out"
out_has 'and prints no interval yet' '^open	docker	linpack	lu	[0-9.]+, inconclusive, about '
ok '--need at the first look' need 4 2 0.001
check 'asks for a second look' grep -qx 'need 5' "$TMP/out"
out_has 'and says what is to be confirmed' \
    '^open	docker	linpack	lu	2\.0[0-9]+ \+-[0-9.]+ %, different, to be confirmed$'
ok '--need when two looks agree' need 5 2 0.001
check 'is content' grep -qx 'need 0' "$TMP/out"
check 'and names what is settled' \
    [ "$(grep -Ec '^settled	(docker|kvm|qemu)	.*, different$' "$TMP/out")" -eq 24 ]
check 'nothing is open' sh -c '! grep -q "^open" "$1"' - "$TMP/out"
"$BUILD/test/campaign_helper" -n 5 -t 20 --cost 1.3 --between 0.05 "$TMP/rough"
ok '--need of a difference that turns do not know well enough' "$BUILD/compare" --need "$TMP/rough"
out_has 'says how well it is wanted' \
    '^open	docker	linpack	lu	1\.[0-9]+ \+-[0-9.]+ %, different, wanted to \+-[0-9.]+ %$'
ok '--need with much noise' need 12 1.01 0.1
check 'goes on' grep -qx 'need 13' "$TMP/out"
out_has 'and says what is open and for how long' \
    '^open	kvm	memsweep	sweep	[0-9.]+ \+-[0-9.]+ %, inconclusive, (about|more than) [0-9]+ more rounds'
ok '--need at the last look' need 48 1.01 0.1
check 'stops' grep -qx 'need 0' "$TMP/out"
check 'and does not hide what is open' grep -q '^open' "$TMP/out"

mkdir "$TMP/exact"
{
    echo "$header"
    rows native 1 4 100
    rows native2 1 4 100
    rows docker 1 4 50
} >"$TMP/exact/samples.csv"
ok 'exact numbers' "$BUILD/compare" "$TMP/exact"
out_has 'half the rate is twice the cost' '^  docker +2\.000 +2\.000 \.\. 2\.000 '
check 'with native2 there is nothing to say of a noise floor' sh -c '! grep -q "noise floor check" "$1"' - \
    "$TMP/out"
mkdir "$TMP/no-twin"
grep -v ,native2, "$TMP/exact/samples.csv" >"$TMP/no-twin/samples.csv"
ok 'a campaign without native2' "$BUILD/compare" "$TMP/no-twin"
check 'says once that there is no noise floor' \
    [ "$(grep -c 'native, noise floor check: ran once per round' "$TMP/out")" -eq 1 ]
mkdir "$TMP/alone"
grep -v ,native "$TMP/exact/samples.csv" >"$TMP/alone/samples.csv"
ok 'a campaign without native' "$BUILD/compare" "$TMP/alone"
check 'has nothing to compare, and no noise floor to miss' sh -c '! grep -q "noise floor" "$1"' - "$TMP/out"
mkdir "$TMP/variants"
{
    echo "$header"
    rows docker 1 4 50
    rows docker:storage=overlay 1 4 25
} >"$TMP/variants/samples.csv"
printf 'platform,usable,reason\ndocker:storage=overlay,yes,\ndocker,yes,\n' >"$TMP/variants/platforms.csv"
ok 'variants without native' "$BUILD/compare" "$TMP/variants"
out_has 'are set against the one that was asked for first' '^  docker +0\.500 +0\.500 \.\. 0\.500 '
check 'and nothing tells how far equal things differ' \
    [ "$(grep -c 'overlay, noise floor check: ran once' "$TMP/out")" -eq 1 ]
ok 'a platform that is much cheaper' "$BUILD/test/campaign_helper" -p docker --cost 0.25 "$TMP/cheap"
ok 'its verdict' "$BUILD/compare" "$TMP/cheap"
out_has 'is a fraction' '^  docker .* different, 1/(4\.0|3\.9)[0-9]*$'
ok 'native2 beside another baseline' "$BUILD/compare" --baseline docker "$TMP/exact"
out_has 'is no noise floor of that one' '^  native +0\.500 +0\.500 \.\. 0\.500 '

# ---- what is read ----

# campaign NAME ROW...: a folder with these rows; the rows may hold line ends.
campaign() {
    mkdir -p "$TMP/$1"
    campaign_folder=$TMP/$1
    shift
    {
        echo "$header"
        printf '%s\n' "$@"
    } >"$campaign_folder/samples.csv"
}

# six PLATFORM VALUE: six rounds without spread.
six() { rows "$1" 1 6 "$2"; }

# refused NAME LINE WHAT: compare must end with 1 and name file, line and reason.
refused() {
    status 1 "refused: $3" "$BUILD/compare" "$TMP/$1"
    err_has "names file and line: $3" "^compare: $TMP/$1/samples.csv:$2: $3"
}

campaign torn "$(six native 100)" "$(six docker 50)"
printf '2026-11-21T00:00:09Z,h,docker,7,linpack,lu,flop/s,higher,1,4' >>"$TMP/torn/samples.csv"
ok 'a torn last line' "$BUILD/compare" "$TMP/torn"
out_has 'is left out and said' '^note: .*samples.csv:14: the last line is torn'
out_has 'without spread, ranks decide from six rounds on' '^  docker .* different, 2 times'

campaign twice "$(six native 100)" "$(six docker 50)" "$(rows docker 3 3 25)"
ok 'a trial measured twice' "$BUILD/compare" --detail "$TMP/twice"
out_has 'counts once' '^  docker +6 '
out_has 'and it is said' '^note: 1 results were measured twice in one round; the later'

campaign alone "$(six docker 50)"
ok 'a baseline that was not measured' "$BUILD/compare" --baseline kvm "$TMP/alone"
out_has 'is said' 'n/a  the baseline was not measured'

campaign once "$(rows native 1 1 100)" "$(rows docker 1 1 50)"
ok 'one round only' "$BUILD/compare" "$TMP/once"
out_has 'has a ratio, no interval and no verdict yet' '^  docker +2\.000  one round only +inconclusive'

campaign twos "$(rows native 1 2 100)" "$(rows docker 1 2 50)"
ok 'two rounds' "$BUILD/compare" "$TMP/twos"
out_has 'have no interval either' '^  docker +2\.000  two rounds only +inconclusive'
check 'nor has the baseline' sh -c '! grep -q "native .*+-" "$1"' - "$TMP/out"

campaign zero "$(six native 100)" "$(six docker 0)" "$(six kvm -3)"
ok 'zeros and negative values' "$BUILD/compare" "$TMP/zero"
out_has 'have no ratio' '^  docker +n/a  a value is not above 0'

campaign nan "$(six native 100)" "$(six docker 50)" "$(rows kvm 1 3 nan)" "$(rows kvm 4 6 inf)"
ok 'nan and inf' "$BUILD/compare" "$TMP/nan"
out_has 'are left out and counted' '^note: 6 values that are no finite number were left out'

campaign hosts "$(six native 100)" "$(six docker 50)" "$(six native 10 | sed 's/,h,/,other,/')" \
    "$(six docker 10 | sed 's/,h,/,other,/')"
ok 'two hosts' "$BUILD/compare" "$TMP/hosts"
out_has 'are told apart' ': 2 hosts: 2 done$'
out_has 'and have the mean of their ratios' '^  docker +2 +1\.414  two hosts only$'

campaign quoted "$(six native 100)" "$(six '"qemu:disk=raw,net=user"' 50)"
sed -i 's/$/\r/' "$TMP/quoted/samples.csv"
ok 'quoted names and CRLF' "$BUILD/compare" "$TMP/quoted"
out_has 'are read' '^  qemu:disk=raw,net=user +2\.000 '

campaign nothing
sed -i '/^$/d' "$TMP/nothing/samples.csv"
ok 'a campaign of which nothing was measured yet' "$BUILD/compare" "$TMP/nothing"
ok 'and its need' "$BUILD/compare" --need "$TMP/nothing"
check 'is six rounds' grep -qx 'need 6' "$TMP/out"

campaign failed "$(six native 100)" "$(six docker 50)"
{
    echo time,host,platform,round,benchmark,reason
    echo '2026-11-21T00:00:00Z,h,kvm,1,linpack,"no, really"'
    echo '2026-11-21T00:00:00Z,h,kvm,1,forksum,"no, really"'
} >"$TMP/failed/failures.csv"
printf 'platform,usable,reason\nnative,yes,\nqemu,no,qemu-system-x86_64: not found\n' \
    >"$TMP/failed/platforms.csv"
ok 'trials that failed' "$BUILD/compare" "$TMP/failed"
out_has 'are rows that say so' '^  kvm \[1\] +n/a  no result$'
out_has 'for one reason are one remark' '^\[1\] kvm linpack, forksum, trial failed: no, really'
out_has 'platforms that cannot be used say why' '^  qemu +qemu-system-x86_64: not found$'

# A guard of many trials.
campaign many "$(six native 100)" "$(six docker 50)"
{
    echo time,host,platform,round,benchmark,guard,outcome,evidence,advice
    for share in 4.1 12 0.7; do
        echo "1,h,docker,1,linpack,steal,mark,\"steal $share %, at most 1 %\",wait"
    done
    echo '1,h,docker,2,linpack,steal,mark,the guest said nothing,wait'
} >"$TMP/many/guards.csv"
ok 'a guard that spoke in many trials' "$BUILD/compare" "$TMP/many"
out_has 'is one remark with the range of its evidence' \
    '^.1. docker linpack, steal marked: steal 0.7 .. 12 %, at most 1 % .in 3'
out_has 'and another where the evidence is another' '^.2. docker linpack, steal marked: the guest said'

# A value for a steady rise, one wave and one spike, in twelve rounds.
mkdir "$TMP/odd"
awk -v header="$header" 'BEGIN {
    print header
    for (round = 1; round <= 12; round++) {
        front = sprintf("2026-11-21T00:00:%02dZ,h,", round)
        back = ",linpack,lu,flop/s,higher,1,"
        print front "native," round back 100 + round % 3
        print front "native2," round back 90 + round % 3
        print front "docker," round back 100 + 3 * round + round % 2
        print front "kvm," round back (round == 7 ? 300 : 100 + round % 2 + round % 3)
    }
}' >"$TMP/odd/samples.csv"
ok 'suspicious values' "$BUILD/compare" --detail "$TMP/odd"
out_has 'drift is flagged' 'docker linpack, drift check: lu changes by 27 %'
out_has 'dependence is flagged' 'docker linpack, dependence check'
out_has 'an outlier is flagged' 'kvm linpack, outliers check: 1 of 12 rounds'
out_has 'and kept' '^  kvm +12 '
out_has 'a noise floor that is none is flagged' 'native2 linpack, noise floor check: two runs of the same'

good=2026-11-21T00:00:01Z,h,native,1,linpack,lu,flop/s,higher,1,100
campaign bad1 "$good" '2026-11-21T00:00:01Z,h,native,2'
refused bad1 3 '4 fields instead of 10'
campaign bad2 "$good" "$(echo "$good" | sed 's/,100$/,12x/')"
refused bad2 3 "value '12x' is no number"
campaign bad3 "$good" "$(echo "$good" | sed 's/higher/bigger/')"
refused bad3 3 "better 'bigger' is neither lower nor higher"
campaign bad4 "$good" "$(echo "$good" | sed 's/,native,1,/,native,-1,/')"
refused bad4 3 "round '-1' is no whole number from 1"
campaign bad5 "$good" "$(echo "$good" | sed 's,flop/s,s,')"
refused bad5 3 'linpack lu has another unit or direction'
campaign bad6 "$good" "$(echo "$good" | sed 's/^2026-11-21/yesterday/')"
refused bad6 3 "time 'yesterdayT00:00:01Z' is neither"
campaign bad7 "$good" '"2026-11-21T00:00:01Z"x,h,native,1,linpack,lu,flop/s,higher,1,100'
refused bad7 3 'text behind a closing quote'
campaign bad8 "$good"
sed -i 1d "$TMP/bad8/samples.csv"
refused bad8 1 'the header is not time,host,'
status 2 'the same folder twice' "$BUILD/compare" "$TMP/plain" "$TMP/plain"
status 2 'also by another name' "$BUILD/compare" "$TMP/plain" "$TMP/plain/."
err_has 'is said' "plain/\. and $TMP/plain are one folder"
ok 'a folder with a slash behind it' "$BUILD/compare" "$TMP/plain/" "$TMP/wide///"
out_has 'is named without' "^$TMP/plain: cost"
cp -r "$TMP/plain" "$TMP/marked"
{
    printf '\357\273\277'
    cat "$TMP/plain/samples.csv"
} >"$TMP/marked/samples.csv"
ok 'a byte-order mark in samples.csv' "$BUILD/compare" "$TMP/marked"

# ---- what is written ----

"$BUILD/test/campaign_helper" --cost 1.3 --events --curves "$TMP/full"
mkdir "$TMP/strange"
sed 's/"kvm"/"exec:<b>\&"/' "$TMP/full/samples.csv" >"$TMP/strange/samples.csv"
printf 'platform,usable,reason\nkvm,no,"no <kvm> here, alas"\n' >"$TMP/strange/platforms.csv"
ok 'html' "$BUILD/compare" -f html -o "$TMP/report.html" "$TMP/full"
check 'has no script and loads nothing' sh -c '! grep -Eiq "<script|src=|url\(|@import|href=\"http" "$1"' - \
    "$TMP/report.html"
check 'has held orders' grep -q '>held</td>' "$TMP/report.html"
for part in 'id="real-0"' 'id="order-0"' 'id="fooled-0"' 'remark-2' 'by quantile' 'copy</b>' ' by bytes' \
    'Every sample in time order'; do
    check "html has $part" grep -q "$part" "$TMP/report.html"
done
"$BUILD/test/campaign_helper" --cost 0.8 "$TMP/fast"
ok 'html of guests that are faster than native' "$BUILD/compare" -f html "$TMP/fast"
out_has 'says that it is not what one expects' \
    '<td>diskrand iops</td>.*not held</td><td>qemu below native: the host may cache'
out_has 'and what varies where' 'comes from single repetitions .5 per round.'
ok 'html of strange names' "$BUILD/compare" -f html -o "$TMP/strange.html" "$TMP/strange"
check 'escapes them' sh -c '! grep -q "exec:<b>" "$1" &&
    grep -q "exec:<wbr>&lt;b&gt;&amp;" "$1"' - "$TMP/strange.html"
check 'says what was not measured' grep -q 'no &lt;kvm&gt; here' "$TMP/strange.html"
ok 'json' "$BUILD/compare" -f json "$TMP/full"
check 'parses' perl -MJSON::PP -0777 -ne '
    my $d = decode_json($_);
    my ($m) = grep { $_->{metric} eq "lu" } @{$d->{metrics}};
    my ($r) = grep { $_->{platform} eq "docker" } @{$m->{results}};
    exit !($d->{comparisons} == 24 && $r->{verdict} eq "different" && abs($r->{ratio} - 1.3) < 0.02
           && $r->{ratio_bca_low} < $r->{ratio} && $r->{n} == 12 && @{$d->{remarks}} >= 2)' "$TMP/out"
ok 'csv' "$BUILD/compare" -f csv "$TMP/full"
check 'has as many fields in every row' \
    awk -F, 'NR == 1 { n = NF } NF != n { bad = 1 } END { exit bad || NR < 50 }' "$TMP/out"
ok 'markdown' "$BUILD/compare" -f markdown "$TMP/full"
out_has 'has rows' \
    '^\| linpack lu \| docker \| .* \| 1\.[23][0-9]+ \| 1\.[0-9]+ to 1\.[0-9]+ \| \*\*different\*\*'
ok 'two campaigns' "$BUILD/compare" "$TMP/plain" "$TMP/full"
out_has 'old against new: the same' '^  native +1\.000 .* equivalent'
ok 'two campaigns as json' "$BUILD/compare" -f json "$TMP/plain" "$TMP/full"
check 'hold old against new' perl -MJSON::PP -0777 -ne 'exit !(@{decode_json($_)->{against_first}} == 32)' \
    "$TMP/out"
ok 'two campaigns as html' "$BUILD/compare" -f html "$TMP/plain" "$TMP/full"
out_has 'begin with old against new' '<h1>.*full against .*plain</h1>'
ok 'pooled' "$BUILD/compare" --pool --detail "$TMP/plain" "$TMP/full"
out_has 'rounds add up' '^  native +24 '
"$BUILD/test/campaign_helper" -p "$(seq -s ' ' -f 'qemu:disk=qcow2,cache=mode%g' 30)" --cost 1.05 --events \
    "$TMP/large"
run "$BUILD/compare" -f markdown --gate 5 "$TMP/large"
check 'markdown of 30 platforms fits a comment of 65,536 characters' test "$(wc -m <"$TMP/out")" -lt 65536
for format in text html json csv markdown; do
    status 1 "$format: a full disk" sh -c '"$@" >/dev/full' - "$BUILD/compare" -f "$format" "$TMP/full"
done

# ---- equal values ----

# equal NAME VALUE VALUE: twelve equal values of either platform, not paired.
equal() {
    mkdir "$TMP/$1"
    for tap_time in 1 2 3 4 5 6 7 8 9 10 11 12; do
        echo "$tap_time,$2" >>"$TMP/$1/native-forksum.csv"
        echo "$tap_time,$3" >>"$TMP/$1/docker-forksum.csv"
    done
}
equal apart 0.002 0.003
ok 'equal values without any spread' "$BUILD/compare" "$TMP/apart"
out_has 'are different' '^  docker +1\.500 +1\.500 \.\. 1\.500 +different, \+50 %'
equal same 0.002 0.002
ok 'identical ones' "$BUILD/compare" "$TMP/same"
out_has 'are equivalent' '^  docker +1\.000 +1\.000 \.\. 1\.000 +equivalent'
ok 'old and new without any spread' "$BUILD/compare" "$TMP/same" "$TMP/apart"
out_has 'differ too' '^  docker +1\.500 +1\.500 \.\. 1\.500 +different, \+50 %'

# ---- size ----

"$BUILD/test/campaign_helper" -n 10 -r 5000 "$TMP/big"
case $BUILD in
*sanitize*) skip 'half a million rows in 24 MiB' 'the sanitizers reserve address space' ;;
*)
    # shellcheck disable=SC3045 # dash and busybox have ulimit -v
    ok 'half a million rows in 24 MiB' sh -c 'ulimit -v 24576; exec "$@"' - "$BUILD/compare" "$TMP/big"
    ;;
esac

tap_done
