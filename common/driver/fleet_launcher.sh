#!/bin/sh
# Runs a fleet's launcher, a shell command, with words added to it, and leaves its exit status in a file.
# usage: fleet_launcher.sh FILE LAUNCHER WORD...
unset CDPATH && export LC_ALL=C
launcher_file=$1 launcher=$2
shift 2
sh -c "$launcher \"\$@\"" launcher "$@"
echo "$?" >"$launcher_file"
