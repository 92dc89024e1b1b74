#!/bin/sh
# Builds what containers and guests run, from the distribution's packages, as root or not:
#
#   build.sh rootfs      $BUILD/rootfs/: one small userland (busybox, nginx, the five programs), which the
#                        container image, the guests and the native nginx all use
#   build.sh guest       $BUILD/vm-image/vmlinuz and initrd: the same, to be booted directly by QEMU
#   build.sh tool NAME   $BUILD/vm-image/NAME.initrd: one program as the only process (with vmlinuz)
#   build.sh image       $BUILD/vm-image/guestmark.qcow2: boots by itself (see image.sh)
#   build.sh machine NAME   $BUILD/vm-image/lab/NAME/: a machine of the lab (see machine.sh)
#
# $ARCH, when it is not what `uname -m` says, has all that in $BUILD/$ARCH/ for that architecture, with the
# programs, which a cross compiler then makes. What has to run meanwhile is this machine's own, or runs under
# qemu-user.
#
# Packages are fetched once, by mmdebstrap, with the apt sources of this machine; what is built from them is
# built again when the programs or the files of vm-image/ change. What cannot be built says why on one
# line on stdout, with status 77.
set -eu
unset CDPATH && export LC_ALL=C
umask 022

cd "$(dirname "$0")/.."
# Relative where it can be: the path of the checkout may hold blanks.
BUILD=${BUILD:-build}
BUILD=${BUILD#"$PWD"/}
arch=${ARCH:-$(uname -m)}
own=$BUILD
foreign=
if [ "$arch" != "$(uname -m)" ]; then foreign=qemu-$arch BUILD=$BUILD/$arch; fi
out=$BUILD/vm-image
. common/platforms/platform.sh
tools=$PLATFORM_TOOLS

# Where this machine says what it is and where its packages come from.
etc=${GUESTMARK_ETC:-/etc}

# All that ends up in an archive or image carries this time, so that two builds are byte-identical.
SOURCE_DATE_EPOCH=1735689600
export SOURCE_DATE_EPOCH TZ=UTC

unavailable() {
    echo "$1"
    exit 77
}

need() {
    command -v "$1" >/dev/null 2>&1 || PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null 2>&1 ||
        unavailable "$1: not found; install it: apt-get install $2"
}

# debian_arch: what Debian calls $arch.
debian_arch() {
    case $arch in
    x86_64) echo amd64 ;;
    aarch64) echo arm64 ;;
    *) unavailable "guests are built for x86-64 and arm64 only, not for $arch" ;;
    esac
}

