#!/bin/sh
# Measures what a guest costs: the five programs on every platform that is usable here.
#
# In a round every platform is started fresh, in an order drawn from the seed, and all of them stay up; then,
# benchmark by benchmark, they take turns, each doing one step of some 20 ms. native runs twice; how far
# native and native2 differ is the noise floor. See common/driver: rounds.sh the rounds, turns.sh the turns,
# block.sh one platform, parts.sh what is run for a benchmark, guards.sh what must hold.
set -eu
unset CDPATH && export LC_ALL=C

ROOT=$(cd "$(dirname "$0")" && pwd)
BUILD=${BUILD:-build}
case $BUILD in
/*) ;;
*) BUILD=$ROOT/$BUILD ;;
esac
. "$ROOT/common/platforms/platform.sh"
. "$ROOT/common/platforms/limits.sh"
. "$ROOT/common/driver/say.sh"
. "$ROOT/common/driver/progress.sh"
. "$ROOT/common/driver/plan.sh"
. "$ROOT/common/driver/record.sh"
. "$ROOT/common/driver/processes.sh"
. "$ROOT/common/driver/parts.sh"
. "$ROOT/common/driver/sizes.sh"
. "$ROOT/common/driver/carry.sh"
. "$ROOT/common/driver/blocks.sh"
. "$ROOT/common/driver/prepare.sh"
. "$ROOT/common/driver/shares.sh"
. "$ROOT/common/driver/turns.sh"
. "$ROOT/common/driver/rounds.sh"
. "$ROOT/common/driver/host.sh"
. "$ROOT/common/driver/output.sh"
. "$ROOT/common/driver/campaign.sh"
. "$ROOT/common/driver/resume.sh"
. "$ROOT/common/driver/list.sh"
. "$ROOT/common/driver/doctor.sh"
. "$ROOT/common/driver/fleet.sh"

usage() {
    cat <<END
usage: run.sh [options]

Runs the five benchmarks on every platform that is usable here, round by round,
and writes a report. A platform is NAME[:KEY=VALUE,...], see --list, or the path
of an adapter of your own (./my-platform.sh).

  -p, --platforms LIST   which; repeatable, comma-separated (native, docker or
                         else podman, kvm, qemu)
  -b, --benchmarks LIST  which (all five); NAME:OPTION=VALUE,... with options of
                         its program (diskrand:pattern=randread,depth=32),
                         memsweep:metrics=A+B, forksum:range=START-END
                         cmd:COMMAND is a program of yours, timed as a whole;
                         cmd:value,unit=UNIT,better=WHICH:COMMAND by the number
                         that it prints on its last line
      --with FILE        carry FILE into the platforms with it; repeatable
      --set NAME         the benchmarks of a set: default, classic, cpu, memory,
                         disk, network, fork, all; or of a file by its path
  -n, --rounds N         exactly N rounds (until all is decided)
  -t, --budget T         start no round that would end later than T after the
                         first: 90s, 30m, 2h ($BUDGET, without -n)
  -o, --output DIR       results folder (results/<UTC time>)
  -s, --seed N           seed of every order and of the programs (drawn)
  -c, --cpus LIST        CPUs of the platform under test (half of those allowed)
  -m, --memory SIZE      memory of the platform under test ($MEMORY)
      --limit SECONDS    longest trial ($LIMIT, more on a slow host); no other step
                         has less
      --methods          forksum also by vfork, spawn, clone and thread: adds
                         forksum:method=vfork, ... to the benchmarks
      --quick            next to no work: checks the chain, figures mean nothing
      --fleet LAUNCHER   the same on every host that this command reaches, with
                         words added to it: 'srun --nodes=4 --ntasks-per-node=1'
      --resume DIR       go on with the campaign in DIR where it was stopped
      --list             show platforms and variants, and what each lacks
      --doctor           check everything without measuring; say what to fix
  -h, --help             show this

Examples:
  run.sh                                   everything that is usable here
  run.sh -p native,docker -b diskrand -n6  six rounds of one benchmark on two

Exit status: 0 measured; 1 something failed, or --doctor has something to fix;
2 wrong usage; 77 nothing usable.
END
}

# What can be chosen, with its defaults. Names in capitals are known to block.sh too.
defaults() {
    FAILURES_FROM=2
    BUDGET=8m
    LIMIT=$(limits_for trial) LIMITS_LEAST=''
    MEMORY=1G
    MODE=measure RESUME='' OUT='' ROUNDS='' SEED='' QUICK='' METHODS='' TEST_CPUS='' CLIENT_CPUS=''
    CHOSEN_PLATFORMS='' CHOSEN_BENCHMARKS='' BUDGET_GIVEN='' FIXED_BY_RESUME='' FLEET='' TEST_CPUS_GIVEN=''
    CARRY='' CARRY_WITH='' CARRY_FROM=$PWD
    COMMAND="./run.sh $*"
}

options() {
    while [ $# -gt 0 ]; do
        case $1 in
        --methods) METHODS=1 FIXED_BY_RESUME=$1 ;;
        --quick) QUICK=1 FIXED_BY_RESUME=$1 ;;
        --list | --doctor) MODE=${1#--} ;;
        -h | --help)
            usage
            exit 0
            ;;
        --*=*) option_value "${1%%=*}" "${1#*=}" ;;
        -[!-]?*) option_value "${1%"${1#-?}"}" "${1#-?}" ;;
        -?*)
            option_value "$1" "${2:-}"
            shift
            ;;
        *) say_bad "$1: takes no operands" ;;
        esac
        shift
    done
}

# option_value NAME VALUE: of -n 6, -n6, --rounds 6 and --rounds=6 alike.
option_value() {
    case $1 in
    -[pbntoscm] | --platforms | --benchmarks | --rounds | --budget | --output | --seed | --cpus | \
        --memory | --set | --with | --limit | --resume | --fleet)
        [ -n "$2" ] || say_bad "$1: needs a value"
        ;;
    --methods | --quick | --list | --doctor | --help) say_bad "$1: takes no value" ;;
    *) say_bad "$1: unknown option" ;;
    esac
    case $1 in
    -[pbosmc] | --platforms | --benchmarks | --set | --with | --output | --seed | --cpus | \
        --memory) FIXED_BY_RESUME=$1 ;;
    esac
    case $1 in
    -p | --platforms) CHOSEN_PLATFORMS=$CHOSEN_PLATFORMS$(plan_split "$2")$NEWLINE ;;
    -b | --benchmarks) CHOSEN_BENCHMARKS="$CHOSEN_BENCHMARKS $(plan_split "$2" | encode_benchmarks)" ;;
    --set) CHOSEN_BENCHMARKS="$CHOSEN_BENCHMARKS $(set_benchmarks "$2")" || exit ;;
    --with) CARRY_WITH=$CARRY_WITH$2$NEWLINE ;;
    -n | --rounds) ROUNDS=$(whole_number "$1" "$2" 1 1000) ;;
    -t | --budget) BUDGET=$2 BUDGET_GIVEN=1 ;;
    -o | --output) OUT=$2 ;;
    -s | --seed) SEED=$(whole_number "$1" "$2" 0 2000000000) ;;
    -c | --cpus) TEST_CPUS=$2 TEST_CPUS_GIVEN=$2 ;;
    -m | --memory) MEMORY=$2 ;;
    --limit) LIMITS_LEAST=$(whole_number "$1" "$2" 1 86400) ;;
    --fleet) FLEET=$2 ;;
    --resume) RESUME=$2 ;;
    esac
}

# whole_number OPTION TEXT MIN MAX: prints the number without leading zeros.
whole_number() {
    case $2 in
    *[!0-9]* | ???????????*) say_bad "$1 $2: not a whole number from $3 to $4" ;;
    esac
    whole=$(echo "$2" | sed 's/^0*\(.\)/\1/')
    if [ "$whole" -lt "$3" ] || [ "$whole" -gt "$4" ]; then
        say_bad "$1 $2: not a whole number from $3 to $4"
    fi
    echo "$whole"
}

# Everything is checked before anything is started.
check_options() {
    for chosen in $CHOSEN_BENCHMARKS; do
        case " $PLATFORM_TOOLS " in
        *" ${chosen%%:*} "*) ;;
        *) case $chosen in cmd:*) ;; *) say_bad \
            "${chosen%%:*}: no such benchmark; there are $PLATFORM_TOOLS and cmd:COMMAND" ;; esac ;;
        esac
    done
    CHOSEN_BENCHMARKS=${CHOSEN_BENCHMARKS:-$PLATFORM_TOOLS}
    [ -z "$METHODS" ] || CHOSEN_BENCHMARKS=$(add_methods)
    [ -n "$CHOSEN_BENCHMARKS" ] || say_bad '--methods: forksum is not among the benchmarks'
    check_places
    printf '%s' "$CHOSEN_PLATFORMS" | while IFS= read -r chosen; do
        check_platform "$chosen"
    done
    BUDGET_SECONDS=$(echo "$BUDGET" | awk '
        !/^[0-9]+[smh]?$/ { exit 1 }
        { print $0 * (/h$/ ? 3600 : /m$/ ? 60 : 1) }') ||
        say_bad "--budget $BUDGET: not a time such as 90s or 30m"
    [ -z "$ROUNDS" ] || [ -n "$BUDGET_GIVEN" ] || BUDGET_SECONDS=
    echo "$MEMORY" | grep -Eqx '[1-9][0-9]*[MG]' || say_bad "--memory $MEMORY: not a size such as 512M"
    case "${FLEET:+fleet} $CHOSEN_BENCHMARKS" in
    'fleet '*' cmd:'*)
        say_bad "--fleet: hosts are given no programs of your own (cmd:); run.sh on each does"
        ;;
    esac
    [ -z "$FLEET" ] || [ -z "$CARRY_WITH" ] ||
        say_bad "--with: a fleet's hosts are given no files of your own"
    # A fleet's hosts have CPUs of their own.
    [ -n "$FLEET" ] || host_choose_cpus || say_bad "--cpus $TEST_CPUS: not CPUs this process may use"
    [ -n "$RESUME" ] || return 0
    [ -f "$RESUME/environment.txt" ] || [ -f "$RESUME/.fleet/options" ] ||
        say_bad "--resume $RESUME: no campaign there"
    [ -z "$FIXED_BY_RESUME" ] ||
        say_bad "$FIXED_BY_RESUME: the campaign in $RESUME has it already; leave it out"
}

# check_places: PATH and the engines' volumes separate by colons, and make by blanks.
check_places() {
    case $BUILD in
    *:* | *"$NEWLINE"*) say_bad \
        "$BUILD: a colon or a line's end in the path cannot be had; move the checkout, or set BUILD" ;;
    esac
    case ${BUILD#"$ROOT"/} in
    *[[:space:]]*) say_bad \
        "BUILD=$BUILD: make cannot build in a folder with a blank in its name; choose another" ;;
    esac
}

check_platform() {
    case ${1%%:*} in
    */*) [ -f "${1%%:*}" ] || say_bad "${1%%:*}: no such adapter" ;;
    native2) say_bad "native2: is the second run of native" ;;
    *) platform_adapter "${1%%:*}" >/dev/null ||
        say_bad "${1%%:*}: no such platform; there are $PLATFORM_NAMES" ;;
    esac
}

