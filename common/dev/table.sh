# For the bench.sh of each program, which source this: values of runs in turn, and one kind of table of them
# all.
# shellcheck shell=sh

# table_begin: a folder of its own for what is needed meanwhile, $work; it goes with the script.
table_begin() {
    work=$(mktemp -d "${TMPDIR:-/tmp}/guestmark-bench.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    : >"$work/values"
    : >"$work/notes"
}

# table_add ROW SIDE VALUE: a run's figure; SIDE is `ours`, `limit`, or a peer's name. The k-th of ours and
# the k-th of another side are a pair, measured beside each other. An empty VALUE is a run that gave none, and
# no pair.
table_add() {
    printf '%s\t%s\t%s\n' "$1" "$2" "${3:--}" >>"$work/values"
}

# table_note TEXT: a line below the table.
table_note() {
    printf '%s\n' "$1" >>"$work/notes"
}

# table_has COMMAND PEER: whether the peer is there; if not, the table says so.
table_has() {
    command -v "$1" >/dev/null 2>&1 && return
    grep -q "^$2: " "$work/notes" || table_note "$2: not installed (make deps bench)"
    return 1
}

# table_median: of the numbers on stdin, one a line; nothing if there is none.
table_median() {
    sort -g | awk '{ v[NR] = $1 } END { if (NR) print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

# table_print: a line for each row and peer: medians; the median of the pairs' ratios, ours to the peer's,
# with half their interquartile range; and the median share of the limit, pair by pair too: a machine's limit
# may be another one a minute later.
table_print() {
    awk -F '\t' -v digits=4 '
        function figure(x) {
            if (x == "") return "-"
            if (x >= 1e8) return sprintf("%.3g", x)
            return x >= 10 ^ digits ? sprintf("%.0f", x) : sprintf("%." digits "g", x)
        }
        function sort(n, i, j, kept) {
            for (i = 2; i <= n; i++) {
                kept = list[i]
                for (j = i - 1; j > 0 && list[j] > kept; j--) list[j + 1] = list[j]
                list[j + 1] = kept
            }
        }
        function quantile(q, n, at, i) {
            if (n == 0) return ""
            at = 1 + q * (n - 1); i = int(at)
            return i < n ? list[i] + (at - i) * (list[i + 1] - list[i]) : list[n]
        }
        function median(row, side, k, n) {
            for (k = 1; k <= count[row, side]; k++)
                if (value[row, side, k] != "-") list[++n] = value[row, side, k]
            sort(n)
            return quantile(0.5, n + 0)
        }
        # Leaves the ratios of ours to the other side of its pairs in list, in order; returns how many.
        function ratios(row, side, k, n) {
            n = 0
            for (k = 1; k <= count[row, "ours"] && k <= count[row, side]; k++)
                if (value[row, "ours", k] != "-" && value[row, side, k] + 0 > 0)
                    list[++n] = value[row, "ours", k] / value[row, side, k]
            sort(n)
            return n
        }
        function line(row, peer, n, ratio, spread, share) {
            n = ratios(row, peer)
            ratio = n ? sprintf("%.3f", quantile(0.5, n)) : "-"
            spread = n > 1 ? sprintf("+-%.3f", (quantile(0.75, n) - quantile(0.25, n)) / 2) : ""
            n = ratios(row, "limit")
            share = n ? sprintf("%.3f", quantile(0.5, n)) : "-"
            printf "%-27s %9s  %-26s %9s %7s %-8s %9s %7s\n", row, figure(median(row, "ours")),
                peer == "" ? "-" : peer, figure(median(row, peer)), ratio, spread,
                figure(median(row, "limit")), share
        }
        {
            if (!(($1, "") in seen)) { seen[$1, ""] = 1; rows[++row_count] = $1 }
            if ($2 != "ours" && $2 != "limit" && !(($1, $2) in seen)) {
                seen[$1, $2] = 1
                peers[$1, ++peer_count[$1]] = $2
            }
            value[$1, $2, ++count[$1, $2]] = $3
        }
        END {
            printf "%-27s %9s  %-26s %9s %7s %-8s %9s %7s\n", "", "ours", "peer", "peer\047s", "ratio", "",
                "limit", "of it"
            for (r = 1; r <= row_count; r++) {
                if (!peer_count[rows[r]]) line(rows[r], "")
                for (p = 1; p <= peer_count[rows[r]]; p++) line(rows[r], peers[rows[r], p])
            }
        }' "$work/values"
    cat "$work/notes"
}
