#!/bin/sh
# Every guard speaks up on the evidence it is there for, and is silent on the evidence beside it.
. common/test/tap.sh

# judge PLATFORM BENCHMARK FACT...
judge() {
    judge_platform=$1 judge_benchmark=$2
    shift 2
    printf '%s\n' "$@" | awk -v place=P -v platform="$judge_platform" -v benchmark="$judge_benchmark" \
        -v own_cpus="$own_cpus" -v own_memory="" -f common/driver/csv.awk \
        -f common/driver/guards.awk
}

# fires GUARD OUTCOME PLATFORM BENCHMARK FACT...: exactly this guard, with evidence and advice.
fires() {
    fires_guard=$1 fires_outcome=$2
    shift 2
    run judge "$@"
    check "$fires_guard fires for $1 on $*" sh -c '
        [ "$(wc -l <"$1")" -eq 1 ] && grep -Eq "^P,$2,$3,..*,..*" "$1"' - "$TMP/out" "$fires_guard" \
        "$fires_outcome"
}

silent() {
    run judge "$@"
    check "silent for $*" [ ! -s "$TMP/out" ]
}

# advises WORDS PLATFORM BENCHMARK FACT...: to do what is possible there.
advises() {
    advises_words=$1
    shift
    run judge "$@"
    out_has "advises $1 on $*: $advises_words" "^P,[^,]*,[^,]*,.*$advises_words"
}
own_cpus=

fires identity void kvm - platform.kind=vm identity.kvm_enabled=false
silent kvm - platform.kind=vm identity.kvm_enabled=true
fires identity void qemu:net=tap - platform.kind=vm identity.kvm_enabled=true
silent qemu - platform.kind=vm identity.kvm_enabled=false
fires identity void kvm linpack hypervisor=TCGTCGTCGTCG
silent kvm linpack hypervisor=KVMKVMKVM
fires identity void qemu linpack hypervisor=KVMKVMKVM
silent qemu linpack hypervisor=TCGTCGTCGTCG
silent qemu nginxload hypervisor=KVMKVMKVM
fires identity void docker - platform.kind=container identity.pid_namespace='pid:[1]' \
    host.pid_namespace='pid:[1]'
silent docker - platform.kind=container identity.pid_namespace='pid:[1]' host.pid_namespace='pid:[2]'

fires identity void docker:runtime=runsc - identity.runtime=runsc identity.kernel=6.1.0 host.kernel=6.1.0
silent docker:runtime=runsc - identity.runtime=runsc identity.kernel=4.4.0 host.kernel=6.1.0
silent docker - identity.runtime=runc identity.kernel=6.1.0 host.kernel=6.1.0

fires architecture mark qemu:arch=aarch64 - platform.arch=aarch64 host.arch=x86_64
silent qemu - platform.arch=aarch64 host.arch=aarch64
fires sha256 void docker - sha256.different='linpack memsweep'
fires sha256 mark docker - sha256.unknown=yes
silent docker - sha256.equal=yes

fires resources mark podman - platform.kind=container platform.unlimited=memory
silent native - platform.kind=native platform.unlimited=memory
advises 'the cgroup controllers' podman - platform.kind=container platform.unlimited=memory
advises --memory exec:ssh - platform.kind=exec platform.unlimited=memory
fires resources mark qemu memsweep host.test_cpus=0-1 cpu.allowed=0 hypervisor=TCGTCGTCGTCG
silent qemu memsweep host.test_cpus=0-1 cpu.allowed=2,4 hypervisor=TCGTCGTCGTCG
silent docker memsweep host.test_cpus=0 cpu.allowed=0-3 cgroup.cpus=1
own_cpus=4
silent docker memsweep host.test_cpus=0 cpu.allowed=0-3
own_cpus=
fires resources mark docker memsweep platform.kind=container host.memory=1G memory='8388608 KiB' \
    cgroup.memory=none
silent docker memsweep platform.kind=container host.memory=1G memory='8388608 KiB' cgroup.memory=1G
silent qemu memsweep platform.kind=vm host.memory=1G memory='979012 KiB' cgroup.memory=none

