#!/bin/sh
# One campaign, one set of programs, one host, one set of settings: what --resume takes over, refuses and
# tries again; that the command a campaign names measures it again; and which folders are made, and when.
. common/test/tap.sh
BUILD=$(cd "$BUILD" && pwd)
export BUILD

# An adapter that starts as long as the file `broken` is not there. MODE=unusable is a key.
mkdir "$TMP/adapter"
fake=$TMP/adapter/fake.sh broken=$TMP/broken
cat >"$fake" <<END
platform_probe() {
    [ "\$(platform_key mode none)" != unusable ] || { echo 'fake: no engine answers'; return 77; }
}
platform_prepare() { :; }
platform_up() {
    echo "\$BIG" >"$TMP/big"
    [ ! -f "$broken" ] || [ "\$ROUND" = 0 ] || { echo 'fake: the engine died' >&2; return 1; }
}
END
cat >>"$fake" <<'END'
platform_run() {
    case $1,$2 in
    linpack,--list-isa) [ "$(platform_key isa yes)" = no ] || printf 'avx2\nsse2\ngeneric\n' ;;
    *,--version) ;;
    *) printf '%s\n' "$tap_columns" "$1,time,s,lower,1,0.0012" ;;
    esac
}
platform_data() { echo "$STATE"; }
platform_sha256() { platform_sha256_of "$BUILD"; }
platform_url() { echo 'fake: no nginx'; return 77; }
platform_facts() { echo platform.kind=fake; }
platform_pids() { :; }
platform_down() { :; }
END
driver() { sh ./run.sh "$@" </dev/null; }
setting() { grep -qx "setting.$1" "$2/environment.txt"; }

# ---- what is not the same campaign ----
out=$TMP/out.d
ok 'a campaign' driver -p "$fake" -b linpack,forksum -n 2 -s 7 --limit 300 --quick -o "$out"
for key in host kernel cpu.model cpu.count memory commit sha256.linpack sha256.nginxload; do
    grep -q "^$key=" "$out/environment.txt" || {
        skip "another $key" 'it is not known here'
        continue
    }
    rm -rf "$TMP/other"
    cp -R "$out" "$TMP/other"
    sed -i "s|^\($key=\).*|\1another|" "$TMP/other/environment.txt"
    cp -R "$TMP/other" "$TMP/before"
    status 1 "another $key is refused" driver --resume "$TMP/other" -n 3
    err_has "and named: $key" "not what it was measured with: $key; begin a new campaign\$"
    check "and nothing is written: $key" diff -r "$TMP/before" "$TMP/other"
    rm -rf "$TMP/before"
done
sed -i 's/^\(kernel\|sha256.forksum\)=.*/\1=another/' "$TMP/other/environment.txt"
run driver --resume "$TMP/other" -n 3
err_has 'all that differs is named' 'measured with:.* kernel.* sha256\.forksum.*; begin'

# ---- options that the campaign has already ----
cp -R "$out" "$TMP/before"
for options in "-p native" '-b forksum' '--set fork' '-s 8' '-c 0' '-m 512M' '--quick' '--methods' \
    "-o $TMP/elsewhere" '--with README.md'; do
    # shellcheck disable=SC2086 # two words
    status 2 "--resume with $options is refused" driver --resume "$out" -n 3 $options
    err_has "and says why: $options" "^run.sh: ${options%% *}: .*(has it already|would need it)"
done
check 'nothing of it is touched' diff -r "$TMP/before" "$out"

# ---- settings that it takes over ----
for value in rounds=2 budget= limit=300 seed=7 quick=1; do
    check "setting.$value is written down" setting "$value" "$out"
done
grep -v ',2,' "$out/facts.csv" >"$TMP/facts"
cp "$TMP/facts" "$out/facts.csv"
ln "$out/samples.csv" "$TMP/samples"
cp "$out/samples.csv" "$TMP/samples.before"
ok 'resumed without a word on rounds' driver --resume "$out"
check 'it makes those that it had been asked for' \
    [ "$(grep -c ',block,complete$' "$out/facts.csv")" -eq 2 ]
check 'samples.csv is not written over in place' cmp "$TMP/samples" "$TMP/samples.before"
check 'every figure is there once' awk -F, '
    $6 == "time" { n[$3, $4, $5]++ } END { for (i in n) if (n[i] != 1) exit 1; exit length(n) != 4 }' \
    "$out/samples.csv"

