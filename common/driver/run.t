#!/bin/sh
# The driver against an adapter that prints what the programs would print and goes wrong as told:
# what is recorded, what is refused, what is resumed, and that nothing stays behind.
. common/test/tap.sh
. common/test/driver.sh

FAKE="$TMP/fake.log"
export FAKE
mkdir "$TMP/adapter"
fake=$TMP/adapter/fake.sh
cat >"$fake" <<'END'
platform_probe() {
    [ "$(platform_key mode none)" != unusable ] || { echo 'fake: no engine answers; start it'; return 77; }
}
platform_prepare() { :; }
platform_up() {
    echo "up $PLATFORM" >>"$FAKE"
    shell=$(readlink /proc/$$/exe)
    echo "${shell##*/}" >>"$FAKE.blocks"
    sleep 1000 &
    echo $! >"$STATE/server"
    case $(platform_key mode none),$ROUND in
    nostart,[1-9]*) echo 'fake: the engine died' >&2; return 1 ;;
    upset,[1-9]*) sleep 1000 ;;
    esac
}
platform_run() {
    case $1,$2 in
    linpack,--list-isa) printf 'avx2\nsse2\ngeneric\n'; return ;;
    *,--version) return ;;
    esac
    case $(platform_key mode none),$1 in
    hang,memsweep) (trap '' INT TERM; setsid sleep 1001; sleep 1002) ;;
    slow,memsweep) echo slow >>"$FAKE"; sleep 1003 ;;
    fail,memsweep) echo 'memsweep: sweep: wrong answer' >&2; return 3 ;;
    silent,memsweep) return 9 ;;
    torn,memsweep) printf '%s\n' "$tap_columns" 'memsweep,sweep,s/acc'; return ;;
    nan,memsweep) printf '%s\n' "$tap_columns" memsweep,sweep,s,lower,1,nan; return ;;
    methods,forksum) case $* in *'=clone '*) return 77 ;; esac ;;
    wrong-method,forksum) case $* in *'=spawn '*) return 3 ;; esac ;;
    crash,memsweep) kill -s KILL $$ ;;
    esac
    fake_metric=time
    case $* in # memsweep's other parts
    *' copy') fake_metric=copy ;;
    *' latency '*) fake_metric=latency ;;
    esac
    echo '# quoted=a,"b"'
    echo "$tap_columns"
    echo "$1,$fake_metric,s,lower,0,1e-3"
    echo "$1,$fake_metric,s,lower,1,0.0012"
    echo "$1,$fake_metric,s,lower,2,1.25e-03"
}
platform_data() { echo "$STATE"; }
platform_sha256() { sha256sum "$BUILD/linpack" | sed 's|/.*/||'; }
platform_url() { echo 'fake: no nginx'; return 77; }
platform_facts() { echo platform.kind=fake; }
platform_pids() { cat "$STATE/server"; }
platform_down() {
    echo "down $PLATFORM" >>"$FAKE"
    [ "$(platform_key mode none)" != ending ] || kill -s TERM "$(cat "$RUN_T/pid")"
}
END

# ---- refusals ----
ok '--help' driver --help
check '--help fits 80 columns' awk 'length > 80 { exit 1 }' "$TMP/out"
out_has '--help has an example' '^  run.sh '
for spelling in --rounds=x -nx '-n x' '--rounds x'; do
    # shellcheck disable=SC2086 # two words
    status 2 "$spelling" driver $spelling
    err_has "$spelling: is read as a number of rounds" '^run.sh: (-n|--rounds) x: not a whole number'
done
status 2 'a flag with a value' driver --quick=1
err_has 'takes none' '^run.sh: --quick: takes no value'
status 2 'an empty value' driver --output=
status 2 'an operand' driver native
while read -r options; do
    # shellcheck disable=SC2086 # a list of words
    status 2 "refused: $options" driver $options
    one_line_error "refused in one line: $options"
done <<'END'
--no-such
operand
-p
-p nonsense
-p native2
-p ./no-such-adapter.sh
-b nonsense
-n 0
-n x
-n 99999
-t soon
-s -1
-c 4096
-m lots
--limit 0
--resume .
END

