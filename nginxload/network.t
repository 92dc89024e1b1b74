#!/bin/sh
# nginxload in a network of its own, where things can be had that a host's may not have or must not
# suffer: IPv6, too few ports, lost packets.
if [ "${NGINXLOAD_NETWORK:-}" != own ]; then
    unshare -rnm ip link set lo up 2>/dev/null || {
        echo "1..0 # SKIP no network namespace can be made here (unshare -rnm, ip)"
        exit 0
    }
    NGINXLOAD_NETWORK=own exec unshare -rnm "$0" "$@"
fi
ip link set lo up
. common/test/tap.sh

load=$BUILD/nginxload

# server [inet6]: starts one; its port is in $port until the shell closes descriptor 9.
server() {
    rm -f "$TMP/stdin" "$TMP/port"
    mkfifo "$TMP/stdin" "$TMP/port"
    "$BUILD/test/hostile_helper" nginxload/corpus "$@" <"$TMP/stdin" >"$TMP/port" &
    exec 9>"$TMP/stdin"
    read -r port <"$TMP/port"
}
server_stop() {
    exec 9>&-
    wait
}

# ---- IPv6 ----
if grep -q '^0*1 ' /proc/net/if_inet6 2>/dev/null; then
    server inet6
    ok 'IPv6' "$load" -f csv -r 1 -t 10ms "http://[::1]:$port/good"
    out_has 'its address' "^# address=\\[::1\\]:$port\$"
    ok 'an upload over it' "$load" -f csv -r 1 -t 1ms --upload 1M "http://[::1]:$port/good"
    server_stop
else
    skip 'IPv6' 'this kernel has none'
fi

# ---- names: a server that knows one, behind one that is not there ----
cat >"$TMP/names.pl" <<'END'
use IO::Socket::INET;
my $server = IO::Socket::INET->new(Proto => 'udp', LocalAddr => '127.0.0.1', LocalPort => 53) or die;
open(my $ready, '>', $ARGV[0]); close($ready);
while ($server->recv(my $query, 512)) {
    my ($name, $type) = substr($query, 12) =~ /^(.+?)\x00\x00(.)\x00\x01/s or next;
    my $end = 12 + length($name) + 5;
    my $mine = lc($name) eq "\x03web\x04test" || lc($name) eq "\x03web\x03lab\x04test";
    my $answer = $mine && ord($type) == 1;
    $server->send(substr($query, 0, 2) . ($mine ? "\x81\x80" : "\x81\x83") . "\0\1"
        . ($answer ? "\0\1" : "\0\0")
        . "\0\0\0\0" . substr($query, 12, $end - 12)
        . ($answer ? "\xc0\x0c\0\1\0\1\0\0\0\5\0\4\x7f\0\0\1" : ""));
}
END

# resolver LIBC PROGRAM: every server and search domain is asked.
resolver() {
    for name in web.test web WEB.test. app.localhost; do
        ok "$1: the name $name" "$2" -f csv -r 1 -w 0 --requests 5 "http://$name:$port/good"
        out_has "$1: and its address" "^# address=127\\.0\\.0\\.1:$port\$"
    done
    status 1 "$1: a name that nobody has" "$2" -r 1 -w 0 --requests 5 "http://nobody.test:$port/good"
    one_line_error "$1: in one line"
    err_has "$1: says so" 'nobody.test: no such host'
}

# old_resolver: a libc that cannot ask in a static program; the program before has been asked for nobody.test.
old_resolver() {
    check 'an old glibc: a name that only name servers know is refused' [ "$run_status" -eq 1 ]
    one_line_error 'in one line'
    err_has 'that says what to write instead' 'getent hosts NAME'
    ok 'what is below localhost needs none' "$load" -r 1 -w 0 --requests 5 "http://app.localhost:$port/good"
}

printf 'search lab.test\nnameserver 127.0.0.9\nnameserver 127.0.0.1\n' >"$TMP/resolv.conf"
if mount --bind "$TMP/resolv.conf" /etc/resolv.conf 2>/dev/null; then
    perl "$TMP/names.pl" "$TMP/ready" &
    names=$!
    tries=50
    until [ -e "$TMP/ready" ] || [ $((tries -= 1)) -eq 0 ]; do sleep 0.1; done
    server
    run "$load" -r 1 -w 0 --requests 5 "http://nobody.test:$port/good"
    if grep -q 'built with a glibc before 2.34' "$TMP/err"; then
        old_resolver
    else
        resolver 'this libc' "$load"
    fi
    if command -v musl-gcc >/dev/null 2>&1; then
        # Without the flags of the make that runs this: musl has no sanitizers.
        ok 'built with musl' env -u MAKEFLAGS make -s BUILD="$TMP/musl" CC=musl-gcc CFLAGS=-O2 \
            LDFLAGS= STATIC=-static "$TMP/musl/nginxload"
        resolver musl "$TMP/musl/nginxload"
    else
        skip musl 'musl-gcc: not found (apt-get install musl-tools)'
    fi
    kill "$names"
    wait "$names" 2>/dev/null
    status 1 'no name server answers' "$load" -r 1 -w 0 --requests 5 "http://web.test:$port/good"
    err_has 'says so' 'no name server answers|asks no name server'
    server_stop
    umount /etc/resolv.conf
else
    skip 'names' 'no /etc/resolv.conf to mount another over'
fi

# ---- packets are lost: every 20th that arrives ----
lose() { iptables -w -A INPUT -p tcp -m statistic --mode nth --every 20 --packet 19 -j DROP; }
server
ok 'a network that loses nothing' "$load" -f csv -r 1 -w 0 -j 4 --requests 400 "http://127.0.0.1:$port/good"
out_has 'passes the guard' '^# guard.retransmits=pass$'
if lose 2>/dev/null; then
    ok 'one that does' "$load" -r 1 -w 0 -j 4 --requests 400 "http://127.0.0.1:$port/good"
    out_has 'makes the guard speak' '^guard retransmits: [0-9]+ segments had to be sent again'
    iptables -w -F INPUT
else
    lacks='iptables has no -m statistic here'
    command -v iptables >/dev/null 2>&1 || lacks='iptables: not found (apt-get install iptables)'
    skip 'one that does' "$lacks"
fi

# ---- the client has ten ports ----
if echo 50000 50009 >/proc/sys/net/ipv4/ip_local_port_range 2>/dev/null; then
    status 3 'fewer ports than connections' \
        "$load" -r 1 -w 0 -j 20 --requests 400 "http://127.0.0.1:$port/good"
    err_has 'is counted as connect' ' requests failed: connect [0-9]+$'
else
    skip 'fewer ports than connections' 'the range of ports cannot be set'
fi
server_stop

tap_done
