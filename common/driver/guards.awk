# Guards: what must hold for a figure to mean what its row says. Each has a rule fixed beforehand,
# its evidence in facts.csv, and a sentence on what to do. `void` leaves the figure out of the
# report; `mark` leaves it in, with the sentence below the table. A rule says nothing about what it
# cannot see.
#
# Input: KEY=VALUE lines, facts of the host, the platform and the trial. Variables: place (the first
# columns of a row of guards.csv), platform, benchmark (`-`: the whole block), own_cpus and own_memory
# (what the platform's name asks for). Output: rows of guards.csv. csv.awk stands in front of it.

function number(key) { return f[key] + 0 }
function has(key) { return f[key] != "" } # not `key in f`: asking for f[key] anywhere makes it so
function guard(name, outcome, evidence, advice) {
    print place "," name "," outcome "," csv_field(evidence) "," csv_field(advice)
}
function bytes(text,    n) {
    n = text + 0
    if (text ~ /^[0-9.]+ *[kK]/) return n * 1024
    if (text ~ /^[0-9.]+ *[mM]/) return n * 1048576
    if (text ~ /^[0-9.]+ *[gG]/) return n * 1073741824
    return n
}
# How many CPUs a list such as 0-2,5 names; they become the keys of `set`.
function cpu_set(list, set,    n, i, part, ends, c, count) {
    n = split(list, part, ",")
    for (i = 1; i <= n; i++) {
        split(part[i] "-" part[i], ends, "-")
        for (c = ends[1] + 0; c <= ends[2] + 0; c++) { set[c] = 1; count++ }
    }
    return count
}
function cpus(list,    set) { return cpu_set(list, set) }
# How many CPUs the platform under test and the load client have together.
function cpus_in_use(    n) {
    n = cpus(f["host.test_cpus"])
    if (has("host.client_cpus") && f["host.client_cpus"] != f["host.test_cpus"])
        n += cpus(f["host.client_cpus"])
    return n > 0 ? n : 1
}
# The first CPU that is in both lists, or "".
function common_cpu(one, other,    a, b, c, first) {
    cpu_set(one, a)
    cpu_set(other, b)
    for (c in a)
        if ((c in b) && (first == "" || c + 0 < first)) first = c + 0
    return first
}
# What the platform's name asks for.
function asked_key(name,    text) {
    if (platform ~ /^exec:/ || !match(platform, "[:,]" name "=[^,]*")) return ""
    text = substr(platform, RSTART, RLENGTH)
    return substr(text, index(text, "=") + 1)
}
function min(a, b) { return a < b ? a : b }
function chosen(policy) {
    return match(policy, /\[[a-z]+\]/) ? substr(policy, RSTART + 1, RLENGTH - 2) : policy
}
function percent(part, whole) { return sprintf("%.1f %%", 100 * part / whole) }
# Of "N read, M written" or "M written".
function written(text) { sub(/ written.*/, "", text); sub(/.* /, "", text); return text + 0 }
function mib(n) { return sprintf("%.1f MiB", n / 1048576) }

{ at = index($0, "="); f[substr($0, 1, at - 1)] = substr($0, at + 1) }
END {
    name = platform
    sub(/:.*/, "", name)
    if (benchmark == "-") block_rules(); else trial_rules()
}

function block_rules() {
    # Identity: the platform is what its row is called.
    if (name == "kvm" && has("identity.kvm_enabled") && f["identity.kvm_enabled"] != "true")
        guard("identity", "void", "QMP query-kvm says enabled=" f["identity.kvm_enabled"],
            "QEMU has fallen back to emulation; check /dev/kvm with ./run.sh --doctor")
    if (name == "qemu" && f["identity.kvm_enabled"] == "true")
        guard("identity", "void", "QMP query-kvm says enabled=true", "this is kvm, not emulation")
    if (f["platform.kind"] == "container" && has("identity.pid_namespace") &&
        f["identity.pid_namespace"] == f["host.pid_namespace"])
        guard("identity", "void", "it is in the host's pid namespace " f["host.pid_namespace"],
            "no container was made; look at the engine's log")
    if (f["identity.runtime"] == "runsc" && f["identity.kernel"] == f["host.kernel"])
        guard("identity", "void", "it sees the host's kernel " f["host.kernel"],
            "this is not gVisor; look at the engine's log")
    runtime_rules()
    if (has("platform.arch") && has("host.arch") && f["platform.arch"] != f["host.arch"])
        guard("architecture", "mark",
            "it is " f["platform.arch"] " and this host " f["host.arch"] \
            ": its programs are other ones, built for that",
            "read its cost as that of another architecture, too: not one instruction is the same")
    if (has("sha256.different"))
        guard("sha256", "void", "other programs there than here: " f["sha256.different"],
            "build the image again: make clean all, then ./run.sh")
    if (has("sha256.unknown"))
        guard("sha256", "mark", "the programs there could not be checked", "see log/driver.log")
    if (f["platform.kind"] != "native" && has("platform.unlimited"))
        guard("resources", "mark", "not limited as asked: " f["platform.unlimited"],
            limit_advice(f["platform.unlimited"]))
    if (f["platform.kind"] == "vm" && f["host.virtualized"] == "yes" && name == "kvm")
        guard("nested", "mark", "this host is itself a guest: its guests pay for two hypervisors",
            "measure on bare metal before calling this the cost of KVM")
    if (f["platform.kind"] == "vm" && number("host.ksm") == 1)
        guard("ksm", "mark", "the host merges equal pages (ksm/run is 1)", "echo 0 >/sys/kernel/mm/ksm/run")
    if (has("host.mixed_cores"))
        guard("cores", "mark", "its CPUs " f["host.test_cpus"] " are cores of several kinds",
            "choose --cpus among those of one kind: a figure is that of the core it happened to run on")
    load_rules()
    clock_rules()
}

