# The host's firewall, part of platform.sh: engines leave rules and a bridge behind when they end. They are
# taken out rule by rule: what was there before stays, and so does what is not of a form that engines write,
# whoever has added it since.

# firewall_rules: lines TABLE RULE and TABLE :CHAIN POLICY of the tables that engines write to, uncounted.
firewall_rules() {
    for firewall_table in filter nat raw; do
        PATH=$PATH:/usr/sbin:/sbin iptables-save -t "$firewall_table" 2>/dev/null |
            sed -n -e 's/ \[[0-9:]*\]$//' -e "s/^[-:]/$firewall_table &/p"
    done
}

# firewall_save: what is about to be changed of the host's network: forwarding, policies and rules.
firewall_save() {
    cat /proc/sys/net/ipv4/ip_forward
    firewall_rules
}

# firewall_restore BRIDGE CHAINS: what firewall_save has said is on stdin. The engine's chains have names that
# match CHAINS, an extended regular expression.
firewall_restore() {
    PATH=$PATH:/usr/sbin:/sbin
    ip link del "$1" 2>/dev/null || :
    read -r firewall_forward
    {
        cat
        echo now
        firewall_rules
    } | firewall_changes "$1" "$2" | iptables-restore --noflush 2>/dev/null || :
    echo "$firewall_forward" >/proc/sys/net/ipv4/ip_forward
}

# firewall_changes BRIDGE CHAINS: from rules as they were, a line `now`, and rules as they are: what
# iptables-restore is to do. Beside chains of its own and jumps to them, an engine writes rules that let its
# bridge through and masquerade its addresses.
firewall_changes() {
    awk -v bridge="$1" -v chains="^($2)\$" '
        function is_form(rule,    address, through) {
            through = "( ! -o " bridge "| -o " bridge "| -m conntrack --ctstate RELATED,ESTABLISHED)?"
            if (rule ~ "^FORWARD (-i|-o) " bridge through " -j ACCEPT$") return 1
            if (rule ~ "^POSTROUTING -s 172\\.[0-9.]+/16 ! -o " bridge " -j MASQUERADE$") return 1
            if (!match(rule, /-[sd] 172\.[0-9.]+\/32/)) return 0
            address = substr(rule, RSTART + 3, RLENGTH - 3)
            return rule == "PREROUTING -d " address " ! -i " bridge " -j DROP" || rule ~ / -j MASQUERADE$/ &&
                index(rule, "POSTROUTING -s " address " -d " address " ") == 1
        }
        $0 == "now" { now = 1; next }
        !now && $2 ~ /^:/ { policy[$1, $2] = $3; next }
        !now { before[$0]++; next }
        $1 != table { table = $1; text[++count] = "*" table }
        $2 ~ /^:/ && !(($1, $2) in policy) && substr($2, 2) ~ chains {
            gone[$1, substr($2, 2)] = 1
            text[++count] = "-F " substr($2, 2)
            last[table] = last[table] "-X " substr($2, 2) "\n"
            next
        }
        $2 ~ /^:/ {
            if (($1, $2) in policy && policy[$1, $2] != $3 && $3 != "-")
                text[++count] = $2 " " policy[$1, $2]
            next
        }
        ($1, $3) in gone || before[$0]-- > 0 { next }
        {
            rule = substr($0, length($1) + 5)
            if (is_form(rule) || $(NF - 1) == "-j" && ($1, $NF) in gone)
                text[++count] = "-D " rule
        }
        END {
            for (i = 1; i <= count; i++) {
                if (text[i] ~ /^\*/ && i > 1) printf "%sCOMMIT\n", last[open]
                if (text[i] ~ /^\*/) open = substr(text[i], 2)
                print text[i]
            }
            if (count) printf "%sCOMMIT\n", last[open]
        }'
}

# Podman's rules and bridge are those of CNI or, from version 4 on, of netavark. firewall_podman_save keeps
# quiet where some are there already: somebody's.
firewall_podman_rules() { firewall_rules | grep -e CNI- -e NETAVARK; }
firewall_podman_save() { firewall_podman_rules >/dev/null || firewall_save >"$STATE/firewall"; }

# Where a container of somebody else's has come up meanwhile (it has a rule for its address), all is left.
firewall_podman_restore() {
    [ -f "$STATE/firewall" ] || return 0
    firewall_podman_rules | grep -Eq -- '-A (CNI-FORWARD|NETAVARK_FORWARD) -[ds] ' ||
        for firewall_bridge in cni-podman0 podman0; do
            firewall_restore "$firewall_bridge" 'CNI-[A-Za-z0-9-]*|NETAVARK[A-Za-z0-9_-]*' <"$STATE/firewall"
        done
    rm -f "$STATE/firewall"
}
