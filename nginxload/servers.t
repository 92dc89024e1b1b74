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

# One that serves parts and does not say of how much, as RFC 9110 allows.
port=$((port + 1))
cat >"$TMP/endless.py" <<'END'
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        first, last = map(int, self.headers["Range"][6:].split("-"))
        self.send_response(206)
        self.send_header("Content-Range", "bytes %d-%d/*" % (first, last))
        self.send_header("Content-Length", str(last - first + 1))
        self.end_headers()
        self.wfile.write(b"x" * (last - first + 1))
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
END
if python3 -c 'import http.server' 2>/dev/null; then
    python3 "$TMP/endless.py" "$port" >"$TMP/server.log" 2>&1 </dev/null &
    server=$!
    ok 'a file of no known length: as much of it as is wanted' "$BUILD/nginxload" --wait-up 20s -r 1 -t 1ms \
        -f csv --download --bytes 4M "http://127.0.0.1:$port/big"
    out_has 'has come' '^# download.bytes=4194304 of unknown$'
    status 77 'all of it cannot be split' "$BUILD/nginxload" -r 1 -t 1ms --download \
        "http://127.0.0.1:$port/big"
    one_line_error 'in one line'
    err_has 'that says what to do' 'does not say how long the file is; try --bytes or --whole'
    kill "$server"
    wait "$server" 2>/dev/null
    server=
else
    skip 'a file of no known length' 'no http.server (apt-get install python3)'
fi

port=$((port + 1))
if command -v lighttpd >/dev/null 2>&1; then
    printf 'server.document-root = "%s"\nserver.port = %s\nserver.bind = "127.0.0.1"\n' "$TMP/www" "$port" \
        >"$TMP/lighttpd"
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

# caddy_runs FILE: becomes caddy; whatever it wants to keep is this test's.
caddy_runs() {
    exec env HOME="$TMP" XDG_DATA_HOME="$TMP" XDG_CONFIG_HOME="$TMP" caddy run --adapter caddyfile \
        --config "$1"
}
port=$((port + 1))
if command -v caddy >/dev/null 2>&1; then
    printf '{\n admin off\n}\nhttp://127.0.0.1:%s {\n root * %s\n file_server\n}\n' "$port" "$TMP/www" \
        >"$TMP/caddy"
    serves caddy yes caddy_runs "$TMP/caddy"
    # A proxy that packs whatever may be packed; what is asked for here must come as it is.
    if python3 -c 'import http.server' 2>/dev/null; then
        python3 -m http.server --bind 127.0.0.1 --directory "$TMP/www" "$port" >"$TMP/behind.log" \
            2>&1 </dev/null &
        behind=$!
        trap '[ -z "$server" ] || kill "$server" 2>/dev/null; kill "$behind" 2>/dev/null; rm -rf "$TMP"' EXIT
        "$BUILD/nginxload" --wait-up 20s -r 1 -w 0 --requests 1 "http://127.0.0.1:$port/small" >/dev/null
        port=$((port + 1))
        cat >"$TMP/caddy" <<END
{
    admin off
}
http://127.0.0.1:$port {
    encode gzip
    reverse_proxy 127.0.0.1:$((port - 1))
}
END
        serves 'a proxy that packs' no caddy_runs "$TMP/caddy"
        kill "$behind"
        wait "$behind" 2>/dev/null
    fi
else
    skip caddy 'not found (apt-get install caddy)'
fi

# The same by nginx, which sends what it packs in chunks.
port=$((port + 1))
cat >"$TMP/nginx" <<END
daemon off;
pid $TMP/nginx.pid;
error_log $TMP/nginx.log;
events {}
http {
    access_log off;
    gzip on;
    gzip_types *;
    gzip_min_length 1;
    gzip_proxied any;
    client_body_temp_path $TMP/body;
    proxy_temp_path $TMP/proxy;
    fastcgi_temp_path $TMP/fastcgi;
    uwsgi_temp_path $TMP/uwsgi;
    scgi_temp_path $TMP/scgi;
    server {
        listen 127.0.0.1:$port;
        root $TMP/www;
    }
}
END
[ "$(id -u)" -ne 0 ] || echo 'user root;' >>"$TMP/nginx"
if command -v nginx >/dev/null 2>&1; then
    serves 'nginx that packs' yes nginx -c "$TMP/nginx"
else
    skip 'nginx that packs' 'not found (apt-get install nginx-light)'
fi

tap_done
