#!/bin/sh
# arm64: what build.sh makes for it, the guest, and a campaign in which native is x86-64. On an arm64 machine
# the guest is that machine's own kind, and vm-image.t has seen to it.
. common/test/tap.sh
. common/platforms/platform.sh
. vm-image/variant.sh

variant_begin

variant_use qemu:arch=aarch64
limits_measure "$BUILD/forksum" --version
[ "$(uname -m)" = x86_64 ] || skip_all 'this is no x86-64'
why=$(platform_probe) || skip_all "$why"
why=$(platform_prepare) || skip_all "$why"

# machine FILE: what an ELF file is for (e_machine; 183 is AArch64).
machine() { od -An -tu2 -j18 -N2 "$1" | tr -d ' '; }
for tool in $PLATFORM_TOOLS; do
    check "$tool is built for it" [ "$(machine "$BUILD/aarch64/$tool")" -eq 183 ]
    check 'and is in its root filesystem' \
        cmp "$BUILD/aarch64/$tool" "$BUILD/aarch64/rootfs/usr/local/bin/$tool"
done
for file in bin/busybox usr/sbin/nginx; do
    check "so is $file" [ "$(machine "$BUILD/aarch64/rootfs/$file")" -eq 183 ]
done
check 'what is built for this machine stays what it was' [ "$(machine "$BUILD/rootfs/bin/busybox")" -eq 62 ]
stamp=$(stat -c %Y%i "$BUILD/aarch64/vm-image/initrd")
ok 'built again' platform_prepare
check 'nothing is done when nothing has changed' \
    [ "$(stat -c %Y%i "$BUILD/aarch64/vm-image/initrd")" = "$stamp" ]

while read -r platform reason; do
    variant_use "$platform"
    status 77 "refused: $platform" platform_probe
    out_has "says why: $platform" "^$reason"
done <<END
qemu:arch=mips qemu:arch=mips: arch is not x86_64.aarch64
kvm:arch=aarch64 kvm:arch=aarch64: no key arch
qemu:arch=aarch64,machine=q35 .*: machine is not virt
qemu:arch=aarch64,cpu=qemu64 cpu=qemu64: QEMU has no such model; qemu-system-aarch64
qemu:arch=aarch64,kernel=$BUILD/vm-image/vmlinuz kernel=.*: not a Image
qemu:kernel=$BUILD/aarch64/vm-image/vmlinuz kernel=.*: not a bzImage
END
status 77 'a host that was given its programs has none of another architecture' sh -c '
    BUILD=$1 PLATFORM=qemu:arch=aarch64 PLATFORM_NAME=qemu STATE=$1 ROOT=$PWD
    : >"$1/carried"
    . common/platforms/platform.sh
    . vm-image/platform.sh
    platform_probe' - "$TMP"

variant_use qemu:arch=aarch64
ok 'up' platform_up
adapter_contract
status 0 'the kernel there' platform_run uname -m
out_has 'is of that architecture' '^aarch64$'
ok 'nginx answers the host' variant_nginx
ok 'and the driver knows it for the one that was built' platform_server
ok 'down' platform_down
check 'nothing is left' [ -z "$(ls -A "$STATE")" ]
variant qemu:arch=aarch64,machine=virt,cpu=cortex-a57,disk=raw,cpus=2,memory=300M
variant_ends

# In a campaign it is a platform like others, whose row says what it is.
campaign=$TMP/campaign
ok 'a campaign, x86-64 natively and arm64 emulated' \
    ./run.sh -p native,qemu:arch=aarch64 -b linpack,forksum --quick -n 1 -s 1 -o "$campaign"
check 'no trial failed' [ "$(wc -l <"$campaign/failures.csv")" -eq 1 ]
check 'the report says that its programs are other ones' \
    grep -q '^\[[0-9]*\] qemu:arch=aarch64, architecture' "$campaign/report.txt"
check 'which are the ones that were built' grep -q ',qemu:arch=aarch64,1,platform,sha256.equal,yes' \
    "$campaign/facts.csv"
check 'no guard doubts what it is' sh -c '! grep -E ",(identity|sha256|isa|server|resources)," "$1"' - \
    "$campaign/guards.csv"
best=$("$BUILD/linpack" --list-isa | head -n 1)
check 'and it holds nobody to less than the best instruction set' \
    grep -qx "setting.isa=$best" "$campaign/environment.txt"

tap_done
