#!/bin/sh
# Ends the block it belongs to when its time is over, unless it is ended first.
# usage: watchdog.sh SECONDS WHAT (with the environment that block.sh describes)
set -u
. "$ROOT/common/processes.sh"

# USR1 may come at any moment, also before the sleep is known.
main() {
    trap 'ended=1; kill "$sleeper" 2>/dev/null' USR1
    sleep "$1" &
    sleeper=$!
    [ -z "$ended" ] || kill "$sleeper" 2>/dev/null
    wait "$sleeper"
    [ -z "$ended" ] || exit 0
    trap '' USR1
    echo "$2: not done within $1 s" >"$WORK/reason"
    end_processes "$GUESTMARK_BLOCK" "$STATE"
}

ended=
sleeper=
main "$@"