# ---- a platform that was repaired ----
: >"$broken"
run driver -p "$fake" -b linpack -n 3 --quick -o "$TMP/repaired"
check 'a platform that has failed twice is given up' \
    [ "$(grep -c ',platform,fake: the engine died$' "$TMP/repaired/failures.csv")" -eq 2 ]
rm "$broken"
run driver --resume "$TMP/repaired" -n 5
check 'repaired and resumed, it is tried again' grep -q ',4,linpack,time,' "$TMP/repaired/samples.csv"

# ---- the command that measures it again ----
sed -n 's/^reproduce=\(.*\)/\1 -o "$1"/p' "$out/environment.txt" >"$TMP/again.sh"
ok 'the command that a campaign names' sh "$TMP/again.sh" "$TMP/again"
check 'measures the same in the same order' cmp "$out/plan.csv" "$TMP/again/plan.csv"
ok 'with the same settings' sh -c '
    for folder; do grep "^setting" "$folder/environment.txt" | tr -s " " >"$folder.set"; done
    diff "$1.set" "$2.set"' - "$out" "$TMP/again"

# ---- folders ----
mkdir "$TMP/place"
for name in *; do [ "$name" = results ] || ln -s "$PWD/$name" "$TMP/place/$name"; done
elsewhere() { sh "$TMP/place/run.sh" "$@" </dev/null; }
status 77 'nothing usable' elsewhere -p "$fake:mode=unusable" -n 1
check 'makes no results folder' [ ! -e "$TMP/place/results" ]
ok 'something measured' elsewhere -p "$fake" -b linpack -n 1 --quick
check 'is the latest' [ -s "$TMP/place/results/latest/samples.csv" ]
latest=$(readlink "$TMP/place/results/latest")
status 77 'nothing usable, later' elsewhere -p "$fake:mode=unusable" -n 1
check 'is not the latest' [ "$(readlink "$TMP/place/results/latest")" = "$latest" ]
check 'and leaves no folder' [ "$(find "$TMP/place/results" -mindepth 1 -maxdepth 1 | wc -l)" -eq 2 ]
for name in report.txt report.html log plan.csv environment.txt; do
    mkdir "$TMP/theirs"
    echo mine >"$TMP/theirs/$name"
    status 2 "a stranger's $name is not written over" driver -p "$fake" -b linpack -n 1 --quick \
        -o "$TMP/theirs"
    check "and is as it was: $name" sh -c '[ "$(cat "$1"/*)" = mine ]' - "$TMP/theirs"
    rm -r "$TMP/theirs"
done

# ---- a driver that is killed while it writes down what the host is ----
mkdir "$TMP/bin"
cat >"$TMP/bin/git" <<END
#!/bin/sh
case "\$*" in
*rev-parse*) kill -s KILL "\$(cat "$TMP/pid")"; sleep 1 ;;
*) exec $(command -v git || echo false) "\$@" ;;
esac
END
chmod +x "$TMP/bin/git"
# shellcheck disable=SC2317 # called through run
killed() {
    PATH=$TMP/bin:$PATH sh -c 'echo $$ >"$1" && shift && exec sh ./run.sh "$@"' - "$TMP/pid" "$@" </dev/null
}
run killed -p "$fake" -b linpack -n 1 --quick -o "$TMP/killed"
check 'a driver that is killed before it knows its programs' [ "$run_status" -eq 137 ]
status 2 'is not gone on with, whatever the programs are by now' driver --resume "$TMP/killed"
tries=600
while [ -e "$BUILD/run/$(cat "$TMP/pid")" ] && [ $((tries -= 1)) -gt 0 ]; do sleep 0.1; done

# ---- what is served ----
for big in 16:nginxload 512:nginxload:download; do
    run driver -p "$fake" -b "linpack,${big#*:}" -n 1 --quick -o "$TMP/${big%%:*}"
    check "${big#*:}: /big is of ${big%%:*} MiB" [ "$(cat "$TMP/big")" = "${big%%:*}" ]
    rm "$TMP/big"
    run driver --resume "$TMP/${big%%:*}" -n 2
    check 'when resumed, too' [ "$(cat "$TMP/big")" = "${big%%:*}" ]
done

# ---- instruction sets ----
ok 'a platform that can list no instruction set' driver -p "$fake,$fake:isa=no" -b linpack -n 1 --quick \
    -o "$TMP/isa"
check 'is given none that it may not have' setting isa=generic "$TMP/isa"

tap_done
