#!/bin/sh
# Sizes that benchmarks are spelled with: which they are, the smallest form, and that what takes an emulated
# platform longer than there is time for is refused, with the size that fits.
. common/test/tap.sh

cat >"$TMP/ask.sh" <<'END'
ROOT=$PWD ROUND_SECONDS=24 QUICK='' RESUME='' LIMIT=120
. common/driver/progress.sh
. common/driver/say.sh
. common/driver/sizes.sh
"$@"
END
ask() { sh "$TMP/ask.sh" "$@"; }

while read -r benchmark size small; do
    check "$benchmark has the size $size" test \
        "$(ask sizes_of "$benchmark" | cut -d ' ' -f 1,2)" = "${size%-*} ${size#*-}"
    check "$benchmark: in small, $small" test "$(ask sizes_small "$benchmark")" = "$small"
done <<'END'
linpack:size=1000,kernel=classic size-1000 linpack:size=100,kernel=classic
linpack:kernel=classic,size=1000 size-1000 linpack:kernel=classic,size=100
linpack:size=50 size-50 linpack:size=50
forksum:range=1-5000 range-5000 forksum:range=1-16
forksum:range=7-5000,method=vfork range-4994 forksum:range=7-22,method=vfork
nginxload:download bytes-536870912 nginxload:download,bytes=4M
nginxload:bytes=32M,download bytes-33554432 nginxload:bytes=4M,download
nginxload:upload=512M upload-536870912 nginxload:upload=4M
END
for benchmark in linpack linpack:kernel=classic linpack:size=100..4000 diskrand:pattern=read \
    nginxload:close; do
    check "$benchmark has no size" test -z "$(ask sizes_of "$benchmark")"
    check "$benchmark stays" test "$(ask sizes_small "$benchmark")" = "$benchmark"
done

# What is refused: paces of one platform in, which are those of the small sizes.
paces() { WORK=$TMP BUDGET_SECONDS=$1 CHOSEN_BENCHMARKS=$2 ask sizes_check; }
printf 'a:b=c,d\tlinpack:size=1000 0.01\na:b=c,d\tforksum:range=1-5000 0.3\n' >"$TMP/paces"
export WORK BUDGET_SECONDS CHOSEN_BENCHMARKS
status 2 'longer than the budget' paces 480 'linpack:size=1000 forksum:range=1-5000'
err_has 'how long it takes' '^run.sh: a:b=c,d: forksum:range=1-5000 takes about 94 s a run; '
err_has 'with what all would do' 'choose what fits, or --budget 12m;'
err_has 'and what fits: half of 408 s is 34 s a run, for 2 runs in 3 rounds' '; forksum:range=1-1800 fits$'
check 'what fits into its share is not named' sh -c '! grep -q linpack "$1"' - "$TMP/err"
ok 'a longer budget' paces 3600 'linpack:size=1000 forksum:range=1-5000'
ok 'no budget, and within the limit of a step' paces '' 'linpack:size=1000 forksum:range=1-5000'
printf 'a\tforksum:range=1-5000 0.9\n' >"$TMP/paces"
status 2 'no budget, and longer than a step may take' paces '' forksum:range=1-5000
err_has 'what fits the step' '; forksum:range=1-1700 fits$'
printf 'a\tnginxload:download 2\n' >"$TMP/paces"
status 2 'bytes' paces 480 nginxload:download
err_has 'in MiB' '; nginxload:download,bytes=190M fits$'
: >"$TMP/paces"
ok 'nothing that has a size' paces 1 linpack

# A whole driver, whose platform says that it is emulated and whose programs are slow.
cat >"$TMP/slow.sh" <<'END'
platform_probe() { :; }
platform_prepare() { :; }
platform_up() { :; }
platform_run() {
    case $* in
    *--list-isa | *--version) echo generic ;;
    linpack*)
        echo "$*" >>"$ASKED"
        printf '%s\n' benchmark,metric,unit,better,rep,value linpack,lu,flop/s,higher,1,1e4
        ;;
    esac
}
platform_data() { echo "$STATE"; }
platform_facts() { printf '%s\n' platform.kind=vm identity.kvm_enabled="$ENABLED"; }
platform_sha256() { sha256sum "$BUILD/linpack" | sed 's|/.*/||'; }
platform_pids() { :; }
platform_down() { :; }
END
export ASKED="$TMP/asked" ENABLED=false
status 2 'an emulated platform is asked for its pace' ./run.sh -p "$TMP/slow.sh" -b linpack:size=1000 -t 60s \
    -o "$TMP/slow"
err_has 'and refused' 'slow.sh: linpack:size=1000 takes about 66667 s a run; linpack:size=[0-9]+ fits'
check 'in the small size, once' test "$(grep -c -e '--size=100$' "$ASKED")" = 1
check 'nothing is measured' test "$(wc -l <"$TMP/slow/samples.csv")" = 1
: >"$ASKED"
ENABLED=true
run ./run.sh -p "$TMP/slow.sh" -b linpack:size=1000 -n 1 -o "$TMP/kvm"
check 'one that is not is not asked' sh -c '! grep -qe "--size=100$" "$1"' - "$ASKED"
run ./run.sh -p "$TMP/slow.sh" -b linpack:size=1000 -n 1 --quick -o "$TMP/quick"
check '--quick runs the small size under the name that was asked for' sh -c '
    grep -q ",linpack:size=1000,lu," "$1" && grep -qe "--size=100$" "$2"' - "$TMP/quick/samples.csv" "$ASKED"
tap_done
