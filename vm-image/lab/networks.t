#!/bin/sh
# KVM in the lab: networks, numbers of CPUs, memory, ways to write.
. common/test/tap.sh
. vm-image/in_lab.sh

kernel=$(cd "$BUILD" && pwd)/vm-image/vmlinuz
in_lab 1800 kvm vm-image/lab/variants.sh \
    "kvm:net=tap,cpus=2,memory=300M,kernel=$kernel" kvm:net=passt,aio=native,cpu=max \
    kvm:machine=pc,aio=io_uring,cache=none,prealloc=off \
    kvm:cache=writethrough,prealloc=full,aio=threads
