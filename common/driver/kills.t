#!/bin/sh
# Campaigns in which the driver, one of its blocks, a guest, an engine or a program is killed (kill -9) at
# random moments: nothing is left behind, what is written down is whole, and no finished row is lost.
#
# Several are killed in one campaign: programs, guests, blocks and at last an engine of one that goes on, or
# the driver of one that is resumed and killed again, to its end.
#
# GUESTMARK_KILLS is how many there are (`make check-lab` does 100; without it, none), GUESTMARK_SEED what is
# drawn from; both are said first, so that a failure can be had again. The moments of a driver are drawn
# within the time of a campaign that nobody disturbs.
. common/test/tap.sh
BUILD=$(cd "$BUILD" && pwd)
export BUILD
[ -n "${GUESTMARK_KILLS:-}" ] || skip_all 'many minutes: make check-lab, or GUESTMARK_KILLS=5'
kills=$GUESTMARK_KILLS seed=${GUESTMARK_SEED:-$(date +%s)}
echo "# GUESTMARK_KILLS=$kills GUESTMARK_SEED=$seed"

# draw N: sets $drew to a number below it. The sequence follows from the seed.
draws=0
draw() {
    draws=$((draws + 1))
    drew=$(awk -v seed="$seed" -v draws="$draws" -v n="$1" 'BEGIN {
        srand(seed)
        for (i = 0; i < draws; i++) drawn = rand()
        print int(drawn * n)
    }')
}

# ---- a campaign ----

# begin ARGUMENT...: run.sh in the background; its processes are told from others' by their environment.
begin() {
    env KILLS_T="$TMP" sh ./run.sh "$@" >"$TMP/said" 2>&1 </dev/null &
    driver=$!
}
# campaign KIND ROUNDS FOLDER: of all platforms and with servers, or a small one, which takes less time.
campaign() {
    case $1 in
    full) begin -p "$platforms" -b forksum,nginxload -n "$2" --quick -s 1 -o "$3" ;;
    small) begin -p "${platforms%,qemu}" -b forksum,diskrand -n "$2" --quick -s 1 -o "$3" ;;
    esac
}
lives() { kill -0 "$1" 2>/dev/null && ! grep -q '^State:.*Z' "/proc/$1/status"; }
# until_gone SECONDS PID
until_gone() {
    gone_tries=$(($1 * 10))
    while lives "$2" && [ $((gone_tries -= 1)) -gt 0 ]; do sleep 0.1; done
    ! lives "$2"
}
ours() { grep -ls "KILLS_T=$TMP" /proc/[0-9]*/environ | sed 's|/proc/\([0-9]*\)/.*|\1|'; }
# called REGEX: on stdin numbers of processes, those called like it.
called() {
    while read -r called_pid; do
        ! grep -Eqx -e "$1" "/proc/$called_pid/comm" || echo "$called_pid"
    done 2>/dev/null
}
# contained: processes in containers, whose environment is their own.
contained() { grep -lsE '/(docker|libpod)[-/]' /proc/[0-9]*/cgroup | sed 's|/proc/\([0-9]*\)/.*|\1|'; }

programs='linpack|memsweep|forksum|diskrand|nginxload|turns|nginx'
victims() {
    case $1 in
    driver) echo "$driver" ;;
    block) ours | while read -r block; do
        ! tr '\0' ' ' <"/proc/$block/cmdline" | grep -q 'driver/block\.sh' || echo "$block"
    done ;;
    guest) ours | called 'qemu-system.*' ;;
    engine) ours | called 'dockerd|containerd|containerd-shim.*|conmon' ;;
    program) { ours && contained; } | called "$programs" ;;
    esac 2>/dev/null
}

# ---- what must hold ----

