#!/bin/sh
# What kvm.t does, on Debian 13: its QEMU, its kernel, whose modules are compressed, its other packages.
. common/test/tap.sh
. vm-image/in_lab.sh

in_lab 1800 trixie vm-image/lab/kvm.sh forksum
