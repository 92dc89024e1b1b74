#!/bin/sh
# Time limits: those of a usual host, stretched on a slow one, and never less than what was asked for.
. common/test/tap.sh
. common/platforms/limits.sh

limit() { LIMITS_PACE=$2 LIMITS_LEAST=$3 limits_for "$1"; }

check 'a usual host' [ "$(limits_for guest)" = 60 ]
check 'one that is seven times slower' [ "$(limit guest 7 '')" = 420 ]
check 'no less than --limit' [ "$(limit guest 1 100)" = 100 ]
check 'no more either, unless it is ample' [ "$(limit start 7 100)" = 630 ]
check 'a guest has less time than what waits for it' [ "$(limits_for guest)" -lt "$(limits_for start)" ]
check 'so has an engine' [ "$(limits_for engine)" -lt "$(limits_for probe)" ]
status 2 'a step of no name' limits_for nonsense

# A host that starts ten programs in a second gets twenty times as long; finding out takes no longer there.
begin=$(limits_now)
limits_measure sleep 0.1
took=$(($(limits_now) - begin))
check 'a slow host is told' [ "$LIMITS_PACE" -ge 15 ]
check 'in less than a second' [ "$took" -lt 100 ]
check 'its children know' sh -c '[ "$LIMITS_PACE" -ge 15 ]'
limits_measure :
check 'a fast host has the usual limits' [ "$LIMITS_PACE" -eq 1 ]

tap_done
