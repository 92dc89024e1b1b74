#!/bin/sh
# The whole chain for real: one round over native, docker and qemu with next to no work; a guest killed
# in the middle; Ctrl-C in the middle. Nothing is left behind afterwards.
. common/test/tap.sh

campaign=$TMP/campaign

# driver ARGUMENT...: run.sh as a process of its own number, with the default answer to SIGINT, which a
# shell's background jobs ignore. Its processes are told from others' by their environment.
driver() {
    RUN_T="$TMP" perl -e '$SIG{INT} = "DEFAULT"; open my $f, ">", shift; print $f $$; close $f; exec @ARGV' \
        "$TMP/pid" ./run.sh "$@"
}

containers() {
    for engine in docker podman; do
        timeout 5 "$engine" ps -aq 2>/dev/null
    done | sort
}

nothing_left() {
    run grep -ls "RUN_T=$TMP" /proc/[0-9]*/environ
    check "$1: no process" [ ! -s "$TMP/out" ]
    check "$1: no runtime files" [ ! -e "$BUILD/run/$(cat "$TMP/pid")" ]
    containers >"$TMP/containers"
    check "$1: no container" cmp "$TMP/containers" "$TMP/containers.before"
}

usable() { grep -q "^$1,yes," "$campaign/platforms.csv"; }
reason() { sed -n "s/^$1,no,//p" "$campaign/platforms.csv"; }

# wait_for SECONDS COMMAND...
wait_for() {
    wait_tries=$(($1 * 5))
    shift
    until "$@"; do
        [ $((wait_tries -= 1)) -gt 0 ] || return 1
        sleep 0.2
    done
}

containers >"$TMP/containers.before"
run driver -p native,docker,qemu -n 1 -s 1 --quick -o "$campaign"
tap_report "$run_status" 'a campaign over native, docker and qemu'
nothing_left 'a campaign'
check 'there is a report' test -s "$campaign/report.txt"
check 'and one for the browser' grep -q '</html>' "$campaign/report.html"

measured() { # PLATFORM BENCHMARK METRIC
    awk -F, -v p="$1" -v b="$2" -v m="$3" '
        $3 == p && $5 == b && $6 == m && $9 == 1 && $10 > 0 { found = 1 }
        END { exit !found }' "$campaign/samples.csv"
}
for platform in native native2 docker qemu; do
    if ! usable "${platform%2}"; then
        skip "$platform" "$(reason "$platform")"
        continue
    fi
    while read -r benchmark metric; do
        failed=$(grep ",$platform,1,$benchmark," "$campaign/failures.csv" | cut -d, -f 6-)
        case $failed in
        *'no nginx'*) skip "$platform: $benchmark $metric" "$failed" ;;
        *) check "$platform: $benchmark $metric" measured "$platform" "$benchmark" "$metric" ;;
        esac
    done <<'END'
linpack lu
memsweep sweep
memsweep copy
forksum sum
diskrand iops
nginxload requests
nginxload download
platform startup
END
    check "$platform: what a step costs the host" \
        grep -Eq ",$platform,1,linpack,host_cpu,s,lower,1,[0-9.]+\$" "$campaign/samples.csv"
    check "$platform has the same programs" grep -q ",$platform,1,platform,sha256.equal,yes" \
        "$campaign/facts.csv"
done
check 'no platform is another one than its name says' \
    sh -c '! grep -Eq ",(identity|sha256|isa|clock)," "$1"' - "$campaign/guards.csv"

if usable qemu; then
    check 'every trial over user-mode networking is marked' [ \
        "$(grep -c ',qemu,1,nginxload,network,mark,' "$campaign/guards.csv")" -eq \
        "$(grep -c ',qemu,1,nginxload,trial,complete' "$campaign/facts.csv")" ]
    driver -p qemu -n 1 -b memsweep,linpack,forksum,diskrand --limit 60 -o "$TMP/killed" >"$TMP/out" \
        2>"$TMP/err" &
    run_pid=$!
    # The first guest is prepare's; the round's is killed in its first trial.
    check 'a round of qemu has begun' wait_for 90 grep -q 'round 1' "$TMP/err"
    guest=$BUILD/run/$(cat "$TMP/pid")/up/101/state/qemu.pid
    check 'a guest is there' wait_for 60 test -s "$guest"
    sleep 4
    kill -s KILL "$(cat "$guest")"
    wait "$run_pid" || :
    check 'kill -9 of a guest is a row with a reason' grep -q ',qemu,1,' "$TMP/killed/failures.csv"
    nothing_left 'kill -9 of a guest'
else
    skip 'kill -9 of a guest is a row with a reason' "$(reason qemu)"
fi

if usable docker; then platform=docker; elif usable qemu; then platform=qemu; else platform=native; fi
driver -p "$platform" -n 3 -o "$TMP/interrupted" >"$TMP/out" 2>"$TMP/err" &
run_pid=$!
check "a round of $platform has begun" wait_for 60 grep -q 'round 1' "$TMP/err"
sleep 2
kill -s INT "$(cat "$TMP/pid")"
int_status=0
wait "$run_pid" || int_status=$?
check 'Ctrl-C ends it with 130' [ "$int_status" -eq 130 ]
check 'it says how to go on' grep -q -- '--resume' "$TMP/err"
nothing_left 'Ctrl-C'

tap_done
