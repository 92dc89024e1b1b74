#!/bin/sh
# nginxload against the servers that people have beside nginx, those that Debian has, as it configures them.
. common/test/tap.sh
. common/platforms/platform.sh
PATH=$PATH:/usr/sbin:/sbin

mkdir "$TMP/www"
head -c 1024 /dev/urandom >"$TMP/www/small"
head -c 8388608 /dev/urandom >"$TMP/www/big"
chmod -R a+rX "$TMP"
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$TMP"' EXIT

# serves NAME RANGES COMMAND...: what a server must be able to do; RANGES: whether it serves parts of a file.
serves() {
    name=$1 ranges=$2
    shift 2
    "$@" >"$TMP/server.log" 2>&1 </dev/null &
    server=$!
    url=http://127.0.0.1:$port
    ok "$name: small files" "$BUILD/nginxload" --wait-up 20s -r 1 -t 20ms -f csv "$url/small"
    out_has "$name: of their length" '^# body.bytes=1024$'
    ok "$name: one file, whole" "$BUILD/nginxload" -r 1 -t 1ms -f csv --download --whole "$url/big"
    if [ "$ranges" = yes ]; then
        ok "$name: one file, in parts" "$BUILD/nginxload" -r 1 -t 1ms -f csv --download "$url/big"
        out_has "$name: all of it" '^# download.bytes=8388608 of 8388608$'
    else
        status 77 "$name: parts are refused" "$BUILD/nginxload" -r 1 -t 1ms --download "$url/big"
        one_line_error "$name: in one line"
    fi
    status 3 "$name: a file that is not there" "$BUILD/nginxload" -r 1 -t 1ms "$url/none"
    kill "$server"
    wait "$server" 2>/dev/null
    server=
}

port=$(platform_free_port)
if python3 -c 'import http.server' 2>/dev/null; then
    serves 'python3 -m http.server' no python3 -m http.server --bind 127.0.0.1 --directory "$TMP/www" "$port"
else
    skip python3 'no http.server (apt-get install python3)'
fi

port=$((port + 1))
if command -v lighttpd >/dev/null 2>&1; then
    printf 'server.document-root = "%s"\nserver.port = %s\nserver.bind = "127.0.0.1"\n' "$TMP/www" "$port" >"$TMP/lighttpd"
    serves lighttpd yes lighttpd -D -f "$TMP/lighttpd"
else
    skip lighttpd 'not found (apt-get install lighttpd)'
fi

port=$((port + 1))
modules=/usr/lib/apache2/modules
if command -v apache2 >/dev/null 2>&1 && [ -d "$modules" ]; then
    cat >"$TMP/apache" <<END
ServerName localhost
ServerRoot $TMP
PidFile $TMP/apache.pid
ErrorLog $TMP/apache.log
Listen 127.0.0.1:$port
LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule authz_core_module $modules/mod_authz_core.so
DocumentRoot $TMP/www
Mutex file:$TMP default
END
    serves apache2 yes apache2 -D FOREGROUND -f "$TMP/apache"
else
    skip apache2 'not found (apt-get install apache2-bin)'
fi

tap_done
