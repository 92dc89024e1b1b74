# The host's firewall, part of platform.sh: engines leave rules and a bridge behind when they end. What was
# there before is put back.

# firewall_save: what is about to be changed of the host's network: forwarding, and its default policy.
firewall_save() {
    cat /proc/sys/net/ipv4/ip_forward
    iptables-save -t filter 2>/dev/null | sed -n 's/^:FORWARD \([A-Z]*\) .*/\1/p'
}

# firewall_restore BRIDGE GREP-OPTION...: what firewall_save has said is on stdin; the rules to take out
# match.
firewall_restore() {
    PATH=$PATH:/usr/sbin:/sbin
    ip link del "$1" 2>/dev/null || :
    shift
    read -r firewall_forward
    read -r firewall_policy || firewall_policy=ACCEPT
    for firewall_table in filter nat; do
        iptables-save -t "$firewall_table" 2>/dev/null | grep -v "$@" |
            iptables-restore -T "$firewall_table" 2>/dev/null || :
    done
    iptables -P FORWARD "$firewall_policy" 2>/dev/null || :
    echo "$firewall_forward" >/proc/sys/net/ipv4/ip_forward
}

# Podman's rules are those of CNI. firewall_podman_save keeps quiet where some are there already: somebody
# else's.
firewall_podman_rules() { PATH=$PATH:/usr/sbin:/sbin iptables-save 2>/dev/null | grep -e CNI- -e NETAVARK; }
firewall_podman_save() { firewall_podman_rules >/dev/null || firewall_save >"$STATE/firewall"; }

# Where a container of somebody else's has come up meanwhile (it has a rule for its address), all is left as
# it is.
firewall_podman_restore() {
    [ -f "$STATE/firewall" ] || return 0
    firewall_podman_rules | grep -Eq -- '^-A (CNI-FORWARD|NETAVARK_FORWARD) -[ds] ' ||
        firewall_restore cni-podman0 -e CNI- -e NETAVARK <"$STATE/firewall"
    rm -f "$STATE/firewall"
}
