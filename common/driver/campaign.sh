# The campaign: which platforms are usable, the rounds, and that nothing stays behind.

. "$ROOT/common/driver/leftovers.sh"

# campaign_begin: the folder of the driver's own files, and what happens at the end, however it comes.
campaign_begin() {
    RUN=$BUILD/run/$$ WORK=$BUILD/run/$$/work STATE=$BUILD/run/$$/state LOG=$BUILD/run/$$/log
    mkdir -p "$WORK" || say_fail "$RUN: cannot be made"
    : >"$LOG"
    HOST=$(uname -n) ROUND=0 ORDER='' ISA='' BEST='' STORES='' PROGRESS='' PLATFORM='' STOPPED='' BLOCK=''
    BLOCKS=0 GUARDIAN=''
    : >"$WORK/kept"
    export ROOT BUILD WORK STATE LOG HOST ROUND ORDER ISA BEST PROGRESS PLATFORM OUT SEED LIMIT QUICK METHODS
    export TEST_CPUS CLIENT_CPUS MEMORY RUN STORES CARRY CARRY_WITH CARRY_FROM
    trap campaign_end EXIT
    leftovers_clear
    campaign_guard
    campaign_signals
}

# campaign_guard: a process that clears up when the driver is killed; 9 is what tells it, and no process that
# may outlive the driver gets it. In a session of its own it is not killed along with the driver's process
# group.
campaign_guard() {
    mkfifo "$RUN/lifeline" || say_fail "$RUN/lifeline: cannot be made"
    exec 9<>"$RUN/lifeline"
    set -- sh "$ROOT/common/driver/guardian.sh" "$$"
    ! command -v setsid >/dev/null || set -- setsid "$@"
    "$@" <"$RUN/lifeline" >/dev/null 2>&1 9>&- &
    GUARDIAN=$!
    echo "$GUARDIAN" >"$RUN/guardian"
}

campaign_guard_end() {
    [ -n "$GUARDIAN" ] || return 0
    kill -s KILL "$GUARDIAN"
    wait "$GUARDIAN"
} 2>/dev/null

campaign_signals() {
    trap 'STOPPED=130' INT
    trap 'STOPPED=143' TERM
    trap 'STOPPED=129' HUP
    trap 'STOPPED=141' PIPE
}

