#!/bin/sh
# nginxload beside wrk, h2load, ab and curl; with one connection also beside the bare calls.
# Server on the first CPU, client on the second, as nobody wants to measure the scheduler. Where it can
# be had, all of it in a network namespace with Reno: a host's firewall rules, or BBR, which paces by
# timers even on loopback, would cost more than what is compared.
# usage: bench.sh [fixed|nginx|big ...]
#   fixed  a small answer from the barest epoll server: here the client is the limit
#   nginx  a small file from nginx, 1, 16 and 64 connections
#   big    a 512 MiB file from nginx
set -eu
unset CDPATH && export LC_ALL=C

. common/dev/table.sh
. nginxload/server.sh
BUILD=${BUILD:-build}
rounds=5
seconds=1

# measure COMMAND...: runs it pinned to the client's CPU; sets $cpu_s to its CPU time and leaves
# its output in $work/out.
measure() {
    perl -e '
        open(my $result, ">", shift) or die; open(STDOUT, ">", shift) or die;
        open(STDERR, ">", "/dev/null");
        system("taskset", "-c", "1", @ARGV) == 0 or exit 1;
        my (undef, undef, $user, $system) = times;
        print $result $user + $system, "\n"' "$work/cpu" "$work/out" "$@"
    read -r cpu_s <"$work/cpu"
}

# One run of a client; prints `requests/s  CPU-us/request`.
run_nginxload() {
    measure "$BUILD/nginxload" -f csv -r 1 -w 0 -t "${seconds}s" -j "$1" "$2"
    awk -F, -v cpu="$cpu_s" '/^# requests.good=/ { split($1, fact, "="); n = fact[2] }
        $2 == "requests" { print $6, cpu / n * 1e6 }' "$work/out"
}
run_wrk() {
    measure wrk -t 1 -c "$1" -d "$seconds" "$2"
    awk -v cpu="$cpu_s" '/requests in/ { n = $1 } /^Requests\/sec:/ { print $2, cpu / n * 1e6 }' "$work/out"
}
run_h2load() {
    measure h2load --h1 -t 1 -c "$1" -D "$seconds" "$2"
    awk -v cpu="$cpu_s" '/^finished in/ { rate = $4 } /^requests:/ { n = $6 }
        END { print rate, cpu / n * 1e6 }' "$work/out"
}
run_ab() {
    measure ab -q -k -c "$1" -t "$seconds" -n 100000000 "$2"
    awk -v cpu="$cpu_s" '/^Complete requests:/ { n = $3 }
        /^Requests per second:/ { print $4, cpu / n * 1e6 }' "$work/out"
}

# Big file; prints `B/s  CPU-us/MiB`.
big_nginxload() {
    measure "$BUILD/nginxload" -f csv -r 1 -w 0 -t "${seconds}s" --download "$1"
    awk -F, -v cpu="$cpu_s" '$2 == "throughput" { rate = $6 }
        /^# timed.wall=/ { split($1, fact, "="); wall = fact[2] + 0 }
        END { print rate, cpu / (rate * wall) * 2^20 * 1e6 }' "$work/out"
}
big_wrk() {
    measure wrk -t 1 -c 2 -d "$seconds" --timeout 10 "$1"
    awk -v cpu="$cpu_s" '/read$/ { bytes = $5; unit = $5; sub(/^[0-9.]+/, "", unit)
            scale = unit ~ /^G/ ? 2^30 : unit ~ /^M/ ? 2^20 : 2^10
            wall = $4; sub(/s,$/, "", wall)
            print (bytes + 0) * scale / wall, cpu / ((bytes + 0) * scale) * 2^20 * 1e6
        }' "$work/out"
}
big_curl() {
    measure curl -s -o /dev/null -o /dev/null -w '%{speed_download} %{size_download}\n' "$1" "$1"
    awk -v cpu="$cpu_s" '{ rate += $1; bytes += $2; n++ }
        END { print rate / n, cpu / bytes * 2^20 * 1e6 }' "$work/out"
}

# bare URL: the limit of one connection.
bare() {
    port=${1#http://*:}
    taskset -c 1 "$BUILD/test/pingpong_helper" "${port%%/*}" "/${port#*/}" "$seconds" |
        awk '{ print $1, $2 * 1e6 }'
}

# add TITLE UNITS SIDE [RATE CPU]: one run; UNITS is `RATE,CPU`.
add() {
    table_add "$1 ${2%,*}" "$3" "${4:-}"
    table_add "$1 ${2#*,}" "$3" "${5:-}"
}

# compare KIND TITLE UNITS CLIENTS ARGUMENT...: runs of KIND_CLIENT in turn.
# shellcheck disable=SC2046 # several words
compare() {
    kind=$1 title=$2 units=$3 clients=$4
    shift 4
    round=0
    while [ "$round" -lt "$rounds" ]; do
        round=$((round + 1))
        add "$title" "$units" ours $("${kind}_nginxload" "$@")
        for client in $clients; do
            ! table_has "$client" "$client" || add "$title" "$units" "$client" $("${kind}_$client" "$@")
        done
        [ "$kind $1" != 'run 1' ] || add "$title" "$units" limit $(bare "$2")
    done
}

against_fixed() {
    mkfifo "$work/stdin" "$work/port"
    taskset -c 0 "$BUILD/test/fixed_helper" <"$work/stdin" >"$work/port" &
    exec 9>"$work/stdin"
    read -r port <"$work/port"
    for connections in 1 16 64; do
        compare run "epoll, $connections conn." \
            'requests/s,CPU us' wrk "$connections" "http://127.0.0.1:$port/"
    done
    exec 9>&-
}

# shellcheck disable=SC2154 # nginx_start sets nginx_url
against_nginx() {
    for connections in 1 16 64; do
        compare run "nginx, $connections conn." 'requests/s,CPU us' \
            'wrk h2load ab' "$connections" "$nginx_url/small"
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
    if ! command -v taskset >/dev/null 2>&1 || [ "$(nproc)" -lt 2 ]; then
        echo 'nginxload/bench.sh: needs taskset and two CPUs'
        return 0
    fi
    table_begin
    trap 'nginx_stop; rm -rf "$work"' EXIT
    [ $# -gt 0 ] || set -- fixed nginx big
    nginx_wrapper='taskset -c 0' nginx_start "$work/nginx" 536870912 || {
        echo 'no nginx (apt-get install nginx-light)'
        return 0
    }
    table_note \
        'CPU us: of the client, for a request or a MiB; limit: one connection by nothing but send and recv'
    for part; do
        # shellcheck disable=SC2154 # nginx_start sets nginx_url
        case $part in
        fixed) against_fixed ;;
        nginx) against_nginx ;;
        big) compare big 512M 'B/s,CPU us/MiB' 'wrk curl' "$nginx_url/big" ;;
        *) echo "bench.sh: $part: none of fixed nginx big" >&2 && return 2 ;;
        esac
    done
    table_print
}

main "$@"
