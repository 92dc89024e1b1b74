#!/bin/sh
# compare on folders that others have written: what is read, what it is taken to mean, what is not.
. common/test/tap.sh

mkdir "$TMP/course" "$TMP/written" "$TMP/unknown"
printf 'time,value\n1,100\n2,101\n3,99\n4,100' >"$TMP/course/native-linpack.csv"
printf '1;50,0\r\n2;50,5\r\n3;49,5\r\n' >"$TMP/course/my-vm-linpack.csv"
ok 'a course folder' "$BUILD/compare" "$TMP/course"
out_has 'is read: header or none, comma or semicolon, CRLF' '^  my-vm +2\.000 .* different, 2 times'
out_has 'and its limits are said' 'compared as$|independent'
"$BUILD/test/campaign_helper" --cost 1.3 "$TMP/full"
ok 'writing one' "$BUILD/compare" -f course -o "$TMP/written" "$TMP/full"
ok 'and reading it' "$BUILD/compare" "$TMP/written"
out_has 'gives the same ratio' '^  docker +1\.(29|30)[0-9] '
for file in wide/docker-results.csv wide/native-results.csv answers.md native-memsweep.copy.csv; do
    check "$file is there" test -s "$TMP/written/$file"
done
ok 'and reading the wide form' "$BUILD/compare" "$TMP/written/wide"
out_has 'gives the same ratio, too' '^  docker +1\.(29|30)[0-9] '
check 'both forms have the same figures' sh -c '
    for name in "$@"; do
        "$0" -f csv "$name" | cut -d , -f 2-8,10-13
    done | sort | uniq -c | grep -qv "^ *2 " && exit 1
    exit 0' "$BUILD/compare" "$TMP/written" "$TMP/written/wide"
status 1 'a folder that has them already' "$BUILD/compare" -f course -o "$TMP/written" "$TMP/full"

# ---- so many runs ----
mkdir "$TMP/turns.48" "$TMP/turns.all" "$TMP/spelled.out"
"$BUILD/test/campaign_helper" --cost 1.3 -n 6 -t 20 "$TMP/turns"
ok '-n 48 of 6 rounds with 20 turns each' "$BUILD/compare" -f course -n 48 -o "$TMP/turns.48" "$TMP/turns"
check 'has 48 rows in the long form' test "$(wc -l <"$TMP/turns.48/docker-linpack.csv")" = 49
check 'and in the wide one' test "$(wc -l <"$TMP/turns.48/wide/docker-results.csv")" = 49
check 'from all rounds' test "$(cut -d , -f 1 "$TMP/turns.48/docker-linpack.csv" | sort -u | wc -l)" = 7
err_has 'what is measured once a round has all there is, and a line' \
    '^compare: docker platform: 6 runs, not 48$'
ok 'fewer than there are rounds' "$BUILD/compare" -f course -n 4 -o "$TMP/turns.all" "$TMP/turns"
check 'are the first ones' test "$(wc -l <"$TMP/turns.all/docker-platform.csv")" = 5

# ---- benchmarks with options ----
mkdir "$TMP/spelled"
{
    echo time,host,platform,round,benchmark,metric,unit,better,rep,value
    for round in 1 2 3 4 5 6; do
        when=2026-01-01T00:00:00Z
        for platform in native docker; do
            for benchmark in linpack:size=100 linpack:size=1000,kernel=classic; do
                echo "$when,h,$platform,$round,\"$benchmark\",lu,flop/s,higher,1,$((1000 + round))"
            done
            echo "$when,h,$platform,$round,memsweep:metrics=triad,triad,B/s,higher,1,$((50 + round))"
        done
    done
} >"$TMP/spelled/samples.csv"
ok 'benchmarks with options' "$BUILD/compare" -f course -o "$TMP/spelled.out" "$TMP/spelled"
for form in "$TMP/spelled.out" "$TMP/spelled.out/wide"; do
    ok "are read: $form" "$BUILD/compare" "$form"
    out_has 'one' '^linpack:size=100 lu '
    out_has 'and the other' '^linpack:size=1000,kernel=classic lu$'
    out_has 'with their metric' '^memsweep:metrics=triad triad$'