# ---- --list ----
ok '--list' driver --list
cp "$TMP/out" "$TMP/list"
check 'fits 80 columns' awk 'length > 80 { exit 1 }' "$TMP/list"
check 'every row has an answer' awk '
    /^  [a-z]/ && !($2 ~ /^usable:?$/ || $2 == "no:" && NF > 2 || $0 ~ /any value$/ || $1 == "exec:COMMAND") {
        exit 1 }' "$TMP/list"
for row in native docker docker:net=host docker:storage=overlay docker:runtime=runsc podman \
    apptainer kvm qemu \
    qemu:disk=raw qemu:disk=qed qemu:prealloc=full qemu:cache=unsafe qemu:aio=io_uring qemu:net=tap \
    qemu:net=passt \
    qemu:machine=q35 qemu:machine=microvm qemu:cpu=MODEL qemu:cpus=N qemu:kernel=FILE exec:COMMAND; do
    check "--list has $row" grep -q "^  $row " "$TMP/list"
done
check 'each row is there once' [ -z "$(awk '/^  [a-z]/ { print $1 }' "$TMP/list" | sort | uniq -d)" ]
check 'an emulated microvm is none, with the reason' grep -Eq '^  qemu:machine=microvm +no: [a-z]' "$TMP/list"
nothing_left '--list'

# ---- what is recorded ----
# Every process of the driver runs in the shell, not only the first: its `sh` is the first in PATH. With
# busybox so is every other command that busybox has, as on a host with nothing else.
mkdir "$TMP/dash" "$TMP/busybox"
! command -v dash >/dev/null || ln -s "$(command -v dash)" "$TMP/dash/sh"
if command -v busybox >/dev/null; then
    for applet in $(busybox --list); do ln -s "$(command -v busybox)" "$TMP/busybox/$applet"; done
fi

# recorded SHELL FOLDER: what a campaign in that shell has written down.
recorded() {
    check "$1: every block runs in it" sh -c '[ "$(sort -u "$1")" = "$2" ]' - "$FAKE.blocks" "$1"
    check "$1: samples have the columns" \
        grep -qx "$tap_samples" "$2/samples.csv"
    check "$1: a sample is a row" row "$fake,2,linpack,time,s,lower,2,1.25e-03" "$2/samples.csv"
    check "$1: a warm-up too" row "$fake,1,linpack,time,s,lower,0,1e-3" "$2/samples.csv"
    check "$1: starting is measured" row "$fake,1,platform,startup,s,lower,1,[0-9.]+" "$2/samples.csv"
    check "$1: the bill is a row" row "$fake,1,forksum,host_cpu,s,lower,1,[0-9.]+" "$2/samples.csv"
    check "$1: facts are rows, quoted" row "$fake,1,linpack,quoted,\"a,\"\"b\"\"\"" "$2/facts.csv"
    check "$1: a failed trial is a row with its reason" \
        row "$fake:mode=fail,1,memsweep,memsweep: sweep: wrong answer" "$2/failures.csv"
    check "$1: and has no sample" sh -c '! grep -q "mode=fail,[12],memsweep," "$1"' - "$2/samples.csv"
    check "$1: nginx is missing with a reason" row "$fake,1,nginxload,fake: no nginx" "$2/failures.csv"
    check "$1: usable platforms are listed" grep -qx "$fake,yes," "$2/platforms.csv"
    check "$1: the plan has every trial" [ "$(wc -l <"$2/plan.csv")" -eq 21 ]
    check "$1: each platform is started once per round and once before" \
        [ "$(grep -c "^up $fake\$" "$FAKE")" -eq 3 ]
    check "$1: environment has the seed" grep -qx 'setting.seed=7' "$2/environment.txt"
    check "$1: and the CPU, as the programs call it" \
        [ "$(sed -n 's/^cpu\.model=//p' "$2/environment.txt")" = "$cpu_model" ]
}
cpu_model=$("$BUILD/forksum" --facts -r 1 -w 0 -t 1ms -f csv 1 2 | sed -n '/=unknown$/d; s/^# cpu\.model=//p')
for shell in dash busybox; do
    if [ ! -e "$TMP/$shell/sh" ]; then
        skip "a campaign in $shell" "no $shell here (apt-get install $shell)"
        continue
    fi
    : >"$FAKE"
    : >"$FAKE.blocks"
    IN=$TMP/$shell
    run driver -p "$fake,$fake:mode=fail" -n 2 -s 7 --quick -o "$TMP/$shell.d"
    IN=
    nothing_left "$shell: a campaign"
    recorded "$shell" "$TMP/$shell.d"
