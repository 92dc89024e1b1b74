#!/bin/sh
# build.sh ENGINE...: builds the image guestmark:STAMP with a container engine (docker or podman, with the
# options it needs to be reached) and prints its name; STAMP follows from what is in the root filesystem. No
# other image is needed or pulled. What cannot be built says why on one line on stdout, with status 77.
set -eu
unset CDPATH && export LC_ALL=C
umask 022

cd "$(dirname "$0")/.."
BUILD=${BUILD:-build}

main() {
    why=$(sh vm-image/build.sh rootfs) || {
        echo "$why"
        exit 77
    }
    image=guestmark:$(sha256sum docker/Dockerfile "$BUILD/vm-image/rootfs.stamp" | sha256sum | cut -c 1-16)
    if ! "$@" image inspect "$image" >/dev/null 2>&1; then
        context=$(mktemp -d "$BUILD/docker.XXXXXX")
        trap 'rm -rf "$context"' EXIT
        mkdir "$context/build"
        sed -n '/ AS userland$/,$p' docker/Dockerfile >"$context/Dockerfile"
        tar -cf "$context/build/rootfs.tar" -C "$BUILD/rootfs" --sort=name --owner=0 --group=0 \
            --numeric-owner \
            --mtime=@1735689600 .
        "$@" build -q -t "$image" "$context" >"$context/log" 2>&1 || {
            echo "$1 build failed: $(tail -n 1 "$context/log")"
            exit 77
        }
        # The image that this one replaces.
        last=$(cat "$BUILD/docker-image-$1" 2>/dev/null || :)
        [ -z "$last" ] || [ "$last" = "$image" ] || "$@" image rm "$last" >/dev/null 2>&1 || :
        echo "$image" >"$BUILD/docker-image-$1"
    fi
    echo "$image"
}

main "$@"
