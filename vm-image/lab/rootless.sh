#!/bin/sh
# Runs in the lab's machine `engines` (rootless.t): a campaign of an ordinary user with a Docker engine of his
# own. This machine has no systemd, by which such an engine would be granted control groups.
. common/test/tap.sh
. common/platforms/platform.sh

home=/home/user runtime=/run/user/1000
echo user:100000:65536 | tee /etc/subuid >/etc/subgid
chmod 666 /dev/net/tun
mkdir -p "$runtime" "$BUILD/run"
busybox chown user "$BUILD"
busybox chown -R user "$runtime" "$BUILD/run" "$BUILD/vm-image" "$LAB_RESULTS"
as_user() {
    HOME=$home XDG_RUNTIME_DIR=$runtime DOCKER_HOST=unix://$runtime/docker.sock \
        setpriv --reuid 1000 --regid 1000 --clear-groups "$@"
}
as_user sh /usr/share/docker.io/contrib/dockerd-rootless.sh >"$TMP/engine" 2>&1 &
tries=120
until as_user docker version >/dev/null 2>&1 || [ $((tries -= 1)) -eq 0 ]; do sleep 1; done
ok "a user's own engine answers" as_user docker info --format '{{.SecurityOptions}}'
out_has 'and says what it is' name=rootless
[ "$tries" -gt 0 ] || tail -n 20 "$TMP/engine" | sed 's/^/# /'

campaign=$LAB_RESULTS/campaign
run as_user ./run.sh -p native,docker -b forksum,diskrand,nginxload --quick -n 1 -s 1 -o "$campaign"
rm -f "$TMP/out" "$TMP/err"
# shellcheck disable=SC2154 # set by run
tap_report "$run_status" 'a campaign, native and docker'
check 'docker was usable' grep -q '^docker,yes,' "$campaign/platforms.csv"
check 'no trial failed' [ "$(wc -l <"$campaign/failures.csv")" -eq 1 ]
for benchmark in forksum diskrand nginxload; do
    check "$benchmark" grep -q ",docker,1,$benchmark," "$campaign/samples.csv"
done
for what in CPUs 'MiB of memory'; do
    check "that it limits no $what is said" grep -Eq ",docker,1,[a-z]*,resources,mark,\"[0-9.]+ $what there" \
        "$campaign/guards.csv"
done
sed 's/^/# /' "$campaign/report.txt"

tap_done
