# Rows of the results folder. Whatever is added to a file is added in one piece or not at all.

. "$ROOT/common/driver/csv.sh"

# record_columns: those of the rows that a program prints, which are the last ones of samples.csv.
record_columns() {
    read -r record_head <"$OUT/samples.csv"
    echo "${record_head##*,round,}"
}

# record_append FILE: adds stdin to a file of the results folder. A full disk leaves the file as it was
# and returns 3, which ends the campaign.
record_append() {
    append_size=$(wc -c <"$OUT/$1") || return 3
    cat >"$WORK/rows" && cat "$WORK/rows" >>"$OUT/$1" && return
    dd of="$OUT/$1" bs=1 seek="$append_size" count=0 2>/dev/null
    echo "$OUT/$1: cannot be written" >"$WORK/reason"
    return 3
}

record_time() { date -u +%Y-%m-%dT%H:%M:%SZ; }

# record_place BENCHMARK: the columns that all files begin with, as one line.
record_place() { csv_line "$(record_time)" "$HOST" "$PLATFORM" "$ROUND" "$(part_asked "$1")"; }

# record_sample BENCHMARK METRIC UNIT BETTER VALUE
record_sample() { printf '%s\n' "$(record_place "$1"),$2,$3,$4,1,$5" | record_append samples.csv; }

# record_failure BENCHMARK REASON: why a trial has no samples.
record_failure() { printf '%s\n' "$(record_place "$1"),$(csv_line "$2")" | record_append failures.csv; }

# record_facts BENCHMARK: lines KEY=VALUE on stdin.
record_facts() {
    awk -v place="$(record_place "$1" | sed 's/\\/\\\\/g')" "$CSV_AWK"'
        {
            at = index($0, "=")
            if (at > 1)
                print place "," csv_field(substr($0, 1, at - 1)) "," csv_field(substr($0, at + 1))
        }' | record_append facts.csv
}
