#!/bin/sh
# The conductor against servants that are shell scripts, good and bad.
. common/test/tap.sh

turns=$BUILD/turns

# servant NAME [STEP-COMMAND]: a folder with a servant that does the command in each step, and then answers.
servant() {
    mkdir -p "$TMP/$1"
    cat >"$TMP/$1/serve" <<END
echo $tap_columns
echo ready
n=0
while read -r line; do
    n=\$((n + 1))
    ${2:-:}
    echo "$1 \$n" >>"$TMP/order"
    echo "b,m,s,lower,\$n,\$n.5"
    echo "b,other,1/s,higher,\$n,1e3"
    echo end
done
echo "# steps=\$n"
exit 0
END
}
rows() { cat "$TMP/$1/rows"; }
status_of() { cat "$TMP/$1/status"; }
fresh() { rm -rf "$TMP/a" "$TMP/b" "$TMP/c" "$TMP/d" "$TMP/order"; }

ok '--help' "$turns" --help
check '--help fits 80 columns' awk 'length > 80 { exit 1 }' "$TMP/out"
status 2 'no folder' "$turns"
one_line_error 'no folder is one line'

# ---- order ----
fresh
servant a
servant b
servant c
ok 'three servants' "$turns" -n 20 -t 60s -s 7 "$TMP/a" "$TMP/b" "$TMP/c"
check 'every one is asked in every turn' \
    [ "$(rows a | wc -l) $(rows b | wc -l) $(rows c | wc -l)" = '40 40 40' ]
check 'a row has the turn as its number' grep -qx 'b,m,s,lower,20,20.5' "$TMP/a/rows"
check 'within a turn each comes once' awk '
    { seen[$1]++ } NR % 3 == 0 { if (seen["a"] != NR / 3 || seen["b"] != NR / 3) exit 1 }' "$TMP/order"
check 'in changing order' \
    [ "$(paste -d ' ' - - - <"$TMP/order" | sed 's/ [0-9]*//g' | sort -u | wc -l)" -ge 4 ]
check 'facts are taken at the end' grep -qx 'steps=20' "$TMP/a/facts"
check 'so is the number of turns' grep -qx 'turns=20' "$TMP/a/bill"
check 'all ended well' [ "$(status_of a)$(status_of b)$(status_of c)" = 000 ]
cp "$TMP/order" "$TMP/first"
rm "$TMP/order"
run "$turns" -n 20 -t 60s -s 7 "$TMP/a" "$TMP/b" "$TMP/c"
check 'one seed, one order' cmp "$TMP/order" "$TMP/first"

# ---- by FIFOs ----
# channel NAME: the servant's input and output become FIFOs; its script only waits for it.
channel() {
    mkfifo "$TMP/$1/c.in" "$TMP/$1/c.out"
    mv "$TMP/$1/serve" "$TMP/$1/inner"
    echo "echo 'channel $TMP/$1/c'; sh '$TMP/$1/inner' <'$TMP/$1/c.in' >'$TMP/$1/c.out'" >"$TMP/$1/serve"
}
fresh
servant a
servant b '[ $n -lt 3 ] || { echo "b: wrong answer" >&2; exit 3; }'
servant c
channel a
channel b
channel c
echo 'exit 5' >"$TMP/c/serve"
sed -i "1i echo 'channel $TMP/c/c'" "$TMP/c/serve"
servant d
sed -i "1i echo 'channel $TMP/d/none'" "$TMP/d/serve"
status 1 'servants behind FIFOs' \
    "$turns" -n 5 -t 60s --start 20s --limit 20s "$TMP/a" "$TMP/b" "$TMP/c" "$TMP/d"
check 'a good one measures' [ "$(status_of a) $(rows a | wc -l)" = '0 10' ]
check 'its facts are taken' grep -qx 'steps=5' "$TMP/a/facts"
check 'the FIFOs are gone' sh -c '[ ! -e "$1.in" ] && [ ! -e "$1.out" ]' - "$TMP/a/c"
check 'one that dies has its status' [ "$(status_of b) $(rows b | wc -l)" = '3 4' ]
check 'one whose other end never comes has its' [ "$(status_of c)" = 5 ]
check 'one without FIFOs is named, and the others go on' sh -c '[ "$1" = 1 ] &&
    grep -q "^channel .*/none: No such file" "$2"' - "$(status_of d)" "$TMP/d/err"

