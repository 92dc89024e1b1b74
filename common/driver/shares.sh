# shellcheck disable=SC2153,SC2154 # ROUND and rounds_start are those of campaign.sh
# Who takes part in a round by turns, in which parts, and for how long. What is decided, a line
# PLATFORM<tab>BENCHMARK<tab>METRIC in $WORK/settled for each comparison, gets no more turns; the time goes to
# what is open.

# shares_round: for the platforms of $WORK/plan.turns, $WORK/open, lines PLATFORM<tab>PART, and $WORK/resting.
shares_round() {
    while IFS='	' read -r shares_platform _; do
        shares_is_base "$shares_platform" || shares_undecided "$shares_platform"
    done <"$WORK/plan.turns" >"$WORK/open"
    shares_rest
    awk -F '\t' 'FILENAME == ARGV[1] { rests[$0]; next } !($1 in rests)' \
        "$WORK/resting" "$WORK/open" >"$WORK/open.new"
    mv "$WORK/open.new" "$WORK/open"
    shares_of_base >"$WORK/open.new"
    cat "$WORK/open.new" >>"$WORK/open"
}

# shares_base: what the others are set against; where that is native, native2 is, too.
shares_base() {
    if grep -qx native "$WORK/usable"; then echo native; else head -n 1 "$WORK/usable"; fi
}

shares_is_base() {
    case $1 in
    native | native2) ;;
    *) [ "$1" = "$(shares_base)" ] ;;
    esac
}

# shares_parts: all parts. Where rounds go on until all is decided, one that decides nothing has three.
shares_parts() {
    for shares_benchmark in $CHOSEN_BENCHMARKS; do
        for shares_part in $(part_list "$shares_benchmark"); do
            if [ -n "$ROUNDS" ] || [ "$ROUND" -le 3 ] || part_decides "$shares_part"; then
                echo "$shares_part"
            fi
        done
    done
}

# shares_undecided PLATFORM: lines for the parts in which something is undecided there.
shares_undecided() {
    for shares_one in $(shares_parts); do
        shares_of=$(part_benchmark "$shares_one")
        shares_row=$(part_asked "$shares_of")
        shares_metrics=$(part_metrics "$shares_one")
        for shares_metric in ${shares_metrics:-$(part_metrics "$shares_of")}; do
            if ! shares_settled "$1	$shares_row	$shares_metric"; then
                printf '%s\t%s\n' "$1" "$shares_one"
                break
            fi
        done
    done
}

shares_settled() { [ -s "$WORK/settled" ] && grep -qxF "$1" "$WORK/settled"; }

# shares_rest: $WORK/resting, the platforms that take no part in this round because they have had their share,
# unless nobody else has anything open.
shares_rest() {
    cut -f 1 "$WORK/open" | sort -u >"$WORK/open.platforms"
    while IFS='	' read -r shares_platform _; do
        ! shares_had_enough "$shares_platform" || echo "$shares_platform"
    done <"$WORK/plan.turns" >"$WORK/resting"
    if ! grep -qvxFf "$WORK/resting" "$WORK/open.platforms"; then : >"$WORK/resting"; fi
}

# shares_had_enough PLATFORM: whether it has had rounds enough to be judged by (two looks at it), and more
# than a fifth of the time, and twice what it is set against had: by what was waited for it ($WORK/spent), and
# its servants' starts and steps. An emulated guest's ratio is so large that few rounds suffice.
shares_had_enough() {
    if [ -n "$ROUNDS" ] || shares_is_base "$1"; then return 1; fi
    # shellcheck disable=SC2046 # two numbers each
    set -- $(shares_spent_on "$1") $(shares_spent_on "$(shares_base)")
    awk -v rounds="$1" -v its="$2" -v base="$4" -v since="$(($(date +%s) - rounds_start))" \
        'BEGIN { exit !(rounds >= 5 && its > 0.2 * since && its > 2 * base) }'
}

# shares_spent_on PLATFORM: the rounds that it has had, and the seconds.
shares_spent_on() {
    shares_waited=$(SHARES_OF=$1 awk -F '\t' '$1 == ENVIRON["SHARES_OF"] { spent += $2 }
        END { print spent / 100 }' "$WORK/spent")
    grep -F ",$(csv_line "$1")," "$OUT/facts.csv" | awk -F, -v spent="$shares_waited" '
        /,block,complete$/ { rounds++ }
        $(NF - 1) ~ /^bill\.(start|wall)$/ { spent += $NF }
        END { print rounds + 0, spent + 0 }'
}

# shares_of_base: lines for what the others are set against: what is open for any of them, and everything
# where there are no others.
shares_of_base() {
    shares_common=$(cut -f 2 "$WORK/open" | sort -u)
    cut -f 1 "$WORK/plan.turns" >"$WORK/takers"
    shares_bases=$(while IFS= read -r shares_platform; do
        ! shares_is_base "$shares_platform" || printf '%s\n' "$shares_platform"
    done <"$WORK/takers")
    [ "$shares_bases" != "$(cat "$WORK/takers")" ] || shares_common=$(shares_parts)
    printf '%s\n' "$shares_bases" | while IFS= read -r shares_platform; do
        for shares_one in $shares_common; do printf '%s\t%s\n' "$shares_platform" "$shares_one"; done
    done
}

# shares_takes_part PLATFORM: whether it is started in this round.
shares_takes_part() {
    if shares_is_base "$1"; then return 0; fi
    ! grep -qxF "$1" "$WORK/resting" || return 1
    cut -f 1 "$WORK/open" | grep -qxF "$1" || ! shares_settled "$1	platform	startup"
}

# shares_open PLATFORM PART: whether it takes part in that.
shares_open() { grep -qxF "$1	$2" "$WORK/open"; }

# shares_seconds PART: its share of the round's time.
shares_seconds() {
    cut -f 2 "$WORK/open" | sort -u | {
        shares_all=0
        while IFS= read -r shares_one; do shares_all=$((shares_all + $(part_weight "$shares_one"))); done
        echo "$ROUND_SECONDS $(part_weight "$1") $shares_all"
    } | awk '{ printf "%.2f\n", $1 * $2 / $3 }'
}
