#!/bin/sh
# A launcher for tests: runs the command on hosts that are name spaces of this machine, each with a name, a
# folder for temporary files, and a stdin of its own, which is this one's; lines of stdout begin with the
# host's name, as pdsh has it. FOLDER/NAME/ is a host's; in it, what makes it another one: machine-id,
# boot-id, bin/ (first in PATH), refuse (no connection), hide (a folder that it does not see), lacks (programs
# that it does not have, one a line). NAME@ANYTHING is another host of that name.
# usage: fleet_hosts.sh FOLDER NAME... -- COMMAND ARGUMENT...
set -eu
unset CDPATH && export LC_ALL=C
hosts_folder=$1
shift
hosts_names=
while [ "$1" != -- ]; do
    hosts_names="$hosts_names $1"
    shift
done
shift

# hosts_enter FOLDER NAME COMMAND...: becomes it, on that host: in name spaces of its own, and no process of
# the launcher's, which a signal for all of these would reach.
hosts_enter() {
    enter=$1 enter_name=${2%%@*}
    shift 2
    exec setsid unshare --uts --mount --propagation private sh -euc '
        enter=$1
        hostname "$2"
        shift 2
        [ ! -f "$enter/machine-id" ] || mount --bind "$enter/machine-id" /etc/machine-id
        [ ! -f "$enter/boot-id" ] || mount --bind "$enter/boot-id" /proc/sys/kernel/random/boot_id
        [ ! -f "$enter/hide" ] || mount -t tmpfs none "$(cat "$enter/hide")"
        [ ! -f "$enter/lacks" ] || while read -r lacks; do
            for folder in $(echo "$PATH:/usr/sbin:/sbin" | tr : " "); do
                [ ! -f "$folder/$lacks" ] || mount --bind /dev/null "$folder/$lacks"
            done
        done <"$enter/lacks"
        cd /
        exec env HOME="$enter" TMPDIR="$enter/tmp" PATH="$enter/bin:$PATH" "$@"' - "$enter" "$enter_name" "$@"
}

exec 3<&0
hosts_pids=
hosts_inputs=
for hosts_name in $hosts_names; do
    hosts_home=$hosts_folder/$hosts_name
    mkdir -p "$hosts_home/tmp" "$hosts_home/bin"
    if [ -f "$hosts_home/refuse" ]; then
        echo "ssh: connect to host $hosts_name port 22: Connection refused" >&2
        continue
    fi
    rm -f "$hosts_home/in"
    mkfifo "$hosts_home/in"
    hosts_enter "$hosts_home" "$hosts_name" "$@" <"$hosts_home/in" | sed -u "s/^/$hosts_name: /" &
    hosts_pids="$hosts_pids $!"
    hosts_inputs="$hosts_inputs $hosts_home/in"
done
# shellcheck disable=SC2086 # lists of words
if [ -n "$hosts_inputs" ]; then tee -p $hosts_inputs <&3 >/dev/null & fi
hosts_tee=${!:-}
hosts_status=0
for hosts_pid in $hosts_pids; do wait "$hosts_pid" || hosts_status=$?; done
[ -z "$hosts_tee" ] || kill "$hosts_tee" 2>/dev/null || :
exit "$hosts_status"
