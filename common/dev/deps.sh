#!/bin/sh
# Installs what `make run`, `make check` and `make lint` need and what is missing, on Debian and
# Ubuntu; elsewhere it names what to install. Changes nothing when nothing is missing.
set -eu

# package:command pairs; a package is wanted when its command is not in PATH.
wanted='gcc:gcc clang:clang libc6-dev:/usr/include/stdio.h perl:prove
clang-format:clang-format shellcheck:shellcheck cppcheck:cppcheck git:git
qemu-system-x86:qemu-system-x86_64 qemu-user:qemu-x86_64 qemu-utils:qemu-img e2fsprogs:mkfs.ext4
mmdebstrap:mmdebstrap docker.io:dockerd ovmf:/usr/share/OVMF/OVMF_CODE_4M.fd passt:passt nginx-light:nginx strace:strace
libclang-rt-14-dev:/usr/lib/llvm-14/lib/clang/14.0.6/lib/linux
iptables:iptables python3-minimal:python3'

missing() {
    for pair in $wanted; do
        PATH=$PATH:/usr/sbin:/sbin command -v "${pair#*:}" >/dev/null 2>&1 || [ -e "${pair#*:}" ] ||
            printf '%s ' "${pair%%:*}"
    done
}

main() {
    packages=$(missing)
    [ -n "$packages" ] || return 0
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "deps: not a Debian or Ubuntu system; please install: $packages" >&2
        exit 1
    fi
    sudo=
    [ "$(id -u)" -eq 0 ] || sudo=sudo
    echo "deps: installing $packages" >&2
    $sudo apt-get update -qq
    # shellcheck disable=SC2086 # a list of packages
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages
}

main "$@"
