#!/bin/sh
# diskrand beside fio: the same file, options, CPU and machine, alternating runs, medians of the
# ratios of runs beside each other, with half their interquartile range.
# usage: bench.sh [PAIRS [CASE...]], CASE = PATTERN,ENGINE,DEPTH[,fixed] (default: 7 pairs of all,
# about 3 minutes); DISK=FOLDER chooses the disk (default: build/), CPU=N the CPU (default: 0)
set -eu
unset CDPATH && export LC_ALL=C

BUILD=${BUILD:-build}
DISK=${DISK:-$BUILD}
PAIRS=${1:-7}
CPU=${CPU:-0}
SECONDS_EACH=1
CASES='randwrite,psync,1 randwrite,aio,32 randwrite,uring,32 randwrite,uring,32,fixed
    randread,psync,1 randread,aio,32 randread,uring,32 randread,uring,32,fixed'

# On one CPU, or the scheduler decides: the CPU that takes the disk's interrupts is a faster one.
pinned() {
    if command -v taskset >/dev/null 2>&1; then
        taskset -c "$CPU" "$@"
    else
        "$@"
    fi
}

# One run's `iops cpu_seconds_per_io p50 p99`.
ours() { # PATTERN ENGINE DEPTH
    pinned "$BUILD/diskrand" -f csv -w 0 -r 1 -t "${SECONDS_EACH}s" --keep -k "$1" -e "$2" \
        -d "$3" "$file" | awk -F '[=, ]' '
        /^# cpu.per_io=/ { cpu = $3 }
        /^diskrand,iops,/ { iops = $6 }
        /^diskrand,latency.p50,/ { p50 = $6 }
        /^diskrand,latency.p99,/ { p99 = $6 }
        END { print iops, cpu, p50, p99 }'
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
            printf "%.10g %.6g %.6g %.6g\n", $side->{iops}, $cpu / $side->{total_ios},
                $q->{"50.000000"} * 1e-9, $q->{"99.000000"} * 1e-9'
}

# Columns 1-4 of the input are diskrand's, 5-8 fio's; prints the table's line.
line() { # CASE
    paste "$work/ours" "$work/theirs" | perl -sane '
        push @{$column[$_]}, $F[$_] for 0 .. 7;
        push @{$column[8 + $_]}, $F[$_] / $F[4 + $_] for 0 .. 3;
        sub quantile { my ($q, @s) = @_; my $at = $q * $#s; my $i = int $at;
            return $s[$i] + ($at - $i) * (($s[$i + 1] // $s[$i]) - $s[$i]) }
        END {
            my @sorted = map { [sort { $a <=> $b } @$_] } @column;
            my @middle = map { quantile(0.5, @$_) } @sorted;
            printf "%-24s %7.0f %7.0f  %6.2f %6.2f ", $case, @middle[0, 4],
                $middle[1] * 1e6, $middle[5] * 1e6;
            printf "  %.2f +-%.2f", quantile(0.5, @$_),
                (quantile(0.75, @$_) - quantile(0.25, @$_)) / 2 for @sorted[8 .. 11];
            print "\n" }' -- -case="$1"
}

compare() { # CASE
    : >"$work/ours"
    : >"$work/theirs"
    options=$(echo "$1" | tr , ' ')
    pair=0
    while [ "$pair" -lt "$PAIRS" ]; do
        # shellcheck disable=SC2086 # several words
        if [ $((pair % 2)) -eq 0 ]; then
            ours $options >>"$work/ours"
            theirs $options >>"$work/theirs"
        else
            theirs $options >>"$work/theirs"
            ours $options >>"$work/ours"
        fi
        pair=$((pair + 1))
    done
    line "$1"
}

main() {
    command -v fio >/dev/null 2>&1 || {
        echo "fio                        not installed: Debian package fio"
        return 0
    }
    [ $# -eq 0 ] || shift
    # shellcheck disable=SC2086 # several words
    [ $# -gt 0 ] || set -- $CASES
    work=$(mktemp -d "$DISK/diskrand-bench.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT TERM
    file=$work/file
    "$BUILD/diskrand" -f value -w 0 -r 1 -t 10ms --keep "$file" >/dev/null
    echo "diskrand and $(fio --version), 4 KiB O_DIRECT on CPU $CPU, $PAIRS pairs, $SECONDS_EACH s each"
    echo "                               I/Os per s   us CPU per I/O  diskrand / fio"
    echo "case                     diskrand     fio    ours    fio   I/Os per s   CPU per I/O  p50          p99"
    for case; do
        compare "$case"
    done
}

main "$@"
