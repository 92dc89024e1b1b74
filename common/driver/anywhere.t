#!/bin/sh
# The driver under the locales, settings and paths that hosts have: what it finds does not depend on them.
. common/test/tap.sh

# ---- every script that starts sets its own locale, and finds itself ----
# What runs in a guest has no locale; tests get theirs from tap.sh.
find run.sh .ci/run common docker vm-image/*.sh vm-image/root linpack memsweep forksum diskrand nginxload \
    -type f ! -name '*.t' -exec grep -lE '^#!/bin/sh' {} + >"$TMP/scripts"
check 'there are scripts' [ "$(wc -l <"$TMP/scripts")" -gt 10 ]
check 'every script sets its locale and takes no CDPATH' \
    sh -c '! xargs grep -LE "^unset CDPATH && export LC_ALL=C$" <"$1" | grep .' - "$TMP/scripts"

# campaign FOLDER [ENV ARGUMENT...]: a short one of native, of forksum and diskrand.
campaign() {
    campaign=$1
    shift
    env "$@" sh ./run.sh -p native -b forksum,diskrand -n 1 --quick -s 1 -o "$campaign"
}
# good FOLDER: it has what a campaign has, and every row has its columns.
good() {
    awk -F, 'NF != 10 || NR > 1 && $10 !~ /^-?[0-9.]+(e[-+]?[0-9]+)?$/ { print; exit 1 }
        NR > 1 && $5 == "diskrand" && $6 == "iops" && $9 > 0 { iops++ }
        NR > 1 && $5 == "platform" && $6 == "startup" && $10 > 0 { startup++ }
        END { exit !(iops && startup == 2) }' "$1/samples.csv" &&
        awk -F, '$6 == "bill.wall" { n++; if ($7 !~ /^[0-9]+[.][0-9]+ s$/ || $7 + 0 > 600) exit 1 }
            END { exit n < 4 }' "$1/facts.csv" &&
        [ -s "$1/report.html" ] && grep -q '^ *forksum sum' "$1/report.txt"
}

# A decimal comma, with an awk that heeds it; a language in which the capital of i is no I.
mkdir "$TMP/locales" "$TMP/awk"
for locale in de_DE tr_TR; do
    if localedef -i "$locale" -f UTF-8 "$TMP/locales/$locale.UTF-8" >/dev/null 2>&1; then
        made=1
    else
        skip "$locale" 'its definition is not there (apt-get install locales)'
        continue
    fi
    for awk in mawk gawk; do
        if ! command -v "$awk" >/dev/null 2>&1; then
            skip "$locale with $awk" "no $awk (apt-get install $awk)"
            continue
        fi
        ln -sf "$(command -v "$awk")" "$TMP/awk/awk"
        ok "$locale with $awk: a campaign" campaign "$TMP/$locale.$awk" "PATH=$TMP/awk:$PATH" \
            "LOCPATH=$TMP/locales" "LC_ALL=$locale.UTF-8" "LANG=$locale.UTF-8"
        ok "$locale with $awk: as ever" good "$TMP/$locale.$awk"
    done
done
ok 'C: a campaign' campaign "$TMP/c" LC_ALL=C
if [ -n "${made:-}" ]; then
    for locale in C de_DE.UTF-8 tr_TR.UTF-8; do
        for format in text html csv markdown; do
            LOCPATH=$TMP/locales LC_ALL=$locale "$BUILD/compare" -f "$format" \
                -o "$TMP/report.$locale.$format" "$TMP/c"
        done
    done
    for format in text html csv markdown; do
        for locale in de_DE tr_TR; do
            ok "the report as $format is the same in C and $locale" \
                cmp "$TMP/report.C.$format" "$TMP/report.$locale.UTF-8.$format"
        done
    done
fi

# ---- settings ----
(
    umask 077
    campaign "$TMP/umask" A=B
) >"$TMP/out" 2>"$TMP/err"
ok 'a umask of 077' good "$TMP/umask"
ok 'no HOME' campaign "$TMP/home" -u HOME
ok 'no HOME: as ever' good "$TMP/home"
ok 'no standard input' sh -c 'exec <&-; exec "$@"' - sh ./run.sh -p native -b forksum -n 1 \
    --quick -o "$TMP/closed"
check 'no standard input: as ever' grep -q ',forksum,sum,' "$TMP/closed/samples.csv"
ok 'CDPATH' sh -c 'cd "$1/.." &&
    CDPATH=.:$1/..:/ sh "${1##*/}/run.sh" -p native -b forksum -n 1 --quick -o "$2"' \
    - "$PWD" "$TMP/cdpath"