# world: what a campaign may not change.
socket=/run/guestmark-docker-$(echo "$BUILD" | cksum | cut -d ' ' -f 1)
world() {
    ls /sys/class/net
    cat /proc/sys/net/ipv4/ip_forward
    # A table that is there and has nothing in it is no change.
    PATH=$PATH:/usr/sbin:/sbin iptables-save 2>/dev/null |
        sed '/^[#*]/d; /^COMMIT$/d; /^:[A-Z]* ACCEPT /d; s/ \[.*\]//'
    awk -v build="$BUILD/" -v socket="$socket/" '
        index($2, build) == 1 || index($2, socket) == 1 { print $2 }' /proc/self/mounts
    ls -d "$BUILD"/run/* "$socket"
    contained
} >"$1" 2>/dev/null

# left: what is left of the campaign, in $TMP/out; fails if there is anything. Guardians are given time.
left() {
    left_until=$(($(date +%s) + 120))
    while [ "$(date +%s)" -lt "$left_until" ]; do
        world "$TMP/now"
        {
            ours | while read -r left_pid; do echo "$left_pid $(tr '\0' ' ' <"/proc/$left_pid/cmdline")"; done
            diff "$TMP/world" "$TMP/now"
        } >"$TMP/out" 2>/dev/null
        [ -s "$TMP/out" ] || return 0
        sleep 0.2
    done
    return 1
}
# whole FOLDER: every row has as many columns as the head, and belongs to a trial that was written down whole.
whole() {
    awk -F, '
        function place(row) { return match(row, /,[0-9]+,[a-z:]+,/) ? $3 substr(row, RSTART, RLENGTH) : "" }
        FNR == 1 { file++; next }
        file == 1 && /,trial,complete$/ { complete[place($0)] = 1 }
        file == 2 && (NF != 10 || $NF == "" || $5 != "platform" && !(place($0) in complete)) {
            print "torn: " $0
            bad = 1
        }
        file == 3 && $NF == "" { print "no reason: " $0; bad = 1 }
        END { exit bad }' "$1/facts.csv" "$1/samples.csv" "$1/failures.csv" >"$TMP/out"
}
# finished FOLDER: the rows of benchmarks whose turns are complete.
finished() {
    awk -F, '
        FNR == 1 { file++; next }
        file == 1 && /,turns,complete$/ { complete[$3 "," $4 "," $5] = 1 }
        file == 2 && ($3 "," $4 "," $5) in complete' "$1/facts.csv" "$1/samples.csv"
}
# each_once FOLDER: every turn of the plan was written down once: samples or a reason.
each_once() {
    awk -F, '
        FNR == 1 { file++; next }
        file == 1 { planned[$2 "," $1 "," $3] }
        file == 2 && /,turns,complete$/ && $5 != "platform" { done[$3 "," $4 "," $5]++ }
        END {
            for (cell in planned) if (done[cell] != 1) { print cell, done[cell] + 0; bad = 1 }
            exit bad
        }' "$1/plan.csv" "$1/facts.csv" >"$TMP/out"
}

# leaves TITLE: nothing is left. is_whole TITLE FOLDER: nothing is torn.
leaves() {
    run left
    tap_report "$run_status" "$1: nothing is left behind"
}
is_whole() {
    [ -s "$2/samples.csv" ] || return 0
    run whole "$2"
    tap_report "$run_status" "$1: what is written down is whole"
}

# ---- kills ----

n=0 # so many so far

# pick WORD...: sets $picked to one of them. pause TENTHS: a random time below it.
pick() {
    draw $#
    shift "$drew"
    picked=$1
}
pause() {
    draw "$1"
    sleep "$((drew / 10)).$((drew % 10))"
}

# drivers KIND FOLDER: a driver is killed, resumed and killed, five times at most, and ends at last.
drivers() {
    campaign "$1" 2 "$2"
    : >"$TMP/finished"
    drivers_left=5
    while [ $((drivers_left -= 1)) -ge 0 ] && [ "$n" -lt "$kills" ]; do
        pause "$(cat "$TMP/took.$1")"
        lives "$driver" || break
        title="$((n += 1)): $1, driver after $((drew / 10)).$((drew % 10)) s"
        kill -s KILL "$driver"
        wait "$driver" 2>/dev/null
        leaves "$title"
        drivers_go_on "$1" "$2"
    done
    title="$n: $1, resumed"
    check "$title: it ends" until_gone 600 "$driver"
    drivers_status=0
    wait "$driver" 2>/dev/null || drivers_status=$?
    cp "$TMP/said" "$TMP/err"
    tap_report "$drivers_status" "$title: well"
    check "$title: with all $(wc -l <"$TMP/finished") finished rows" \
        sh -c '[ -z "$(grep -vxFf "$2" "$1")" ]' - "$TMP/finished" "$2/samples.csv"
    run each_once "$2"
    tap_report "$run_status" "$title: every trial is there once"
    is_whole "$title" "$2"
    leaves "$title"
}

# drivers_go_on KIND FOLDER: with all that it had, or anew where it had nothing.
drivers_go_on() {
    if [ -s "$2/environment.txt" ]; then
        finished "$2" >>"$TMP/finished"
        begin --resume "$2"
        return
    fi
    check "$title: nothing was measured yet" \
        sh -c '[ ! -e "$1" ] || [ "$(wc -l <"$1")" -le 1 ]' - "$2/samples.csv"
    rm -rf "$2"
    campaign "$1" 2 "$2"
}

# strike KIND WHAT: what is not up yet, or not any more, is waited for, for a while, if the campaign goes on.
strike() {
    strike_tries=200
    until victim=$(victims "$2") && [ -n "$victim" ]; do
        if ! lives "$driver" || [ $((strike_tries -= 1)) -le 0 ]; then break; fi
        sleep 0.1
    done
    [ -n "$victim" ] || return 0
    draw 1000
    victim=$(echo "$victim" | awk -v n="$drew" '{ all[NR] = $1 } END { print all[n % NR + 1] }')
    strike_name=$(cat "/proc/$victim/comm" 2>/dev/null) || return 0
    kill -s KILL "$victim" 2>/dev/null || return 0
    echo "# $((n += 1)): $1, $2 ($strike_name)"
}

# others KIND FOLDER: of a campaign that goes on, ten are killed, or fewer if an engine is among them, without
# which there is nothing but native; then it is stopped.
others() {
    campaign "$1" 30 "$2"
    pause "$(cat "$TMP/took.$1")"
    others_left=10
    while [ $((others_left -= 1)) -ge 0 ] && [ "$n" -lt "$kills" ] && lives "$driver"; do
        case $1 in
        full) pick guest program guest program block guest engine ;;
        small) pick program block program engine ;;
        esac
        strike "$1" "$picked"
        [ "$picked" != engine ] || break
        pause 30
    done
    title="$n: $1, $picked at last"
    ! lives "$driver" || kill "$driver" 2>/dev/null
    check "$title: the campaign ends" until_gone 300 "$driver"
    others_status=0
    wait "$driver" 2>/dev/null || others_status=$?
    cp "$TMP/said" "$TMP/err"
    check "$title: with a status that says so ($others_status)" \
        sh -c 'case $1 in 0 | 1 | 77 | 143) ;; *) exit 1 ;; esac' - "$others_status"
    leaves "$title"
    is_whole "$title" "$2"
}

world "$TMP/world"
platforms=native
for platform in docker qemu; do
    sh ./run.sh --list | grep -Eq "^  $platform +usable" && platforms=$platforms,$platform
done
[ "$platforms" != native ] || skip 'guests and engines' 'there are none here'
echo "# platforms: $platforms"
# A campaign that nobody disturbs: how long it takes, in tenths of a second; a small one half of that.
start=$(date +%s%N)
campaign full 2 "$TMP/undisturbed"
wait "$driver"
check 'a campaign that nobody disturbs succeeds' [ $? -eq 0 ]
took=$((($(date +%s%N) - start) / 100000000))
echo "# it takes $took tenths of a second"
echo "$took" >"$TMP/took.full"
echo "$((took / 2))" >"$TMP/took.small"
leaves 'nobody disturbed'
rm -rf "$TMP/undisturbed"
while [ "$n" -lt "$kills" ]; do
    case $platforms in
    *,qemu) pick full full small ;;
    *) picked=small ;;
    esac
    kind=$picked
    pick others drivers others
    case $picked in
    others) others "$kind" "$TMP/campaign" ;;
    drivers) drivers "$kind" "$TMP/campaign" ;;
    esac
    rm -rf "$TMP/campaign"
done

tap_done
