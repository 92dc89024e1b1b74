#!/bin/sh
# In the lab: what is dearer than what.
. common/test/tap.sh
. vm-image/in_lab.sh

in_lab 1800 engines vm-image/lab/order.sh