campaign_end() {
    trap '' INT TERM HUP
    [ -z "$BLOCK" ] || blocks_end
    for end_up in "$RUN"/up/*; do
        [ ! -d "$end_up" ] || turns_end "$end_up"
    done
    turns_outside
    campaign_release
    [ -z "$OUT" ] || [ ! -f "$OUT/plan.csv" ] || output_drop
    rm -rf "$RUN"
    campaign_guard_end || :
    rmdir "$BUILD/run" 2>/dev/null || :
}

# say TEXT...: a line of progress, on stderr, whether or not anyone reads it.
say() {
    progress_clear
    echo "run.sh: $*" >&2 || :
}

# blocks_run VERB PLATFORM: one step with one platform, which is ended after it; its exit status, or 1 when it was
# ended from outside: by its watchdog, by a signal to the campaign, or by a stranger.
blocks_run() {
    PLATFORM=$2
    rm -rf "$STATE"
    mkdir -p "$STATE"
    BLOCK=$1-$$-$((BLOCKS += 1))_
    block_status=0
    blocks_step "$1" || block_status=$?
    [ "$block_status" -ne 4 ] || block_status=1
    # What prepare leaves running (a private engine) serves the whole campaign.
    if [ "$1" = prepare ] && [ "$block_status" -eq 0 ]; then
        printf '%s\t%s\n' "$BLOCK" "$PLATFORM" >>"$WORK/kept"
        rm -rf "$STATE"
        BLOCK=
    else
        blocks_end
    fi
    return "$block_status"
}

# blocks_step VERB ARGUMENT...: block.sh for $PLATFORM in a process of its own, marked by $BLOCK; its exit
# status, or 4 when it was ended from outside.
blocks_step() {
    : >"$WORK/reason"
    GUESTMARK_BLOCK=$BLOCK sh "$ROOT/common/driver/block.sh" "$@" </dev/null 9>&- &
    block_step_status=0
    [ -n "$STOPPED" ] || wait "$!" || block_step_status=$?
    case $block_step_status in
    0 | 1 | 3 | 77) [ -z "$STOPPED" ] || block_step_status=4 ;;
    *)
        [ -s "$WORK/reason" ] || echo "$PLATFORM: the driver's process for it was killed" >"$WORK/reason"
        block_step_status=4
        ;;
    esac
    return "$block_step_status"
}

# blocks_end: ends whatever the block has left running and lets the adapter clean up. Nothing interrupts it; a
# signal that comes meanwhile is heard after.
blocks_end() {
    (
        trap '' INT TERM HUP PIPE
        blocks_end_leftovers
    ) || :
    rm -rf "$STATE"
    BLOCK=
}

blocks_end_leftovers() {
    case $BLOCK in
    prepare-*)
        # A private engine that it has started is asked to stop before it would be killed.
        GUESTMARK_BLOCK=$BLOCK sh "$ROOT/common/driver/block.sh" down </dev/null 9>&- || :
        GUESTMARK_BLOCK=$BLOCK sh "$ROOT/common/driver/block.sh" release </dev/null 9>&- >>"$LOG" 2>&1 || :
        ;;
    *)
        processes_end "$BLOCK" "$STATE" || :
        GUESTMARK_BLOCK=$BLOCK sh "$ROOT/common/driver/block.sh" down </dev/null 9>&- || :
        ;;
    esac
    processes_end "$BLOCK" "$STATE" || say "$PLATFORM: some of its processes cannot be killed"
}

# campaign_stopped: whether the campaign is to end now; says why, once.
campaign_stopped() { [ -n "$STOPPED" ]; }

blocks_reason() { cat "$WORK/reason"; }

# prepare_probe: $WORK/usable lists the platforms that are usable; platforms.csv has the reasons for the others.
prepare_probe() {
    : >"$WORK/usable"
    if [ -n "$CHOSEN_PLATFORMS" ]; then
        printf '%s' "$CHOSEN_PLATFORMS"
    else
        printf '%s\n' native docker kvm qemu
    fi | awk '!seen[$0]++' >"$WORK/wanted"
    while IFS= read -r probe_platform && ! campaign_stopped; do
        prepare_probe_one "$probe_platform" && continue
        # podman takes docker's place where nobody asked for docker by name.
        if [ -z "$CHOSEN_PLATFORMS" ] && [ "$probe_platform" = docker ]; then
            prepare_probe_one podman || :
        fi
    done <"$WORK/wanted"
    campaign_stopped || [ -s "$WORK/usable" ] || prepare_nothing
}

prepare_probe_one() {
    probe_status=0
    blocks_run probe "$1" || probe_status=$?
    if [ "$probe_status" -eq 0 ]; then
        echo "$1" >>"$WORK/usable"
    elif ! campaign_stopped; then
        prepare_unusable "$1"
    fi
    return "$probe_status"
}

prepare_unusable() {
    say "$1 is not usable: $(blocks_reason)"
    csv_line "$1" no "$(blocks_reason)" | record_append platforms.csv || campaign_disk_full
}

prepare_nothing() {
    say 'no platform is usable'
    exit 77
}

campaign_disk_full() { say_fail "$(blocks_reason); what is there is in $OUT"; }

# prepare: builds what is missing and starts every platform once. ISA is the best instruction set
# that all have; BEST is 1 if some have a better one.
prepare() {
    cp "$WORK/usable" "$WORK/probed"
    : >"$WORK/usable"
    : >"$WORK/isas"
    : >"$WORK/serial"
    while IFS= read -r prepare_platform && ! campaign_stopped; do
        say "preparing $prepare_platform"
        : >"$WORK/isa"
        rm -f "$WORK/serves"
        if blocks_run prepare "$prepare_platform"; then
            echo "$prepare_platform" >>"$WORK/usable"
            sed 's/^/x /; 1s/^x/new x/' "$WORK/isa" >>"$WORK/isas"
            [ -f "$WORK/serves" ] || echo "$prepare_platform" >>"$WORK/serial"
        elif ! campaign_stopped; then
            prepare_unusable "$prepare_platform"
        fi
    done <"$WORK/probed"
    ! campaign_stopped || return 0
    [ -s "$WORK/usable" ] || prepare_nothing
    while IFS= read -r prepare_platform; do
        csv_line "$prepare_platform" yes '' | record_append platforms.csv || campaign_disk_full
    done <"$WORK/usable"
    prepare_isa
}

# prepare_isa: from $WORK/isas, one line per platform and instruction set, the platform's first one
# marked.
prepare_isa() {
    awk '
        BEGIN { count = split("generic sse2 avx2 avx512", order, " ") }
        $1 == "new" { platforms++ }
        { for (i = 2; i <= NF; i++) has[$i]++ }
        END {
            for (i = 1; i <= count; i++)
                if (platforms && has[order[i]] == platforms) common = i
                else if (has[order[i]]) better = 1
            if (common) print order[common], better
        }' "$WORK/isas" >"$WORK/choice"
    ISA='' BEST=''
    read -r ISA BEST <"$WORK/choice" || :
    [ -z "$RESUME" ] || resume_same_isa
    prepare_stores_chosen
    if [ -z "$RESUME" ]; then
        printf 'setting.isa=%s\nsetting.stores=%s\n' "$ISA" "$STORES" >>"$OUT/environment.txt"
    fi
}

# prepare_stores_chosen: as block.sh has found it on native; as before in a resumed campaign.
prepare_stores_chosen() {
    STORES=$(cat "$WORK/stores" 2>/dev/null || :)
    if [ -n "$RESUME" ]; then STORES=$(resume_setting stores); fi
}

# rounds: until the rounds asked for are done, all is decided, or the time is over.
rounds() {
    rounds_start=$(date +%s)
    rounds_last=0
    : >"$WORK/settled"
    rounds_design
    output_latest
    ROUND=0
    while ! campaign_stopped; do
        ROUND=$((ROUND + 1))
        if [ -n "$ROUNDS" ]; then
            [ "$ROUND" -le "$ROUNDS" ] || break
        else
            rounds_look || break
        fi
        rounds_time || break
        rounds_one
    done
}

# rounds_design: who takes turns. They are up together, so their memory is needed at once; where that does not
# fit, all are run in serial blocks, one after the other.
rounds_design() {
    design_need=$(wc -l <"$WORK/usable" | awk -v memory="$MEMORY" '
        { print $1 * memory * (memory ~ /G/ ? 1048576 : 1024) }')
    design_have=$(sed -n 's/^MemAvailable: *\([0-9]*\) .*/\1/p' /proc/meminfo)
    if [ "${design_have:-$design_need}" -lt "$design_need" ]; then
        say "$((design_need / 1024)) MiB for all platforms together are not free:" \
            "they are measured one after the other"
        cp "$WORK/usable" "$WORK/serial"
    fi
    grep -vxFf "$WORK/serial" "$WORK/usable" >"$WORK/turns" || :
    [ -z "$RESUME" ] || return 0
    if [ -s "$WORK/turns" ]; then
        echo design=turns
        sed 's/^/serial=/' "$WORK/serial"
    else
        echo design=blocks
    fi >>"$OUT/environment.txt"
}

