#!/bin/sh
# compare over hosts: a fleet's results folder, or several hosts' folders.
. common/test/tap.sh

header=$tap_samples

# fleet NAME HOSTS SPREAD OPTION...: a fleet of hosts n1, n2, ...; they are as fast as each other times
# exp(+-SPREAD).
fleet() {
    fleet_folder=$TMP/$1
    fleet_hosts=$2
    fleet_spread=$3
    shift 3
    mkdir -p "$fleet_folder"
    echo host,status,reason,folder >"$fleet_folder/fleet.csv"
    awk -v n="$fleet_hosts" -v spread="$fleet_spread" 'BEGIN {
        srand(7)
        for (i = 1; i <= n; i++) {
            u = sqrt(-2 * log(1 - rand())) * cos(6.2831853 * rand())
            w = sqrt(-2 * log(1 - rand())) * cos(6.2831853 * rand())
            printf "%d %.6f %.6f\n", i, exp(spread * u), 1.05 * exp(spread * w / 4)
        }
    }' | while read -r i native cost; do
        "$BUILD/test/campaign_helper" --host "n$i" -s "$i" --native "$native" --cost "$cost" "$@" \
            "$fleet_folder/n$i"
        is_host "$fleet_folder/n$i" "n$i" "$i" x86_64
        echo "n$i,done,,n$i" >>"$fleet_folder/fleet.csv"
    done
}

# is_host FOLDER NAME NUMBER ARCHITECTURE: what environment.txt says of it.
is_host() {
    printf '%s\n' "host=$2" "kernel=Linux 6.1.0 #1 SMP $4" "cpu.model=Test CPU" "cpu.count=8" \
        "memory=246840$((10 + $3)) kB" \
        "boot.id=$3" "time=2026-11-21T00:00:00Z" >>"$1/environment.txt"
}

# exact NAME HOST COST...: a host with a round for each cost of docker, where native's is 1.
exact() {
    exact_folder=$TMP/$1
    exact_host=$2
    shift 2
    mkdir -p "$exact_folder"
    echo "$header" >"$exact_folder/samples.csv"
    exact_round=0
    for exact_cost; do
        exact_round=$((exact_round + 1))
        for exact_row in native,1 docker,"$exact_cost"; do
            exact_cell=$exact_host,${exact_row%,*},$exact_round
            echo "2026-11-21T00:00:0${exact_round}Z,$exact_cell,forksum,sum,s,lower,1,${exact_row#*,}"
        done >>"$exact_folder/samples.csv"
    done
}

# says NAME PATTERN: the text report, unbroken, has such a line.
says() {
    awk '/^ {6}[^ ]/ { sub(/^ +/, ""); printf " %s", $0; next } { printf "\n%s", $0 }
        END { print "" }' "$TMP/out" >"$TMP/lines"
    check "$1" grep -Eq "$2" "$TMP/lines"
}

# ---- what is computed ----

# Logs .1 .2 .3 .4, one round each: Student's interval with 3 degrees of freedom, t = 3.182446, over an error
# of 0.0645497; the next host's over sqrt(1/60 + 1/240).
for i in 1 2 3 4; do exact "e$i" "h$i" "$(awk -v i="$i" 'BEGIN { printf "%.12f", exp(i / 10) }')"; done
ok 'four hosts by hand' "$BUILD/compare" "$TMP/e1" "$TMP/e2" "$TMP/e3" "$TMP/e4"
out_has 'have a mean, its interval and where the next host will be' \
    '^  docker  +4   1\.284   1\.046 \.\. 1\.577    0\.811 \.\. 2\.033 '
ok 'two of them' "$BUILD/compare" "$TMP/e1" "$TMP/e2"
out_has 'have no interval' '^  docker +2 +1\.162  two hosts only$'
cat "$TMP/e1/samples.csv" >"$TMP/both"
sed 1d "$TMP/e2/samples.csv" >>"$TMP/both"
mkdir "$TMP/both-in-one"
mv "$TMP/both" "$TMP/both-in-one/samples.csv"
ok 'two hosts in one folder' "$BUILD/compare" "$TMP/both-in-one"
out_has 'are the same' '^  docker +2 +1\.162  two hosts only$'
ok 'pooled folders of two hosts' "$BUILD/compare" --pool "$TMP/e1" "$TMP/e2"
out_has 'too' '^  docker +2 +1\.162  two hosts only$'

fleet small 12 0.02 -n 6 --turns 6
ok 'a made-up fleet' "$BUILD/compare" "$TMP/small"
check 'fits 80 columns' awk 'length > 80 { bad = 1 } END { exit bad }' "$TMP/out"
out_has 'says how many hosts' '^.*/small: 12 hosts: 12 done$'
out_has 'finds five percent' '^  docker +12   1\.0(4|5)[0-9]   1\.04[0-9] \.\. 1\.05[0-9] '
out_has 'native has its own figure and spread' \
    '^linpack lu, native 4[3-7]\.[0-9]+ GFLOP/s, hosts \+-[1-4]\.[0-9] %$'