# encode_benchmarks: of lines with one benchmark each, one word each.
encode_benchmarks() {
    while read -r encode_line; do
        case $encode_line in
        cmd:*) encode_line=$(printf '%s' "$encode_line" | carry_encode) ;;
        esac
        printf '%s ' "$encode_line"
    done
}

# add_methods: those chosen, and forksum's other ways to make a process; nothing where forksum is not chosen.
add_methods() {
    add_more=
    for chosen in $CHOSEN_BENCHMARKS; do
        case $chosen in
        forksum:*method=*) ;;
        forksum | forksum:*)
            add_to=$(echo "$chosen" | sed 's/^forksum$/&:/; s/:..*/&,/')
            for add_method in vfork spawn clone thread; do
                add_more="$add_more ${add_to}method=$add_method"
            done
            ;;
        esac
    done
    [ -z "$add_more" ] || echo "$CHOSEN_BENCHMARKS$add_more"
}

# set_benchmarks NAME: those of a set, a file with one of them per line, # begins a comment.
set_benchmarks() {
    case $1 in
    */*) set_file=$1 ;;
    *) set_file=$ROOT/common/driver/sets/$1 ;;
    esac
    [ -f "$set_file" ] || say_bad "--set $1: no such set; there are $(cd "$ROOT/common/driver/sets" &&
        echo *), or a file by its path"
    sed '/^ *cmd:/! s/#.*//' "$set_file" | encode_benchmarks
}

# What only the programs can tell.
check_benchmarks() {
    for chosen in $CHOSEN_BENCHMARKS; do
        chosen_why=$(part_check "$chosen") || say_bad "$chosen_why"
    done
}

build() {
    # What was carried here is complete, and made elsewhere.
    [ ! -f "$BUILD/carried" ] && command -v make >/dev/null 2>&1 || return 0
    # Relative where it can be: make knows no names with blanks, and $ROOT may have some.
    make -s -C "$ROOT" BUILD="${BUILD#"$ROOT"/}" all >&2 || say_fail 'the programs do not build'
}

main() {
    defaults "$@"
    options "$@"
    check_options
    build
    check_benchmarks
    limits_measure "$BUILD/forksum" --version
    LIMIT=${LIMITS_LEAST:-$(limits_for trial)}
    campaign_begin
    case $MODE in
    list) list ;;
    doctor) doctor ;;
    measure)
        if [ -n "$FLEET" ] || [ -f "$RESUME/.fleet/options" ]; then fleet; fi
        if [ -n "$RESUME" ]; then
            resume_output
        else
            carry_make
            output_new
        fi
        prepare_probe
        prepare
        rounds
        campaign_report
        ;;
    esac
}

main "$@"
