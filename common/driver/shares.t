#!/bin/sh
# Who rests in a round by turns, by what its rounds have taken so far (facts.csv and $WORK/spent).
. common/test/tap.sh
ROOT=$PWD WORK=$TMP/work OUT=$TMP ROUNDS=''
. common/driver/csv.sh
. common/driver/shares.sh

mkdir "$WORK"
printf 'native\nnative2\nqemu\ndocker\n' >"$WORK/usable"
sed 's/$/	linpack/' "$WORK/usable" >"$WORK/plan.turns"
# shellcheck disable=SC2034 # for shares.sh
rounds_start=$(($(date +%s) - 100))

# had ROUNDS PLATFORM SECONDS...: what they have had, half of it by their steps, half by being waited for.
had() {
    rounds=$1
    shift
    : >"$WORK/spent"
    while [ $# -gt 0 ]; do
        printf '%s\t%s\n' "$1" "$((50 * $2))" >>"$WORK/spent"
        echo "now,here,$1,1,linpack,bill.wall,$(($2 / 2)) s"
        seq "$rounds" | sed "s/.*/now,here,$1,&,platform,block,complete/"
        shift 2
    done >"$OUT/facts.csv"
}

# rests TITLE OPEN RESTING: of the platforms that have something open, these rest.
rests() {
    printf '%s\n' "$2" | tr ' ' '\n' | sed 's/$/	linpack/' >"$WORK/open"
    shares_rest
    check "$1" [ "$(cat "$WORK/resting")" = "$3" ]
}

had 5 native 20 native2 20 docker 24 qemu 46
rests 'a guest that takes most of the time rests, a container that takes its part does not' 'docker qemu' qemu
rests 'but not where nobody else has anything open' qemu ''
had 4 native 20 native2 20 docker 24 qemu 46
rests 'nor before there are rounds enough to judge it by' 'docker qemu' ''
had 5 native 8 native2 8 docker 10 qemu 18
rests 'nor where it has had less than a fifth' 'docker qemu' ''
ROUNDS=9
had 5 native 20 native2 20 docker 24 qemu 46
rests 'nor where the rounds are counted' 'docker qemu' ''

tap_done
