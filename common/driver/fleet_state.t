#!/bin/sh
# A fleet's state, from what its hosts say: fleet_sort.awk and fleet.awk, line by line.
. common/test/tap.sh

export OUT="$TMP/fleet"
mkdir -p "$OUT/.fleet"
: >"$OUT/.fleet/known"
: >"$OUT/.fleet/launcher.log"
state() {
    awk -v folder="$OUT/.fleet" -v beat=1 -v silence=100 -v take='echo' -f common/driver/fleet.awk
}
says() {
    state >"$TMP/out" 2>"$TMP/err"
    cut -f 1,2,6 "$OUT/.fleet/hosts" | tr '\t' '|' >"$TMP/rows"
}
has() { check "$1" grep -qx "$2" "$TMP/rows"; }

# ---- sorting ----
printf '%s\n' 'n1: @guestmark ab 1-a hello x' 'noise' \
    '@guestmark ab 1-a data QUJD' '[2] @guestmark ab 1-a data REVG' \
    '@guestmark cd 1-a hello y' '@guestmark ab ../x data QUJD' |
    awk -v token=ab -v folder="$OUT/.fleet" -f common/driver/fleet_sort.awk >"$TMP/out"
check 'what hosts say comes through, whatever stands before it' [ "$(cat "$TMP/out")" = '1-a hello x' ]
check 'pieces are put together' [ "$(cat "$OUT/.fleet/1-a.lines")" = 'QUJD
REVG' ]
check 'the rest is kept' grep -qx noise "$OUT/.fleet/other"
check 'nothing is written elsewhere' [ ! -e "$OUT/x.lines" ]

# ---- silence ----
says <<'END_OF_LINES'
tick 1000
1 hello n1 m1 b1 x86_64 1000 - -
2 hello n2 m2 b2 x86_64 1000 - -
2 alive round 2
tick 1090
1 alive round 3
tick 1150
1 end failed 0 0 it broke
tick 1300
gone 1
END_OF_LINES
has 'who is not heard any more hangs' 'n2|failed|hangs, or has lost .* 100 s; the last: round 2'
has 'who is heard does not' 'n1|failed|it broke'
out_has 'when only such are left the launcher is ended' '^abandon$'
out_has 'how many were there' '^gone 1 2$'

# ---- names ----
says <<'END_OF_LINES'
tick 1000
1 hello n1 m1 b1 x86_64 1000 - -
2 hello n1 m2 b2 x86_64 1000 - -
3 hello n1 m1 b1 x86_64 1000 - -
4 hello $(touch${IFS}x)/../n m4 b4 x86_64 1000 - -
3 end failed 0 0 started twice
1 end already 0 0 measured before
END_OF_LINES
has 'a name' 'n1|running|not finished'
has 'another host of that name' 'n1-2|running|not finished'
has 'no name is a command or a path' '__touch__IFS_x__.._n|running|not finished'
check 'one host twice is one' [ "$(wc -l <"$TMP/rows")" -eq 3 ]
out_has 'and it is said' '^say n1: the launcher has started it twice there'

# ---- clocks, and results that did not come back whole ----
says <<'END_OF_LINES'
tick 1000
1 hello good m1 b1 x86_64 1030 - -
2 hello early m2 b2 x86_64 4600 - -
1 end done 5 7
2 end done 0 0
gone 0
END_OF_LINES
has 'what take-in says is why it failed' 'good|failed|1 good 5 7'
has 'a clock ahead' "early|failed|its clock is 3600 s ahead of the head's: set it"

# ---- resumed ----
printf '%s\t%s\t%s\t%s\t%s\t%s\n' n1 'done' n1 m1 b0 '' n2 failed n2 m2 b2 lost n3 missing n3 - - no \
    >"$OUT/.fleet/known"
cat >"$OUT/.fleet/launcher.log" <<'END_OF_LOG'
ssh: connect to host n5 port 22: Connection refused
pdsh@h: n6: ssh exited with exit code 255
srun: error: n2: task 1: Killed
root@n7: Permission denied (publickey).
Connection closed by n8
END_OF_LOG
says <<'END_OF_LINES'
tick 1000
1 hello n1 m1 b1 x86_64 1000 - -
2 hello n2 m2 b2 x86_64 1000 - 77
1 end already 0 0 measured before
gone 9
END_OF_LINES
has 'done remains done, after a reboot too' 'n1|done|'
has 'lost, in the words of the launcher' 'n2|failed|lost: srun: error: n2: task 1: Killed'
has 'not reached again' 'n3|missing|the launcher did not reach it'
has 'refused' 'n5|missing|ssh: connect .*'
has 'pdsh' 'n6|missing|pdsh@h.*'
has 'denied' 'n7|missing|root@n7: Permission denied.*'
has 'closed' 'n8|missing|Connection closed by n8'
out_has 'the job to be cancelled' '^job 77$'
says <<'END_OF_LINES'
tick 1000
a nofolder
gone 0
END_OF_LINES
out_has 'no shared folder' '^gone 0 -1$'

tap_done