done
if [ -e "$TMP/dash/sh" ] && [ -e "$TMP/busybox/sh" ]; then
    check 'both shells: the same order' cmp "$TMP/dash.d/plan.csv" "$TMP/busybox.d/plan.csv"
fi
out=$TMP/out.d
driver -p "$fake" -b linpack -n 1 --quick -o "$out" >/dev/null 2>&1
status 2 'a folder with results is not written over' driver -p "$fake" -n 1 -o "$out"

plan_of() { # SEED FOLDER
    driver -p "$fake,$fake:mode=a,$fake:mode=b" -b linpack,memsweep,forksum -n 2 -s "$1" --quick -o "$2"
}
run plan_of 1 "$TMP/p1"
run plan_of 1 "$TMP/p2"
run plan_of 2 "$TMP/p3"
check 'same seed, same order' cmp "$TMP/p1/plan.csv" "$TMP/p2/plan.csv"
check 'other seed, other order' sh -c '! cmp -s "$1" "$2"' - "$TMP/p1/plan.csv" "$TMP/p3/plan.csv"
check 'rounds differ in order' awk -F, '{ o[$1] = o[$1] $2 $3 } END { exit o[1] == o[2] }' "$TMP/p1/plan.csv"

# forksum by every method, each a benchmark of its own; what a platform does not have is said.
run driver -p "$fake:mode=methods" -b forksum,linpack -n 1 --methods --quick -o "$TMP/methods"
for method in vfork spawn thread; do
    check "--methods: a row for $method" row \
        "$fake:mode=methods,1,forksum:method=$method,time,s,lower,1,0.0012" "$TMP/methods/samples.csv"
done
check '--methods: clone is not there' sh -c '! grep -q clone "$1"/samples.csv &&
    grep -q "forksum:method=clone,.*exit status 77" "$1"/failures.csv' - "$TMP/methods"
check '--methods: the plain one stays' row "$fake:mode=methods,1,forksum,time,s,lower,1,0.0012" \
    "$TMP/methods/samples.csv"
run driver -p "$fake:mode=wrong-method" -b forksum:range=1-9 -n 1 --methods --quick -o "$TMP/wrong-method"
check '--methods: a wrong answer of one is its failure' \
    grep -q ',"forksum:range=1-9,method=spawn",.*exit status 3 ' "$TMP/wrong-method/failures.csv"
check '--methods: and not the others' row \
    "$fake:mode=wrong-method,1,\"forksum:range=1-9,method=vfork\",time,s,lower,1,0.0012" \
    "$TMP/wrong-method/samples.csv"
status 2 '--methods: without forksum' driver -b linpack --methods

# A comma may also separate the keys of a platform.
run driver -p "$fake:mode=a,other=b,$fake:mode=c" -b linpack -n 1 --quick -o "$TMP/keys"
check 'keys stay with their platform' grep -qx "\"$fake:mode=a,other=b\",yes," "$TMP/keys/platforms.csv"
check 'and are quoted in samples' row "\"$fake:mode=a,other=b\",1,linpack,time,s,lower,1,0.0012" \
    "$TMP/keys/samples.csv"

# ---- what goes wrong ----
status 77 'nothing usable' driver -p "$fake:mode=unusable" -n 1 -o "$TMP/unusable"
check 'with the reason' grep -qx "$fake:mode=unusable,no,fake: no engine answers; start it" \
    "$TMP/unusable/platforms.csv"

