#!/bin/sh
# A man page from a program's own --help and a hand-written part, so that no option or metric can be missing
# or wrong.
# usage: man.sh PROGRAM PART HELP >PAGE     HELP is a file that it may write
# PART is mdoc; its lines @SYNOPSIS@, @OPTIONS@, @METRICS@ and @EXAMPLES@ are replaced by what --help prints.
# common/lib/opt_help.c knows the layout of that: two columns, the second at 26.
set -eu
unset CDPATH && export LC_ALL=C

"$1" --help >"$3" </dev/null
awk '
    function text(s) { gsub(/\\/, "\\e", s); sub(/^[.\047]/, "\\\\\\&&", s); return s }
    # -n, --size LIST: letters and names of an option as macros.
    function option(s,   words, n, i, out) {
        n = split(s, words, /[ ,]+/)
        out = ".It"
        for (i = 1; i <= n; i++) {
            if (words[i] ~ /^-/)
                out = out (i > 1 ? " ," : "") " Fl " substr(words[i], 2)
            else if (words[i] != "")
                out = out " Ar " words[i]
        }
        return out
    }
    # A row of two columns is its tag, and then its text, which may go on in lines of its own.
    function row(line) {
        if (substr(line, 1, 26) !~ /^ +$/) {
            tag = substr(line, 3, 24)
            if (substr(line, 25, 2) !~ / $/)
                tag = substr(line, 3)
            rest = tag == substr(line, 3) ? "" : substr(line, 27)
            gsub(/^ +| +$/, "", tag)
            body[part] = body[part] (tag ~ /^-/ ? option(tag) : ".It " tag) "\n"
            if (rest != "")
                body[part] = body[part] text(rest) "\n"
        } else {
            sub(/^ +/, "", line)
            body[part] = body[part] text(line) "\n"
        }
    }
    NR == FNR && FNR == 1 { synopsis = $0; next }
    NR == FNR && /^Options|^Metrics|^Examples/ { part = substr($1, 1, 7); next }
    NR == FNR && /^$/ { if (part != "Options") part = ""; next }
    NR == FNR && (part == "Options" || part == "Metrics") { row($0); next }
    NR == FNR && part == "Example" { body[part] = body[part] text($0) "\n"; next }
    NR == FNR { next }
    $0 == "@SYNOPSIS@" {
        seen++
        print ".Nm\n.Op Ar options"
        n = split(synopsis, words, " ")
        for (i = 4; i <= n; i++) {
            optional = words[i] ~ /^\[/
            many = words[i] ~ /[.][.][.]/
            gsub(/[].[]/, "", words[i])
            print (optional ? ".Op Ar " : ".Ar ") words[i] (many ? " ..." : "")
        }
        next
    }
    $0 == "@OPTIONS@" { seen++; printf ".Bl -tag -width Ds\n%s.El\n", body["Options"]; next }
    $0 == "@METRICS@" { seen++; printf ".Bl -tag -width Ds\n%s.El\n", body["Metrics"]; next }
    $0 == "@EXAMPLES@" { seen++; printf ".Bd -literal\n%s.Ed\n", body["Example"]; next }
    { print }
    END { exit seen < 3 || body["Options"] == "" || body["Example"] == "" }' "$3" "$2"