rounds_time() {
    [ -n "$BUDGET_SECONDS" ] && [ "$rounds_last" -gt 0 ] || return 0
    rounds_left=$((BUDGET_SECONDS - ($(date +%s) - rounds_start)))
    [ "$rounds_left" -lt "$rounds_last" ] || return 0
    say "the time of $BUDGET_SECONDS s is over; more with --resume $OUT --budget ..."
    return 1
}

# rounds_look: what is decided so far, in $WORK/settled; 1 if there is nothing to gain. Rounds go on where it cannot
# be told.
rounds_look() {
    [ "$ROUND" -gt 1 ] || return 0
    look_need=
    "$BUILD/compare" --need "$OUT" >"$WORK/need" 2>"$WORK/said" && read -r _ look_need <"$WORK/need"
    if [ -z "$look_need" ]; then
        cat "$WORK/said" >>"$LOG"
        say "what is decided cannot be told: $(tail -n 1 "$WORK/said")"
        return 0
    fi
    sed -n 's/^settled	\([^	]*	[^	]*	[^	]*\)	.*/\1/p' "$WORK/need" >"$WORK/settled"
    if [ "$look_need" -eq 0 ]; then
        look_open=$(grep -c '^open' "$WORK/need") || :
        case $look_open in
        0) say "after $((ROUND - 1)) rounds everything is decided" ;;
        *) say "after $((ROUND - 1)) rounds $look_open figures are still open; no more rounds are made" ;;
        esac
        return 1
    fi
}

