#!/bin/sh
# diskrand beside fio: the same file, options and machine, alternating runs, medians.
# usage: bench.sh [RUNS]; DISK=FOLDER chooses the disk (default: build/)
set -eu

BUILD=${BUILD:-build}
DISK=${DISK:-$BUILD}
RUNS=${1:-5}
SECONDS_EACH=1

# One run's `iops cpu_seconds_per_io p50 p99`.
ours() { # PATTERN ENGINE DEPTH
    "$BUILD/diskrand" -f csv -w 0 -r 1 -t "${SECONDS_EACH}s" --keep -p "$1" -e "$2" -d "$3" \
        "$file" | awk -F '[=, ]' '
        /^# cpu.per_io=/ { cpu = $3 }
        /^diskrand,iops,/ { iops = $6 }
        /^diskrand,latency.p50,/ { p50 = $6 }
        /^diskrand,latency.p99,/ { p99 = $6 }
        END { print iops, cpu, p50, p99 }'
}

theirs() { # PATTERN ENGINE DEPTH [FIO_OPTION...]
    fio_pattern=$1 fio_engine=$2 fio_depth=$3
    shift 3
    fio --name=peer --output-format=json --filename="$file" --offset=1M --size=64M --direct=1 \
        --bs=4k --rw="$fio_pattern" --ioengine="$fio_engine" --iodepth="$fio_depth" --thread \
        --time_based --runtime="$SECONDS_EACH" --allow_file_create=0 "$@" |
        perl -MJSON::PP -0777 -ne '
            my $job = decode_json($_)->{jobs}[0];
            my $side = $job->{$job->{write}{total_ios} ? "write" : "read"};
            my $cpu = ($job->{usr_cpu} + $job->{sys_cpu}) / 100 * $job->{job_runtime} / 1000;
            my $q = $side->{clat_ns}{percentile};
            printf "%.10g %.6g %.6g %.6g\n", $side->{iops}, $cpu / $side->{total_ios},
                $q->{"50.000000"} * 1e-9, $q->{"99.000000"} * 1e-9'
}

# Medians of the columns of `ours` and `theirs`, and of the ratios of runs beside each other: a disk
# that drifts from minute to minute is the same for both.
medians() {
    paste "$work/ours" "$work/theirs" | perl -ane '
        push @{$column[$_]}, $F[$_] for 0 .. 7;
        push @{$column[8 + $_]}, $F[$_] / $F[4 + $_] for 0 .. 3;
        END { print join(" ", map { my @s = sort { $a <=> $b } @$_;
            ($s[$#s / 2] + $s[@s / 2]) / 2 } @column), "\n" }'
}

compare() { # TITLE PATTERN ENGINE DEPTH FIO_ENGINE [FIO_OPTION...]
    title=$1 pattern=$2 engine=$3 depth=$4 peer=$5
    shift 5
    : >"$work/ours"
    : >"$work/theirs"
    run=0
    while [ "$run" -lt "$RUNS" ]; do
        if [ $((run % 2)) -eq 0 ]; then
            ours "$pattern" "$engine" "$depth" >>"$work/ours"
            theirs "$pattern" "$peer" "$depth" "$@" >>"$work/theirs"
        else
            theirs "$pattern" "$peer" "$depth" "$@" >>"$work/theirs"
            ours "$pattern" "$engine" "$depth" >>"$work/ours"
        fi
        run=$((run + 1))
    done
    echo "$title $(medians)" | awk '{
        printf "%-24s %7.0f %7.0f %5.2f  %6.2f %6.2f %5.2f  %6.2f %6.2f\n", $1, $2, $6, $10,
            $3 * 1e6, $7 * 1e6, $11, $12, $13 }'
}

main() {
    command -v fio >/dev/null 2>&1 || {
        echo "fio                        not installed: Debian package fio"
        return 0
    }
    work=$(mktemp -d "$DISK/diskrand-bench.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT TERM
    file=$work/file
    "$BUILD/diskrand" -f value -w 0 -r 1 -t 10ms --keep "$file" >/dev/null
    echo "diskrand and $(fio --version), 4 KiB O_DIRECT, medians of $RUNS pairs, $SECONDS_EACH s each"
    echo "case                         1/s     fio ratio  us CPU    fio ratio p50/fio p99/fio"
    for pattern in randwrite randread; do
        compare "$pattern,psync,1" "$pattern" psync 1 psync
        compare "$pattern,aio,32" "$pattern" aio 32 libaio
        compare "$pattern,uring,32" "$pattern" uring 32 io_uring
        compare "$pattern,uring,fixed" "$pattern" uring 32 io_uring --fixedbufs --registerfiles
    done
}

main "$@"
