#!/bin/sh
# The disk that boots by itself: same bytes twice, small, and a shell with the tools on every firmware and
# bus.
. common/test/tap.sh
. vm-image/variant.sh

export BUILD
command -v qemu-system-x86_64 >/dev/null 2>&1 ||
    skip_all 'qemu-system-x86_64: not found (apt-get install qemu-system-x86)'
why=$(sh vm-image/build.sh image 2>/dev/null) || skip_all "${why:-the image could not be built}"
image=$BUILD/vm-image/guestmark.qcow2

check 'at most 120 MiB' [ "$(wc -c <"$image")" -le 125829120 ]
cp "$image" "$TMP/first"
rm "$BUILD/vm-image/image.stamp"
ok 'built again' sh vm-image/build.sh image
ok 'byte for byte the same' cmp "$TMP/first" "$image"

boots 'BIOS, virtio' -machine q35 -drive "file=$image,if=virtio" -nic user,model=virtio-net-pci
out_has 'with a message of the day' '^guestmark: what does this platform cost'
boots 'BIOS, IDE, e1000' -machine pc -drive "file=$image,if=ide" -nic user,model=e1000
firmware=/usr/share/OVMF/OVMF_CODE_4M.fd
if [ -r "$firmware" ]; then
    cp /usr/share/OVMF/OVMF_VARS_4M.fd "$TMP/vars"
    boots 'UEFI' -machine q35 -drive "file=$image,if=virtio" -nic user,model=e1000e \
        -drive "if=pflash,format=raw,readonly=on,file=$firmware" -drive "if=pflash,format=raw,file=$TMP/vars"
else
    skip 'UEFI' "$firmware: not found (apt-get install ovmf)"
fi

tap_done
