# An nginx for tests and comparisons: unprivileged, on 127.0.0.1 and a Unix socket, all its files in
# one folder. Sourced.

# free_port: prints a TCP port that nobody listens on.
free_port() {
    perl -MIO::Socket::INET -e '
        print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport'
}

# nginx_start FOLDER [BIG_BYTES]: serves /small, /empty and /big (20 MB or so many bytes), stores
# uploads at /upload/ and discards them at /discard; otherwise like the suite's own
# (vm-image/root/usr/local/sbin/serve). Sets nginx_url, nginx_socket and nginx_pid, which is empty
# if there is no nginx to start.
nginx_start() {
    nginx_pid=
    nginx_program=$(PATH=$PATH:/usr/sbin command -v nginx) || return 1
    mkdir -p "$1/root" "$1/tmp" "$1/put/upload"
    nginx_socket=$1/socket
    nginx_port=$(free_port)
    nginx_url=http://127.0.0.1:$nginx_port
    printf '%1024s' x >"$1/root/small"
    : >"$1/root/empty"
    # Not zeros only: a file of nothing but holes is no file to measure with.
    awk -v bytes="${2:-20000000}" 'BEGIN {
        line = sprintf("%4095s\n", "guestmark"); for (i = 0; i < bytes / 4096; i++) printf "%s", line
    }' </dev/null | head -c "${2:-20000000}" >"$1/root/big"
    # Root's nginx would serve as nobody, who may not look into a test's folder.
    nginx_user=
    [ "$(id -u)" -ne 0 ] || nginx_user='user root;'
    cat >"$1/nginx.conf" <<CONFIG
$nginx_user
daemon off;
worker_processes 1;
pid $1/pid;
error_log $1/error.log;
events { worker_connections 16384; }
http {
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    client_max_body_size 0;
    client_body_temp_path $1/tmp/body;
    proxy_temp_path $1/tmp/proxy;
    fastcgi_temp_path $1/tmp/fastcgi;
    uwsgi_temp_path $1/tmp/uwsgi;
    scgi_temp_path $1/tmp/scgi;
    server {
        listen 127.0.0.1:$nginx_port backlog=4096;
        listen unix:$nginx_socket;
        root $1/root;
        location /upload/ { root $1/put; dav_methods PUT; }
        location /discard { return 200; }
    }
}
CONFIG
    ${nginx_wrapper:-} "$nginx_program" -e "$1/error.log" -c "$1/nginx.conf" &
    nginx_pid=$!
    "$BUILD/nginxload" -r 1 -w 0 --requests 1 -j 1 --wait-up 10s "$nginx_url/small" >/dev/null ||
        return 1
}

nginx_stop() {
    [ -n "${nginx_pid:-}" ] || return 0 # never started
    kill "$nginx_pid" 2>/dev/null || true
    wait "$nginx_pid" 2>/dev/null || true
    nginx_pid=
}
