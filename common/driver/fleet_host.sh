#!/bin/sh
# One host of a fleet: unpacks the parcel into a folder of its own, on its own disk, runs the campaign there,
# and hands the results folder back. The fleet's driver (fleet.sh) has a launcher start it on every host, in
# one of two ways: by its path, where the hosts share the folder of results; or through stdin, with the parcel
# behind it.
#
# Everything it says is a line `@guestmark TOKEN ID KIND ...` on stdout, short enough that no launcher tears
# it:
#   nofolder                                 the folder of results is not shared with this host
#   hello NAME MACHINE BOOT ARCH TIME NODES JOB  it takes part; `-` for what is not known
#   alive TEXT                               every beat: the last that the campaign has said
#   data BASE64                              a piece of the results, where they are carried
#   end STATUS BYTES CKSUM REASON            STATUS: done, failed, already; BYTES 0: no results come
# stdin goes on with a line every beat. Who has heard them and hears no more, or can say nothing any more, has
# lost the launcher: the campaign is stopped, and nothing of it stays.
# usage: fleet_host.sh FOLDER TOKEN
#        fleet_host.sh --guard FOLDER TOKEN ID WORK AGENT
set -eu
unset CDPATH && export LC_ALL=C

# host_tell KIND TEXT...: fails once nobody listens.
host_tell() (
    trap '' PIPE
    printf '@guestmark %s %s %s\n' "$host_token" "$host_id" "$*" 2>/dev/null
)

# host_setting KEY: of the fleet.
host_setting() { sed -n "s/^$1=//p" "$host_folder/settings"; }

# host_word: the first word of stdin, fit for a line of ours.
host_word() {
    host_text=$(head -n 1 | tr -cd 'A-Za-z0-9._,[]-' | cut -c 1-200)
    echo "${host_text:--}"
}

host_who() {
    host_id=$(host_word </proc/sys/kernel/random/uuid)
    host_name=$(uname -n | cut -c 1-64 | host_word | sed 's/^[.-]/_/; s/[],[]/_/g')
    host_machine=$(host_word </etc/machine-id) || host_machine=-
    host_boot=$(host_word </proc/sys/kernel/random/boot_id)
    host_arch=$(uname -m)
    host_tell hello "$host_name" "$host_machine" "$host_boot" "$host_arch" "$(date +%s)" \
        "$(echo "${SLURM_JOB_NODELIST:-}" | host_word)" "$(echo "${SLURM_JOB_ID:-}" | host_word)" || exit 1
}

# host_place: $host_work, on a disk of this host, named by the campaign and the host, so that a second start
# here finds the first.
host_place() {
    for host_temporary in "${TMPDIR:-}" /var/tmp /tmp; do
        [ ! -d "$host_temporary" ] || [ ! -w "$host_temporary" ] || break
    done
    for host_old in "$host_temporary"/guestmark-fleet.*."$host_name"; do
        [ ! -O "$host_old" ] || [ ! -f "$host_old/agent" ] || host_clear "$host_old"
    done
    host_work=$host_temporary/guestmark-fleet.$host_token.$host_name
    mkdir -m 700 "$host_work" 2>/dev/null && echo "$$" >"$host_work/agent" && return
    [ ! -d "$host_work" ] || host_leave failed 'the launcher has started it twice on this host'
    host_leave failed "no folder of its own can be made in $host_temporary"
}

# host_clear FOLDER: what one that was killed has left, unless it still runs.
host_clear() (
    # sh -s has no more than that in its command line.
    ! tr '\0' ' ' <"/proc/$(cat "$1/agent")/cmdline" 2>/dev/null | grep -q 'fleet_host\|sh -s' || exit 0
    cd "$1/guestmark" 2>/dev/null || exit 0
    # shellcheck disable=SC2034 # read by what is sourced
    ROOT=$1/guestmark BUILD=$1/guestmark/build RUN='' LOG=/dev/null NEWLINE='
'
    say() { :; }
    . "$ROOT/common/platforms/platform.sh"
    . "$ROOT/common/driver/processes.sh"
    . "$ROOT/common/driver/leftovers.sh"
    leftovers_clear
    cd / && host_remove "$1"
) >/dev/null 2>&1 </dev/null

# host_remove FOLDER: first from where others still write to it: the readers of beats, a guard.
host_remove() {
    host_ended=${1%/*}/guestmark-fleet.ended.${1##*/guestmark-fleet.}
    mv "$1" "$host_ended" && rm -rf "$host_ended"
}

# host_leave STATUS REASON...: ends without results.
host_leave() {
    host_outcome=$1
    shift
    host_tell end "$host_outcome" 0 0 "$@" || :
    exit 0
}

# host_known: how this host fared before, in a fleet that is resumed, or, where folders are shared, in this
# launch: `STATUS FOLDER`, or nothing.
host_known() {
    host_list=$host_folder/hosts
    [ -f "$host_list" ] || host_list=$host_folder/known
    awk -F '\t' -v name="$host_name" -v machine="$host_machine" -v boot="$host_boot" '
        $3 != name || $4 != machine { next }
        $5 == boot { exact = $2 " " $1 }
        { same++; any = $2 " " $1 }
        END { if (exact != "") print exact; else if (same == 1) print any }' "$host_list"
}

