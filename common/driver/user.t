#!/bin/sh
# An ordinary user without any right: which platforms remain, and what one command would add.
. common/test/tap.sh

[ "$(id -u)" -eq 0 ] || skip_all 'needs root, to become a user who is in no group'
command -v setpriv >/dev/null 2>&1 || skip_all 'setpriv: not found (apt-get install util-linux)'

# A checkout of the user's; its objects come with it, so that nothing is built again.
place=$TMP/checkout
mkdir -p "$place/build" "$TMP/home"
cp -R run.sh Makefile common docker vm-image linpack memsweep forksum diskrand nginxload "$place"
cp -Rp "$BUILD/obj" "$BUILD"/*.a "$BUILD"/flags "$place/build"
for program in linpack memsweep forksum diskrand nginxload compare turns; do
    cp -p "$BUILD/$program" "$place/build"
done
find "$place" -name '*.[cs]*' ! -path '*/build/*' -exec touch -r "$BUILD/flags" {} +
chown -R 65534:65534 "$place" "$TMP/home"
chmod 755 "$TMP"
user() {
    env -u BUILD -u DOCKER_HOST HOME="$TMP/home" setpriv --reuid 65534 --regid 65534 --clear-groups \
        sh -c 'cd "$1" && shift && exec "$@"' - "$place" "$@"
}

ok 'a campaign' user ./run.sh -p native -b linpack,memsweep,forksum,diskrand -n 1 --quick -s 1
for benchmark in linpack memsweep forksum diskrand; do
    check "has $benchmark" grep -q ",native,1,$benchmark," "$place/results/latest/samples.csv"
done
run user ./run.sh -p native,docker,podman,kvm -b forksum --doctor
cp "$TMP/out" "$TMP/doctor"
check '--doctor: its status says whether there is something to fix' sh -c '
    if grep -q "^  fix" "$1"; then [ "$2" -eq 1 ]; else [ "$2" -eq 0 ]; fi' - "$TMP/doctor" "$run_status"
check 'native remains' grep -Eq '^  ok +native$' "$TMP/doctor"
remedies='apt-get install|adduser|systemctl start|sysctl|firmware|be root|set BUILD|use '
for platform in docker podman kvm; do
    # Usable, or with what would make it so.
    check "$platform: is usable, or is told how to become so" grep -Eq \
        "^  ok +$platform\$|^  no +$platform: .*($remedies)" "$TMP/doctor"
done
check 'and nothing is left' sh -c '[ ! -d "$1/build/run" ]' - "$place"

tap_done
