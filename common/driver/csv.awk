# CSV (RFC 4180, a row a line), for every awk of the driver: stands in front of its program.

# A field as it is written: in quotes if it needs them.
function csv_field(text) {
    if (text !~ /[",]/) return text
    gsub(/"/, "\"\"", text)
    return "\"" text "\""
}
# The fields of a row, without their quotes; returns how many.
function csv_split(row, field,    n, end, text) {
    for (n = 1; ; n++) {
        if (match(row, /^"([^"]|"")*"/)) {
            end = RLENGTH
            text = substr(row, 2, end - 2)
            gsub(/""/, "\"", text)
        } else {
            end = index(row ",", ",") - 1
            text = substr(row, 1, end)
        }
        field[n] = text
        if (end >= length(row)) return n
        row = substr(row, end + 2)
    }
}
