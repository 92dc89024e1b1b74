#!/bin/sh
# Names, keys, and the native adapter: a tool's output and status come back, nginx serves and goes.
. common/test/tap.sh
. common/platforms/platform.sh
# shellcheck disable=SC2034 # for the adapter

ROOT=$PWD BUILD=$(cd "$BUILD" && pwd) STATE=$TMP/state LOG=$TMP/log TEST_CPUS=0 CLIENT_CPUS=0 MEMORY=1G
# shellcheck disable=SC2034
PLATFORM=native PLATFORM_NAME=native

check 'a known name has an adapter' test -f "$(platform_adapter native2)"
status 1 'an unknown name has none' platform_adapter nonsense

key_is() { # KEY DEFAULT WANTED
    [ "$(platform_key "$1" "$2")" = "$3" ]
}
PLATFORM=qemu:disk=raw,net=user
check 'first key' key_is disk qcow2 raw
check 'last key' key_is net tap user
check 'missing key' key_is cache none none
check 'part of a key is not the key' key_is et none none
PLATFORM='exec:env disk=x chroot /srv'
check 'exec has a command and no keys' key_is disk none none

platform_keys() { printf 'disk qcow2|raw\ncpus N\n'; }
PLATFORM=qemu:disk=raw,cpus=2
ok 'known keys and values pass' platform_check_keys
PLATFORM=qemu:dsk=raw
status 77 'an unknown key is named' platform_check_keys
out_has 'with those there are' '^qemu:dsk=raw: no key dsk; there are:.* disk'
PLATFORM=qemu:disk=vmdk
status 77 'an unknown value is named' platform_check_keys
out_has 'with those there are' 'disk is not qcow2\|raw'
PLATFORM=qemu:
status 77 'a colon with nothing' platform_check_keys
PLATFORM=qemu:cpus=
status 77 'a key with nothing' platform_check_keys

check 'CPUs are counted' [ "$(platform_cpu_count 0,2-4,7)" = 5 ]

PLATFORM=native
. common/platforms/native.sh
mkdir "$STATE"
trap 'platform_down; rm -rf "$TMP"' EXIT
ok 'probe' platform_probe
ok 'prepare' platform_prepare
ok 'up' platform_up
adapter_contract
ok 'the programs are in PATH' platform_run forksum --version
ok 'data folder' test -d "$(platform_data)"
ok 'facts' platform_facts
out_has 'name the device behind the data folder' '^data\.device=.'
check 'are KEY=VALUE lines' awk '!/^[a-z0-9_.]+=./ { exit 1 }' "$TMP/out"

run platform_url
if [ "$run_status" -eq 77 ]; then
    skip 'nginx' "$(cat "$TMP/out")"
else
    url=$(cat "$TMP/out")
    check 'url' [ "$run_status" -eq 0 ]
    out_has 'is one of loopback' '^http://127\.0\.0\.1:[0-9]+$'
    size_is() { # NAME BYTES
        perl -MIO::Socket::INET -e '
            my ($host, $name, $bytes) = @ARGV;
            my $s = IO::Socket::INET->new($host) or die;
            print $s "HEAD /$name HTTP/1.0\r\n\r\n";
            local $/; exit !(<$s> =~ m{^HTTP/1.1 200.*Content-Length: $bytes\r}s);' "${url#http://}" "$@"
    }
    ok '/small is 1 KiB' size_is small 1024
    ok '/big is 512 MiB' size_is big 536870912
    check 'asked again, it answers the same' [ "$(platform_url)" = "$url" ]
    pids=$(platform_pids)
    check 'nginx is billed' [ "$(echo "$pids" | wc -l)" -ge 2 ]
    ok 'down' platform_down
    # A process that its parent has yet to collect has no command line any more.
    gone() {
        for pid in $pids; do
            tries=50
            while [ -n "$(tr '\0' ' ' <"/proc/$pid/cmdline")" ]; do
                [ $((tries -= 1)) -gt 0 ] || return 1
                sleep 0.1
            done 2>/dev/null
        done
    }
    ok 'nginx is gone' gone
fi
ok 'down twice' platform_down
check 'nothing is left' [ -z "$(ls -A "$STATE")" ]

# nginx before 1.19.5 (Debian 11, Ubuntu 22.04) knows no -e, and does not start if told one.
mkdir "$TMP/old"
cat >"$TMP/old/nginx" <<'END'
#!/bin/sh
case "$*" in
-h) printf '  -s signal     : %s\n' 'send signal to a master process' >&2
    printf '  -c filename   : %s\n' 'set configuration file' >&2 ;;
*' -e '*) echo 'nginx: invalid option: "e"' >&2; exit 1 ;;
*) echo "$*" ;;
esac
END
chmod +x "$TMP/old/nginx"
mkdir -p "$TMP/www/files"
: >"$TMP/www/files/ready"
ok 'an nginx without -e' sh vm-image/root/usr/local/sbin/serve "$TMP/www" 127.0.0.1:1 "$TMP/old/nginx"
out_has 'is told the rest' "^-p $TMP/www/ -c $TMP/www/nginx.conf\$"

# Whichever version of control groups there is, and however its controllers are mounted.
cgroup_of() (
    . common/platforms/platform.sh
    platform_cgroup_of "$1"
)
check "the driver's own control group is no platform's" [ -z "$(cgroup_of "$$")" ]
for tree in /sys/fs/cgroup/cpuacct /sys/fs/cgroup/cpu,cpuacct /sys/fs/cgroup; do
    [ ! -e "$tree/cgroup.procs" ] || break
done
group=$tree/guestmark-test-$$
member_found() (
    trap 'kill "$member"; wait "$member" 2>/dev/null; rmdir "$group"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    sleep 60 &
    member=$!
    echo "$member" >"$group/cgroup.procs"
    found=$(cgroup_of "$member")
    [ "${found##*/}" = "${group##*/}" ] || exit
    [ -r "$found/cpuacct.usage" ] || grep -q '^usage_usec' "$found/cpu.stat"
)
if mkdir "$group" 2>/dev/null; then
    ok 'the folder of a process is found, and accounts for CPU time' member_found
else
    skip 'the folder of a process' "no control group can be made in $tree"
fi
tap_done
