#!/bin/sh
# Every guard speaks up on the evidence it is there for, and is silent on the evidence beside it.
. common/test/tap.sh

# judge PLATFORM BENCHMARK FACT...
judge() {
    judge_platform=$1 judge_benchmark=$2
    shift 2
    printf '%s\n' "$@" | awk -v place=P -v platform="$judge_platform" -v benchmark="$judge_benchmark" \
        -v own_cpus="$own_cpus" -v own_memory="" -f common/driver/guards.awk
}

# fires GUARD OUTCOME PLATFORM BENCHMARK FACT...: exactly this guard, with evidence and advice.
fires() {
    fires_guard=$1 fires_outcome=$2
    shift 2
    run judge "$@"
    check "$fires_guard fires for $1 on $*" sh -c '
        [ "$(wc -l <"$1")" -eq 1 ] && grep -Eq "^P,$2,$3,..*,..*" "$1"' - "$TMP/out" "$fires_guard" "$fires_outcome"
}

silent() {
    run judge "$@"
    check "silent for $*" [ ! -s "$TMP/out" ]
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
fires identity void docker - platform.kind=container identity.pid_namespace='pid:[1]' host.pid_namespace='pid:[1]'
silent docker - platform.kind=container identity.pid_namespace='pid:[1]' host.pid_namespace='pid:[2]'

fires identity void docker:runtime=runsc - identity.runtime=runsc identity.kernel=6.1.0 host.kernel=6.1.0
silent docker:runtime=runsc - identity.runtime=runsc identity.kernel=4.4.0 host.kernel=6.1.0
silent docker - identity.runtime=runc identity.kernel=6.1.0 host.kernel=6.1.0

fires sha256 void docker - sha256.different='linpack memsweep'
fires sha256 mark docker - sha256.unknown=yes
silent docker - sha256.equal=yes

fires resources mark podman - platform.kind=container platform.unlimited=memory
silent native - platform.kind=native platform.unlimited=memory
fires resources mark qemu memsweep host.test_cpus=0-1 cpu.allowed=0 hypervisor=TCGTCGTCGTCG
silent qemu memsweep host.test_cpus=0-1 cpu.allowed=2,4 hypervisor=TCGTCGTCGTCG
silent docker memsweep host.test_cpus=0 cpu.allowed=0-3 cgroup.cpus=1
own_cpus=4
silent docker memsweep host.test_cpus=0 cpu.allowed=0-3
own_cpus=
fires resources mark docker memsweep platform.kind=container host.memory=1G memory='8388608 KiB' cgroup.memory=none
silent docker memsweep platform.kind=container host.memory=1G memory='8388608 KiB' cgroup.memory=1G
silent qemu memsweep platform.kind=vm host.memory=1G memory='979012 KiB' cgroup.memory=none
fires thp mark qemu memsweep thp='always madvise [never]' host.thp='always [madvise] never'
silent qemu memsweep thp='always [madvise] never' host.thp='always [madvise] never'

fires isa void docker linpack isa=avx512 host.isa=avx2
silent docker linpack isa=avx2 host.isa=avx2 best.isa=avx512

fires nested mark kvm - platform.kind=vm host.virtualized=yes
silent kvm - platform.kind=vm
fires ksm mark kvm - platform.kind=vm host.ksm=1
silent native - platform.kind=native host.ksm=1
fires load mark native - host.load=0.90
silent native - host.load=0.03
fires clock void kvm - clock.host=20.00 clock.guest=19.00
fires clock void kvm - clock.host=20.00 clock.guest=20.50
silent kvm - clock.host=20.00 clock.guest=20.05
fires clock void kvm memsweep 'bill.wall=1.00 s' 'timed.wall=1.5 s'
silent kvm memsweep 'bill.wall=9.00 s' 'timed.wall=8.5 s'

fires steal mark native memsweep 'bill.wall=10.00 s' 'host.steal=1.00 s'
silent native memsweep 'bill.wall=10.00 s' 'host.steal=0.10 s'
fires steal mark kvm memsweep platform.kind=vm 'timed.wall=10 s' 'timed.steal=1 s'
fires throttling mark native linpack host.throttled=3
silent native linpack host.throttled=0

# 64 MiB were filled and 1 s was written at 10 MiB/s: 74 MiB.
wrote() { echo "trial.bandwidth=1.04858e+07|timed.wall=1.0 s|option.size=64M|option.pattern=randwrite|data.device=vda|host.disk_written=$1 B"; }
disk() { # fires or silent, with the facts of wrote
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
fires direct mark native diskrand 'direct=no: --buffered'
silent native diskrand 'direct=yes: offsets of 512'
fires bytes mark native diskrand 'guard.bytes=failed: the device saw 0.4 bytes written per byte asked for, a cache took the rest'
silent native diskrand 'guard.bytes=passed: the device agrees; no /proc/self/io'
silent docker diskrand 'guard.bytes=unknown: no /proc/self/io, no counters of the device'
fires overlay mark docker diskrand data.storage=overlay
silent docker diskrand data.storage=volume
fires allocation mark qemu diskrand platform.kind=vm 'host.data_grown=67108864 B'
silent qemu diskrand platform.kind=vm 'host.data_grown=4096 B'

fires network mark qemu nginxload net.backend=user
silent qemu nginxload net.backend=tap
fires client mark native nginxload 'guard.client=used 97 % of its CPU: give it more CPUs and --threads' client.cpu_share=0.97
fires client mark native nginxload guard.client=pass 'big.guard.client=used 95 % of its CPU: give it more CPUs and --threads'
fires connections mark docker nginxload 'guard.connections=60 of 64 connections were made: Connection refused'
fires rate mark docker nginxload 'guard.rate=8000 of 10000 requests/s were achieved, 20000 were never sent'
fires retransmits mark qemu nginxload net.backend=tap 'big.guard.retransmits=900 segments had to be sent again: packets are lost'
silent native nginxload guard.client=pass guard.connections=pass guard.rate=pass guard.retransmits=pass big.guard.client=pass
run judge native nginxload 'guard.client=used 97 % of its CPU' 'big.guard.client=used 93 % of its CPU'
check 'both loads may have reached the limit of the client' [ "$(grep -c '^P,client,mark,' "$TMP/out")" -eq 2 ]
fires resident mark qemu nginxload 'big.download.bytes=100000000 of 500000000' 'host.disk_read=90000000 B'
silent qemu nginxload 'big.download.bytes=100000000 of 500000000' 'host.disk_read=4096 B'

# Evidence with commas and quotes stays one field.
run judge docker - 'sha256.different=a,"b"'
out_has 'fields are quoted' '^P,sha256,void,"other programs there than here: a,""b""",'

tap_done