# CPU time that a control group grants is compared on both sides.
fires quota mark docker memsweep host.test_cpus=0 cpu.allowed=0 cgroup.cpus=0.5
fires quota mark native memsweep platform.kind=native host.test_cpus=0 cpu.allowed=0 cgroup.cpus=0.5 \
    host.cgroup_cpus=0.5
silent docker memsweep platform.kind=container host.test_cpus=0 cpu.allowed=0 cgroup.cpus=none \
    host.cgroup_cpus=0.5
fires quota mark qemu memsweep platform.kind=vm host.test_cpus=0 cpu.allowed=0 cgroup.cpus=none \
    host.cgroup_cpus=0.5
silent native memsweep host.test_cpus=0 cpu.allowed=0 cgroup.cpus=2 host.cgroup_cpus=2
fires quota mark docker nginxload platform.kind=container host.test_cpus=0 host.client_cpus=1-3 \
    cgroup.cpus=0.5 host.cgroup_cpus=0.5

fires thp mark qemu memsweep thp='always madvise [never]' host.thp='always [madvise] never'
silent qemu memsweep thp='always [madvise] never' host.thp='always [madvise] never'

fires isa void docker linpack isa=avx512 host.isa=avx2
silent docker linpack isa=avx2 host.isa=avx2 best.isa=avx512

fires nested mark kvm - platform.kind=vm host.virtualized=yes
silent kvm - platform.kind=vm
fires ksm mark kvm - platform.kind=vm host.ksm=1
silent native - platform.kind=native host.ksm=1

# Load is weighed on the CPUs in use.
fires load mark native - host.load=0.90
silent native - host.load=0.03
fires load mark native - host.load=0.40 host.cpus=2
silent native - host.load=0.90 host.cpus=64
fires load mark native - host.load=9.00 host.cpus=64
fires load mark native - host.load=1.00 host.load_in_use=0.90 host.cpus=64 host.test_cpus=0 host.client_cpus=1
silent native - host.load=9.00 host.load_in_use=0.02 host.cpus=64 host.test_cpus=0 host.client_cpus=1

# The reading of a clock is bracketed, and what the bracket explains is no skew.
fires clock void kvm - clock.host=20.00 clock.guest=19.00
fires clock void kvm - clock.host=20.00 clock.guest=20.50
silent kvm - clock.host=20.00 clock.guest=20.05
silent native - clock.host=4.98 clock.host_least=3.50 clock.host_most=5.10 clock.guest=3.55
fires clock void kvm - clock.host_least=19.50 clock.host_most=20.50 clock.guest=19.00
fires clock void kvm - clock.host_least=19.50 clock.host_most=20.50 clock.guest=21.00
silent kvm - clock.host_least=19.50 clock.host_most=20.50 clock.guest=20.40

# The runtime is what was asked for, what the engine says, and what is seen inside.
container='platform.kind=container host.kernel=6.1.0'
# shellcheck disable=SC2086 # facts without blanks
{
    silent docker - $container identity.runtime=runc identity.kernel=6.1.0
    silent podman - $container identity.runtime=crun identity.kernel=6.1.0
    silent docker - $container identity.runtime=io.containerd.runc.v2 identity.kernel=6.1.0
    fires runtime mark docker - $container identity.runtime=runsc identity.kernel=4.4.0
    fires runtime mark docker:net=host - $container identity.runtime=kata identity.kernel=6.1.0
    fires runtime mark docker - $container identity.runtime=runc identity.kernel=4.4.0
    silent docker:runtime=runsc - $container identity.runtime=runsc identity.kernel=4.4.0
    fires identity void docker:net=host,runtime=runsc - $container identity.runtime=runc identity.kernel=6.1.0
}

