#!/bin/sh
# memsweep's contract, its metrics, and that a single flipped bit is noticed by every one of them.
. common/tap.sh

contract memsweep --array 256k --size 64k

for metric in $("$BUILD/memsweep" --help | sed -n '/^Metrics/,/^$/p' | awk 'NR > 1 && NF { print $1 }'); do
    quick="--array 256k --size 64k -r 1 -t 1ms"
    # shellcheck disable=SC2086 # a list of options
    ok "$metric" "$BUILD/memsweep" $quick -f csv "$metric"
    out_has "$metric is reported" "^memsweep,$metric,"
    # shellcheck disable=SC2086
    status 3 "$metric: a flipped bit is a wrong answer" \
        "$BUILD/memsweep" $quick --inject bit "$metric"
    one_line_error "$metric: a flipped bit is one line"
done

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
    run "$BUILD/memsweep" --isa "$isa" -r 1 -t 1ms -f csv --array 100k --stores nontemporal copy triad
    check "non-temporal stores with $isa, or 77" [ "$run_status" -eq 0 -o "$run_status" -eq 77 ]
done
ok 'auto says which stores it took' "$BUILD/memsweep" -r 1 -t 1ms -f csv --array 1M triad
out_has 'and what both did' '^# stores.triad=(temporal|nontemporal), '
out_has 'small arrays are marked' '^# array.triad=1048576 B, .*(below 4 x|unknown)'
out_has 'the best pass' '^# best.triad=[0-9.e+]+ B/s'
ok 'four operations many times' "$BUILD/memsweep" -r 60 -t 1us --array 4k copy scale add triad

# Limits and refusals.
status 2 'an unknown metric' "$BUILD/memsweep" nonsense
one_line_error 'an unknown metric is one line'
status 2 'a metric named twice' "$BUILD/memsweep" sweep sweep
status 1 'more memory than there is' "$BUILD/memsweep" --array 1000T triad
err_has 'says what leaves how much' 'triad: needs [0-9]+ MiB, but .* leaves [0-9]+ MiB'
one_line_error 'in one line'
(
    # shellcheck disable=SC3045 # not POSIX, but dash, bash and busybox have it
    ulimit -v 200000
    exec "$BUILD/memsweep" -r 1 --array 100M triad
) >"$TMP/out" 2>"$TMP/err"
check 'an address space limit is explained' \
    grep -q 'triad: mapping 300 MiB: Cannot allocate memory; see ulimit -v' "$TMP/err"

tap_done