# The runtime that was asked for, the one that the engine names, and the kernel that is seen inside. Docker's
# default may be any: gVisor's is a kernel of its own, whose cost is not a container's.
function runtime_rules(    asked) {
    asked = asked_key("runtime")
    if (f["platform.kind"] != "container" || !has("identity.runtime")) return
    if (asked != "" && asked != "default" && f["identity.runtime"] != asked)
        guard("identity", "void", "it is run by " f["identity.runtime"] ", not by " asked,
            "look at the engine's log")
    else if ((asked == "" || asked == "default") &&
        f["identity.runtime"] !~ /^(runc|crun|io\.containerd\.runc\.v[0-9]+)$/)
        guard("runtime", "mark",
            "its containers are run by " f["identity.runtime"] ", which nobody asked for",
            "runtime=runc in the platform's name, or another default runtime for the engine")
    else if (asked !~ /^(runsc|kata.*)$/ && has("identity.kernel") && has("host.kernel") &&
        f["identity.kernel"] != f["host.kernel"])
        guard("runtime", "mark",
            f["identity.runtime"] " there shows the kernel " f["identity.kernel"] ", not " f["host.kernel"],
            "this is a sandbox under that name; look at the engine's runtimes (docker info)")
}

# By the CPUs in use: one busy process is much for two of them, and the housekeeping of 64 is no load. What
# cannot be told apart by CPU is weighed on all.
function load_rules(    n, load) {
    n = has("host.load_in_use") ? cpus_in_use() : number("host.cpus")
    load = has("host.load_in_use") ? number("host.load_in_use") : number("host.load")
    if (load > 0.075 * (n > 2 ? n : 2))
        guard("load", "mark", sprintf("%.2f CPUs were busy before it was started", load),
            "end what else runs on this host; ps aux --sort=-pcpu shows it")
}

# Between two readings there as much time has passed as here, give or take how long reading took:
# clock.host_least and clock.host_most, from after the first to before the second and from before the first to
# after the second.
function clock_rules(    least, most) {
    least = has("clock.host_least") ? number("clock.host_least") : number("clock.host")
    most = has("clock.host_most") ? number("clock.host_most") : number("clock.host")
    if (least > 1 && (number("clock.guest") < 0.99 * least - 0.05 ||
        number("clock.guest") > 1.01 * most + 0.05))
        guard("clock", "void", sprintf("%.2f s there were %s s here", f["clock.guest"],
            least == most ? sprintf("%.2f", least) : sprintf("%.2f to %.2f", least, most)),
            "no time measured there can be believed; give the guest another clock source")
}

function trial_rules() {
    # The load client runs on the host: its facts are not the platform's.
    if (benchmark != "nginxload") inside_rules()
    if (benchmark == "diskrand") disk_rules()
    if (benchmark == "nginxload") network_rules()
    if (f["platform.kind"] == "vm" && benchmark ~ /^(forksum|nginxload)$/) kernel_rules()
    quota_rules()
    disturbance_rules()
    waited_rules()
}

# What a process, a system call or a packet costs is the kernel's doing first.
function kernel_rules(    there, differ) {
    if (has("guest.kernel") && has("host.kernel") && f["guest.kernel"] != f["host.kernel"])
        there = "it runs Linux " f["guest.kernel"] " and the host " f["host.kernel"]
    if (benchmark != "nginxload")
        differ = mitigations_that_differ(f["cpu.mitigations"], f["host.mitigations"])
    if (differ != "")
        there = there (there == "" ? "" : "; ") "mitigations differ: " differ
    if (there != "")
        guard("kernel", "mark", there,
            "part of the difference is that of two kernels; kernel=FILE boots another in the guest")
}

