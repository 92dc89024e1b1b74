# Many machines: the same campaign on every host that a launcher reaches (srun, pdsh, parallel, a loop over
# ssh). No scheduler of our own: the launcher starts fleet_host.sh on each host, once, in one launch, and
# passes on what it prints. FLEET is the launcher, a shell command to which words are added.
# shellcheck disable=SC2034,SC2153 # OUT, SEED and others are set in other files

# fleet: all of it; run.sh's exit status.
fleet() {
    FLEET_BEAT=${FLEET_BEAT:-5}
    fleet_output
    F=$OUT/.fleet
    trap fleet_end EXIT
    fleet_parcel
    fleet_launch shared
    if [ "$fleet_new" -le 0 ] && ! campaign_stopped && fleet_stdin; then
        say "no host sees $OUT; the programs go by the launcher's stdin, the results come by its stdout"
        cp "$F/hosts" "$F/known"
        fleet_launch carried
    fi
    fleet_report
}

# fleet_stdin: whether what we write to the launcher reaches the hosts. These would wait for it forever.
fleet_stdin() {
    case $FLEET in
    pdsh\ * | parallel\ *)
        say "no host sees $OUT, and ${FLEET%% *} hands on no stdin:" \
            'share a folder (--output), or use common/driver/fleet_ssh.sh'
        return 1
        ;;
    esac
}

