#!/bin/sh
# Campaigns in which the driver, one of its blocks, a guest, an engine or a program is killed (kill -9) at a
# random moment: nothing is left behind, what is written down is whole, and no finished row is lost.
#
# GUESTMARK_KILLS is how many campaigns (`make check-lab` does 100; without it, none), GUESTMARK_SEED what is
# drawn from; both are said first, so that a failure can be had again. The moment is drawn within the time of
# a first campaign, undisturbed.
. common/test/tap.sh
BUILD=$(cd "$BUILD" && pwd)
export BUILD
[ -n "${GUESTMARK_KILLS:-}" ] || skip_all 'minutes for each kill: make check-lab, or GUESTMARK_KILLS=3'
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
    env KILLS_T="$TMP" sh ./run.sh "$@" -n 1 --quick -s 1 >"$TMP/said" 2>&1 </dev/null &
    driver=$!
}
# campaign KIND FOLDER: of all platforms and with servers, or a small one, which takes less time.
campaign() {
    case $1 in
    full) begin -p "$platforms" -b forksum,nginxload -o "$2" ;;
    small) begin -p "${platforms%,qemu}" -b forksum,diskrand -o "$2" ;;
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
world() {
    ls /sys/class/net
    cat /proc/sys/net/ipv4/ip_forward
    PATH=$PATH:/usr/sbin:/sbin iptables-save 2>/dev/null | sed '/^#/d; s/ \[.*\]//'
    awk -v build="$BUILD" 'index($2, build) == 1 || $2 ~ /guestmark/ { print $2 }' /proc/self/mounts
    ls -d "$BUILD"/run/* /run/guestmark-* 2>/dev/null
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
# each FOLDER: every turn of the plan was written down once: samples or a reason.
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

# resumed FOLDER: a campaign whose driver was killed goes on, with all that it had.
resumed() {
    if [ ! -s "$1/environment.txt" ]; then
        check "$title: nothing was measured yet" \
            sh -c '[ ! -e "$1" ] || [ "$(wc -l <"$1")" -le 1 ]' - "$1/samples.csv"
        return
    fi
    finished "$1" >"$TMP/finished"
    # shellcheck disable=SC2154 # run sets it
    run env KILLS_T="$TMP" sh ./run.sh --resume "$1"
    check "$title: it goes on" [ "$run_status" -eq 0 ]
    check "$title: with all $(wc -l <"$TMP/finished") finished rows" \
        sh -c '[ -z "$(grep -vxFf "$2" "$1")" ]' - "$TMP/finished" "$1/samples.csv"
    run each_once "$1"
    check "$title: every trial is there once" [ "$run_status" -eq 0 ]
}

# pick WORD...: sets $picked to one of them.
pick() {
    draw $#
    shift "$drew"
    picked=$1
}

# killed N: one campaign.
killed() {
    out=$TMP/$1
    pick full small small
    kind=$picked
    case $kind in
    full) pick driver program guest engine block ;;
    small) pick driver program engine block ;;
    esac
    what=$picked
    draw 1000
    moment=$((drew * $(cat "$TMP/took.$kind") / 1000))
    title="$1: $kind, $what after $((moment / 10)).$((moment % 10)) s"
    campaign "$kind" "$out"
    sleep "$((moment / 10)).$((moment % 10))"
    # What is not up yet, or not any more, is waited for as long as the campaign goes on.
    while victim=$(victims "$what") && [ -z "$victim" ] && lives "$driver"; do sleep 0.1; done
    draw 1000
    victim=$(echo "$victim" | awk -v n="$drew" '{ all[NR] = $1 } END { print all[n % NR + 1] }')
    [ -z "$victim" ] || title="$title ($(cat "/proc/$victim/comm" 2>/dev/null))"
    [ -z "$victim" ] || kill -s KILL "$victim" 2>/dev/null
    check "$title: the campaign ends" until_gone 300 "$driver"
    ended=0
    wait "$driver" 2>/dev/null || ended=$?
    run left
    tap_report "$run_status" "$title: nothing is left behind"
    [ "$what" != driver ] || {
        resumed "$out"
        run left
        tap_report "$run_status" "$title: nor by the one that went on"
    }
    [ -s "$out/samples.csv" ] || return 0
    cp "$TMP/said" "$TMP/err"
    [ "$what" = driver ] || check "$title: with a status that says so ($ended)" \
        sh -c 'case $1 in 0 | 1 | 77) ;; *) exit 1 ;; esac' - "$ended"
    run whole "$out"
    check "$title: what is written down is whole" [ "$run_status" -eq 0 ]
    rm -rf "$out"
}

world "$TMP/world"
platforms=native
for platform in docker qemu; do
    sh ./run.sh --list | grep -Eq "^  $platform +usable" && platforms=$platforms,$platform
done
[ "$platforms" != native ] || skip 'guests and engines' 'there are none here'
echo "# platforms: $platforms"
# undisturbed KIND: how long it takes, in tenths of a second.
undisturbed() {
    start=$(date +%s%N)
    campaign "$1" "$TMP/undisturbed"
    wait "$driver"
    check "a campaign that nobody disturbs succeeds: $1" [ $? -eq 0 ]
    echo $((($(date +%s%N) - start) / 100000000)) >"$TMP/took.$1"
    echo "# it takes $(cat "$TMP/took.$1") tenths of a second"
    run left
    tap_report "$run_status" 'and leaves nothing'
    rm -rf "$TMP/undisturbed"
}
# What has to be built is built once.
begin -p "$platforms" -b forksum -o "$TMP/undisturbed"
wait "$driver"
rm -rf "$TMP/undisturbed"
undisturbed full
undisturbed small
n=0
while [ "$n" -lt "$kills" ]; do killed $((n += 1)); done

tap_done