# Names of "NAME: STATE; NAME: STATE", where a state may hold semicolons, too: what is not the same in both.
function mitigations_that_differ(there, here,    names, n, i, a, b, differ) {
    if (there == "" || here == "" || there == "unknown" || here == "unknown") return ""
    n = mitigation_states(there, a, names, 0)
    n = mitigation_states(here, b, names, n)
    for (i = 1; i <= n; i++)
        if (a[names[i]] != b[names[i]] && index(" " differ ",", " " names[i] ",") == 0)
            differ = differ (differ == "" ? "" : ", ") names[i]
    return differ
}
function mitigation_states(text, state, names, n,    part, parts, i, name) {
    parts = split(text, part, "; ")
    for (i = 1; i <= parts; i++) {
        if (match(part[i], /^[a-z0-9_]+: (Mitigation|Vulnerable|Processor|Unknown|KVM)/)) {
            name = substr(part[i], 1, index(part[i], ":") - 1)
            names[++n] = name
            part[i] = substr(part[i], length(name) + 3)
            state[name] = part[i]
        } else {
            state[name] = state[name] "; " part[i]
        }
    }
    return n
}

# CPU time that control groups grant: inside, and to the driver with what it starts (a container is not among
# that).
function quota_rules(    wanted) {
    wanted = own_cpus != "" ? own_cpus + 0 : cpus(f["host.test_cpus"])
    if (benchmark != "nginxload" && number("cgroup.cpus") > 0 && number("cgroup.cpus") < wanted)
        guard("quota", "mark", "a control group grants it " f["cgroup.cpus"] " CPUs of " wanted,
            "take the limit off: --cpus of a container, CPUQuota= of a service")
    else if (benchmark == "nginxload" && number("cgroup.cpus") > 0 &&
        number("cgroup.cpus") < cpus(f["host.client_cpus"]))
        guard("quota", "mark",
            "a control group grants the load client " f["cgroup.cpus"] " CPUs of " \
            cpus(f["host.client_cpus"]),
            "run the driver where no limit holds: CPUQuota= of its service, --cpus of its container")
    else if (f["platform.kind"] !~ /^(container|exec)$/ && number("host.cgroup_cpus") > 0 &&
        number("host.cgroup_cpus") < wanted)
        guard("quota", "mark",
            "a control group grants the driver and what it starts " f["host.cgroup_cpus"] " CPUs of " wanted,
            "run the driver where no limit holds: CPUQuota= of its service, --cpus of its container")
}

# Whoever waits for a CPU that it was promised: the programs, by what they say of themselves, and the
# platform's own processes on the host, less what they can have waited for each other. Of a program that lives
# by its children it is an estimate, in which the kernel's work for those that have ended looks like somebody
# else's: up to 6.4 % on quiet hosts.
function waited_rules(    k, prefix, share, worst, others, wall) {
    for (k in f) {
        if (k !~ /(^|\.)timed\.waited$/ || f[k] == "unknown") continue
        prefix = substr(k, 1, length(k) - length("timed.waited"))
        if (number(prefix "timed.wall") < 0.1) continue
        share = number(k) / number(prefix "timed.wall")
        if (share > worst) worst = share
    }
    wall = number("bill.wall")
    others = number("bill.host_cpu") - number("bill.platform_cpu")
    # The load client is no part of the platform; of one without a bill, its programs are what is known.
    if (benchmark == "nginxload" || !has("bill.platform_cpu"))
        others -= of_all_parts("timed.user") + of_all_parts("timed.system")
    if (worst > (benchmark == "forksum" ? 0.1 : 0.05))
        guard("waited", "mark",
            (benchmark == "nginxload" ? "the load client" : "it") \
            " waited for its CPU for " percent(worst, 1) " of the time",
            waited_advice(f[benchmark == "nginxload" ? "host.client_cpus" : "host.test_cpus"], worst, others,
                wall))
    others = min(number("bill.waited"), others)
    if (wall > 0.5 && others > 0.1 * wall)
        guard("waited", "mark",
            "its processes on the host waited for a CPU for " percent(others, wall) " of the time",
            waited_advice(f["host.test_cpus"], others / wall, others, wall))
}

