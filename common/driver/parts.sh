# What is run for a benchmark: its parts, each one invocation of a program with the same work on every
# platform.

# part_sizes: how much work. An emulated guest sets the sizes: it multiplies and adds a thousand times slower,
# and a step of the others should not wait for it long. --quick is for checking the chain.
part_sizes() {
    if [ -n "$QUICK" ]; then
        part_order=50 part_sum=50 part_array=1M part_size=1M part_disk=4M part_bytes=4M
    else
        part_order=200 part_sum=20 part_array=32M part_size=64M part_disk=32M part_bytes=8M
    fi
}

# A benchmark may be spelled with options of its program, NAME:OPTION=VALUE,... (linpack:size=1000): then it
# is one part, called like it. Two are the driver's: metrics=A+B of memsweep, range=START-END of forksum.
# A program of the user's own is cmd:COMMAND (carry.sh), here as one word.

# part_benchmark PART: the benchmark that it belongs to. part_program BENCHMARK: its program.
part_benchmark() { case $1 in *:*) echo "$1" ;; *) echo "${1%%.*}" ;; esac }
part_program() { echo "${1%%[:.]*}"; }

# part_asked BENCHMARK: as it was asked for, which is what files and reports call it.
part_asked() {
    case $1 in
    cmd:*%*) printf '%b\n' "$(printf '%s\n' "$1" | sed 's/%\([0-7][0-7][0-7]\)/\\0\1/g')" ;;
    *) printf '%s\n' "$1" ;;
    esac
}

# part_list BENCHMARK: its parts, the first one the classic. BEST is 1 where some platforms have a better
# instruction set than all have.
part_list() {
    case $1 in
    linpack) echo "linpack${BEST:+ linpack.best}" ;;
    memsweep) echo 'memsweep memsweep.copy memsweep.size' ;;
    nginxload) echo 'nginxload nginxload.big' ;;
    *) echo "$1" ;;
    esac
}

# part_prefix PART: what precedes the names of its facts. part_suffix PART: what follows those of its metrics.
part_prefix() { case $1 in *:*) ;; *.*) echo "${1#*.}." ;; esac }
part_suffix() { case $1 in linpack.best) echo '[isa=best]' ;; esac }

# part_metrics PART: its metrics that have verdicts; a part without any is open as long as its benchmark's
# first one.
part_metrics() {
    case $1 in
    linpack) echo lu ;;
    memsweep) echo sweep ;;
    memsweep.copy) echo copy ;;
    forksum) echo sum ;;
    diskrand) echo iops ;;
    nginxload) echo requests ;;
    nginxload.big) echo download ;;
    memsweep:*metrics=*)
        part_text=${1#*metrics=}
        echo "${part_text%%,*}" | tr + ' '
        ;;
    cmd:*) if carry_is_value "$1"; then echo value; else echo time; fi ;;
    nginxload:*download*) echo download ;;
    nginxload:*upload*) echo upload ;;
    memsweep:*) echo sweep copy ;;
    *:*) part_metrics "${1%%:*}" ;;
    esac
}

# part_decides PART: whether any verdict is about it.
part_decides() { [ "$1" != memsweep.size ]; }

# part_weight PART: its share of a round's time, by how much of it a narrow interval takes.
part_weight() {
    case $1 in
    memsweep.size) echo 1 ;;
    memsweep.copy) echo 7 ;;
    nginxload) echo 6 ;;
    forksum) echo 5 ;;
    diskrand) echo 4 ;;
    memsweep | nginxload.big | forksum:*) echo 3 ;;
    *) echo 2 ;;
    esac
}

# part_big: MiB of what is served as /big for these benchmarks: more than a download of ours, which no round's
# time is spent on making, or what those who ask for their own may want.
part_big() {
    for part_one in $CHOSEN_BENCHMARKS; do
        case $part_one in nginxload:*) echo 512 && return ;; esac
    done
    echo 16
}

# part_step PART: the least duration of what a step does. Noise changes within milliseconds, so that many
# short steps say more than a few long ones; but whoever brings the line to a container or guest leaves the
# caches cold, which costs the first of them some 10 us.
part_step() {
    case $QUICK:$1 in
    1:* | :forksum) echo 1ms ;;
    *) echo 4ms ;;
    esac
}

