#!/bin/sh
# KVM for real, on a machine that need not have it: lab/kvm.sh in the lab's machine kvm.
. common/test/tap.sh
. vm-image/in_lab.sh

in_lab 900 kvm vm-image/lab/kvm.sh forksum
