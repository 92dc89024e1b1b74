#!/bin/sh
# memsweep's contract, its metrics, and that a single flipped bit is noticed by every one of them.
. common/test/tap.sh

contract memsweep --array 256k --size 64k
ok '--help' "$BUILD/memsweep" --help
out_has '--time says what it is here' 'of each metric'

# Every metric that --help lists works, and a flipped bit in its memory is a wrong answer.
cpus=$(nproc)
for metric in $("$BUILD/memsweep" --help | sed -n '/^Metrics/,/^$/s/^  \([a-z]*\) (.*/\1/p'); do
    set -- "$BUILD/memsweep" --array 256k --size 64k -r 1 -t 1ms -f csv
    if [ "$metric" = loaded ] && [ "$cpus" -lt 2 ]; then
        status 77 'loaded needs two CPUs' "$@" loaded
        continue
    fi
    ok "$metric" "$@" "$metric"
    out_has "$metric is reported" "^memsweep,$metric,"
    for seed in 1 2 3; do
        status 3 "$metric: a flipped bit is a wrong answer (seed $seed)" "$@" --inject bit -s $seed "$metric"
        one_line_error "$metric: a flipped bit is one line (seed $seed)"
    done
done
if [ "$cpus" -ge 2 ]; then
    two=$(awk '/^Cpus_allowed_list/ { gsub("-", ",", $2); split($2, cpu, ",");
        print cpu[1] "," cpu[2] }' /proc/self/status)
    ok 'loaded on two CPUs by name' "$BUILD/memsweep" -c "$two" -r 1 -t 1ms --size 64k -f csv loaded
    check 'cpu.allowed are the CPUs of the program' \
        [ "$(sed -n 's/^# cpu.allowed=//p' "$TMP/out" | tr - ,)" = "$two" ]
else
    skip 'loaded on two CPUs by name' 'one CPU only'
fi
status 77 'loaded on one CPU is not available' "$BUILD/memsweep" -c 0 -r 1 --size 64k loaded
one_line_error 'and says so in one line'

for metric in sweep triad latency gups fault cow map; do
    servant_wrong "a servant: $metric, a flipped bit" "$BUILD/memsweep" --steps -w 0 \
        --array 256k --size 64k -t 1ms --inject bit "$metric"
done
ok 'a servant with curves' sh -c 'printf "\n\n" | "$@"' - "$BUILD/memsweep" --steps -t 1ms \
    --array 64k,128k --size 64k,128k add sweep copy triad scale
check 'has every point in each step' [ "$(grep -c '^memsweep,.*\[.*,2,' "$TMP/out")" -eq 10 ]
status 1 'a servant of sizes that do not fit together' "$BUILD/memsweep" --steps --size 1T,2T fault
one_line_error 'is refused in one line'
# Pages change hands: a servant holds none of its arrays when it is ready, nor after every fifth step, so
# that all that take turns find the same ones.
resident_mib() { awk '/^VmRSS:/ { printf "%d\n", $2 / 1024 }' "/proc/$servant_pid/status"; }
servant_start "$BUILD/memsweep" --steps -t 1ms --array 16M --size 32M copy sweep
check 'a servant that is ready' servant_ready
ready=$(resident_mib)
# shellcheck disable=SC2034 # four of them
for turn in 1 2 3 4; do servant_step; done
check 'held none of the arrays that it works on from step to step' [ "$(resident_mib)" -ge $((ready + 28)) ]
check 'nor any that it does not' [ "$(resident_mib)" -lt $((ready + 44)) ]
check 'a fifth step' servant_step
check 'gives them back' [ "$(resident_mib)" -lt $((ready + 8)) ]
check 'a sixth step' servant_step
check 'takes pages anew' [ "$(resident_mib)" -ge $((ready + 28)) ]
check 'ends well' servant_end
check 'and says what its pages were' grep -q '^# pages.copy=.* of 49' "$TMP/out"
ok 'a servant of many steps without warm-up' sh -c 'seq 20 | "$@"' - "$BUILD/memsweep" --steps -w 0 -t 0 \
    --array 64k --size 64k copy add sweep
