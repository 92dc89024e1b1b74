#!/bin/sh
# Runs in the lab's machine `sid` (apptainer.t): a campaign with a real Apptainer as an ordinary user; and as
# root, who can limit its memory by control groups of version 2.
. common/test/tap.sh
. common/platforms/platform.sh

# The user's: what a campaign writes to.
mkdir -p "$BUILD/run"
busybox chown -R user "$BUILD/run" "$BUILD/vm-image" "$LAB_RESULTS"
chmod go+rx "$BUILD"
campaign=$LAB_RESULTS/campaign
as_user() { HOME=/home/user setpriv --reuid 1000 --regid 1000 --clear-groups "$@"; }
run as_user ./run.sh -p native,apptainer --quick -n 1 -s 1 -o "$campaign"
rm "$TMP/out" "$TMP/err"
tap_report "$run_status" 'a campaign of an ordinary user, native and apptainer'
sed 's/^/# /' "$campaign/failures.csv"
[ "$run_status" -eq 0 ] || sed 's/^/# /' "$campaign"/*.csv "$campaign/log/driver.log" | tail -n 60
check 'apptainer was usable' grep -q '^apptainer,yes,' "$campaign/platforms.csv"
check 'no trial failed' [ "$(wc -l <"$campaign/failures.csv")" -eq 1 ]
for benchmark in $PLATFORM_TOOLS; do
    check "$benchmark" grep -q ",apptainer,1,$benchmark," "$campaign/samples.csv"
done
check 'the engine is named' grep -Eq ',apptainer,1,platform,platform\.engine,apptainer version' \
    "$campaign/facts.csv"
check 'no guard doubts what it is' sh -c '! grep -E ",apptainer,1,[a-z]*,(identity|sha256|isa)," "$1"' - \
    "$campaign/guards.csv"

busybox chown -R root "$BUILD/run" "$BUILD/vm-image"
# This machine has no systemd, by which Apptainer would otherwise have its control groups made.
busybox sed -i 's/^systemd cgroups = yes/systemd cgroups = no/' /etc/apptainer/apptainer.conf
export BUILD ROOT="$PWD" LOG="$TMP/log" TEST_CPUS=0 MEMORY=256M PLATFORM=apptainer PLATFORM_NAME=apptainer
STATE=$(mktemp -d "$BUILD/lab-test.XXXXXX")
trap 'platform_down; rm -rf "$TMP" "$STATE"' EXIT
. docker/apptainer.sh
ok 'as root' platform_prepare
ok 'fresh' platform_fresh
ok 'up' platform_up
run platform_facts
out_has 'memory is limited' '^platform\.memory=256M$'
run platform_run memsweep -r 1 -t 1ms -f csv --size 1M latency
out_has 'and the program sees it' '^# cgroup\.memory=256M$'
status 0 'what fits is had' platform_run memsweep -r 1 -w 0 -t 1ms --size 64M latency
run platform_run memsweep -r 1 -w 0 -t 1ms --size 512M latency
check 'what does not is not' [ "$run_status" -ne 0 ]
ok 'down' platform_down
check 'nothing is left' [ -z "$(ls -A "$STATE")" ]

tap_done