# Whose kernel, and what it does against the CPU's faults: where that is most of the figure.
vm='platform.kind=vm host.kernel=6.1.0'
# shellcheck disable=SC2086
{
    fires kernel mark kvm forksum $vm guest.kernel=6.1.0-cloud
    fires kernel mark qemu nginxload $vm guest.kernel=6.1.0-cloud
    silent kvm linpack $vm guest.kernel=6.1.0-cloud
    silent kvm forksum $vm guest.kernel=6.1.0
    silent docker forksum platform.kind=container guest.kernel=6.0 host.kernel=6.1.0
    silent kvm forksum $vm guest.kernel=6.1.0 cpu.mitigations='meltdown: Mitigation: PTI' \
        host.mitigations='meltdown: Mitigation: PTI'
    silent kvm forksum $vm guest.kernel=6.1.0 cpu.mitigations='meltdown: Mitigation: PTI' \
        host.mitigations=unknown
    fires kernel mark kvm forksum $vm guest.kernel=6.1.0 \
        cpu.mitigations='spectre_v2: Mitigation: Retpolines; IBPB: conditional' \
        host.mitigations='meltdown: Mitigation: PTI; spectre_v2: Mitigation: Retpolines; STIBP: forced'
}
check 'and names the mitigations' grep -q 'mitigations differ: spectre_v2, meltdown"*,' "$TMP/out"
fires clock void kvm memsweep 'bill.wall=1.00 s' 'timed.wall=1.5 s'
fires clock void kvm memsweep 'bill.wall=1.00 s' 'timed.wall=0.6 s' 'copy.timed.wall=0.9 s'
silent kvm memsweep 'bill.wall=1.50 s' 'timed.wall=0.6 s' 'copy.timed.wall=0.9 s'
silent kvm memsweep 'bill.wall=9.00 s' 'timed.wall=8.5 s'

# Who waits for a CPU that it was promised is told by its own tasks.
fires waited mark docker linpack 'timed.wall=2.0 s' 'timed.waited=0.9 s'
silent docker linpack 'timed.wall=2.0 s' 'timed.waited=0.05 s'
silent docker linpack 'timed.wall=0.02 s' 'timed.waited=0.01 s'
silent docker linpack 'timed.wall=2.0 s' timed.waited=unknown
silent native forksum 'timed.wall=2.0 s' 'timed.waited=0.13 s'
fires waited mark native forksum 'timed.wall=2.0 s' 'timed.waited=0.3 s' host.test_cpus=0 'bill.wall=3 s' \
    'bill.host_cpu=3 s' 'bill.platform_cpu=2 s'
check 'something else ran, where others used the CPU' grep -q 'something else ran on CPU 0 ' "$TMP/out"
fires waited mark native forksum 'timed.wall=2.0 s' 'timed.waited=0.3 s' 'bill.wall=3 s' \
    'bill.host_cpu=3 s' 'bill.platform_cpu=2.9 s'
check 'but nothing that nobody saw' grep -q 'nobody else was seen to have it' "$TMP/out"
fires waited mark podman linpack 'timed.wall=2.0 s' 'timed.waited=0.3 s' 'bill.wall=3 s' \
    'bill.host_cpu=2.1 s' 'timed.user=1.8 s' 'timed.system=0.2 s'
check 'nor of a platform without a bill' grep -q 'nobody else was seen to have it' "$TMP/out"
fires waited mark podman linpack 'timed.wall=2.0 s' 'timed.waited=0.3 s' 'bill.wall=3 s' \
    'bill.host_cpu=3 s' 'timed.user=1.8 s' 'timed.system=0.2 s'
check 'where others had it, it says so' grep -q 'something else ran' "$TMP/out"
fires waited mark docker memsweep 'timed.wall=2.0 s' 'timed.waited=0 s' 'size.timed.wall=1.0 s' \
    'size.timed.waited=0.5 s'
fires waited mark native nginxload 'timed.wall=2.0 s' 'timed.waited=0.9 s' host.client_cpus=1
check 'the load client waits' grep -q 'the load client waited for its CPU for 45.0 %' "$TMP/out"
fires waited mark qemu linpack 'bill.wall=10 s' 'bill.host_cpu=10 s' 'bill.platform_cpu=5 s' \
    'bill.waited=4.9 s'
