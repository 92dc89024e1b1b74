# Part of build.sh: $BUILD/vm-image/guestmark.qcow2, a disk that boots by itself: under BIOS by SYSLINUX,
# under UEFI by systemd-boot, on virtio, IDE, AHCI, SCSI or NVMe, to a shell on the serial line and on the
# screen.
#
#     sector 0         SYSLINUX's boot code and the partition table
#     1 MiB ..         FAT, 63 MiB: boot loaders, Debian's stock kernel, initrd (the whole userland; there is
#                      no root disk)
#     64 MiB ..        ext4, 1 GiB, label guestmark: /data, for diskrand and nginx
#
# No root, no loop device, no mount: mtools and mkfs.ext4 write into files.

out=${out:?} arch=${arch:?}
image_fat_start=2048 # in sectors of 512 bytes
image_fat_sectors=129024
image_data_start=131072
image_data_sectors=2097152

# The first partition is active, and UEFI's; the number, which is "gmrk", is the same in every image.
write_partition_table() {
    printf '%s\n' 'label: dos' 'label-id: 0x6b726d67' 'unit: sectors' \
        "start=$image_fat_start, size=$image_fat_sectors, type=ef, bootable" \
        "start=$image_data_start, size=$image_data_sectors, type=83" |
        PATH=$PATH:/usr/sbin:/sbin sfdisk -q "$1"
    dd if="$out/tools/usr/lib/SYSLINUX/mbr.bin" of="$1" bs=440 count=1 conv=notrunc status=none
}

# What both boot loaders are told. The last console is the one that the kernel's messages end on.
image_arguments='console=tty0 console=ttyS0,115200 quiet'

boot_files() {
    mkdir -p "$1/EFI/BOOT" "$1/loader/entries"
    cp "$out/stock/vmlinuz" "$1/vmlinuz"
    gzip -9n <"$out/stock.initrd" >"$1/initrd.gz"
    cp "$out/tools/usr/lib/systemd/boot/efi/systemd-bootx64.efi" "$1/EFI/BOOT/BOOTX64.EFI"
    printf 'timeout 0\ndefault guestmark\n' >"$1/loader/loader.conf"
    printf 'title guestmark\nlinux /vmlinuz\ninitrd /initrd.gz\noptions %s\n' "$image_arguments" \
        >"$1/loader/entries/guestmark.conf"
    printf 'DEFAULT guestmark\nLABEL guestmark\n  LINUX /vmlinuz\n  INITRD /initrd.gz\n  APPEND %s\n' \
        "$image_arguments" >"$1/syslinux.cfg"
}

write_fat() {
    PATH=$PWD/$out/tools/usr/bin:$PATH
    case $out in /*) PATH=$out/tools/usr/bin:$PATH ;; esac
    export PATH MTOOLS_SKIP_CHECK=1
    mformat -i "$1@@1M" -T "$image_fat_sectors" -H "$image_fat_start" -h 255 -s 63 -N 67726d6b -v GUESTMARK ::
    find "$2" -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
    mcopy -i "$1@@1M" -s -m "$2/EFI" "$2/loader" "$2/syslinux.cfg" "$2/vmlinuz" "$2/initrd.gz" ::
    syslinux --offset $((image_fat_start * 512)) --install "$1"
}

write_data() {
    # One -E with all of it: of several, the last holds.
    data_extended=hash_seed=67726d6b-0000-4000-8000-000000000002,lazy_itable_init=0
    E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH PATH=$PATH:/usr/sbin:/sbin mkfs.ext4 -q -F -L guestmark -m 0 \
        -U 67726d6b-0000-4000-8000-000000000001 -E "$data_extended,offset=$((image_data_start * 512))" \
        -J size=8 "$1" $((image_data_sectors / 2))k
}

build_image() {
    [ "$arch" = x86_64 ] || unavailable "the image that boots by itself is for x86-64 only, not for $arch"
    need qemu-img qemu-utils
    need mkfs.ext4 e2fsprogs
    need sfdisk fdisk
    build_rootfs
    fetch_tools
    kernel_folder stock \
        'linux-image-amd64|linux-image-generic' virtio_pci virtio_blk virtio_scsi virtio_net virtio_console \
        ata_piix ahci sd_mod \
        nvme e1000 e1000e crc32c_generic ext4
    { guest_stamp stock && sha256sum vm-image/image.sh; } >"$out/image.stamp.new"
    if [ -f "$out/guestmark.qcow2" ] && cmp -s "$out/image.stamp.new" "$out/image.stamp"; then return; fi
    rm -rf "${out:?}/image.stamp" "${out:?}/boot" "${out:?}/disk"
    archive "$out/stock.initrd" "$BUILD/rootfs" "$out/stock/root" vm-image/guest
    boot_files "$out/boot"
    truncate -s $(((image_data_start + image_data_sectors) * 512)) "$out/disk"
    write_partition_table "$out/disk"
    write_fat "$out/disk" "$out/boot"
    write_data "$out/disk"
    qemu-img convert -q -c -f raw -O qcow2 "$out/disk" "$out/guestmark.qcow2"
    rm -rf "${out:?}/boot" "${out:?}/disk" "${out:?}/stock.initrd"
    mv "$out/image.stamp.new" "$out/image.stamp"
}
