# Whether a guest as $PLATFORM asks for it can run here; part of platform.sh. Every check says why not, on one
# line with status 77, before anything is built or started.

vm_check_host() {
    vm_need qemu-system-x86_64 qemu-system-x86 || return
    vm_need qemu-img qemu-utils || return
    vm_need mkfs.ext4 e2fsprogs || return
    [ "$(uname -m)" = x86_64 ] || {
        echo "guests are built for x86-64 only; this is $(uname -m)"
        return 77
    }
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

vm_need() {
    PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null 2>&1 || {
        echo "$1: not found; install it: apt-get install $2"
        return 77
    }
}

vm_check_machine() {
    vm_wanted=$(platform_key machine pc)
    # KVM hands its guests a clock; an emulated microvm has only a TSC, and nothing to calibrate that against.
    if [ "$PLATFORM_NAME:$vm_wanted" = qemu:microvm ]; then
        echo "an emulated microvm has no timer that a stock kernel can set its clock by;" \
            "machine=microvm is for kvm"
        return 77
    fi
    qemu-system-x86_64 -machine help | grep -q "^$vm_wanted " || {
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
    qemu-system-x86_64 -cpu help | awk -v wanted="$vm_wanted" '
        $1 == "x86" && $2 == wanted { found = 1 }
        END { exit !found }' || {
        echo "cpu=$vm_wanted: QEMU has no such model; qemu-system-x86_64 -cpu help lists them"
        return 77
    }
}

# Linux' boot protocol has the letters HdrS at byte 514 (Documentation/arch/x86/boot.rst).
vm_check_kernel() {
    vm_wanted=$(platform_key kernel '')
    [ -n "$vm_wanted" ] || return 0
    if [ ! -f "$vm_wanted" ] || [ ! -r "$vm_wanted" ]; then
        echo "kernel=$vm_wanted: not a file that can be read"
        return 77
    fi
    [ "$(dd if="$vm_wanted" bs=2 skip=257 count=2 2>/dev/null | tr -d '\0')" = HdrS ] || {
        echo "kernel=$vm_wanted: not a bzImage"
        return 77
    }
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