ok 'and with much of it' sh -c 'seq 20 | "$@"' - "$BUILD/memsweep" --steps -w 19 -t 0 --array 64k copy add

# What cow's child shares with its parent must not be what others are measured on.
run sh -c 'printf "\n\n\n" | "$@"' - "$BUILD/memsweep" --steps -w 0 -t 0 --pages 4k --array 4M \
    --size 1M copy cow
check 'a servant: cow costs the others no fault' awk '
    sub(/^# timed.faults=/, "") { faults = $1 } 
    END { exit !(faults >= 3 * 256 && faults < 3 * 1024) }' "$TMP/out"

# The classic: sweep.first and the ten passes are shown, any size will do, several make a curve.
ok 'sweep over odd sizes' "$BUILD/memsweep" -r 1 -t 1ms -f csv --size 1,2,4097,10007,64k sweep
out_has 'a curve names its points' '^memsweep,sweep\[size=10007\],s/access,lower,1,'
out_has 'the first pass is apart' '^memsweep,sweep.first\[size=65536\],'
out_has 'the classic ten passes' '^# classic.sweep.64k=.* s for 10 passes over 64k'

# STREAM: every instruction set and kind of store computes the same; more threads than parts.
for isa in generic sse2 avx2 avx512; do
    run "$BUILD/memsweep" --isa "$isa" -r 1 -t 1ms --array 4k triad
    if [ "$run_status" -eq 77 ]; then
        skip "stream with $isa" "this CPU does not have it"
        continue
    fi
    ok "stream with $isa" "$BUILD/memsweep" --isa "$isa" -r 2 -t 1ms -f csv --array 4k,100k \
        --threads 3 --stores temporal copy scale add triad
    for way in temporal-fetch nontemporal nontemporal-fetch nontemporal-pages; do
        run "$BUILD/memsweep" --isa "$isa" -r 1 -t 1ms -f csv --array 100k --threads 2 \
            --stores $way copy triad
        case $isa/$way/$run_status in
        generic/nontemporal*/77) one_line_error "stores $way with $isa: there are none" ;;
        */0) out_has "stores $way with $isa: the fact" "^# stores.copy=$way, $isa\$" ;;
        *) check "stores $way with $isa: status $run_status" false ;;
        esac
    done
done
ok 'auto says which stores it took' "$BUILD/memsweep" -r 1 -t 1ms -f csv --array 1M triad
out_has 'and what both did' \
    '^# stores.triad=[a-z-]+, [a-z0-9]+ [(]tried: temporal [0-9.e+]+ B/s, temporal-fetch '
out_has 'small arrays are marked' '^# array.triad=1048576 B, .*(below 4 x|unknown)'
out_has 'the best pass' '^# best.triad=[0-9.e+]+ B/s'
ok 'one pass, after many that warm up' "$BUILD/memsweep" -w 20 -r 1 -t 0 -f csv --array 16M copy
check 'best leaves warm-up out' awk -F'[=, ]' '
    /^# best.copy=/ { best = $3 } /^memsweep,copy,.*,1,/ { counted = $6 }
    END { exit !(best > 0 && best / counted < 1.0001 && best / counted > 0.9999) }' "$TMP/out"
ok 'four operations many times' "$BUILD/memsweep" -r 60 -t 1us --array 4k copy scale add triad

# Curves have a point for each size, and the driver's default set is reported in full.
ok 'latency as a curve' "$BUILD/memsweep" -r 1 -t 1ms -f csv --size 4k..32k latency
check 'has four points' [ "$(grep -c '^memsweep,latency\[size=[0-9]*\],s/load,lower,1,' "$TMP/out")" -eq 4 ]
if [ "$cpus" -ge 2 ]; then
    ok 'loaded under given loads' "$BUILD/memsweep" -r 1 -t 20ms -f csv --size 1M --load 0,100M loaded
    check 'no load moves no bytes' grep -q '^memsweep,loaded.bandwidth\[load=0\],B/s,higher,1,0$' "$TMP/out"
    check 'a load is held, not exceeded' awk -F, \
        '/loaded.bandwidth.load=104857600/ && $5 == 1 { got = $6 }
        END { exit !(got > 0 && got < 1.5 * 104857600) }' "$TMP/out"