done

# ---- the three questions ----
ok 'answers' "$BUILD/compare" --answers "$TMP/turns"
out_has 'how do they differ' '^  How do they differ\? costs more than native: docker'
out_has 'by how much' '^  By how much\? native [0-9.]+ .*; docker [0-9.]+ '
out_has 'nothing is made up' '^  What explains it\? .*nothing that was recorded'
check 'within 80 columns' awk 'length > 80 { exit 1 }' "$TMP/out"
ok 'in markdown' "$BUILD/compare" --answers -f markdown "$TMP/turns"
out_has 'below a head for each benchmark' '^### linpack lu \(floating point\)$'
status 2 'course needs a folder' "$BUILD/compare" -f course "$TMP/full"
cp "$TMP/course/native-linpack.csv" "$TMP/unknown/native-sudoku.csv"
status 1 'an unknown benchmark' "$BUILD/compare" "$TMP/unknown"
err_has 'is told how to be known' "unknown benchmark 'sudoku'; say what it measures: --metrics"
ok 'and then is read' "$BUILD/compare" --metrics sudoku.solve=1/s:higher "$TMP/unknown"
out_has 'with its unit' '^sudoku solve +native 100\.0 /s'
status 2 'a wrong --metrics' "$BUILD/compare" --metrics sudoku "$TMP/unknown"
printf 'time,value\n1,100\n2,x\n' >"$TMP/course/kvm-linpack.csv"
status 1 'a bad course value' "$BUILD/compare" "$TMP/course"
err_has 'is named' "kvm-linpack.csv:3: value 'x' is no number"

# says TITLE TEXT: the last run's output holds the text, wherever its lines break.
says() {
    tr -s '\n ' ' ' <"$TMP/out" >"$TMP/joined"
    check "$1" grep -Fq -e "$2" "$TMP/joined"
}

# ---- one kind of odd thing each ----

# folder NAME: an empty one, $course; native is measured well there.
folder() {
    course=$TMP/$1
    mkdir "$course"
    printf 'time,value\n1,100\n2,101\n3,99\n' >"$course/native-linpack.csv"
}

# reads TITLE FORMAT: kvm-linpack.csv written by printf FORMAT holds 200, 201, 199: half the cost.
reads() {
    folder "$(echo "$1" | tr -c 'a-z0-9\n' _)"
    # shellcheck disable=SC2059 # the format is what is tested
    printf "$2" >"$course/kvm-linpack.csv"
    ok "read: $1" "$BUILD/compare" "$course"
    out_has "rightly: $1" '^  kvm +0\.500 '
}

reads 'a blank behind the comma' 'time, value\n1, 200\n2, 201\n3, 199\n'
reads 'a blank at the end of the line' '1,200 \n2,201\t\n3,199 \r\n'
reads 'a header below a comment' '# by me\ntime,value\n1,200\n2,201\n3,199\n'
reads 'a header below an empty line' '\n  \n,\ntime,value\n1,200\n2,201\n3,199\n'
reads 'the header again' 'time,value\n1,200\ntime,value\n2,201\n3,199\n'
reads 'a line that says which separator' 'sep=;\ntime;value\n1;200\n2;201\n3;199\n'
reads 'the same with a comma' 'sep=,\r\ntime,value\r\n1,200\r\n2,201\r\n3,199\r\n'
reads 'a semicolon in a comment' '# host x; kernel y\ntime,value\n1,200\n2,201\n3,199\n'
reads 'a quote in a comment' '# 3.5" disk\ntime,value\n1,200\n2,201\n3,199\n'
reads 'a byte-order mark before a comment' '\357\273\277# c\ntime,value\n1,200\n2,201\n3,199\n'
reads 'a byte-order mark before the header' '\357\273\277time;value\n1;200\n2;201\n3;199\n'
reads 'a header in brackets' 'time,(ms)\n1,200\n2,201\n3,199\n'
reads 'tabs' 'time\tvalue\n1\t200\n2\t201\n3\t199\n'
reads 'fields left empty behind the value' 'time,value,\n1,200,\n2,201,,\n3,199\n'
reads 'thousands, and a decimal comma' '1;0.200,0\n2;201,0\n3;199\n'
reads 'dates for times' '2026-11-21T14:03:04Z,200\n21.11.2026 14:03,201\nthird,199\n'
reads 'one run that failed: empty' '1,200\n2,\n3,201\n4,199\n'
says 'left out, with a note: empty' 'kvm-linpack.csv:2: 1 value is empty'
reads 'runs that failed: -1 and a word' '1,200\n2,-1\n3,201\n4,FAILED\n5,199\n'
says 'left out, with a note: -1' 'kvm-linpack.csv:2: 2 values from there on'
reads 'a time without a value in quotes' '1,200\n2,""\n3,201\n4,199\n'

