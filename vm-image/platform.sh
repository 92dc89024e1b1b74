# Adapter: kvm and qemu (emulated, TCG): a guest that boots the initrd of build.sh, with a data disk and one
# network card, driven through its agent over two FIFOs; QMP over two more. See common/platforms/platform.sh
# for the contract.
#
# Everything runs as the invoking user, but for net=tap. The guest has no way out to the network, and
# only its nginx can be reached, from loopback.

. "$ROOT/common/platforms/limits.sh"
. "$ROOT/vm-image/channel.sh"
. "$ROOT/vm-image/network.sh"
. "$ROOT/vm-image/probe.sh"

vm_arch=$(platform_key arch "$(uname -m)")
vm_foreign='' vm_build=$BUILD
[ "$vm_arch" = "$(uname -m)" ] || vm_foreign=1 vm_build=$BUILD/$vm_arch
vm_out=$vm_build/vm-image
vm_qemu=qemu-system-$vm_arch
vm_pid_file=$STATE/qemu.pid

platform_keys() {
    cat <<END
disk qcow2|raw|qed
prealloc falloc|full|metadata|off
cache none|writeback|writethrough|directsync|unsafe
aio threads|native|io_uring
net user|tap|passt
machine $(if [ "$vm_arch" = aarch64 ]; then echo virt; else echo 'pc|q35|microvm'; fi)
cpu $(PLATFORM=$PLATFORM_NAME vm_cpu)|MODEL
cpus N
memory SIZE
kernel FILE
END
    # Only emulation has another architecture than this machine's.
    case $PLATFORM_NAME:$(uname -m) in
    qemu:x86_64) echo 'arch x86_64|aarch64' ;;
    qemu:aarch64) echo 'arch aarch64|x86_64' ;;
    esac
}

platform_probe() {
    platform_check_keys || return
    vm_check_host && vm_check_machine && vm_check_cpu && vm_check_kernel && vm_check_disk &&
        vm_network_probe || return
    [ "$PLATFORM" != kvm ] || echo "/dev/kvm opens; whether a guest comes up, ./run.sh --doctor tells"
}

# Builds the guest; for kvm also boots it once, because /dev/kvm can open, create a machine, and
# still hang as soon as a guest enters long mode.
platform_prepare() {
    vm_why=$(ARCH=$vm_arch sh "$ROOT/vm-image/build.sh" guest 2>>"$LOG") || {
        echo "${vm_why:-the guest could not be built: $(tail -n 1 "$LOG")}"
        return 77
    }
    vm_carry || return
    [ "$PLATFORM_NAME" = kvm ] || return 0
    vm_status=0
    vm_start "$(limits_for accelerator)" 2>"$STATE/why" || vm_status=$?
    vm_why=$(tail -n 1 "$STATE/why")
    rm "$STATE/why"
    platform_down
    [ "$vm_status" -ne 0 ] || return 0
    echo "/dev/kvm opens, but ${vm_why#"$PLATFORM: "}"
    return 77
}
platform_release() { :; }

# vm_carry: the guest's initrd with what is in $CARRY behind it: the kernel unpacks one archive over the
# other. Where cpio lies in its package differs between releases.
vm_carry() {
    if [ "$(vm_initrd)" = "$vm_out/initrd" ] || [ -f "$CARRY.initrd" ]; then return; fi
    rm -rf "$CARRY.root"
    mkdir -p "$CARRY.root"
    cp -R "$CARRY" "$CARRY.root/carried"
    (
        cat "$vm_out/initrd"
        cd "$CARRY.root" && find carried | sort |
            PATH=$vm_out/tools/bin:$vm_out/tools/usr/bin cpio --quiet -o -H newc -R +0:+0
    ) >"$CARRY.initrd.new" 2>>"$LOG" || {
        echo "what is to be carried into the guest cannot be packed: $(tail -n 1 "$LOG")"
        return 77
    }
    mv "$CARRY.initrd.new" "$CARRY.initrd"
    rm -rf "$CARRY.root"
}

# The user's own programs are this machine's.
vm_initrd() {
    if [ -n "${CARRY:-}" ] && [ -z "$vm_foreign" ]; then echo "$CARRY.initrd"; else echo "$vm_out/initrd"; fi
}

# The data disk is fresh: what a guest before it wrote is not there. Making it is no part of starting a guest.
platform_fresh() { vm_disk; }

# qed has no preallocation: it always grows while it is written, as does a qcow2 made with prealloc=off or
# metadata.
vm_prealloc() {
    platform_key prealloc "$(if [ "$(platform_key disk qcow2)" = qed ]; then echo off; else echo falloc; fi)"
}

