#!/bin/sh
# A fleet whose hosts are name spaces of this machine (common/test/fleet_hosts.sh): what comes back, by which
# way, what is said of hosts that fail, what is resumed, and that nothing stays on any host, whoever is
# killed.
. common/test/tap.sh

unshare --uts --mount --propagation private true 2>/dev/null ||
    skip_all 'no name spaces for names and mounts (root)'
export FLEET_BEAT=1
hosts=$TMP/hosts
mkdir "$hosts"

# fleet HOST,... OPTION...: a campaign on these hosts, next to no work.
launcher() { echo "sh $PWD/common/test/fleet_hosts.sh $hosts $(echo "$1" | tr , ' ') --"; }
fleet() {
    fleet_of=$1
    shift
    sh ./run.sh --fleet "$(launcher "$fleet_of")" "$@"
}
quick='-p native -b forksum --quick'
row() { grep -qx "$1" "$out/fleet.csv"; }
# empty: no host has a process or a file of ours; what ends takes its time.
empty() {
    for _ in $(seq 60); do
        empty_left=$(
            ls -d "$hosts"/*/tmp/* 2>/dev/null
            grep -ls "TMPDIR=$hosts/" /proc/[0-9]*/environ
        )
        [ -n "$empty_left" ] || return 0
        sleep 1
    done
    echo "$empty_left" >&2
    return 1
}

# ---- by a shared folder ----
out=$TMP/shared
mkdir -p "$hosts/n2/bin"
printf '#!/bin/sh\necho "apptainer: broken here" >&2\nexit 1\n' >"$hosts/n2/bin/apptainer"
chmod +x "$hosts/n2/bin/apptainer"
# shellcheck disable=SC2086 # a list of words
ok 'two hosts that share the folder' fleet n1,n2 $quick -p apptainer -n 1 -s 7 -o "$out"
err_has 'progress' 'hosts: 2 done, 0 running, 0 failed'
check 'a row each' row 'n1,done,.*,n1'
check 'what a host lacks is in its row' row 'n2,done,.*apptainer.*,n2'
for host in n1 n2; do
    check "$host: its name in every row" awk -F, -v host="$host" '
        NR > 1 && $2 != host { wrong = 1 }
        END { exit wrong || NR < 10 }' "$out/$host/samples.csv"
    check "$host: who it is" grep -q '^boot\.id=.' "$out/$host/environment.txt"
