# Platforms by name. The driver and tests source this file, set the variables below and then source
# the adapter that platform_adapter names, in a subshell, one platform at a time.
#
#   PLATFORM       full name, NAME[:KEY=VALUE,...], e.g. qemu:disk=raw,net=user (exec:COMMAND takes all
#                  that follows the colon as a command)
#   PLATFORM_NAME  what stands before the colon
#   ROOT BUILD     top of the repository and build folder, absolute
#   STATE          an empty folder on a real disk, for what this platform keeps at run time
#   RUN            the campaign's folder; not set in tests
#   LOG            file to which engine and console output is appended
#   TEST_CPUS CLIENT_CPUS  CPU lists for the platform under test and for the load client
#   MEMORY         memory of the platform, e.g. 1G
#   CLOCK_TICKS    ticks per second of the CPU times in /proc; set here
#   CARRY          a folder of the host, which the platform is to see read-only, or empty
#
# An adapter defines the functions below, and nothing else without its own name as prefix. It never
# parses results. "Says why" is one line on stdout, with the remedy, and status 77.
#
#   platform_probe      cheap: 0 if usable (one line on stdout says what only platform_prepare can tell), else
#                       says why not
#   platform_prepare    once per campaign, outside any timing: builds what is missing, or says why not
#   platform_fresh      may be left out: makes what platform_up needs anew (a data disk); not timed
#   platform_up         starts it fresh; returns 0 once the first tool can run there
#   platform_run ARGV   runs a tool there, handing back stdout, stderr and exit status; stdin is empty
#   platform_serve ARGV may be left out: runs a tool there whose stdin and stdout are the caller's, through a
#                       channel that stands: what is written arrives at once. It may say `channel PATH`
#                       first (common/turns/servant.h). Without it the platform is measured in serial blocks
#   platform_carried    may be left out: path, inside, of what the host's folder $CARRY holds while the
#                       platform is up; without it the user's own programs (cmd:COMMAND) cannot be measured
#   platform_build      may be left out: the host's folder with the five programs, and rootfs, as they are
#                       there, where that is not $BUILD: those of another architecture
#   platform_data       path, inside, of the folder for disk benchmarks
#   platform_sha256     "SHA256  TOOL" for the five programs as they are inside
#   platform_url        starts nginx there if it does not run yet and prints its base URL, or says why not;
#                       it serves /small (1 KiB) and /big ($BIG MiB, or 512)
#   platform_server     may be left out: "SHA256  NAME" for what serves there now, by platform_server_of
#   platform_facts      KEY=VALUE lines, the evidence for guards (keys: below)
#   platform_pids       host processes whose CPU time is this platform's bill, one per line
#   platform_counters   may be left out: KEY=NUMBER lines of what only goes up while it runs (a VM's exits);
#                       by how much in a trial is recorded as bill.KEY
#   platform_down       stops and removes everything it started; may be called at any time, any number of
#                       times
#   platform_release    undoes platform_prepare where that left something running (a private engine);
#                       once at the end of a campaign; same subshell rules as platform_down
#   platform_keys       "KEY VALUE|VALUE..." lines: what can be varied, the default first
#
# Facts that adapters report, as far as they apply:
#   platform.kind      native | container | vm | exec
#   platform.engine    program and version that runs it; platform.cpus, platform.memory: what it was given
#   platform.arch      architecture, as `uname -m` has it, of what it runs
#   platform.unlimited what could not be limited as asked (memory, cpus)
#   identity.*         evidence that it is what its name says: identity.kvm_enabled, identity.kvm_present
#                      (QMP query-kvm), identity.accelerator, identity.pid_namespace and identity.kernel (as
#                      seen from inside), identity.runtime
#   net.backend        loopback, host, bridge, slirp4netns, user, tap, passt
#   nginx.version, nginx.origin (rootfs: the binary that every platform has; system: the host's)
#   data.storage       folder | volume | overlay | disk
#   data.host_path     file or folder of the host behind the data folder
#   data.device        the host's block device behind that, as in /sys/class/block, or unknown;
#                      data.filesystem: its type
#   data.memory        why that is no disk: "zram0 is memory, not a disk"
#   data.allocated     bytes that the host has allocated to data.host_path now
#   disk.format disk.prealloc disk.cache disk.aio disk.bus    of a guest's data disk
#   cgroup.cpu         folder of the platform's CPU accounting in the host's cgroup tree

