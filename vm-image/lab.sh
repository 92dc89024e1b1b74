#!/bin/sh
# Runs a script in a machine of its own, emulated whole by QEMU: for what this machine lacks (KVM, control
# groups of version 2 only, another distribution's engines). Neither root nor a network card is needed, and
# nothing of this machine is touched but $BUILD.
#
#   lab.sh [-o FOLDER] [-t SECONDS] MACHINE SCRIPT [ARGUMENT...]
#
#   -o FOLDER    where to put what the script has left in its folder $LAB_RESULTS (nowhere)
#   -t SECONDS   how long the machine may take, from power-on to power-off (600)
#
# MACHINE is one of machine.sh; arm64 is of that architecture, the others are x86-64. The script is run by sh,
# as root, in a copy of this checkout with what has been built for the machine, both under the same paths as
# here. Its output and its exit status are those of lab.sh; 77 means that the machine cannot be made here (why
# is on stdout), 124 that its time was over, 125 that it ended without a word.
set -eu
unset CDPATH && export LC_ALL=C

lab_root=$(unset CDPATH && cd "$(dirname "$0")/.." && pwd)
. "$lab_root/common/platforms/platform.sh"

lab_usage() {
    echo "usage: lab.sh [-o FOLDER] [-t SECONDS] MACHINE SCRIPT [ARGUMENT...]" >&2
    exit 2
}

# lab_arch_of MACHINE: its architecture, as `uname -m` has it.
lab_arch_of() { case $1 in arm64) echo aarch64 ;; *) echo x86_64 ;; esac }

# lab_checkout FOLDER: what the machine finds at /lab (see lab/start): the checkout, what has been built of it
# for a campaign, and how to run the script.
lab_checkout() {
    mkdir -p "$1/checkout" "$1/build/vm-image"
    (cd "$lab_root" && tar -c --exclude=./.git --exclude=./results --exclude='./build*' .) |
        tar -x -C "$1/checkout"
    (
        cd "$lab_build"
        for lab_file in * vm-image/*; do
            case $lab_file in *.log | *.new | */lock | */lab | */stock* | */disk.ext4) continue ;; esac
            if [ -f "$lab_file" ] && [ -x "$lab_file" ] || [ "${lab_file#vm-image/}" != "$lab_file" ]; then
                echo "$lab_file"
            fi
        done >"$lab_work/list"
        tar -c -T "$lab_work/list" rootfs
    ) | tar -x -C "$1/build"
    cp "$lab_root/vm-image/lab/start" "$1/start"
    echo "$lab_root" >"$1/root"
    echo "$BUILD" >"$1/path"
    shift
    platform_quote sh "$@" >"$lab_work/tree/command"
}

# Both have what a hypervisor needs, and a network card that leads nowhere, since passt wants one. Signing
# pointers as arm64 has it would be most of what is emulated.
lab_boot() {
    lab_console=ttyS0
    case $lab_arch in
    x86_64) set -- -machine q35 -cpu max ;;
    aarch64)
        set -- -machine virt,virtualization=on,gic-version=3 -cpu max,pauth-impdef=on
        lab_console=ttyAMA0
        ;;
    esac
    timeout -k 5 "$lab_seconds" "qemu-system-$lab_arch" -nodefaults -no-user-config -no-reboot -display none \
        "$@" -accel tcg,thread=multi -smp 2 -m 4G -kernel "$lab_machine/vmlinuz" \
        -initrd "$lab_machine/initrd" -append "console=$lab_console quiet panic=-1" \
        -chardev "file,id=console,path=$lab_work/console" -serial chardev:console -device virtio-serial-pci \
        -chardev "file,id=out,path=$lab_work/out" -device virtserialport,chardev=out,name=out \
        -chardev "file,id=err,path=$lab_work/err" -device virtserialport,chardev=err,name=err \
        -chardev "file,id=files,path=$lab_work/files" -device virtserialport,chardev=files,name=files \
        -chardev "file,id=status,path=$lab_work/status" -device virtserialport,chardev=status,name=status \
        -drive "if=virtio,format=qcow2,file=$lab_work/disk,cache=unsafe" \
        -drive "if=virtio,format=raw,file=$lab_work/checkout,cache=unsafe" \
        -nic user,restrict=on,model=virtio-net-pci </dev/null >"$lab_work/qemu" 2>&1
}

# lab_run: the machine from power-on to power-off; its script's output is shown as it comes.
lab_run() {
    mkfifo "$lab_work/out" "$lab_work/err"
    # Held open until the machine is off, also by one that has never started.
    exec 8<>"$lab_work/out" 9<>"$lab_work/err"
    cat "$lab_work/out" 8>&- 9>&- &
    cat "$lab_work/err" >&2 8>&- 9>&- &
    lab_qemu=0
    lab_boot 8>&- 9>&- || lab_qemu=$?
    exec 8>&- 9>&-
    wait
    [ ! -s "$lab_work/status" ] || return "$(cat "$lab_work/status")"
    [ "$lab_qemu" -ne 124 ] || {
        echo "lab: $1 was not done within $lab_seconds s; its console ends: $(lab_last console)" >&2
        return 124
    }
    echo "lab: $1 ended without a word: $(lab_last qemu) $(lab_last console)" >&2
    return 125
}

lab_last() { grep . "$lab_work/$1" | tail -n 1 | tr -d '\r'; }

main() {
    lab_output='' lab_seconds=600
    while getopts o:t: lab_option; do
        case $lab_option in
        o) lab_output=$OPTARG ;;
        t) lab_seconds=$OPTARG ;;
        *) lab_usage ;;
        esac
    done
    shift $((OPTIND - 1))
    [ $# -ge 2 ] || lab_usage
    BUILD=${BUILD:-build}
    case $BUILD in /*) ;; *) BUILD=$lab_root/$BUILD ;; esac
    export BUILD
    [ -z "$lab_output" ] || mkdir -p "$lab_output"
    lab_arch=$(lab_arch_of "$1") lab_build=$BUILD
    [ "$lab_arch" = "$(uname -m)" ] || lab_build=$BUILD/$lab_arch
    lab_machine=$lab_build/vm-image/lab/$1
    command -v "qemu-system-$lab_arch" >/dev/null 2>&1 || {
        echo "qemu-system-$lab_arch: not found; install it: apt-get install qemu-system-$(
            if [ "$lab_arch" = aarch64 ]; then echo arm; else echo x86; fi
        )"
        exit 77
    }
    ARCH=$lab_arch sh "$lab_root/vm-image/build.sh" machine "$1" || exit

    lab_work=$(mktemp -d "$BUILD/lab.XXXXXX")
    trap 'rm -rf "$lab_work"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    lab_name=$1
    shift
    lab_checkout "$lab_work/tree" "$@"
    lab_disks
    lab_status=0
    lab_run "$lab_name" || lab_status=$?
    [ -z "$lab_output" ] || [ ! -s "$lab_work/files" ] ||
        tar -x -C "$lab_output" -f "$lab_work/files" --no-same-owner
    exit "$lab_status"
}

# lab_disks: the system's, of which only what is changed is kept, and the checkout's.
lab_disks() {
    qemu-img create -q -f qcow2 -b "$lab_machine/disk" -F raw "$lab_work/disk"
    truncate -s 6G "$lab_work/checkout"
    PATH=$PATH:/usr/sbin:/sbin mkfs.ext4 -q -F -d "$lab_work/tree" -m 0 "$lab_work/checkout"
    rm -rf "$lab_work/tree"
}

main "$@"
