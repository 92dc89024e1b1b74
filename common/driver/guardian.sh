#!/bin/sh
# Clears up after its campaign if the driver ends without doing so itself: it was killed (kill -9, the
# kernel's OOM killer). stdin is a FIFO that nobody but the driver holds open; when the driver is gone, it
# ends. usage: guardian.sh PID-OF-THE-DRIVER (with the environment that block.sh describes)
set -u
unset CDPATH && export LC_ALL=C
trap '' INT TERM HUP PIPE
. "$ROOT/common/platforms/platform.sh"
. "$ROOT/common/driver/processes.sh"
. "$ROOT/common/driver/leftovers.sh"

main() {
    read -r _ || :
    [ ! -d "$RUN" ] || leftovers_of "$RUN" "$1" >>"$LOG" 2>&1
}

main "$@"
