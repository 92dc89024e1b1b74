# The host's cores: which CPUs are threads of one, and which are of another kind (performance and efficiency
# cores). CORES_SYS is where the kernel tells that; tests have a tree of their own.

# cores_table LIST: a line per CPU of the list: its number, the first CPU of its core, and its kind, the
# fastest having the largest number.
cores_table() {
    cores_sys=${CORES_SYS:-/sys}
    cores_slow=
    [ ! -r "$cores_sys/devices/cpu_atom/cpus" ] ||
        cores_slow=" $(platform_cpus "$(cat "$cores_sys/devices/cpu_atom/cpus")") "
    for cores_cpu in $(platform_cpus "$1"); do
        cores_of=$cores_sys/devices/system/cpu/cpu$cores_cpu
        cores_first=$cores_cpu cores_kind=1024
        if [ -r "$cores_of/topology/thread_siblings_list" ]; then
            # Not by read, which asks for single bytes: some kernels then leave the line's end out.
            cores_first=$(cat "$cores_of/topology/thread_siblings_list")
            cores_first=${cores_first%%[,-]*}
        fi
        case $cores_slow in *" $cores_cpu "*) cores_kind=1 ;; esac
        [ ! -r "$cores_of/cpu_capacity" ] || cores_kind=$(cat "$cores_of/cpu_capacity")
        echo "$cores_cpu ${cores_first:-$cores_cpu} $cores_kind"
    done
}

# cores_choose ALLOWED TEST: two lists, for the platform under test and for the load client. Without TEST
# whole cores of the fastest kind, up to half of the CPUs, are for the platform; the client gets CPUs of other
# cores where there are any. Fails if TEST is no list of CPUs that are allowed.
cores_choose() {
    cores_given=$(platform_cpus "$2") || return
    cores_table "$1" | awk -v given="$cores_given" '
        function before(a, b) {
            return kind[a] != kind[b] ? kind[a] > kind[b] : core[a] != core[b] ? core[a] < core[b] : a < b }
        function take(c) { test[c] = 1; busy[core[c]] = 1; taken++ }
        { cpu[++n] = $1 + 0; core[$1 + 0] = $2 + 0; kind[$1 + 0] = $3 + 0; size[$2 + 0]++ }
        END {
            for (i = 2; i <= n; i++)
                for (j = i; j > 1 && before(cpu[j], cpu[j - 1]); j--) {
                    swap = cpu[j]; cpu[j] = cpu[j - 1]; cpu[j - 1] = swap }
            m = split(given, wanted, " ")
            for (i = 1; i <= m; i++) { if (!((wanted[i] + 0) in core)) exit 1; take(wanted[i] + 0) }
            half = n > 1 ? int(n / 2) : 1
            for (i = 1; i <= n && m == 0; i++) {
                c = cpu[i]
                if (i > 1 && kind[c] != kind[cpu[1]]) break
                if (taken >= half || (!(core[c] in busy) && i > 1 && taken + size[core[c]] > half)) break
                take(c)
            }
            for (i = 1; i <= n; i++) apart += !(cpu[i] in test) && !(core[cpu[i]] in busy)
            for (i = 1; i <= n; i++) least[cpu[i]] = 1
            for (c = 0; c < 8192; c++) {
                if (!(c in least)) continue
                if (c in test) ours = ours "," c
                else if (!apart || !(core[c] in busy)) others = others "," c
            }
            if (n == 0) exit 1
            print substr(ours, 2), substr(others == "" ? ours : others, 2)
        }'
}

# cores_facts TEST CLIENT: where the two share a core, and where the platform has cores of several kinds.
cores_facts() {
    { cores_table "$1" && echo - && cores_table "$2"; } | awk '
        $1 == "-" { client = 1; next }
        !client { mine[$2] = $1; if (kind != "" && kind != $3) mixed = 1; kind = $3; next }
        ($2 in mine) && mine[$2] != $1 && shared == "" { shared = mine[$2] " and " $1 }
        END {
            if (shared != "") print "host.shared_core=" shared
            if (mixed) print "host.mixed_cores=yes"
        }'
}
