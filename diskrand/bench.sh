#!/bin/sh
# diskrand beside fio: the same file, options, CPU and machine; at depth 1 beside the bare calls, too.
# usage: bench.sh [ROUNDS [CASE...]], CASE = PATTERN,ENGINE,DEPTH[,fixed] (default: 5 rounds of all, about 2
# minutes); DISK=FOLDER chooses the disk (default: build/), CPU=N the CPU (default: 0)
set -eu
unset CDPATH && export LC_ALL=C

. common/dev/table.sh
BUILD=${BUILD:-build}
DISK=${DISK:-$BUILD}
ROUNDS=${1:-5}
CPU=${CPU:-0}
SECONDS_EACH=1
CASES='randwrite,psync,1 randwrite,aio,32 randwrite,uring,32 randwrite,uring,32,fixed
    randread,psync,1 randread,aio,32 randread,uring,32 randread,uring,32,fixed'

# On one CPU, or the scheduler decides: the CPU that takes the disk's interrupts is a faster one.
pinned() { taskset -c "$CPU" "$@"; }

# One run's `iops cpu_us_per_io p50_us p99_us`.
ours() { # PATTERN ENGINE DEPTH
    pinned "$BUILD/diskrand" -f csv -w 0 -r 1 -t "${SECONDS_EACH}s" --keep -k "$1" -e "$2" \
        -d "$3" "$file" | awk -F '[=, ]' '
        /^# cpu.per_io=/ { cpu = $3 }
        /^diskrand,iops,/ { iops = $6 }
        /^diskrand,latency.p50,/ { p50 = $6 }
        /^diskrand,latency.p99,/ { p99 = $6 }
        END { print iops, cpu * 1e6, p50 * 1e6, p99 * 1e6 }'
}

theirs() { # PATTERN ENGINE DEPTH [fixed]
    pattern=$1 depth=$3 fixed=${4:-}
    case $2 in
    uring) peer=io_uring ;;
    aio) peer=libaio ;;
    *) peer=$2 ;;
    esac
    set --
    [ -z "$fixed" ] || set -- --fixedbufs --registerfiles
    pinned fio --name=peer --output-format=json --filename="$file" --offset=1M --size=64M --direct=1 \
        --bs=4k --rw="$pattern" --ioengine="$peer" --iodepth="$depth" --thread \
        --time_based --runtime="$SECONDS_EACH" --allow_file_create=0 "$@" |
        perl -MJSON::PP -0777 -ne '
            my $job = decode_json($_)->{jobs}[0];
            my $side = $job->{$job->{write}{total_ios} ? "write" : "read"};
            my $cpu = ($job->{usr_cpu} + $job->{sys_cpu}) / 100 * $job->{job_runtime} / 1000;
            my $q = $side->{clat_ns}{percentile};
            printf "%.10g %.6g %.6g %.6g\n", $side->{iops}, $cpu / $side->{total_ios} * 1e6,
                $q->{"50.000000"} * 1e-3, $q->{"99.000000"} * 1e-3'
}

# bare PATTERN: the limit, of the two figures that the calls alone have.
bare() {
    pinned "$BUILD/test/calls_helper" "$file" "$1" "$SECONDS_EACH" | awk '{ print $1, $2 * 1e6 }'
}

# add CASE SIDE FIGURE...: one run.
add() {
    table_case=$1 side=$2
    shift 2
    for what in I/Os/s 'CPU us' 'p50 us' 'p99 us'; do
        [ $# -gt 0 ] || return 0
        table_add "$table_case $what" "$side" "$1"
        shift
    done
}

# shellcheck disable=SC2046,SC2086 # several words
compare() { # CASE
    options=$(echo "$1" | tr , ' ')
    name=$(echo "$1" | sed 's/rand\([rw]\)[a-z]*,/\1 /; s/,fixed/f/; s/,/ /')
    round=0
    while [ "$round" -lt "$ROUNDS" ]; do
        # What the disk has in store for whoever comes first is not always the same side's.
        [ $((round % 2)) -ne 0 ] || add "$name" ours $(ours $options)
        ! table_has fio fio || add "$name" fio $(theirs $options)
        [ $((round % 2)) -eq 0 ] || add "$name" ours $(ours $options)
        case $1 in *,psync,1) add "$name" limit $(bare $options) ;; esac
        round=$((round + 1))
    done
}

main() {
    table_begin
    disk=$(mktemp -d "$DISK/diskrand-bench.XXXXXX")
    trap 'rm -rf "$work" "$disk"' EXIT
    file=$disk/file
    [ $# -eq 0 ] || shift
    # shellcheck disable=SC2086 # several words
    [ $# -gt 0 ] || set -- $CASES
    "$BUILD/diskrand" -f value -w 0 -r 1 -t 10ms --keep "$file" >/dev/null
    table_note \
        'r, w: random 4 KiB reads, writes, O_DIRECT; engine, depth; f: registered buffers and files; one CPU'
    table_note 'limit: the calls alone, one after the other'
    for case; do
        compare "$case"
    done
    table_print
}

main "$@"
