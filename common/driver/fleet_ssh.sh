#!/bin/sh
# A launcher for hosts that have nothing but sshd: runs the command on all of them at once, each with this
# stdin, which neither pdsh nor parallel hand on. SSH is what reaches them (ssh -o BatchMode=yes).
# usage: fleet_ssh.sh HOST... -- COMMAND ARGUMENT...
#        for run.sh: --fleet 'sh common/driver/fleet_ssh.sh n1 n2 --'
set -eu
unset CDPATH && export LC_ALL=C

ssh_end() {
    trap '' INT TERM HUP
    # shellcheck disable=SC2086 # a list of numbers
    kill $ssh_pids $ssh_tails 2>/dev/null || :
    rm -rf "$ssh_folder"
}

ssh_folder=$(mktemp -d "${TMPDIR:-/tmp}/guestmark-ssh.XXXXXX")
ssh_pids='' ssh_tails='' ssh_hosts='' ssh_status=0
trap ssh_end EXIT
trap 'exit 143' INT TERM HUP
while [ "${1:---}" != -- ]; do
    ssh_hosts="$ssh_hosts $1"
    shift
done
if [ $# -lt 2 ] || [ -z "$ssh_hosts" ]; then
    echo 'usage: fleet_ssh.sh HOST... -- COMMAND ARGUMENT...' >&2
    exit 2
fi
shift
# stdin goes by a file, so that a host that hangs does not keep the others from hearing.
: >"$ssh_folder/stdin"
for ssh_host in $ssh_hosts; do
    mkfifo "$ssh_folder/$ssh_host.in"
    tail -n +1 -f "$ssh_folder/stdin" >"$ssh_folder/$ssh_host.in" &
    ssh_tails="$ssh_tails $!"
    # shellcheck disable=SC2086 # a command with options
    ${SSH:-ssh -o BatchMode=yes} "$ssh_host" "$@" <"$ssh_folder/$ssh_host.in" &
    ssh_pids="$ssh_pids $!"
done
exec 3<&0
{
    cat <&3 >>"$ssh_folder/stdin"
    sleep 2 # for the tails, which look every second
    # shellcheck disable=SC2086 # a list of numbers
    kill $ssh_tails 2>/dev/null
} &
ssh_feeder=$!
for ssh_pid in $ssh_pids; do wait "$ssh_pid" || ssh_status=$?; done
kill "$ssh_feeder" 2>/dev/null || :
exit "$ssh_status"
