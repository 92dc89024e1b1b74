#!/bin/sh
# Runs in the lab's machine `kvm` (order.t): the order that one expects, in a campaign whose host is emulated:
# making processes costs a KVM guest more than native, and an emulated guest more than that.
. common/test/tap.sh

campaign=$LAB_RESULTS/campaign
ok 'a campaign, native, kvm and qemu' ./run.sh -p native,kvm,qemu -b forksum --quick -n 1 -s 1 -o "$campaign"
check 'no trial failed' [ "$(wc -l <"$campaign/failures.csv")" -eq 1 ]
awk -F, '$5 == "forksum" && $6 == "sum" && $9 > 0 { sum[$3] += $10; n[$3]++ }
    END { for (p in sum) printf "# %s: %.4g s\n", p, mean[p] = sum[p] / n[p]
          exit !(mean["native"] < mean["qemu"] && mean["kvm"] < mean["qemu"]) }' "$campaign/samples.csv"
tap_report "$?" 'an emulated guest is dearer than a KVM guest, here too'
check 'the report says that this host is itself a guest' grep -q nested "$campaign/report.txt"

tap_done
