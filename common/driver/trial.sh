# A trial: one benchmark once on a platform that is up. Work is the same on every platform.

# within SECONDS WHAT COMMAND...: runs a command (a function too) in this shell; if it takes
# longer, the whole block is ended, for nobody knows what state a hung platform is in.
within() {
    sh "$ROOT/common/driver/watchdog.sh" "$1" "$2" >/dev/null 2>&1 &
    within_watchdog=$!
    shift 2
    within_status=0
    "$@" || within_status=$?
    kill -s USR1 "$within_watchdog" 2>/dev/null || :
    wait "$within_watchdog" 2>/dev/null || :
    return "$within_status"
}

# output PREFIX SUFFIX COMMAND...: runs a command within the trial's time and adds what it prints to
# $WORK/out, the names of facts preceded and those of metrics followed by something.
output() {
    output_prefix=$1 output_suffix=$2
    shift 2
    output_status=0
    within "$LIMIT" "$benchmark" "$@" >"$WORK/printed" 2>>"$WORK/err" </dev/null || output_status=$?
    awk -F, -v OFS=, -v prefix="$output_prefix" -v suffix="$output_suffix" '
        /^# / { print "# " prefix substr($0, 3); next }
        suffix != "" && !/^benchmark,metric,/ { $2 = $2 suffix }
        { print }' "$WORK/printed" >>"$WORK/out"
    return "$output_status"
}

# How much work. An emulated guest sets the sizes: it multiplies and adds a thousand times slower,
# and a round of all platforms should end within a minute. --quick is for checking the chain.
trial_sizes() {
    if [ -n "$QUICK" ]; then
        trial_reps=1 trial_time=1ms trial_order=50 trial_sum=50
        trial_array=1M trial_size=1M trial_disk=4M trial_bytes=4M
    else
        trial_reps=2 trial_time=100ms trial_order=200 trial_sum=250
        trial_array=32M trial_size=64M trial_disk=32M trial_bytes=32M
    fi
    set -- -f csv -r "$trial_reps" -t "$trial_time" -s "$((SEED + ROUND))"
    trial_common=$*
}

# One function per benchmark. ISA is the best instruction set that all platforms have, BEST is 1
# where some have a better one.
# shellcheck disable=SC2086 # $trial_common is a list of words
trial_linpack() {
    set -- linpack $trial_common --size "$trial_order"
    output '' '' platform_run "$@" ${ISA:+--isa "$ISA"} || return
    [ -z "$BEST" ] || output best. '[isa=best]' platform_run "$@"
}

# shellcheck disable=SC2086
trial_memsweep() {
    set -- platform_run memsweep $trial_common ${ISA:+--isa "$ISA"}
    output '' '' "$@" --array "$trial_array" ${QUICK:+--size "$trial_size"} sweep copy triad || return
    output size. '' "$@" --size "$trial_size" latency fault
}

# METHODS: the other ways to make a process, too; one that a guest does not have (77) is left out.
# shellcheck disable=SC2086
trial_forksum() {
    set -- platform_run forksum $trial_common
    output '' '' "$@" 1 "$trial_sum" || return
    for trial_method in ${METHODS:+vfork spawn clone thread}; do
        trial_method_status=0
        output "$trial_method." "[$trial_method]" "$@" --method "$trial_method" 1 "$trial_sum" || trial_method_status=$?
        case $trial_method_status in 0 | 77) ;; *) return "$trial_method_status" ;; esac
    done
}

# shellcheck disable=SC2086
trial_diskrand() {
    output '' '' platform_run diskrand $trial_common --size "$trial_disk" "$(platform_data)"
}

# The server is up, with its files in its page cache, before the trial begins.
before_nginxload() {
    within "$LIMIT" 'starting nginx' platform_url >"$WORK/url" 2>>"$WORK/err" || {
        cat "$WORK/url" >>"$WORK/err"
        return 77
    }
}

# The load comes from the host's other CPUs, for every platform alike.
trial_nginxload() {
    # shellcheck disable=SC2086
    set -- "$BUILD/nginxload" $trial_common -c "$CLIENT_CPUS"
    output '' '' "$@" "$(cat "$WORK/url")/small" || return
    output big. '' "$@" --download --bytes "$trial_bytes" "$(cat "$WORK/url")/big"
}

# trial_rows BENCHMARK: samples of $WORK/out as rows; fails if they are not what a tool prints.
trial_rows() {
    awk -F, -v place="$(place "$1" | sed 's/\\/\\\\/g')" -v benchmark="$1" '
        /^# / { next }
        /^benchmark,metric,unit,better,rep,value$/ { header = 1; next }
        !header || NF != 6 || $1 != benchmark || $4 !~ /^(lower|higher)$/ ||
            $5 !~ /^[0-9]+$/ || $6 !~ /^-?[0-9.]+(e[-+]?[0-9]+)?$/ { bad = 1; exit }
        $5 > 0 { counted++ }
        { print place "," $2 "," $3 "," $4 "," $5 "," $6 }
        END { exit bad || !counted }' "$WORK/out"
}

# trial_means: what the guards need to know of the samples.
trial_means() {
    awk -F, '
        $2 == "bandwidth" { bandwidth += $6; n++ }
        END { if (n) printf "trial.bandwidth=%.6g\n", bandwidth / n }' "$WORK/out"
}

# trial_reason STATUS BENCHMARK: one line on why a trial has no samples.
trial_reason() {
    trial_said=$(grep . "$WORK/err" | tail -n 1)
    printf '%s\n' "${trial_said:-$2: exit status $1 and nothing on stderr}"
}

# trial BENCHMARK: runs it and writes down what came of it. Fails only if that cannot be written.
trial() {
    benchmark=$1
    : >"$WORK/out"
    : >"$WORK/err"
    trial_sizes
    trial_status=0
    [ "$1" != nginxload ] || before_nginxload || trial_status=$?
    bill_start
    [ "$trial_status" -ne 0 ] || "trial_$1" || trial_status=$?
    bill_stop >"$WORK/bill"
    cat "$WORK/err" >>"$LOG"
    if [ "$trial_status" -ne 0 ]; then
        record_failure "$1" "$(trial_reason "$trial_status" "$1")" || return
    elif ! trial_rows "$1" >"$WORK/samples"; then
        record_failure "$1" "$1: its output is not what the program prints" || return
    else
        awk -v place="$(place "$1" | sed 's/\\/\\\\/g')" -F '[= ]' '
            $1 == "bill.host_cpu" { print place ",host_cpu,s,lower,1," $2 }' "$WORK/bill" >>"$WORK/samples"
        { sed -n 's/^# //p' "$WORK/out" && cat "$WORK/bill" && trial_means; } >"$WORK/facts"
        guards_of_trial "$1" || return
        append samples.csv <"$WORK/samples" || return
        # The last fact tells a trial that has been written down whole.
        { cat "$WORK/facts" && echo trial=complete; } | record_facts "$1" || return
    fi
    echo "$1" >>"$WORK/done"
}
