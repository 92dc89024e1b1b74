#!/bin/sh
# What an engine that has ended leaves in the host's firewall is taken out rule by rule, in a network of the
# test's own: a user's rule survives, even one for the engine's bridge.
. common/test/tap.sh
. docker/firewall.sh
PATH=$PATH:/usr/sbin:/sbin

# Both parts run in one network name space of their own, which holds nothing at first.
case ${1:-} in
'')
    [ "$(id -u)" -eq 0 ] || skip_all 'needs root'
    command -v iptables-restore >/dev/null || skip_all 'there is no iptables (apt-get install iptables)'
    command -v ip >/dev/null || skip_all 'there is no ip (apt-get install iproute2)'
    unshare --net --mount true 2>/dev/null || skip_all 'name spaces are forbidden here'
    unshare --net iptables -N GM 2>/dev/null || skip_all 'this kernel has no tables to write to'
    exec unshare --net --mount sh "$0" inside
    ;;
esac

# as_docker: what dockerd writes, with a container's rules, which it takes out itself unless it is killed.
as_docker() {
    ip link add docker0 type bridge
    iptables -P FORWARD DROP
    for chain in DOCKER DOCKER-USER DOCKER-ISOLATION-STAGE-1 DOCKER-ISOLATION-STAGE-2; do
        iptables -N "$chain"
    done
    iptables -A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
    iptables -A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
    iptables -A DOCKER-USER -j RETURN
    iptables -A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 8080 -j ACCEPT
    iptables -I FORWARD -i docker0 -o docker0 -j ACCEPT
    iptables -I FORWARD -i docker0 ! -o docker0 -j ACCEPT
    iptables -I FORWARD -o docker0 -j DOCKER
    iptables -I FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
    iptables -I FORWARD -j DOCKER-ISOLATION-STAGE-1
    iptables -I FORWARD -j DOCKER-USER
    iptables -t nat -N DOCKER
    iptables -t nat -A DOCKER -i docker0 -j RETURN
    iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
    iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
    iptables -t nat -A POSTROUTING -s 172.17.0.2/32 -d 172.17.0.2/32 -p tcp -m tcp --dport 8080 -j MASQUERADE
    echo 1 >/proc/sys/net/ipv4/ip_forward
}
as_podman() {
    ip link add cni-podman0 type bridge
    ip link add podman0 type bridge
    iptables -N CNI-FORWARD
    iptables -A FORWARD -m comment --comment 'CNI firewall plugin rules' -j CNI-FORWARD
    iptables -t nat -N CNI-5f1b
    iptables -t nat -A CNI-5f1b ! -d 224.0.0.0/4 -j MASQUERADE
    iptables -t nat -A POSTROUTING -s 10.88.0.2/32 -m comment --comment 'name: "podman"' -j CNI-5f1b
}
# The user's own: before, and while the engine runs.
users_before() {
    iptables -N MINE
    iptables -A FORWARD -s 10.9.0.0/16 -i docker0 -j DROP
    iptables -A FORWARD -m comment --comment 'no DOCKER rule' -j MINE
    iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
}
users_meanwhile() {
    iptables -I FORWARD -i docker0 -p tcp -m tcp --dport 25 -m comment --comment 'mine, "docker0"' -j DROP
    iptables -N CNI-of-mine 2>/dev/null
    iptables -t nat -A POSTROUTING -s 172.17.5.0/24 -j ACCEPT
}
rules() { firewall_rules | sed 's/ \[.*//' | sort; }

echo 0 >/proc/sys/net/ipv4/ip_forward
users_before
rules >"$TMP/before"
firewall_save >"$TMP/saved"
ok 'rules as Docker writes them' as_docker
rules >"$TMP/rules"
check 'are other rules than before' sh -c '! cmp -s "$1" "$2"' - "$TMP/before" "$TMP/rules"
firewall_restore docker0 'DOCKER[A-Z0-9-]*' <"$TMP/saved"
rules >"$TMP/after"
run diff "$TMP/before" "$TMP/after"
check 'all that Docker has left is gone, once, and nothing else' [ ! -s "$TMP/out" ]
# By ip, since /sys is the host's, whatever network one is in.
bridge_gone() { ! ip link show "$1"; }
check 'its bridge is gone' bridge_gone docker0
check 'and nothing is forwarded' grep -qx 0 /proc/sys/net/ipv4/ip_forward

as_docker
users_meanwhile
firewall_restore docker0 'DOCKER[A-Z0-9-]*' <"$TMP/saved"
rules >"$TMP/after"
grep -vxFf "$TMP/before" "$TMP/after" >"$TMP/out"
check "a user's rules that came meanwhile stay" [ "$(wc -l <"$TMP/out")" -eq 3 ]
out_has 'one for the bridge too' 'dport 25 .*mine'
check 'and all that were there' [ "$(grep -cxFf "$TMP/before" "$TMP/after")" -eq "$(wc -l <"$TMP/before")" ]

rules >"$TMP/before"
firewall_save >"$TMP/saved"
as_podman
STATE=$TMP
cp "$TMP/saved" "$STATE/firewall"
firewall_podman_restore
rules >"$TMP/after"
run diff "$TMP/before" "$TMP/after"
check "podman's are taken out, and no chain that was there and is called alike" [ ! -s "$TMP/out" ]
check "CNI's bridge is gone" bridge_gone cni-podman0
check "and netavark's" bridge_gone podman0

tap_done
