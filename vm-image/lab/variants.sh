#!/bin/sh
# Runs in the lab's machine `kvm` (variants.t): a real KVM guest for every value of every key. A boot proves
# several.
# usage: variants.sh PLATFORM...
. common/test/tap.sh
. common/platforms/platform.sh
. vm-image/variant.sh

variant_begin
. common/platforms/limits.sh
limits_measure "$BUILD/forksum" --version

for platform; do
    variant "$platform"
    if [ "$run_status" -ne 77 ]; then
        out_has "$platform: QMP says that KVM is used" '^identity\.kvm_enabled=true$'
        run platform_run forksum -r 1 -t 1ms -f csv 1 10
        out_has "$platform: CPUID says KVM" '^# hypervisor=KVMKVMKVM'
        case $platform in
        *cpus=*) ok "$platform: CPUs as asked" sh -c '[ "$1" = 2 ]' - "$(platform_run nproc)" ;;
        esac
        run platform_counters
        out_has "$platform: its exits are counted" '^exits=[1-9]'
    fi
    variant_ends
done

tap_done
