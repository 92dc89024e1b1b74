#!/bin/sh
# nginxload in a network of its own, where things can be had that a host's may not have or must not
# suffer: IPv6, too few ports, lost packets.
if [ "${NGINXLOAD_NETWORK:-}" != own ]; then
    unshare -rn ip link set lo up 2>/dev/null || {
        echo "1..0 # SKIP no network namespace can be made here (unshare -rn, ip)"
        exit 0
    }
    NGINXLOAD_NETWORK=own exec unshare -rn "$0" "$@"
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
