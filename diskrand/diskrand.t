#!/bin/sh
# diskrand: the contract, what it refuses, and that nothing stays behind.
. common/tap.sh

mkdir "$TMP/disk"
disk=$TMP/disk
contract diskrand --size 4M "$disk"
check 'nothing stays behind' rmdir "$disk"
mkdir "$disk"

echo precious >"$disk/mine"
status 2 'a foreign file is refused' "$BUILD/diskrand" -t 1ms "$disk/mine"
one_line_error 'the refusal is one line'
check 'and not touched' grep -qx precious "$disk/mine"
status 2 'naming another path does not help' "$BUILD/diskrand" --i-know-this-destroys "$disk" "$disk/mine"

tap_done
