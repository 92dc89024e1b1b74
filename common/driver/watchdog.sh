#!/bin/sh
# Ends the block it belongs to when its time is over, unless it is ended first.
# usage: watchdog.sh SECONDS WHAT (with the environment that block.sh describes)
set -u
unset CDPATH && export LC_ALL=C
. "$ROOT/common/driver/processes.sh"

# USR1 ends it at any moment: a trap could come too late, between a check and a wait. The sleep
# that it leaves holds nothing open, and ends with the block.
main() {
    sleep "$1"
    trap '' USR1
    echo "$2: not done within $1 s" >"$WORK/reason"
    processes_end "$GUESTMARK_BLOCK" "$STATE"
}

main "$@"
