# The state of a fleet: reads what its hosts say (fleet_host.sh; sorted by fleet_sort.awk), `tick EPOCH` every
# beat and `gone STATUS` once the launcher has ended, and keeps FOLDER/hosts: a line for each host,
#   FOLDER STATUS NAME MACHINE BOOT REASON       separated by tabs; STATUS: done, failed, missing, running
# For its driver it prints `say TEXT`, `publish` (hosts has changed), `tick`, `job NUMBER` (of Slurm, new),
# `abandon` (only hung hosts are left) and `gone STATUS NEW` (NEW: how many hosts have said hello; -1: some
# cannot see the folder that the others share).
# usage: OUT=FOLDER awk -v folder=FOLDER -v beat=S -v silence=S -v take=COMMAND -f fleet.awk
BEGIN {
    FS = " "
    while ((getline line <(folder "/known")) > 0) {
        split(line, f, "\t")
        known(f[1], f[2], f[3], f[4], f[5], f[6])
    }
    close(folder "/known")
}

function put(text) { print text; fflush() }

# known FOLDER ...: a host of a campaign that is resumed, as it was left.
function known(at, how, name, machine, boot, why) {
    host[++hosts] = at
    used[at] = hosts
    status[hosts] = how == "running" ? "missing" : how
    names[hosts] = name; machines[hosts] = machine; boots[hosts] = boot; reason[hosts] = why
    here[hosts] = 0
}

# find NAME MACHINE BOOT: the known host that this is; 0: none.
function find(name, machine, boot,    i, any, same) {
    for (i = 1; i <= hosts; i++) {
        if (names[i] != name || here[i]) continue
        if (machines[i] == "-" && status[i] == "missing") any = i
        if (machines[i] != machine) continue
        if (boots[i] == boot) return i
        same++
        any = i
    }
    return same <= 1 ? any + 0 : 0
}

# place NAME: a folder for a host that is new: NAME, NAME-2, ...
function place(name,    at, i) {
    at = name
    for (i = 2; at in used || there(at); i++) at = name "-" i
    return at
}

function there(name) { return system("[ -e \"$OUT/" name "\" ]") == 0 }

# plain NAME: nothing in it that a shell or a path could take amiss.
function plain(name) {
    gsub(/[^A-Za-z0-9._-]/, "_", name)
    sub(/^[.-]/, "_", name)
    return name
}

# twin NAME MACHINE BOOT: who has said hello with all three.
function twin(name, machine, boot,    i) {
    for (i = 1; i <= hosts; i++)
        if (here[i] && names[i] == name && machines[i] == machine && boots[i] == boot) return i
    return 0
}

function hello(id, name, machine, boot, time, nodes, job,    i) {
    name = plain(name)
    if (i = twin(name, machine, boot)) {
        put("say " host[i] ": the launcher has started it twice there; the first one counts")
        return
    }
    i = find(name, machine, boot)
    if (!i) {
        i = ++hosts
        host[i] = place(name)
        used[host[i]] = i
        if (host[i] != name) put("say " name ": another host of this name; it is called " host[i] " here")
        status[i] = "new"
    }
    names[i] = name; machines[i] = machine; boots[i] = boot
    row[id] = i; here[i] = 1; heard[i] = now
    if (nodes != "-") expect(nodes)
    if (job + 0 > 0 && !(job in jobs)) { jobs[job] = 1; put("job " job + 0) }
    if (status[i] == "done") return
    status[i] = "running"; reason[i] = "not finished"
    skewed[i] = time + 0 > now + beat + 60 ? time - now : 0
    write_hosts()
}

# expect NODES: the nodes of a Slurm job, in Slurm's notation.
function expect(nodes,    command, name) {
    if (nodes in asked) return
    asked[nodes] = 1
    gsub(/[^A-Za-z0-9._,[\]-]/, "", nodes)
    command = "scontrol show hostnames '" nodes "' 2>/dev/null"
    while ((command | getline name) > 0) wanted[name] = 1
    close(command)
}

function end(id, outcome, bytes, sum, why,    i, command, bad) {
    if (!(id in row)) return
    i = row[id]
    heard[i] = now
    if (outcome == "already" || status[i] == "done") return
    if (bytes > 0) {
        command = take " " id " " host[i] " " bytes " " sum
        bad = ""
        command | getline bad
        close(command)
        if (bad != "") { outcome = "failed"; why = bad }
    }
    if (skewed[i]) {
        outcome = "failed"
        why = "its clock is " int(skewed[i]) " s ahead of the head's: set it"
    }
    if (outcome == "done" && bytes == 0) outcome = "failed"
    finish(i, outcome == "done" ? "done" : "failed", why)
}

function finish(i, outcome, why) {
    status[i] = outcome
    reason[i] = why
    if (outcome != "done") put("say " host[i] ": " why)
    else if (why != "") put("say " host[i] ": done, but " why)
    write_hosts()
}