# The platforms there are; native2 is a second native.
# shellcheck disable=SC2034 # for those who source this
PLATFORM_NAMES='native native2 docker podman apptainer kvm qemu exec'

# The five programs, which are the same on every platform. Whoever needs the list has it from here.
PLATFORM_TOOLS='linpack memsweep forksum diskrand nginxload'

[ -n "${CLOCK_TICKS-}" ] || CLOCK_TICKS=$(getconf CLK_TCK 2>/dev/null || echo 100)
export CLOCK_TICKS

# platform_adapter NAME: prints the adapter's file, relative to the repository.
platform_adapter() {
    case $1 in
    native | native2) echo common/platforms/native.sh ;;
    exec) echo common/platforms/exec.sh ;;
    docker | podman) echo docker/platform.sh ;;
    apptainer) echo docker/apptainer.sh ;;
    kvm | qemu) echo vm-image/platform.sh ;;
    *) return 1 ;;
    esac
}

# platform_unmount FOLDER: what is mounted below it, the last first.
platform_unmount() {
    awk -v at="$1" '{ gsub(/\\040/, " ", $2) }
        index($2, at) == 1 { points = $2 "\n" points }
        END { printf "%s", points }' /proc/self/mounts |
        while IFS= read -r platform_point; do umount "$platform_point" || :; done
}

# platform_driver_lives PID: whether that is a campaign's driver other than the caller.
platform_driver_lives() {
    [ "$1" != "$$" ] && { tr '\0' ' ' <"/proc/$1/cmdline"; } 2>/dev/null | grep -q 'run\.sh'
}

# platform_others MARK: whether another campaign that lives has made a file MARK in its $RUN, of the same
# BUILD.
platform_others() {
    for platform_other in "$BUILD"/run/*/"$1"; do
        platform_other=${platform_other%/*}
        [ "$platform_other" != "${RUN:-}" ] && [ -e "$platform_other/$1" ] &&
            platform_driver_lives "${platform_other##*/}" && return
    done
    return 1
}

# platform_key KEY DEFAULT: prints the value of KEY in $PLATFORM.
platform_key() {
    case $PLATFORM in
    exec:*) echo "$2" ;;
    *,"$1"=* | *:"$1"=*)
        platform_value=${PLATFORM#*[:,]"$1"=}
        echo "${platform_value%%,*}"
        ;;
    *) echo "$2" ;;
    esac
}

# platform_check_keys: 0 if every key and value of $PLATFORM is one of platform_keys; else says why not.
# A value that platform_keys gives in capitals stands for others: N for a number from 1, SIZE for one such as
# 512M, any other (FILE, MODEL) for what the adapter itself looks at.
platform_check_keys() {
    case $PLATFORM in
    exec:* | *[!:]) ;;
    *)
        echo "$PLATFORM: nothing follows the colon"
        return 77
        ;;
    esac
    platform_keys | awk -v platform="$PLATFORM" '
        { for (i = split($2, v, "|"); i > 0; i--) allowed[$1, v[i]]; known[$1] = $2 }
        END {
            if (index(platform, ":") == 0) exit 0
            n = split(substr(platform, index(platform, ":") + 1), pairs, ",")
            for (i = 1; i <= n; i++) {
                at = index(pairs[i], "=")
                key = substr(pairs[i], 1, at - 1); value = substr(pairs[i], at + 1)
                if (at == 0 || !(key in known)) {
                    for (k in known) all = all " " k
                    printf "%s: no key %s; there are:%s\n", platform, at ? key : pairs[i], all
                    exit 77
                }
                if (!((key, value) in allowed) && known[key] !~ /[A-Z]/) {
                    printf "%s: %s is not %s\n", platform, key, known[key]
                    exit 77
                }
                if (value == "") {
                    printf "%s: %s has no value\n", platform, key
                    exit 77
                }
                if (known[key] == "N" && (value !~ /^[0-9]+$/ || value + 0 < 1 || value + 0 > 255)) {
                    printf "%s: %s is not a number from 1 to 255\n", platform, key
                    exit 77
                }
                if (known[key] == "SIZE" && value !~ /^[1-9][0-9]*[MG]$/) {
                    printf "%s: %s is not a size such as 512M\n", platform, key
                    exit 77
                }
            }
        }'
}

# platform_cpus LIST: the numbers of a list of CPUs such as 0-2,5, in words; fails for what is no such list.
platform_cpus() {
    echo "$1" | awk -F, '{
        for (i = 1; i <= NF; i++) {
            if ($i !~ /^[0-9]+(-[0-9]+)?$/) exit 1
            split($i "-" $i, ends, "-")
            for (c = ends[1] + 0; c <= ends[2] + 0; c++) { printf "%s%d", blank, c; blank = " " }
        }
    }'
}