silent qemu linpack 'bill.wall=10 s' 'bill.host_cpu=10 s' 'bill.platform_cpu=9.9 s' 'bill.waited=4.9 s'
silent qemu linpack 'bill.wall=10 s' 'bill.host_cpu=19 s' 'bill.platform_cpu=9.9 s' 'bill.waited=0.1 s'
silent docker nginxload 'bill.wall=10 s' 'bill.host_cpu=19 s' 'bill.platform_cpu=9 s' 'bill.waited=4.9 s' \
    'timed.wall=5 s' 'timed.user=3 s' 'timed.system=2 s' 'big.timed.user=1 s' 'big.timed.system=4 s'

# What serves is looked at like what measures.
fires server void docker nginxload server.different='nginx libc.so.6'
fires server mark docker nginxload server.unknown=yes
silent docker nginxload server.equal=yes
silent docker linpack server.different=nginx

# Steal is weighed on the CPUs in use.
fires steal mark native memsweep 'bill.wall=10.00 s' 'host.steal=1.00 s'
silent native memsweep 'bill.wall=10.00 s' 'host.steal=1.00 s' host.test_cpus=0-31 host.client_cpus=32-63
silent native memsweep 'bill.wall=10.00 s' 'host.steal=0.10 s'
fires steal mark kvm memsweep platform.kind=vm 'timed.wall=10 s' 'timed.steal=1 s'
fires steal mark kvm memsweep platform.kind=vm 'timed.wall=1 s' 'timed.steal=0 s' \
    'copy.timed.wall=9 s' 'copy.timed.steal=1 s'
fires throttling mark native linpack host.throttled=3
silent native linpack host.throttled=0

# 64 MiB were filled and warmed up with, and 10 MiB counted: 74 MiB.
wrote() {
    printf '%s|' 'bytes.before=67108864 written' 'bytes.asked=4096 read, 10485760 written' \
        option.pattern=randwrite data.device=vda
    echo "host.disk_written=$1 B"
}
disk() { # fires, silent or advises, with the facts of wrote
    disk_written=$1
    shift
    IFS='|'
    # shellcheck disable=SC2046 # facts, split at the bars
    set -- "$@" $(wrote "$disk_written")
    unset IFS
    "$@"
}
disk 1000000 fires direct mark qemu diskrand platform.kind=vm
disk 68000000 fires direct mark qemu diskrand platform.kind=vm
disk 77000000 silent qemu diskrand platform.kind=vm
disk 77000000 fires direct mark qemu diskrand platform.kind=vm 'host.data_cached=70000000 B'
disk 77000000 silent qemu diskrand platform.kind=vm 'host.data_cached=4096 B'
disk 77000000 advises cache=none qemu diskrand platform.kind=vm 'host.data_cached=70000000 B'
disk 77000000 advises 'of memory"?$' docker diskrand platform.kind=container 'host.data_cached=70000000 B'
disk 11000000 silent qemu diskrand platform.kind=vm option.steps=yes
disk 8000000 fires direct mark qemu diskrand platform.kind=vm option.steps=yes
fires memory mark qemu diskrand platform.kind=vm data.device=zram0 'data.memory=zram0 is memory, not a disk'
fires direct mark qemu diskrand platform.kind=vm data.device=unknown data.filesystem=zfs
silent exec:ssh diskrand platform.kind=exec
fires direct mark native diskrand 'direct=no: --buffered'
silent native diskrand 'direct=yes: offsets of 512'
fires bytes mark native diskrand \
    'guard.bytes=failed: the device saw 0.4 bytes written per byte asked for, a cache took the rest'
silent native diskrand 'guard.bytes=passed: the device agrees; no /proc/self/io'
silent docker diskrand 'guard.bytes=unknown: no /proc/self/io, no counters of the device'
fires overlay mark docker diskrand data.storage=overlay
silent docker diskrand data.storage=volume
fires allocation mark qemu diskrand platform.kind=vm 'host.data_grown=67108864 B'
silent qemu diskrand platform.kind=vm 'host.data_grown=4096 B'

