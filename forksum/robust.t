#!/bin/sh
# forksum where processes are scarce, forbidden, killed or not waited for: it must say what it met,
# end, and leave nothing behind.
# shellcheck disable=SC2086 # $quick is a list of options
. common/test/tap.sh

quick="-r 1 -w 0 -t 0"
name=fs$$ # processes are found by this name
forksum=$TMP/$name
deny=$BUILD/test/deny_helper
cp "$BUILD/forksum" "$forksum"

# How many processes of ours there are, zombies too.
alive() { cat /proc/[0-9]*/stat 2>/dev/null | grep -cE "^[0-9]+ \\(($name|forksum:)\\)" || true; }

# none_left TITLE: within two seconds (whoever was killed needs a moment to be gone).
none_left() {
    tries=20
    while [ "$(alive)" -gt 0 ] && [ "$tries" -gt 0 ]; do
        sleep 0.1
        tries=$((tries - 1))
    done
    check "$1: nothing is left" [ "$(alive)" -eq 0 ]
}

main() {
    all_methods
    failures
    signals
    denied
    scarce
    first_process
    without_libc
    without_proc
    tap_done
}

all_methods() {
    for method in fork vfork spawn clone thread; do
        for order in path tree; do
            [ "$method$order" != vforktree ] || continue
            ok "$method, $order" "$forksum" $quick -k "$method" --order "$order" 1 200
            out_has "$method, $order: the sum" '^20100$'
        done
    done
    for method in fork vfork; do
        ok "$method and exec" "$forksum" $quick --facts -k "$method" --exec 1 50
        out_has "$method and exec: the fact says so" "^method +$method and exec"
    done
    ok "three creators at once" "$forksum" $quick -j 3 1 50
    ok "three threads at once" "$forksum" $quick -k thread -j 3 1 50
    ok "ballast" "$forksum" $quick --ballast 8M 1 50
    status 2 "vfork cannot have both children at once" "$forksum" -k vfork --order tree 1 10
    status 2 "clone cannot exec" "$forksum" -k clone --exec 1 10
    none_left "all methods"
}

failures() {
    for method in fork vfork spawn clone; do
        status 1 "$method: a killed child" "$forksum" $quick -k "$method" --inject kill 1 300
        err_has "$method: its signal" 'killed by signal 9'
    done
    status 1 "both at once: a killed child" "$forksum" $quick --order tree --inject kill 1 300
    status 1 "both at once: a child without an answer" "$forksum" $quick --order tree --inject exit 1 300
    ok "both at once: an answer in pieces" "$forksum" $quick --order tree --inject short 1 300
    status 3 "spawn: a wrong sum" "$forksum" $quick -k spawn --inject wrong 1 300
    none_left "failures"
    status 1 "no descriptors" sh -c 'ulimit -n 4; exec "$@"' - "$forksum" $quick 1 100
    err_has "no descriptors: said so" 'pipe for .*: (Too many open files|No file descriptors available)'
    status 1 "threads beyond the descriptors are refused" \
        sh -c 'ulimit -n 64; exec "$@"' - "$forksum" $quick -k thread --order tree 1 1000
    err_has "and what would fit is said" 'ulimit -n.* leaves [0-9]+; --order path needs'
    ok "without stdin" sh -c '"$@" <&-' - "$forksum" $quick 1 100
    status 1 "without stdout" sh -c '"$@" >&-' - "$forksum" $quick 1 100
    for method in fork spawn clone; do
        ok "$method, SIGCHLD ignored by the caller" \
            sh -c 'trap "" CHLD; exec "$@"' - "$forksum" $quick -k "$method" 1 100
    done
    status 1 "more memory than there is" "$forksum" --ballast 1000T 1 10
    one_line_error "more memory than there is: one line"
    none_left "more failures"
}

# busy_then SIGNAL METHOD: sends it to the root alone, in the middle of a long tree.
busy_then() {
    "$forksum" -k "$2" 1 10000000 >"$TMP/out" 2>"$TMP/err" </dev/null &
    root=$!
    sleep 0.4
    kill -"$1" "$root"
    wait "$root" 2>/dev/null
    signal_status=$?
}

signals() {
    for method in fork spawn clone; do
        busy_then TERM "$method"
        check "$method: SIGTERM ends it (status $signal_status)" [ "$signal_status" -eq 143 ]
        none_left "$method, SIGTERM"
        busy_then KILL "$method"
        none_left "$method, SIGKILL of the root"
    done
    busy_then KILL vfork
    none_left "vfork, SIGKILL of the root"
    "$forksum" --order tree -j 4 -t 5s 1 10 >"$TMP/out" 2>"$TMP/err" </dev/null &
    root=$!
    sleep 0.4
    kill -HUP "$root"
    wait "$root" 2>/dev/null
    none_left "several creators, SIGHUP"
}

denied() {
    "$deny" 1 /bin/true 2>/dev/null || {
        skip "no processes by seccomp" "no seccomp filters here"
        return
    }
    # The leak checker of a sanitizer build would need a process of its own.
    ASAN_OPTIONS=detect_leaks=0
    export ASAN_OPTIONS
    for errno in 1 38; do
        for method in fork vfork spawn clone; do
            status 77 "errno $errno: $method is not available" \
                "$deny" "$errno" "$forksum" $quick -k "$method" 1 20
        done
        ok "errno $errno: thread is" "$deny" "$errno" "$forksum" $quick -k thread 1 20
        ok "errno $errno: auto falls back" "$deny" "$errno" "$forksum" $quick 1 20
        err_has "errno $errno: and says so" 'no fork here: measuring --method thread'
        out_has "errno $errno: in the report too" '^no fork here: this is --method thread'
    done
    status 77 "threads only, children to exec" "$deny" 1 "$forksum" $quick --exec 1 20
}

