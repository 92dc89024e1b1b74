#!/bin/sh
# KVM in the lab: machines, disks and their caches.
. common/test/tap.sh
. vm-image/in_lab.sh

in_lab 1800 kvm vm-image/lab/variants.sh \
    kvm:machine=q35,disk=raw,cache=writeback kvm:machine=microvm,disk=qcow2,net=user \
    kvm:disk=qed,cache=unsafe kvm:cache=directsync,prealloc=metadata
