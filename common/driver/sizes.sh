# shellcheck disable=SC2153 # settings of other files
# How long a benchmark takes with the sizes that it is spelled with, on a platform that is emulated: there a
# size that is nothing natively may take minutes. Each is run once in a small size while the platform is
# prepared; what would not fit into the time there is is refused, with the size that does.

# sizes_of BENCHMARK: `OPTION SIZE POWER RUNS SMALL` where a size says how long it takes: time grows with so
# many powers of it; a servant makes so many runs before and in a round's first turn (block_serve). Else
# nothing.
sizes_of() {
    case $1 in
    linpack:*size=*) set -- "$1" size 3 2 100 ;;
    forksum:*range=*-*) set -- "$1" range 1 2 16 ;;
    nginxload:*upload=*) set -- "$1" upload 1 1 4194304 ;;
    nginxload:*download*) set -- "$1" bytes 1 1 4194304 ;;
    *) return 0 ;;
    esac
    sizes_amount=$(sizes_value "$1" "$2" | sizes_number)
    case $2:$sizes_amount in
    bytes:) sizes_amount=536870912 ;; # the whole file
    *: | *[!0-9]*) [ "${sizes_amount:-x}" -gt 0 ] 2>/dev/null || return 0 ;;
    esac
    echo "$2 $sizes_amount $3 $4 $5"
}

# sizes_value BENCHMARK OPTION: the last value that it is spelled with.
sizes_value() { echo "${1#*:}" | tr , '\n' | sed -n "s/^$2=//p" | tail -n 1; }

# sizes_number: of 512M or 1-5000, how much that is; nothing of anything else.
sizes_number() {
    awk '
        /^[0-9]+-[0-9]+$/ { split($0, end, "-"); print end[2] - end[1] + 1; next }
        /^[0-9]+(\.[0-9]+)?[kKmMgG]?$/ {
            factor = /[kK]$/ ? 1024 : /[mM]$/ ? 1048576 : /[gG]$/ ? 1073741824 : 1
            printf "%.0f\n", $0 * factor
        }'
}

# sizes_with BENCHMARK SIZE: the same benchmark with another size.
sizes_with() {
    # shellcheck disable=SC2046 # words
    set -- "$1" "$2" $(sizes_of "$1")
    case $3 in
    range)
        sizes_from=$(sizes_value "$1" range)
        sizes_from=${sizes_from%-*}
        set -- "$1" "$sizes_from-$((sizes_from + $2 - 1))" range
        ;;
    bytes | upload) [ $(($2 % 1048576)) -ne 0 ] || set -- "$1" "$(($2 / 1048576))M" "$3" ;;
    esac
    if [ -n "$(sizes_value "$1" "$3")" ]; then
        echo "$1" | sed "s/\([:,]\)$3=[^,]*/\1$3=$2/"
    else
        echo "$1,$3=$2"
    fi
}

# sizes_small BENCHMARK: the same in its smallest form, for --quick and for finding the pace.
sizes_small() {
    # shellcheck disable=SC2046 # words
    set -- "$1" $(sizes_of "$1")
    if [ $# -gt 1 ] && [ "$3" -gt "$6" ]; then sizes_with "$1" "$6"; else echo "$1"; fi
}

# sizes_paces: in block.sh, on a platform that is up: lines `BENCHMARK SECONDS`, of one run in the small size,
# of those that have sizes.
sizes_paces() {
    [ -z "$QUICK" ] && grep -qx 'identity.kvm_enabled=false' "$WORK/platform" || return 0
    for sizes_one in $ORDER; do
        [ -n "$(sizes_of "$sizes_one")" ] || continue
        : >"$WORK/err"
        trial_server "$sizes_one" || continue
        within "$(limits_for trial)" "the pace of $PLATFORM" part "$(sizes_small "$sizes_one")" platform_run \
            part_client -f csv -r 1 -w 0 -t 1ms >"$WORK/printed" 2>>"$LOG" </dev/null || continue
        awk -F, -v benchmark="$sizes_one" '
            $5 != "1" || found { next }
            $2 == "lu" { found = 2 / 3 * 100 ^ 3 / $6 }
            $3 == "s" { found = $6 }
            END { if (found > 0) printf "%s %.6f\n", benchmark, found }' "$WORK/printed"
    done
}

# sizes_check: in run.sh; $WORK/paces has lines `PLATFORM<tab>BENCHMARK SECONDS`. Refuses what takes longer
# than the budget in the three rounds that a verdict needs, or than the limit of a step.
sizes_check() {
    [ -s "$WORK/paces" ] && [ -z "$QUICK$RESUME" ] || return 0
    while IFS='	' read -r sizes_platform sizes_rest; do
        printf '%s\t%s\t%s\t%s\n' "$sizes_platform" "${sizes_rest% *}" "${sizes_rest##* }" \
            "$(sizes_of "${sizes_rest% *}")"
    done <"$WORK/paces" |
        awk -f "$ROOT/common/driver/sizes.awk" -v budget="$BUDGET_SECONDS" -v limit="$LIMIT" \
            -v count="$(echo "$CHOSEN_BENCHMARKS" | wc -w)" -v others="$((3 * ROUND_SECONDS))" >"$WORK/sizes"
    [ -s "$WORK/sizes" ] || return 0
    sed '$d' "$WORK/sizes" | while IFS='	' read -r sizes_platform sizes_one sizes_seconds sizes_most; do
        say "$sizes_platform: $sizes_one takes about $sizes_seconds s a run;" \
            "$(sizes_with "$sizes_one" "$sizes_most") fits"
    done
    sizes_time="${BUDGET_SECONDS:+a budget of $BUDGET_SECONDS s and }$LIMIT s a step"
    say_bad "too long for $sizes_time: choose what fits,\
 or$(sed -n '$s/^	//p' "$WORK/sizes")"
}