# refuses WHAT FORMAT REGEX
refuses() {
    folder "$(echo "no $1" | tr -c 'a-z0-9\n' _)"
    # shellcheck disable=SC2059
    printf "$2" >"$course/kvm-linpack.csv"
    status 1 "refused: $1" "$BUILD/compare" "$course"
    err_has "and named: $1" "kvm-linpack.csv:$3"
    one_line_error "in one line: $1"
}
refuses 'a word among values' 'time,value\n1,200\n2,many\n' "3: value 'many' is no number"
refuses 'another header further down' 'time,value\n1,200\nwhen,what\n' "3: value 'what' is no number"
refuses 'three fields' 'time,value\n1,200,3\n' '2: 3 fields instead of time and value'
refuses 'a decimal comma among commas' '1,200,5\n' '1: 3 fields'
refuses 'minutes where no time is measured' '1,0:02.33\n' "1: value '0:02.33' is no number"

# ---- names ----

folder names
printf '\0\5\26\7\0\2\0\0Mac OS X' >"$course/._native-linpack.csv"
cp "$course/native-linpack.csv" "$course/native-linpack (1).csv"
printf '1,200\n2,201\n3,199\n' >"$course/my-kvm-linpack (2).csv"
ok 'files that systems and browsers name' "$BUILD/compare" "$course"
out_has 'are what they were' '^  my-kvm +0\.500 '
says 'a copy counts once' 'left out, since they repeat another file: native-linpack (1).csv'
ok 'in detail' "$BUILD/compare" --detail "$course"
out_has 'three times, not six' '^  native +3 '
echo 4,100 >>"$course/native-linpack (1).csv"
status 1 'a copy that differs' "$BUILD/compare" "$course"
err_has 'is refused' 'native-linpack \(1\).csv are of one platform and benchmark, and differ'

mkdir "$TMP/many"
for name in native-sudoku docker-sudoku native-chess-blitz native-linpack; do
    echo 1,2 >"$TMP/many/$name.csv"
done
status 1 'unknown benchmarks' "$BUILD/compare" "$TMP/many"
err_has 'are named all at once' "unknown benchmarks 'sudoku', 'blitz'; say what they measure: "
err_has 'with the option for all of them' 'sudoku.METRIC=UNIT:lower,blitz.METRIC=UNIT:lower \(or :higher\)'
metrics=sudoku.time=s:lower,chess-blitz.games=1/s:higher
ok 'and read when they are known' "$BUILD/compare" --metrics "$metrics" "$TMP/many"
out_has 'by the longest name' '^chess-blitz games +native 2\.000 /s'

# ---- the benchmarks of courses ----

mkdir "$TMP/homework"
for platform in native docker my-vm; do
    case $platform in native) times=1 ;; docker) times=2 ;; *) times=4 ;; esac
    for i in 1 2 3; do
        awk -v i="$i" -v times="$times" -v front="$TMP/homework/$platform" 'BEGIN {
            print i "," (1000000 + i) / times >(front "-cpu.csv")
            printf "%d,0:%05.2f\n", i, (2.33 + i / 100) * times >(front "-mem.csv")
            print i "," (500 + i) / times >(front "-disk.csv")
            print i "," (5000 + i) / times >(front "-disk-random.csv")
            print i "," (3 + i / 100) * times >(front "-fork.csv")
            print i "," (7 + i / 100) * times >(front "-nginx.csv")
        }'
        for part in cpu mem disk disk-random fork nginx; do
            cat "$TMP/homework/$platform-$part.csv" >>"$TMP/homework/$platform-$part.all"
        done
    done
    for part in cpu mem disk disk-random fork nginx; do
        mv "$TMP/homework/$platform-$part.all" "$TMP/homework/$platform-$part.csv"
    done
