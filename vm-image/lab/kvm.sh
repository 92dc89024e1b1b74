#!/bin/sh
# Runs in the lab's machines `kvm` (kvm.t) and `arm64` (arm64.t): a campaign with a real KVM guest, and that
# it is one.
# usage: kvm.sh BENCHMARKS
. common/test/tap.sh
. common/platforms/platform.sh
. vm-image/variant.sh

campaign=$LAB_RESULTS/campaign
ok 'a campaign, native and kvm' ./run.sh -p native,kvm -b "$1" --quick -n 1 -s 1 -o "$campaign"
[ "$run_status" -eq 0 ] || sed 's/^/# /' "$campaign"/*.csv "$campaign/log/driver.log" "$TMP/err" | tail -n 60
check 'kvm was usable' grep -q '^kvm,yes,' "$campaign/platforms.csv"
check 'no trial failed' [ "$(wc -l <"$campaign/failures.csv")" -eq 1 ]
# fact KEY VALUE-REGEX
fact() { grep -Eq ",kvm,1,(platform|forksum),$1,$2\$" "$campaign/facts.csv"; }
check 'QMP: KVM is there and in use' fact identity.kvm_enabled true
# arm64's processors do not say it.
[ "$(uname -m)" != x86_64 ] || check 'CPUID: the hypervisor is KVM' fact hypervisor KVMKVMKVM
check 'the virtual CPU left the guest while it was measured' fact bill.exits '[1-9][0-9]*'
check 'no guard doubts what it is' sh -c '! grep -E ",kvm,1,[a-z]*,(identity|sha256|isa)," "$1"' - \
    "$campaign/guards.csv"
check 'the host is a guest itself, and environment.txt says so' grep -q '^virtualized=yes' \
    "$campaign/environment.txt"

# What QMP counts is what the kernel counts, and grows with the work.
variant_begin
exits() { platform_counters | sed -n 's/^exits=//p'; }
variant_use kvm
limits_measure "$BUILD/forksum" --version
run platform_probe
out_has 'probing promises no more than it knows' '^/dev/kvm opens; whether a guest comes up'
ok 'a guest of the adapter comes up' platform_up
before=$(exits)
ok 'work' platform_run forksum -r 1 -t 1ms 1 50
between=$(exits)
kernel=$(cat /sys/kernel/debug/kvm/exits)
after=$(exits)
echo "# exits: $before before and $between after the work by QMP, then $kernel by debugfs, then $after by QMP"
check 'exits grow with the work' [ "$between" -gt "$before" ]
check "and are those that the kernel's own debugfs counts" sh -c '
    [ "$1" -le "$2" ] && [ "$2" -le "$3" ]' - "$between" "$kernel" "$after"
ok 'down' platform_down
check 'nothing is left' [ -z "$(ls -A "$STATE")" ]

# /dev/kvm that may not be opened, that is none, and that is not there.
chmod 600 /dev/kvm
# The user has to reach the checkout, wherever in this machine it lies.
folder=$PWD
while [ "$folder" != / ]; do
    chmod a+x "$folder"
    folder=$(dirname "$folder")
done
as_user() {
    setpriv --reuid 1000 --regid 1000 --clear-groups sh -c '. common/platforms/platform.sh &&
        . vm-image/platform.sh && platform_probe'
}
export PLATFORM PLATFORM_NAME STATE
status 77 'not permitted' as_user
out_has 'and what to do' '/dev/kvm may not be opened by user; add the user to its group: adduser user kvm'
mv /dev/kvm /dev/kvm.away
status 77 'not there' platform_probe
check 'looking for it does not make it' [ ! -e /dev/kvm ]
out_has 'and what to do' '^no /dev/kvm; enable virtualization in the firmware'
: >/dev/kvm
status 77 'a file of that name is no device' platform_probe
rm /dev/kvm
mv /dev/kvm.away /dev/kvm

tap_done
