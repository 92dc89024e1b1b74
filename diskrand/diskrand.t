#!/bin/sh
# diskrand: the contract, every option's effect, and --verify against damaged blocks.
TMPDIR=${BUILD:-build} # a disk, which /tmp may not be
. common/test/tap.sh

disk=$TMP/disk
mkdir "$disk"
run "$BUILD/diskrand" -n 1M -r 1 -w 0 -t 1ms "$disk"
[ "$run_status" -ne 77 ] || skip_all "$(cat "$TMP/err")"

quick() { "$BUILD/diskrand" -f csv -n 1M -r 2 -t 20ms "$@" "$disk"; }
fact() { awk -F = -v key="# $1" '$1 == key { sub(/^[^=]*=/, ""); print }' "$TMP/out"; }
fact_is() { check "$3" test "$(fact "$1")" = "$2"; }
metric() { awk -F , -v name="$1" '$2 == name && $5 == 1 { print $6 }' "$TMP/out"; }

contract diskrand --size 1M "$disk"
ok '--help' "$BUILD/diskrand" --help
out_has '--time says what it is here' '--time T +duration of a repetition'

servant_start "$BUILD/diskrand" --steps --size 1M -t 1ms --verify --inject torn "$disk"
check 'a servant: ready' servant_ready
check 'a servant: a step' servant_step
servant_end || :
check 'a servant: what was written is read back at the end' [ "$servant_status" -eq 3 ]
one_line_error 'a servant: a torn block is one line'
for signal in INT TERM KILL; do
    servant_start "$BUILD/diskrand" --steps --size 1M -t 1ms -e auto "$disk"
    servant_ready
    check "a servant, before SIG$signal: a step" servant_step
    kill -s "$signal" "$servant_pid"
    servant_wait || :
    check "a servant: SIG$signal leaves nothing behind" [ -z "$(ls -A "$disk")" ]
done

for wrong in '--block 1000' '--block 0' '--size 1k' '--sync sometimes' '--sync data:0' '--rate 1 -t 1ms' \
    '--verify --repeat-offsets' '--inject torn' '--depth 0' '--read-share 101' '--jobs 300'; do
    # shellcheck disable=SC2086 # several words
    status 2 "usage: $wrong" quick $wrong
    one_line_error "usage: $wrong is one line"
done
status 2 'usage: two paths' "$BUILD/diskrand" "$disk" "$disk"
status 1 'a path that cannot be' "$BUILD/diskrand" "$TMP/none/such"
status 2 'a character device' "$BUILD/diskrand" /dev/null

for engine in psync aio uring; do
    run quick -e "$engine"
    if [ "$run_status" -eq 77 ]; then
        skip "$engine" "$(cat "$TMP/err")"
        continue
    fi
    for pattern in randwrite randread randrw write read; do
        ok "$engine $pattern, verified" quick -e "$engine" -d 5 -j 2 -k "$pattern" --verify
        check "$engine $pattern: every byte asked for was seen" \
            sh -c '! grep -q "guard.bytes=failed: the process" "$1"' - "$TMP/out"
    done
    fact_is engine "$engine" "$engine is named"
    ok "$engine with blocks of 12 KiB" quick -e "$engine" --block 12k -d 3 --verify
done
ok 'auto finds an engine' quick -e auto
check 'and names it' test -n "$(fact engine)"

ok 'randrw' quick -k randrw --read-share 100
check 'with 100 percent reads writes nothing' test "$(fact bytes.asked | cut -d' ' -f3)" = 0
ok 'data:3' quick --sync data:3
check 'syncs have a latency of their own' test -n "$(fact histogram.sync)"
ok 'a file sync after every write' quick --sync file
ok 'a sync after every 10 writes' quick --sync 10 -d 4 -e auto
ok 'a rate' quick --rate 200 -t 200ms
check 'is not exceeded' test "$(metric iops | cut -d. -f1)" -le 205
ok 'a rate with several in flight' quick --rate 200 -t 200ms -d 4 -e auto
check 'is not exceeded either' test "$(metric iops | cut -d. -f1)" -le 205
ok 'offsets with repetition' quick --repeat-offsets
ok 'until steady' quick --until-steady -r 5
check 'ends, and says after how many' test -n "$(fact steady.after)"
ok 'two seconds' "$BUILD/diskrand" -f csv -n 1M -w 0 -r 3 -t 700ms --rate 100 "$disk"
check 'are a series of two' test "$(fact series.iops | wc -w)" -eq 2
ok 'direct' quick
check 'is in force' test "$(fact direct | cut -c1-3)" = yes
ok 'buffered' quick --buffered
check 'is marked on every sample' \
    awk -F , '/^diskrand/ && $2 !~ /^buffered\./ { bad = 1 } END { exit bad }' "$TMP/out"

for fault in torn misplaced lost stale; do
    status 3 "--inject $fault is found" quick --verify -t 100ms --inject "$fault"
    err_has "and called $fault, with its offset" "offset [0-9]+: block [0-9]+ is $fault; 1 of 256 "
    one_line_error "in one line, without a number ($fault)"
done

ok 'compressible data' quick --keep --compressible 50
gzip -c "$disk/diskrand.dat" >"$TMP/half"
ok 'incompressible data' quick --keep
gzip -c "$disk/diskrand.dat" >"$TMP/full"
check 'compressible data compresses, other does not' awk -v half="$(wc -c <"$TMP/half")" \
    -v full="$(wc -c <"$TMP/full")" \
    'BEGIN { exit !(half < 0.6 * 2^20 && half > 0.45 * 2^20 && full > 0.9 * 2^20) }'
ok 'the kept file goes with the next run' quick
check 'nothing stays behind' rmdir "$disk"

tap_done