# as_user LIMIT SCRIPT ARGUMENT...: as a user of our own who may have so many processes.
as_user() {
    limit=$1
    shift
    setpriv --reuid=54321 --regid=54321 --clear-groups prlimit --nproc="$limit" sh -c "$@"
}

scarce() {
    chmod 755 "$TMP" "$forksum"
    if ! as_user 10 true 2>/dev/null; then
        skip "a user's limit of processes" "not allowed to become another user"
    else
        run as_user 8 '"$@"' - "$forksum" $quick 1 5000
        check "what cannot fit is refused" [ "$run_status" -eq 1 ]
        err_has "and the limit is named" 'forksum: 13 processes at once, but RLIMIT_NPROC .* leaves 7'
        run as_user 30 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23; do
            sleep 1 & done; "$@"' - "$forksum" $quick 1 5000
        check "refused processes are asked for again" [ "$run_status" -eq 0 ]
        out_has "and the refusals counted" '^[1-9][0-9]* times a process was refused'
        run as_user 24 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22; do
            sleep 3 & done; "$@"' - "$forksum" $quick --patience 100ms 1 5000
        check "patience has an end" [ "$run_status" -eq 1 ]
        err_has "and what was asked for is said" 'Resource temporarily unavailable \(asked [0-9]+ times'
        none_left "scarce processes"
    fi
    in_group
}

# With a pids cgroup of our own.
in_group() {
    for group in /sys/fs/cgroup /sys/fs/cgroup/pids; do
        group=$group/guestmark-$name
        mkdir "$group" 2>/dev/null || continue
        trap 'rmdir "$group" 2>/dev/null; rm -rf "$TMP"' EXIT
        [ -e "$group/pids.max" ] && echo 40 2>/dev/null >"$group/pids.max" && break
        rmdir "$group"
    done
    if [ ! -e "$group/pids.max" ]; then
        skip "a cgroup's limit of processes" "no pids cgroup may be made here"
        return
    fi
    run sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$group" "$forksum" $quick --order tree 1 5000
    check "the cgroup: a whole tree is refused" [ "$run_status" -eq 1 ]
    err_has "the cgroup: by what, and what fits" \
        'up to 9998 processes at once, but pids.max of the cgroup leaves 39; --order path needs 13'
    run sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$group" "$forksum" $quick 1 1000
    check "the cgroup: left before right fits" [ "$run_status" -eq 0 ]
    # The limit falls while it runs, below what the tree needs, and rises again.
    sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$group" "$forksum" -r 1 -w 0 -t 1s 1 1000 \
        >"$TMP/out" 2>"$TMP/err" </dev/null &
    root=$!
    sleep 0.3
    echo 4 >"$group/pids.max"
    sleep 0.3
    echo 40 >"$group/pids.max"
    wait "$root"
    check "the cgroup: too low a limit for a while" [ $? -eq 0 ]
    out_has "the cgroup: refusals are counted" '^[1-9][0-9]* times a process was refused'
    none_left "the cgroup"
    rmdir "$group"
}

first_process() {
    if ! unshare --pid --fork --mount-proc true 2>/dev/null; then
        skip "as process 1" "not allowed to make a pid namespace"
        return
    fi
    ok "as process 1" unshare --pid --fork --mount-proc "$forksum" $quick 1 100
    status 1 "as process 1: a killed child" \
        unshare --pid --fork --mount-proc "$forksum" $quick --inject kill 1 100
    unshare --pid --fork --mount-proc "$forksum" 1 10000000 >"$TMP/out" 2>"$TMP/err" </dev/null &
    root=$!
    sleep 0.5
    inner=$(cat "/proc/$root/task/$root/children" 2>/dev/null || true)
    [ -z "$inner" ] || kill -TERM $inner
    wait "$root"
    check "as process 1: SIGTERM ends it" [ $? -eq 143 ]
    none_left "as process 1"
}

# What runs before libc has started, or in a child that shall touch little, may not need libc.
without_libc() {
    if ! command -v nm >/dev/null 2>&1; then
        skip "children need no libc" "nm: not found (apt-get install binutils)"
        return
    fi
    if nm "$BUILD/obj/forksum/node.o" | grep -q asan; then
        skip "children need no libc" "built with sanitizers"
        return
    fi
    nm -u "$BUILD/obj/forksum/node.o" "$BUILD/obj/forksum/method.o" "$BUILD/obj/forksum/anew.o" |
        grep -vE 'anew_|job_|thread_|node_|methods|_start$|clone$' | grep ' U ' >"$TMP/out"
    check "children need no libc" [ ! -s "$TMP/out" ]
    ok "fork without libc's heap" "$BUILD/forksum" -k fork --facts -r 1 -w 0 -t 1ms -f csv 1 9
    out_has "is a fact" '^# heap=withheld from children$'
}

# What /proc does not tell is copied to children, and that is said.
without_proc() {
    if ! unshare --mount sh -c 'umount -l /proc' 2>/dev/null; then
        skip "without /proc" "no mounts of its own"
        return
    fi
    ok "without /proc" unshare --mount sh -c 'umount -l /proc && exec "$@"' - \
        "$forksum" -k fork --facts -f csv $quick 1 9
    out_has "the heap is copied, and that is a fact" '^# heap=copied to children$'
}

main
