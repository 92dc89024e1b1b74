#!/bin/sh
# nginxload against a real nginx, unprivileged and this test's own.
. common/test/tap.sh
. nginxload/server.sh

trap 'nginx_stop; rm -rf "$TMP"' EXIT
if ! nginx_start "$TMP/nginx"; then
    [ -z "$nginx_pid" ] || {
        cat "$TMP/nginx/error.log"
        exit 1
    }
    skip_all 'no nginx (apt-get install nginx-light)'
fi
load=$BUILD/nginxload
url=$nginx_url

contract nginxload "$url/small"
ok '--help' "$BUILD/nginxload" --help
out_has '--time says what it is here' '--time T +duration of a repetition'

# ---- requests ----
ok 'a fixed number of requests' "$load" -f csv -r 2 -w 0 --requests 500 "$url/small"
out_has 'all of them counted' '^# requests.good=1000$'
out_has 'without an error' '^# errors=none$'
out_has 'latency quantiles' '^nginxload,latency.p50,s,lower,1,'
out_has 'a histogram of them' '^# histogram.latency=.*:'
out_has 'the length of the body' '^# body.bytes=1024$'
ok 'two threads share the connections' "$load" -f csv -r 1 --requests 501 -T 2 -j 5 "$url/small"
out_has 'and the requests' '^# requests.good=501$'
for way in '' --download; do
    ok "a time that is over before the first request: ${way:-small files}" \
        "$load" -f csv -r 20 -t 1ns $way "$url/small"
done
ok 'HEAD' "$load" -r 1 -t 10ms --method HEAD "$url/small"
ok 'a connection per request' "$load" -f csv -r 1 --requests 100 --close "$url/small"
out_has 'connecting apart' '^nginxload,connect.p50,s'
out_has 'the first byte apart' '^nginxload,first_byte.p50,s'
out_has 'the rest apart' '^nginxload,transfer.p50,s'
ok 'an empty file' "$load" -r 1 -t 10ms "$url/empty"

# ---- a servant ----
servant_start "$load" --steps -w 0 --connections 3 --requests 30 "$url/small"
check 'a servant: ready' servant_ready
check 'a servant: a step' servant_step
cp "$TMP/nginx/root/small" "$TMP/small"
printf '%1023s' x >"$TMP/nginx/root/small"
servant_step || :
check 'a servant: another body is a wrong answer' servant_ended 3
one_line_error 'a servant: a wrong answer is one line, and no row'
mv "$TMP/small" "$TMP/nginx/root/small"
for way in '--rate 2000' '--download --bytes 1M' '--close' '--connections 1'; do
    # shellcheck disable=SC2086 # several words
    ok "a servant: $way" sh -c 'printf "\n\n" | "$@"' - "$load" --steps -t 5ms $way "$url/big"
    check "a servant: $way: two steps" [ "$(grep -c '^end$' "$TMP/out")" -eq 2 ]
done
ok 'a servant: --upload' sh -c 'printf "\n\n" | "$@"' - "$load" --steps -t 1ms --upload 1M "$url/discard"
check 'a servant: --upload: two steps' [ "$(grep -c '^nginxload,upload,s,lower,2,' "$TMP/out")" -eq 1 ]

# ---- errors ----
status 3 'a status that is not expected' "$load" -r 1 -t 10ms "$url/none"
one_line_error 'is one line'
err_has 'that names both' 'status 404, expected 200'
ok 'unless it is the expected one' "$load" -r 1 -t 10ms --status 404 "$url/none"
status 1 'refused' "$load" -r 1 -t 10ms http://127.0.0.1:1/
one_line_error 'refused is one line'
err_has 'refused says so' 'cannot connect: Connection refused'
status 1 'no such host' "$load" -r 1 -t 10ms http://nosuch.invalid/
one_line_error 'no such host is one line'
status 2 'no URL' "$load"
status 2 'two URLs' "$load" "$url" "$url"
status 2 'https' "$load" https://127.0.0.1/
status 2 'more threads than connections' "$load" -T 3 -j 2 "$url/small"

# ---- the big file ----
ok 'a download' "$load" -f csv -r 2 -w 0 -t 1ms --download "$url/big"
out_has 'seconds first' '^nginxload,download,s,lower,1,'
out_has 'throughput' '^nginxload,throughput,B/s,higher,2,'
out_has 'of the whole file' '^# download.bytes=20000000 of 20000000$'
out_has 'over two connections' '^# connections=2$'
ok 'a part of it, in seven parts' "$load" -f csv -r 1 -t 1ms -j 7 --download --bytes 10000019 "$url/big"
out_has 'says how much' '^# download.bytes=10000019 of 20000000$'
for way in trunc splice read; do
    ok "--discard $way" "$load" -f csv -r 1 -t 1ms --discard $way --download "$url/big"
    out_has "$way is in the facts" "^# discard=$way\$"
