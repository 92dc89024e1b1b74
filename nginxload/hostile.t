#!/bin/sh
# nginxload against a server that misbehaves as told: every error under its own name, none of them
# a request, and latencies that show what the server did.
. common/test/tap.sh

load=$BUILD/nginxload

# The server prints its port and ends when its stdin does: when this shell closes descriptor 9.
mkfifo "$TMP/stdin" "$TMP/port"
"$BUILD/test/hostile_helper" nginxload/corpus <"$TMP/stdin" >"$TMP/port" &
exec 9>"$TMP/stdin"
read -r port <"$TMP/port"
url=http://127.0.0.1:$port

# ---- every hostile answer of the corpus, among good ones ----
for file in nginxload/corpus/*; do
    name=${file##*/}
    error=${name%%-*}
    if [ "$error" = good ]; then
        ok "$name is taken" "$load" -f csv -r 1 -w 0 -j 1 --requests 100 "$url/every/2/$name"
        check "$name counts" grep -qx '# requests.good=100' "$TMP/out"
    else
        status 3 "$name is refused" "$load" -r 1 -w 0 -j 2 --requests 100 "$url/every/10/$name"
        check "$name is counted as $error" grep -Eq " of 100 requests failed: $error [0-9]+\$" "$TMP/err"
    fi
done

# ---- errors that are no answers ----
status 3 'a reset' "$load" -r 1 -w 0 -j 2 --requests 100 "$url/every/10/rst"
err_has 'is counted as reset' 'failed: reset 10$'
status 3 'no answer' "$load" -r 1 -w 0 -j 2 --requests 40 --timeout 100ms "$url/every/10/hang"
err_has 'is counted as timeout' 'failed: timeout 4$'
ok 'byte by byte' "$load" -f csv -r 1 -w 0 -j 1 --requests 20 "$url/every/5/slow"
out_has 'is taken' '^# requests.good=20$'
ok 'one error in two thousand is tolerated' \
    "$load" -f csv -r 1 -w 0 -j 1 --requests 2000 "$url/every/2000/status-error"
out_has 'and named' '^# errors=status 1$'
out_has 'and not a request' '^# requests.good=1999$'
status 3 'a transfer tolerates none' \
    "$load" -r 1 -w 0 -j 2 -t 50ms --upload 100k "$url/every/10/status-error"
one_line_error 'one line'
err_has 'that says what failed' 'a transfer has failed: status'

ok 'one wrong bit in a body' "$load" -r 1 -w 0 -j 2 --requests 100 "$url/every/10/flip"
status 3 'is seen by --verify' "$load" -r 1 -w 0 -j 2 --verify --requests 100 "$url/every/10/flip"
err_has 'as digest' 'failed: digest 10$'

# ---- waiting for the server ----
status 1 'the probe gives up on a server that hangs' \
    "$load" -r 1 --timeout 100ms "$url/every/1/hang"
err_has 'and says so' 'no answer within 0.1 s'
status 77 'a server without ranges' "$load" -r 1 --download "$url/good"
err_has 'is told how to go on' 'try --whole'

# ---- a body that is waited for in large pieces, and comes in small ones ----
ok 'a slow body, with a timeout shorter than it' \
    "$load" -f csv -r 1 -w 0 -j 2 --requests 2 --timeout 150ms "$url/trickle/30"
out_has 'moves on' '^# requests.good=2$'
ok 'a download of it' "$load" -f csv -r 1 -w 0 -t 1ms --timeout 150ms --download --whole "$url/trickle/30"

# ---- latencies that are known ----
# value METRIC: its last value in the last run's csv.
value() { awk -F, -v metric="$1" '$2 == metric { value = $6 } END { print value }' "$TMP/out"; }
# between LOW METRIC HIGH TITLE
between() {
    check "$4" awk -v low="$1" -v value="$(value "$2")" -v high="$3" \
        'BEGIN { exit !(value != "" && value >= low && value <= high) }'
}

ok 'a server that takes 20 ms' "$load" -f csv -r 1 -w 0 -j 4 --requests 80 "$url/delay/20"
between 0.020 latency.p50 0.030 'has a latency of 20 ms'
# Four connections, each busy for 20 ms: no more than 200 requests/s.
between 100 requests 200.5 'and allows 200 requests/s'

ok 'an upload that is answered before it is taken' \
    "$load" -f csv -r 1 -w 0 -t 1ms --upload 100k "$url/early/200"
between 0.2 upload 1 'ends when all of it has been taken'

# 100 requests/s in time, each 10 ms late: latency is the delay, nothing waits.
ok 'a rate that the server keeps' \
    "$load" -f csv -r 2 -w 0 -t 1s -j 8 --rate 100 "$url/delay/10"
between 0.010 latency.p50 0.016 'has the latency of the delay'
between 97 requests 103 'and is achieved'
out_has 'which the guard says' '^# guard.rate=pass$'

# 200 ms of every second the server answers nothing. Of requests due at a constant rate a fifth meet
# the stall and wait evenly between 0 and 200 ms: the 90th percentile is at 100 ms, the 98th at 180.
# One connection, as a closed loop would see it, has only one request that waits.
ok 'a server that stalls' "$load" -f csv -r 1 -w 0 -t 3s -j 1 --rate 1000 "$url/stall/200/1000"
between 0.080 latency.p90 0.125 'shows in the latency from when requests were due'
between 0 service.p90 0.02 'and would hide in the latency from when they were sent'

# 4 connections at 20 ms each answer 200 requests/s; 400 are asked for.
ok 'a rate that the server cannot keep' \
    "$load" -f csv -r 1 -w 0 -t 500ms -j 4 --rate 400 "$url/delay/20"
out_has 'fails the guard' '^# guard.rate=.* of 400 requests/s were achieved'

exec 9>&-
wait
tap_done