done
check 'a seed each, of the campaign seed' sh -c '
    a=$(sed -n s/^setting.seed=//p "$1/n1/environment.txt")
    b=$(sed -n s/^setting.seed=//p "$1/n2/environment.txt")
    [ "$a" != "$b" ] && [ "$a" = "$(echo "7 n1" | cksum | awk "{ print \$1 % 2000000000 }")" ]' - "$out"
check 'the merged report' grep -q '2 hosts' "$out/report.txt"
check 'and as html' grep -q '<html' "$out/report.html"
ok 'nothing stays on the hosts' empty

# A reader of beats that has not ended yet writes one more while the folder is removed.
cat >"$hosts/n1/bin/rm" <<'EOF'
#!/bin/sh
for last; do :; done
case $last in
"$TMPDIR"/guestmark-fleet.*.n1)
    echo "$last" >>"${TMPDIR%/tmp}/removed"
    find "$last" -mindepth 1 -delete
    token=${last%.n1}
    echo beat >>"$TMPDIR/guestmark-fleet.${token##*.}.n1/beats"
    exec rmdir "$last"
    ;;
esac
exec /bin/rm "$@"
EOF
chmod +x "$hosts/n1/bin/rm"
out=$TMP/writes
# shellcheck disable=SC2086
ok 'a host that is written to while it ends' fleet n1 $quick -n 1 -o "$out"
check 'is removed once' [ "$(wc -l <"$hosts/n1/removed")" -eq 1 ]
ok 'and nothing stays there' empty
rm "$hosts/n1/bin/rm"

# ---- by stdin and stdout; hosts that cannot be merged ----
out=$TMP/carried
mkdir -p "$out" "$hosts/n1@b" "$hosts/slow/bin" "$hosts/fast/bin" "$hosts/arm/bin" "$hosts/n4"
for host in n1 n1@b slow fast arm; do
    mkdir -p "$hosts/$host"
    echo "$out" >"$hosts/$host/hide"
done
echo 11111111-1111-1111-1111-111111111111 >"$hosts/n1@b/boot-id"
: >"$hosts/n4/refuse"
for host in slow:-3600 fast:3600; do
    printf '#!/bin/sh\n[ "$*" = +%%s ] || exec /bin/date "$@"\necho $(($(/bin/date +%%s) + %s))\n' \
        "${host#*:}" >"$hosts/${host%:*}/bin/date"
done
printf '#!/bin/sh\n[ "$*" = -m ] || exec /bin/uname "$@"\necho aarch64\n' >"$hosts/arm/bin/uname"
chmod +x "$hosts"/*/bin/*
# shellcheck disable=SC2086
status 1 'hosts that share nothing, and some that are wrong' \
    fleet n1,n1@b,slow,fast,arm,n4 $quick -n 1 -o "$out"
err_has 'it is said which way' 'go by the launcher.s stdin'
check 'the good one' row 'n1,done,.*,n1'
check 'another of its name' row 'n1-2,done,.*,n1-2'
err_has 'is said to be one' '^run.sh: n1: another host of this name; it is called n1-2 here$'
check 'a clock behind' row 'slow,failed,its clock is at least 3[0-9]* s behind .*,slow'
check 'a clock ahead' row 'fast,failed,its clock is 3[56].. s ahead .*,fast'
check 'another architecture' row 'arm,failed,"*it is aarch64.*,arm'
check 'no connection' row 'n4,missing,ssh: connect to host n4 port 22: Connection refused,n4'
check 'a row each' [ "$(wc -l <"$out/fleet.csv")" -eq 7 ]
ok 'nothing stays on the hosts' empty
cp "$out/n1/samples.csv" "$TMP/samples"
rm "$hosts/slow/bin/date" "$hosts/fast/bin/date" "$hosts/arm/bin/uname" "$hosts/n4/refuse"
echo "$out" >"$hosts/n4/hide"
ok 'mended, and resumed' sh ./run.sh --resume "$out"
check 'all are done' [ "$(grep -c ',done,' "$out/fleet.csv")" -eq 6 ]
check 'who was done is not measured again' cmp "$out/n1/samples.csv" "$TMP/samples"

# ---- killed ----
# begin OUT OPTION...: a campaign on n1 and n2, without an end if no option sets one, up to its third round;
# $fleet_pid is its driver.
begin() {
    out=$1
    shift
    # shellcheck disable=SC2086
    sh ./run.sh --fleet "$(launcher n1,n2)" $quick -n 1000 "$@" -o "$out" >"$TMP/out" 2>"$TMP/err" \
        </dev/null &
    fleet_pid=$!
    for _ in $(seq 300); do
        [ "$(cat "$hosts"/n[12]/tmp/*/err 2>/dev/null | grep -c 'round 3 ')" -lt 2 ] || return 0
        sleep 1
    done
    echo "# no round 3: $(tail -n 3 "$TMP/err" "$hosts"/n[12]/tmp/*/err)"
}
# end: $fleet_status, the driver's.
end() {
    fleet_status=0
    wait "$fleet_pid" || fleet_status=$?
}
rm -f "$hosts"/*/hide
begin "$TMP/launcher"
# All of it: what connects the hosts, too.
kill -s KILL -- "-$(pgrep -f "^sh $PWD/common/driver/fleet_launcher.sh .*$hosts n1 n2 ")"
end
ok 'the launcher is killed: nothing stays on the hosts' empty
check 'exit status 1' [ "$fleet_status" -eq 1 ]
check 'a line each' [ "$(grep -c ',failed,"*lost: ' "$out/fleet.csv")" -eq 2 ]

begin "$TMP/head"
kill -s KILL "$fleet_pid"
end
ok 'the driver is killed: nothing stays on the hosts' empty
check 'its table is whole' [ "$(grep -c ',missing,not finished,' "$out/fleet.csv")" -eq 2 ]

begin "$TMP/agent"
kill -s KILL "$(cat "$hosts"/n1/tmp/*/agent)"
for _ in $(seq 60); do
    [ -n "$(ls -A "$hosts/n1/tmp")" ] || break
    sleep 1
