#!/bin/sh
# nginxload beside wrk, h2load, ab and curl: alternating runs, medians of five, ratios to the peer.
# Server on the first CPU, client on the second, as nobody wants to measure the scheduler. Where it can
# be had, all of it in a network namespace with Reno: a host's firewall rules, or BBR, which paces by
# timers even on loopback, would cost more than what is compared.
# usage: bench.sh [fixed|nginx|big ...]
#   fixed  a small answer from the barest epoll server: here the client is the limit
#   nginx  a small file from nginx, 1, 16 and 64 connections
#   big    a 512 MiB file from nginx
set -eu
unset CDPATH && export LC_ALL=C

. common/dev/median.sh
BUILD=${BUILD:-build}
TMP=$(mktemp -d "${TMPDIR:-/tmp}/guestmark-bench.XXXXXX")
rounds=5
seconds=1
. nginxload/server.sh
trap 'nginx_stop; rm -rf "$TMP"' EXIT
trap 'exit 130' INT TERM

has() { command -v "$1" >/dev/null 2>&1; }

# measure COMMAND...: runs it pinned to the client's CPU; sets $cpu_s to its CPU time and leaves
# its output in $TMP/out.
measure() {
    perl -e '
        open(my $result, ">", shift) or die; open(STDOUT, ">", shift) or die;
        open(STDERR, ">", "/dev/null");
        system("taskset", "-c", "1", @ARGV) == 0 or exit 1;
        my (undef, undef, $user, $system) = times;
        print $result $user + $system, "\n"' "$TMP/cpu" "$TMP/out" "$@"
    read -r cpu_s <"$TMP/cpu"
}

# One run of a client; prints `requests/s  CPU-us/request`.
run_nginxload() {
    measure "$BUILD/nginxload" -f csv -r 1 -w 0 -t "${seconds}s" -j "$1" "$2"
    awk -F, -v cpu="$cpu_s" '/^# requests.good=/ { split($1, fact, "="); n = fact[2] }
        $2 == "requests" { print $6, cpu / n * 1e6 }' "$TMP/out"
}
run_wrk() {
    measure wrk -t 1 -c "$1" -d "$seconds" "$2"
    awk -v cpu="$cpu_s" '/requests in/ { n = $1 } /^Requests\/sec:/ { print $2, cpu / n * 1e6 }' "$TMP/out"
}
run_h2load() {
    measure h2load --h1 -t 1 -c "$1" -D "$seconds" "$2"
    awk -v cpu="$cpu_s" '/^finished in/ { rate = $4 } /^requests:/ { n = $6 }
        END { print rate, cpu / n * 1e6 }' "$TMP/out"
}
run_ab() {
    measure ab -q -k -c "$1" -t "$seconds" -n 100000000 "$2"
    awk -v cpu="$cpu_s" '/^Complete requests:/ { n = $3 }
        /^Requests per second:/ { print $4, cpu / n * 1e6 }' "$TMP/out"
}

# Big file; prints `B/s  CPU-us/MiB`.
big_nginxload() {
    measure "$BUILD/nginxload" -f csv -r 1 -w 0 -t "${seconds}s" --download "$1"
    awk -F, -v cpu="$cpu_s" '$2 == "throughput" { rate = $6 }
        /^# timed.wall=/ { split($1, fact, "="); wall = fact[2] + 0 }
        END { print rate, cpu / (rate * wall) * 2^20 * 1e6 }' "$TMP/out"
}
big_wrk() {
    measure wrk -t 1 -c 2 -d "$seconds" --timeout 10 "$1"
    awk -v cpu="$cpu_s" '/read$/ { bytes = $5; unit = $5; sub(/^[0-9.]+/, "", unit)
            scale = unit ~ /^G/ ? 2^30 : unit ~ /^M/ ? 2^20 : 2^10
            wall = $4; sub(/s,$/, "", wall); print (bytes + 0) * scale / wall, cpu / ((bytes + 0) * scale) * 2^20 * 1e6
        }' "$TMP/out"
}
big_curl() {
    measure curl -s -o /dev/null -o /dev/null -w '%{speed_download} %{size_download}\n' "$1" "$1"
    awk -v cpu="$cpu_s" '{ rate += $1; bytes += $2; n++ }
        END { print rate / n, cpu / bytes * 2^20 * 1e6 }' "$TMP/out"
}

