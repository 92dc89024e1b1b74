# Guards: what must hold for a figure to mean what its row says. Each has a rule fixed beforehand,
# its evidence in facts.csv, and a sentence on what to do. `void` leaves the figure out of the
# report; `mark` leaves it in, with the sentence below the table. A rule says nothing about what it
# cannot see.
#
# Input: KEY=VALUE lines, facts of the host, the platform and the trial. Variables: place (the first
# columns of a row of guards.csv), platform, benchmark (`-`: the whole block), own_cpus and own_memory
# (what the platform's name asks for). Output: rows of guards.csv.

function number(key) { return f[key] + 0 }
function has(key) { return key in f }
function field(text) {
    gsub(/"/, "\"\"", text)
    return text ~ /[",]/ ? "\"" text "\"" : text
}
function guard(name, outcome, evidence, advice) {
    print place "," name "," outcome "," field(evidence) "," field(advice)
}
function bytes(text,    n) {
    n = text + 0
    if (text ~ /^[0-9.]+ *[kK]/) return n * 1024
    if (text ~ /^[0-9.]+ *[mM]/) return n * 1048576
    if (text ~ /^[0-9.]+ *[gG]/) return n * 1073741824
    return n
}
function cpus(list,    n, i, part, ends, count) {
    n = split(list, part, ",")
    for (i = 1; i <= n; i++) {
        split(part[i] "-" part[i], ends, "-")
        count += ends[2] - ends[1] + 1
    }
    return count
}
function chosen(policy) { return match(policy, /\[[a-z]+\]/) ? substr(policy, RSTART + 1, RLENGTH - 2) : policy }
function percent(part, whole) { return sprintf("%.1f %%", 100 * part / whole) }
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
        guard("identity", "void", "it sees the host's kernel " f["host.kernel"], "this is not gVisor; look at the engine's log")
    if (has("sha256.different"))
        guard("sha256", "void", "other programs there than here: " f["sha256.different"],
            "build the image again: make clean all, then ./run.sh")
    if (has("sha256.unknown"))
        guard("sha256", "mark", "the programs there could not be checked", "see log/driver.log")
    if (f["platform.kind"] != "native" && has("platform.unlimited"))
        guard("resources", "mark", "not limited as asked: " f["platform.unlimited"],
            "give this user the cgroup controllers, or measure as root")
    if (f["platform.kind"] == "vm" && f["host.virtualized"] == "yes" && name == "kvm")
        guard("nested", "mark", "this host is itself a guest: its guests pay for two hypervisors",
            "measure on bare metal before calling this the cost of KVM")
    if (f["platform.kind"] == "vm" && number("host.ksm") == 1)
        guard("ksm", "mark", "the host merges equal pages (ksm/run is 1)", "echo 0 >/sys/kernel/mm/ksm/run")
    if (number("host.load") > 0.15)
        guard("load", "mark", sprintf("%.2f CPUs were busy before it was started", f["host.load"]),
            "end what else runs on this host; ps aux --sort=-pcpu shows it")
    if (number("clock.host") > 1 &&
        (number("clock.guest") < 0.99 * number("clock.host") - 0.05 ||
            number("clock.guest") > 1.01 * number("clock.host") + 0.05))
        guard("clock", "void", sprintf("%.2f s there were %.2f s here", f["clock.guest"], f["clock.host"]),
            "no time measured there can be believed; give the guest another clock source")
}

function trial_rules() {
    # The load client runs on the host: its facts are not the platform's.
    if (benchmark != "nginxload") inside_rules()
    if (benchmark == "diskrand") disk_rules()
    if (benchmark == "nginxload") network_rules()
    disturbance_rules()
}

