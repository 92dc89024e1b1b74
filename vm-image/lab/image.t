#!/bin/sh
# The image that boots by itself, under KVM.
. common/test/tap.sh
. vm-image/in_lab.sh

why=$(sh vm-image/build.sh image 2>/dev/null) || skip_all "${why:-the image could not be built}"
in_lab 1200 kvm vm-image/lab/image.sh
