#!/bin/sh
# --doctor: why a platform is not usable, and an exit status that says whether there is something to fix.
. common/test/tap.sh
BUILD=$(cd "$BUILD" && pwd)
export BUILD

fake=$TMP/fake.sh
cat >"$fake" <<'END'
mode=$(platform_key mode none)
platform_probe() { [ "$mode" != unusable ] || { echo 'fake: no engine answers; start it'; return 77; }; }
platform_prepare() { :; }
platform_up() { :; }
platform_run() {
    case $1,$2,$mode in
    linpack,--list-isa,*) echo generic ;;
    *,--version,*) ;;
    *,broken) echo "$1: no memory" >&2; return 1 ;;
    *) printf '%s\n' "$tap_columns" "$1,time,s,lower,1,0.0012" ;;
    esac
}
platform_data() { echo "$STATE"; }
platform_sha256() { platform_sha256_of "$BUILD"; }
platform_facts() { echo platform.kind=fake; }
platform_pids() { :; }
platform_down() { :; }
END
doctor() { sh ./run.sh --doctor "$@" </dev/null; }
# tells: the status is 1 if, and only if, something is to be fixed.
tells() {
    check "$1: the status says whether there is something to fix" sh -c '
        if grep -q "^  fix" "$1"; then [ "$2" -eq 1 ]; else [ "$2" -eq 0 ]; fi' - "$TMP/out" "$run_status"
}

status 77 'no platform is usable' doctor -p "$fake:mode=unusable" -b linpack
out_has 'the reason' "^  no +$fake:mode=unusable: fake: no engine answers; start it\$"
run doctor -p "$fake,$fake:mode=unusable" -b linpack
tells 'one of two is'
out_has 'with the reason for the other' "^  no +$fake:mode=unusable: fake: no engine answers; start it\$"
out_has 'the one is fine' "^  ok +$fake\$"
check 'load is weighed once' [ "$(grep -Ec 'CPUs are busy|nothing else runs' "$TMP/out")" -eq 1 ]
status 1 'what is to be fixed' doctor -p "$fake:mode=broken" -b linpack
out_has 'is said' '^  fix .*linpack: no memory'
tells 'a program that fails'

tap_done
