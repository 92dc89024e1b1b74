#!/bin/sh
# linpack's tiles as compilers make them: between the first and the last multiply-add no vector goes through
# the stack, and every multiply-add is one of vectors. Only listed, so an instruction set need not be there.
. common/test/tap.sh

# between FUNCTION PATTERN: the lines of its listing from the first instruction of that kind to the last. A
# compiler that changed what it takes has put a suffix behind its name.
between() {
    awk -v name="<$1[.>].*:\$" -v pattern="$2" '
        $0 ~ name { inside = 1 }
        inside && /^$/ { exit }
        inside { line[++n] = $0; if ($0 ~ pattern) { if (!first) first = n; last = n } }
        END { for (i = first; first && i <= last; i++) print line[i] }' "$TMP/listing"
}

# lacks PATTERN: no line of what is in $TMP/out.
# shellcheck disable=SC2317 # check calls it
lacks() { ! grep -Eq -e "$1" "$TMP/out"; }

# tile TITLE ISA VECTOR SCALAR STACK: its two, with patterns of the vector's and the scalar's multiply-add,
# and of an operand there.
tile() {
    for tile in packed in_place; do
        between "tile_${tile}_$2" "$3" >"$TMP/out"
        out_has "$1, $tile: multiply-adds of vectors" "$3"
        check "$1, $tile: no scalar one" lacks "$4"
        check "$1, $tile: no vector is spilled" lacks "$5"
    done
}

# compiled COMPILER...: leaves $TMP/listing, of the kernels alone, whatever the programs were built with.
compiled() {
    "$@" -std=gnu11 -D_GNU_SOURCE -O2 -fno-pie -Icommon/lib -c -o "$TMP/kernel.o" linpack/kernel.c &&
        "$objdump" -d --no-show-raw-insn "$TMP/kernel.o" >"$TMP/listing"
}

objdump=objdump
if [ "$(uname -m)" = x86_64 ]; then
    ok "the kernels for x86-64" compiled "${CC:-cc}"
    for isa in avx2 avx512; do
        tile "$isa" "$isa" 'vfmadd[0-9]*pd' 'vfmadd[0-9]*sd' '%r[sb]p.*mm|mm.*%r[sb]p'
    done
fi
objdump=aarch64-linux-gnu-objdump
if command -v aarch64-linux-gnu-gcc >/dev/null 2>&1; then
    ok "the kernels for aarch64" compiled aarch64-linux-gnu-gcc
    tile "aarch64" generic 'fmla' 'fmadd' '[qd][0-9]+.*\[sp'
else
    skip "the kernels for aarch64" 'no aarch64-linux-gnu-gcc (apt-get install gcc-aarch64-linux-gnu)'
fi

tap_done
