#!/bin/sh
# What else stands between a program and the kernel: userns-remap, a docker that is podman, systemd-nspawn.
. common/test/tap.sh
. vm-image/in_lab.sh

in_lab 1800 engines vm-image/lab/modes.sh
