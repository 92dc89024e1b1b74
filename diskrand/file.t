#!/bin/sh
# diskrand's file: what is refused, kept, reused, and that nothing stays behind.
TMPDIR=${BUILD:-build}
. common/test/tap.sh

disk=$TMP/disk
mkdir "$disk"
run "$BUILD/diskrand" -n 1M -r 1 -w 0 -t 1ms "$disk"
[ "$run_status" -ne 77 ] || skip_all "$(cat "$TMP/err")"

quick() { "$BUILD/diskrand" -f csv -n 1M -r 1 -w 0 -t 10ms "$@"; }
fact() { awk -F = -v key="# $1" '$1 == key { sub(/^[^=]*=/, ""); print }' "$TMP/out"; }

dd if=/dev/urandom of="$disk/mine" bs=4096 count=300 2>/dev/null
cp "$disk/mine" "$TMP/copy"
status 2 'a foreign file is refused' quick "$disk/mine"
one_line_error 'the refusal is one line'
err_has 'and says what would be needed' '--i-know-this-destroys'
status 2 'another path does not help' quick --i-know-this-destroys "$disk" "$disk/mine"
check 'and it is not touched' cmp "$disk/mine" "$TMP/copy"
ok 'named twice it is used' quick --i-know-this-destroys "$disk/mine" --verify "$disk/mine"
check 'has the same length' test "$(wc -c <"$disk/mine")" = 1228800
check 'and other contents' sh -c '! cmp -s "$1" "$2"' - "$disk/mine" "$TMP/copy"
status 2 'being foreign still' quick "$disk/mine"
rm "$disk/mine"

ok 'keep' quick --keep "$disk"
check 'leaves a file' test "$(wc -c <"$disk/diskrand.dat")" = 2097152
ok 'keep again' quick --keep "$disk"
check 'reuses it' test "$(fact file.made)" = earlier
ok 'another size' quick --keep -n 2M "$disk"
check 'makes it anew' test "$(fact file.made)" = now
ok 'another share of zeros' quick --keep -n 2M --compressible 30 "$disk"
check 'makes it anew too' test "$(fact file.made)" = now
printf x | dd of="$disk/diskrand.dat" bs=1 seek=100 conv=notrunc 2>/dev/null
status 2 'a file whose header is damaged is foreign' quick "$disk"
rm "$disk/diskrand.dat"
ok 'a file to be damaged' quick --keep "$disk"
if fallocate -p -o 1310720 -l 8192 "$disk/diskrand.dat" 2>/dev/null; then
    status 77 'a kept file with a hole is refused' quick --keep "$disk"
    err_has 'with the size of the hole' '8192 bytes of it are holes or unwritten extents'
    one_line_error 'in one line'
else
    skip 'a kept file with a hole' 'fallocate cannot punch one here'
fi
rm "$disk/diskrand.dat"
ok 'a file by name' quick "$disk/by-name"
check 'does not stay' test ! -e "$disk/by-name"

: >"$disk/diskrand.dat"
ok 'a file given up before its header is ours' quick --keep "$disk"
check 'and made anew' test "$(fact file.made)" = now
truncate -s 2M "$disk/diskrand.dat" &&
    dd if=/dev/zero of="$disk/diskrand.dat" bs=1M count=1 conv=notrunc 2>/dev/null
ok 'so is one that is space only' quick --keep "$disk"
check 'and made anew, too' test "$(fact file.made)" = now
: >"$disk/other"
status 2 'an empty file of another name is foreign' quick --keep "$disk/other"
rm "$disk/other" "$disk/diskrand.dat"

# A limit on the size of files ends a program by SIGXFSZ unless it says otherwise.
for blocks in 100 2100; do
    status 1 "a limit of $blocks blocks on the size of files" sh -c 'ulimit -f "$1"
        exec "$2" -n 1M -r 1 --keep "$3"' - \
        "$blocks" "$BUILD/diskrand" "$disk"
    one_line_error 'is one line'
    err_has 'that says so' 'File too large'
    check 'and leaves nothing' test -z "$(ls -A "$disk")"
done

"$BUILD/diskrand" -n 1M -t 30s --keep "$disk" >/dev/null 2>&1 &
pid=$!
sleep 0.5
status 1 'a second run on the same file' quick --keep "$disk"
err_has 'says why it cannot' 'lock'
kill "$pid"
wait "$pid" 2>/dev/null
ok 'after the first has ended it can' quick "$disk"

# A shell starts what runs in the background with SIGINT ignored: perl gives the default back.
for signal in INT:130 TERM:143 KILL:137; do
    wanted=${signal#*:} signal=${signal%:*}
    perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' "$BUILD/diskrand" -n 1M -t 30s "$disk" >/dev/null 2>&1 &
    pid=$!
    sleep 0.3
    check "a run to be ended by $signal is alive" kill -0 "$pid"
    kill -s "$signal" "$pid"
    ended=0
    wait "$pid" 2>/dev/null || ended=$?
    check 'which ends it' [ "$ended" -eq "$wanted" ]
    check 'and leaves nothing' test -z "$(ls -A "$disk")"
done

if [ -d /dev/shm ] && [ -w /dev/shm ]; then
    status 77 'tmpfs is refused' quick /dev/shm
    err_has 'by its name' 'tmpfs is memory'
    check 'and holds no file' test ! -e /dev/shm/diskrand.dat
    ok 'tmpfs buffered' quick --buffered /dev/shm
else
    skip 'tmpfs is refused' 'no /dev/shm'
fi

mkdir "$TMP/small"
if unshare -rm mount -t tmpfs -o size=1500k none "$TMP/small" 2>/dev/null; then
    status 1 'no space' unshare -rm sh -c 'mount -t tmpfs -o size=1500k none "$1" &&
        "$2" --buffered --keep -n 1M "$1"; s=$?; [ -z "$(ls -A "$1")" ] || s=9; exit "$s"' - \
        "$TMP/small" "$BUILD/diskrand"
    err_has 'says what is needed and free' 'needs 2 MiB, but 1 MiB are free'
    one_line_error 'in one line'
else
    skip 'no space' 'no user namespace to mount a small filesystem in'
fi

mkdir "$TMP/lower" "$TMP/upper" "$TMP/layers" "$TMP/merged"
layers=lowerdir=$TMP/lower,upperdir=$TMP/upper,workdir=$TMP/layers
if unshare -rm mount -t overlay -o "$layers" none "$TMP/merged" 2>/dev/null; then
    ok 'overlay is measured' unshare -rm sh -c 'mount -t overlay -o "$1" none "$2" &&
        exec "$3" --facts -n 1M -r 1 -w 0 -t 10ms "$2"' - "$layers" "$TMP/merged" "$BUILD/diskrand"
    out_has 'and named' '^filesystem +overlay$'
    out_has 'with what that may mean' "^overlay is not a disk's own filesystem"
else
    skip 'overlay' 'no user namespace to mount one in'
fi

dd if=/dev/zero of="$TMP/image" bs=1M count=4 2>/dev/null
if device=$(PATH=$PATH:/sbin:/usr/sbin losetup --direct-io=on --show -f "$TMP/image" 2>/dev/null); then
    status 2 'a block device is refused' quick "$device"
    status 0 'unless named twice' quick --i-know-this-destroys "$device" --verify "$device"
    check 'and then is the filesystem' test "$(fact filesystem)" = 'block device'
    PATH=$PATH:/sbin:/usr/sbin losetup -d "$device"
else
    skip 'a block device' 'no loop device can be set up here'
fi

tap_done
