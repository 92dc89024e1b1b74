# Going on with a campaign that was stopped. The block is the unit: one that had not ended is
# thrown away whole and run again from a fresh start, so a torn last line goes with it.
# shellcheck disable=SC2034,SC2153 # settings are read, and ROUND is set, in other files

# resume_setting KEY: from the campaign's environment.txt.
resume_setting() { sed -n "s/^setting\\.$1=//p" "$OUT/environment.txt"; }

resume_output() {
    OUT=$(cd "$RESUME" && pwd)
    SEED=$(resume_setting seed)
    TEST_CPUS=$(resume_setting test_cpus) CLIENT_CPUS=$(resume_setting client_cpus)
    MEMORY=$(resume_setting memory)
    QUICK=$(resume_setting quick)
    CHOSEN_BENCHMARKS=$(resume_setting benchmarks)
    CHOSEN_PLATFORMS=$(resume_setting platform)
    CHOSEN_PLATFORMS=${CHOSEN_PLATFORMS:+$CHOSEN_PLATFORMS$NEWLINE}
    CARRY_FROM=$(resume_setting from) CARRY_WITH=$(resume_setting with)
    CARRY_WITH=${CARRY_WITH:+$CARRY_WITH$NEWLINE}
    [ -n "$SEED$TEST_CPUS" ] || say_bad "--resume $RESUME: no campaign there"
    [ -n "$ROUNDS" ] || ROUNDS=$(resume_setting rounds)
    [ -n "$BUDGET_GIVEN" ] || BUDGET_SECONDS=$(resume_setting budget)
    [ -n "$LIMITS_LEAST" ] || LIMITS_LEAST=$(resume_setting limit)
    LIMIT=${LIMITS_LEAST:-$LIMIT}
    carry_make
    resume_same_world
    output_head platforms
    for resume_file in samples guards failures facts; do
        resume_keep "$OUT/$resume_file.csv" || say_fail "$OUT: cannot be written"
    done
    FAILURES_FROM=$(($(wc -l <"$OUT/failures.csv") + 1))
}

# resume_same_world: one campaign, one set of programs, on one host.
resume_same_world() {
    host_environment >"$WORK/environment"
    resume_differs=$(grep -E '^(host|kernel|cpu\.model|cpu\.count|memory|commit|sha256\.[a-z]*)=' \
        "$WORK/environment" |
        while IFS= read -r resume_line; do
            grep -q "^${resume_line%%=*}=" "$OUT/environment.txt" || continue
            grep -qxF "$resume_line" "$OUT/environment.txt" || printf ' %s' "${resume_line%%=*}"
        done)
    [ -z "$resume_differs" ] ||
        say_fail "--resume $RESUME: not what it was measured with:$resume_differs; begin a new campaign"
}

# resume_keep FILE: leaves the rows of blocks, and of benchmarks' turns, that facts.csv says are complete.
# facts.csv itself comes last.
resume_keep() {
    awk "$CSV_AWK"'
        {
            count = csv_split($0, field)
            block = field[3] SUBSEP field[4]
            turns = block SUBSEP field[5]
        }
        NR == FNR {
            if (count == 7 && field[6] == "block" && field[7] == "complete") complete[block]
            if (count == 7 && field[6] == "turns" && field[7] == "complete") complete[turns]
            next
        }
        FNR == 1 || (count > 5 && (block in complete || turns in complete))' \
        "$OUT/facts.csv" "$1" >"$1.new" &&
        mv "$1.new" "$1"
}

# resume_done PLATFORM: whether this round's block is there already.
resume_done() {
    [ -n "$RESUME" ] || return 1
    resume_at=$(csv_line "$1")
    grep -F ",$resume_at,$ROUND,platform,block,complete" "$OUT/facts.csv" >/dev/null
}

# resume_planned: whether plan.csv has this round.
resume_planned() { grep -q "^$ROUND," "$OUT/plan.csv"; }

# resume_same_isa: the figures of a campaign belong together only if the programs take the same path.
resume_same_isa() {
    resume_before=$(resume_setting isa | tail -n 1)
    [ -z "$resume_before" ] || [ "$resume_before" = "$ISA" ] ||
        say_fail "--resume $RESUME: was measured with $resume_before, the platforms now have $ISA in common"
}
