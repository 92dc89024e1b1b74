#!/bin/sh
# Each set, in the smallest form that there is of it: natively, one round, next to no time. What it names
# is measured, under that name, or says why it is not here.
. common/test/tap.sh

# lacking BENCHMARK: whether a reason is one of this machine's, not of the set's.
lacking() { grep -F ",$1," "$TMP/out.$set/failures.csv" | grep -Eq \
    'no nginx|O_DIRECT|io_uring|not available'; }

for set in common/driver/sets/*; do
    set=${set##*/}
    [ "$set" != all ] || continue # the others' rows, below
    ok "$set" ./run.sh --quick -p native -n 1 -s 1 --set "$set" -o "$TMP/out.$set"
    while read -r benchmark; do
        field=$benchmark
        case $field in *,*) field=\"$field\" ;; esac
        if [ -f "$TMP/out.$set/samples.csv" ] && lacking "$field"; then
            skip "$set: $benchmark" "$(grep -F ",$field," "$TMP/out.$set/failures.csv" | head -n 1)"
            continue
        fi
        check "$set: $benchmark" grep -qF ",native,1,$field," "$TMP/out.$set/samples.csv"
    done <<ROWS
$(sed 's/#.*//; /^ *$/d' "common/driver/sets/$set")
ROWS
done
check 'all: every row of it is in one of the others, or is measured like one' sh -c '
    cat "$@" | sed "s/#.*//" | sort -u >"$0.others"
    sed "s/#.*//; /^ *$/d" common/driver/sets/all | sort -u | comm -23 - "$0.others" | grep . && exit 1
    exit 0' "$TMP/all" common/driver/sets/cpu common/driver/sets/memory common/driver/sets/disk \
    common/driver/sets/network common/driver/sets/fork
tap_done
