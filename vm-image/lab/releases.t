#!/bin/sh
# README's first command on the releases of Debian that people have beside this one, each in a bare root: what
# is missing is installed, the programs build, and native, a container and a guest are measured.
. common/test/tap.sh

[ "$(id -u)" -eq 0 ] || skip_all 'needs root, for name spaces and mounts'
command -v mmdebstrap >/dev/null || skip_all 'mmdebstrap: not found (apt-get install mmdebstrap)'
for release in bullseye trixie testing; do
    run sh .ci/run first "$release"
    # Nothing of the release was tried where its root could not even be made.
    if ! grep -q '^ci: make deps run$' "$TMP/out"; then
        skip "$release" "its packages cannot be had here: $(grep -h '^E:' "$TMP/err" | head -n 1)"
        continue
    fi
    tail -n 20 "$TMP/out" >"$TMP/last" && mv "$TMP/last" "$TMP/out"
    check "$release: make deps run" grep -q '^ci: make deps run: exit status 0 ' "$TMP/out"
    check "$release: it has measured native, docker and qemu" grep -q '^ci: its results: exit status 0 ' \
        "$TMP/out"
done

tap_done
