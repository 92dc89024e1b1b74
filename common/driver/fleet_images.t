#!/bin/sh
# A fleet whose hosts share nothing and can build nothing: what containers and guests are made of is carried
# to them. One has no Docker.
. common/test/tap.sh

unshare --uts --mount --propagation private true 2>/dev/null ||
    skip_all 'no name spaces for names and mounts (root)'
command -v qemu-system-x86_64 >/dev/null || skip_all 'no QEMU (apt-get install qemu-system-x86)'
command -v docker >/dev/null || skip_all 'no Docker (apt-get install docker.io)'
why=$(sh vm-image/build.sh guest) || skip_all "$why"
hosts=$TMP/hosts out=$TMP/results
for host in n1 n2; do
    mkdir -p "$hosts/$host"
    echo "$out" >"$hosts/$host/hide"
    printf '%s\n' mmdebstrap cc gcc make >"$hosts/$host/lacks"
done
printf '%s\n' docker dockerd >>"$hosts/n2/lacks"
mkdir "$out"

# measured HOST PLATFORM
measured() {
    awk -F, -v p="$2" '$3 == p && $5 == "forksum" && $10 > 0 { n++ } END { exit !n }' \
        "$out/$1/samples.csv"
}
# left: what the hosts still hold or run; what ends takes its time.
left() {
    for _ in $(seq 60); do
        left=$(
            ls -d "$hosts"/*/tmp/* 2>/dev/null
            grep -ls "TMPDIR=$hosts/" /proc/[0-9]*/environ | while read -r environ; do
                echo "$environ: $(tr '\0' ' ' <"${environ%/*}/cmdline")"
            done 2>/dev/null
            grep -s "$hosts/" /proc/self/mounts
        )
        [ -n "$left" ] || return 0
        sleep 1
    done
    echo "$left" >&2
    return 1
}

ok 'native, docker and qemu on hosts that share nothing' sh ./run.sh \
    --fleet "sh $PWD/common/test/fleet_hosts.sh $hosts n1 n2 --" \
    -p native,docker,qemu -b forksum --quick -n 1 -o "$out"
err_has 'all of it goes by stdin' "go by the launcher's stdin"
docker=$(sed -n 's/^docker,no,//p' "$out/n1/platforms.csv")
if [ -n "$docker" ]; then
    skip 'docker, of the image that was carried' "$docker"
else
    check 'docker, of the image that was carried' measured n1 docker
    check 'and its row says nothing' grep -qx 'n1,done,,n1' "$out/fleet.csv"
    check 'one host is not several' grep -Eq '^  docker  +1 +[0-9.]+  one host only$' "$out/report.txt"
fi
for host in n1 n2; do
    check "$host: qemu, of the image that was carried" measured "$host" qemu
    check "$host: with the programs of the head" grep -q ',qemu,1,platform,sha256.equal,yes$' \
        "$out/$host/facts.csv"
done
check 'a host without Docker is done, and its row says what it lacks' grep -Eqx \
    'n2,done,"?docker: not found; install it: apt-get install docker.io"?,n2' "$out/fleet.csv"
check 'it has no figure of docker' [ "$(grep -c ',docker,' "$out/n2/samples.csv")" -eq 0 ]
check 'the report says so in one line' \
    [ "$(grep -c 'n2: no docker: docker: not found' "$out/report.txt")" -eq 1 ]
ok 'nothing stays on the hosts: no file, process or mount' left

tap_done
