#!/bin/sh
# The guest of this machine's architecture (lab/arm64_guest.t has another one's): what build.sh makes, what
# the adapter does with it, variant by variant, and what happens when QEMU dies.
. common/test/tap.sh
. common/platforms/platform.sh
. vm-image/variant.sh

variant_begin

variant_use qemu
limits_measure "$BUILD/forksum" --version
why=$(platform_probe) || skip_all "$why"
why=$(platform_prepare) || skip_all "$why"

same_programs() {
    for tool in $PLATFORM_TOOLS; do cmp "$BUILD/$tool" "$BUILD/rootfs/usr/local/bin/$tool" || return 1; done
}
ok 'the programs in the tree are those of the build' same_programs
stamp=$(stat -c %Y%i "$BUILD/vm-image/initrd")
ok 'built again' platform_prepare
check 'nothing is done when nothing has changed' [ "$(stat -c %Y%i "$BUILD/vm-image/initrd")" = "$stamp" ]
mv "$BUILD/vm-image/initrd" "$TMP/initrd"
rm "$BUILD/vm-image/guest.stamp"
ok 'built anew' platform_prepare
ok 'the initrd is byte for byte the same' cmp "$TMP/initrd" "$BUILD/vm-image/initrd"

# Each value that cannot be is one line, before anything is started.
echo 'not a kernel, though it is longer than its boot sector' >"$TMP/text"
truncate -s 4k "$TMP/text"
while read -r platform reason; do
    variant_use "$platform"
    status 77 "refused: $platform" platform_probe
    out_has "says why: $platform" "^$reason"
    check "in one line: $platform" [ "$(wc -l <"$TMP/out")" -eq 1 ]
done <<END
qemu:dsk=raw qemu:dsk=raw: no key dsk; there are:.* disk
qemu:disk=vmdk qemu:disk=vmdk: disk is not qcow2
qemu:cpu=nonsense cpu=nonsense: QEMU has no such model
qemu:cpu=host cpu=host is for kvm
qemu:machine=nonsense qemu:machine=nonsense: machine is not pc
qemu:machine=microvm an emulated microvm has no timer
qemu:kernel=$TMP/none kernel=$TMP/none: not a file
qemu:kernel=$TMP kernel=$TMP: not a file
qemu:kernel=$TMP/text kernel=$TMP/text: not a bzImage
qemu:cpus=0 qemu:cpus=0: cpus is not a number from 1
qemu:cpus=x qemu:cpus=x: cpus is not a number from 1
qemu:memory=lots qemu:memory=lots: memory is not a size
qemu:disk=raw,prealloc=metadata disk=raw cannot be made with prealloc=metadata
qemu:disk=qed,prealloc=full disk=qed cannot be made with prealloc=full
qemu:cache=writeback,aio=native a disk with cache=writeback,aio=native cannot be used here: .*cache.direct=on
END
variant_use qemu

# A guest that is not given the time, and one whose QEMU dies before.
status 1 'a second is too short' vm_start 1
one_line_error 'one line'
err_has 'says that time was the reason, and how far the guest came' \
    'the time is over: the guest does not answer within 1 s; the last that its console says is: .*; --limit'
kill -9 "$(cat "$STATE/qemu.pid")"
sleep 0.2
run vm_no_answer 60
out_has 'one that is gone is no matter of time' 'the guest is gone before it has answered'
platform_down

# A guest: everything that the contract names.
ok 'up' platform_up
adapter_contract
ok '100 kB of random bytes' platform_run head -c 100000 /dev/urandom
check 'come back, and only they' [ "$(wc -c <"$TMP/out")" -eq 100000 ]
run platform_run sh -c 'echo "=0"; echo ">x"; echo 1; cat'
check 'output that looks like the protocol is output; stdin is empty' \
    [ "$(tr '\n' ' ' <"$TMP/out")" = '=0 >x 1 ' ]