out_has 'nobody stands out' '^Hosts that stand out: none$'
sed '1,/^x86_64/d; /^note/,$d' "$TMP/out" >"$TMP/tables"
ok 'the same hosts by hand' sh -c '"$1" "$2"/n[1-9] "$2"/n1[0-2]' - "$BUILD/compare" "$TMP/small"
sed '1,/^x86_64/d; /^note/,$d' "$TMP/out" >"$TMP/by-hand"
check 'give the same' cmp "$TMP/tables" "$TMP/by-hand"

# ---- who stands out ----

cp -r "$TMP/small" "$TMP/odd"
awk -F, -v OFS=, '$6 == "triad" && NR > 1 { $10 *= 0.7 } { print }' "$TMP/small/n7/samples.csv" \
    >"$TMP/odd/n7/samples.csv"
ok 'a host whose memory is slow' "$BUILD/compare" "$TMP/odd"
says 'stands out' '^  n7 memsweep triad native: (29|3[0-2]) % below the middle of 12 hosts'
check 'alone' [ "$(grep -c '^  n[0-9]* .* middle of' "$TMP/out")" -eq 1 ]

# ---- what hosts differ in ----

sed -i 's/^cpu.model=.*/cpu.model=Other CPU/' "$TMP/odd/n3/environment.txt"
sed -i 's/^memory=.*/memory=65536000 kB/' "$TMP/odd/n4/environment.txt"
echo 'vulnerability.meltdown=Vulnerable' >>"$TMP/odd/n5/environment.txt"
ok 'hosts that differ' "$BUILD/compare" "$TMP/odd"
for line in 'Other CPU: n3' '62 GiB: n4' '24 GiB: n1, n2, n3, n5, n6, n7 and 5 more hosts' \
    'Vulnerable: n5'; do
    out_has "$line" "^    $line\$"
done
check 'nothing else' [ "$(sed -n '/^In what/,/^$/p' "$TMP/out" | grep -c '^  [^ ]')" -eq 3 ]

# ---- what is never merged ----

cp -r "$TMP/small" "$TMP/arches"
for i in 10 11 12; do sed -i 's/x86_64$/aarch64/' "$TMP/arches/n$i/environment.txt"; done
ok 'two architectures' "$BUILD/compare" "$TMP/arches"
out_has 'have a table each: nine hosts' '^x86_64, 9 hosts$'
out_has 'and three' '^aarch64, 3 hosts$'
says 'and a line' \
    '^note: architectures: x86_64 \(9\), aarch64 \(3\): hosts of different ones are never merged$'
check 'no mean is over all' sh -c '! grep -Eq "^  docker +12 " "$1"' - "$TMP/out"

exact twice/a h1 1.1 1.1 1.1
exact twice/b h1 1.3 1.3 1.3
exact twice/c h2 1.2 1.2 1.2
for i in a b; do is_host "$TMP/twice/$i" h1 1 x86_64; done
is_host "$TMP/twice/c" h2 2 x86_64
ok 'one host twice' "$BUILD/compare" "$TMP/twice/a" "$TMP/twice/b" "$TMP/twice/c"
says 'counts once, and a line says so' \
    '^note: h1 was measured twice: .*/twice/a counts, .*/twice/b is left out$'
out_has 'once' '^  docker +2 +1\.149  two hosts only$'
sed -i 's/^cpu.count=8/cpu.count=16/' "$TMP/twice/b/environment.txt"
ok 'two hosts of one name' "$BUILD/compare" "$TMP/twice/a" "$TMP/twice/b" "$TMP/twice/c"
says 'are two, and a line says why' \
    '^note: h1 names two machines, which differ in cpu.count \(.*/a and .*/b\): each is a host'
out_has 'three' '^  docker +3 +1\.19[0-9] '
sed -i 's/^cpu.count=16/cpu.count=8/; s/^boot.id=.*/boot.id=7/' "$TMP/twice/b/environment.txt"
ok 'two of one name, up at the same time since other boots' "$BUILD/compare" "$TMP/twice/a" "$TMP/twice/b" \
    "$TMP/twice/c"
says 'are two' '^note: h1 names two machines, which differ in boot.id'

cp -r "$TMP/small" "$TMP/clock"
sed -i 's/^2026-11-21T00:/2026-11-21T01:/' "$TMP/clock/n2/samples.csv"
sed -i 's/^boot.id=.*/boot.id=1/' "$TMP/clock/n9/environment.txt"
ok 'a clock that is off by an hour' "$BUILD/compare" "$TMP/clock"
says 'is a line' "^note: n2: began 1 h 00 min after the fleet's middle by its clock"
says 'two names of one machine, too' '^note: n9: is one machine with n1'

