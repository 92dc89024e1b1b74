#!/bin/sh
# Runs in the lab's machine `kvm` (image.t): the image that boots by itself, under KVM, to a shell.
. common/test/tap.sh
. vm-image/variant.sh

image=$BUILD/vm-image/guestmark.qcow2 boots_accel=kvm boots_seconds=400
boots 'KVM, BIOS, virtio' -machine q35 -drive "file=$image,if=virtio" -nic user,model=virtio-net-pci

tap_done
