#!/bin/sh
# KVM on arm64: what kvm.t does, where the processor, the programs, the root filesystem and the guests are
# that.
. common/test/tap.sh
. vm-image/in_lab.sh

in_lab 1800 arm64 vm-image/lab/kvm.sh forksum,linpack
