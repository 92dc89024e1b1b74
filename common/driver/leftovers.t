#!/bin/sh
# What is ended, what is not, and what a driver that was killed has left.
. common/test/tap.sh
. common/driver/processes.sh
BUILD=$(cd "${BUILD:-build}" && pwd)
export BUILD
state=$TMP/state\ of/run mark=test-$$-1_
mkdir -p "$state"

# shellcheck disable=SC2317 # called through the checks
lives() { kill -0 "$1" 2>/dev/null && ! grep -q '^State:.*Z' "/proc/$1/status"; }
# shellcheck disable=SC2317
gone() { ! lives "$1"; }

# ---- whose processes are ended ----
cp "$(command -v sleep)" "$TMP/vi"
cp "$(command -v sleep)" "$TMP/nginx"
cp "$(command -v sh)" "$TMP/editor"
"$TMP/editor" -c 'sleep 300 & wait; exit' "$state/samples.csv" &
editor=$!
"$TMP/nginx" 300 &
other=$!
perl -e 'exec { $ARGV[0] } "nginx: master process $ARGV[1]/conf", 300' "$TMP/nginx" "$state" &
server=$!
env GUESTMARK_BLOCK="$mark" sh -c 'sleep 300 & wait' &
marked=$!
sleep 0.3
check 'an editor that shows a file of ours runs' lives "$editor"
ok 'a block is ended' processes_end "$mark" "$state"
wait "$marked" 2>/dev/null
wait "$server" 2>/dev/null
check 'what carries its mark is ended' gone "$marked"
check 'so is a server that has only its folder' gone "$server"
check 'an editor with a file of ours is not' lives "$editor"
check 'nor is a stranger called like a server' lives "$other"
for pid in $(cat "/proc/$editor/task/$editor/children" 2>/dev/null) "$editor" "$other"; do kill "$pid"; done
wait 2>/dev/null

# ---- a driver that was killed ----
# begun: a campaign under way; sets driver.
begun() {
    rm -rf "$TMP/killed"
    sh ./run.sh -p native -b forksum -n 30 --limit 100 -o "$TMP/killed" >"$TMP/log" 2>&1 </dev/null &
    driver=$!
    tries=0
    until [ -n "$(processes_of "[a-z]*-$driver-[0-9]*_" "$TMP/none")" ] &&
        [ -s "$TMP/killed/samples.csv" ]; do
        tries=$((tries + 1))
        if [ "$tries" -eq 600 ]; then break; fi
        sleep 0.1
    done
    sleep 1
    check 'a campaign is under way' lives "$driver"
}
cleared() {
    check "$1 clears its folder" [ ! -e "$BUILD/run/$driver" ]
    check "$1 ends its processes" [ -z "$(processes_of "[a-z]*-$driver-[0-9]*_" "$BUILD/run/$driver")" ]
    check "$1 leaves nothing of its own" [ -z "$(processes_of 'leftovers-[0-9]*-0_' "$TMP/none")" ]
    check "$1 leaves nothing mounted" sh -c '! grep -q "$1" /proc/self/mounts' - "$BUILD/run/$driver"
}

begun
guardian=$(cat "$BUILD/run/$driver/guardian")
check 'it has a guardian' lives "$guardian"
kill -s KILL "$driver"
wait "$driver" 2>/dev/null
tries=0
while [ -e "$BUILD/run/$driver" ] || lives "$guardian"; do
    tries=$((tries + 1))
    if [ "$tries" -eq 600 ]; then break; fi
    sleep 0.1
done
cleared 'the guardian of one that is killed'
check 'and ends itself' gone "$guardian"

begun
kill -s KILL "$(cat "$BUILD/run/$driver/guardian")" "$driver"
wait "$driver" 2>/dev/null
check 'a driver that is killed with its guardian leaves its folder' [ -d "$BUILD/run/$driver" ]
run sh ./run.sh --list
err_has 'the next run of any kind says so' "clearing up what a run that was killed \\($driver\\) has left"
cleared 'the next run'
run sh ./run.sh --list
check 'then there is nothing to clear' sh -c '! grep -q clearing "$1"' - "$TMP/err"

tap_done