function inside_rules(    wanted, memory) {
    if (name == "kvm" && f["hypervisor"] ~ /^TCG/ || name == "qemu" && f["hypervisor"] !~ /^(TCG|unknown|$)/)
        guard("identity", "void", "CPUID there names the hypervisor " f["hypervisor"],
            "this is not " name "; check the accelerator")
    if (benchmark == "linpack" && f["host.isa"] != "" && has("isa") && f["isa"] != f["host.isa"])
        guard("isa", "void", "ran with " f["isa"] " instead of " f["host.isa"], "see --list-isa there")

    # Equal resources, as the program saw them from inside.
    wanted = cpus(f["host.test_cpus"])
    if (has("cpu.allowed") && own_cpus == "" &&
        cpus(f["cpu.allowed"]) != wanted && f["cgroup.cpus"] != wanted "")
        guard("resources", "mark", cpus(f["cpu.allowed"]) " CPUs there, " wanted " wanted", "see the platform's cpus key")
    memory = has("cgroup.memory") && f["cgroup.memory"] != "none" ? bytes(f["cgroup.memory"]) : bytes(f["memory"])
    if (memory > 0 && f["platform.kind"] != "native" && own_memory == "" &&
        (memory > 1.1 * bytes(f["host.memory"]) || memory < 0.8 * bytes(f["host.memory"])))
        guard("resources", "mark", mib(memory) " of memory there, " f["host.memory"] " wanted",
            "see the platform's memory key")
    if (has("thp") && has("host.thp") && f["thp"] != "unknown" && chosen(f["thp"]) != chosen(f["host.thp"]))
        guard("thp", "mark", "huge pages are set to " chosen(f["thp"]) " there and to " chosen(f["host.thp"]) " here",
            "set /sys/kernel/mm/transparent_hugepage/enabled alike")
}

function disturbance_rules(    wall) {
    wall = number("bill.wall")
    if (wall > 0.5 && number("host.steal") > 0.02 * wall)
        guard("steal", "mark", "the hypervisor below this host took " percent(f["host.steal"], wall) " of a CPU",
            "measure again when the neighbours are quiet, or on another machine")
    if (f["platform.kind"] == "vm" && number("timed.wall") > 0.2 &&
        number("timed.steal") > 0.02 * number("timed.wall"))
        guard("steal", "mark", "its CPU was taken away for " percent(f["timed.steal"], f["timed.wall"]) " of the time",
            "something else runs on CPU " f["host.test_cpus"] " of this host")
    if (number("host.throttled") > 0)
        guard("throttling", "mark", f["host.throttled"] " thermal or quota throttling events",
            "cool the machine, or raise the CPU quota")
    if (wall > 0 && number("timed.wall") > 1.02 * wall + 0.1)
        guard("clock", "void", sprintf("it measured %.2f s within a trial of %.2f s", f["timed.wall"], wall),
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
    moved = f["trial.bandwidth"] * f["timed.wall"] + bytes(f["option.size"])
    if (has("data.device") && f["data.device"] != "none" && f["option.pattern"] ~ /write|rw$/ && moved > 0 &&
        number("host.disk_written") < 0.9 * moved)
        guard("direct", "mark", mib(f["host.disk_written"]) " reached the host's disk of " mib(moved) " written there",
            "the rest is in the host's page cache: this is the speed of memory; use cache=none")
    else if (moved > 0 && number("host.data_cached") > 0.1 * moved)
        guard("direct", "mark", mib(f["host.data_cached"]) " of its disk lie in the host's page cache",
            "what is read there, and maybe what is written, is the speed of memory; use cache=none")
    if (f["platform.kind"] == "vm" && number("host.data_grown") > 1048576)
        guard("allocation", "mark", "the disk image grew by " mib(f["host.data_grown"]) " meanwhile",
            "allocate it beforehand: prealloc=falloc or full")
}

function network_rules() {
    if (f["net.backend"] ~ /^(user|slirp)/)
        guard("network", "mark", "the network is " f["net.backend"] ", which moves every packet by a process on the host",
            "net=tap or net=passt shows how much of the cost that is")
    client_guard("client", "this is the client's limit, not the server's; give it more CPUs")
    client_guard("connections", "with fewer it is less load; look at the server's log and its limit of open files")
    client_guard("rate", "latencies are those of a lower rate; ask for less with --rate, or give the client more CPUs")
    client_guard("retransmits", "look for the link or queue that drops packets: tc -s qdisc, ip -s link")
    if (number("host.disk_read") > 16777216 && number("host.disk_read") > 0.1 * number("big.download.bytes") && number("big.download.bytes") > 0)
        guard("resident", "mark", mib(f["host.disk_read"]) " were read from the disk meanwhile",
            "the file served does not stay in the page cache; give the platform more memory")
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
