# What the tests of guests share (vm-image.t here, lab/variants.sh in the lab), beside common/test/tap.sh.

# variant_begin: what adapters want of the driver, and that the guest and its files are gone at the end.
variant_begin() {
    BUILD=$(cd "$BUILD" && pwd)
    STATE=$(mktemp -d "$BUILD/guest-test.XXXXXX")
    export BUILD ROOT="$PWD" LOG="$TMP/log" TEST_CPUS=0 MEMORY=512M
    trap 'platform_down; rm -rf "$TMP" "$STATE"' EXIT
}

# variant_use PLATFORM: that adapter, ready to be asked.
variant_use() {
    PLATFORM=$1 PLATFORM_NAME=${1%%:*}
    . vm-image/platform.sh
}

variant_nginx() {
    variant_url=$(platform_url) || return
    # An emulated guest on a busy host may let a request time out.
    "$BUILD/nginxload" -r 1 -t 50ms -w 0 -f value "$variant_url/small" ||
        "$BUILD/nginxload" -r 1 -t 50ms -w 0 -f value "$variant_url/small" || {
        echo "$variant_url does not answer"
        return 1
    }
}

# variant PLATFORM: comes up, and what its keys ask for is what its facts say.
variant() {
    variant_use "$1"
    run platform_probe
    # shellcheck disable=SC2154 # set by run
    if [ "$run_status" -eq 77 ]; then
        skip "$PLATFORM" "$(cat "$TMP/out")"
        return
    fi
    ok "$PLATFORM has its disk" platform_fresh
    ok "$PLATFORM comes up" platform_up
    ok "$PLATFORM writes to its disk" platform_run sh -c '
        grep -q " /data ext4 " /proc/mounts && head -c 20000000 /dev/zero >/data/x && sync'
    case $1 in
    *net=*) ok "$PLATFORM: nginx answers the host" variant_nginx ;;
    esac
    run platform_facts
    echo "${1#*:}" | tr , '\n' | sed 's/^cpu=/cpu_model=/' >"$TMP/keys"
    while IFS='=' read -r variant_key variant_value; do
        [ "$variant_key" = kernel ] ||
            out_has "$PLATFORM: $variant_key" "^[a-z]*\.($variant_key|format|backend)=$variant_value\$"
    done <"$TMP/keys"
}

# variant_ends: what variant() has started.
variant_ends() {
    [ "$run_status" -ne 77 ] || return 0
    ok "$PLATFORM goes down" platform_down
    check "$PLATFORM leaves nothing" [ -z "$(ls -A "$STATE")" ]
}

# boots TITLE OPTION...: the image that boots by itself, with $boots_accel (tcg), within $boots_seconds (90):
# types a command on the serial console until it is answered and the machine goes off. The shell asks the
# terminal for its cursor and swallows some of what was typed before as the answer: hence the blanks.
boots() {
    title=$1
    shift
    while sleep 3; do
        {
            printf '\n%40s' ''
            printf '%s ' 'echo up-$((6 * 7)) $(grep -c " /data ext4" /proc/mounts)'
            printf %s '$(ls -d /sys/class/net/eth0); '
            printf %s 'echo screen-$(grep -ac "what does this platform" /dev/vcs1); '
            echo 'forksum -r 1 -t 1ms -f value 1 10; poweroff -f'
        } || exit 0
    done 2>/dev/null |
        timeout "${boots_seconds:-90}" qemu-system-x86_64 -nodefaults -display none -vga std \
            -no-reboot -snapshot -m 512M -accel "${boots_accel:-tcg}" -cpu max -serial stdio \
            "$@" >"$TMP/out" 2>"$TMP/err"
    out_has "$title: a shell on the console, the data partition and the network card" \
        'up-42 1 /sys/class/net/eth0'
    out_has "$title: the message of the day is on the screen, too" 'screen-1'
    out_has "$title: the tools are in PATH" '^[0-9]+\.[0-9]+'
}
