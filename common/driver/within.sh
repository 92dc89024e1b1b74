# A time limit for what an adapter does.

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