# host_fit: whether this host can take part at all.
host_fit() {
    case $(host_known) in 'done '*) host_leave already 'measured before' ;; esac
    host_arch_wanted=$(host_setting arch)
    [ "$host_arch" = "$host_arch_wanted" ] ||
        host_leave failed "it is $host_arch, the programs are for $host_arch_wanted:" \
            'a fleet of its own, from such a host'
    host_late=$(($(host_setting launched) - $(date +%s)))
    [ "$host_late" -le 60 ] ||
        host_leave failed "its clock is at least $host_late s behind the head's: set it"
}

# host_unpack: the checkout, from the shared folder, or as stdin has brought it, in the function host_parcel.
host_unpack() {
    if [ "$host_way" = shared ]; then
        tar -xzf "$host_folder/parcel.tar.gz" -C "$host_work"
    else
        host_parcel | base64 -d | tar -xzf - -C "$host_work"
        host_folder=$host_work/.fleet
    fi
    [ -f "$host_folder/settings" ]
}

# host_campaign: this host's share, in the background; $host_pid. One seed per host, by its name.
host_campaign() {
    host_seed=$(echo "$(host_setting seed) $host_name" | cksum | awk '{ print $1 % 2000000000 }')
    host_before=$(host_known)
    set --
    while IFS= read -r host_option; do set -- "$@" "$host_option"; done <"$host_folder/options"
    set -- "$@" -s "$host_seed" -o "$host_work/results"
    if [ -n "$host_before" ] && [ -f "$host_folder/../${host_before#* }/environment.txt" ]; then
        cp -R "$host_folder/../${host_before#* }" "$host_work/results"
        set -- --resume "$host_work/results"
    fi
    while IFS= read -r host_option; do set -- "$@" "$host_option"; done <"$host_folder/extent"
    host_share "$@" 3<&- >"$host_work/out" 2>"$host_work/err" </dev/null &
    host_pid=$!
}

# host_share OPTION...: becomes the campaign. Of the allocated CPUs no more are taken than there are, where
# the scheduler counts them and binds nobody.
host_share() {
    cd "$host_work/guestmark" || exit
    # Launchers may hand on the environment of the fleet's driver.
    unset ROOT BUILD WORK STATE LOG RUN OUT HOST ROUND ORDER ISA BEST PROGRESS PLATFORM SEED LIMIT QUICK \
        STORES TEST_CPUS CLIENT_CPUS MEMORY GUESTMARK_BLOCK || :
    GUESTMARK_COMMIT=$(host_setting commit)
    export GUESTMARK_COMMIT
    host_count=$(nproc 2>/dev/null || echo 1)
    if [ "${SLURM_CPUS_ON_NODE:-$host_count}" -lt "$host_count" ]; then
        exec taskset -c "$(host_cpus "$SLURM_CPUS_ON_NODE")" sh run.sh "$@"
    fi
    exec sh run.sh "$@"
}

# host_cpus N: the first N of the CPUs that we may use.
host_cpus() {
    sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status | awk -F, -v n="$1" '{
        for (i = 1; i <= NF; i++) {
            split($i "-" $i, ends, "-")
            for (c = ends[1] + 0; c <= ends[2] + 0 && n-- > 0; c++) {
                printf "%s%d", comma, c
                comma = ","
            }
        } }'
}

# host_read: counts the beats on stdin.
host_read() {
    while IFS= read -r host_line <&3; do echo "$host_line" >>"$host_work/beats" || return; done 2>/dev/null
    : >"$host_work/deaf"
}

# host_latest: the last that the campaign has said, a line that no launcher tears.
host_latest() { tail -n 1 "$host_work/err" 2>/dev/null | tr -cd '[:print:]' | cut -c 1-200; }

# host_guard AGENT: a process apart, so that whoever kills this program, maybe with all that it has started,
# does not kill it too. Says every beat that the host is alive, and stops the campaign when the launcher is
# lost or the program was killed. What has been measured gets its time to be handed back, for where the
# launcher only wants us to stop.
host_guard() {
    trap '' INT HUP
    guard_seen=0 guard_quiet=0 guard_beat=$(host_setting beat)
    while sleep "$guard_beat"; do
        host_lives "$1" || break
        host_tell alive "$(host_latest)" || break
        guard_now=$(wc -l <"$host_work/beats") guard_quiet=$((guard_quiet + 1))
        [ "$guard_now" -le "$guard_seen" ] || guard_quiet=0
        guard_seen=$guard_now
        [ "$guard_seen" -gt 0 ] || continue
        if [ -f "$host_work/deaf" ] || [ "$guard_quiet" -ge 12 ]; then break; fi
    done
    : >"$host_work/lost"
    guard_campaign=$(cat "$host_work/campaign")
    kill -s TERM "$guard_campaign" 2>/dev/null || :
    while host_lives "$guard_campaign"; do sleep 1; done
    guard_quiet=0
    while host_lives "$1" && host_tell alive stopping && [ "$guard_quiet" -lt 60 ]; do
        sleep 1
        guard_quiet=$((guard_quiet + 1))
    done
    kill -s KILL "$1" 2>/dev/null || :
    host_clear "$host_work"
}