done
check 'the part on one host is killed: nothing stays there' [ -z "$(ls -A "$hosts/n1/tmp")" ]
kill -s TERM "$fleet_pid"
end
check 'stopped by a signal: its exit status' [ "$fleet_status" -eq 143 ]
check 'what n2 has measured comes back' [ "$(cut -d , -f 4 "$out/n2/samples.csv" | sort -u | wc -l)" -ge 3 ]
ok 'nothing stays' empty
last=$(cut -d , -f 4 "$out/n2/samples.csv" | sort -n | tail -n 1)
# whole: n2's rows of the rounds that were whole when it was stopped.
whole() { awk -F , -v last="$last" 'NR > 1 && $4 < last' "$out/n2/samples.csv"; }
whole >"$TMP/samples"
ok 'and goes on' sh ./run.sh --resume "$out" -n "$last"
check 'where it was' [ "$(whole)" = "$(cat "$TMP/samples")" ]
check 'both are done' [ "$(grep -c ',done,' "$out/fleet.csv")" -eq 2 ]

# ---- a host that hangs: nothing of it runs, and its connection stands ----
begin "$TMP/hangs" -n 6 --limit 15
# shellcheck disable=SC2046 # a list of numbers
kill -s STOP $(grep -ls "TMPDIR=$hosts/n2/" /proc/[0-9]*/environ | cut -d / -f 3)
end
check 'a host hangs: exit status 1, and an end' [ "$fleet_status" -eq 1 ]
check 'it is a line' row \
    'n2,failed,"*hangs, or has lost its connection: nothing was heard of it for 15 s; .*,n2'
check 'the other one is done' row 'n1,done,,n1'
check 'the report says both' grep -q '2 hosts: 1 done, 1 failed' "$out/report.txt"
# shellcheck disable=SC2046
kill -s CONT $(grep -ls "TMPDIR=$hosts/n2/" /proc/[0-9]*/environ | cut -d / -f 3)
ok 'when it goes on it clears up' empty
ok 'resumed' sh ./run.sh --resume "$out"
check 'both are done' [ "$(grep -c ',done,' "$out/fleet.csv")" -eq 2 ]

# ---- 200 hosts, with campaigns that only pretend ----
many=
for host in $(seq 200); do
    mkdir -p "$hosts/m$host/bin"
    ln -s "$TMP/fake-sh" "$hosts/m$host/bin/sh"
    ln -s "$TMP/fake-tar" "$hosts/m$host/bin/tar"
    many=$many,m$host
done
cat >"$TMP/fake-sh" <<'EOF'
#!/bin/sh
[ "${1:-}" = run.sh ] || exec /bin/sh "$@"
while [ "$1" != -o ]; do shift; done
cp -R "$FAKE_RESULTS" "$2"
name=$(uname -n)
sed -i "s/,n1,/,$name,/" "$2"/*.csv
sed -i "s/^\(host\|boot.id\|machine.id\)=.*/\1=$name/" "$2/environment.txt"
[ "$name" != m13 ] || exit 1
EOF
cat >"$TMP/fake-tar" <<'EOF'
#!/bin/sh
case $1 in -xzf) ;; *) exec /bin/tar "$@" ;; esac
mkdir -p "$4/guestmark/common/driver"
cp "$FAKE_DRIVER"/fleet_host.sh "$4/guestmark/common/driver"
EOF
chmod +x "$TMP/fake-sh" "$TMP/fake-tar"
export FAKE_RESULTS="$TMP/shared/n1" FAKE_DRIVER="$PWD/common/driver"
# Each beat is a handful of processes on each host, and here all hosts are one.
FLEET_BEAT=5
out=$TMP/many
# shellcheck disable=SC2086
status 1 '200 hosts' fleet "${many#,}" $quick -n 1 -o "$out"
check '199 are done' [ "$(grep -c '^m[0-9]*,done,' "$out/fleet.csv")" -eq 199 ]
check 'one has failed' row 'm13,failed,.*,m13'
check 'the report counts them' grep -q '200 hosts: 199 done, 1 failed' "$out/report.txt"
ok 'nothing stays on any' empty

tap_done