# compare KIND TITLE CLIENTS ARGUMENT...: alternating runs of KIND_CLIENT, then a row per client with
# its medians and nginxload's ratios to it.
compare() {
    kind=$1 title=$2 clients=$3
    shift 3
    rm -f "$TMP"/result.*
    round=0
    while [ "$round" -lt "$rounds" ]; do
        round=$((round + 1))
        for client in $clients; do
            if has "$client" || [ "$client" = nginxload ]; then
                "${kind}_$client" "$@" >>"$TMP/result.$client"
            fi
        done
    done
    for client in $clients; do
        if [ ! -s "$TMP/result.$client" ]; then
            printf '%-28s %-10s not installed (apt-get install %s)\n' "$title" "$client" "$(package "$client")"
            continue
        fi
        rate=$(cut -d ' ' -f 1 "$TMP/result.$client" | median)
        cpu=$(cut -d ' ' -f 2 "$TMP/result.$client" | median)
        if [ "$client" = nginxload ]; then our_rate=$rate our_cpu=$cpu; fi
        awk -v title="$title" -v client="$client" -v rate="$rate" -v cpu="$cpu" \
            -v our_rate="$our_rate" -v our_cpu="$our_cpu" 'BEGIN {
                printf "%-28s %-10s %12.0f %9.2f %8.2f %8.2f\n", title, client, rate, cpu,
                    our_rate / rate, cpu ? our_cpu / cpu : 0 }'
    done
}

package() {
    case $1 in
    h2load) echo nghttp2-client ;;
    ab) echo apache2-utils ;;
    *) echo "$1" ;;
    esac
}

against_fixed() {
    mkfifo "$TMP/stdin" "$TMP/port"
    taskset -c 0 "$BUILD/test/fixed_helper" <"$TMP/stdin" >"$TMP/port" &
    exec 9>"$TMP/stdin"
    read -r port <"$TMP/port"
    for connections in 1 16 64; do
        compare run "epoll server, $connections conn." 'nginxload wrk' "$connections" "http://127.0.0.1:$port/"
    done
    exec 9>&-
}

against_nginx() {
    for connections in 1 16 64; do
        compare run "nginx, $connections conn." 'nginxload wrk h2load ab' "$connections" "$nginx_url/small"
    done
}

# own_network ARGUMENT...: starts this script anew in a network of its own, if there can be one.
own_network() {
    if [ -z "${NGINXLOAD_NETWORK:-}" ] && unshare -rn ip link set lo up 2>/dev/null; then
        NGINXLOAD_NETWORK=own exec unshare -rn sh nginxload/bench.sh "$@"
    fi
    [ "${NGINXLOAD_NETWORK:-}" = own ] || return 0
    ip link set lo up
    echo reno >/proc/sys/net/ipv4/tcp_congestion_control
}

main() {
    own_network "$@"
    if ! has taskset || [ "$(nproc)" -lt 2 ]; then
        echo 'nginxload/bench.sh: needs taskset and two CPUs'
        return 0
    fi
    [ $# -gt 0 ] || set -- fixed nginx big
    nginx_wrapper='taskset -c 0' nginx_start "$TMP/nginx" 536870912 || {
        echo 'no nginx (apt-get install nginx-light)'
        return 0
    }
    printf '%-28s %-10s %12s %9s %8s %8s\n' '' client rate 'CPU us' 'rate x' 'CPU x'
    for part; do
        case $part in
        fixed) against_fixed ;;
        nginx) against_nginx ;;
        big) compare big '512 MiB file' 'nginxload wrk curl' "$nginx_url/big" ;;
        *) echo "bench.sh: $part: none of fixed nginx big" >&2 && return 2 ;;
        esac
    done
    echo 'rate: requests/s or B/s; CPU us: client CPU time per request or MiB; x: nginxload to the peer'
}

main "$@"
