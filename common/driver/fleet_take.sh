#!/bin/sh
# Takes a host's results in, whole or not at all: $OUT/HOST, which replaces what an earlier attempt has left
# there. Prints why, if they cannot be taken.
# usage: OUT=FOLDER fleet_take.sh ID HOST BYTES CKSUM
set -eu
unset CDPATH && export LC_ALL=C

take_in() {
    if [ -f "$OUT/.fleet/$1.lines" ]; then
        base64 -d <"$OUT/.fleet/$1.lines" >"$take_new/tar" 2>/dev/null || :
    elif [ -f "$OUT/.fleet/incoming/$1" ]; then
        mv "$OUT/.fleet/incoming/$1" "$take_new/tar"
    fi
    rm -f "$OUT/.fleet/$1.lines"
    [ "$(cksum <"$take_new/tar" 2>/dev/null)" = "$4 $3" ] || {
        echo 'its results did not come back whole'
        return
    }
    tar -xzf "$take_new/tar" -C "$take_new" 2>/dev/null || :
    [ -f "$take_new/results/environment.txt" ] || {
        echo "its results cannot be unpacked in $OUT"
        return
    }
    rm -rf "$take_new/old"
    [ ! -e "$OUT/$2" ] || mv "$OUT/$2" "$take_new/old"
    mv "$take_new/results" "$OUT/$2" || echo "its results cannot be written to $OUT"
}

take_new=$OUT/.fleet/new
rm -rf "$take_new"
mkdir -p "$take_new"
take_in "$@"
rm -rf "$take_new"
