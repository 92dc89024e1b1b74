# --list: every platform and variant, and whether it can run here.

# list_variants NAME: the platform itself and each key with each value but the default. Values in
# capitals stand for anything.
list_variants() {
    PLATFORM_NAME=$1 PLATFORM=$1 STATE=$WORK sh -c '
        . "$ROOT/common/platforms/platform.sh"
        . "$ROOT/$(platform_adapter "$PLATFORM_NAME")"
        platform_keys' 2>/dev/null | awk -v name="$1" '
        BEGIN { print name }
        {
            n = split($2, value, "|")
            for (i = 1; i <= n; i++)
                if (value[i] ~ /^[A-Z]+$/) print name ":" $1 "=" value[i]
                else if (i > 1) print name ":" $1 "=" value[i]
        }'
}

list() {
    echo 'Platforms and variants; keys can be combined, as in qemu:disk=raw,net=tap.'
    for list_name in $PLATFORM_NAMES; do
        case $list_name in
        native2) continue ;;
        exec) list_row exec:COMMAND \
            'whatever takes a command behind a prefix: chroot FOLDER, ssh HOST, ...' && continue ;;
        esac
        list_variants "$list_name" >"$WORK/variants"
        while IFS= read -r list_variant <&3 && ! campaign_stopped; do
            case $list_variant in
            *=*[!A-Z]* | *[!=A-Z]) list_probed "$list_variant" ;;
            *) list_row "$list_variant" 'any value' ;;
            esac
        done 3<"$WORK/variants"
    done
    echo
    echo "Benchmarks: $PLATFORM_TOOLS (build/NAME --help)"
}

list_probed() {
    if blocks_run probe "$1"; then
        list_said=$(cat "$WORK/said")
        list_row "$1" "usable${list_said:+: $list_said}"
    else
        list_row "$1" "no: $(blocks_reason)"
    fi
}

# list_row NAME TEXT: within 80 columns.
list_row() {
    list_name_shown=$1
    echo "$2" | fold -s -w 47 | sed 's/ *$//' | while IFS= read -r list_line; do
        printf '  %-30s %s\n' "$list_name_shown" "$list_line"
        list_name_shown=
    done
}