# 1 GiB: half of it is what nginx serves, and diskrand's file is small.
vm_disk() {
    vm_template=$BUILD/vm-image/disk.ext4
    if [ ! -f "$vm_template" ]; then
        truncate -s 1G "$vm_template.$$"
        PATH=$PATH:/usr/sbin:/sbin mkfs.ext4 -q -F -L guestmark -m 0 \
            -E lazy_itable_init=0,lazy_journal_init=0 -J size=16 "$vm_template.$$"
        mv "$vm_template.$$" "$vm_template"
    fi
    set -- -o preallocation="$(vm_prealloc)"
    [ "$(platform_key disk qcow2)" != qed ] || set --
    qemu-img convert -q -f raw -O "$(platform_key disk qcow2)" "$@" "$vm_template" "$(vm_data)" || return
    # Written and out of the host's page cache (GNU dd): nothing is left to be written back, or to be read
    # from there.
    dd of="$(vm_data)" oflag=nocache conv=notrunc,fdatasync count=0 2>/dev/null || :
}

vm_data() { echo "$STATE/data.$(platform_key disk qcow2)"; }

vm_machine_choose() {
    vm_machine=$(platform_key machine "$(vm_machine_default)")
    if [ "$PLATFORM_NAME" = kvm ]; then vm_accel=kvm; else vm_accel=tcg,thread=multi; fi
    vm_serial=ttyS0
    case $vm_machine in
    # The newest interrupt controller that there is.
    virt) vm_machine=virt,gic-version=max vm_bus=pci vm_serial=ttyAMA0 ;;
    # Devices sit on the virtio-mmio bus; the firmware is a minimal one.
    microvm) vm_machine=microvm,rtc=on,pit=on,pic=on vm_bus=device ;;
    *) vm_bus=pci ;;
    esac
}

vm_machine_default() { if [ "$vm_arch" = aarch64 ]; then echo virt; else echo pc; fi; }

# vm_start SECONDS: boots a guest and waits until its agent answers.
vm_start() {
    [ -f "$(vm_data)" ] || vm_disk || return
    vm_machine_choose
    vm_network_up || return
    for vm_channel in agent steps qmp; do mkfifo "$STATE/$vm_channel.in" "$STATE/$vm_channel.out"; done
    vm_arguments >"$STATE/arguments"
    (
        set -f
        IFS='
'
        # shellcheck disable=SC2046 # one argument per line, so that none needs quoting
        platform_taskset "$TEST_CPUS" "$vm_qemu" $(cat "$STATE/arguments") >>"$LOG" 2>&1 </dev/null
    ) || {
        echo "$PLATFORM: QEMU does not start: $(tail -n 1 "$LOG")" >&2
        return 1
    }
    channel_ask "$STATE/agent" "$1" true >/dev/null 2>&1 || {
        vm_no_answer "$1" >&2
        return 1
    }
}

# vm_no_answer SECONDS: why there is none, and how far the guest came.
vm_no_answer() {
    vm_said=$(grep . "$STATE/console" 2>/dev/null | tail -n 1 | tr -d '\r')
    vm_said="the last that its console says is: ${vm_said:-nothing}"
    vm_remedy='--limit allows more'
    [ "$PLATFORM_NAME" != kvm ] ||
        vm_remedy="$vm_remedy, unless virtualization is not usable here (nested without support?)"
    if vm_alive; then
        echo "$PLATFORM: the time is over: the guest does not answer within $1 s; $vm_said; $vm_remedy"
    else
        echo "$PLATFORM: the guest is gone before it has answered; $vm_said"
    fi
}

# vm_path PATH: as a value of an option of QEMU's, which commas separate.
vm_path() { printf '%s\n' "$1" | sed 's/,/,,/g'; }

vm_cpu() { platform_key cpu "$(if [ "$PLATFORM_NAME" = kvm ]; then echo host; else echo max; fi)"; }

# vm_cpu_argument: with what the model needs besides: as the architecture has it, signing pointers is most of
# what an emulator would do.
vm_cpu_argument() {
    case $vm_arch:$(vm_cpu) in
    aarch64:max) echo max,pauth-impdef=on ;;
    *) vm_cpu ;;
    esac
}

