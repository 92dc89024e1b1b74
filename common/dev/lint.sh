#!/bin/sh
# Warnings as errors with gcc and clang, clang-format, cppcheck, shellcheck, shfmt, mandoc; that lines of
# shell have 110 columns at most, that names say where they are from, that each room has its README, and that
# the top level has what it shall and nothing else. A linter that is not installed is named and counts as a
# failure: a check that did not run has not passed.
# usage: lint.sh SHELL_FILE... -- MAN_PAGE... -- C_FILE...
set -u
unset CDPATH && export LC_ALL=C

failed=0
fail() {
    echo "lint: $1" >&2
    failed=1
}

need() {
    command -v "$1" >/dev/null 2>&1 || {
        fail "$1: not found (make deps)"
        return 1
    }
}

shells=
while [ "$1" != -- ]; do
    [ ! -f "$1" ] || shells="$shells $1"
    shift
done
shift
pages=
while [ "$1" != -- ]; do
    pages="$pages $1"
    shift
done
shift

# Rooms that are more than a program say what belongs into them.
for room in common/*/ docker vm-image; do
    [ -f "${room%/}/README.md" ] || fail "${room%/}: no README.md"
done
# One scheme of header guards: GM_, the program or room unless it is the library or the tests, the file.
for header; do
    case $header in *_template.h | *.c) continue ;; esac
    guard=$(echo "$header" |
        sed -E 's|^common/||; s/^(lib|test).//; s|^([a-z]+)/.*/|\1/|; s|^([a-z]+)/\1\.h|\1.h|; s|[/.]|_|g')
    guard=GM_$(echo "$guard" | tr '[:lower:]' '[:upper:]')
    grep -qx "#ifndef $guard" "$header" || fail "$header: its guard is not $guard"
done
# A function of the driver carries its file's name, or the last word of it; there and in the adapters none is
# called like a variable.
awk '
    FNR == 1 {
        name = FILENAME
        gsub(/.*\/|s?\.sh$/, "", name)
        last = name
        sub(/.*_/, "", last)
    }
    match($0, /^[a-z_0-9]+\(\)/) {
        function_name = substr($0, 1, RLENGTH - 2)
        functions[function_name] = FILENAME ":" FNR
        if (FILENAME ~ /driver/ && function_name !~ "^(main|(" name "|" last ")s?(_.*)?)$") {
            print FILENAME ":" FNR ": " function_name " lacks the prefix of its file"
            bad = 1
        }
    }
    {
        line = " " $0
        gsub(/(-v|echo) [a-z_]+=/, "", line)
        while (match(line, /[ ;({][a-z_0-9]+=|[ ;]for [a-z_0-9]+ in/)) {
            word = substr(line, RSTART + 1, RLENGTH - 1)
            gsub(/^for | in$|=$/, "", word)
            variables[word] = FILENAME ":" FNR
            line = substr(line, RSTART + RLENGTH)
        }
    }
    END {
        for (word in functions) if (word in variables) {
            print variables[word] ": " word " is a function of " functions[word]
            bad = 1
        }
        exit bad
    }' common/driver/*.sh common/platforms/*.sh docker/*.sh vm-image/*.sh || fail names
# No parameter of an awk function is called like a function: newer mawks refuse that.
for program in common/driver/*.awk; do
    awk '
        FNR == 1 { files++ }
        !match($0, /^function [a-z_0-9]+\(/) { next }
        files == 1 { functions[substr($0, 10, RLENGTH - 10)]; next }
        {
            rest = substr($0, RLENGTH + 1)
            n = split(substr(rest, 1, index(rest, ")") - 1), names, /[, ]+/)
            for (i = 1; i <= n; i++) if (names[i] in functions) {
                print FILENAME ":" FNR ": " names[i] " is a function"
                bad = 1
            }
        }
        END { exit bad }' "$program" "$program" || fail "names of awk"
done
# What lies at the top level is fixed.
for entry in *; do
    case $entry in
    LICENSE | Makefile | README.md | run.sh | common | docker | vm-image | build* | results) ;;
    linpack | memsweep | forksum | diskrand | nginxload) ;;
    *) fail "top level: $entry" ;;
    esac
done
# shellcheck disable=SC2086 # lists of files without spaces
{
    awk -v most=110 'length > most { print FILENAME ":" FNR ": longer than " most; bad = 1 }
        END { exit bad }' \
        $shells common/driver/*.awk || fail "lines"
    if need shellcheck; then
        shellcheck -s sh -x -P SCRIPTDIR/.. -P . $shells || fail "shellcheck"
    fi
    if need shfmt; then
        shfmt -d -i 4 -ln posix $shells || fail "shfmt (make format)"
    fi
    if need mandoc; then
        mandoc -Tlint -W warning $pages || fail "mandoc"
    fi
}
if need clang-format; then
    clang-format --dry-run --Werror "$@" || fail "clang-format (make format)"
fi
if need cppcheck; then
    mkdir -p "$BUILD/cppcheck"
    cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,portability,performance \
        --inline-suppr --suppress=missingIncludeSystem -D__x86_64__ -D_GNU_SOURCE -Icommon/lib -Icommon/test \
        -Icommon/compare/read -Icommon/compare/judge -Icommon/compare/text -Icommon/compare/html \
        --cppcheck-build-dir="$BUILD/cppcheck" "$@" ||
        fail "cppcheck"
fi
for compiler in gcc clang; do
    need "$compiler" || continue
    make -s CC="$compiler" CFLAGS='-O2 -g -Werror' BUILD="$BUILD/lint-$compiler" all ||
        fail "$compiler"
done
exit "$failed"
