# Going on with a campaign that was stopped. The block is the unit: one that had not ended is
# thrown away whole and run again from a fresh start, so a torn last line goes with it.
# shellcheck disable=SC2034,SC2153 # settings are read, and ROUND is set, in other files

# setting KEY: from the campaign's environment.txt.
setting() { sed -n "s/^setting\\.$1=//p" "$OUT/environment.txt"; }

resume_output() {
    OUT=$(cd "$RESUME" && pwd)
    SEED=$(setting seed)
    TEST_CPUS=$(setting test_cpus) CLIENT_CPUS=$(setting client_cpus) MEMORY=$(setting memory)
    QUICK=$(setting quick) METHODS=$(setting methods) CHOSEN_BENCHMARKS=$(setting benchmarks)
    CHOSEN_PLATFORMS=$(setting platform)
    CHOSEN_PLATFORMS=${CHOSEN_PLATFORMS:+$CHOSEN_PLATFORMS$NEWLINE}
    CARRY_FROM=$(setting from) CARRY_WITH=$(setting with)
    CARRY_WITH=${CARRY_WITH:+$CARRY_WITH$NEWLINE}
    [ -n "$SEED$TEST_CPUS" ] || bad "--resume $RESUME: no campaign there"
    [ -n "$ROUNDS" ] || ROUNDS=$(setting rounds)
    [ -n "$BUDGET_GIVEN" ] || BUDGET_SECONDS=$(setting budget)
    [ -n "$LIMITS_LEAST" ] || LIMITS_LEAST=$(setting limit)
    LIMIT=${LIMITS_LEAST:-$LIMIT}
    carry_make
    same_world
    echo 'platform,usable,reason' >"$OUT/platforms.csv"
    for resume_file in samples guards failures facts; do
        keep_complete "$OUT/$resume_file.csv" || fail "$OUT: cannot be written"
    done
    FAILURES_FROM=$(($(wc -l <"$OUT/failures.csv") + 1))
}

# same_world: one campaign, one set of programs, on one host.
same_world() {
    environment >"$WORK/environment"
    same_differs=$(grep -E '^(host|kernel|cpu\.model|cpu\.count|memory|commit|sha256\.[a-z]*)=' \
        "$WORK/environment" |
        while IFS= read -r same_line; do
            grep -q "^${same_line%%=*}=" "$OUT/environment.txt" || continue
            grep -qxF "$same_line" "$OUT/environment.txt" || printf ' %s' "${same_line%%=*}"
        done)
    [ -z "$same_differs" ] ||
        fail "--resume $RESUME: not what it was measured with:$same_differs; begin a new campaign"
}

# keep_complete FILE: leaves the rows of blocks, and of benchmarks' turns, that facts.csv says are complete.
# facts.csv itself comes last.
keep_complete() {
    awk '
        # The platform and round of a row, as they are written: columns 3 and 4.
        function block(row) {
            sub(/^[^,]*,[^,]*,/, "", row)
            if (match(row, /^("([^"]|"")*"|[^",]*),[0-9]+,/))
                return substr(row, 1, RLENGTH)
            return ""
        }
        # And the benchmark, column 5.
        function turns(row, place) {
            sub(/^[^,]*,[^,]*,/, "", row)
            row = substr(row, length(place) + 1)
            return match(row, /^("([^"]|"")*"|[^",]*),/) ? place substr(row, 1, RLENGTH) : ""
        }
        NR == FNR && /,block,complete$/ { complete[block($0)] = 1 }
        NR == FNR && /,turns,complete$/ { complete[turns($0, block($0))] = 1 }
        NR == FNR { next }
        FNR == 1 { print; next }
        { place = block($0) }
        place != "" && (place in complete || turns($0, place) in complete)' "$OUT/facts.csv" "$1" >"$1.new" &&
        mv "$1.new" "$1"
}

# block_done PLATFORM: whether this round's block is there already.
block_done() {
    [ -n "$RESUME" ] || return 1
    done_at=$(csv_line "$1")
    grep -F ",$done_at,$ROUND,platform,block,complete" "$OUT/facts.csv" >/dev/null
}

# round_planned: whether plan.csv has this round.
round_planned() { grep -q "^$ROUND," "$OUT/plan.csv"; }

# same_isa: the figures of a campaign belong together only if the programs take the same path.
same_isa() {
    same_before=$(setting isa | tail -n 1)
    [ -z "$same_before" ] || [ "$same_before" = "$ISA" ] ||
        fail "--resume $RESUME: was measured with $same_before, the platforms now have $ISA in common"
}
