# Adapter: kvm and qemu (emulated, TCG): a guest that boots the initrd of build.sh, with a data disk and one network
# card, driven through its agent over two FIFOs; QMP over two more. See common/platform.sh for the contract.
#
# Everything runs as the invoking user, but for net=tap. The guest has no way out to the network, and
# only its nginx can be reached, from loopback.

. "$ROOT/vm-image/channel.sh"
. "$ROOT/vm-image/network.sh"

vm_out=$BUILD/vm-image
vm_pid_file=$STATE/qemu.pid

platform_keys() {
    cat <<END
disk qcow2|raw|qed
prealloc falloc|full|metadata|off
cache none|writeback|writethrough|directsync|unsafe
aio threads|native|io_uring
net user|tap|passt
machine pc|q35|microvm
cpu $(if [ "$PLATFORM_NAME" = kvm ]; then echo host; else echo max; fi)|MODEL
cpus N
memory SIZE
kernel FILE
END
}

platform_probe() {
    platform_check_keys || return
    vm_need qemu-system-x86_64 qemu-system-x86 || return
    vm_need qemu-img qemu-utils || return
    vm_need mkfs.ext4 e2fsprogs || return
    [ "$(uname -m)" = x86_64 ] || {
        echo "guests are built for x86-64 only; this is $(uname -m)"
        return 77
    }
    if [ "$PLATFORM_NAME" = kvm ] && ! { : <>/dev/kvm; } 2>/dev/null; then
        if [ -e /dev/kvm ]; then
            echo "/dev/kvm may not be opened by $(id -un); add the user to its group: adduser $(id -un) kvm"
        else
            echo "no /dev/kvm; enable virtualization in the firmware, or nested virtualization in the hypervisor, and load kvm_intel or kvm_amd"
        fi
        return 77
    fi
    vm_kernel=$(platform_key kernel "$vm_out/vmlinuz")
    if [ "$vm_kernel" != "$vm_out/vmlinuz" ] && [ ! -r "$vm_kernel" ]; then
        echo "kernel $vm_kernel: not readable"
        return 77
    fi
    # KVM hands its guests a clock; an emulated microvm has only a TSC, and nothing to calibrate that against.
    if [ "$PLATFORM_NAME:$(platform_key machine pc)" = qemu:microvm ]; then
        echo "an emulated microvm has no timer that a stock kernel can set its clock by; machine=microvm is for kvm"
        return 77
    fi
    vm_network_probe
}

vm_need() {
    PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null 2>&1 || {
        echo "$1: not found; install it: apt-get install $2"
        return 77
    }
}

# Builds the guest; for kvm also boots it once, because /dev/kvm can open, create a machine, and
# still hang as soon as a guest enters long mode.
platform_prepare() {
    vm_why=$(sh "$ROOT/vm-image/build.sh" guest 2>>"$LOG") || {
        echo "${vm_why:-the guest could not be built; see $LOG}"
        return 77
    }
    [ "$PLATFORM_NAME" = kvm ] || return 0
    if vm_start 12 2>>"$LOG"; then
        platform_down
        return 0
    fi
    platform_down
    echo "/dev/kvm opens, but a guest does not come up within 12 s: virtualization is not usable here (nested without support?)"
    return 77
}
platform_release() { :; }

# The data disk is fresh: what a guest before it wrote is not there. A qcow2 made with prealloc=off or metadata
# grows while it is written.
vm_disk() {
    vm_format=$(platform_key disk qcow2)
    vm_prealloc=$(platform_key prealloc falloc)
    vm_template=$vm_out/data.ext4
    if [ ! -f "$vm_template" ]; then
        truncate -s 3G "$vm_template.$$"
        PATH=$PATH:/usr/sbin:/sbin mkfs.ext4 -q -F -L guestmark -m 0 -E lazy_itable_init=0,lazy_journal_init=0 -J size=16 "$vm_template.$$"
        mv "$vm_template.$$" "$vm_template"
    fi
    case $vm_format in
    qed) set -- ;;
    raw) set -- -o preallocation="$(echo "$vm_prealloc" | sed s/metadata/off/)" ;;
    *) set -- -o preallocation="$vm_prealloc" ;;
    esac
    qemu-img convert -q -f raw -O "$vm_format" "$@" "$vm_template" "$STATE/data.$vm_format"
}

vm_machine() {
    vm_machine=$(platform_key machine pc)
    if [ "$PLATFORM_NAME" = kvm ]; then vm_accel=kvm; else vm_accel=tcg,thread=multi; fi
    case $vm_machine in
    # Devices sit on the virtio-mmio bus; the firmware is a minimal one.
    microvm) vm_machine=microvm,rtc=on,pit=on,pic=on vm_bus=device ;;
    *) vm_bus=pci ;;
    esac
}