cp -r "$TMP/small" "$TMP/without"
sed -i '/"docker"/d' "$TMP/without/n5/samples.csv"
printf 'platform,usable,reason\nnative,yes,\ndocker,no,no engine here\n' >"$TMP/without/n5/platforms.csv"
rm "$TMP/without/n6/samples.csv"
sed -i 's/^n7,.*/n7,failed,"it hung, alas",n7/; s/^n8,.*/n8,missing,,/' "$TMP/without/fleet.csv"
ok 'a host without docker, and some that failed' "$BUILD/compare" "$TMP/without"
out_has 'are counted' ': 12 hosts: 9 done, 2 failed, 1 missing$'
out_has 'docker is over fewer hosts' '^  docker +8 '
out_has 'than kvm' '^  kvm +9 '
says 'with the reason' '^note: n5: no docker: no engine here$'
says 'what failed says why' '^note: n7: failed: it hung, alas$'
says 'what is missing is said' '^note: n8: missing$'
says 'what claims to be done and is not there' '^note: n6: failed: there is no samples.csv of it$'

# ---- formats ----

ok 'csv' "$BUILD/compare" -f csv "$TMP/without"
check 'has as many fields in every row, one per host and one for all' awk -F, '
    NR == 1 { n = NF }
    NF != n { bad = 1 }
    $3 == "docker" && $5 == "lu" { if ($2 == "") all++; else hosts++ }
    END { exit bad || all != 1 || hosts != 8 }' "$TMP/out"
ok 'json' "$BUILD/compare" -f json "$TMP/without"
check 'parses' perl -MJSON::PP -0777 -ne '
    my $d = decode_json($_);
    my ($m) = grep { $_->{metric} eq "lu" && $_->{platform} eq "docker" } @{$d->{metrics}};
    exit !(@{$d->{hosts}} == 12 && $m->{hosts} == 8 && @{$m->{by_host}} == 8 && $m->{verdict} eq "different"
           && abs($m->{ratio} - 1.05) < 0.01 && $m->{next_low} <= $m->{ratio_low} &&
               @{$d->{notes}} >= 5)' "$TMP/out"
ok 'markdown' "$BUILD/compare" -f markdown "$TMP/without"
out_has 'has rows' \
    '^\| linpack lu \| docker \| 8 \| 1\.0[45][0-9]* \| 1\..* to 1\.[0-9]+ \| .* \| different \|$'
"$BUILD/test/campaign_helper" -n 4 --host '<b>&' "$TMP/strange"
ok 'html' "$BUILD/compare" -f html -o "$TMP/report.html" "$TMP/odd"
check 'has no script and loads nothing' sh -c '! grep -Eiq "<script|src=|url\(|@import|href=\"http" "$1"' - \
    "$TMP/report.html"
for part in 'id="means"' 'id="maps"' 'id="forests"' '<a href="n7/report.html">n7</a>' 'class="heat"' \
    'class="dot odd" d="M'; do
    check "html has $part" grep -q "$part" "$TMP/report.html"
done
ok 'html of strange names' "$BUILD/compare" -f html -o "$TMP/strange.html" "$TMP/strange" "$TMP/small/n1"
check 'escapes them' sh -c '! grep -q "<b>&" "$1" && grep -q "&lt;b&gt;&amp;" "$1"' - "$TMP/strange.html"
for format in text html json csv markdown; do
    status 1 "$format: a full disk" sh -c '"$@" >/dev/full' - "$BUILD/compare" -f "$format" "$TMP/small"
done

# ---- what is refused ----

status 2 '--need of a fleet' "$BUILD/compare" --need "$TMP/small"
status 2 '--format course of one' "$BUILD/compare" -f course -o "$TMP/course" "$TMP/small"
sed 's/^n3,done/n3,dead/' "$TMP/small/fleet.csv" >"$TMP/without/fleet.csv"
status 1 'a status that is none' "$BUILD/compare" "$TMP/without"
err_has 'is named with its line' "fleet.csv:4: status 'dead' is neither done, failed nor missing"
echo host,status >"$TMP/without/fleet.csv"
status 1 'another header' "$BUILD/compare" "$TMP/without"
err_has 'is named' 'fleet.csv:1: the header is not host,status,reason,folder'
echo host,status,reason,folder >"$TMP/without/fleet.csv"
ok 'a fleet of which there is nothing yet' "$BUILD/compare" "$TMP/without"
out_has 'is one of no hosts' ': 0 hosts$'
ok 'also as html' "$BUILD/compare" -f html "$TMP/without"

# ---- size ----

# Memory is one host's and a few figures of each: 300 hosts with a hundred times the rows of three need hardly
# more.
fleet many 300 0.02 -n 6 --turns 2
case $BUILD in
*sanitize*) skip '300 hosts in 24 MiB' 'the sanitizers reserve address space' ;;
*)
    for format in text html json; do
        # shellcheck disable=SC3045 # dash and busybox have ulimit -v
        ok "300 hosts in 24 MiB, $format" \
            sh -c 'ulimit -v 24576; exec "$@"' - "$BUILD/compare" -f "$format" "$TMP/many"
    done
    ;;
esac
ok 'their map' "$BUILD/compare" -f html -o "$TMP/many.html" "$TMP/many"
check 'is one drawing of all' grep -q 'aria-label="300 hosts by 11 metrics"' "$TMP/many.html"
check 'of at most 2 MiB' [ "$(wc -c <"$TMP/many.html")" -le 2097152 ]

tap_done
