#!/bin/sh
# What build.sh makes of the apt sources and kernels that distributions have.
. common/test/tap.sh
here=$(cd "$BUILD" && pwd)

# ---- whose packages: mmdebstrap is one that writes down what it is asked for ----
mkdir -p "$TMP/bin" "$TMP/b"
printf '#!/bin/sh\necho "$*" >>"%s"\necho "E: enough"\nexit 1\n' "$TMP/asked" >"$TMP/bin/mmdebstrap"
chmod +x "$TMP/bin/mmdebstrap"
for tool in linpack memsweep forksum diskrand nginxload; do ln -s "$here/$tool" "$TMP/b"; done
asked() { # TITLE OS-RELEASE SOURCES WANTED
    rm -rf "${TMP:?}/etc"
    mkdir -p "$TMP/etc/apt/sources.list.d"
    printf '%b' "$2" >"$TMP/etc/os-release"
    printf '%b' "$3" >"$TMP/etc/apt/sources.list.d/x.sources"
    : >"$TMP/asked"
    run env BUILD="$TMP/b" GUESTMARK_ETC="$TMP/etc" PATH="$TMP/bin:$PATH" sh vm-image/build.sh rootfs
    check "$1" grep -q " $4 [^ ]*/base.tar.new $TMP/etc/apt/sources.list.d/x.sources\$" "$TMP/asked"
}
if command -v dpkg >/dev/null 2>&1; then
    asked 'a release by its name' 'VERSION_CODENAME=bookworm\n' 'Suites: bookworm bookworm-updates\n' bookworm
    asked 'sources that say stable' 'VERSION_CODENAME=bookworm\n' 'Suites: stable stable-updates\n' stable
    asked 'testing' 'VERSION_CODENAME=forky\n' 'Suites: testing\n' testing
    asked 'sid, which has no name of its own' 'NAME=Debian\n' \
        'deb http://deb.debian.org/debian sid main\n' sid
    asked 'Mint' 'VERSION_CODENAME=virginia\nUBUNTU_CODENAME=jammy\n' 'deb http://a/ubuntu jammy main\n' jammy
    asked 'LMDE' 'VERSION_CODENAME="faye"\nDEBIAN_CODENAME="bookworm"\n' \
        'deb http://a/debian bookworm main\n' bookworm
    asked 'a comment is no source' 'VERSION_CODENAME=x\n' \
        '# deb http://a stable main\ndeb http://a testing main\n' testing
    run env BUILD="$TMP/b" GUESTMARK_ETC="$TMP" PATH="$TMP/bin:$PATH" sh vm-image/build.sh rootfs
    check 'none: not available' [ "$run_status" -eq 77 ]
    out_has 'and says what it needs' 'no apt source .*needs a Debian or Ubuntu'
else
    skip 'whose packages' 'no dpkg here'
fi

# ---- a kernel whose modules are compressed, and lie where newer releases have them ----
why=$(sh vm-image/build.sh guest 2>/dev/null) || {
    skip 'compressed modules' "${why:-the guest could not be built}"
    tap_done
}
cloud=$here/vm-image/cloud
version=$(ls "$cloud/root/lib/modules")
package() {
    # FOLDER PROGRAM...: the kernel's package, with each module packed; below usr all of it is in one place
    package=$TMP/b/vm-image/cloud-package
    package_folder=$package/$1/$version/kernel
    rm -rf "$TMP/b/vm-image/cloud" "$TMP/b/vm-image/cloud-package"
    mkdir -p "$package/boot" "$package_folder"
    case $1 in
    usr/*)
        cp "$cloud/vmlinuz" "$package_folder/../vmlinuz"
        [ ! -d "$TMP/b/vm-image/tools/bin" ] || cp -R "$TMP/b/vm-image/tools/bin" "$TMP/b/vm-image/tools/usr"
        rm -rf "$TMP/b/vm-image/tools/bin"
        ;;
    *) cp "$cloud/vmlinuz" "$package/boot/vmlinuz-$version" ;;
    esac
    cp "$cloud/root/lib/modules/$version"/*.ko "$package_folder"
    shift
    "$@" "$package_folder"/*.ko
}
mkdir -p "$TMP/b/vm-image"
cp "$here/vm-image/base.tar" "$TMP/b/vm-image"
cp -R "$here/vm-image/tools" "$TMP/b/vm-image"
for packed in 'lib/modules xz' 'usr/lib/modules zstd -q --rm' 'lib/modules gzip' 'lib/modules true'; do
    # shellcheck disable=SC2086 # a folder and a command
    package $packed
    ok "modules: $packed" env BUILD="$TMP/b" sh vm-image/build.sh guest
    check 'all are unpacked, and loaded in the same order' \
        diff -r "$TMP/b/vm-image/cloud/root/lib/modules" "$cloud/root/lib/modules"
    check 'with the kernel' cmp "$TMP/b/vm-image/cloud/vmlinuz" "$cloud/vmlinuz"
done

# ---- what the guest's agents do without: a busybox that has uuencode and no base64 ----
mkdir -p "$TMP/old"
for applet in sh cat sed uudecode uuencode; do ln -s "$(command -v busybox)" "$TMP/old/$applet"; done
head -c 70000 "$BUILD/linpack" >"$TMP/some"
cat >"$TMP/old.sh" <<END
PATH=$TMP/old
! command -v base64 || exit 1
. vm-image/guest/usr/local/sbin/guest-base64
base64 "$TMP/some" >"$TMP/encoded" && base64 -d <"$TMP/encoded" >"$TMP/decoded"
END
ok 'base64 by uuencode' busybox sh "$TMP/old.sh"
check 'decodes what it has encoded' cmp "$TMP/decoded" "$TMP/some"
check 'so does the host' sh -c 'base64 -d <"$1" | cmp - "$2"' - "$TMP/encoded" "$TMP/some"
base64 "$TMP/some" | tr -d '\n' >"$TMP/one.line"
# shellcheck disable=SC2016 # expanded by that shell
ok 'and takes what the host sends, on one line' env PATH="$TMP/old" "$TMP/old/sh" -c '
    . vm-image/guest/usr/local/sbin/guest-base64
    base64 -d <"$0"' "$TMP/one.line"
check 'as it is' cmp "$TMP/out" "$TMP/some"
tap_done
