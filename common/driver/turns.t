#!/bin/sh
# Rounds by turns against an adapter whose programs answer steps as told: slower by a known factor, wrong,
# late, not at all. What is recorded, what is void, what is resumed, and that nothing stays behind.
. common/test/tap.sh
. common/test/driver.sh

FAKE="$TMP/fake.log"
export FAKE
mkdir "$TMP/adapter"
fake=$TMP/adapter/fake.sh
cat >"$fake" <<'END'
mode=$(platform_key mode none)
platform_probe() { :; }
platform_prepare() { :; }
platform_up() {
    echo "up $PLATFORM" >>"$FAKE"
    sleep 1000 &
    echo $! >"$STATE/server"
    case $mode,$ROUND in nostart,[1-9]*) echo 'fake: the engine died' >&2; return 1 ;; esac
}
platform_run() {
    case $1,$2 in
    linpack,--list-isa) printf 'avx2\nsse2\ngeneric\n' ;;
    cat,/proc/sys/net/*) printf reno ;; # as in gVisor: the line has no end
    esac
}
platform_serve() {
    scale=1
    case $mode in
    x*) scale=${mode#x} ;;
    lame) [ "$1" != memsweep ] || { echo 'memsweep: no memory' >&2; return 1; } ;;
    esac
    metric=time
    case $1 in linpack) metric=lu ;; forksum) metric=sum ;; memsweep) metric=sweep ;; esac
    case "$* " in
    *' copy '*) metric=copy ;;
    *' latency '*) metric=latency ;;
    *' --method=clone '*) return 77 ;;
    esac
    unit=s better=lower
    [ "$metric" != lu ] || unit=flop/s better=higher
    echo "$tap_columns"
    echo ready
    own=$(echo "$mode $ROUND $1" | cksum | awk '{ print $1 % 10000 }')
    n=0
    while read -r line; do
        n=$((n + 1))
        case $mode,$1,$n in
        wrong,memsweep,2) echo 'memsweep: sweep: wrong answer' >&2; return 3 ;;
        hang,memsweep,2) (trap '' INT TERM; sleep 1001) ;;
        slow,memsweep,2) echo slow >>"$FAKE"; sleep 1003 ;;
        crash,memsweep,2) kill -s KILL $$ ;;
        torn,memsweep,2) echo memsweep,sweep ;;
        nan,memsweep,2) echo memsweep,sweep,s,lower,2,nan ;;
        esac
        # Common to all platforms of a round, and a little of one's own, the same in each run of this test: of
        # equal platforms, one in twenty is called different by chance.
        awk -v own="$own" -v n="$n" -v scale="$scale" -v round="$ROUND" -v tool="$1" -v metric="$metric" \
            -v unit="$unit" -v better="$better" '
            BEGIN {
                srand(own * 1000 + n)
                cost = scale * (0.001 + 0.0005 * (round % 3)) * (1 + 0.001 * rand())
                printf "%s,%s,%s,%s,%d,%.9g\n", tool, metric, unit, better, n,
                    better == "lower" ? cost : 1 / cost
            }'
        echo end
    done
    echo '# quoted=a,"b"'
    echo '# timed.user=0.25 s'
}
platform_data() { echo "$STATE"; }
platform_sha256() { platform_sha256_of "$BUILD"; }
platform_url() { echo 'fake: no nginx'; return 77; }
platform_facts() { echo platform.kind=fake; }
platform_pids() { cat "$STATE/server"; }
platform_down() { echo "down $PLATFORM" >>"$FAKE"; }
END

quiet() { ! grep -q "$1" "$2"; }
# reps FILE PLATFORM ROUND BENCHMARK: the turns that there are rows of.
reps() {
    awk -F, -v p="$2" -v r="$3" -v b="$4" \
        '$3 == p && $4 == r && $5 == b && $6 != "host_cpu" { print $9 }' "$1" | sort -nu | tr '\n' ' '
}

# ---- what is recorded ----
out=$TMP/out.d
run driver -p "$fake,$fake:mode=x1.5,$fake:mode=wrong,$fake:mode=lame" -b linpack,memsweep,nginxload -n 2 \
    -s 7 --quick -o "$out"
nothing_left 'a campaign'
check 'it succeeds' [ "$run_status" -eq 0 ]
check 'its design is a fact' grep -qx design=turns "$out/environment.txt"
check 'rows have turns as repetitions' [ "$(reps "$out/samples.csv" "$fake" 1 linpack)" = '1 2 ' ]
check 'on all platforms alike' [ "$(reps "$out/samples.csv" "$fake:mode=x1.5" 2 memsweep)" = '1 2 ' ]
check 'a second part of a benchmark has its rows' row "$fake,1,memsweep,latency,s,lower,1,[0-9.e-]+" \
    "$out/samples.csv"
check 'starting is measured' row "$fake,2,platform,startup,s,lower,1,[0-9.]+" "$out/samples.csv"
check 'each platform is started once per round and once before' [ "$(grep -c "^up $fake\$" "$FAKE")" -eq 3 ]
check 'and stopped as often' [ "$(grep -c "^down $fake\$" "$FAKE")" -ge 3 ]
check 'all are up together' awk -v n=0 '
    /^up/ { if (++n > most) most = n } /^down/ && n > 0 { n-- } END { exit most < 4 }' "$FAKE"
check 'facts are rows, quoted' row "$fake,1,linpack,quoted,\"a,\"\"b\"\"\"" "$out/facts.csv"
check 'so is one whose line had no end' row "$fake,1,platform,net.congestion,reno" "$out/facts.csv"
check 'the bill counts turns' row "$fake,1,linpack,turns,2" "$out/facts.csv"
check 'and the time of the steps' row "$fake,1,linpack,bill.wall,[0-9.e-]+ s" "$out/facts.csv"
check 'a wrong answer is a failure' row "$fake:mode=wrong,1,memsweep,memsweep: sweep: wrong answer" \
    "$out/failures.csv"
check 'and leaves no row of that benchmark' quiet 'mode=wrong,[12],memsweep,' "$out/samples.csv"
check 'but of the others' row "$fake:mode=wrong,2,linpack,lu,flop/s,higher,2,[0-9.e+]+" "$out/samples.csv"
check 'a program that is never ready is one' row "$fake:mode=lame,2,memsweep,memsweep: no memory" \
    "$out/failures.csv"
check 'so is a server that does not start' row "$fake,1,nginxload,fake: no nginx" "$out/failures.csv"
check 'the plan has every trial' [ "$(wc -l <"$out/plan.csv")" -eq 25 ]

# ---- a known factor, end to end ----
run driver -p "$fake,$fake:mode=x1,$fake:mode=x1.03" -b linpack,forksum -n 6 -s 3 --quick -o "$TMP/factor"
run "$BUILD/compare" -f csv --baseline "$fake" "$TMP/factor"
cost() {
    awk -F, -v p="$1" -v m="$2" 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i }
        $c["platform"] == p && $c["metric"] == m { print $c["ratio"] + 0, $c["verdict"] }' "$TMP/out"
}
cp "$TMP/out" "$TMP/factor.csv"
check 'a platform that takes 3 % longer is found' sh -c 'set -- $1; [ "$2" = different ] &&
    awk -v r="$1" "BEGIN { exit !(r > 1.028 && r < 1.032) }"' - "$(cost "$fake:mode=x1.03" sum)"
check 'also where more is better' sh -c 'set -- $1; [ "$2" = different ] &&
    awk -v r="$1" "BEGIN { exit !(r > 1.028 && r < 1.032) }"' - "$(cost "$fake:mode=x1.03" lu)"
check 'one that takes as long is equivalent' sh -c 'set -- $1;
    [ "$2" = equivalent ]' - "$(cost "$fake:mode=x1" sum)"

# ---- what is decided retires ----
run driver -p "$fake,$fake:mode=x2" -b forksum -t 40s -s 5 --quick -o "$TMP/decide"
check 'what is decided gets no more turns' awk -F, '
    $5 == "forksum" { last = $4 } $4 > rounds { rounds = $4 } 
        END { exit !(last >= 3 && last <= 8 && last <= rounds) }' \
    "$TMP/decide/samples.csv"

# ---- methods ----
run driver -p "$fake" -b forksum -n 1 --methods --quick -o "$TMP/methods"
check 'every method has rows' row "$fake,1,forksum:method=thread,sum,s,lower,2,[0-9.e-]+" \
    "$TMP/methods/samples.csv"
check 'one that is not there has none, and its reason' sh -c '! grep -q clone "$1" &&
    grep -q "forksum:method=clone" "$2"' - "$TMP/methods/samples.csv" "$TMP/methods/failures.csv"

# ---- benchmarks with options ----
spelled='linpack:size=100,kernel=classic'
run driver -p "$fake,$fake:mode=x2" -b "$spelled,memsweep:metrics=latency" -n 3 -s 6 --quick -o "$TMP/spelled"
check 'a spelling is a row of its own' row "$fake,2,\"$spelled\",lu,flop/s,higher,2,[0-9.e+]+" \
    "$TMP/spelled/samples.csv"
check 'another one, too' row "$fake:mode=x2,2,memsweep:metrics=latency,latency,s,lower,1,[0-9.e-]+" \
    "$TMP/spelled/samples.csv"
check 'and has a verdict' grep -Eq 'memsweep:metrics=latency latency' "$TMP/spelled/report.txt"
check 'the plan names it' grep -qx "3,$fake,\"$spelled\"" "$TMP/spelled/plan.csv"
rows=$(wc -l <"$TMP/spelled/samples.csv")
run driver --resume "$TMP/spelled" -n 3
check 'nothing of it is measured again' [ "$(wc -l <"$TMP/spelled/samples.csv")" -eq "$rows" ]
printf '# mine\nlinpack:size=50 # small\nforksum\n' >"$TMP/mine"
run driver -p "$fake" --set "$TMP/mine" -n 1 --quick -o "$TMP/set"
check 'a set of my own' \
    [ "$(cut -d, -f3 "$TMP/set/plan.csv" | sort | tr '\n' ' ')" = 'benchmark forksum linpack:size=50 ' ]
for set in common/driver/sets/*; do
    run driver --set "${set##*/}" -p "$fake:mode=none" -n 1 --quick -o "$TMP/set.${set##*/}"
    check "--set ${set##*/}: every benchmark is one" [ "$(wc -l <"$TMP/set.${set##*/}/plan.csv")" -gt 1 ]
done
while read -r words; do
    status 2 "refused: -b $words" driver -p "$fake" -b "$words" -n 1
    one_line_error "refused in one line: -b $words"
done <<'END'
linpack:
linpack:size=10x
diskrand:patern=read
diskrand:keep
diskrand:i-know-this-destroys=/dev/null
linpack:reps=3
nonsense:size=1
END
status 2 'a set that is not there' driver --set nonsense

# ---- what goes wrong ----
run driver -p "$fake,$fake:mode=hang" -n 1 -b memsweep,linpack,forksum --limit 2 --quick -s 2 -o "$TMP/hang"
check 'a hung step has a reason' row "$fake:mode=hang,1,memsweep,memsweep: not done within 2 s" \
    "$TMP/hang/failures.csv"
check 'the others go on' [ "$(reps "$TMP/hang/samples.csv" "$fake" 1 memsweep)" = '1 2 ' ]
check 'it has no rows of that benchmark' quiet 'mode=hang,1,memsweep,' "$TMP/hang/samples.csv"
nothing_left 'a hung step'
for mode in torn nan crash; do
    run driver -p "$fake,$fake:mode=$mode" -n 1 -b memsweep,forksum --quick -o "$TMP/$mode"
    check "$mode: no sample" quiet "mode=$mode,1,memsweep" "$TMP/$mode/samples.csv"
    check "$mode: a reason" grep -q "mode=$mode,1,memsweep,.*[a-z]" "$TMP/$mode/failures.csv"
    check "$mode: the others go on" grep -q "$fake,1,memsweep,sweep" "$TMP/$mode/samples.csv"
    nothing_left "$mode"
done
run driver -p "$fake,$fake:mode=nostart" -n 4 -b memsweep --quick -o "$TMP/nostart"
check 'a platform that does not start: the reason, twice' \
    [ "$(grep -c 'platform,fake: the engine died' "$TMP/nostart/failures.csv")" -eq 2 ]
check 'the others measure' [ "$(reps "$TMP/nostart/samples.csv" "$fake" 4 memsweep)" = '1 2 ' ]

run stop TERM "$TMP/stopped" -p "$fake,$fake:mode=slow" -n 2 -b linpack,memsweep,forksum -s 4 --quick
check 'TERM ends it' [ "$stop_status" -eq 143 ]
nothing_left 'TERM'

# ---- resume ----
before=$(grep -c ',turns,complete$' "$TMP/stopped/facts.csv")
sed 's/slow,memsweep,2/never,never,2/' "$fake" >"$fake.new" && mv "$fake.new" "$fake"
run driver --resume "$TMP/stopped" -n 2
check 'every turn is there once' awk -F, '
    $6 != "host_cpu" && $9 > 0 { n[$3, $4, $5, $6, $9]++; all++ }
    END { for (i in n) if (n[i] != 1) { print i > "/dev/stderr"; exit 1 }
        exit all < 36 }' "$TMP/stopped/samples.csv"
check 'what was complete before is not measured again' \
    [ "$(grep -c ',turns,complete$' "$TMP/stopped/facts.csv")" -ge "$before" ]
check 'the plan is not repeated' [ "$(wc -l <"$TMP/stopped/plan.csv")" -eq 13 ]
nothing_left 'a resumed campaign'
tap_done