# rounds_look_text: what is decided, and what is open, for the line of progress.
rounds_look_text() {
    [ -s "$WORK/need" ] || return 0
    awk -F '\t' '
        /^settled\t/ { settled++ }
        /^open\t/ { open++; if (!first) first = $2 " " $3 " " $5 }
        END {
            sub(/, .*/, "", first)
            if (settled + open) printf " | decided %d of %d", settled, settled + open
            if (first != "") printf " | %s", substr(first, 1, 32)
        }' "$WORK/need"
}

minutes() { echo "$1" | awk '{ if ($1 < 90) printf "%d s\n", $1; else printf "%.0f min\n", $1 / 60 }'; }

rounds_one() {
    round_start=$(date +%s)
    plan_round "$ROUND" >"$WORK/plan"
    if ! resume_planned; then
        plan_csv "$ROUND" | record_append plan.csv || campaign_disk_full
    fi
    PROGRESS="round $ROUND${ROUNDS:+ of $ROUNDS}$(rounds_look_text)"
    progress_can || say "$PROGRESS"
    sed '/^native$/ { p; s/$/2/; }' "$WORK/serial" >"$WORK/serial.names"
    awk -F '\t' 'FILENAME == ARGV[1] { serial[$0] = 1; next } !($1 in serial)' \
        "$WORK/serial.names" "$WORK/plan" >"$WORK/plan.turns"
    [ ! -s "$WORK/plan.turns" ] || turns_round
    while IFS='	' read -r round_platform ORDER <&3; do
        ! campaign_stopped || return 0
        grep -qxF "$round_platform" "$WORK/serial.names" || continue
        resume_done "$round_platform" || rounds_given_up "$round_platform" || rounds_measure "$round_platform"
    done 3<"$WORK/plan"
    rounds_last=$(($(date +%s) - round_start))
}

# rounds_measure PLATFORM: a block, and why each trial that is missing is missing.
rounds_measure() {
    : >"$WORK/done"
    measure_status=0
    blocks_run round "$1" || measure_status=$?
    ! campaign_stopped || return 0
    [ "$measure_status" -ne 3 ] || campaign_disk_full
    if [ "$measure_status" -ne 0 ]; then
        say "round $ROUND, $1: $(blocks_reason)"
        for measure_benchmark in $ORDER; do
            grep -qx "$measure_benchmark" "$WORK/done" && continue
            record_failure "$measure_benchmark" "$(blocks_reason)" || campaign_disk_full
        done
    fi
    echo block=complete | record_facts platform || campaign_disk_full
}

# rounds_given_up PLATFORM: a platform that has failed to start twice is not tried again, unless by a resumed
# campaign.
rounds_given_up() {
    given_up_at=$(csv_line "$1")
    [ "$(tail -n "+$FAILURES_FROM" "$OUT/failures.csv" | grep -F ",$given_up_at," |
        grep -c ',platform,')" -ge 2 ]
}

# campaign_release: undoes what prepare has left running, platform by platform.
campaign_release() {
    while IFS='	' read -r release_block PLATFORM <&3; do
        mkdir -p "$STATE"
        GUESTMARK_BLOCK=$release_block sh "$ROOT/common/driver/block.sh" release \
            </dev/null 9>&- >>"$LOG" 2>&1 || :
        processes_end "$release_block" "$STATE" || :
        rm -rf "$STATE"
    done 3<"$WORK/kept"
}

# campaign_report: report.txt, which is also shown, and report.html.
campaign_report() {
    trap '' INT TERM HUP
    cp "$LOG" "$OUT/log/driver.log" || :
    progress_clear
    report_status=0
    if [ "$(wc -l <"$OUT/samples.csv")" -le 1 ]; then
        say "no trial has ended well; $OUT/failures.csv has the reasons"
        campaign_how_to_go_on
        exit "${STOPPED:-1}"
    fi
    "$BUILD/compare" -f text -o "$OUT/report.txt" "$OUT" && cat "$OUT/report.txt" || report_status=1
    "$BUILD/compare" -f html -o "$OUT/report.html" "$OUT" || report_status=1
    campaign_how_to_go_on
    say "results: $OUT"
    exit "${STOPPED:-$report_status}"
}

campaign_how_to_go_on() { [ -z "$STOPPED" ] || say "stopped; go on with ./run.sh --resume $OUT"; }
