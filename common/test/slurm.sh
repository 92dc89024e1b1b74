# A Slurm of two nodes, n1 and n2, on this machine: munged, slurmctld and two slurmd, each in a name space of
# names, with everything they write in $TMP/slurm and ports of their own. For tests that run as root:
#
#     . common/test/slurm.sh
#     slurm_begin      # or skips all; from then on srun and sbatch talk to it; it ends with the test

slurm_dir=$TMP/slurm

# slurm_conf PORT: three ports from there on.
slurm_conf() {
    slurm_cpus=$(nproc)
    cat <<END
ClusterName=guestmark
SlurmctldHost=$(uname -n)(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$slurm_dir/run/munge
CryptoType=crypto/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
SlurmctldPort=$1
StateSaveLocation=$slurm_dir/state
SlurmdSpoolDir=$slurm_dir/%n
SlurmctldPidFile=$slurm_dir/slurmctld.pid
SlurmdPidFile=$slurm_dir/%n.pid
SlurmctldLogFile=$slurm_dir/slurmctld.log
SlurmdLogFile=$slurm_dir/%n.log
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
KillWait=10
NodeName=n1 NodeHostname=$(uname -n) NodeAddr=127.0.0.1 Port=$(($1 + 1)) CPUs=$slurm_cpus
NodeName=n2 NodeHostname=$(uname -n) NodeAddr=127.0.0.1 Port=$(($1 + 2)) CPUs=$slurm_cpus
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
}

slurm_begin() {
    PATH=$PATH:/usr/sbin
    for slurm_program in munged:munge slurmctld:slurmctld slurmd:slurmd srun:slurm-client; do
        command -v "${slurm_program%:*}" >/dev/null ||
            skip_all "no ${slurm_program%:*} (apt-get install ${slurm_program#*:})"
    done
    unshare --uts --mount true 2>/dev/null || skip_all 'no name spaces for names and mounts (root)'
    mkdir -p "$slurm_dir/key" "$slurm_dir/run" "$slurm_dir/state" "$slurm_dir/n1" "$slurm_dir/n2"
    # munged wants to be sure that nobody else can come in between.
    chmod 755 "$TMP" "$slurm_dir" "$slurm_dir/run"
    chmod 700 "$slurm_dir/key"
    (umask 077 && head -c 1024 /dev/urandom >"$slurm_dir/key/key")
    trap slurm_end EXIT
    munged --force --key-file="$slurm_dir/key/key" --socket="$slurm_dir/run/munge" \
        --pid-file="$slurm_dir/key/pid" \
        --log-file="$slurm_dir/key/log" --seed-file="$slurm_dir/key/seed" --num-threads=2 >/dev/null 2>&1 ||
        skip_all "munged does not start here: $(tail -n 1 "$slurm_dir/key/log")"
    slurm_conf $((20000 + $$ % 4000 * 3)) >"$slurm_dir/slurm.conf"
    export SLURM_CONF="$slurm_dir/slurm.conf"
    slurmctld >/dev/null 2>&1 ||
        skip_all "slurmctld does not start here: $(tail -n 1 "$slurm_dir/slurmctld.log")"
    for slurm_node in n1 n2; do
        unshare --uts sh -c 'hostname "$1" && exec slurmd -N "$1"' - "$slurm_node" >/dev/null 2>&1 ||
            skip_all "slurmd does not start here: $(tail -n 1 "$slurm_dir/$slurm_node.log")"
    done
    slurm_idle ||
        skip_all "a Slurm's nodes do not come up here: $(sinfo -h -N -o '%N %T %E' 2>&1 | tr '\n' ' ')"
}

# slurm_idle: until both nodes are.
slurm_idle() {
    for _ in $(seq 60); do
        [ "$(sinfo -h -N -t idle -o %N 2>/dev/null | wc -l)" -ne 2 ] || return 0
        sleep 1
    done
    return 1
}

slurm_end() {
    scancel -u root 2>/dev/null
    sleep 1
    slurm_pids=$(cat "$slurm_dir"/n[12].pid "$slurm_dir/slurmctld.pid" "$slurm_dir/key/pid" 2>/dev/null)
    # shellcheck disable=SC2086 # a list of numbers
    kill $slurm_pids 2>/dev/null
    # They write until they have ended.
    for _ in $(seq 60); do
        # shellcheck disable=SC2086
        ps -o pid= -p "$(echo $slurm_pids | tr ' ' ,)" >/dev/null 2>&1 || break
        sleep 1
    done
    rm -rf "$TMP"
}