function write_hosts(    i, file) {
    file = folder "/hosts.new"
    printf "" >file
    for (i = 1; i <= hosts; i++)
        printf "%s\t%s\t%s\t%s\t%s\t%s\n",
            host[i], status[i], names[i], machines[i], boots[i], reason[i] >file
    close(file)
    system("mv -f \"$OUT/.fleet/hosts.new\" \"$OUT/.fleet/hosts\"")
    put("publish")
}

function count(how,    i, n) {
    for (i = 1; i <= hosts; i++) n += status[i] == how
    return n + 0
}

function progress(    text, missing) {
    missing = count("missing")
    text = count("done") " done, " count("running") " running, " count("failed") " failed" \
        (missing ? ", " missing " missing" : "")
    if (text != shown) put("progress hosts: " text)
    shown = text
}

# silent: who has not been heard for so long that it hangs, or has lost its connection.
function silent(    i, hung, open) {
    for (i = 1; i <= hosts; i++) {
        if (status[i] == "running" && now - heard[i] > silence) {
            lost[i] = now
            finish(i, "failed",
                "hangs, or has lost its connection: nothing was heard of it for " silence " s" said(i))
        }
        open += status[i] == "running"
        if (i in lost && now - lost[i] > silence) hung++
    }
    if (hung && !open) put("abandon")
}

function said(i) { return latest[i] == "" ? "" : "; the last: " latest[i] }

# short NAME: a host as the shell prompt has it.
function short(name) { sub(/[.].*/, "", name); return name }

# complained LINE: the host that a launcher's line is about, or nothing.
function complained(line,    name) {
    if (match(line, /connect to host [^ ]+/)) return substr(line, RSTART + 16, RLENGTH - 16)
    if (match(line, /resolve hostname [^ :]+/)) return substr(line, RSTART + 17, RLENGTH - 17)
    if (match(line, /Node failure on [^ ]+/)) return substr(line, RSTART + 16, RLENGTH - 16)
    if (match(line, /^srun: error: [^ :]+: task/)) return substr(line, 14, RLENGTH - 19)
    if (match(line, /Connection (closed|reset) by [^ ]+/)) name = substr(line, RSTART, RLENGTH)
    else if (match(line, /^pdsh@[^ ]+: [^ :]+: /)) name = substr(line, 1, RLENGTH - 2)
    else if (match(line, /^[^ @]+@?[^ :]*: Permission denied/)) name = substr(line, 1, RLENGTH - 19)
    sub(/.*[ @]/, "", name)
    return name
}

# errors: what the launcher has said of single hosts, in the words of ssh, pdsh, parallel and srun.
function errors(    line, name, file) {
    file = folder "/launcher.log"
    while ((getline line <file) > 0) {
        name = complained(line)
        if (name == "" || name in said_of) continue
        gsub(/[^ -~]/, "", line)
        said_of[name] = substr(line, 1, 300)
        wanted[name] = 1
    }
    close(file)
}

# unheard NAME: a host that the launcher was to reach, or has complained of.
function unheard(name,    i, found) {
    for (i = 1; i <= hosts; i++)
        if (short(names[i]) == short(name)) {
            found = 1
            if (status[i] == "missing" && name in said_of) reason[i] = said_of[name]
        }
    if (found) return
    i = ++hosts
    host[i] = place(plain(name)); used[host[i]] = i
    names[i] = plain(name); machines[i] = "-"; boots[i] = "-"; here[i] = 0
    finish(i, "missing", name in said_of ? said_of[name] : "the launcher did not reach it")
}

# gone: what is left open when the launcher has ended.
function gone(how,    i, name, new, why) {
    errors()
    for (i = 1; i <= hosts; i++)
        if (status[i] == "running") {
            why = "the launcher ended (status " how ") before it had reported"
            if (names[i] in said_of) why = said_of[names[i]]
            finish(i, "failed", "lost: " why said(i))
        } else if (status[i] == "missing" && !here[i])
            reason[i] = "the launcher did not reach it"
    for (name in wanted) unheard(name)
    write_hosts()
    progress()
    for (i = new = 0; i++ < hosts;) new += here[i]
    put("gone " how " " (apart ? -1 : new))
}

$1 == "tick" { now = $2 + 0; silent(); progress(); put("tick"); next }
$1 == "gone" { gone($2); exit }
$2 == "nofolder" { apart = 1; next }
$2 == "hello" && NF >= 9 { hello($1, $3, $4, $5, $7, $8, $9); next }
$2 == "alive" && $1 in row {
    heard[row[$1]] = now
    text = $0
    sub(/^[^ ]+ alive ?/, "", text)
    latest[row[$1]] = text
    next
}
$2 == "end" {
    text = $0
    sub(/^[^ ]+ end [^ ]+ [^ ]+ [^ ]+ ?/, "", text)
    gsub(/\t/, " ", text)
    end($1, $3, $4 + 0, $5, text)
}
