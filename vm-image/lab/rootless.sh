#!/bin/sh
# Runs in the lab's machine `engines` (rootless.t): campaigns of an ordinary user with engines of his own. It
# has no systemd, by which such an engine would be granted control groups, until one is started at the end.
. common/test/tap.sh
. common/platforms/platform.sh

home=/home/user runtime=/run/user/1000
echo user:100000:65536 | tee /etc/subuid >/etc/subgid
chmod 666 /dev/net/tun
mkdir -p "$runtime" "$BUILD/run"
busybox chown user "$BUILD"
busybox chown -R user "$runtime" "$BUILD/run" "$BUILD/vm-image" "$LAB_RESULTS"
as_user() {
    HOME=$home XDG_RUNTIME_DIR=$runtime DOCKER_HOST=unix://$runtime/docker.sock TMPDIR=/tmp \
        setpriv --reuid 1000 --regid 1000 --clear-groups "$@"
}

# campaign PLATFORM BENCHMARKS: whole.
campaign() {
    campaign=$LAB_RESULTS/$1
    run as_user ./run.sh -p "native,$1" -b "$2" --quick -n 1 -s 1 -o "$campaign"
    rm -f "$TMP/out" "$TMP/err"
    # shellcheck disable=SC2154 # set by run
    tap_report "$run_status" "a campaign, native and $1"
    check "$1 was usable" grep -q "^$1,yes," "$campaign/platforms.csv"
    check "$1: no trial failed" [ "$(wc -l <"$campaign/failures.csv")" -eq 1 ]
    for benchmark in $(echo "$2" | tr , ' '); do
        check "$1: $benchmark" grep -q ",$1,1,$benchmark," "$campaign/samples.csv"
    done
    sed 's/^/# /' "$campaign/report.txt"
}

# unlimited PLATFORM WHAT: the report says so.
unlimited() {
    check "$1: that it limits no $2 is said" grep -Eq ",$1,1,[a-z]*,resources,mark,\"[0-9.]+ $2 there" \
        "$campaign/guards.csv"
}

as_user sh /usr/share/docker.io/contrib/dockerd-rootless.sh >"$TMP/engine" 2>&1 &
tries=120
until as_user docker version >/dev/null 2>&1 || [ $((tries -= 1)) -eq 0 ]; do sleep 1; done
ok "a user's own engine answers" as_user docker info --format '{{.SecurityOptions}}'
out_has 'and says what it is' name=rootless
[ "$tries" -gt 0 ] || tail -n 20 "$TMP/engine" | sed 's/^/# /'

campaign docker forksum,diskrand,nginxload
unlimited docker CPUs
unlimited docker 'MiB of memory'
check 'docker: and that it was asked to' \
    grep -q ',docker,1,-,resources,mark,.*not limited as asked: CPUs and memory' "$campaign/guards.csv"

# podman gives CPUs by affinity.
campaign podman forksum,nginxload
unlimited podman 'MiB of memory'

# As after a login: the user's systemd grants what it has been granted, and his session is beside it. It and
# podman are to take this machine for one that systemd has booted.
group=/sys/fs/cgroup/user
mkdir -p "$group/systemd" "$group/session" /run/systemd/system
for controller in cpu memory pids; do echo "+$controller" >"$group/cgroup.subtree_control"; done
busybox chown -R user "$group/systemd" "$group/cgroup.procs" # what he moves passes the latter
mkdir -p "$home/.config/containers"
printf '[engine]\ncgroup_manager = "systemd"\n' >"$home/.config/containers/containers.conf"
busybox chown -R user "$home"
(
    echo 0 >"$group/systemd/cgroup.procs"
    as_user /lib/systemd/systemd --user >"$TMP/systemd" 2>&1
) &
tries=60
until [ -S "$runtime/systemd/private" ] || [ $((tries -= 1)) -le 0 ]; do sleep 1; done
[ "$tries" -gt 0 ] || sed 's/^/# /' "$TMP/systemd"
echo $$ >"$group/session/cgroup.procs"
ok "podman, where the user's systemd grants control groups" \
    as_user sh docker/docker.t podman platform.rootless=yes
sed '/^ok/d; s/^/# /' "$TMP/out"
check 'its memory was seen from inside' grep -q '^ok.* memory as given' "$TMP/out"

tap_done
