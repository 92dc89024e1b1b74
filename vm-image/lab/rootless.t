#!/bin/sh
# Docker as an ordinary user's own engine, who is root within and may limit nothing.
. common/test/tap.sh
. vm-image/in_lab.sh

in_lab 1800 engines vm-image/lab/rootless.sh