check 'CDPATH: as ever' grep -q ',forksum,sum,' "$TMP/cdpath/samples.csv"

# ---- a kernel that could count pressure and does not: the file is empty, or a read of it fails ----
if unshare -m true 2>/dev/null; then
    : >"$TMP/empty"
    for file in "$TMP/empty" /proc/self/mem; do
        ok "pressure as in $file" unshare -m sh -c 'mount --bind "$1" /proc/pressure/cpu && shift &&
            exec "$@"' - \
            "$file" sh ./run.sh -p native -b forksum,diskrand -n 1 --quick -o "$TMP/pressure"
        ok 'as ever' good "$TMP/pressure"
        check 'its fact is 0' grep -q ',host.psi_cpu,0[.]0* s$' "$TMP/pressure/facts.csv"
        rm -rf "$TMP/pressure"
    done
else
    skip 'a kernel that counts no pressure' 'no name space of mounts can be made here'
fi

# ---- paths ----
# A checkout whose path has what paths can have; its objects come with it, so that nothing is built again.
place="$TMP/a b, \"c\" 'd' é"
mkdir "$place"
cp -R run.sh Makefile common docker vm-image linpack memsweep forksum diskrand nginxload "$place"
mkdir "$place/build"
cp -Rp "$BUILD/obj" "$BUILD"/*.a "$BUILD"/flags "$place/build"
for program in linpack memsweep forksum diskrand nginxload compare turns; do
    [ ! -f "$BUILD/$program" ] || cp -p "$BUILD/$program" "$place/build"
done
find "$place" -name '*.[cs]*' ! -path '*/build/*' -exec touch -r "$BUILD/flags" {} +
ok 'a path of blanks, commas, quotes and letters' env -u BUILD sh "$place/run.sh" -p native \
    -b forksum,diskrand -n 1 --quick
ok 'as ever' good "$place/results/latest"
if ! command -v qemu-system-x86_64 >/dev/null 2>&1; then
    skip 'a guest there' 'no QEMU (apt-get install qemu-system-x86)'
elif ! why=$(sh vm-image/build.sh guest 2>/dev/null); then
    skip 'a guest there' "$why"
else
    # As if it had been carried there: nothing is built.
    mkdir -p "$place/build/vm-image"
    cp -R "$BUILD/rootfs" "$place/build"
    cp "$BUILD/vm-image/vmlinuz" "$BUILD/vm-image/initrd" "$place/build/vm-image"
    : >"$place/build/carried"
    for disk in qcow2 raw; do
        ok "a guest there, disk=$disk" env -u BUILD sh "$place/run.sh" -p "native,qemu:disk=$disk" \
            -b diskrand -n 1 --quick
        check 'its disk is measured' grep -q ",\"*qemu:disk=$disk\"*,1,diskrand,iops,1/s,higher,1,[1-9]" \
            "$place/results/latest/samples.csv"
    done
fi
ok 'and one of the results' campaign "$TMP/r s, \"t\" 'u' ö" A=B
ok 'as ever' good "$TMP/r s, \"t\" 'u' ö"
status 2 'a BUILD that make cannot take is refused' env BUILD="$TMP/x y" sh ./run.sh --list
one_line_error 'in one line'
status 2 'a colon, which PATH cannot take, is refused' env BUILD="$TMP/x:y" sh ./run.sh --list
one_line_error 'in one line'

tap_done