# vm_start SECONDS: boots a guest and waits until its agent answers.
vm_start() {
    vm_disk
    vm_machine
    vm_network_up || return
    mkfifo "$STATE/agent.in" "$STATE/agent.out" "$STATE/qmp.in" "$STATE/qmp.out"
    vm_arguments >"$STATE/arguments"
    # One argument per line, so that none needs quoting. shellcheck disable=SC2046
    (
        set -f
        IFS='
'
        # shellcheck disable=SC2046 # one argument per line, so that none needs quoting
        platform_taskset "$TEST_CPUS" qemu-system-x86_64 $(cat "$STATE/arguments") >>"$LOG" 2>&1 </dev/null
    ) || {
        echo "$PLATFORM: QEMU does not start: $(tail -n 1 "$LOG")" >&2
        return 1
    }
    channel_ask "$STATE/agent" "$1" true >/dev/null || {
        echo "$PLATFORM: the guest does not answer within $1 s; its console ends: $(tail -n 1 "$LOG" | tr -d '\r')" >&2
        return 1
    }
}

vm_arguments() {
    vm_cpu=$(platform_key cpu "$(if [ "$PLATFORM_NAME" = kvm ]; then echo host; else echo max; fi)")
    vm_words="console=ttyS0 quiet panic=-1 reboot=t cryptomgr.notests 8250.nr_uarts=1 guestmark.agent $(vm_network_kernel)"
    vm_words="$vm_words transparent_hugepage=$(sed 's/.*\[//; s/\].*//' /sys/kernel/mm/transparent_hugepage/enabled 2>/dev/null || echo madvise)"
    cat <<END
-name
guestmark
-nodefaults
-no-user-config
-no-reboot
-display
none
-daemonize
-pidfile
$vm_pid_file
-machine
$vm_machine
-accel
$vm_accel
-cpu
$vm_cpu
-smp
$(platform_key cpus "$(platform_cpu_count "$TEST_CPUS")")
-m
$(platform_key memory "$MEMORY")
-kernel
$(platform_key kernel "$vm_out/vmlinuz")
-initrd
$vm_out/initrd
-append
$vm_words
-chardev
file,id=console,path=$LOG,append=on
-serial
chardev:console
-device
virtio-serial-$vm_bus
-chardev
pipe,id=agent,path=$STATE/agent
-device
virtserialport,chardev=agent,name=guestmark
-chardev
pipe,id=qmp,path=$STATE/qmp
-mon
chardev=qmp,mode=control
-drive
if=none,id=data,file=$STATE/data.$vm_format,format=$vm_format,cache=$(platform_key cache none),aio=$(platform_key aio threads)
-device
virtio-blk-$vm_bus,drive=data
-netdev
$(vm_network_backend)
-device
virtio-net-$vm_bus,netdev=net
END
}

platform_up() { vm_start 60; }
platform_run() { channel_ask "$STATE/agent" 0 "$@"; }
platform_data() { echo /data; }

platform_sha256() {
    # shellcheck disable=SC2086 # a list of names
    platform_run sh -c 'cd /usr/local/bin && sha256sum "$@"' - $PLATFORM_TOOLS
}

platform_url() {
    platform_run sh -c '[ -f /data/www/nginx.pid ] || serve /data/www 80' >>"$LOG" 2>&1 || {
        echo "nginx does not start in the guest; see $LOG"
        return 1
    }
    vm_network_url
}

platform_facts() {
    vm_machine
    echo platform.kind=vm
    echo "platform.engine=$(qemu-system-x86_64 --version | head -n 1)"
    echo "platform.machine=$(platform_key machine pc)"
    echo "platform.cpus=$(platform_key cpus "$(platform_cpu_count "$TEST_CPUS")")"
    echo "platform.memory=$(platform_key memory "$MEMORY")"
    echo "identity.accelerator=${vm_accel%%,*}"
    channel_qmp "$STATE/qmp" query-kvm |
        sed -n 's/.*"enabled": \([a-z]*\), "present": \([a-z]*\).*/identity.kvm_enabled=\1\nidentity.kvm_present=\2/p'
    vm_network_facts
    platform_run sh -c 'echo "guest.kernel=$(uname -r)"; nginx -v 2>&1 | sed "s|.*nginx/|nginx.version=|"'
    echo nginx.origin=rootfs
    echo data.storage=disk
    platform_host_data "$STATE/data.$(platform_key disk qcow2)"
    echo "disk.format=$(platform_key disk qcow2)"
    echo "disk.prealloc=$(platform_key prealloc falloc)"
    echo "disk.cache=$(platform_key cache none)"
    echo "disk.aio=$(platform_key aio threads)"
    echo disk.bus=virtio
}

platform_pids() {
    [ ! -f "$vm_pid_file" ] || cat "$vm_pid_file"
    vm_network_pids
}

platform_down() {
    if [ -f "$vm_pid_file" ]; then
        vm_pid=$(cat "$vm_pid_file")
        kill -9 "$vm_pid" 2>/dev/null || :
        while [ -n "$(tr '\0' ' ' <"/proc/$vm_pid/cmdline")" ]; do sleep 0.05; done 2>/dev/null
    fi
    vm_network_down
    rm -f "$vm_pid_file" "$STATE/arguments" "$STATE"/data.* "$STATE"/agent.* "$STATE"/qmp.*
}
