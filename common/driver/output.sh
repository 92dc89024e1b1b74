# The results folder: made with the heads of its files, named, dropped, and the settings in it.

# output_new: makes the results folder with the heads of its files.
output_new() {
    if [ -z "$OUT" ]; then
        OUT=$ROOT/results/$(date -u +%Y%m%dT%H%M%SZ)
        [ ! -e "$OUT" ] || OUT=$OUT-$$
    fi
    [ ! -e "$OUT/samples.csv" ] || say_bad "$OUT: holds results already; go on with --resume"
    for output_name in environment.txt plan.csv facts.csv guards.csv failures.csv platforms.csv report.txt \
        report.html log; do
        [ ! -e "$OUT/$output_name" ] ||
            say_bad "$OUT: has a $output_name that is no campaign's; choose another folder"
    done
    mkdir -p "$OUT/log" || say_fail "$OUT: cannot be made"
    OUT=$(cd "$OUT" && pwd)
    SEED=${SEED:-$(($(date +%s) % 1000000))}
    plan_head >"$OUT/plan.csv"
    for output_name in samples facts guards failures platforms; do
        output_head "$output_name"
    done
    # Whole or not at all: what a driver that is killed here leaves would be resumed without its programs'
    # checksums.
    if ! { output_settings && host_environment; } >"$OUT/environment.new" 2>>"$LOG" ||
        ! mv "$OUT/environment.new" "$OUT/environment.txt"; then
        rm -f "$OUT/environment.new"
        say_fail "$OUT/environment.txt: cannot be written"
    fi
}

# output_head NAME: (again) a file with nothing but its columns, as compare reads them.
output_head() {
    "$BUILD/compare" --columns "$1.csv" >"$OUT/$1.csv" || say_fail "$OUT/$1.csv: cannot be written"
}

# output_latest: as soon as something is measured. output_drop: nothing was, and nobody has named the folder.
output_latest() {
    if [ "${OUT%/*}" = "$ROOT/results" ]; then ln -sfn "${OUT##*/}" "$ROOT/results/latest"; fi
}

output_drop() {
    [ "${OUT%/*}" = "$ROOT/results" ] && [ -z "$RESUME" ] && [ "$(wc -l <"$OUT/plan.csv")" -le 1 ] || return 0
    rm -rf "$OUT"
    rmdir "$ROOT/results" 2>/dev/null || :
}

# output_settings: what a resumed campaign takes over, and how to run this one again.
output_settings() {
    echo "command=$COMMAND"
    echo "reproduce=$(output_reproduce)"
    echo "setting.seed=$SEED"
    echo "setting.test_cpus=$TEST_CPUS"
    echo "setting.client_cpus=$CLIENT_CPUS"
    echo "setting.memory=$MEMORY"
    echo "setting.quick=$QUICK"
    echo "setting.benchmarks=$CHOSEN_BENCHMARKS"
    echo "setting.rounds=$ROUNDS"
    echo "setting.budget=$BUDGET_SECONDS"
    echo "setting.limit=$LIMITS_LEAST"
    printf '%s' "$CHOSEN_PLATFORMS" | sed 's/^/setting.platform=/'
    [ -z "$CARRY" ] || echo "setting.from=$CARRY_FROM"
    printf '%s' "$CARRY_WITH" | sed 's/^/setting.with=/'
}

# output_reproduce: the command that measures this again.
output_reproduce() {
    printf './run.sh -s %s -c %s -m %s' "$SEED" "$TEST_CPUS" "$MEMORY"
    for output_benchmark in $CHOSEN_BENCHMARKS; do
        printf ' -b %s' "$(platform_quote "$(part_asked "$output_benchmark")" | sed "s/ \$//; \
            s/^'\([A-Za-z0-9:=,.+_-]*\)'\$/\1/")"
    done
    printf '%s' "$CARRY_WITH" | while IFS= read -r output_with; do
        printf ' --with %s' "$(platform_quote "$output_with" | sed 's/ $//')"
    done
    printf '%s' "$CHOSEN_PLATFORMS" | while IFS= read -r output_platform; do
        printf ' -p %s' "$(platform_quote "$output_platform" | sed 's/ $//')"
    done
    [ -z "$ROUNDS" ] || printf ' -n %s' "$ROUNDS"
    [ -z "$BUDGET_SECONDS" ] || printf ' -t %ss' "$BUDGET_SECONDS"
    [ -z "$LIMITS_LEAST" ] || printf ' --limit %s' "$LIMITS_LEAST"
    echo "${QUICK:+ --quick}"
}
