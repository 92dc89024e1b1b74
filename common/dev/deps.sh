#!/bin/sh
# Installs what is missing for the groups named (run, check, lint, bench, dist; packages.txt has them), on
# Debian and Ubuntu; elsewhere it names what to install. Changes nothing when nothing is missing, and starts
# no service: what a package would start stays off, now and at the next boot, unless it was on before.
# usage: deps.sh [--dry-run] GROUP...
#   --dry-run  says what it would do, and does nothing
# DEPS_ROOT is a root folder other than the system's, for tests.
set -eu
unset CDPATH && export LC_ALL=C
DEPS_ROOT=${DEPS_ROOT:-}
PATH=$PATH:$DEPS_ROOT/usr/sbin:$DEPS_ROOT/sbin

# deps_there HOW: whether one of these commands and files is there.
deps_there() (
    IFS='|'
    set -f
    # shellcheck disable=SC2086 # split at |
    set -- $1
    set +f
    unset IFS
    for there; do
        case $there in
        /*)
            # shellcheck disable=SC2231 # a pattern
            for there_file in "$DEPS_ROOT"$there; do [ ! -e "$there_file" ] || exit 0; done
            ;;
        *) ! command -v "$there" >/dev/null 2>&1 || exit 0 ;;
        esac
    done
    exit 1
)

# deps_missing COLUMN GROUP...: the packages, by one distribution's names, of all that is missing.
deps_missing() {
    missing_column=$1
    shift
    grep '^[a-z]' "$deps_table" | while read -r missing_group missing_how missing_packages; do
        case " $* " in *" $missing_group "*) ;; *) continue ;; esac
        deps_there "$missing_how" || echo "$missing_packages" |
            awk -v column="$missing_column" '{ print $column }'
    done | awk '$0 != "-" && !seen[$0]++'
}

# deps_first NAME...: the first name of each, on one line.
deps_first() { for first; do printf '%s ' "${first%%|*}"; done; }

deps_say() { echo "deps: $*" >&2; }

# deps_root COMMAND...: as root.
deps_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }

# deps_elsewhere GROUP...: not Debian: what to install, by its own name.
deps_elsewhere() {
    if command -v dnf >/dev/null 2>&1; then
        set -- 2 'dnf install' "$@"
    elif command -v pacman >/dev/null 2>&1; then
        set -- 3 'pacman -S' "$@"
    elif command -v apk >/dev/null 2>&1; then
        set -- 4 'apk add' "$@"
    else
        set -- 1 'what Debian calls' "$@"
    fi
    elsewhere_column=$1 elsewhere_command=$2
    shift 2
    # shellcheck disable=SC2046 # a list of names
    elsewhere=$(deps_first $(deps_missing "$elsewhere_column" "$@"))
    [ -n "$elsewhere" ] || return 0
    deps_say "neither Debian nor Ubuntu; missing here, for you to install: $elsewhere_command $elsewhere"
    deps_say \
        'images and guests are made of Debian packages; without apt, run.sh measures native and exec:COMMAND'
    return 1
}

# deps_choose GROUP...: sets $deps_packages to the first package of each line that apt can have, and
# $deps_none to those of which it has none.
deps_choose() {
    deps_none='' deps_packages=''
    for choose in $(deps_missing 1 "$@"); do
        choose_found=
        for choose_package in $(echo "$choose" | tr '|' ' '); do
            apt-cache policy "$choose_package" 2>/dev/null | grep -q '^  Candidate: [^(]' || continue
            choose_found=$choose_package
            break
        done
        if [ -n "$choose_found" ]; then
            deps_packages="$deps_packages $choose_found"
        else
            deps_none="$deps_none ${choose%%|*}"
        fi
    done
    deps_packages=$(echo "$deps_packages" | tr ' ' '\n' | awk 'NF && !seen[$0]++' | tr '\n' ' ')
}

deps_apt() {
    deps_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 \
        -y -qq --no-install-recommends \
        install "$@" >/dev/null
}

# The services that these packages bring.
deps_units='docker.service docker.socket containerd.service nginx.service ssh.service ssh.socket
lighttpd.service podman.socket podman.service podman-auto-update.timer podman-restart.service
munge.service slurmctld.service slurmd.service'

# deps_enabled: those of them that start with the system.
deps_enabled() {
    command -v systemctl >/dev/null 2>&1 || return 0
    for enabled in $deps_units; do
        [ "$(systemctl is-enabled "$enabled" 2>/dev/null)" != enabled ] || echo "$enabled"
    done
}

# Packages ask policy-rc.d what they may start; 101 is no. Where there is one already, that decides.
deps_quiet() {
    deps_policy=$DEPS_ROOT/usr/sbin/policy-rc.d
    deps_before=$(deps_enabled)
    if [ -e "$deps_policy" ]; then
        deps_policy=
    else
        printf '#!/bin/sh\nexit 101\n' | deps_root tee "$deps_policy" >/dev/null
        deps_root chmod 755 "$deps_policy"
    fi
}

deps_unquiet() {
    [ -z "$deps_policy" ] || deps_root rm -f "$deps_policy"
    for unquiet in $(deps_enabled); do
        case $deps_before in
        *"$unquiet"*) ;;
        *) deps_root systemctl disable "$unquiet" >/dev/null 2>&1 || : ;;
        esac
    done
}

# deps_install PACKAGE...: all at once; one by one where that does not work, so that one of them does not stop
# the rest.
deps_install() {
    trap deps_unquiet EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    deps_quiet
    deps_apt "$@" && return
    deps_say 'not all of them together; one by one'
    for install; do
        deps_apt "$install" || deps_none="$deps_none $install"
    done
}

main() {
    deps_table=${0%/*}/packages.txt deps_dry=
    [ "${1:-}" != --dry-run ] || {
        deps_dry=1
        shift
    }
    [ $# -gt 0 ] || set -- run check
    deps_lacking=$(deps_missing 1 "$@")
    [ -n "$deps_lacking" ] || return 0
    command -v apt-get >/dev/null 2>&1 || {
        deps_elsewhere "$@"
        return
    }
    if [ -z "$deps_dry" ]; then
        [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null 2>&1 || {
            # shellcheck disable=SC2086 # a list of names
            deps_say "there is no sudo here; as root: apt-get install $(deps_first $deps_lacking)"
            return 1
        }
        deps_root apt-get update -qq >&2 ||
            deps_say 'apt-get update failed; going on with the lists that are there'
    fi
    deps_choose "$@"
    if [ -n "$deps_packages" ]; then
        deps_say "for $*: apt-get install $deps_packages"
        deps_say 'starts no service: neither a docker daemon, nor nginx on port 80, nor sshd'
        # shellcheck disable=SC2086 # a list of packages
        [ -n "$deps_dry" ] || deps_install $deps_packages
    fi
    [ -z "$deps_none" ] || deps_say "not to be had here, going on without:$deps_none"
}

main "$@"
