#!/bin/sh
# A launcher for sites where srun from a login node is not wanted: a job array of Slurm, one task for each
# host, which asks for a node of its own, all of it. The array is submitted, followed, and cancelled when this
# ends before it does. The folder of results must be one that the nodes share. A node that a second task comes
# to is not measured again.
# usage: fleet_slurm.sh HOSTS [SBATCH-OPTION...] -- COMMAND ARGUMENT...
#        for run.sh: --fleet 'sh common/driver/fleet_slurm.sh 4 --partition=cpu --time=60 --'
# With --print before HOSTS the script is printed, not submitted.
set -eu
unset CDPATH && export LC_ALL=C

# slurm_script SBATCH-OPTION... -- COMMAND...: the job. Steps that Slurm would bind to some of the node's CPUs
# are not bound.
slurm_script() {
    echo '#!/bin/sh'
    echo '#SBATCH --job-name=guestmark'
    printf '#SBATCH --array=1-%s --nodes=1 --ntasks=1 --exclusive\n' "$slurm_hosts"
    printf '#SBATCH --output=%s/%%a.out --error=%s/%%a.err\n' "$slurm_folder" "$slurm_folder"
    while [ "$1" != -- ]; do
        printf '#SBATCH %s\n' "$1"
        shift
    done
    shift
    printf "tail -n +1 -f '%s/stdin' | srun --ntasks=1 --cpu-bind=none" "$slurm_folder"
    for slurm_word in "$@"; do printf " '%s'" "$slurm_word"; done
    # The tail would wait for a next line.
    echo ' & wait $!; kill $(jobs -p) 2>/dev/null; exit 0'
}

slurm_end() {
    trap '' INT TERM HUP
    [ -z "$slurm_job" ] || scancel "$slurm_job" 2>/dev/null || :
    # shellcheck disable=SC2086 # a list of numbers
    kill $slurm_pids 2>/dev/null || :
    rm -rf "$slurm_folder"
}

slurm_usage() {
    echo 'usage: fleet_slurm.sh [--print] HOSTS [SBATCH-OPTION...] -- COMMAND ARGUMENT...' >&2
    exit 2
}

# slurm_follow: what the tasks print, until none of them is in the queue.
slurm_follow() {
    slurm_i=0
    while [ "$slurm_i" -lt "$slurm_hosts" ]; do
        slurm_i=$((slurm_i + 1))
        : >"$slurm_folder/$slurm_i.out"
        : >"$slurm_folder/$slurm_i.err"
        tail -n +1 -f "$slurm_folder/$slurm_i.out" &
        slurm_pids="$slurm_pids $!"
    done
    cat <&3 >>"$slurm_folder/stdin" &
    slurm_feeder=$!
    slurm_pids="$slurm_pids $!"
    slurm_job=$(sbatch --parsable "$slurm_folder/job") || exit
    slurm_job=${slurm_job%%;*}
    echo "job array $slurm_job" >&2
    # With the end of our stdin whoever has started us is gone, or wants the hosts to stop.
    while squeue -h -j "$slurm_job" 2>/dev/null | grep -q .; do
        kill -0 "$slurm_feeder" 2>/dev/null || slurm_quiet=$((slurm_quiet + 1))
        [ "$slurm_quiet" -le 20 ] || break
        sleep 3
    done
    slurm_job=
    sleep 2
    cat "$slurm_folder"/*.err >&2
}

slurm_job='' slurm_pids='' slurm_print='' slurm_quiet=0
[ "${1:-}" != --print ] || { slurm_print=1 && shift; }
slurm_hosts=${1:-}
case $slurm_hosts in '' | *[!0-9]*) slurm_usage ;; esac
shift
case " $* " in *' -- '?*) ;; *) slurm_usage ;; esac
# The words end with `... FOLDER TOKEN`: fleet.sh's folder is one that the nodes share, or nothing is.
for slurm_last; do slurm_folder=${slurm_before:-/tmp} slurm_before=$slurm_last; done
[ -d "$slurm_folder" ] || {
    echo 'fleet_slurm.sh: no folder is shared with the nodes: choose one with --output' >&2
    exit 1
}
slurm_folder=$slurm_folder/array
if [ -n "$slurm_print" ]; then
    slurm_script "$@"
    exit
fi
exec 3<&0
trap slurm_end EXIT
trap 'exit 143' INT TERM HUP
mkdir -p "$slurm_folder"
: >"$slurm_folder/stdin"
slurm_script "$@" >"$slurm_folder/job"
slurm_follow