ok 'facts' platform_facts
out_has 'QMP says no KVM' '^identity\.kvm_enabled=false$'
out_has 'the disk file and what it holds' '^data\.allocated=[0-9]+$'
check 'are KEY=VALUE lines' awk '!/^[a-z0-9_.]+=./ { exit 1 }' "$TMP/out"
run platform_run forksum -r 1 -t 1ms -f csv 1 10
out_has 'a tool sees that it is emulated' '^# hypervisor=.*TCG'
check 'no exits are counted: there is no KVM to leave' [ -z "$(platform_counters)" ]
check 'one process is billed' [ "$(platform_pids | wc -l)" -eq 1 ]

ok 'nginx answers the host' variant_nginx
ok 'and takes what is sent to it' "$BUILD/nginxload" -r 1 -t 50ms -w 0 --upload 1M "$(platform_url)/upload"
export PLATFORM PLATFORM_NAME ROOT STATE LOG TEST_CPUS MEMORY
pid=$(cat "$STATE/qemu.pid")
{
    sleep 1
    kill -9 "$pid"
} &
status 1 'a guest that dies ends the command in it' timeout 20 sh -c '
    . common/platforms/platform.sh; . vm-image/platform.sh; platform_run sleep 1000'
one_line_error 'and says so'
status 1 'a dead guest is not waited for' timeout 20 sh -c '
    . common/platforms/platform.sh; . vm-image/platform.sh; platform_run true'
ok 'down' platform_down
check 'nothing is left' [ -z "$(ls -A "$STATE")" ]
check 'nor a process' sh -c '[ -z "$(tr "\0" " " <"/proc/$1/cmdline")" ]' - "$pid"

# Variants: each boots, has its disk and its network, and says what it is. One boot proves several keys.
# page_cache WORD SIZE: the guest's disk lies there with at least / at most so many bytes.
page_cache() {
    [ "$run_status" -ne 77 ] || return 0
    if ! command -v fincore >/dev/null 2>&1; then
        skip "$PLATFORM: the host's page cache" 'fincore: not found (apt-get install util-linux-extra)'
        return
    fi
    run cached
    check "$PLATFORM: $1 $2 bytes of its disk are in the host's page cache" awk -F '[= ]' -v word="$1" \
        -v size="$2" '
        { exit !(word == "least" ? $2 >= size : $2 <= size) }' "$TMP/out"
}
# shellcheck disable=SC2034 # for bill.sh
BILL_DATA=$(vm_data)
. common/driver/bill.sh

variant qemu:disk=raw,cache=writeback,machine=q35
BILL_DATA=$(vm_data) page_cache least 20000000
variant_ends
# two_taps: the second finds the first's network taken; in a network of its own.
two_taps() {
    unshare --net sh -ec 'PLATFORM=qemu STATE=/nonexistent ROOT=$PWD
        . common/platforms/platform.sh
        . vm-image/network.sh
        first=$(vm_network_free)
        ip link add gm1 type bridge
        ip addr add "$first.1/24" dev gm1
        second=$(vm_network_free)
        echo "$first $second"
        [ "$first" != "$second" ]'
}
if [ "$(id -u)" -eq 0 ] && unshare --net ip link add gm1 type bridge 2>/dev/null; then
    ok 'two guests with net=tap are in two networks' two_taps
    out_has 'of addresses for private use' '^10\.213\.[0-9]+ 10\.213\.[0-9]+$'
else
    skip 'two guests with net=tap' 'needs root, ip and name spaces'
fi
# no_passt: one that does not start. What it leaves goes as a guest's does.
no_passt() {
    PATH=$TMP/bad:$PATH STATE=$TMP/bad sh -ec 'PLATFORM=qemu:net=passt
        . common/platforms/platform.sh
        . vm-image/network.sh
        vm_network_up && no_passt_status=0 || no_passt_status=$?
        vm_network_down
        [ ! -e "$vm_passt" ] || exit 9
        exit "$no_passt_status"'
}
mkdir "$TMP/bad"
printf '#!/bin/sh\necho "first words"\necho "no socket for you" >&2\nexit 1\n' >"$TMP/bad/passt"
chmod +x "$TMP/bad/passt"
status 1 'a passt that does not start' no_passt
err_has 'says why' '^passt does not start: no socket for you$'
variant qemu:net=tap,prealloc=off,cpus=2,memory=300M
variant_ends
variant qemu:net=passt,aio=native,cpu=qemu64
variant_ends
cp "$BUILD/vm-image/vmlinuz" "$TMP/kernel"
variant "qemu:kernel=$TMP/kernel,disk=raw,prealloc=full,aio=io_uring"
BILL_DATA=$(vm_data) page_cache most 4000000
variant_ends
variant qemu:prealloc=metadata,cache=directsync,net=user
variant_ends
variant qemu:disk=qed,cache=unsafe
variant_ends
variant qemu:cache=writethrough
variant_ends