else
    skip 'loaded under given loads' 'one CPU only'
fi

# Pages: what was asked for is what was measured on, or there is no figure.
for metric in sweep triad latency walk gups fault zero cow map; do
    for pages in 4k thp hugetlb; do
        run "$BUILD/memsweep" --pages "$pages" -r 1 -t 1ms -f csv --size 4M --array 2M "$metric"
        case $run_status in
        0) out_has "$metric on $pages pages says so" \
            "^# pages.$metric=$pages asked, [0-9]+ of [0-9]+ KiB huge" ;;
        77) one_line_error "$metric on $pages pages is refused in one line" ;;
        *) check "$metric on $pages pages ends with 0 or 77, not $run_status" false ;;
        esac
        [ "$run_status:$pages" != 0:4k ] || check "$metric on base pages has none huge" \
            grep -q "^# pages.$metric=4k asked, 0 of" "$TMP/out"
    done
done
sanitized=0
case $BUILD in */sanitize) sanitized=1 ;; esac
for metric in fault zero cow map; do
    run "$BUILD/memsweep" -r 1 -t 1ms -f csv --size 1M "$metric"
    check "$metric: the kernel counted the faults that were expected" awk -F '[= ]' \
        -v sanitized="$sanitized" \
        '/^# faults/ { good = $3 >= $5 && (sanitized || $3 <= $5 + 8 + $5 / 64) || /not counted/ }
        END { exit !good }' "$TMP/out"
done

# Limits and refusals.
status 2 'an unknown metric' "$BUILD/memsweep" nonsense
one_line_error 'an unknown metric is one line'
status 2 'a metric named twice' "$BUILD/memsweep" sweep sweep
status 1 'more memory than there is' "$BUILD/memsweep" --array 1000T triad
err_has 'says what leaves how much' 'triad: needs [0-9]+ MiB, but .* leaves [0-9]+ MiB'
one_line_error 'in one line'
case $BUILD in
*/sanitize) skip 'an address space limit is explained' 'a sanitizer needs more addresses than that' ;;
*)
    (
        # shellcheck disable=SC3045 # not POSIX, but dash, bash and busybox have it
        ulimit -v 200000
        exec "$BUILD/memsweep" -r 1 --array 100M triad
    ) >"$TMP/out" 2>"$TMP/err"
    check 'an address space limit is explained' \
        grep -q 'triad: mapping 300 MiB: Cannot allocate memory; see ulimit -v' "$TMP/err"
    ;;
esac

status 2 'a table whose size is no power of two' "$BUILD/memsweep" --size 100k gups
status 2 'a chase smaller than one node' "$BUILD/memsweep" --size 100 latency

# In a control group with 64 MiB the wish for 256 MiB is refused, and defaults shrink to fit.
group=/sys/fs/cgroup/guestmark-test.$$ limit=memory.max
[ ! -d /sys/fs/cgroup/memory ] ||
    group=/sys/fs/cgroup/memory/guestmark-test.$$ limit=memory.limit_in_bytes
limited() { sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$group" "$BUILD/memsweep" -r 1 -t 1ms "$@"; }
if mkdir "$group" 2>/dev/null && (echo 64M >"$group/$limit") 2>/dev/null; then
    status 1 'more than the control group allows' limited --size 256M latency
    err_has 'is explained' "latency: needs 25[0-9] MiB, but the cgroup's memory limit leaves [0-9]+ MiB"
    ok 'the default set fits' limited -f csv
    out_has 'and says that it had to shrink' '^# size.latency=.*, less than usual: memory is short'
else
    skip 'a memory limit' 'no control group with a memory limit can be made here'
fi
rmdir "$group" 2>/dev/null || :

tap_done
