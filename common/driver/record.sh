# Rows of the results folder. Whatever is added to a file is added in one piece or not at all.

# csv_line TEXT...: the texts as one RFC 4180 line.
csv_line() {
    csv_text=
    for csv_field in "$@"; do
        case $csv_field in
        *[\",]*) csv_field=\"$(printf '%s' "$csv_field" | sed 's/"/""/g')\" ;;
        esac
        csv_text=$csv_text,$csv_field
    done
    printf '%s\n' "${csv_text#,}"
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
    awk -v place="$(record_place "$1" | sed 's/\\/\\\\/g')" '
        function field(text) {
            if (text ~ /[",]/) {
                gsub(/"/, "\"\"", text)
                text = "\"" text "\""
            }
            return text
        }
        {
            at = index($0, "=")
            if (at > 1)
                print place "," field(substr($0, 1, at - 1)) "," field(substr($0, at + 1))
        }' | record_append facts.csv
}
