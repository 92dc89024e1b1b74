#!/bin/sh
# The driver's own decisions, one by one: what is waited for, when no more rounds are made, which instruction
# set all are held to, how long a start took.
. common/test/tap.sh
# shellcheck disable=SC2034,SC2317,SC2154 # for the driver's parts, which call what is defined here

export ROOT="$PWD"
. common/platforms/platform.sh
. common/driver/campaign.sh
. common/driver/blocks.sh
. common/driver/rounds.sh
. common/driver/prepare.sh
. common/driver/bill.sh
say() { echo "$*"; }
WORK=$TMP/work LOG=$TMP/log OUT=$TMP/out.d RUN=$TMP/run STATE=$TMP/state RESUME=''
mkdir -p "$WORK" "$OUT" "$TMP/common/driver"

# ---- a signal that comes before the wait ----
echo 'exec sleep 60' >"$TMP/common/driver/block.sh"
signalled() (
    # A builtin's place is a function's, and so the signal comes when all is checked and nothing waited for.
    wait() {
        kill -s "$signal" "$(exec sh -c 'echo $PPID')"
        command wait "$@"
    }
    ROOT=$TMP STOPPED='' AWAITED='' BLOCK=block-1-1_ PLATFORM=native
    campaign_signals
    signalled_from=$(date +%s)
    signalled_status=0
    blocks_step round || signalled_status=$?
    [ "$signalled_status" -eq 4 ] && [ "$STOPPED" = "$1" ] && [ $(($(date +%s) - signalled_from)) -lt 30 ]
)
for stop in INT:130 TERM:143 HUP:129; do
    signal=${stop%:*}
    ok "$signal between the check and the wait is acted on at once" signalled "${stop#*:}"
done

# ---- looks ----
# looks STATUS TEXT: a look at what compare says, with this status.
looks() {
    printf '#!/bin/sh\ncat <<END\n%s\nEND\necho "compare: samples.csv:3: torn" >&2\nexit %s\n' "$2" "$1" \
        >"$TMP/compare"
    chmod +x "$TMP/compare"
    BUILD=$TMP ROUND=7 rounds_look
}
open='open	docker	linpack	lu	1.02 +-3 %, inconclusive, about 9 more rounds'
settled='settled	docker	forksum	sum	2.00 +-1 %, different'
ok 'something is open: rounds go on' looks 0 "need 8
$open"
ok 'compare fails: rounds go on' looks 1 ''
out_has 'and it is said why' '^what is decided cannot be told: compare: samples.csv:3: torn$'
check 'and written down' grep -q 'samples.csv:3: torn' "$LOG"
status 1 'all is decided: no more' looks 0 "need 0
$settled"
out_has 'and said' '^after 6 rounds everything is decided$'
status 1 'the last look, with figures still open' looks 0 "need 0
$settled
$open"
out_has 'does not call them decided' '^after 6 rounds 1 figures are still open; no more rounds are made$'

# ---- how long a start took ----
# took NAME STAMP STAMP SECONDS
took() {
    bill_elapsed "$2" "$3" >"$TMP/took"
    check "a start: $1" [ "$(cat "$TMP/took")" = "$4" ]
}
took 'by the fine clock' '1000.250000 50.10' '1000.751000 50.60' 0.501000
took 'while the clock is set forward' '1000.250000 50.10' '1934.250000 50.60' 0.500000
took 'while it is set back' '1000.250000 50.10' '400.100000 50.60' 0.500000
bill_stamp >"$TMP/stamp"
check 'both clocks are read' grep -Eqx '[0-9]+\.[0-9]+ [0-9]+\.[0-9]+' "$TMP/stamp"

# ---- whose CPU time is billed ----
# billed KIND: a platform without a control group.
billed() (
    platform_pids() { echo "$$"; }
    platform_counters() { :; }
    BILL_CGROUP='' BILL_DEVICE='' BILL_DATA=''
    echo "platform.kind=$1" >"$WORK/platform"
    bill_start
    bill_stop
)
ok 'a guest is billed' billed vm
out_has 'what its processes have used' '^bill\.platform_cpu=[0-9.]+ s$'
ok 'a container is billed' billed container
out_has 'by the clock' '^bill\.wall='
check 'but not what nobody knows' sh -c '! grep bill.platform_cpu "$1"' - "$TMP/out"

tap_done
