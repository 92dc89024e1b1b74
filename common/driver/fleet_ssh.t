#!/bin/sh
# A fleet by ssh: two sshd in name spaces of names and mounts, of which the second sees no shared folder; pdsh
# and parallel too.
. common/test/tap.sh

PATH=$PATH:/usr/sbin
for program in sshd:openssh-server ssh:openssh-client; do
    command -v "${program%:*}" >/dev/null || skip_all "no ${program%:*} (apt-get install ${program#*:})"
done
unshare --uts --mount true 2>/dev/null || skip_all 'no name spaces for names and mounts (root)'
export FLEET_BEAT=1
ssh=$TMP/ssh port=$((20000 + $$ % 6000 * 2))
mkdir "$ssh" "$TMP/carried"
ssh-keygen -q -t ed25519 -N '' -f "$ssh/key"
ssh-keygen -q -t ed25519 -N '' -f "$ssh/hostkey"
cp "$ssh/key.pub" "$ssh/authorized"
mkdir -p /run/sshd

# ssh_server NAME PORT FOLDER: one that does not see the folder, if there is one.
ssh_server() {
    cat >"$ssh/$1.conf" <<END
Port $2
ListenAddress 127.0.0.1
HostKey $ssh/hostkey
AuthorizedKeysFile $ssh/authorized
PidFile $ssh/$1.pid
StrictModes no
UsePAM no
PermitRootLogin yes
PasswordAuthentication no
END
    printf 'Host %s\n  HostName 127.0.0.1\n  Port %s\n' "$1" "$2" >>"$ssh/config"
    unshare --uts --mount --propagation private sh -c 'hostname "$1"; [ -z "$3" ] || mount -t tmpfs none "$3"
        exec "$(command -v sshd)" -f "$2"' - "$1" "$ssh/$1.conf" "$3" || skip_all 'sshd does not start here'
}
ssh_end() {
    for end_pid in "$ssh"/*.pid; do kill "$(cat "$end_pid")"; done
    rm -rf "$TMP"
}
trap ssh_end EXIT
ssh_server n1 "$port" ''
ssh_server n2 $((port + 1)) "$TMP/carried"
cat >>"$ssh/config" <<END
Host *
  IdentityFile $ssh/key
  UserKnownHostsFile $ssh/known
  StrictHostKeyChecking no
  LogLevel ERROR
  BatchMode yes
END
for _ in $(seq 30); do
    if ssh -F "$ssh/config" n1 true 2>/dev/null && ssh -F "$ssh/config" n2 true 2>"$TMP/err"; then break; fi
    sleep 1
done
ssh -F "$ssh/config" n2 true 2>/dev/null || skip_all "sshd takes nobody in here: $(head -n 1 "$TMP/err")"
export SSH="ssh -F $ssh/config" PDSH_SSH_ARGS_APPEND="-F $ssh/config"
# clean: no folder of ours is left on the hosts. clean_of NAME: on this one.
clean() { clean_of 'n[12]'; }
clean_of() {
    for _ in $(seq 60); do
        # shellcheck disable=SC2086 # a pattern
        clean_left=$(ls -d /var/tmp/guestmark-fleet.*.$1 2>/dev/null) || return 0
        sleep 1
    done
    echo "$clean_left" >&2
    return 1
}

out=$TMP/carried
quick='-p native -b forksum --quick'
# shellcheck disable=SC2086 # a list of words
status 1 'the programs go by ssh, and one host is none' \
    sh ./run.sh --fleet 'sh common/driver/fleet_ssh.sh n1 n2 no-such-host.invalid --' $quick -n 1 -o "$out"
check 'n1 is done' grep -qx 'n1,done,,n1' "$out/fleet.csv"
check 'n2, which shares nothing, is done' grep -qx 'n2,done,,n2' "$out/fleet.csv"
check 'the third is a line' grep -q '^no-such-host.invalid,missing,.*resolve' "$out/fleet.csv"
check 'the merged report' grep -q '2 done, 1 missing' "$out/report.txt"
ok 'nothing stays' clean

for launcher in "pdsh -R ssh -w n[1-2]" "parallel --nonall --ssh '$SSH' -S n1,n2"; do
    name=${launcher%% *} out=$TMP/${launcher%% *}
    if ! command -v "$name" >/dev/null; then
        skip "$name" "no $name (apt-get install $name)"
        continue
    fi
    # shellcheck disable=SC2086
    ok "$name, over a shared folder" sh ./run.sh --fleet "$launcher" $quick -n 1 -o "$out"
    check "$name: both are done" [ "$(grep -c ',done,' "$out/fleet.csv")" -eq 2 ]
    ok "$name: nothing stays" clean
done

# begin OUT: a campaign without an end, up to its second round on both.
begin() {
    out=$1
    # shellcheck disable=SC2086
    sh ./run.sh --fleet 'sh common/driver/fleet_ssh.sh n1 n2 --' $quick -n 1000 -o "$out" --limit 15 \
        >"$TMP/said" 2>&1 &
    fleet=$!
    for _ in $(seq 300); do
        [ "$(cat /var/tmp/guestmark-fleet.*.n[12]/err 2>/dev/null | grep -c 'round 2 ')" -lt 2 ] || break
        sleep 1
    done
}
lost() { check "$1: a line each" [ "$(grep -c ',failed,"*lost: ' "$out/fleet.csv")" -eq 2 ]; }
# connections [NAME]: the processes that connect the hosts.
connections() { pgrep -f "^ssh -F $ssh/config ${1:-}"; }

begin "$TMP/killed"
# shellcheck disable=SC2046 # a list of numbers
kill -s KILL $(connections)
wait "$fleet"
ok 'every ssh is killed: nothing stays' clean
lost 'every ssh is killed'

begin "$TMP/launcher"
kill -s KILL "$(pgrep -f '^sh common/driver/fleet_ssh.sh n1 n2 -- ' | head -n 1)"
wait "$fleet"
ok 'the launcher is killed: nothing stays' clean
check 'nor a connection' [ -z "$(connections)" ]
lost 'the launcher is killed'

begin "$TMP/driver"
kill -s KILL "$fleet"
wait "$fleet"
ok 'the driver is killed: nothing stays' clean

begin "$TMP/silent"
kill -s STOP "$(connections n2)"
ok 'a connection that is silent: its host stops, and clears up' clean_of n2
kill "$fleet"
wait "$fleet"
check 'it is a line' grep -Eq '^n2,failed,"*(hangs, or has lost its connection|lost): ' "$out/fleet.csv"
ok 'nothing stays' clean

tap_done
