# The guest's network card, by key net=user|tap|passt; part of platform.sh.
#
#   user   QEMU's own user-mode network (libslirp): always works, no privileges; a port of 127.0.0.1 leads to
#          the guest's nginx, and restrict=on lets nothing out
#   tap    a network card of the host's kernel; needs root
#   passt  a user-mode network in its own process, over a socket

vm_network=$(platform_key net user)

# As root, passt becomes nobody, who may not reach the checkout: its socket needs a folder that nobody can.
vm_passt=${STATE:-}/passt
[ "$(id -u)" -ne 0 ] || vm_passt=/run/guestmark-passt-$(echo "${STATE:-}" | cksum | cut -d ' ' -f 1)

vm_network_probe() {
    case $vm_network in
    tap)
        if [ "$(id -u)" -ne 0 ] || [ ! -c /dev/net/tun ] || ! (: <>/dev/net/tun) 2>/dev/null; then
            echo "net=tap needs root and /dev/net/tun"
            return 77
        fi
        vm_need ip iproute2
        ;;
    passt) vm_need passt passt ;;
    esac
}

vm_network_up() {
    case $vm_network in
    tap)
        vm_tap=gm$$
        vm_network_free >"$STATE/subnet"
        ip tuntap add dev "$vm_tap" mode tap && echo "$vm_tap" >"$STATE/tap" &&
            ip addr add "$(vm_network_subnet).1/24" dev "$vm_tap" && ip link set "$vm_tap" up
        ;;
    passt)
        mkdir "$vm_passt"
        # Debian 12's makes its socket as nobody, later ones as root without its rights over others' files.
        [ "$(id -u)" -ne 0 ] || { chgrp "$(id -g nobody)" "$vm_passt" && chmod 770 "$vm_passt"; }
        platform_free_port >"$STATE/port"
        platform_taskset "$TEST_CPUS" passt --quiet --socket "$vm_passt/socket" --pid "$vm_passt/pid" \
            --tcp-ports "127.0.0.1/$(cat "$STATE/port"):80" >"$vm_passt/said" 2>&1 || {
            echo "passt does not start: $(tail -n 1 "$vm_passt/said")" >&2
            return 1
        }
        ;;
    esac
}

# vm_network_free: a network that no card of the host has, three bytes: two campaigns at once shall not meet.
vm_network_free() {
    vm_third=$(($$ % 256))
    while ip -4 -o addr | grep -qF " 10.213.$vm_third."; do vm_third=$(((vm_third + 1) % 256)); done
    echo "10.213.$vm_third"
}
vm_network_subnet() { cat "$STATE/subnet"; }

vm_network_backend() {
    case $vm_network in
    user) echo "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:0-10.0.2.15:80" ;;
    tap) echo "tap,id=net,ifname=$(cat "$STATE/tap"),script=no,downscript=no" ;;
    passt) echo "stream,id=net,server=off,addr.type=unix,addr.path=$(vm_path "$vm_passt/socket")" ;;
    esac
}

# What the guest's kernel is told: its address; passt's comes by DHCP.
vm_network_kernel() {
    case $vm_network in
    user) echo guestmark.ip=10.0.2.15/24 ;;
    tap) echo "guestmark.ip=$(vm_network_subnet).2/24" ;;
    esac
}

vm_network_url() {
    case $vm_network in
    user)
        channel_qmp "$STATE/qmp" \
            '{"execute": "human-monitor-command", "arguments": {"command-line": "info usernet"}}' |
            sed -n 's|.*TCP.HOST_FORWARD. *[0-9]* *127\.0\.0\.1 *\([0-9]*\) .*|http://127.0.0.1:\1|p'
        ;;
    tap) echo "http://$(vm_network_subnet).2" ;;
    passt) echo "http://127.0.0.1:$(cat "$STATE/port")" ;;
    esac
}

vm_network_facts() { echo "net.backend=$vm_network"; }

vm_network_pids() { [ ! -f "$vm_passt/pid" ] || cat "$vm_passt/pid"; }

vm_network_down() {
    if [ -f "$vm_passt/pid" ]; then kill "$(cat "$vm_passt/pid")" 2>/dev/null || :; fi
    if [ -f "$STATE/tap" ]; then ip link del "$(cat "$STATE/tap")" 2>/dev/null || :; fi
    rm -rf "$vm_passt" "$STATE/tap" "$STATE/subnet" "$STATE/port"
}