vm_arguments() {
    vm_words="console=$vm_serial"
    vm_words="$vm_words quiet panic=-1 reboot=t cryptomgr.notests 8250.nr_uarts=1 guestmark.agent"
    vm_words="$vm_words $(vm_network_kernel)"
    vm_words="$vm_words transparent_hugepage=$(
        sed 's/.*\[//; s/\].*//' /sys/kernel/mm/transparent_hugepage/enabled 2>/dev/null || echo madvise
    )"
    vm_access="cache=$(platform_key cache none),aio=$(platform_key aio threads)"
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
$(vm_cpu_argument)
-smp
$(platform_key cpus "$(platform_cpu_count "$TEST_CPUS")")
-m
$(platform_key memory "$MEMORY")
-kernel
$(platform_key kernel "$vm_out/vmlinuz")
-initrd
$(vm_initrd)
-append
$vm_words
-chardev
file,id=console,path=$(vm_path "$STATE/console")
-serial
chardev:console
-device
virtio-serial-$vm_bus
-chardev
pipe,id=agent,path=$(vm_path "$STATE/agent")
-device
virtserialport,chardev=agent,name=guestmark
-chardev
pipe,id=steps,path=$(vm_path "$STATE/steps")
-device
virtserialport,chardev=steps,name=guestmark.steps
-chardev
pipe,id=qmp,path=$(vm_path "$STATE/qmp")
-mon
chardev=qmp,mode=control
-drive
if=none,id=data,file=$(vm_path "$(vm_data)"),format=$(platform_key disk qcow2),$vm_access
-device
virtio-blk-$vm_bus,drive=data
-netdev
$(vm_network_backend)
-device
virtio-net-$vm_bus,netdev=net$([ "$vm_arch" = x86_64 ] || echo ,romfile=)
END
}

platform_up() { vm_start "$(limits_for guest)"; }
platform_run() { channel_ask "$STATE/agent" 0 "$@"; }
platform_serve() { channel_serve "$STATE/steps" "$@"; }
platform_data() { echo /data; }
[ -n "$vm_foreign" ] || platform_carried() { echo /carried; }
platform_build() { echo "$vm_build"; }

platform_sha256() { platform_sha256_in /usr/local/bin; }

platform_url() {
    platform_run sh -c "[ -f /data/www/nginx.pid ] || serve --big ${BIG:-512} /data/www 80" >>"$LOG" 2>&1 || {
        echo "nginx does not start in the guest: $(tail -n 1 "$LOG")"
        return 1
    }
    vm_network_url
}

platform_server() { platform_server_of platform_run /data/www serve; }

platform_facts() {
    vm_machine_choose
    echo platform.kind=vm
    echo "platform.arch=$vm_arch"
    echo "platform.engine=$("$vm_qemu" --version | head -n 1)"
    echo "platform.machine=$(platform_key machine "$(vm_machine_default)")"
    echo "platform.cpu_model=$(vm_cpu)"
    echo "platform.cpus=$(platform_key cpus "$(platform_cpu_count "$TEST_CPUS")")"
    echo "platform.memory=$(platform_key memory "$MEMORY")"
    echo "identity.accelerator=${vm_accel%%,*}"
    channel_qmp "$STATE/qmp" query-kvm |
        sed -n 's/.*"enabled": \([a-z]*\), "present": \([a-z]*\).*/\1 \2/p' |
        sed 's/^/identity.kvm_enabled=/; s/ /\nidentity.kvm_present=/'
    vm_network_facts
    platform_run sh -c 'echo "guest.kernel=$(uname -r)"'
    platform_nginx_version
    echo nginx.origin=rootfs
    echo data.storage=disk
    platform_host_data "$(vm_data)"
    echo "disk.format=$(platform_key disk qcow2)"
    echo "disk.prealloc=$(vm_prealloc)"
    echo "disk.cache=$(platform_key cache none)"
    echo "disk.aio=$(platform_key aio threads)"
    echo disk.bus=virtio
}

# KVM counts how often each virtual CPU left the guest, and for what; under TCG there is nothing to leave.
platform_counters() {
    channel_qmp "$STATE/qmp" '{"execute": "query-stats", "arguments": {"target": "vcpu"}}' | awk -v RS='{' '
        match($0, /"name": *"((io|mmio|halt|irq)_)?exits"/) {
            split(substr($0, RSTART, RLENGTH), word, "\"")
            if (match($0, /"value": *[0-9]+/)) {
                split(substr($0, RSTART, RLENGTH), part, ":")
                sum[word[4]] += part[2]
            }
        }
        END { for (name in sum) printf "%s=%.0f\n", name, sum[name] }'
}

platform_pids() {
    [ ! -f "$vm_pid_file" ] || cat "$vm_pid_file"
    vm_network_pids
}

# vm_alive: whether QEMU runs; one that nobody waits for stays a number, without a command line.
vm_alive() { [ -n "$(tr '\0' ' ' <"/proc/$(cat "$vm_pid_file")/cmdline")" ]; } 2>/dev/null

platform_down() {
    if [ -f "$vm_pid_file" ]; then
        vm_pid=$(cat "$vm_pid_file")
        kill -9 "$vm_pid" 2>/dev/null || :
        while vm_alive; do sleep 0.05; done
    fi
    vm_network_down
    [ ! -f "$STATE/console" ] || cat "$STATE/console" >>"$LOG"
    rm -f "$vm_pid_file" "$STATE/arguments" "$STATE/console" "$STATE"/data.* "$STATE"/agent.* \
        "$STATE"/steps.* "$STATE"/qmp.*
}
