#!/bin/sh
# diskrand when system calls fail: strace makes them.
TMPDIR=${BUILD:-build}
. common/test/tap.sh

command -v strace >/dev/null 2>&1 || skip_all 'strace: not found (apt-get install strace)'
export ASAN_OPTIONS=detect_leaks=0 # it cannot work under ptrace
disk=$TMP/disk
mkdir "$disk"
run strace -f -o /dev/null "$BUILD/diskrand" -n 1M -r 1 -w 0 -t 1ms "$disk"
[ "$run_status" -eq 0 ] || skip_all "strace: $(cat "$TMP/err")"

# inject FAULT[,FAULT...] OPTION...: a short run with faults such as pwrite64:error=EIO:when=9.
# Filling takes 3 calls of pwrite64, and the header's reading none.
inject() {
    faults=$1
    shift
    set -- "$BUILD/diskrand" -f csv -n 1M -r 1 -w 0 -t 200ms "$@" "$disk"
    for fault in $(echo "$faults" | tr , ' '); do
        set -- -e "inject=$fault" "$@"
    done
    strace -f -qq -o "$TMP/trace" -e trace="$(echo "$faults" | sed 's/:[^,]*//g')" "$@"
}
fact() { awk -F = -v key="# $1" '$1 == key { sub(/^[^=]*=/, ""); print }' "$TMP/out"; }

# fails STATUS REGEX FAULT OPTION...: one line that matches, and nothing left behind.
fails() {
    wanted=$1 regex=$2
    shift 2
    status "$wanted" "$* ends with $wanted" inject "$@"
    err_has "$1: the line says what and why" "$regex"
    one_line_error "$1: it is one line"
    check "$1: nothing stays behind" test -z "$(ls -A "$disk")"
}

# resumed REGEX FAULT OPTION...: the run is good, and the fact `resumed` matches.
resumed() {
    regex=$1
    shift
    ok "$* is resumed" inject "$@"
    out_has "$1: and counted" "^# resumed=$regex"
}

# ---- before the run ----
fails 1 'diskrand.dat: No space left|needs 2 MiB, but' fallocate:error=ENOSPC
fails 1 'filling it: Input/output error' pwrite64:error=EIO:when=2 --keep
fails 1 'filling it: No space left' pwrite64:error=ENOSPC:when=2 --keep
fails 1 'fsync: Input/output error' fsync:error=EIO:when=2 --keep
fails 1 'header: Input/output error' fsync:error=EIO:when=1 --keep
fails 77 'no O_DIRECT on' fcntl:error=EINVAL:when=2
ok 'without fallocate' inject fallocate:error=EOPNOTSUPP
ok 'without FIEMAP' inject ioctl:error=EOPNOTSUPP
out_has 'the extents are unknown' '^# extents=unknown'
ok 'without statx' inject statx:error=ENOSYS
out_has 'O_DIRECT is probed' '^# direct=yes: .*probe'
ok 'EINTR while filling' inject pwrite64:error=EINTR:when=1..3

# ---- psync ----
fails 1 'write of 4096 bytes at offset [0-9]+: Input/output error' pwrite64:error=EIO:when=9
fails 1 'read of 4096 bytes at offset [0-9]+: Input/output error' pread64:error=EIO:when=9 -k randread
fails 1 'write of 4096 bytes at offset [0-9]+: No space left' pwrite64:error=ENOSPC:when=9
fails 1 'Resource temporarily unavailable' pwrite64:error=EAGAIN:when=9+
fails 1 'only 0 bytes moved' pread64:retval=0:when=9 -k randread
fails 1 'only 100 bytes moved' pwrite64:retval=100:when=9
fails 3 'block [0-9]+ is (lost|stale)' pwrite64:retval=4096:when=4 --verify -t 1ms
fails 3 'block [0-9]+ is (torn|lost)' pwrite64:retval=512:when=4 --verify -t 1ms
resumed '[1-9][0-9]* short, 0 EINTR, 0 EAGAIN' pwrite64:retval=512:when=5+3
resumed '0 short, [1-9][0-9]* EINTR' pwrite64:error=EINTR:when=5+3
resumed '0 short, 0 EINTR, [1-9][0-9]* EAGAIN' pread64:error=EAGAIN:when=5+3 -k randread
resumed '0 short, [1-9][0-9]* EINTR' fdatasync:error=EINTR:when=1+2 --sync data
fails 1 'fdatasync: Input/output error' fdatasync:error=EIO:when=2 --sync data
fails 1 'fsync: Input/output error' fsync:error=EIO:when=5 --sync file

# A stall of 0.5 s at a fixed rate makes every I/O late that was due meanwhile, not one.
ok 'a stall at a fixed rate' inject pwrite64:delay_enter=500ms:when=10 --rate 500 -t 600ms
check 'is seen by most I/Os' awk -F , '$2 == "latency.p50" && $6 > 0.05 { good = 1 }
    END { exit !good }' "$TMP/out"

