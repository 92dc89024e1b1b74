#!/bin/sh
# The runner of tests: what it counts, and what it calls a failure.
. common/test/tap.sh

made() { # NAME (its output on stdin)
    { echo '#!/bin/sh' && echo "cat <<'END'" && cat && echo END; } >"$TMP/$1.t"
    chmod +x "$TMP/$1.t"
}
made good <<'EOF'
ok 1 - a
ok 2 - b # SKIP no such CPU
ok 3 - c # SKIP no shell here (apt-get install busybox)
1..3
EOF
made bad <<'EOF'
ok 1 - a
not ok 2 - b
# stderr: why
ok 3 - c
1..3
EOF
made none <<'EOF'
1..0 # SKIP no qemu (apt-get install qemu-system-x86)
EOF
runner() { # CI TEST...
    runner_ci=$1
    shift
    env BUILD="$TMP" CI="$runner_ci" sh common/test/check.sh "$@"
}
last_is() { check "$1" [ "$(tail -n 1 "$TMP/out")" = "$2" ]; }

ok 'skipped tests do not fail' runner '' "$TMP/good.t" "$TMP/none.t"
last_is 'and are counted' '1 passed, 0 failed, 3 skipped'
out_has 'and named with the reason' '^b skipped: no such CPU$'
status 1 'a test that fails' runner '' "$TMP/good.t" "$TMP/bad.t"
last_is 'is counted' '3 passed, 1 failed, 2 skipped'
out_has 'is named' '/bad\.t: not ok 2 - b$'
out_has 'and says why' '^  # stderr: why$'
status 1 'in CI, one that is skipped for want of a package fails' runner true "$TMP/good.t" "$TMP/none.t"
last_is 'and is counted' '1 passed, 2 failed, 1 skipped'
out_has 'and says so' 'apt-get install busybox\); in CI that is a failure'
made good <<'EOF'
ok 1 - a
ok 2 - b # SKIP no such CPU
1..2
EOF
ok 'in CI, one that is skipped for another reason does not' runner true "$TMP/good.t"
last_is 'and is counted as skipped' '1 passed, 0 failed, 1 skipped'
tap_done
