#!/bin/sh
# Apptainer for real: Debian has it in sid.
. common/test/tap.sh
. vm-image/in_lab.sh

in_lab 1800 sid vm-image/lab/apptainer.sh
