#!/bin/sh
# The disk that boots by itself: same bytes twice, small, and a shell with the tools on every firmware and
# bus.
. common/test/tap.sh

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

# boots TITLE OPTION...: types a command on the serial console until it is answered and the machine goes off.
# The shell asks the terminal for its cursor and swallows some of what was typed before as the answer: hence
# the blanks.
boots() {
    title=$1
    shift
    while sleep 3; do
        {
            printf '\n%40s' ''
            printf '%s ' 'echo up-$((6 * 7)) $(grep -c " /data ext4" /proc/mounts)'
            printf %s '$(ls -d /sys/class/net/eth0); '
            printf %s 'echo screen-$(grep -ac "what does this platform" /dev/vcs1); '
            echo 'forksum -r 1 -t 1ms -f value 1 10; poweroff -f'
        } || exit 0
    done 2>/dev/null |
        timeout 90 qemu-system-x86_64 -nodefaults -display none -vga std -no-reboot -snapshot -m 512M \
            -accel tcg -cpu max \
            -serial stdio "$@" >"$TMP/out" 2>"$TMP/err"
    out_has "$title: a shell on the console, the data partition and the network card" \
        'up-42 1 /sys/class/net/eth0'
    out_has "$title: the message of the day is on the screen, too" 'screen-1'
    out_has "$title: the tools are in PATH" '^[0-9]+\.[0-9]+'
}
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
