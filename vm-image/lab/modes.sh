#!/bin/sh
# Runs in the lab's machine `engines` (modes.t): Docker with user ids of its own, a docker that is podman, and
# systemd-nspawn.
. common/test/tap.sh
. common/platforms/platform.sh
. common/platforms/limits.sh
limits_measure "$BUILD/forksum" --version

# Engines that map user ids: root in a container is nobody outside, and may not write to our folder.
echo user:100000:65536 | tee /etc/subuid >/etc/subgid
export ROOT="$PWD" LOG="$TMP/log" TEST_CPUS=0 MEMORY=512M
STATE=$(mktemp -d "$BUILD/lab-test.XXXXXX")
trap 'platform_down; platform_release; rm -rf "$TMP" "$STATE"' EXIT
use() {
    PLATFORM=$1 PLATFORM_NAME=${1%%:*}
    . docker/platform.sh
}
use docker
engine_config() { echo '{"userns-remap": "user"}'; }
ok 'docker with userns-remap is prepared' platform_prepare
run container_engine info --format '{{.SecurityOptions}}'
out_has 'and says so' 'name=userns'
ok 'it is up' platform_up
ok 'and its data folder can be written' platform_run sh -c 'echo x >/data/x'
ok 'down' platform_down
ok 'released' platform_release

# docker that is podman, as the package podman-docker has it.
mkdir "$TMP/bin"
printf '#!/bin/sh\nexec podman "$@"\n' >"$TMP/bin/docker"
chmod +x "$TMP/bin/docker"
in_disguise() (PATH=$TMP/bin:$PATH platform_probe)
status 77 'podman in the clothes of docker' in_disguise
out_has 'is told' 'docker is podman'

# systemd-nspawn, as a user would name it; this machine has no systemd to tell.
campaign=$LAB_RESULTS/campaign
nspawn="systemd-nspawn --quiet --pipe --register=no --keep-unit -D $BUILD/nspawn"
cp -R "$BUILD/rootfs" "$BUILD/nspawn"
ok 'a campaign with systemd-nspawn' \
    ./run.sh -p native -p "exec:$nspawn" -b forksum --quick -n 1 -s 1 -o "$campaign"
check 'no trial failed' [ "$(wc -l <"$campaign/failures.csv")" -eq 1 ]
check 'it has figures' grep -q 'exec:systemd-nspawn.*,1,forksum,sum,' "$campaign/samples.csv"

tap_done