done
ok 'cpu, mem, disk, disk-random, fork, nginx: without any option' "$BUILD/compare" "$TMP/homework"
cp "$TMP/out" "$TMP/homework.txt"
check 'all six cost my-vm four times' \
    [ "$(grep -c '^  my-vm  *[34]\.[0-9]* .* different' "$TMP/homework.txt")" -eq 6 ]
out_has 'KFLOPS are flop/s' '^cpu kflops +native 1\.000 GFLOP/s'
out_has 'minutes and seconds are read' '^mem time +native 2\.350 s'
out_has 'IOPS are 1/s' '^disk-random iops +native 5\.00[0-9] k/s'
for meaning in 'taken to mean: cpu in KFLOPS (more is better),' 'disk in IOPS (more is better),' \
    'disk-random in IOPS (more is better),' 'fork in s (less is better),' 'mem in s (less is better),' \
    'nginx in s (less is better); --metrics says otherwise'; do
    says "the report says: $meaning" "$meaning"
done
ok 'the same as html' "$BUILD/compare" -f html "$TMP/homework"
out_has 'says so, too' 'taken to mean.*cpu in KFLOPS'
ok '--metrics overrides' "$BUILD/compare" --metrics cpu.time=s:lower "$TMP/homework"
out_has 'what a name means' '^  docker +0\.500 '
says 'and the note says that' 'cpu in s (less'
mkdir "$TMP/again"
ok 'written as such files' "$BUILD/compare" -f course -o "$TMP/again" "$TMP/homework"
check 'they count in KFLOPS again' awk -F, 'NR > 1 && ($2 < 1e6 || $2 > 2e6) { bad = 1 }
    END { exit bad || NR != 4 }' "$TMP/again/native-cpu.csv"

mkdir "$TMP/wide"
header=time,cpu,mem,diskRand,diskSeq,fork,uplink
echo "$header" | tee "$TMP/wide/kvm-results.csv" >"$TMP/wide/results-native.csv"
for i in 1 2 3; do
    echo "157$i,10$i,20$i,1$i,40$i,50$i,90$i" >>"$TMP/wide/results-native.csv"
    echo "157$i,5$i,10$i,$i,20$i,25$i,$([ "$i" = 2 ] || echo "45$i")" >>"$TMP/wide/kvm-results.csv"
done
ok 'a file per platform, a column per benchmark' "$BUILD/compare" "$TMP/wide"
for line in 'cpu events +native 102\.0 /s' 'mem bandwidth +native 202\.0 MiB/s' \
    'diskSeq bandwidth +native 402\.0 MiB/s' 'fork rate +native 502\.0 /s' \
    'uplink bandwidth +native 902\.0 Mbit/s'; do
    out_has "$line" "^$line"
done
check 'for both' [ "$(grep -c '^  kvm ' "$TMP/out")" -eq 6 ]
says 'a run that failed in one column is left out there' 'kvm-results.csv:3: 1 value is empty'
says 'the report says what a column was taken to mean' \
    'cpu in events/s (more is better), mem in MiB/s (more is better)'
says 'each of them' 'uplink in Mbit/s (more is better)'
sed 's/diskRand/luck/; s/uplink/charm/' "$TMP/wide/results-native.csv" >"$TMP/many/results-native.csv"
status 1 'unknown columns' "$BUILD/compare" "$TMP/many"
err_has 'are named with all that is unknown' "unknown benchmarks 'sudoku', 'blitz', 'luck', 'charm'"
mkdir "$TMP/headless"
echo 1,2,3,4 >"$TMP/headless/results-native.csv"
status 1 'a wide file without a header' "$BUILD/compare" "$TMP/headless"
err_has 'is refused' 'no header names its columns'

tap_done
