# CSV as the driver writes and reads it: what knows how is csv.awk.

CSV_AWK=$(cat "$ROOT/common/driver/csv.awk")

# csv_line TEXT...: the texts as one RFC 4180 line.
csv_line() {
    csv_text=
    for csv_value in "$@"; do
        case $csv_value in
        *[\",]*) csv_value=$(CSV_VALUE=$csv_value awk "$CSV_AWK
            BEGIN { print csv_field(ENVIRON[\"CSV_VALUE\"]) }") ;;
        esac
        csv_text=$csv_text,$csv_value
    done
    printf '%s\n' "${csv_text#,}"
}
