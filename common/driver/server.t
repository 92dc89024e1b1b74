#!/bin/sh
# What serves is hashed like what measures: another nginx, library, start script or configuration is found.
. common/test/tap.sh
. common/platforms/platform.sh
. common/driver/parts.sh
export ROOT="$PWD"
. common/driver/guards.sh

BUILD=$(cd "$BUILD" && pwd)
[ -x "$BUILD/rootfs/usr/sbin/nginx" ] || sh vm-image/build.sh rootfs >"$TMP/why" 2>&1 ||
    skip_all "$(tail -n 1 "$TMP/why")"
export BUILD PLATFORM PLATFORM_NAME LOG="$TMP/log" STATE="$TMP/state" WORK="$TMP/work" RUN="$TMP/run"
export TEST_CPUS=0 MEMORY=512M
mkdir -p "$STATE" "$WORK" "$RUN/once"
# shellcheck disable=SC2034 # for guards.sh
HERE=$BUILD
PLATFORM=native PLATFORM_NAME=native
. common/platforms/native.sh
trap 'platform_down; rm -rf "$TMP"' EXIT
sed -n 's/^Cpus_allowed_list:[[:space:]]*\([0-9]*\).*/\1/p' /proc/self/status >"$TMP/cpu"
TEST_CPUS=$(cat "$TMP/cpu")

# found WHAT...: what is different, if anything.
found() { guards_server nginxload >"$TMP/out" 2>"$TMP/err" && [ "$(cat "$TMP/out")" = "$1" ]; }
# look: at what serves now.
look() { platform_server >"$WORK/server" 2>>"$LOG"; }

ok 'nginx starts' platform_url
look
check 'it is looked at by what it has mapped' grep -q '  libc\.so\.6$' "$WORK/server"
check 'what this root filesystem has is equal' found server.equal=yes
cp "$WORK/server" "$TMP/server"

sed '/ libc\.so/s/^......../00000000/' "$TMP/server" >"$WORK/server"
check 'another library is found' found server.different=libc.so.6
sed '/  nginx$/s/^......../00000000/' "$TMP/server" >"$WORK/server"
check 'another nginx is found' found server.different=nginx
sed '/  nginx$/d' "$TMP/server" >"$WORK/server"
check 'something else than nginx is found' found server.different=nginx
: >"$WORK/server"
check 'what cannot be looked at is unknown' found server.unknown=yes

sed 's/sendfile on;/limit_rate 1m;/' "$STATE/www/nginx.conf" >"$TMP/conf"
cp "$TMP/conf" "$STATE/www/nginx.conf"
look
check 'a rate limit is found' found server.different=nginx.conf
platform_down
{ echo && cat "$native_serve"; } >"$TMP/serve"
native_serve=$TMP/serve
ok 'another start script' platform_url
look
check 'is found' found server.different=serve

tap_done
