#!/bin/sh
# What C tests cannot see of common/: the TAP helpers themselves, limits of real control groups, and
# that the binaries are what they promise to be.
. common/test/tap.sh
. common/platforms/platform.sh

printf '#!/bin/sh\necho ok 1 - a\necho not ok 2 - b\necho "ok 3 - c # SKIP why"\necho 1..3\nexit 1\n' \
    >"$TMP/bad.t"
chmod +x "$TMP/bad.t"
status 1 'check.sh fails when a test fails' env BUILD="$TMP/build" sh common/test/check.sh "$TMP/bad.t"
check 'check.sh ends with the counts' sh -c 'tail -n 1 "$1" |
    grep -qx "1 passed, 1 failed, 1 skipped"' - "$TMP/out"

# group_limit CONTROLLER FILE VALUE FIELD: what limits_helper says in field FIELD, run in a fresh
# group of this controller whose FILE holds VALUE. Ends with 77 where no such group can be made.
group_limit() {
    if [ -d "/sys/fs/cgroup/$1" ]; then
        group=/sys/fs/cgroup/$1/guestmark-test.$$
    else
        group=/sys/fs/cgroup/guestmark-test.$$
    fi
    mkdir "$group" 2>/dev/null || return 77
    limit=77
    if (echo "$3" >"$group/$2") 2>/dev/null; then
        limit=0
        sh -c 'echo $$ >"$1/cgroup.procs" && exec "$2"' - "$group" "$BUILD/test/limits_helper" \
            >"$TMP/limits" ||
            limit=1
        cut -d ' ' -f "$4" "$TMP/limits"
    fi
    rmdir "$group"
    return "$limit"
}

# limit_is TITLE WANTED-REGEX V1-ARGUMENTS... (controller file value field), V2 names are tried first.
limit_is() {
    limit_title=$1 limit_wanted=$2
    shift 2
    run group_limit "$@"
    case $run_status in
    77) skip "$limit_title" "no control group with $1 can be made here" ;;
    *) out_has "$limit_title" "$limit_wanted" ;;
    esac
}

if [ -d /sys/fs/cgroup/memory ]; then
    limit_is 'cgroup v1: memory limit' '^268435456$' memory memory.limit_in_bytes 268435456 2
    limit_is 'cgroup v1: free memory is less' '^2[0-9]{8}$' memory memory.limit_in_bytes 268435456 3
    limit_is 'cgroup v1: free processes' '^99$' pids pids.max 100 4
    limit_is 'cgroup v1: CPU quota' '^0.5$' cpu cpu.cfs_quota_us 50000 1
else
    limit_is 'cgroup v2: memory limit' '^268435456$' memory memory.max 268435456 2
    limit_is 'cgroup v2: free memory is less' '^2[0-9]{8}$' memory memory.max 268435456 3
    limit_is 'cgroup v2: free processes' '^99$' pids pids.max 100 4
    limit_is 'cgroup v2: CPU quota' '^0.5$' cpu cpu.max '50000 100000' 1
fi

# Files on a tmpfs are in no cache that the kernel could give back.
run sh -c '
    group=/sys/fs/cgroup/memory limit=memory.limit_in_bytes
    [ -d "$group" ] || group=/sys/fs/cgroup limit=memory.max
    group=$group/guestmark-test.$$
    mkdir "$group" 2>/dev/null && echo 67108864 >"$group/$limit" 2>/dev/null ||
        { rmdir "$group" 2>/dev/null; exit 77; }
    sh -c "echo \$\$ >$group/cgroup.procs && exec unshare -m sh -c \"
        mount -t tmpfs none $1 && head -c 32M /dev/zero >$1/file && $2\"" 2>/dev/null || status=77
    rmdir "$group"
    exit "${status:-0}"' - "$TMP" "$BUILD/test/limits_helper"
if [ "$run_status" -eq 77 ]; then
    skip 'free memory leaves tmpfs out' 'no control group with a tmpfs can be made here'