# ---- time and share ----
fresh
servant a
servant b 'sleep 0.2'
ok 'a slow servant' "$turns" -t 2s "$TMP/a" "$TMP/b"
check 'takes part as often as its share of time allows' sh -c '[ "$1" -ge 1 ] && [ "$1" -le 3 ] &&
    [ "$2" -ge 50 ]' - \
    "$(($(rows b | wc -l) / 2))" "$(($(rows a | wc -l) / 2))"
check 'in turns of the others' \
    [ "$(cut -d , -f 5 "$TMP/b/rows" | sort -u | grep -cxFf - "$TMP/a/rows" || :)" -eq 0 ]
fresh
servant a
servant b 'sleep 0.03'
ok 'a servant with short steps, ten times as long as others' "$turns" -t 1s "$TMP/a" "$TMP/b"
check 'has its share, too' sh -c '[ "$1" -ge 1 ] && [ "$1" -le 12 ] && [ "$2" -ge $((4 * $1)) ]' - \
    "$(($(rows b | wc -l) / 2))" "$(($(rows a | wc -l) / 2))"

# ---- what goes wrong ----
fresh
servant a
servant b '[ $n -lt 3 ] || { echo "b: wrong answer" >&2; exit 3; }'
servant c '[ $n -lt 2 ] || sleep 1000'
status 1 'one dies, one hangs' "$turns" -n 5 -t 60s --limit 0.5s "$TMP/a" "$TMP/b" "$TMP/c"
check 'the others go on' [ "$(status_of a) $(rows a | wc -l)" = '0 10' ]
check 'the status of one that dies' [ "$(status_of b)" = 3 ]
check 'what it said' grep -qx 'b: wrong answer' "$TMP/b/err"
check 'it has the rows of its good steps' [ "$(rows b | wc -l)" -eq 4 ]
check 'one that hangs is ended and named' sh -c '[ "$1" = 124 ] &&
    grep -qx "not done within 0.5 s" "$2"' - "$(status_of c)" "$TMP/c/err"
gone() { ! cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' ' ' | grep -q "[s]h $1 "; }
check 'nothing of it is left' gone "$TMP/c/serve"
fresh
servant a
mkdir "$TMP/b" "$TMP/c"
echo 'echo no program >&2; exit 77' >"$TMP/b/serve"
echo 'sleep 1000' >"$TMP/c/serve"
status 1 'some are never ready' "$turns" -n 3 -t 60s --start 0.5s "$TMP/a" "$TMP/b" "$TMP/c"
check 'its status' [ "$(status_of b)" = 77 ]
check 'its reason' grep -qx 'no program' "$TMP/b/err"
check 'or that it took too long' grep -qx 'not ready within 0.5 s' "$TMP/c/err"
check 'they have no rows' [ ! -s "$TMP/b/rows" ]
check 'the other measures' [ "$(rows a | wc -l)" -eq 6 ]
for words in 'echo b,m,s,lower,1' 'echo b,m,s,lower,1,2,3'; do
    fresh
    servant a "$words"
    status 1 "not a row: $words" "$turns" -n 1 "$TMP/a"
    check 'is named' grep -q "^'b,m.*' is not a row" "$TMP/a/err"
done
fresh
servant a 'sleep 1000'
"$turns" "$TMP/a" 2>/dev/null &
sleep 0.5
kill "$!"
wait "$!"
check 'TERM ends it' [ $? -eq 143 ]
check 'and its servants' gone "$TMP/a/serve"

# ---- the bill ----
fresh
servant a 'i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done'
sh -c 'while :; do :; done' &
echo "pid $!" >"$TMP/a/account"
ok 'an account' "$turns" -n 5 -t 60s "$TMP/a"
kill "$!"
check 'its CPU time and what it waited for one, in the steps only' awk -F '[= ]' '
    { v[$1] = $2 }
    END {
        share = (v["bill.platform_cpu"] + v["bill.waited"]) / v["bill.wall"]
        exit !(v["bill.platform_cpu"] > 0 && share > 0.7 && share < 1.3)
    }' "$TMP/a/bill"
tap_done
