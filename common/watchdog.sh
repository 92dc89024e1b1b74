#!/bin/sh
# Ends the block it belongs to when its time is over, unless it is ended first.
# usage: watchdog.sh SECONDS WHAT (with the environment that block.sh describes)
set -u
. "$ROOT/common/processes.sh"

main() {
    trap 'kill "$sleeper" 2>/dev/null; exit 0' USR1
    sleep "$1" &
    sleeper=$!
    wait "$sleeper"
    trap '' USR1
    echo "$2: not done within $1 s" >"$WORK/reason"
    end_processes "$GUESTMARK_BLOCK" "$STATE"
}

sleeper=
main "$@"
