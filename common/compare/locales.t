#!/bin/sh
# compare writes the same bytes under any locale, from the same samples.
. common/test/tap.sh

"$BUILD/test/campaign_helper" --cost 1.3 --events --curves "$TMP/full"
mkdir "$TMP/course" "$TMP/locales"
printf 'TIME;VALUE\n1;1,5\n2;FAILED\n3;1,25\n4;0:02,5\n' >"$TMP/course/native-mem.csv"
printf 'time,value\n1,2.5\n2,INF\n3,2.25\n' >"$TMP/course/kvm-mem.csv"
for format in text html csv json markdown; do
    "$BUILD/compare" -f "$format" "$TMP/full" "$TMP/course" >"$TMP/C.$format"
done
for locale in de_DE tr_TR; do
    # Made here, so that it does not depend on what this system has.
    if ! localedef -i "$locale" -f UTF-8 "$TMP/locales/$locale.UTF-8" 2>/dev/null; then
        skip "$locale.UTF-8" 'no sources of locales here (package locales)'
        continue
    fi
    check "$locale.UTF-8 is in force" sh -c 'LOCPATH=$1 LC_ALL=$2 locale decimal_point | grep -qx ,' - \
        "$TMP/locales" "$locale.UTF-8"
    for format in text html csv json markdown; do
        ok "$format under $locale.UTF-8" env LOCPATH="$TMP/locales" LC_ALL="$locale.UTF-8" \
            "$BUILD/compare" -f "$format" "$TMP/full" "$TMP/course"
        check "is the same: $format" cmp "$TMP/C.$format" "$TMP/out"
    done
done

tap_done