# ---- aio and io_uring ----
for engine in aio uring; do
    run "$BUILD/diskrand" -e "$engine" -n 1M -r 1 -w 0 -t 1ms "$disk"
    if [ "$run_status" -eq 77 ]; then
        skip "$engine" "$(cat "$TMP/err")"
        continue
    fi
    case $engine in
    aio) hand=io_submit wait=io_getevents setup=io_setup ;;
    uring) hand=io_uring_enter wait=io_uring_enter setup=io_uring_setup ;;
    esac
    for error in EINTR EAGAIN; do
        resumed "0 short, .*[1-9][0-9]* $error" "$hand:error=$error:when=2+3" -e "$engine" -d 4 -t 300ms
        resumed "0 short, .*[1-9][0-9]* $error" "$wait:error=$error:when=2+3" -e "$engine" -d 4 -t 300ms
        fails 1 'diskrand.dat: ' "$hand:error=$error:when=5+" -e "$engine" -d 4
    done
    fails 1 'Input/output error' "$hand:error=EIO:when=5" -e "$engine" -d 4
    fails 1 'Input/output error' "$wait:error=EIO:when=5" -e "$engine" -d 4
    fails 77 "--engine $engine: not available here: Operation not permitted" "$setup:error=EPERM" -e "$engine"
done
ok 'auto without io_uring' inject io_uring_setup:error=EPERM -e auto
check 'takes aio or psync' test "$(fact engine)" != uring
out_has 'and says so' '^# engine.skipped=uring: Operation not permitted'
ok 'auto without either' inject io_uring_setup:error=ENOSYS,io_setup:error=ENOSYS -e auto
check 'takes psync' test "$(fact engine)" = psync
ok 'io_uring without registration' inject io_uring_register:error=ENOMEM -e auto --verify -d 4
out_has 'works with plain buffers' '^# engine.detail=(buffers plain, file plain|io_submit|pread)'

if "$BUILD/diskrand" -e uring -n 1M -r 1 -w 0 -t 1ms "$disk" >/dev/null 2>&1; then
    ok 'io_uring without the newest flags' inject io_uring_setup:error=EINVAL:when=1+2 -e uring --verify -d 4
    out_has 'takes its completions at once' '^# engine.detail=.*completions at once'
else
    skip 'io_uring without the newest flags' 'no io_uring here'
fi

# ---- errors that a completion brings: aio's io_event, io_uring's entry ----

# limited BLOCKS OPTION...: with a limit on the file's size, in units of 512 bytes: what lies beyond
# is EFBIG, what crosses it is cut short. The file is there already.
limited() (
    ulimit -f "$1"
    shift
    exec "$BUILD/diskrand" -n 1M --block 8k -r 1 -w 0 -t 200ms --keep "$@" "$disk"
)

# begun OPTION...: starts reading in the background and waits until it does; its pid is in $pid.
begun() {
    "$BUILD/diskrand" -d 4 -k randread -n 4M -t 20s "$@" >"$TMP/out" 2>"$TMP/err" &
    pid=$!
    tries=0
    until awk '$1 == "read_bytes:" && $2 > 100000 { good = 1 } END { exit !good }' \
        "/proc/$pid/io" 2>/dev/null || [ "$tries" -eq 50 ] || ! kill -0 "$pid" 2>/dev/null; do
        sleep 0.1
        tries=$((tries + 1))
    done
}

# ended ENGINE TITLE REGEX: what has begun ends with 1 and one line that matches.
ended() {
    run_status=0
    wait "$pid" || run_status=$?
    check "$1: $2 ends with 1" test "$run_status" -eq 1
    err_has "$1: and says where" "$3"
    one_line_error "$1: in one line"
}

for engine in psync aio uring; do
    run "$BUILD/diskrand" -e "$engine" -n 1M --block 8k -r 1 -w 0 -t 1ms --keep "$disk"
    if [ "$run_status" -eq 77 ]; then
        skip "$engine: completions" "$(cat "$TMP/err")"
        continue
    fi
    status 1 "$engine: an error ends with 1" limited 3072 -e "$engine" -d 4
    err_has "$engine: and says where and why" 'write of 8192 bytes at offset [0-9]+: File too large'
    one_line_error "$engine: in one line"
    status 1 "$engine: a short write is continued" limited 2072 -e "$engine" -k write
    err_has "$engine: and the rest fails" 'write of 8192 bytes at offset 1056768: File too large'

    begun -e "$engine" --keep "$disk"
    truncate -s 2M "$disk/diskrand.dat"
    ended "$engine" 'a file that is cut short' 'read of 4096 bytes at offset [0-9]+: only 0 bytes moved'
    rm -f "$disk/diskrand.dat"
done

# A loop device reads nothing but EIO where its file has been cut off.
PATH=$PATH:/sbin:/usr/sbin
for engine in psync aio uring; do
    dd if=/dev/zero of="$TMP/image" bs=1M count=4 2>/dev/null
    if ! device=$(losetup --direct-io=on --show -f "$TMP/image" 2>/dev/null); then
        skip "$engine: a disk that fails" 'no loop device can be set up here'
        continue
    fi
    begun -e "$engine" --i-know-this-destroys "$device" "$device"
    truncate -s 64k "$TMP/image"
    ended "$engine" 'a disk that fails' 'read of 4096 bytes at offset [0-9]+: Input/output error'
    losetup -d "$device"
done

tap_done
