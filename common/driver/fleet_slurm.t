#!/bin/sh
# A fleet by Slurm, a real one with two nodes (common/test/slurm.sh): srun, a node that goes down in
# mid-campaign, what is resumed, a job array, and that a killed srun leaves nothing.
. common/test/tap.sh
. common/test/slurm.sh
export FLEET_BEAT=1
slurm_begin

out=$TMP/srun
quick='-p native -b forksum --quick'
row() { grep -q "^$1\$" "$out/fleet.csv"; }
# begin OUT OPTION...: in the background, until both nodes are in their third round.
begin() {
    out=$1
    shift
    sh ./run.sh "$@" -o "$out" >"$TMP/said" 2>&1 &
    begin_pid=$!
    for _ in $(seq 300); do
        [ "$(cat /tmp/guestmark-fleet.*.n[12]/err 2>/dev/null | grep -c 'round 3 ')" -lt 2 ] || break
        sleep 1
    done
}
# clean: no process of a job is left, wherever it has gone, nor a folder.
clean() {
    for _ in $(seq 60); do
        clean_left=$(
            ls -d /tmp/guestmark-fleet.*.n[12] 2>/dev/null
            grep -lsz '^SLURM_JOB_ID=' /proc/[0-9]*/environ | while read -r clean_file; do
                tr '\0' '\n' 2>/dev/null <"$clean_file" | grep -qx "SLURM_CONF=$SLURM_CONF" &&
                    echo "$clean_file: $(tr '\0' ' ' <"${clean_file%/*}/cmdline")"
            done
        )
        [ -n "$clean_left" ] || return 0
        sleep 1
    done
    echo "$clean_left" >&2
    return 1
}

# idle: what is cancelled leaves the queue when its nodes have answered.
idle() {
    for _ in $(seq 60); do
        [ -n "$(squeue -h)" ] || return 0
        sleep 1
    done
    return 1
}

# shellcheck disable=SC2086 # a list of words
ok 'srun on two nodes' sh ./run.sh --fleet 'srun --nodes=2 --ntasks-per-node=1' $quick -n 1 -o "$out"
check 'n1 is done' row 'n1,done,,n1'
check 'n2 is done' row 'n2,done,,n2'
check 'the merged report' grep -q '2 hosts' "$out/report.txt"
check 'the job is a fact' grep -q '^slurm.job_id=[0-9]' "$out/n1/environment.txt"
check 'no more CPUs than allocated' awk -F= '/^slurm.cpus_on_node=/ { n = $2 }
    /^setting.(test|client)_cpus=/ { split($2, c, ","); for (i in c) used[c[i]] = 1 }
    END { for (i in used) m++; exit !(m > 0 && m <= n) }' "$out/n1/environment.txt"
ok 'nothing stays' clean

# shellcheck disable=SC2086
begin "$TMP/down" --fleet 'srun --no-kill --nodes=2 --ntasks-per-node=1' $quick -n 12
scontrol update NodeName=n2 State=DOWN Reason=test
begin_status=0
wait "$begin_pid" || begin_status=$?
check 'a node goes down: exit status 1' [ "$begin_status" -eq 1 ]
check 'it is a line' row 'n2,failed,.*,n2'
scontrol update NodeName=n2 State=RESUME 2>/dev/null
slurm_idle
ok 'resumed' sh ./run.sh --resume "$out"
check 'both are done' [ "$(grep -c ',done,' "$out/fleet.csv")" -eq 2 ]
check 'twelve rounds each' sh -c 'for host in n1 n2; do
    [ "$(cut -d , -f 4 "$1/$host/samples.csv" | grep -c "^12$")" -gt 0 ] || exit; done' - "$out"
check 'the merged report' grep -q '2 hosts' "$out/report.txt"

# shellcheck disable=SC2086
begin "$TMP/killed" --fleet 'srun --nodes=2 --ntasks-per-node=1' $quick -n 1000
# shellcheck disable=SC2046 # a list of numbers
kill -s KILL $(pgrep -f "^srun .*$TMP/killed")
wait "$begin_pid"
ok 'srun is killed: nothing stays on the nodes' clean
check 'nor an allocation' idle
check 'a line each' [ "$(grep -c ',failed,"*lost: ' "$out/fleet.csv")" -eq 2 ]

out=$TMP/array
# shellcheck disable=SC2086
ok 'a job array' \
    sh ./run.sh --fleet 'sh common/driver/fleet_slurm.sh 2 --partition=all --' $quick -n 1 -o "$out"
check 'both are done' [ "$(grep -c ',done,' "$out/fleet.csv")" -eq 2 ]
ok 'nothing stays' clean
run sh common/driver/fleet_slurm.sh --print 3 --time=60 -- sh host.sh "$TMP" token
out_has 'it asks for whole nodes' '^#SBATCH .*--array=1-3 .*--exclusive'
out_has 'and has the options given' '^#SBATCH --time=60$'
status 2 'it wants a number' sh common/driver/fleet_slurm.sh many -- true

tap_done