else
    check 'free memory leaves tmpfs out' awk '{ exit !($3 > 16777216 && $3 <= 33554432) }' "$TMP/out"
fi

# A version 2 group whose parent has the limit, and no controller of its own: what the kernel says of itself
# is replaced.
mkdir -p "$TMP/v2/a/b"
: >"$TMP/v2/a/b/cgroup.procs"
: >"$TMP/v2/a/cgroup.procs"
echo 50000 100000 >"$TMP/v2/a/cpu.max"
echo 1048576 >"$TMP/v2/a/memory.max"
echo 524288 >"$TMP/v2/a/memory.current"
echo "none $TMP/v2 cgroup2 rw 0 0" | sed "s| $TMP| $(cd "$TMP" && pwd)|" >"$TMP/mounts"
echo 0::/a/b >"$TMP/cgroup"
run unshare -m sh -c 'mount --bind "$1/cgroup" "/proc/$$/cgroup" &&
    mount --bind "$1/mounts" "/proc/$$/mounts" || exit 77
    exec "$2"' - "$TMP" "$BUILD/test/limits_helper"
if [ "$run_status" -eq 0 ]; then
    check 'a limit of the parent only' [ "$(cut -d ' ' -f 1-3 "$TMP/out")" = '0.5 1048576 524288' ]
else
    skip 'a limit of the parent only' 'no mount name space here'
fi

# On a machine of 1025 CPUs or more the kernel refuses to tell of them to whoever has no room for all.
if command -v strace >/dev/null 2>&1; then
    run strace -f -e trace=sched_getaffinity,sched_setaffinity -o "$TMP/trace" "$BUILD/linpack" -n 10 \
        -r 1 -t 0 -c 0
    check 'there is room for 8192 CPUs' sh -c '
        grep -q "getaffinity(0, 1024," "$1" && grep -q "setaffinity(0, 1024," "$1"' - "$TMP/trace"
else
    skip 'there is room for 8192 CPUs' 'strace is not installed (apt-get install strace)'
fi

# A static, position-dependent program has type EXEC (2) and no interpreter segment.
elf_type() { od -An -tu2 -j16 -N2 "$1" | tr -d ' '; }
for program in $PLATFORM_TOOLS; do
    [ -f "$BUILD/$program" ] || continue
    case $BUILD in
    */sanitize) skip "$program is static and not relocatable" "sanitizers need a dynamic program" ;;
    *) check "$program is static and not relocatable" sh -c '
        [ "$1" = 2 ] && ! LC_ALL=C grep -q "/ld-\(linux\|musl\)[^ ]*\.so" "$2"' - \
        "$(elf_type "$BUILD/$program")" "$BUILD/$program" ;;
    esac
done

# letters PROGRAM: `-x OPTION` for each option of its --help that has a letter.
letters() {
    "$@" --help | sed -n 's/^  -\([A-Za-z]\), --\([a-z-]*\).*/\1 \2/p'
}

# One letter means one thing in every program and in run.sh (CONTRIBUTING.md says what): a new letter, or a
# new meaning, is a line here.
cat >"$TMP/letters" <<'END'
b benchmarks
c cpus
d depth
e engine
f format
h help
i isa
j connections jobs parallel
k kernel method pattern
m memory
n rounds runs size
o output
p platforms
r reps
s seed
t budget time
T threads
V version
w warmup
END
for program in $PLATFORM_TOOLS compare run.sh; do
    case $program in
    run.sh) letters sh ./run.sh >"$TMP/has" ;;
    *) letters "$BUILD/$program" >"$TMP/has" ;;
    esac
    check "$program: letters mean what they mean everywhere" awk '
        NR == FNR { for (i = 2; i <= NF; i++) { known[$1, $i] = 1; letter[$i] = $1 }; next }
        !(($1, $2) in known) { bad = 1 }
        { rows++ }
        END { exit bad || !rows }' "$TMP/letters" "$TMP/has"
done

tap_done