# What QEMU answers about two virtual CPUs of KVM (QEMU QMP reference, query-stats), and what becomes of it.
exits() (
    channel_qmp() {
        cat <<'END'
{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 7}}, "capabilities": []}}
{"return": {}}
{"return": [{"provider": "kvm", "qom-path": "/machine/unattached/device[0]", "stats": [ \
{"name": "exits", "value": 1200}, \
{"name": "halt_wait_hist", "value": [1, 2]}, {"name": "io_exits", "value": 77}]}, \
{"provider": "kvm", "stats": [{"value": 34, "name": "exits"}, \
{"name": "directed_yield_attempted", "value": 3}]}]}
END
    }
    platform_counters
)
run exits
check 'exits are summed over virtual CPUs' [ "$(sort "$TMP/out" | tr '\n' ' ')" = 'exits=1234 io_exits=77 ' ]

# /dev/kvm: either a guest comes up, or the adapter says in time that none does.
variant_use kvm
run platform_probe
if [ "$run_status" -eq 0 ]; then
    start=$(date +%s)
    run platform_prepare
    check 'kvm is usable or not in time' [ $(($(date +%s) - start)) -le $(($(limits_for accelerator) + 3)) ]
    check 'and the reason is one line' [ "$(wc -l <"$TMP/out")" -le 1 ]
    check 'nothing is left of the try' [ -z "$(ls -A "$STATE")" ]
else
    skip 'kvm' "$(cat "$TMP/out")"
fi

# One program as the only process: the kernel runs it as init and stops when it ends.
ok 'a kernel with one tool as init is built' sh vm-image/build.sh tool forksum
timeout 60 qemu-system-x86_64 -nodefaults -no-user-config -display none \
    -no-reboot -machine pc,accel=tcg -m 256M \
    -kernel "$BUILD/vm-image/vmlinuz" -initrd "$BUILD/vm-image/forksum.initrd" -serial "file:$TMP/console" \
    -append 'console=ttyS0 quiet panic=-1 -- -r 1 -t 1ms -f csv 1 100' </dev/null >/dev/null 2>&1
check 'and measures' grep -q '^forksum,sum,s,lower,1,' "$TMP/console"

# What is carried into a guest is packed by a cpio that older releases have in bin and newer ones in usr/bin;
# where there is none, that is said before a guest is started without it.
mkdir "$TMP/carry"
echo x >"$TMP/carry/x"
cpio=$(ls "$BUILD"/vm-image/tools/bin/cpio "$BUILD"/vm-image/tools/usr/bin/cpio 2>/dev/null)
packs() ( # FOLDER: packed with its tools
    vm_out=$1 CARRY=$TMP/carry
    rm -f "$CARRY.initrd"
    vm_carry || return
    tail -c 1024 "$CARRY.initrd" | grep -aq carried/x
)
for place in bin usr/bin; do
    mkdir -p "$TMP/$place.d/tools/$place"
    cp "$cpio" "$TMP/$place.d/tools/$place"
    ln -s "$BUILD/vm-image/initrd" "$TMP/$place.d/initrd"
    ok "what is carried is packed by $place/cpio" packs "$TMP/$place.d"
done
rm "$TMP/usr/bin.d/tools/usr/bin/cpio"
status 77 'without cpio no guest is made' packs "$TMP/usr/bin.d"
out_has 'and the reason is given' '^what is to be carried into the guest cannot be packed: .*cpio'

tap_done
