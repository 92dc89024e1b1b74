#!/bin/sh
# What the Makefile offers beside building: the version without git, short lines, and installing what can be
# removed.
. common/test/tap.sh
. common/platforms/platform.sh
unset MAKEFLAGS MFLAGS MAKELEVEL # of the make that runs this

# A tarball is a folder without .git, which may lie in somebody else's repository.
mkdir "$TMP/tree" "$TMP/tree/common"
cp -R Makefile common/platforms "$TMP/tree"
mv "$TMP/tree/platforms" "$TMP/tree/common"
ok 'a version without git' make -s -C "$TMP/tree" BUILD=b b/version.c
check 'is the last release' grep -Eq 'gm_version\[\] = "[0-9]+\.[0-9]+"' "$TMP/tree/b/version.c"
ok 'a version of our own' make -s -C "$TMP/tree" BUILD=b VERSION=7.5-x b/version.c
check 'is taken' grep -q 'gm_version\[\] = "7.5-x"' "$TMP/tree/b/version.c"

mkdir "$TMP/tree/common/lib"
echo 'int one;' >"$TMP/tree/common/lib/one.c"
run make -C "$TMP/tree" BUILD=b b/obj/common/lib/one.o
check 'a file is a short line' [ "$(grep -v '^make' "$TMP/out")" = '  CC   b/obj/common/lib/one.o' ]
run make -C "$TMP/tree" BUILD=c V=1 c/obj/common/lib/one.o
out_has 'V=1: the whole command' '-c -o c/obj/common/lib/one.o common/lib/one.c'
run make -s -C "$TMP/tree" BUILD=d d/obj/common/lib/one.o
check 'make -s says nothing' [ ! -s "$TMP/out" ]

ok 'install' make -s BUILD="$BUILD" DESTDIR="$TMP/root" PREFIX=/usr install
for program in $PLATFORM_TOOLS guestmark-compare; do
    ok "$program is there and runs" "$TMP/root/usr/bin/$program" --version
done
for page in linpack guestmark-compare; do
    check "a man page of $page" test -s "$TMP/root/usr/share/man/man1/$page.1"
done
"$BUILD/diskrand" --help | sed -En 's/^  (-.,|   ) --([a-z-]*).*/\2/p' >"$TMP/options"
sed -n 's/^\.It.* Fl -\([a-z-]*\).*/\1/p' "$TMP/root/usr/share/man/man1/diskrand.1" >"$TMP/documented"
check 'options were found' [ "$(wc -l <"$TMP/options")" -gt 20 ]
check 'it has the options of --help' cmp "$TMP/options" "$TMP/documented"
ok 'uninstall' make -s BUILD="$BUILD" DESTDIR="$TMP/root" PREFIX=/usr uninstall
check 'leaves no file' [ -z "$(find "$TMP/root" -type f)" ]
tap_done