# platform_cpu_count LIST: how many they are.
platform_cpu_count() { platform_cpus "$1" | wc -w; }

# platform_host_is_guest: whether this machine is known to be a virtual one: its processor says so or, on
# arm64, whose do not, its device tree or firmware.
platform_host_is_guest() {
    grep -qw hypervisor /proc/cpuinfo || grep -qs 'linux,dummy-virt' /proc/device-tree/compatible ||
        grep -qsE '^(QEMU|KVM)' /sys/class/dmi/id/sys_vendor
}

# platform_taskset CPUS COMMAND...: runs it pinned, where there is a taskset.
platform_taskset() {
    platform_set=$1
    shift
    if command -v taskset >/dev/null 2>&1; then
        taskset -c "$platform_set" "$@"
    else
        "$@"
    fi
}

# platform_quote WORD...: the words as a shell command, whatever they hold.
platform_quote() {
    for platform_word; do
        printf "'"
        printf '%s' "$platform_word" | sed "s/'/'\\\\''/g"
        printf "' "
    done
}

# platform_host_data PATH: facts about the host's disk behind a file or folder.
platform_host_data() {
    echo "data.host_path=$1"
    "$BUILD/diskrand" --where "$1" | sed 's/^/data./'
    echo "data.allocated=$(du -sk "$1" | awk '{ printf "%.0f", $1 * 1024 }')"
}

# platform_sha256_of FOLDER: for platform_sha256 where the programs are files of the host.
platform_sha256_of() (
    cd "$1" || exit
    # shellcheck disable=SC2086 # a list of names
    sha256sum $PLATFORM_TOOLS
)

# platform_sha256_in FOLDER: for platform_sha256 where the programs are in a folder of the platform's own.
platform_sha256_in() {
    # shellcheck disable=SC2086 # a list of names
    platform_run sh -c 'cd "$0" && sha256sum "$@"' "$1" $PLATFORM_TOOLS
}

# platform_server_of RUNNER FOLDER SERVE: for platform_server: the files that the running nginx has mapped,
# the script that has started it, and its configuration, but for what must differ: user, address, and as many
# workers as there are CPUs.
platform_server_of() {
    "$1" sh -c '
        pid=$(cat "$0/nginx.pid") || exit
        sed -n "s|^[^ ]* r-xp [^/]*\\(/.*\\)|\\1|p" "/proc/$pid/maps" | sort -u | while IFS= read -r file; do
            echo "$(sha256sum <"$file" | cut -d " " -f 1)  ${file##*/}"
        done
        echo "$(sha256sum <"$(command -v "$1")" | cut -d " " -f 1)  serve"
        change="/^user /d; s/^worker_processes $(nproc);/worker_processes N;/; s/ listen .*//"
        echo "$(sed "$change" "$0/nginx.conf" | sha256sum | cut -d " " -f 1)  nginx.conf"' "$2" "$3"
}

# platform_nginx_version: for platform_facts, by the nginx that is there.
platform_nginx_version() {
    platform_run sh -c 'PATH=$PATH:/usr/sbin; nginx -v 2>&1 | sed -n "s|.*nginx/|nginx.version=|p"'
}

# platform_cgroup_of PID: the folder of a process's CPU accounting in the host's cgroup tree; nothing if there
# is none, or if it is this shell's own, which accounts for all that the driver does.
platform_cgroup_of() {
    platform_group=$(platform_cgroup_path "$1")
    if [ "$platform_group" != "$(platform_cgroup_path self)" ] && [ -d "/sys/fs/cgroup$platform_group" ]; then
        echo "/sys/fs/cgroup$platform_group"
    fi
}

# Of version 1, cpuacct alone, or with cpu: it has a name of its own in either case.
platform_cgroup_path() {
    sed -n 's/^[0-9]*:[^:]*cpuacct[^:]*:\(.*\)/\/cpuacct\1/p; s/^0:://p' "/proc/$1/cgroup" | head -n 1
}

# platform_free_port: a TCP port that nobody on this machine listens on.
platform_free_port() {
    platform_port=$((20000 + $$ % 10000))
    while cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q ":$(printf %04X "$platform_port") "; do
        platform_port=$((platform_port + 1))
    done
    echo "$platform_port"
}
