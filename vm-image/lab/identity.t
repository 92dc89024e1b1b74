#!/bin/sh
# In the lab: a row named kvm behind which TCG emulates.
. common/test/tap.sh
. vm-image/in_lab.sh

in_lab 1800 kvm vm-image/lab/fake.sh
