# Which platforms are usable, and what they have in common, before anything is measured.
# shellcheck disable=SC2034 # the settings are read in other files

# prepare_probe: $WORK/usable lists the platforms that are usable; platforms.csv has the reasons for the
# others.
prepare_probe() {
    : >"$WORK/usable"
    if [ -n "$CHOSEN_PLATFORMS" ]; then
        printf '%s' "$CHOSEN_PLATFORMS"
    else
        printf '%s\n' native docker kvm qemu
    fi | awk '!seen[$0]++' >"$WORK/wanted"
    while IFS= read -r prepare_platform && ! campaign_stopped; do
        prepare_probe_one "$prepare_platform" && continue
        # podman takes docker's place where nobody asked for docker by name.
        if [ -z "$CHOSEN_PLATFORMS" ] && [ "$prepare_platform" = docker ]; then
            prepare_probe_one podman || :
        fi
    done <"$WORK/wanted"
    campaign_stopped || [ -s "$WORK/usable" ] || prepare_nothing
}

prepare_probe_one() {
    prepare_status=0
    blocks_run probe "$1" || prepare_status=$?
    if [ "$prepare_status" -eq 0 ]; then
        echo "$1" >>"$WORK/usable"
    elif ! campaign_stopped; then
        prepare_unusable "$1"
    fi
    return "$prepare_status"
}

prepare_unusable() {
    say "$1 is not usable: $(blocks_reason)"
    csv_line "$1" no "$(blocks_reason)" | record_append platforms.csv || campaign_disk_full
}

prepare_nothing() {
    [ "$MODE" != doctor ] || doctor_platforms
    say 'no platform is usable'
    exit 77
}

# prepare: builds what is missing and starts every platform once. ISA is the best instruction set
# that all have; BEST is 1 if some have a better one.
prepare() {
    cp "$WORK/usable" "$WORK/probed"
    : >"$WORK/usable"
    : >"$WORK/isas"
    : >"$WORK/serial"
    : >"$WORK/paces"
    ORDER=$CHOSEN_BENCHMARKS
    BIG=$(part_big)
    while IFS= read -r prepare_platform && ! campaign_stopped; do
        say "preparing $prepare_platform"
        : >"$WORK/isa"
        rm -f "$WORK/serves" "$WORK/pace"
        if blocks_run prepare "$prepare_platform"; then
            echo "$prepare_platform" >>"$WORK/usable"
            sed 's/^/x /; 1s/^x/new x/' "$WORK/isa" >>"$WORK/isas"
            [ -f "$WORK/serves" ] || echo "$prepare_platform" >>"$WORK/serial"
            while read -r prepare_pace; do
                printf '%s\t%s\n' "$prepare_platform" "$prepare_pace"
            done <"$WORK/pace" >>"$WORK/paces"
        elif ! campaign_stopped; then
            prepare_unusable "$prepare_platform"
        fi
    done <"$WORK/probed"
    ! campaign_stopped || return 0
    [ -s "$WORK/usable" ] || prepare_nothing
    while IFS= read -r prepare_platform; do
        csv_line "$prepare_platform" yes '' | record_append platforms.csv || campaign_disk_full
    done <"$WORK/usable"
    sizes_check
    prepare_isa
}

# prepare_isa: from $WORK/isas, one line per platform and instruction set, the platform's first one
# marked.
prepare_isa() {
    awk '
        BEGIN { count = split("generic sse2 avx2 avx512", order, " ") }
        $1 == "new" { platforms++ }
        { for (i = 2; i <= NF; i++) has[$i]++ }
        END {
            for (i = 1; i <= count; i++)
                if (platforms && has[order[i]] == platforms) common = i
                else if (has[order[i]]) better = 1
            if (common) print order[common], better
        }' "$WORK/isas" >"$WORK/choice"
    ISA='' BEST=''
    read -r ISA BEST <"$WORK/choice" || :
    [ -z "$RESUME" ] || resume_same_isa
    prepare_stores
    if [ -z "$RESUME" ]; then
        printf 'setting.isa=%s\nsetting.stores=%s\n' "$ISA" "$STORES" >>"$OUT/environment.txt"
    fi
}

# prepare_stores: as block.sh has found it on native; as before in a resumed campaign.
prepare_stores() {
    STORES=$(cat "$WORK/stores" 2>/dev/null || :)
    if [ -n "$RESUME" ]; then STORES=$(resume_setting stores); fi
}
