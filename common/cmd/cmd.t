#!/bin/sh
# cmd: a command's time or its own number, by itself and as a servant; what is said when it fails or
# cannot start.
. common/test/tap.sh

cmd() { "$BUILD/cmd" -r 2 -w 0 -t 1ms -f csv "$@"; }

ok 'a command has a time' cmd -- sh -c 'sleep 0.01'
out_has 'in seconds, lower is better' '^cmd,time,s,lower,2,0\.[0-9]+$'
check 'no shorter than it slept' awk -F, '$2 == "time" && $6 < 0.01 { bad = 1 } END { exit bad }' "$TMP/out"
out_has 'what its children used is a fact' '^# timed\.user='
ok 'a short command runs several times' "$BUILD/cmd" -r 1 -w 0 -t 200ms -f csv -- true
check 'and its mean counts' awk -F '[=, ]' '
    /^# runs=/ { runs = $3 } $2 == "time" { each = $6 } END { exit !(runs > 1 && each < 0.2) }' "$TMP/out"

ok 'a command has a number' cmd --value --unit B/s --better higher -- printf '1\n2\nrate: 12.5 MB/s\n\n'
out_has 'that of its last line' '^cmd,value,B/s,higher,2,12\.5$'
ok 'or one where less is better' cmd --value --unit s --better lower -- echo 3s
out_has 'and says so' '^cmd,value,s,lower,1,3$'
status 3 'no number: a wrong answer' cmd --value -- echo none
err_has 'what its last line was' "^cmd: echo: its last line 'none' holds no number\$"
check 'and no row' sh -c '! grep -q "^cmd,value" "$1"' - "$TMP/out"

mkdir "$TMP/folder"
ok 'it runs in a folder' cmd --in "$TMP/folder" -- sh -c 'pwd >where'
check 'that folder' grep -q '/folder$' "$TMP/folder/where"
ok 'with the same few variables everywhere' env GM_ODD=1 "$BUILD/cmd" -r 1 -t 0 --value -- sh -c \
    'echo ${GM_ODD:-7}'
out_has 'and no others' ' 7 '
ok 'its stdin is empty' cmd -- sh -c '! read -r line'
ok 'what it says on stderr is nobody else'"'"'s' cmd -- sh -c 'echo noise >&2'
check 'but its own' [ ! -s "$TMP/err" ]

# ---- as a servant ----
printf '\n\n' >"$TMP/asks"
ok 'a servant' sh -c '"$1" --steps -t 1ms -- true <"$2"' - "$BUILD/cmd" "$TMP/asks"
check 'answers each ask with a row and a mark' [ \
    "$(grep -c '^end$' "$TMP/out"),$(grep -c '^cmd,time,s,lower,' "$TMP/out")" = 2,2 ]
check 'behind ready, before its facts' awk '
    $0 == "ready" { ready = NR } $0 == "end" { end = NR } /^# runs=/ { facts = NR }
    END { exit !(ready && ready < end && end < facts) }' "$TMP/out"
cat >"$TMP/folder/tape" <<'END'
n=$(cat n 2>/dev/null || echo 0)
echo $((n + 1)) >n
[ $n -lt 2 ] || { echo "out of tape" >&2; exit 4; }
END
status 1 'a servant whose command fails' \
    sh -c '"$1" --steps -t 0 -w 0 --in "$3" -- sh tape <"$2"' - "$BUILD/cmd" "$TMP/asks" "$TMP/folder"
err_has 'says so' '^cmd: sh: exit status 4: out of tape$'

# ---- reasons ----
fails() { # STATUS TITLE REASON WORD...
    fails_status=$1 fails_title=$2 fails_reason=$3
    shift 3
    status "$fails_status" "$fails_title" cmd --called prog -- "$@"
    err_has "$fails_title: the reason" "^cmd: prog: $fails_reason\$"
    check "$fails_title: one line" [ "$(wc -l <"$TMP/err")" -eq 1 ]
}
fails 1 'an exit status' 'exit status 7 and nothing on stderr' sh -c 'exit 7'
fails 1 'with its last words' 'exit status 1: no disk' sh -c 'echo first >&2; echo no disk >&2; exit 1'
fails 1 'a signal' 'killed by signal 11 \(Segmentation fault\)' sh -c 'kill -s SEGV $$'
fails 77 'no such file' 'does not start: No such file or directory' "$TMP/none"
printf '#! /no/such/shell -e\n' >"$TMP/script"
chmod 755 "$TMP/script"
fails 77 'a script without its interpreter' 'needs the interpreter /no/such/shell, which is not there' \
    "$TMP/script"
: >"$TMP/plain"
fails 77 'a file that is no program' 'does not start: Permission denied' "$TMP/plain"

# change OLD NEW: a program in which one text is another of the same length.
change() {
    perl -0777 -pe 'BEGIN { ($old, $new) = splice @ARGV, 0, 2 } s/\Q$old\E/$new/g' "$1" "$2" \
        "$(command -v gzip)" >"$TMP/changed"
    chmod 755 "$TMP/changed"
}
if ldd "$(command -v gzip)" 2>/dev/null | grep -q '/ld-linux'; then
    change /ld-linux /no-linux
    fails 77 'a program without its dynamic linker' \
        'needs the interpreter /[a-z0-9/]*/no-linux[^ ]*, which is not there' "$TMP/changed"
    change libc.so.6 libq.so.6
    fails 77 'a program without a library' 'lacks a library: libq\.so\.6: cannot open .*' "$TMP/changed" -V
else
    skip 'a program without its linker or library' 'gzip is static here, or not from glibc'
fi
perl -0777 -pe 'substr($_, 18, 2) = "\xf0\xf0"' "$BUILD/cmd" >"$TMP/foreign" # e_machine
chmod 755 "$TMP/foreign"
fails 77 'a program for another machine' 'is no program that runs on this kind of machine' "$TMP/foreign"
status 2 'no command' "$BUILD/cmd"
tap_done
