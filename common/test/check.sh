#!/bin/sh
# Runs TAP tests by prove, names what was skipped and why, and what has failed and what it said, and ends with
# one line: N passed, N failed, N skipped. With CI=true a test that was skipped for want of a Debian package
# has failed: such a reason names it (apt-get install PACKAGE).
# usage: check.sh TEST...
set -eu
unset CDPATH && export LC_ALL=C

command -v prove >/dev/null 2>&1 || {
    echo "check: prove: not found; install perl (make deps)" >&2
    exit 1
}
dump=$BUILD/tap
rm -rf "$dump"
mkdir -p "$dump"

# Every test is executable: a shell script with its #! line, or a program.
status=0
PERL_TEST_HARNESS_DUMP_TAP=$dump prove --timer --exec '' "$@" || status=$?
find "$dump" -name '*.t' -type f -exec awk -v ci="${CI:-}" -v dump="$dump/" '
    /^(ok|1\.\.0) .*# SKIP/ {
        sub(/^(ok [0-9]+ -|1\.\.0) /, "")
        sub(/# SKIP/, "skipped:")
        if (ci == "true" && /apt-get install/) {
            failed++
            lacking = 1
            print $0 "; in CI that is a failure: common/dev/packages.txt lacks it"
        } else {
            skipped++
            print
        }
        next
    }
    /^#/ && said > 0 {
        failures = failures "  " substr($0, 1, 300) "\n"
        said--
        next
    }
    { said = 0 }
    /^ok / { passed++ }
    /^not ok / {
        failed++
        failures = failures substr(FILENAME, length(dump) + 1) ": " $0 "\n"
        said = 8
    }
    END {
        printf "%s%d passed, %d failed, %d skipped\n", failures, passed, failed, skipped
        exit lacking
    }' {} + || status=1
exit "$status"