# That something else ran is said only where the host's bill has CPU time of others, half as long at least.
function waited_advice(where, share, others, wall) {
    if (has("bill.host_cpu") && others < 0.5 * share * wall)
        return "nobody else was seen to have it for so long: its own processes and the kernel had;" \
            " give it more with --cpus"
    return "something else ran on CPU " where " (a platform's own helper, such as docker-proxy, counts);" \
        " end it, or choose others with --cpus"
}

# A guest has what its keys say, a container what its engine may limit, what runs elsewhere what is there.
function limit_advice(key) {
    if (f["platform.kind"] == "vm") return "see the platform's " key " key"
    if (f["platform.kind"] == "container") return "give this user the cgroup controllers, or measure as root"
    return "give the others as much, with --cpus and --memory"
}

function cache_advice() { return f["platform.kind"] == "vm" ? "; use cache=none" : "" }

function inside_rules(    wanted, memory) {
    if (name == "kvm" && f["hypervisor"] ~ /^TCG/ || name == "qemu" && f["hypervisor"] !~ /^(TCG|unknown|$)/)
        guard("identity", "void", "CPUID there names the hypervisor " f["hypervisor"],
            "this is not " name "; check the accelerator")
    if (benchmark == "linpack" && f["host.isa"] != "" && has("isa") && f["isa"] != "baseline" &&
        f["isa"] != f["host.isa"])
        guard("isa", "void", "ran with " f["isa"] " instead of " f["host.isa"], "see --list-isa there")

    # Equal resources, as the program saw them from inside.
    wanted = cpus(f["host.test_cpus"])
    if (has("cpu.allowed") && own_cpus == "" &&
        cpus(f["cpu.allowed"]) != wanted && f["cgroup.cpus"] != wanted "")
        guard("resources", "mark", cpus(f["cpu.allowed"]) " CPUs there, " wanted " wanted",
            limit_advice("cpus"))
    memory = has("cgroup.memory") && f["cgroup.memory"] != "none" ? \
        bytes(f["cgroup.memory"]) : bytes(f["memory"])
    if (memory > 0 && f["platform.kind"] != "native" && own_memory == "" &&
        (memory > 1.1 * bytes(f["host.memory"]) || memory < 0.8 * bytes(f["host.memory"])))
        guard("resources", "mark", mib(memory) " of memory there, " f["host.memory"] " wanted",
            limit_advice("memory"))
    if (has("thp") && has("host.thp") && f["thp"] != "unknown" && chosen(f["thp"]) != chosen(f["host.thp"]))
        guard("thp", "mark",
            "huge pages are set to " chosen(f["thp"]) " there and to " chosen(f["host.thp"]) " here",
            "set /sys/kernel/mm/transparent_hugepage/enabled alike")
}

# A fact of the benchmark's parts, added up: the first one's has its bare name.
function of_all_parts(name,    k, sum) {
    for (k in f)
        if (k == name || substr(k, length(k) - length(name)) == "." name) sum += number(k)
    return sum
}

function disturbance_rules(    wall, timed, steal) {
    wall = number("bill.wall")
    if (wall > 0.5 && number("host.steal") > 0.02 * wall * cpus_in_use())
        guard("steal", "mark", "the hypervisor below this host took " \
            percent(f["host.steal"], wall * cpus_in_use()) " of its CPUs",
            "measure again when the neighbours are quiet, or on another machine")
    timed = of_all_parts("timed.wall")
    steal = of_all_parts("timed.steal")
    if (f["platform.kind"] == "vm" && timed > 0.2 && steal > 0.02 * timed)
        guard("steal", "mark", "its CPU was taken away for " percent(steal, timed) " of the time",
            "something else runs on CPU " f["host.test_cpus"] " of this host")
    if (number("host.throttled") > 0)
        guard("throttling", "mark", f["host.throttled"] " thermal or quota throttling events",
            "cool the machine, or raise the CPU quota")
    if (wall > 0 && timed > 1.02 * wall + 0.1)
        guard("clock", "void", sprintf("it measured %.2f s within a trial of %.2f s", timed, wall),
            "its clock is fast; no time measured there can be believed")
}

