# How long a step with a platform may take. The seconds below are ample on a usual machine; on one that is
# slow, because it is itself emulated or has much else to do, they are stretched by $LIMITS_PACE, which
# limits_measure finds.
#
#   LIMITS_PACE    a whole number from 1; unset: 1
#   LIMITS_LEAST   what --limit was given: no step has less; unset or empty: nothing was given

# limits_for STEP: prints its seconds.
limits_for() {
    case $1 in
    engine) limits_seconds=5 ;;       # a container engine answers; part of `probe`
    probe) limits_seconds=10 ;;       # platform_probe
    counters) limits_seconds=10 ;;    # platform_counters
    accelerator) limits_seconds=12 ;; # a guest that shows that /dev/kvm works; emulated it takes 3
    answer) limits_seconds=30 ;;      # a first tool, facts, a clock
    guest) limits_seconds=60 ;;       # from power-on to a guest's agent; part of `start`
    stop) limits_seconds=60 ;;        # platform_down, platform_release
    checksums) limits_seconds=60 ;;   # platform_sha256
    start) limits_seconds=90 ;;       # platform_up, and what is made for it before
    trial) limits_seconds=120 ;;      # one program's run
    prepare) limits_seconds=400 ;;    # platform_prepare: packages are fetched, images built
    *) return 2 ;;
    esac
    limits_seconds=$((limits_seconds * ${LIMITS_PACE:-1}))
    [ "$limits_seconds" -ge "${LIMITS_LEAST:-0}" ] || limits_seconds=$LIMITS_LEAST
    echo "$limits_seconds"
}

# limits_measure COMMAND...: sets LIMITS_STARTS, how often a command can be started here in a second, found in
# a quarter of one, and LIMITS_PACE. A usual machine does it some 500 times, one in an emulator 20 to 40
# times.
limits_measure() {
    limits_count=0
    limits_begin=$(limits_now)
    while [ $(($(limits_now) - limits_begin)) -lt 25 ]; do
        "$@" >/dev/null 2>&1 || :
        limits_count=$((limits_count + 1))
    done
    LIMITS_STARTS=$((limits_count * 100 / ($(limits_now) - limits_begin)))
    LIMITS_PACE=$((1 + 200 / (LIMITS_STARTS + 1)))
    export LIMITS_PACE LIMITS_LEAST="${LIMITS_LEAST:-}"
}

# limits_now: hundredths of a second since the boot, which is as fine as /proc/uptime has it.
limits_now() {
    read -r limits_uptime _ </proc/uptime
    limits_whole=${limits_uptime%.*} limits_part=${limits_uptime#*.}
    echo $((limits_whole * 100 + ${limits_part#0}))
}