fires network mark qemu nginxload net.backend=user
silent qemu nginxload net.backend=tap
advises net=tap qemu nginxload platform.kind=vm net.backend=user
advises net=host podman nginxload platform.kind=container net.backend=slirp4netns
fires congestion mark qemu nginxload net.backend=tap net.congestion=cubic host.congestion=bbr
fires congestion mark native nginxload net.congestion=bbr host.congestion=bbr
silent qemu nginxload net.backend=tap net.congestion=cubic host.congestion=cubic
silent qemu nginxload net.backend=tap net.congestion=cubic
fires client mark native nginxload \
    'guard.client=used 97 % of its CPU: give it more CPUs and --threads' client.cpu_share=0.97
fires client mark native nginxload guard.client=pass \
    'big.guard.client=used 95 % of its CPU: give it more CPUs and --threads'
fires client mark native nginxload guard.client=pass host.test_cpus=0 host.client_cpus=0
fires client mark native nginxload guard.client=pass host.test_cpus=0-2 host.client_cpus=2,3
silent native nginxload guard.client=pass host.test_cpus=0-1,4 host.client_cpus=2-3,5
fires client mark native nginxload guard.client=pass host.test_cpus=0 host.client_cpus=4 \
    'host.shared_core=0 and 4'
fires cores mark native - host.test_cpus=0-5 host.mixed_cores=yes
fires connections mark docker nginxload 'guard.connections=60 of 64 connections were made: Connection refused'
fires rate mark docker nginxload 'guard.rate=8000 of 10000 requests/s were achieved, 20000 were never sent'
fires retransmits mark qemu nginxload net.backend=tap \
    'big.guard.retransmits=900 segments had to be sent again: packets are lost'
silent native nginxload guard.client=pass guard.connections=pass guard.rate=pass guard.retransmits=pass \
    big.guard.client=pass
run judge native nginxload 'guard.client=used 97 % of its CPU' 'big.guard.client=used 93 % of its CPU'
check 'both loads may have reached the limit of the client' \
    [ "$(grep -c '^P,client,mark,' "$TMP/out")" -eq 2 ]
fires resident mark qemu nginxload 'big.download.bytes=100000000 of 500000000' 'host.disk_read=90000000 B'
silent qemu nginxload 'big.download.bytes=100000000 of 500000000' 'host.disk_read=4096 B'

# Evidence with commas and quotes stays one field.
run judge docker - 'sha256.different=a,"b"'
out_has 'fields are quoted' '^P,sha256,void,"other programs there than here: a,""b""",'

# Rules that an awk cannot read, or that stop half-way, let nothing pass.
ROOT=$PWD WORK=$TMP LOG=$TMP/log PLATFORM=native
. common/driver/csv.sh
. common/driver/guards.sh
record_place() { echo "P,$1"; }
record_append() { cat >"$TMP/$1"; }
platform_key() { :; }
echo cpu.online=1 | guards_apply linpack
check 'rules that can be read judge' [ "$(wc -c <"$TMP/guards.csv")" -eq 0 ]
ROOT=$TMP
mkdir -p "$TMP/common/driver"
cp common/driver/csv.awk "$TMP/common/driver"
printf '{ print "P,half" }\nEND { exit 1 }\n' >"$TMP/common/driver/guards.awk"
echo cpu.online=1 | guards_apply linpack
check 'rules that stop half-way: the trial does not count' \
    grep -qx 'P,linpack,rules,void,its facts could not be judged here,see log/driver.log' "$TMP/guards.csv"
check 'and that is all of it' [ "$(wc -l <"$TMP/guards.csv")" -eq 1 ]
echo 'function a(' >"$TMP/common/driver/guards.awk"
echo cpu.online=1 | guards_apply linpack
check 'nor where they cannot be read' grep -q '^P,linpack,rules,void,' "$TMP/guards.csv"
check 'the log has why' [ -s "$TMP/log" ]
ROOT=$PWD
tap_done
