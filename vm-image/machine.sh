# Part of build.sh: the machines of the lab (lab.sh), from packages, for each: an ext4 disk with a small
# Debian, never written to again, and a kernel with the few drivers that it needs to find its disks.
#
#     $BUILD/vm-image/lab/MACHINE/disk vmlinuz modules/ initrd
#
# Packages are unpacked, not installed: what their scripts would do, as far as it matters, machine_finish
# does. So it takes no root, no chroot and no emulation, for another architecture either.
# shellcheck disable=SC2034 # fetch_release is read there

out=${out:?} arch=${arch:?}

# machine_release_of NAME: which Debian it is.
machine_release_of() {
    case $arch:$1 in
    x86_64:kvm | x86_64:engines | aarch64:arm64) echo bookworm ;;
    x86_64:trixie) echo trixie ;;
    x86_64:sid) echo sid ;;
    *) return 1 ;;
    esac
}

# What every machine has, then what it is there for. perl has prove.
machine_packages() {
    echo base-files busybox-static dash coreutils sed grep findutils diffutils tar gzip mawk
    echo util-linux mount procps iproute2 e2fsprogs
    case $1 in
    kvm | trixie) echo qemu-system-x86 qemu-utils passt ;;
    engines)
        echo qemu-system-x86 qemu-utils docker.io iptables podman crun uidmap slirp4netns
        echo rootlesskit libc-bin systemd-container dbus-user-session
        ;;
    arm64) echo qemu-system-arm qemu-utils ;;
    sid) echo apptainer ;;
    esac
}

# Every machine but trixie has the cloud kernel of this one's Debian: it is there already, and what is proven
# is what runs on it.
machine_kernel="linux-image-cloud-$(debian_arch)|linux-image-virtual"

# machine_finish TREE: what the scripts of the packages would have made.
machine_finish() {
    for link in bin/sh:dash usr/bin/awk:mawk; do
        [ -e "$1/${link%:*}" ] || ln -s "${link#*:}" "$1/${link%:*}"
    done
    [ ! -e "$1/usr/sbin/iptables-nft" ] || for link in iptables iptables-save iptables-restore ip6tables; do
        ln -sf xtables-nft-multi "$1/usr/sbin/$link"
    done
    # busybox reads the list of modules that busybox has made.
    ln -sf /bin/busybox "$1/sbin/modprobe"
    mkdir -p "$1/proc" "$1/sys" "$1/dev" "$1/run" "$1/tmp" "$1/root" "$1/lab" "$1/home/user"
    chmod 1777 "$1/tmp"
    printf '%s\n' root:x:0:0:root:/root:/bin/sh user:x:1000:1000:user:/home/user:/bin/sh \
        nobody:x:65534:65534:nobody:/nonexistent:/bin/false >"$1/etc/passwd"
    printf '%s\n' root:x:0: tty:x:5: kvm:x:36: user:x:1000: nogroup:x:65534: >"$1/etc/group"
    printf '127.0.0.1 localhost lab\n' >"$1/etc/hosts"
    echo 67756573746d61726b206c6162000001 >"$1/etc/machine-id"
    [ -e "$1/etc/localtime" ] || : >"$1/etc/localtime" # UTC; Apptainer binds it
    [ "$(id -u)" -ne 0 ] || chown 1000:1000 "$1/home/user"
}

# The disk appears to be 6 GiB large; what is not written is not there.
machine_disk() {
    truncate -s 6G "$2.new"
    PATH=$PATH:/usr/sbin:/sbin mkfs.ext4 -q -F -d "$1" -L lab -m 0 -E root_owner=0:0 "$2.new"
    mv "$2.new" "$2"
}

build_machine() {
    machine=lab/$1
    machine_release=$(machine_release_of "$1") || {
        echo "build.sh: $1: no such machine of $arch" >&2
        exit 2
    }
    need mkfs.ext4 e2fsprogs
    packages=$(machine_packages "$1" | tr '\n' ' ')
    machine_stamp="$machine_release $packages $(sha256sum <vm-image/machine.sh)"
    # The userland of all platforms is of this machine's release.
    build_guest
    fetch_release=$machine_release
    mkdir -p "$out/$machine"
    if [ "$(cat "$out/$machine/stamp" 2>/dev/null)" != "$machine_stamp" ]; then
        rm -rf "${out:?}/$machine"
        mkdir "$out/$machine"
        fetch_tar "$machine/tree" true --include="$(echo "$packages" | tr ' ' ,)"
        mkdir "$out/$machine/tree"
        tar -xf "$out/$machine/tree.tar" -C "$out/$machine/tree" --exclude='./dev/*' \
            --exclude='./usr/share/doc' \
            --exclude='./usr/share/man' --exclude='./usr/share/locale' --exclude='./var/cache' \
            --exclude='./var/lib/apt'
        rm "$out/$machine/tree.tar"
        machine_own=lab/kernel
        if [ "$1" = trixie ]; then machine_own=lab/kernel-$1; else fetch_release=''; fi
        fetch_debs "$machine_own" "$machine_kernel+"
        kernel_of "$out/$machine_own" "$out/$machine" virtio_pci virtio_blk virtio_console
        mkdir -p "$out/$machine/tree/lib/modules"
        cp -R "$out/$machine_own/lib/modules/." "$out/$machine/tree/lib/modules"
        machine_finish "$out/$machine/tree"
        machine_disk "$out/$machine/tree" "$out/$machine/disk"
        rm -rf "$out/$machine/tree"
        echo "$machine_stamp" >"$out/$machine/stamp"
    fi
    rm -rf "$out/$machine/init"
    mkdir -p "$out/$machine/init/bin"
    cp "$BUILD/rootfs/bin/busybox" "$out/$machine/init/bin"
    cp vm-image/lab/init "$out/$machine/init"
    archive "$out/$machine/initrd" "$out/$machine/root" "$out/$machine/init"
}
