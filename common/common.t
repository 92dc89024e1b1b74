#!/bin/sh
# The driver-side odds and ends of common/: the TAP helper counts failures, check.sh sums them up.
. common/tap.sh

printf '#!/bin/sh\necho ok 1 - a\necho not ok 2 - b\necho "ok 3 - c # SKIP why"\necho 1..3\nexit 1\n' >"$TMP/bad.t"
chmod +x "$TMP/bad.t"
status 1 'check.sh fails when a test fails' env BUILD="$TMP/build" sh common/check.sh "$TMP/bad.t"
check 'check.sh ends with the counts' sh -c 'tail -n 1 "$1" | grep -qx "1 passed, 1 failed, 1 skipped"' - "$TMP/out"

tap_done
