#!/bin/sh
# Runs in the lab's machine `engines` (engines.t): each engine with all that docker.t asks of it, what it
# grants seen from inside.
# usage: engines.sh PLATFORM...
. common/test/tap.sh
. common/platforms/platform.sh
. common/platforms/limits.sh

check 'control groups are of version 2 only' [ -f /sys/fs/cgroup/cgroup.controllers ]
# What is asked of an engine may be slow here.
limits_measure "$BUILD/forksum" --version

engine() {
    ok "$1" sh docker/docker.t "$1"
    check "$1 was not skipped" sh -c '! grep "# SKIP" "$1"' - "$TMP/out"
    check "$1: its memory and its CPUs were seen from inside" grep -q '^ok.* memory as given' "$TMP/out"
}
for platform; do engine "$platform"; done

tap_done
