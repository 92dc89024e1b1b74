#!/bin/sh
# Runs in the lab's machine `engines` (order.t): the order that one expects, in a campaign whose host is
# emulated: making processes costs a container hardly anything, a KVM guest more, an emulated one most.
. common/test/tap.sh

campaign=$LAB_RESULTS/campaign
ok 'a campaign' ./run.sh -p native,podman,kvm,qemu -b forksum --quick -n 1 -s 1 -o "$campaign"
check 'no trial failed' [ "$(wc -l <"$campaign/failures.csv")" -eq 1 ]
for platform in podman kvm qemu; do
    check "$platform was usable" grep -q "^$platform,yes," "$campaign/platforms.csv"
done
# By the fastest of each, which other work has disturbed least; a container has the host's own processes, but
# for noise.
awk -F, '
    $5 == "forksum" && $6 == "sum" && $9 > 0 && (!least[$3] || $10 < least[$3]) { least[$3] = $10 }
    END {
        for (p in least) printf "# %s: %.4g s\n", p, least[p]
        exit !(least["native"] < 1.25 * least["podman"] && least["podman"] < least["kvm"] &&
            least["kvm"] < least["qemu"])
    }' "$campaign/samples.csv"
tap_report "$?" 'native, container, KVM, emulation: each is dearer than the one before'
check 'the report says that this host is itself a guest' grep -q nested "$campaign/report.txt"
sed 's/^/# /' "$campaign/report.txt"

tap_done