# apt_release: sets $release to the name by which this machine's apt sources call its release, and $sources to
# the files that do: the release's own name, that of what it derives from (Mint, LMDE), or a suite. Where
# $fetch_release asks for another release, no file need name it: mmdebstrap then takes Debian's own sources.
fetch_release=
apt_release() {
    names=$(sed -n 's/^\(VERSION\|UBUNTU\|DEBIAN\)_CODENAME="*\([^"]*\)"*$/\2/p' "$etc/os-release" \
        2>/dev/null) || :
    for release in ${fetch_release:-$names stable testing unstable sid oldstable}; do
        sources=$(grep -lEs "^[^#]*[ :]$release( |\$)" "$etc/apt/sources.list" \
            "$etc"/apt/sources.list.d/*.list \
            "$etc"/apt/sources.list.d/*.sources || :)
        [ -z "$sources" ] || return 0
    done
    [ -z "$fetch_release" ] || return 0
    names=$(echo "${names:-this system}" | head -n 1)
    unavailable "no apt source for $names on this machine: vm-image/build.sh needs a Debian or Ubuntu"
}

# fetch_tar NAME HOOK [OPTION...]: packages into $out/NAME.tar, unless they are there.
fetch_tar() {
    fetch=$1 hook=$2
    shift 2
    [ ! -f "$out/$fetch.tar" ] || return 0
    need mmdebstrap mmdebstrap
    apt_release
    # A mirror may have been copied a while ago.
    [ -n "$sources" ] || set -- --aptopt='Acquire::Check-Valid-Until "false"' "$@"
    rm -rf "$out/$fetch.tar.new"
    # Nothing of the packages is run; an ordinary user needs no name space of his own for that.
    [ "$(id -u)" -eq 0 ] || set -- --mode=chrootless "$@"
    # How this machine's apt reaches archives (a proxy, say) and what it takes from them.
    apt-config dump 2>/dev/null | grep -E '^Acquire::(https?|ftp|Check-|Retries)' >"$out/apt.conf" || :
    set -- --aptopt="$(cd "$out" && pwd)/apt.conf" "$@"
    fetch_arch=$(if [ -n "$foreign" ]; then debian_arch; else dpkg --print-architecture; fi) ||
        unavailable "$fetch_arch"
    # Debian 11's wants to mount over these, and unpacks no package that brings them.
    # shellcheck disable=SC2016,SC2086 # $1 is mmdebstrap's; a list of files
    mmdebstrap --variant=extract --format=tar --architectures="$fetch_arch" "$@" \
        --setup-hook='mkdir -p "$1/proc" "$1/sys"' --extract-hook="$hook" \
        "$release" "$out/$fetch.tar.new" $sources >"$out/$fetch.log" 2>&1 </dev/null ||
        unavailable "mmdebstrap failed: $(grep '^E:' "$out/$fetch.log" | head -n 1); see $out/$fetch.log"
    mv "$out/$fetch.tar.new" "$out/$fetch.tar"
}

# Runs inside mmdebstrap, $1 its root: packages that are unpacked by us, without what they depend on.
# NAME|NAME... stands for the first that this release has; NAME|NAME...+ for the kernel that the first of
# these metapackages depends on, one of which each distribution has, with the packages that its files have
# been split over.
download_hook() {
    cat <<'END'
set -eu
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"
mkdir "$1/debs"
cd "$1/debs"
for package in PACKAGES; do
    case $package in
    *+)
        metas=${package%+} package=
        for meta in $(echo "$metas" | tr '|' ' '); do
            package=$(apt-cache depends "$meta" 2>/dev/null |
                sed -n 's/^ *Depends: \(linux-image-[0-9]\)/\1/p' | head -n 1)
            [ -z "$package" ] || break
        done
        [ -n "$package" ] || {
            echo "E: no kernel: this release has no package $metas" >&2
            exit 1
        }
        package="$package $(apt-cache depends "$package" |
            sed -n -e 's/^ *Depends: \(linux-modules-[0-9]\)/\1/p' \
            -e 's/^ *Depends: \(linux-binary-[0-9]\)/\1/p' | tr '\n' ' ')"
        ;;
    *'|'*)
        for package in $(echo "$package" | tr '|' ' '); do
            ! apt-cache show "$package" >/dev/null 2>&1 || break
        done
        ;;
    esac
    apt-get -q download $package
done
END
}

# fetch_debs NAME PACKAGE...: unpacked into the folder $out/NAME.
fetch_debs() {
    debs=$1
    shift
    [ ! -d "$out/$debs" ] || return 0
    fetch_tar "$debs" "$(download_hook | sed "s/PACKAGES/$(printf "'%s' " "$@")/")"
    rm -rf "$out/$debs.new"
    mkdir "$out/$debs.new"
    tar -xf "$out/$debs.tar" -C "$out/$debs.new" ./debs
    for deb in "$out/$debs.new"/debs/*.deb; do dpkg-deb -x "$deb" "$out/$debs.new"; done
    rm -r "$out/$debs.new/debs" "$out/$debs.tar"
    mv "$out/$debs.new" "$out/$debs"
}

# stamp FILE...: what decides whether something must be built again, wherever $BUILD is.
stamp() { sha256sum vm-image/build.sh "$@" | sed "s|  $BUILD/|  |"; }

programs() { for tool in $tools; do echo "$BUILD/$tool"; done; }

# check_programs: this machine's are there already; another architecture's are made here, after all that is
# this machine's own.
check_programs() {
    [ -z "$foreign" ] || make_programs
    for tool in $tools; do
        [ -x "$BUILD/$tool" ] || unavailable "$BUILD/$tool is not built; run make"
    done
}

make_programs() {
    need "$arch-linux-gnu-gcc" "gcc-$arch-linux-gnu libc6-dev-$(debian_arch)-cross"
    need "$foreign" qemu-user
    need make make
    why=$(ARCH='' BUILD=$own sh vm-image/build.sh guest) || unavailable "$why"
    mkdir -p "$BUILD"
    # Called within make, it would be told what that was.
    MAKEFLAGS='' make -s BUILD="$BUILD" CC="$arch-linux-gnu-gcc" AR="$arch-linux-gnu-gcc-ar" all \
        >"$BUILD/make.log" 2>&1 || unavailable "the programs do not build for $arch; see $BUILD/make.log"
}

rootfs_stamp() {
    # shellcheck disable=SC2046 # a list of files without spaces
    stamp $(programs) $(find vm-image/root -type f | sort) "$out/base.tar"
}

# trim TREE: of what nginx depends on in Debian's eyes, keeps what it loads. A guest unpacks all of this into
# its memory.
trim() {
    triplet=$arch-linux-gnu
    linker=$(echo "$1/lib/$triplet"/ld-linux-*)
    ${foreign:+"$foreign"} "$linker" --library-path "$1/lib/$triplet:$1/usr/lib/$triplet" \
        --list "$1/usr/sbin/nginx" >"$out/libraries"
    {
        sed -n 's/.*=> \(.*\) (0x[0-9a-f]*)$/\1/p' "$out/libraries"
        printf '%s\n' "$linker" "$1/bin/busybox" "$1/usr/sbin/nginx"
        # Before 2.34 glibc loaded what reads /etc/passwd when it was needed.
        find "$1/lib/$triplet/" "$1/usr/lib/$triplet/" -name libnss_files.so.2 2>/dev/null
    } | while IFS= read -r needed; do readlink -f "$needed"; done >"$out/keep"
    rm -rf "$1"/usr/lib/"$triplet"/*/
    find "$(readlink -f "$1")" -type f \( -name '*.so*' -o -path '*bin/*' \) | grep -vxFf "$out/keep" |
        while IFS= read -r unneeded; do rm -f "$unneeded"; done
    find "$1" -xtype l -delete
    rm "$out/libraries" "$out/keep"
}

# busybox TREE: one that runs here, of the same release.
busybox() { if [ -n "$foreign" ]; then echo "$own/rootfs/bin/busybox"; else echo "$1/bin/busybox"; fi; }

build_rootfs() {
    check_programs
    fetch_tar base true --include=busybox-static,nginx
    rootfs_stamp >"$out/rootfs.stamp.new"
    if [ -d "$BUILD/rootfs" ] && cmp -s "$out/rootfs.stamp.new" "$out/rootfs.stamp"; then return; fi
    tree=$BUILD/rootfs.new
    rm -rf "$tree" "$out/rootfs.stamp"
    mkdir -p "$tree"
    tar -xf "$out/base.tar" -C "$tree" --no-same-owner --exclude='./dev/*' --exclude='./etc/apt' \
        --exclude='./etc/dpkg' \
        --exclude='./usr/share/doc' --exclude='./usr/share/man' --exclude='./usr/share/locale' \
        --exclude='./usr/share/lintian' --exclude='./usr/share/perl5' \
        --exclude='./usr/share/bash-completion' \
        --exclude='./var/lib/dpkg' --exclude='./var/cache' --exclude='./etc/init.d' \
        --exclude='./etc/resolv.conf'
    chmod -R u=rwX,go=rX "$tree"
    # Newer releases have everything below usr, and the links to it in a package that nothing here depends on.
    for merged in bin sbin lib lib64; do
        if [ ! -e "$tree/$merged" ] && [ -d "$tree/usr/$merged" ]; then
            ln -s "usr/$merged" "$tree/$merged"
        fi
    done
    trim "$tree"
    (cd "$tree" && mkdir -p dev proc sys run tmp data root usr/local/bin usr/local/sbin etc)
    # Applets that Debian has split over four folders go where Debian has them, behind real programs.
    "$(busybox "$tree")" --list-full | while read -r applet; do
        if [ ! -e "$tree/$applet" ] && [ ! -L "$tree/$applet" ]; then
            ln -s /bin/busybox "$tree/$applet"
        fi
    done
    cp -R vm-image/root/. "$tree"
    # shellcheck disable=SC2046 # a list of files without spaces
    cp $(programs) "$tree/usr/local/bin"
    chmod -R u=rwX,go=rX "$tree"
    chmod 1777 "$tree/tmp"
    rm -rf "$BUILD/rootfs"
    mv "$tree" "$BUILD/rootfs"
    mv "$out/rootfs.stamp.new" "$out/rootfs.stamp"
}

# unpack_modules FOLDER: kernels of newer releases have theirs compressed, which the guest's insmod does not
# read.
unpack_modules() {
    unpack_modules_by "$1" xz xz xz-utils -d
    unpack_modules_by "$1" zst zstd zstd -q --rm -d
    unpack_modules_by "$1" gz gzip gzip -d
}

unpack_modules_by() { # FOLDER SUFFIX PROGRAM PACKAGE OPTION...
    unpack_folder=$1 unpack_suffix=$2 unpack_program=$3 unpack_package=$4
    shift 4
    find "$unpack_folder/" -name "*.ko.$unpack_suffix" >"$out/packed"
    if [ -s "$out/packed" ]; then
        need "$unpack_program" "$unpack_package"
        find "$unpack_folder/" -name "*.ko.$unpack_suffix" -exec "$unpack_program" "$@" {} +
    fi
    rm "$out/packed"
}

# kernel_folder NAME PACKAGE MODULE...: the kernel of a package into $out/NAME/, as kernel_of has it.
kernel_folder() {
    kernel=$1 package=$2
    shift 2
    [ ! -d "$out/$kernel" ] || return 0
    fetch_debs "$kernel-package" "$package+"
    rm -rf "${out:?}/$kernel" "$out/$kernel.new"
    kernel_of "$out/$kernel-package" "$out/$kernel.new" "$@"
    rm -rf "$out/$kernel-package"
    mv "$out/$kernel.new" "$out/$kernel"
}

# kernel_of TREE FOLDER MODULE...: from a tree with one kernel into FOLDER: vmlinuz, and in root/ the modules
# and those that they need, with their names in the file `load`, in that order.
kernel_of() {
    from=$1
    [ -d "$from/lib/modules" ] || ln -s usr/lib "$from/lib"
    unpack_modules "$from/lib/modules"
    version=$(ls "$from/lib/modules")
    to=$2/root/lib/modules/$version
    mkdir -p "$to"
    # Debian 14 has it beside its modules.
    kernel_file=$from/boot/vmlinuz-$version
    [ -f "$kernel_file" ] || kernel_file=$from/lib/modules/$version/vmlinuz
    cp "$kernel_file" "$2/vmlinuz"
    shift 2
    "$(busybox "$BUILD/rootfs")" depmod -b "$from" "$version"
    for module; do
        awk -v module="/$module.ko" '{
            gsub(":", "")
            if (substr($1, length($1) - length(module) + 1) == module) for (i = NF; i > 0; i--) print $i
        }' "$from/lib/modules/$version/modules.dep"
    done | awk '!seen[$0]++' | while read -r file; do
        cp "$from/lib/modules/$version/${file#/lib/modules/"$version"/}" "$to"
        file=${file##*/}
        echo "${file%.ko}"
    done >"$to/load"
}

# archive FILE FOLDER...: a cpio archive of folders laid over each other, everything owned by root.
archive() {
    file=$1
    shift
    fetch_tools
    rm -rf "$out/archive"
    mkdir "$out/archive"
    # Where lib is a link to usr/lib, what another folder has in lib goes there.
    for folder; do tar -C "$folder" -cf - . | tar -C "$out/archive" -xf - --keep-directory-symlink; done
    chmod -R u=rwX,go=rX "$out/archive"
    find "$out/archive" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    (cd "$out/archive" && find . | sort) >"$out/archive.list"
    archive_tools=$(cd "$own/vm-image/tools" && pwd)
    (
        cd "$out/archive"
        PATH=$archive_tools/bin:$archive_tools/usr/bin cpio --quiet --reproducible -o -H newc -R +0:+0
    ) <"$out/archive.list" >"$file.new"
    mv "$file.new" "$file"
    rm -rf "$out/archive" "$out/archive.list"
}

guest_stamp() {
    # shellcheck disable=SC2046 # a list of files without spaces
    stamp "$out/rootfs.stamp" "$out/$1/vmlinuz" $(find vm-image/guest -type f | sort)
}

# What this machine needs to put it together, once for all architectures.
fetch_tools() {
    [ -z "$foreign" ] || return 0
    set -- cpio mtools 'systemd-boot-efi|systemd'
    [ "$arch" != x86_64 ] || set -- "$@" syslinux syslinux-common
    fetch_debs tools "$@"
}

# The cloud kernel: small, boots in two seconds even when emulated.
build_guest() {
    guest_arch=$(debian_arch) || unavailable "$guest_arch"
    build_rootfs
    kernel_folder cloud "linux-image-cloud-$guest_arch|linux-image-virtual" virtio_pci virtio_mmio \
        virtio_console virtio_blk virtio_net
    guest_stamp cloud >"$out/guest.stamp.new"
    if [ -f "$out/initrd" ] && cmp -s "$out/guest.stamp.new" "$out/guest.stamp"; then return; fi
    rm -f "$out/guest.stamp"
    archive "$out/initrd" "$BUILD/rootfs" "$out/cloud/root" vm-image/guest
    cp "$out/cloud/vmlinuz" "$out/vmlinuz"
    mv "$out/guest.stamp.new" "$out/guest.stamp"
}

# Linux runs /init, which here is the program itself; its arguments come from the kernel's command line, after
# --.
build_tool() {
    build_guest
    mkdir -p "$out/tool"
    cp "$BUILD/$1" "$out/tool/init"
    archive "$out/$1.initrd" "$out/tool"
    rm -r "$out/tool"
}

# carried WHAT: whether it was made elsewhere, with the programs beside it, and brought here.
carried() {
    [ -f "$BUILD/carried" ] || return 1
    case $1 in
    rootfs) [ -d "$BUILD/rootfs" ] ;;
    guest) [ -f "$out/initrd" ] && [ -f "$out/vmlinuz" ] ;;
    *) return 1 ;;
    esac
}

main() {
    ! carried "${1:-}" || return 0
    mkdir -p "$out"
    exec 9>"$out/lock"
    ! command -v flock >/dev/null 2>&1 || flock 9
    case ${1:-} in
    rootfs) build_rootfs ;;
    guest) build_guest ;;
    tool) build_tool "${2:?}" ;;
    image)
        . vm-image/image.sh
        build_image
        ;;
    machine)
        . vm-image/machine.sh
        build_machine "${2:?}"
        ;;
    *)
        echo "usage: build.sh rootfs|guest|tool NAME|image|machine NAME" >&2
        exit 2
        ;;
    esac
}

main "$@"
