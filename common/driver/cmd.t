#!/bin/sh
# The user's own program as a benchmark (-b cmd:COMMAND): real ones of Debian on native, docker and qemu;
# how it is recorded, resumed and refused.
. common/test/tap.sh

driver() { ./run.sh --quick -s 1 "$@"; }
campaign=$TMP/campaign

# ---- what is refused before anything starts ----
refused() { # TITLE REASON ARGUMENT...
    refused_title=$1 refused_reason=$2
    shift 2
    status 2 "$refused_title" driver -p native -o "$TMP/refused" "$@"
    err_has "$refused_title: the reason" "$refused_reason"
    check "$refused_title: nothing was made" [ ! -e "$TMP/refused" ]
}
refused 'no command' "cmd wants a command" -b cmd:
refused 'a quote without end' 'a quote that has no end' -b "cmd:echo 'x"
refused 'no such program' '\./none: no such program' -b 'cmd:./none --n 3'
refused 'a file that may not be run' 'chmod \+x' -b 'cmd:./README.md'
refused 'another direction' 'better= takes lower or higher' -b 'cmd:value,better=more:true'
refused 'another unit' 'unit= takes letters' -b 'cmd:value,unit=a b:true'
refused 'no such file beside it' '--with none: no such file' -b 'cmd:true' --with none
refused 'a fleet' '--fleet: hosts are given no programs of your own' -b cmd:true --fleet 'sh -c'
refused 'a fleet and a file' "--with: a fleet's hosts are given no files of your own" \
    --fleet 'sh -c' --with README.md
refused 'a file for nothing' 'no benchmark cmd:COMMAND that would need it' -b linpack --with README.md
mkdir "$TMP/other"
cp common/driver/cmd.t "$TMP/other/gzip"
refused 'two files of one name' 'another gzip is carried already' -b 'cmd:gzip -V' --with "$TMP/other/gzip"
if ldd "$(command -v gzip)" 2>/dev/null | grep -q '/ld-linux'; then
    perl -0777 -pe 's/libc\.so\.6/libq.so.6/g' "$(command -v gzip)" >"$TMP/lacks"
    chmod 755 "$TMP/lacks"
    refused 'a library that is not here' \
        'needs the library libq\.so\.6, which is not here; --with FILE carries it' \
        -b "cmd:$TMP/lacks -V"
else
    skip 'a library that is not here' 'gzip is static here, or not from glibc'
fi

# ---- real programs ----
gzip="cmd:gzip -9 -c README.md"
sqlite="cmd:sqlite3 :memory: 'select length(hex(zeroblob(99999)))'"
openssl='cmd:value,unit=kB/s,better=higher:openssl speed -elapsed -seconds 1 -bytes 1024 sha256'
set -- -b "$gzip" --with README.md
for program in sqlite3 openssl; do
    command -v "$program" >/dev/null || {
        skip "$program" "not installed (apt-get install $program)"
        continue
    }
    case $program in sqlite3) set -- "$@" -b "$sqlite" ;; openssl) set -- "$@" -b "$openssl" ;; esac
done
ok 'a campaign with programs of Debian' driver -p native,docker,qemu -n 1 -o "$campaign" "$@"
# field TEXT: as it stands in a row.
field() { printf '%s\n' "$1" | sed '/[",]/ { s/"/""/g; s/.*/"&"/; }'; }
measured() { grep -F ",$1,1,$(field "$2"),$3," "$campaign/samples.csv" | grep -q ',1,[0.]*[1-9][0-9.e+-]*$'; }
for platform in native native2 docker qemu; do
    if ! grep -q "^${platform%2},yes," "$campaign/platforms.csv"; then
        skip "$platform" "$(sed -n "s/^${platform%2},no,//p" "$campaign/platforms.csv")"
        continue
    fi
    check "$platform: gzip has times" measured "$platform" "$gzip" 'time,s,lower'
    ! command -v sqlite3 >/dev/null || check "$platform: sqlite3 has" measured "$platform" "$sqlite" \
        'time,s,lower'
    ! command -v openssl >/dev/null ||
        check "$platform: openssl has numbers" measured "$platform" "$openssl" 'value,kB/s,higher'
    check "$platform: what is there is what was carried" grep -q ",$platform,1,platform,sha256.equal,yes" \
        "$campaign/facts.csv"
done
check 'nothing has failed' [ "$(wc -l <"$campaign/failures.csv")" -eq 1 ]
check 'the library that it was run with is known' grep -q '^carried\.lib/' "$campaign/environment.txt"
check 'a row bears the name that was asked for' grep -Eq '^cmd:gzip -9 -c README.md time( +native|$)' \
    "$campaign/report.txt"
check 'the plan, too' grep -q ',cmd:gzip -9 -c README.md$' "$campaign/plan.csv"
check 'the command that measures it again' grep -q \
    "^reproduce=.* -b 'cmd:gzip -9 -c README.md' .*--with 'README.md'" "$campaign/environment.txt"

# ---- one command, several ways to go wrong; resumed ----
cat >"$TMP/odd" <<'END'
#!/bin/sh
echo "it's a  number: $(($1 + $(cat "$2")))"
END
chmod 755 "$TMP/odd"
echo 5 >"$TMP/five"
odd="cmd:value,better=lower:$TMP/odd 2 $TMP/five"
ok 'its own script, and a file of its own' driver -p native -n 1 -o "$TMP/odd.out" -b "$odd" --with \
    "$TMP/five"
check 'the file is found where it was put' grep -qF "$(field "$odd"),value,1,lower,2,7" \
    "$TMP/odd.out/samples.csv"
ok 'resumed' ./run.sh --resume "$TMP/odd.out" -n 2
check 'a second round, of the same row' grep -qF ",native,2,$(field "$odd"),value,1,lower,1,7" \
    "$TMP/odd.out/samples.csv"
echo '# changed' >>"$TMP/odd"
status 1 'a program that is another one now' ./run.sh --resume "$TMP/odd.out" -n 3
err_has 'is said' 'not what it was measured with: sha256\.carried; begin a new campaign'

ok 'what fails' driver -p native -n 1 -o "$TMP/bad.out" -b "cmd:sh -c 'echo no tape >&2; exit 3'" -b \
    'cmd:true'
check 'is a reason' grep -q ',cmd: sh: exit status 3: no tape$' "$TMP/bad.out/failures.csv"
check 'and the others are measured' grep -q ',native,1,cmd:true,time,s,lower,' "$TMP/bad.out/samples.csv"
cat >"$TMP/set" <<'END'
# a set of one's own
linpack:size=60   # with a comment
cmd:printf '#%s\n' 3
END
ok 'in a set' driver -p native -n 1 -o "$TMP/set.out" --set "$TMP/set"
check 'as it stands there' grep -qF ",native,1,cmd:printf '#%s\n' 3,time,s,lower,1," \
    "$TMP/set.out/samples.csv"
tap_done
