#!/bin/sh
# linpack: its contract, its facts, wrong answers caught.
. common/test/tap.sh

linpack=$BUILD/linpack

# fact NAME ARGUMENT...: the fact of a short run with these arguments.
fact() {
    fact_name=$1
    shift
    "$linpack" -r 1 -w 0 -t 0 -f csv "$@" | sed -n "s/^# $fact_name=//p"
}

# shellcheck disable=SC2317 # check calls it
same() { [ -n "$1" ] && [ "$1" = "$2" ]; }

contract linpack -n 50

ok "a curve" "$linpack" -n 16..64,33 -r 1 -t 0 -f csv
check "every size is a metric" test "$(grep -c '^linpack,lu\[n=' "$TMP/out")" -eq 8
ok "classic" "$linpack" -n 100 -k classic -t 0 -f csv
out_has "netlib's matrix for the classic kernel" '^# matrix=netlib$'
out_has "classic runs one thread" '^# threads=1$'
ok "classic where netlib's matrix is singular" "$linpack" -n 512 -k classic -r 1 -w 0 -t 0 -f csv
out_has "another matrix there" '^# matrix=uniform$'
status 2 "asking for the singular matrix" "$linpack" -n 512 --matrix netlib
one_line_error "asking for the singular matrix is one line"
status 2 "classic has one thread only" "$linpack" -k classic -T 2
ok "text names KFLOPS" "$linpack" -n 20 -r 1 -t 0
out_has "KFLOPS" '[0-9]+ KFLOPS'
ok "the peak" "$linpack" -n 50 -r 1 -t 1ms --peak -f csv
out_has "the peak is a metric" '^linpack,peak,flop/s,higher,1,'
out_has "the share is a fact" '^# peak.share=0\.[0-9]+'

ok "the peak of a run as short as can be" "$linpack" -n 50 -r 1 -t 0 --peak -f csv
out_has "it is measured for long enough all the same" '^# peak.share=0\.[0-9]+'

ok "one repetition after many that warm up" "$linpack" -n 100 -w 15 -r 1 -t 0 --peak -f csv
check "peak.share leaves warm-up out" awk -F'[=,]' '
    /^# peak.share=/ { share = $2 } /,lu,.*,1,/ { lu = $6 } /,peak,.*,1,/ { peak = $6 }
    END { exit !(peak > 0 && share - lu / peak < 0.0001 && lu / peak - share < 0.0001) }' "$TMP/out"

ok "the instruction sets" "$linpack" --list-isa
check "generic is the last of them" test "$(tail -n 1 "$TMP/out")" = generic
for isa in generic sse2 avx2 avx512; do
    if ! "$linpack" --list-isa | grep -qx "$isa"; then
        status 77 "$isa is refused where it is missing" "$linpack" --isa "$isa"
        one_line_error "$isa missing is one line"
        continue
    fi
    ok "$isa" "$linpack" --isa "$isa" -n 1..300,7,97,131,313 -r 1 -w 0 -t 0 -f csv
    out_has "$isa is the fact" "^# isa=$isa\$"
    check "$isa: same bits with 1 and 3 threads" same \
        "$(fact fingerprint --isa "$isa" -n 631 -T 1)" "$(fact fingerprint --isa "$isa" -n 631 -T 3)"
done

# QEMU's plainest CPU has nothing beyond SSE2, whatever this one has.
# shellcheck disable=SC2317 # called through the checks
plain_cpu() { qemu-x86_64 -cpu qemu64 "$BUILD/linpack" "$@"; }
if plain_cpu --version >/dev/null 2>&1; then
    for isa in avx2 avx512; do
        status 77 "a plain CPU: $isa is refused" plain_cpu --isa "$isa" -n 50
        one_line_error "a plain CPU: $isa missing is one line"
    done
    ok "a plain CPU: the best that it has" plain_cpu -n 90 -r 1 -w 0 -t 0 -f csv
    out_has "a plain CPU: sse2 is the fact" '^# isa=sse2$'
    out_has "a plain CPU: same bits as here" "^# fingerprint=$(fact fingerprint --isa sse2 -n 90)\$"
elif command -v qemu-x86_64 >/dev/null 2>&1; then
    skip "a plain CPU" "qemu-x86_64 cannot run this build"
else
    skip "a plain CPU" "qemu-x86_64: not found (apt-get install qemu-user)"
fi

check "same seed, same bits" same "$(fact fingerprint -s 7 -n 90)" "$(fact fingerprint -s 7 -n 90)"
check "another seed, other bits" test "$(fact fingerprint -s 7 -n 90)" != "$(fact fingerprint -s 8 -n 90)"

# A matrix of one to three rows may have no positive entry.
for seed in 1 2 3 4 5 6 7 8; do
    ok "n = 1, 2, 3 from seed $seed" "$linpack" -n 1,2,3 -s "$seed" -r 1 -w 0 -t 0
done

for kernel in blocked classic; do
    for fault in bit nan unsteady singular; do
        status 3 "$kernel: $fault is caught" "$linpack" -k "$kernel" -n 100 -t 5ms --inject "$fault"
        one_line_error "$kernel: $fault is one line"
    done
done

for fault in bit nan; do
    servant_wrong "a servant: $fault is caught" "$linpack" --steps -w 0 -n 100 -t 0 --inject "$fault"
done
ok "a servant of two sizes and the peak" sh -c 'echo | "$@"' - "$linpack" --steps -n 20,30 -t 0 --peak
check "has them all in one step" test \
    "$(sed -n '3,6s/,[^,]*$//p' "$TMP/out" | tr '\n' ' ')" = \
    "linpack,lu[n=20],flop/s,higher,1 linpack,lu[n=30],flop/s,higher,1 linpack,peak,flop/s,higher,1 "
status 1 "a servant of sizes that do not fit together" "$linpack" --steps -n 100,1000000
one_line_error "is refused in one line"

# A servant lives for as long as somebody asks; many lines at once are as many steps.
# shellcheck disable=SC2317 # check calls it
many_steps() {
    seq "$1" >&3
    for _ in $(seq "$1"); do servant_read end || return 1; done
}
resident() { awk '$1 == "VmRSS:" { print $2 }' "/proc/$servant_pid/status"; }
# AddressSanitizer would keep what was freed.
servant_start env ASAN_OPTIONS="quarantine_size_mb=0:thread_local_quarantine_size_kb=0" \
    "$linpack" --steps -w 0 -n 10 -t 0
servant_ready
check "a servant: 500 steps" many_steps 500
before=$(resident)
check "a servant: 2000 more" many_steps 2000
check "a servant: they took no memory" test "$(resident)" -le "$((before + 16))"
check "a servant: still there" servant_end

# The README's example, as it stands there, with fewer turns.
sed -n '/^    mkfifo a.in/,/^$/s/^    //p' README.md | sed 's/seq 100/seq 3/' >"$TMP/example"
mkdir "$TMP/here"
ln -s "$(cd "$BUILD" && pwd)" "$TMP/here/build"
ok "the README's two servants" sh -euc 'cd "$1" && . ../example' - "$TMP/here"
for servant in a b; do
    check "its servant $servant: three turns" \
        test "$(cut -d, -f2,5 "$TMP/here/$servant.csv" | tr '\n' ' ')" = "lu,1 lu,2 lu,3 "
    check "its servant $servant: the facts" grep -q '^# threads=[12]$' "$TMP/here/$servant.facts"
done

status 1 "a matrix larger than the memory" "$linpack" -n 1000000
one_line_error "too little memory is one line"
status 2 "an operand" "$linpack" 100
status 2 "no rows" "$linpack" -n 0
tap_done
