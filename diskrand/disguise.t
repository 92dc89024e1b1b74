#!/bin/sh
# Disks that are memory: each of them takes O_DIRECT, and none is measured as a disk. As root only: devices
# and file systems are set up, and taken down again.
TMPDIR=${BUILD:-build}
. common/test/tap.sh
PATH=$PATH:/sbin:/usr/sbin

[ "$(id -u)" -eq 0 ] || skip_all 'setting up devices needs root'
TMP=$(cd "$TMP" && pwd -P) # as mounts are listed
mount=$TMP/mount loops='' zram=''
mkdir "$mount"

# clear: takes down what a case has set up, the last mount first. A loop device holds the file system that its
# file is on.
clear() {
    for _ in 1 2 3; do
        awk -v at="$TMP/" 'index($2, at) == 1 { points = $2 "\n" points }
            END { printf "%s", points }' /proc/self/mounts |
            sed 's/\\040/ /g' | while IFS= read -r point; do umount "$point" 2>/dev/null || :; done
        for loop in $loops; do
            losetup -d "$loop" 2>/dev/null || :
        done
    done
    if [ -n "$zram" ]; then echo 1 >"/sys/block/$zram/reset"; fi
    loops='' zram=''
}
trap 'clear; rm -rf "$TMP"' EXIT

quick() { "$BUILD/diskrand" -f csv -n 1M -r 1 -w 0 -t 10ms "$@"; }

# refused WHAT REGEX FOLDER
refused() {
    status 77 "$1 is refused" quick "$3"
    one_line_error "$1: in one line"
    err_has "$1: that says why" "$2"
    check "$1: nothing stays behind" test ! -e "$3/diskrand.dat"
    ok "$1 buffered is what it is" quick --buffered "$3"
}

# loop_in FILE FOLDER OPTION...: a loop device over a new file with a file system in it, mounted.
loop_in() {
    loop_file=$1 loop_folder=$2
    shift 2
    rm -f "$loop_file" && dd if=/dev/zero of="$loop_file" bs=1M count=12 2>/dev/null &&
        mkfs.ext4 -q -b 4096 "$loop_file" &&
        loop=$(losetup "$@" --show -f "$loop_file") && loops="$loop $loops" && mount "$loop" "$loop_folder"
}
loop_on() {
    loop_file=$1
    shift
    loop_in "$loop_file" "$mount" "$@"
}

# skip_case: what cannot be set up here.
skip_case() { skip "$1" "cannot be set up here: $(tail -n 1 "$TMP/why")"; }

if loop_on "$TMP/image" 2>"$TMP/why"; then
    refused 'a loop device through the page cache' 'loop[0-9]+ goes through the page cache' "$mount"
else
    skip_case 'a loop device through the page cache'
fi
clear

if loop_on "$TMP/image" --direct-io=on 2>"$TMP/why"; then
    ok 'a loop device with O_DIRECT is measured' quick "$mount"
    out_has 'and named' '^# device=loop[0-9]+$'
else
    skip_case 'a loop device with O_DIRECT'
fi
clear

mkdir "$TMP/memory"
if mount -t tmpfs none "$TMP/memory" 2>"$TMP/why"; then
    if loop_on "$TMP/memory/image" 2>"$TMP/why"; then
        refused 'a loop device over tmpfs' 'loop[0-9]+ is a file in memory' "$mount"
    else
        skip_case 'a loop device over tmpfs'
    fi
    umount "$mount" 2>/dev/null
    mkdir "$TMP/memory/upper" "$TMP/memory/work" "$TMP/lower"
    if mount -t overlay -o "lowerdir=$TMP/lower,upperdir=$TMP/memory/upper,workdir=$TMP/memory/work" none \
        "$mount" 2>"$TMP/why"; then
        refused 'overlay over tmpfs' 'overlay over memory' "$mount"
    else
        skip_case 'overlay over tmpfs'
    fi
    refused 'tmpfs' 'tmpfs is memory' "$TMP/memory"
else
    skip_case 'tmpfs'
fi
clear

# The first zram that nobody uses.
for size in /sys/block/zram*/disksize; do
    if [ -n "$zram" ] || [ "$(cat "$size" 2>/dev/null)" != 0 ]; then continue; fi
    zram=${size#/sys/block/} zram=${zram%/disksize}
done
if [ -n "$zram" ] && { echo 32M >"/sys/block/$zram/disksize" && mkfs.ext4 -q "/dev/$zram" &&
    mount "/dev/$zram" "$mount"; } 2>"$TMP/why"; then
    refused 'ext4 on compressed memory' "$zram is memory" "$mount"
    mkdir "$TMP/inner"
    if loop_in "$mount/image" "$TMP/inner" --direct-io=on 2>"$TMP/why"; then
        refused 'a loop device over compressed memory' \
            "loop[0-9]+ is a file on what is no disk: $zram is memory" "$TMP/inner"
    else
        skip_case 'a loop device over compressed memory'
    fi
else
    echo 'no zram' >>"$TMP/why"
    skip_case 'ext4 on compressed memory'
fi
clear

# A mount point with blanks, and what the host side asks.
mkdir "$TMP/a b"
if { loop_on "$TMP/image" --direct-io=on && mount --bind "$mount" "$TMP/a b"; } 2>"$TMP/why"; then
    ok 'a mount point with a blank' "$BUILD/diskrand" --where "$TMP/a b"
    out_has 'its device' '^device=loop[0-9]+$'
    out_has 'its filesystem' '^filesystem=ext4$'
    check 'it is no memory' sh -c '! grep -q ^memory "$1"' - "$TMP/out"
else
    skip_case 'a mount point with a blank'
fi
clear

status 1 'where nothing is' "$BUILD/diskrand" --where "$TMP/none"
one_line_error 'where nothing is: in one line'

tap_done
