#!/bin/sh
# What people copy into a guest: for each architecture an archive of the static programs with their sha256,
# built by Debian's cross compilers, each program tried (under qemu-user, where this machine cannot run it).
# usage: dist.sh ARCHITECTURE...     in the environment: BUILD, VERSION, MAKE
set -eu
unset CDPATH && export LC_ALL=C

. common/platforms/platform.sh
programs="$PLATFORM_TOOLS compare"

dist_fail() {
    echo "dist: $1" >&2
    exit 1
}

# dist_build ARCHITECTURE FOLDER: by the compiler for this machine, or a cross compiler. GNU's triplets and
# the kernel's names of these architectures are the same.
dist_build() {
    triplet=$1-linux-gnu
    if [ "$1" = "$(uname -m)" ]; then
        set -- "$2" CC="${CC:-cc}"
    else
        command -v "$triplet-gcc" >/dev/null 2>&1 ||
            dist_fail "$triplet-gcc: not found; install gcc-$(echo "$triplet" |
                tr _ -) and its libc6-dev (make deps dist)"
        set -- "$2" CC="$triplet-gcc" AR="$triplet-gcc-ar"
    fi
    "${MAKE:-make}" -s BUILD="$1" VERSION="$VERSION" "$2" ${3:+"$3"} all
}

# dist_try ARCHITECTURE FOLDER: each program does a little real work.
dist_try() {
    runner=
    if [ "$1" != "$(uname -m)" ]; then
        runner=qemu-$1
        command -v "$runner" >/dev/null 2>&1 ||
            dist_fail "$runner: not found; install qemu-user (make deps dist)"
    fi
    try=$BUILD/dist/try.$$
    rm -rf "$try"
    mkdir -p "$try"
    for program in $programs; do
        set -- --version
        case $program in
        linpack) set -- -n 50 -f value ;;
        # not faults: an emulator has its own
        memsweep) set -- --array 64k -n 64k -f value sweep copy latency gups ;;
        forksum) set -- -f value 1 100 ;;
        diskrand) set -- --buffered -n 1M -f value "$try" ;;
        esac
        [ "$1" = --version ] || set -- -r 1 -w 0 -t 1ms "$@"
        ${runner:+"$runner"} "$dist_folder/$program" "$@" >"$try/out" ||
            dist_fail "$dist_folder/$program $* fails"
        [ -s "$try/out" ] || dist_fail "$dist_folder/$program $* prints nothing"
    done
    rm -rf "$try"
}

dist_pack() {
    mkdir -p "$BUILD/dist"
    rm -rf "$dist_folder"
    mkdir "$dist_folder"
    for program in $programs; do
        install -m 755 "$1/$program" "$dist_folder"
    done
    for strip in "$2-linux-gnu-strip" strip; do
        ! command -v "$strip" >/dev/null 2>&1 || break
    done
    # shellcheck disable=SC2086 # a list of names
    (cd "$dist_folder" && "$strip" $programs && sha256sum $programs >SHA256SUMS)
    install -m 644 LICENSE README.md "$dist_folder"
    dist_try "$2"
    # The same commit gives the same archive.
    when=$(git log -1 --format=@%ct 2>/dev/null) || when=@0
    tar -C "$BUILD/dist" --sort=name --owner=0 --group=0 --numeric-owner --mtime="$when" \
        -cf - "${dist_folder##*/}" | xz -T1 >"$dist_folder.tar.xz"
    (cd "$BUILD/dist" && sha256sum "${dist_folder##*/}.tar.xz")
}

main() {
    trap 'rm -rf "$BUILD/dist/try.$$"' EXIT
    [ $# -gt 0 ] || dist_fail 'no architecture'
    for arch; do
        dist_folder=$BUILD/dist/guestmark-$VERSION-$arch
        dist_build "$arch" "$BUILD/dist/obj-$arch"
        dist_pack "$BUILD/dist/obj-$arch" "$arch"
    done
}

main "$@"
