#!/bin/sh
# compare says what was measured, and how: the baseline by its name, pairs only where there are, the
# conditions that change what a figure means, and no two machines as one.
. common/test/tap.sh

# says TITLE TEXT: the last run's output holds the text, wherever its lines break.
says() {
    sed 's/<wbr>//g' "$TMP/out" | tr -s '\n ' ' ' >"$TMP/joined"
    check "$1" grep -Fq -e "$2" "$TMP/joined"
}

# silent TITLE TEXT: it does not.
silent() {
    sed 's/<wbr>//g' "$TMP/out" | tr -s '\n ' ' ' >"$TMP/joined"
    check "$1" sh -c '! grep -Fq -e "$2" "$1"' - "$TMP/joined" "$2"
}

"$BUILD/test/campaign_helper" --cost 1.3 -n 8 "$TMP/plain"

# ---- the baseline, pairs ----

ok 'a report against native' "$BUILD/compare" -f html "$TMP/plain"
says 'says so' '× native</li>'
says 'has a noise floor' 'what two runs of the same native differ by'
says 'and pairs' 'paired by round'
ok 'a report against docker' "$BUILD/compare" -f html --baseline docker "$TMP/plain"
silent 'does not speak of native as the measure' '× native'
says 'but of docker' '× docker</li>'
silent 'nor of two runs of the same native' 'two runs of the same'
says 'but says that nothing ran twice' 'no band: nothing ran twice'
mkdir "$TMP/course"
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
    echo "$i,$((1000 + 30 * i + i % 3))" >>"$TMP/course/native-linpack.csv"
    echo "$i,$((700 + 2 * i * (i % 3 + 1)))" >>"$TMP/course/kvm-linpack.csv"
done
ok 'a report of independent runs' "$BUILD/compare" -f html "$TMP/course"
silent 'knows no pairs' 'paired by round'
silent 'and no rounds to resume' '--resume'
says 'and counts runs' ': 12 runs'
ok 'the same as text' "$BUILD/compare" "$TMP/course"
says 'notes a drift' 'drift check: lu changes by'
silent 'and does not trust pairs there' 'paired by round'

# ---- conditions ----

# conditions LINE...: the campaign with these lines in environment.txt.
conditions() {
    mkdir -p "$TMP/conditions"
    cp "$TMP/plain/samples.csv" "$TMP/conditions"
    printf '%s\n' time=2026-11-21T00:00:00Z "$@" >"$TMP/conditions/environment.txt"
    ok "conditions: $*" "$BUILD/compare" "$TMP/conditions"
}
conditions setting.quick= commit=0123456789 setting.isa=
silent 'nothing odd: no word on --quick' '--quick'
silent 'nor on the tree' 'uncommitted'
silent 'nor on an instruction set' 'instruction set'
says 'a campaign without a design was one of blocks' \
    'design: blocks; in a round one platform runs after the other'
conditions design=turns 'serial=exec:ssh other' serial=vm
says 'turns are said' 'design: turns; in a round all platforms are up'
says 'and who took none' 'in blocks of their own: exec:ssh other, vm'
conditions setting.quick=1
says '--quick is said' 'note: --quick: short repetitions of small problems'
conditions commit=0123456789-dirty
says 'an uncommitted tree is said' 'built from an uncommitted tree (0123456789-dirty)'
conditions setting.isa=avx2 setting.isa=sse2
says 'the instruction set that all were held to is said' \
    'platforms that run the same programs were held to sse2'
cat >"$TMP/conditions/facts.csv" <<'EOF'
time,host,platform,round,benchmark,key,value
1,testhost,native,1,forksum,host.kernel,6.1.0-40
1,testhost,docker,1,forksum,host.kernel,6.1.0-40
1,testhost,docker,1,forksum,identity.kernel,6.1.0-40
1,testhost,qemu,1,forksum,host.kernel,6.1.0-40
1,testhost,qemu,1,forksum,guest.kernel,6.12.9-cloud
EOF
for format in text html markdown json; do
    ok "kernels: $format" "$BUILD/compare" -f "$format" "$TMP/conditions"
    sed -i 's/\\//g' "$TMP/out"
    says "other kernels are said: $format" 'kernels: the host runs 6.1.0-40, but qemu 6.12.9-cloud:'
    says "and what else: $format" 'platforms that run the same programs were held to sse2'
done
ok '--need reads no facts' "$BUILD/compare" --need "$TMP/conditions"
silent 'and says nothing of them' 'kernels'

# ---- one name, two machines ----

# machine NAME LINE...: the campaign on such a machine.
machine() {
    mkdir -p "$TMP/$1"
    cp "$TMP/plain/samples.csv" "$TMP/$1"
    machine_folder=$TMP/$1
    shift
    printf '%s\n' host=testhost "$@" >"$machine_folder/environment.txt"
}
machine one 'cpu.model=Intel Xeon' cpu.count=2 'kernel=Linux 6.1.0' sha256.linpack=0123 sha256.forksum=4567
machine same 'cpu.model=Intel Xeon' cpu.count=2 'kernel=Linux 6.1.0' sha256.linpack=0123
machine cpu 'cpu.model=AMD EPYC' cpu.count=2 'kernel=Linux 6.1.0' sha256.linpack=0123
machine kernel 'cpu.model=Intel Xeon' cpu.count=2 'kernel=Linux 6.12.0' sha256.linpack=0123
machine programs 'cpu.model=Intel Xeon' cpu.count=2 \
    'kernel=Linux 6.1.0' sha256.linpack=9999 sha256.forksum=4567
ok 'one machine, pooled' "$BUILD/compare" --pool "$TMP/one" "$TMP/same"
silent 'is one' 'bear one host name'
for what in 'cpu:cpu.model (Intel Xeon, AMD EPYC)' 'kernel:kernel (Linux 6.1.0, Linux 6.12.0)' \
    'programs:the program linpack'; do
    other=${what%%:*} what=${what#*:}
    status 1 "another $other is not pooled" "$BUILD/compare" --pool "$TMP/one" "$TMP/$other"
    err_has "and named: $other" "one and $TMP/$other bear one host name, but differ in $(echo "$what" |
        tr '()' '..')\$"
    one_line_error "in one line: $other"
    ok "set against each other: $other" "$BUILD/compare" "$TMP/one" "$TMP/$other"
    says "it is said: $other" "bear one host name, but differ in $what"
done
sed 's/testhost/elsewhere/' "$TMP/cpu/samples.csv" >"$TMP/kernel/samples.csv"
sed -i 's/testhost/elsewhere/' "$TMP/kernel/environment.txt"
ok 'other names are other machines' "$BUILD/compare" --pool "$TMP/one" "$TMP/kernel"
silent 'of which nobody expects anything else' 'bear one host name'
out_has 'and one report over hosts' ': 2 hosts: 2 done$'

tap_done
