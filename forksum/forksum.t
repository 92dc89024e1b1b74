#!/bin/sh
# forksum: its contract, its sums, what it refuses, and what it does when processes fail.
. common/test/tap.sh

forksum=$BUILD/forksum
quick="-r 1 -w 0 -t 0"

# first_line TITLE WANTED OPERAND...
first_line() {
    title=$1 wanted=$2
    shift 2
    # shellcheck disable=SC2086 # a list of options
    run "$forksum" $quick "$@"
    # shellcheck disable=SC2154 # run sets run_status
    check "$title" [ "$run_status $(head -n 1 "$TMP/out")" = "0 $wanted" ]
}

contract forksum 1 40
ok '--help' "$BUILD/forksum" --help
out_has '--time says what it is here' 'of each part'

# What a process costs is no servant's first business: every eighth step has it, from the first one on.
run sh -c 'seq 17 | "$@"' - "$forksum" --steps -t 0 1 5
check 'a servant has its sum in every step' [ "$(grep -c '^forksum,sum,' "$TMP/out")" -eq 17 ]
check 'and the rest in every eighth' \
    [ "$(sed -n 's/^forksum,process,s,lower,\([0-9]*\),.*/\1/p' "$TMP/out" | tr '\n' ' ')" = '1 9 17 ' ]

first_line "1..5000" 12502500 1 5000
# Without a time to measure for, a line's slope may be of any sign, and then there is nothing to say.
ok "with figures" "$forksum" -r 3 -w 0 -t 50ms 1 100
out_has "what a process costs, and where it goes" \
    '^a process costs [0-9.]+ us: create [0-9.]+,.* exit [0-9.]+, wait [0-9.]+'
first_line "both children at once" 500500 --order tree 1 1000
first_line "one number" 7 7 7
first_line "zero" 0 0 0
first_line "leaves of 16 numbers" 5050 --leaf 16 1 100
first_line "all 64-bit numbers" 170141183460469231722463931679029329920 \
    --leaf 18446744073709551615 0 18446744073709551615
first_line "the largest number there is" 340282366920938463463374607431768211455 \
    340282366920938463463374607431768211455 340282366920938463463374607431768211455

refused() {
    title=$1
    shift
    status 2 "$title is refused" "$forksum" "$@"
    one_line_error "$title: one line"
}
refused "START > END" 2 1
refused "no operand" -r 1
refused "one operand" 1
refused "three operands" 1 2 3
refused "a word" 1 ten
refused "a negative number" -- -1 5
refused "a fraction" 1 2.5
refused "a number beyond 128 bits" 1 340282366920938463463374607431768211456
refused "a sum beyond 128 bits" 1 340282366920938463463374607431768211455

# shellcheck disable=SC2086 # a list of options
{
    status 3 "a wrong sum is found" "$forksum" $quick --inject wrong 1 100
    one_line_error "a wrong sum: one line, no figure"
    status 1 "a killed child is reported" "$forksum" $quick --inject kill 1 100
    err_has "a killed child: which one, and by which signal" \
        '^forksum: child for 100..100: killed by signal 9'
    status 1 "a child that ends early is reported" "$forksum" $quick --inject exit 1 100
    err_has "ended early: which one" '^forksum: answer for 100..100: the child ended without one'
    ok "an answer in many pieces is put together" "$forksum" $quick --inject short 1 100
    ok "a refused process is asked for again" "$forksum" $quick --inject starve 1 100
    out_has "and every refusal counts" '^[1-9][0-9]* times a process was refused'
    ok "SIGCHLD ignored by the caller" sh -c 'trap "" CHLD; exec "$@"' - "$forksum" $quick 1 100
}

tap_done