# part PART PLATFORM-RUNNER CLIENT-RUNNER OPTION...: runs the part's program by the first runner, or, where it
# loads a server from outside, on the host's other CPUs by the second, with these options before its own. ISA
# is the best instruction set that all platforms have, STORES the way through STREAM's arrays that is best
# natively.
part() {
    part_name=$1 part_runner=$2 part_outside=$3
    shift 3
    part_sizes
    case $part_name in
    cmd:*)
        part_cmd "$part_runner" "$@"
        return
        ;;
    *:*)
        part_spelled "$part_runner" "$part_outside" "$@"
        return
        ;;
    linpack) set -- linpack "$@" --size "$part_order" ${ISA:+--isa "$ISA"} ;;
    linpack.best) set -- linpack "$@" --size "$part_order" ;;
    memsweep) set -- memsweep "$@" ${ISA:+--isa "$ISA"} ${QUICK:+--size "$part_size"} sweep ;;
    memsweep.copy)
        set -- memsweep "$@" ${ISA:+--isa "$ISA"} ${STORES:+--stores "$STORES"} --array "$part_array" copy
        ;;
    memsweep.size)
        set -- memsweep "$@" ${ISA:+--isa "$ISA"} ${STORES:+--stores "$STORES"} --array "$part_array" \
            --size "$part_size" triad latency fault
        ;;
    forksum) set -- forksum "$@" 1 "$part_sum" ;;
    diskrand) set -- diskrand "$@" --size "$part_disk" "$(platform_data)" ;;
    nginxload) set -- nginxload "$@" -c "$CLIENT_CPUS" "$(cat "$WORK/url")/small" ;;
    nginxload.big) set -- nginxload "$@" -c "$CLIENT_CPUS" --download --bytes "$part_bytes" \
        "$(cat "$WORK/url")/big" ;;
    esac
    case $1 in
    nginxload) "$part_outside" "$@" ;;
    *) "$part_runner" "$@" ;;
    esac
}

# part_spelled PLATFORM-RUNNER CLIENT-RUNNER OPTION...: a benchmark with options of its own ($part_name),
# which come last and so count; what they leave open is as in the benchmark without options.
part_spelled() {
    [ -z "$QUICK" ] || part_name=$(sizes_small "$part_name")
    part_operands='' part_page=/small
    part_options=$(part_words "$part_name")
    case $part_name in
    linpack:*) set -- "$@" --size "$part_order" ${ISA:+--isa "$ISA"} ;;
    memsweep:*) set -- "$@" --array "$part_array" ${ISA:+--isa "$ISA"} ${STORES:+--stores "$STORES"} ;;
    diskrand:*) set -- "$@" --size "$part_disk" ;;
    nginxload:*) set -- "$@" -c "$CLIENT_CPUS" ;;
    esac
    case $part_name in
    memsweep:*metrics=*) part_operands=$(part_metrics "$part_name") ;;
    memsweep:*) part_operands='sweep copy' ;;
    forksum:*range=*)
        part_operands=${part_name#*range=}
        part_operands=$(echo "${part_operands%%,*}" | tr - ' ')
        ;;
    forksum:*) part_operands="1 $part_sum" ;;
    diskrand:*) part_operands=$(platform_data) ;;
    nginxload:*download*) part_page=/big ;;
    nginxload:*upload*) part_page=/upload ;;
    esac
    part_runner=$1 part_outside=$2
    shift 2
    # shellcheck disable=SC2086 # lists of words
    case $part_name in
    nginxload:*) "$part_outside" nginxload "$@" $part_options "$(cat "$WORK/url")$part_page" ;;
    *) "$part_runner" "${part_name%%:*}" "$@" $part_options $part_operands ;;
    esac
}

# part_cmd PLATFORM-RUNNER OPTION...: the user's own program ($part_name), run by the one that measures it.
part_cmd() {
    command -v platform_carried >/dev/null || {
        echo "$PLATFORM: its adapter carries no files of the user's own" >&2
        return 77
    }
    part_runner=$1 part_there=$(platform_carried)
    shift
    carry_words "$part_name" "$part_there" >"$WORK/words"
    part_called=$(carry_split "$part_name" | head -n 1)
    set -- "$part_runner" "$part_there/cmd" "$@" --in "$(platform_data)" --called "${part_called##*/}"
    ! carry_is_value "$part_name" || set -- "$@" --value --unit "$(carry_option "$part_name" unit 1)" \
        --better "$(carry_option "$part_name" better higher)"
    set -- "$@" --
    while IFS= read -r part_word; do set -- "$@" "$part_word"; done <"$WORK/words"
    "$@"
}

# part_words BENCHMARK: the options behind its colon, as its program has them.
part_words() {
    echo "${1#*:}" | tr , '\n' | sed -e '/^metrics=/d; /^range=/d; /^$/d' -e 's/^/--/'
}

# part_check BENCHMARK: 0 if its options are its program's, and for whoever asks to set; else says why not.
part_check() {
    case $1 in
    cmd:*)
        carry_check "$1"
        return
        ;;
    *:) echo "$1: nothing follows the colon" && return 1 ;;
    *[!A-Za-z0-9:=,.%+_-]*) echo "$1: letters, digits and : = , . + - are what a benchmark is spelled with" &&
        return 1 ;;
    *:*) ;;
    *) return 0 ;;
    esac
    for part_word in $(part_words "$1"); do
        case ${part_word%%=*} in
        --reps | --warmup | --cpus | --seed | --format | --facts | --steps | --help | --version | \
            --list-isa | --where | --keep | --i-know-this-destroys | --inject | --wait-up | --time)
            echo "$1: ${part_word%%=*} is the driver's to set"
            return 1
            ;;
        esac
        part_said=$("$BUILD/${1%%:*}" "$part_word" --help 2>&1 >/dev/null) || {
            echo "$1: $part_said"
            return 1
        }
    done
}

# part_client WORD...: the load client comes from the host, for every platform alike.
part_client() (
    part_tool=$1
    shift
    exec "$BUILD/$part_tool" "$@"
)