# host_lives PID: whether it runs; one that has ended and waits to be asked for its status does not.
host_lives() {
    ! grep -qs '^State:[[:space:]]*[ZX]' "/proc/$1/status" && kill -0 "$1" 2>/dev/null
}

# host_wait: the campaign's exit status, whatever signals come meanwhile.
host_wait() {
    while :; do
        host_status=0
        wait "$host_pid" || host_status=$?
        [ "$host_status" -gt 128 ] && kill -0 "$host_pid" 2>/dev/null || return 0
    done
}

host_stop() {
    : >"$host_work/lost"
    kill -s TERM "$host_pid" 2>/dev/null || :
}

# host_reason: why it has failed; or, where it has not, which of the platforms asked for are not to be had
# here.
host_reason() {
    if [ "$host_status" -ne 0 ]; then
        [ ! -f "$host_work/lost" ] || printf 'stopped: '
        sed -n 's/^run\.sh: //p' "$host_work/err" | grep -v '^results: \|^stopped' | tail -n 1 |
            cut -c 1-400 | grep . || host_latest | grep . || echo "exit status $host_status"
    elif [ -f "$host_work/results/platforms.csv" ]; then
        awk -F, 'NR > 1 && $2 == "no" {
            sub(/^[^,]*,no,/, "")
            gsub(/"/, "")
            printf "%s%s", mark, $0
            mark = "; "
        }' "$host_work/results/platforms.csv" | tr -cd '[:print:]' | cut -c 1-400
    fi
}

# host_hand_back: the results folder, into the shared folder or in pieces.
host_hand_back() {
    host_outcome='done'
    [ "$host_status" -eq 0 ] || host_outcome=failed
    host_said=$(host_reason)
    trap 'exit 143' INT TERM HUP
    [ -d "$host_work/results" ] || host_leave "$host_outcome" "$host_said"
    cp "$host_work/err" "$host_work/results/log/fleet.log" 2>/dev/null || :
    tar -czf "$host_work/results.tar.gz" -C "$host_work" results
    # shellcheck disable=SC2046 # two words
    set -- $(cksum <"$host_work/results.tar.gz")
    if [ "$host_way" = shared ]; then
        cp "$host_work/results.tar.gz" "$host_folder/incoming/$host_id" ||
            host_leave failed "its results cannot be written to $host_folder"
    else
        # Lines of less than 1024 bytes, since Slurm tears longer ones, and each in one write, since beats
        # come between.
        base64 -w 800 "$host_work/results.tar.gz" >"$host_work/lines"
        awk -v mark="@guestmark $host_token $host_id data" '{ print mark, $0; fflush() }' \
            "$host_work/lines" 2>/dev/null &
        host_watchers="$host_watchers $!"
        wait "$!" || :
    fi
    host_tell end "$host_outcome" "$2" "$1" "$host_said" || :
}

host_end() {
    trap '' INT TERM HUP
    # shellcheck disable=SC2046,SC2086 # a list of numbers
    kill $host_watchers $(cat "$host_work/guard" 2>/dev/null) 2>/dev/null || :
    host_remove "$host_work"
}

# host_main WAY FOLDER TOKEN
host_main() {
    host_way=$1 host_folder=$2 host_token=$3 host_id=- host_pid='' host_watchers=''
    exec 3<&0 </dev/null
    if [ "$host_way" = shared ] && ! grep -qx "token=$host_token" "$host_folder/settings" 2>/dev/null; then
        host_tell nofolder
        exit 0
    fi
    host_who
    host_place
    trap host_end EXIT
    trap 'exit 143' INT TERM HUP
    : >"$host_work/beats"
    host_unpack || host_leave failed "the parcel cannot be unpacked in $host_temporary"
    host_fit
    trap host_stop INT TERM HUP
    host_campaign
    host_read &
    host_watchers=$!
    echo "$host_pid" >"$host_work/campaign"
    # The shell between leaves it to process 1; its number is written down before we can end.
    (
        setsid sh "$host_work/guestmark/common/driver/fleet_host.sh" --guard \
            "$host_folder" "$host_token" "$host_id" "$host_work" "$$" 3<&- 2>/dev/null &
        echo "$!" >"$host_work/guard"
    )
    host_wait
    host_hand_back
    exit 0
}

# Through stdin the call follows behind the parcel.
case $0:${1:-} in
*/fleet_host.sh:--guard)
    host_folder=$2 host_token=$3 host_id=$4 host_work=$5
    host_guard "$6"
    ;;
*/fleet_host.sh:*) host_main shared "$@" ;;
esac