function disk_rules(    moved) {
    if (f["direct"] ~ /^no/)
        guard("direct", "mark", "not direct: " f["direct"], "measure on a file system with O_DIRECT")
    if (f["data.storage"] == "overlay")
        guard("overlay", "mark", "the file lies on overlayfs", "storage=volume is what data belongs on")
    if (f["guard.bytes"] ~ /^failed/)
        guard("bytes", "mark", substr(f["guard.bytes"], 9),
            "where a cache took it, this is the speed of memory; else end what else uses that disk")
    # A block's bill holds filling and warm-up, too; that of turns is of their steps.
    moved = written(f["bytes.asked"]) + (f["option.steps"] == "yes" ? 0 : written(f["bytes.before"]))
    if (has("data.memory"))
        guard("memory", "mark", "its data lies on what is no disk: " f["data.memory"],
            "this is the speed of memory; put the checkout, or BUILD=, on a disk")
    else if (f["data.device"] ~ /^(none|unknown)$/)
        guard("direct", "mark",
            "no device of the host is known behind its data" \
            (has("data.filesystem") ? ", on " f["data.filesystem"] : ""),
            "nobody saw the bytes arrive on a disk; put the checkout, or BUILD=, on ext4 or xfs")
    else if (has("data.device") && f["option.pattern"] ~ /write|rw$/ && moved > 0 &&
        number("host.disk_written") < 0.9 * moved)
        guard("direct", "mark",
            mib(f["host.disk_written"]) " reached the host's disk of " mib(moved) " written there",
            "the rest is in the host's page cache: this is the speed of memory" cache_advice())
    else if (moved > 0 && number("host.data_cached") > 0.1 * moved)
        guard("direct", "mark", mib(f["host.data_cached"]) " of its disk lie in the host's page cache",
            "what is read there, and maybe what is written, is the speed of memory" cache_advice())
    if (f["platform.kind"] == "vm" && number("host.data_grown") > 1048576)
        guard("allocation", "mark", "the disk image grew by " mib(f["host.data_grown"]) " meanwhile",
            "allocate it beforehand: prealloc=falloc or full")
}

function network_rules() {
    if (has("server.different"))
        guard("server", "void", "another server there than here: " f["server.different"],
            "build the image again: make clean all, then ./run.sh; let nothing change what nginx is given")
    if (has("server.unknown"))
        guard("server", "mark", "what serves there could not be checked", "see log/driver.log")
    if (f["net.backend"] ~ /^(user|slirp)/)
        guard("network", "mark",
            "the network is " f["net.backend"] ", which moves every packet by a process on the host",
            (f["platform.kind"] == "vm" ? "net=tap or net=passt" : "net=host") \
            " shows how much of the cost that is")
    congestion_rules()
    if (has("host.client_cpus") && common_cpu(f["host.test_cpus"], f["host.client_cpus"]) != "")
        guard("client", "mark", "the load client and the server share CPU " \
            common_cpu(f["host.test_cpus"], f["host.client_cpus"]),
            "the client takes the time of what it measures; " \
            "use a host with two CPUs, or leave it more of them")
    else if (has("host.shared_core"))
        guard("client", "mark",
            "the load client and the server share a core: CPUs " f["host.shared_core"] " are threads of one",
            "choose --cpus by whole cores; " \
            "/sys/devices/system/cpu/cpu0/topology/thread_siblings_list tells them")
    client_guard("client", "this is the client's limit, not the server's; give it more CPUs")
    client_guard("connections",
        "with fewer it is less load; look at the server's log and its limit of open files")
    client_guard("rate",
        "latencies are those of a lower rate; ask for less with --rate, or give the client more CPUs")
    client_guard("retransmits", "look for the link or queue that drops packets: tc -s qdisc, ip -s link")
    if (number("host.disk_read") > 16777216 &&
        number("host.disk_read") > 0.1 * number("big.download.bytes") && number("big.download.bytes") > 0)
        guard("resident", "mark", mib(f["host.disk_read"]) " were read from the disk meanwhile",
            "the file served does not stay in the page cache; give the platform more memory")
}

# Who sends most, the server, sends as its kernel's default has it.
function congestion_rules(    there, here) {
    there = f["net.congestion"]
    here = f["host.congestion"]
    if (there != "" && here != "" && there != here)
        guard("congestion", "mark", "TCP sends by " there " there and by " here " on this host",
            "part of the difference is theirs; set net.ipv4.tcp_congestion_control to the same on both sides")
    else if (there ~ /^bbr/)
        guard("congestion", "mark", "TCP sends by " there ", which paces packets by a clock: within one " \
            "machine that is slower, and varies more, than what the server can do",
            "sysctl -w net.ipv4.tcp_congestion_control=cubic while measuring")
}

# What the load client says of itself: `pass` or a sentence; twice, for requests and for the download.
function client_guard(guard_name, advice) {
    client_said(guard_name, "requests", f["guard." guard_name], advice)
    client_said(guard_name, "download", f["big.guard." guard_name], advice)
}
function client_said(guard_name, load, said, advice) {
    if (said != "" && said != "pass")
        guard(guard_name, "mark", "the client's " load ": " said, advice)
}
