#!/bin/sh
# Containers under control groups of version 2 only: docker, podman, crun.
. common/test/tap.sh
. vm-image/in_lab.sh

in_lab 1800 engines vm-image/lab/engines.sh docker podman docker:runtime=crun podman:runtime=crun