# fleet_output: a new folder, or that of a fleet that is resumed, with its launcher and options unless they
# are given.
fleet_output() {
    if [ -n "$RESUME" ]; then
        OUT=$(cd "$RESUME" && pwd)
        FLEET=${FLEET:-$(cat "$OUT/.fleet/launcher")}
        SEED=$(sed -n 's/^seed=//p' "$OUT/.fleet/settings")
        cp "$OUT/.fleet/hosts" "$OUT/.fleet/known"
        [ -n "$BUDGET_GIVEN" ] || BUDGET_SECONDS=
        fleet_extent >"$OUT/.fleet/extent"
    else
        [ -n "$OUT" ] || OUT=$ROOT/results/$(date -u +%Y%m%dT%H%M%SZ)
        if [ -e "$OUT/fleet.csv" ] || [ -e "$OUT/samples.csv" ]; then
            say_bad "$OUT: holds results already; go on with --resume"
        fi
        mkdir -p "$OUT/.fleet" || say_fail "$OUT: cannot be made"
        OUT=$(cd "$OUT" && pwd)
        SEED=${SEED:-$(($(date +%s) % 1000000))}
        : >"$OUT/.fleet/hosts"
        : >"$OUT/.fleet/known"
        fleet_options >"$OUT/.fleet/options"
        fleet_extent >>"$OUT/.fleet/options"
        : >"$OUT/.fleet/extent"
    fi
    mkdir -p "$OUT/.fleet/incoming"
    rm -rf "$OUT/.fleet"/*.lines "$OUT/.fleet/incoming"/*
    printf '%s\n' "$FLEET" >"$OUT/.fleet/launcher"
}

# fleet_options: what every host's run.sh is given, a word on each line.
fleet_options() {
    printf '%s' "$CHOSEN_PLATFORMS" | sed 's/^/-p\n/'
    printf -- '-b\n%s\n' "$(echo "$CHOSEN_BENCHMARKS" | awk '{ $1 = $1; gsub(/ /, ","); print }')"
    printf -- '-m\n%s\n' "$MEMORY"
    [ -z "$TEST_CPUS_GIVEN" ] || printf -- '-c\n%s\n' "$TEST_CPUS_GIVEN"
    [ -z "$QUICK" ] || echo --quick
}
# fleet_extent: those that a campaign may be resumed with.
fleet_extent() {
    [ -z "$ROUNDS" ] || printf -- '-n\n%s\n' "$ROUNDS"
    [ -z "$BUDGET_SECONDS" ] || printf -- '-t\n%ss\n' "$BUDGET_SECONDS"
    [ -z "$LIMITS_LEAST" ] || printf -- '--limit\n%s\n' "$LIMITS_LEAST"
}

# fleet_parcel: the checkout with its programs, and the images that the platforms asked for are made of.
fleet_parcel() {
    fleet_images="$BUILD/rootfs $BUILD/vm-image/rootfs.stamp"
    case $(tr '\n' ' ' <"$F/options") in
    *'-p qemu'* | *'-p kvm'*) fleet_image guest ;;
    *'-p docker'* | *'-p podman'* | *'-p apptainer'* | *nginxload*) fleet_image rootfs ;;
    *'-p '*) fleet_images= ;;
    *) fleet_image guest ;;
    esac
    rm -rf "$RUN/parcel"
    fleet_tree=$RUN/parcel/guestmark
    mkdir -p "$fleet_tree/build/vm-image"
    (cd "$ROOT" && tar -cf - --exclude='*.t' run.sh common docker vm-image) | tar -xf - -C "$fleet_tree"
    for fleet_program in $PLATFORM_TOOLS compare turns; do
        cp "$BUILD/$fleet_program" "$fleet_tree/build"
    done
    for fleet_made in $fleet_images; do
        [ ! -e "$fleet_made" ] || cp -R "$fleet_made" "$fleet_tree/build${fleet_made#"$BUILD"}"
    done
    : >"$fleet_tree/build/carried"
    tar -czf "$F/parcel.tar.gz" -C "$RUN/parcel" guestmark || say_fail "$F: the parcel cannot be written"
    rm -rf "$RUN/parcel"
    say "the parcel for the hosts: $(du -k "$F/parcel.tar.gz" | awk '{ printf "%.1f MiB", $1 / 1024 }')"
}

# fleet_image rootfs|guest: made here, for all, and added to $fleet_images.
fleet_image() {
    sh "$ROOT/vm-image/build.sh" "$1" >"$RUN/why" 2>>"$LOG" ||
        say "without the image for guests and containers: $(head -n 1 "$RUN/why")"
    [ "$1" = rootfs ] || fleet_images="$fleet_images $BUILD/vm-image/vmlinuz $BUILD/vm-image/initrd"
}

# fleet_launch shared|carried: one launch, until it has ended; sets $fleet_new to the hosts that have said
# hello.
fleet_launch() {
    fleet_token=$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')
    {
        echo "token=$fleet_token"
        echo "seed=$SEED"
        echo "arch=$(uname -m)"
        echo "launched=$(date +%s)"
        echo "beat=$FLEET_BEAT"
        echo "commit=$(host_commit)"
    } >"$F/settings"
    case $1 in
    shared) set -- shared sh "$ROOT/common/driver/fleet_host.sh" "$F" "$fleet_token" ;;
    carried) set -- carried sh -s ;;
    esac
    # Some launchers hand the words to a shell on the other side.
    case $* in *[!A-Za-z0-9/._=+,@%\ -]*) fleet_new=0 && return ;; esac
    rm -f "$RUN"/fleet.*
    mkfifo "$RUN/fleet.in" "$RUN/fleet.out" "$RUN/fleet.events" "$RUN/fleet.said"
    : >"$F/launcher.log"
    fleet_pipes "$@"
    fleet_listen
    fleet_stop_all
}

# fleet_pipes WAY WORD...: the processes of a launch. mawk would wait for full buffers.
fleet_pipes() {
    fleet_awk='awk'
    ! awk -W version 2>&1 </dev/null | grep -q mawk || fleet_awk='awk -W interactive'
    fleet_way=$1
    shift
    # shellcheck disable=SC2086 # a command and its option
    OUT=$OUT FLEET_TAKE=$ROOT/common/driver/fleet_take.sh $fleet_awk -v folder="$F" \
        -v beat="$FLEET_BEAT" -v silence="$LIMIT" -v take='sh "$FLEET_TAKE"' \
        -f "$ROOT/common/driver/fleet.awk" <"$RUN/fleet.events" >"$RUN/fleet.said" &
    fleet_state=$! fleet_pids=$!
    exec 5<>"$RUN/fleet.events"
    fleet_tick &
    fleet_pids="$fleet_pids $!"
    {
        # shellcheck disable=SC2086
        $fleet_awk -v token="$fleet_token" -v folder="$F" -f "$ROOT/common/driver/fleet_sort.awk" \
            <"$RUN/fleet.out" >&5
        echo "gone $(cat "$RUN/fleet.status" 2>/dev/null || echo unknown)" >&5
    } &
    fleet_pids="$fleet_pids $!"
    fleet_feed >"$RUN/fleet.in" 5>&- &
    fleet_feeder=$!
    setsid sh "$ROOT/common/driver/fleet_launcher.sh" "$RUN/fleet.status" "$FLEET" "$@" \
        <"$RUN/fleet.in" >"$RUN/fleet.out" 2>"$F/launcher.log" 5>&- &
    fleet_launcher=$!
}

# fleet_tick: the time, every beat.
fleet_tick() {
    while kill -0 "$$" 2>/dev/null && echo "tick $(date +%s)" >&5; do sleep "$FLEET_BEAT"; done
}

# fleet_feed: what goes to the hosts' stdin: the host's part with the parcel behind it where it has to be
# carried; then a beat for as long as this driver lives.
fleet_feed() {
    trap 'kill "$fleet_sleep" 2>/dev/null; exit 0' TERM
    if [ "$fleet_way" = carried ]; then
        cat "$ROOT/common/driver/fleet_host.sh"
        printf "host_parcel() {\ncat <<'END_OF_PARCEL'\n"
        fleet_carry | base64 -w 800
        printf 'END_OF_PARCEL\n}\nhost_main carried - %s\n' "$fleet_token"
    fi
    while kill -0 "$$" 2>/dev/null && echo beat; do
        sleep "$FLEET_BEAT" &
        fleet_sleep=$!
        wait "$fleet_sleep" || :
    done
}

# fleet_carry: the parcel and the fleet's settings, with what unfinished hosts have measured already.
fleet_carry() {
    mkdir -p "$RUN/carry"
    tar -xzf "$F/parcel.tar.gz" -C "$RUN/carry"
    mkdir "$RUN/carry/.fleet"
    cp "$F/settings" "$F/options" "$F/extent" "$F/known" "$RUN/carry/.fleet"
    awk -F '\t' '$2 != "done" { print $1 }' "$F/known" | while IFS= read -r fleet_host; do
        [ ! -f "$OUT/$fleet_host/samples.csv" ] || cp -R "$OUT/$fleet_host" "$RUN/carry"
    done
    tar -czf - -C "$RUN/carry" .
    rm -rf "$RUN/carry"
}

# fleet_listen: until the launcher has ended.
fleet_listen() {
    fleet_new=0 fleet_asked=0 fleet_jobs=
    exec 6<"$RUN/fleet.said"
    while :; do
        # A signal ends a read as well as the end of what is said.
        fleet_line=
        IFS= read -r fleet_line <&6 || kill -0 "$fleet_state" 2>/dev/null || break
        case $fleet_line in
        tick) fleet_beat ;;
        publish) fleet_csv ;;
        'say '* | 'progress '*) say "${fleet_line#* }" ;;
        'job '*) [ -n "${SLURM_JOB_ID:-}" ] || fleet_jobs="$fleet_jobs ${fleet_line#* }" ;;
        abandon) fleet_kill TERM ;;
        'gone '*)
            fleet_new=${fleet_line##* }
            break
            ;;
        esac
    done
    exec 6<&-
}

# fleet_beat: a launcher that is gone gets three beats to let go of its pipe; one that is to stop, as long as
# hosts need to stop and to hand back what they have.
fleet_beat() {
    if campaign_stopped || [ -f "$RUN/fleet.status" ] || ! kill -0 "$fleet_launcher" 2>/dev/null; then
        fleet_asked=$((fleet_asked + 1))
        ! campaign_stopped || [ "$fleet_asked" -ne 1 ] || {
            say 'stopping; the hosts hand back what they have'
            kill "$fleet_feeder" 2>/dev/null || :
        }
        if [ "$fleet_asked" -gt 12 ]; then
            fleet_kill KILL
        elif [ "$fleet_asked" -gt 10 ] || { ! campaign_stopped && [ "$fleet_asked" -gt 3 ]; }; then
            fleet_kill TERM
        fi
    fi
}

# fleet_kill SIGNAL: the launcher, and what it has started here.
fleet_kill() { kill -s "$1" -- "-$fleet_launcher" 2>/dev/null || :; }

# fleet_csv: fleet.csv, always whole.
fleet_csv() {
    {
        "$BUILD/compare" --columns fleet.csv
        awk -F '\t' "$CSV_AWK"'
            $2 == "running" { $2 = "missing" }
            { print csv_field($1) "," $2 "," csv_field($6) "," csv_field($1) }' \
            "$F/hosts"
    } >"$OUT/fleet.csv.new"
    mv "$OUT/fleet.csv.new" "$OUT/fleet.csv"
}

# fleet_stop_all: the processes of the launch.
fleet_stop_all() {
    [ -n "${fleet_launcher:-}" ] || return 0
    fleet_kill TERM
    # An srun that was killed leaves its nodes allocated; not if the allocation is that in which we run.
    for fleet_job in $fleet_jobs; do scancel "$fleet_job" 2>/dev/null || :; done
    # shellcheck disable=SC2086 # a list of numbers
    kill $fleet_feeder $fleet_pids 2>/dev/null || :
    exec 5>&- || :
    wait "$fleet_launcher" 2>/dev/null || :
    fleet_launcher=
}

fleet_end() {
    trap '' INT TERM HUP
    fleet_stop_all
    rm -rf "$RUN"
    rmdir "$BUILD/run" 2>/dev/null || :
}

# fleet_report: the merged report, and how to go on.
fleet_report() {
    [ -s "$F/hosts" ] || {
        say "the launcher has reached no host: $(grep . "$F/launcher.log" | tail -n 1)"
        exit "${STOPPED:-1}"
    }
    fleet_csv
    output_latest
    fleet_status=0
    if grep -q '	done	' "$F/hosts"; then
        "$BUILD/compare" -f text -o "$OUT/report.txt" "$OUT" && cat "$OUT/report.txt" || fleet_status=1
        "$BUILD/compare" -f html -o "$OUT/report.html" "$OUT" || fleet_status=1
    fi
    if awk -F '\t' '$2 != "done" { open = 1 } END { exit !open }' "$F/hosts"; then
        say "not all hosts are done; go on with ./run.sh --resume $OUT"
        fleet_status=1
    fi
    say "results: $OUT"
    exit "${STOPPED:-$fleet_status}"
}
