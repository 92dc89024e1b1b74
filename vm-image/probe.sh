# shellcheck disable=SC2154 # the variables are those of platform.sh
# Whether a guest as $PLATFORM asks for it can run here; part of platform.sh. Every check says why not, on one
# line with status 77, before anything is built or started.

vm_check_host() {
    case $vm_arch in
    x86_64) vm_need "$vm_qemu" qemu-system-x86 ;;
    aarch64) vm_need "$vm_qemu" qemu-system-arm ;;
    *) echo "guests are built for x86-64 and arm64 only; this is $vm_arch" && return 77 ;;
    esac || return
    vm_need qemu-img qemu-utils || return
    vm_need mkfs.ext4 e2fsprogs || return
    [ -z "$vm_foreign" ] || vm_check_foreign || return
    [ "$PLATFORM_NAME" = kvm ] || return 0
    # A subshell, which a refusal ends; opening what is not there would make a file of that name.
    [ -c /dev/kvm ] && (: <>/dev/kvm) 2>/dev/null && return
    if [ -c /dev/kvm ]; then
        echo "/dev/kvm may not be opened by $(id -un); add the user to its group: adduser $(id -un) kvm"
    else
        echo "no /dev/kvm; enable virtualization in the firmware," \
            "or nested virtualization in the hypervisor, and load kvm_intel or kvm_amd"
    fi
    return 77
}

# The guest's programs are built for it, and its userland is put together, on this machine.
vm_check_foreign() {
    if [ -f "$BUILD/carried" ]; then
        echo "arch=$vm_arch: a host that was given its programs has none for another architecture"
        return 77
    fi
    if [ "$vm_arch" = aarch64 ]; then
        vm_need aarch64-linux-gnu-gcc 'gcc-aarch64-linux-gnu libc6-dev-arm64-cross'
    else
        vm_need x86_64-linux-gnu-gcc 'gcc-x86-64-linux-gnu libc6-dev-amd64-cross'
    fi && vm_need "qemu-$vm_arch" qemu-user
}

vm_need() {
    PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null 2>&1 || {
        echo "$1: not found; install it: apt-get install $2"
        return 77
    }
}

vm_check_machine() {
    vm_wanted=$(platform_key machine "$(vm_machine_default)")
    # KVM hands its guests a clock; an emulated microvm has only a TSC, and nothing to calibrate that against.
    if [ "$PLATFORM_NAME:$vm_wanted" = qemu:microvm ]; then
        echo "an emulated microvm has no timer that a stock kernel can set its clock by;" \
            "machine=microvm is for kvm"
        return 77
    fi
    "$vm_qemu" -machine help | grep -q "^$vm_wanted " || {
        echo "machine=$vm_wanted: this QEMU has none"
        return 77
    }
}

vm_check_cpu() {
    vm_wanted=$(platform_key cpu '')
    [ -n "$vm_wanted" ] || return 0
    if [ "$PLATFORM_NAME:$vm_wanted" = qemu:host ]; then
        echo "cpu=host is for kvm; an emulated guest has cpu=max"
        return 77
    fi
    "$vm_qemu" -cpu help | awk -v wanted="$vm_wanted" '
        $1 == wanted || $1 == "x86" && $2 == wanted { found = 1 }
        END { exit !found }' || {
        echo "cpu=$vm_wanted: QEMU has no such model; $vm_qemu -cpu help lists them"
        return 77
    }
}

# vm_letters FILE OFFSET: the four letters there, an even offset.
vm_letters() { dd if="$1" bs=2 skip=$(($2 / 2)) count=2 2>/dev/null | tr -d '\0'; }

# Linux' boot protocols have letters to be known by: HdrS at byte 514 (Documentation/arch/x86/boot.rst), ARMd
# at byte 56 (Documentation/arm64/booting.rst).
vm_check_kernel() {
    vm_wanted=$(platform_key kernel '')
    [ -n "$vm_wanted" ] || return 0
    if [ ! -f "$vm_wanted" ] || [ ! -r "$vm_wanted" ]; then
        echo "kernel=$vm_wanted: not a file that can be read"
        return 77
    fi
    case $vm_arch:$(vm_letters "$vm_wanted" 514):$(vm_letters "$vm_wanted" 56) in
    x86_64:HdrS:* | aarch64:*:ARMd) ;;
    *)
        echo "kernel=$vm_wanted: not a $(
            if [ "$vm_arch" = aarch64 ]; then echo Image; else echo bzImage; fi
        )"
        return 77
        ;;
    esac
}

# Formats that cannot be allocated as asked; then one request to a file beside the guest's disk, by the same
# block layer as QEMU's, in the same mode: not every system has O_DIRECT and io_uring, and native wants
# O_DIRECT.
vm_check_disk() {
    case $(platform_key disk qcow2):$(platform_key prealloc '') in
    raw:metadata | qed:falloc | qed:full | qed:metadata)
        echo "disk=$(platform_key disk qcow2) cannot be made with prealloc=$(platform_key prealloc '')"
        return 77
        ;;
    esac
    truncate -s 64k "$STATE/probe"
    vm_said=$(qemu-img bench -q -c 1 -t "$(platform_key cache none)" -i "$(platform_key aio threads)" \
        -f raw "$STATE/probe" 2>&1) || {
        echo "a disk with cache=$(platform_key cache none),aio=$(platform_key aio threads)" \
            "cannot be used here: $(echo "$vm_said" | tail -n 1 | sed "s|.*'$STATE/probe': ||")"
        rm -f "$STATE/probe"
        return 77
    }
    rm -f "$STATE/probe"
}