for mode in silent torn nan; do
    run driver -p "$fake:mode=$mode" -n 1 -b memsweep,forksum --quick -o "$TMP/$mode"
    check "$mode: no sample" sh -c '! grep -q memsweep "$1"' - "$TMP/$mode/samples.csv"
    check "$mode: a reason" grep -q "memsweep,memsweep: " "$TMP/$mode/failures.csv"
    check "$mode: the others go on" grep -q "forksum,time" "$TMP/$mode/samples.csv"
done

run driver -p "$fake:mode=hang,$fake" -n 1 -b memsweep --limit 2 --quick -o "$TMP/hang"
check 'a hung trial has a reason' row "$fake:mode=hang,1,memsweep,memsweep: not done within 2 s" \
    "$TMP/hang/failures.csv"
check 'the others go on' row "$fake,1,memsweep,time,s,lower,1,0.0012" "$TMP/hang/samples.csv"
nothing_left 'a hung trial'

run driver -p "$fake:mode=crash" -n 1 -b memsweep,forksum --quick -o "$TMP/crash"
check 'kill -9 of an adapter has a reason' grep -q 'memsweep,.*was killed' "$TMP/crash/failures.csv"
nothing_left 'kill -9 of an adapter'

run driver -p "$fake:mode=nostart" -n 4 -b memsweep --quick -o "$TMP/nostart"
check 'a platform that does not start: the reason' grep -q 'platform,fake: the engine died' \
    "$TMP/nostart/failures.csv"
check 'is tried twice' [ "$(grep -c 'platform,fake: the engine died' "$TMP/nostart/failures.csv")" -eq 2 ]
check 'without samples that is a failure' [ "$run_status" -eq 1 ]

run stop TERM "$TMP/stopped" -p "$fake,$fake:mode=slow" -n 3 -b linpack,memsweep -s 4 --quick
check 'TERM ends it' [ "$stop_status" -eq 143 ]
nothing_left 'TERM'
status 143 'TERM while a block is being ended is not lost' driver -p "$fake:mode=ending" -n 2 -b linpack \
    --quick -o "$TMP/ending"
check 'and no round follows' sh -c '! grep -q ",2,linpack," "$1"' - "$TMP/ending/samples.csv"
nothing_left 'TERM while a block is being ended'
closed() { driver -p "$fake" -n 2 -b linpack --quick -o "$TMP/pipe" 2>&1 | head -n 1 >/dev/null; }
ok 'its output is read by nobody' closed
nothing_left 'a closed pipe'

# ---- resume ----
sed 's/mode none),\$1 in/mode none)x,$1 in/' "$fake" >"$fake.new" && mv "$fake.new" "$fake"
printf '2026-01-01T00:00:00Z,x,"%s:mo' "$fake" >>"$TMP/stopped/samples.csv"
run driver --resume "$TMP/stopped" -n 3
check 'every trial is there once' awk -F, '
    $6 == "time" && $9 == 1 { n[$3, $4, $5]++; all++ }
    END { for (i in n) if (n[i] != 1) exit 1; exit all != 12 }' "$TMP/stopped/samples.csv"
check 'the torn line is gone' awk -F, 'NF != 10 { exit 1 }' "$TMP/stopped/samples.csv"
check 'the plan is not repeated' [ "$(wc -l <"$TMP/stopped/plan.csv")" -eq 13 ]

# ---- a full disk ----
full() {
    unshare -Urm sh -c '
        mkdir -p "$2" && mount -t tmpfs -o size=$4 full "$2" || exit 99
        ./run.sh -p "$1" -n 50 -b linpack --quick -o "$2/results"
        status=$?
        cp "$2/results/samples.csv" "$3"
        exit $status' - "$fake" "$TMP/full" "$TMP/full.csv" "$1"
}
if unshare -Urm true 2>/dev/null; then
    status 1 'no room for a campaign' full 24k
    err_has 'is one line' '^run.sh: .*environment.txt: cannot be written$'
    status 1 'a full disk ends the campaign' full 48k
    err_has 'and is named' 'cannot be written|No space'
    check 'no row is torn' awk -F, 'NF != 10 { exit 1 }' "$TMP/full.csv"
    nothing_left 'a full disk'
else
    skip 'a full disk ends the campaign' 'no user namespaces'
fi

tap_done