done
ok 'every connection the whole file' "$load" -f csv -r 1 -t 1ms --download --whole "$url/big"
ok '--verify' "$load" -f csv -r 2 -t 1ms --verify --download "$url/big"
out_has 'hashes instead of discarding' '^# discard=no: every body is hashed$'
digest=$(sha256sum "$TMP/nginx/root/big" | cut -d ' ' -f 1)
ok 'the digest that sha256sum has' \
    "$load" -f csv -r 1 -t 1ms --digest "$digest" --download --whole "$url/big"
out_has 'is in the facts' "^# body.sha256=$digest\$"
status 3 'another digest' "$load" -r 1 -t 1ms --digest "$digest" "$url/small"
err_has 'is refused by that name' 'the answer is wrong: digest'
status 2 'half a digest' "$load" --digest abcd "$url/small"
status 3 'too short for a download' "$load" --download -j 2000 "$url/small"
status 2 'more bytes than there are' "$load" --download --bytes 1G "$url/big"

# ---- the other direction ----
ok 'an upload' "$load" -f csv -r 2 -w 0 -t 1ms --upload 10000001 -j 3 "$url/upload/file"
out_has 'seconds first' '^nginxload,upload,s,lower,2,'
out_has 'throughput' '^nginxload,throughput,B/s,higher,2,'
check 'the last part has arrived' sh -c '[ "$(wc -c <"$1")" -ge 3333333 ]' - "$TMP/nginx/put/upload/file"
ok 'an upload that nginx discards' "$load" -f csv -r 2 -w 0 -t 1ms --upload 10000001 -j 3 "$url/discard"
out_has 'has its throughput' '^nginxload,throughput,B/s,higher,2,'
status 3 'a server that takes no upload' "$load" -r 1 --upload 1M "$url/small"
err_has 'says so' 'status 405, expected 2xx'

# ---- addresses ----
ok 'a Unix socket' "$load" -f csv -r 1 -t 10ms "http://unix:$nginx_socket:/small"
out_has 'its address' "^# address=$nginx_socket\$"
ok 'a download through it' "$load" -f csv -r 1 -t 1ms --download "http://unix:$nginx_socket:/big"
out_has 'moves pages where bytes cannot be dropped' '^# discard=(splice|read)$'
ok 'localhost' "$load" -f csv -r 1 -t 10ms "http://localhost:$nginx_port/small"
ok 'a proxy in the environment is not asked' env http_proxy=http://127.0.0.1:9 HTTP_PROXY=http://127.0.0.1:9 \
    ALL_PROXY=http://127.0.0.1:9 "$load" -r 1 -t 10ms "http://127.0.0.1:$nginx_port/small"

# ---- the suite's own configuration, with the files made beforehand ----
mkdir -p "$TMP/www/files" && touch "$TMP/www/files/ready"
own_port=$(free_port)
ok 'the suite'"'"'s own nginx' \
    sh vm-image/root/usr/local/sbin/serve "$TMP/www" "127.0.0.1:$own_port" "$nginx_program"
ok 'takes uploads' "$load" -f csv -r 2 -w 0 -t 1ms --wait-up 10s --upload 20M \
    "http://127.0.0.1:$own_port/upload"
out_has 'of all sizes' '^nginxload,upload,s,lower,2,'
check 'and keeps none' sh -c '! find "$1" -size +1000k | grep .' - "$TMP/www"
kill "$(cat "$TMP/www/nginx.pid")"

# ---- many connections, and a server that comes up late ----
most=$(awk '/^Max open files/ { print $5 }' /proc/self/limits)
if [ "$most" = unlimited ] || [ "$most" -ge 8000 ]; then
    ok '3000 connections' sh -c 'ulimit -Sn 1024; "$@"' - \
        "$load" -f csv -r 1 -w 0 -j 3000 --requests 9000 "$url/small"
    out_has 'all of them' '^# connections=3000$'
else
    skip '3000 connections' "no more than $most descriptors are allowed here"
    skip 'all of them' "no more than $most descriptors are allowed here"
fi
status 1 'more connections than descriptors' sh -c 'ulimit -n 100; "$@"' - \
    "$load" -j 200 "$url/small"
err_has 'says which limit' 'need [0-9]+ descriptors and the limit is 100'
nginx_stop
status 1 'a server that is gone' "$load" -r 1 -t 10ms "$url/small"
{
    sleep 0.3
    exec "$nginx_program" -e "$TMP/nginx/error.log" -c "$TMP/nginx/nginx.conf"
} &
nginx_pid=$!
ok '--wait-up waits for it' "$load" -r 1 -t 10ms --wait-up 10s "$url/small"

tap_done
