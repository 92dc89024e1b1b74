# What is measured and in which order: platform names, seeded shuffling, plan.csv.

# plan_split LIST: one platform per line. A comma also separates a platform's keys: an item
# with `=` and no NAME: in front of it belongs to the platform before. exec: and cmd: take all that follows.
plan_split() {
    printf '%s\n' "$1" | tr , '\n' | awk '
        NR > 1 && (rest || (/=/ && !/^[^=]*:/)) { printf ",%s", $0; next }
        {
            rest = /^(exec|cmd):/
            printf "%s%s", (NR > 1 ? "\n" : ""), $0
        }
        END { print "" }'
}

# plan_shuffle SEED STREAM: the lines of stdin in an order that depends on nothing but the arguments
# (Fisher-Yates; the generator is Park and Miller's, exact in an awk's doubles).
plan_shuffle() {
    awk -v seed="$1" -v stream="$2" '
        function below(n) {
            state = (state * 16807) % 2147483647
            return int(state / 2147483647 * n)
        }
        { line[NR] = $0 }
        END {
            state = (seed % 2147483629 * 31 + stream * 7919 + 12345) % 2147483646 + 1
            for (i = 0; i < 16; i++)
                below(2)
            for (i = NR; i > 1; i--) {
                j = below(i) + 1
                text = line[i]; line[i] = line[j]; line[j] = text
            }
            for (i = 1; i <= NR; i++)
                print line[i]
        }'
}

# plan_round ROUND: lines `PLATFORM<tab>BENCHMARK...` of a round, in order. $WORK/usable has the platforms.
# native runs a second time as native2: their difference is the noise floor. Platforms that take turns have
# one order in common; those in $WORK/serial have one of their own.
plan_round() {
    sed '/^native$/ { p; s/$/2/; }' "$WORK/usable" | plan_shuffle "$SEED" "$1" | {
        plan_position=0
        while IFS= read -r plan_platform; do
            plan_position=$((plan_position + 1))
            plan_stream=0
            if grep -qxF "$plan_platform" "$WORK/serial"; then plan_stream=$plan_position; fi
            # shellcheck disable=SC2086 # a list of words
            plan_order=$(printf '%s\n' $CHOSEN_BENCHMARKS |
                plan_shuffle "$SEED" $(($1 * 1009 + plan_stream)) | tr '\n' ' ')
            printf '%s\t%s\n' "$plan_platform" "$plan_order"
        done
    }
}

# plan_head: the columns of plan.csv. plan_csv ROUND: the same as its rows.
plan_head() { echo round,platform,benchmark; }
plan_csv() {
    plan_round "$1" | while IFS='	' read -r plan_platform plan_order; do
        for plan_benchmark in $plan_order; do
            csv_line "$1" "$plan_platform" "$(part_asked "$plan_benchmark")"
        done
    done
}
