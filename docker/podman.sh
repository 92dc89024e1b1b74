# What is podman's own, part of platform.sh. Its images and containers are kept in the build folder, apart
# from the user's.
#
# An ordinary user's podman (rootless) has what the host grants: its network is slirp4netns if /dev/net/tun
# may be opened, else the host's; CPUs are given by affinity, because most hosts do not hand users the cpuset
# controller; memory is limited only where the user's systemd grants control groups, which are of version 2.

podman_rootless() { [ "$PLATFORM_NAME" = podman ] && [ "$(id -u)" -ne 0 ]; }

podman_engine() {
    podman_runtime=$(platform_key runtime default)
    # By default podman takes crun.
    if [ "$podman_runtime" = default ] && container_hybrid && container_which runc >/dev/null; then
        podman_runtime=runc
    fi
    [ "$podman_runtime" != runsc ] || set -- --runtime-flag network=host "$@" # see engine_config
    [ "$podman_runtime" = default ] || set -- --runtime "$(container_which "$podman_runtime")" "$@"
    set -- --root "$BUILD/podman/data" --runroot "$BUILD/podman/run" "$@"
    if podman_rootless; then
        platform_taskset "$(container_cpus)" podman --log-level fatal "$@"
    else
        podman --cgroup-manager cgroupfs "$@"
    fi
}

podman_probe() {
    case $BUILD in
    *,*)
        echo "podman cannot keep overlays below $BUILD, whose path has a comma; set BUILD"
        return 77
        ;;
    esac
    podman_run=$BUILD/podman/run
    if [ "${#podman_run}" -gt 50 ]; then
        echo "podman wants a path of at most 50 characters, which $podman_run exceeds;" \
            "set BUILD to a shorter one"
        return 77
    fi
    if [ "$(platform_key runtime default)" = default ] && container_hybrid &&
        ! container_which runc >/dev/null; then
        echo "crun refuses a host with control groups of both versions, as this one is;" \
            "install runc: apt-get install runc"
        return 77
    fi
    if podman_rootless && ! unshare --user true 2>/dev/null; then
        echo "podman as $(id -un) needs user namespaces, which are forbidden here" \
            "(sysctl user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns);" \
            "allow them, or be root"
        return 77
    fi
    if [ "$(platform_key net '')" = slirp4netns ]; then
        container_which slirp4netns >/dev/null || {
            echo "slirp4netns: not found; install it: apt-get install slirp4netns"
            return 77
        }
        podman_tun || {
            echo "net=slirp4netns needs /dev/net/tun, which $(id -un) may not open; use net=host"
            return 77
        }
    fi
}

podman_tun() { [ -c /dev/net/tun ] && (: <>/dev/net/tun) 2>/dev/null; } # a subshell, which a refusal ends

podman_rootless_net() {
    if container_which slirp4netns >/dev/null && podman_tun; then echo slirp4netns; else echo host; fi
}

podman_rootless_facts() {
    echo platform.rootless=yes
    # Without a systemd to ask for them, podman takes none, and says nothing.
    [ "$(podman_engine info --format '{{.Host.CgroupManager}}')" = systemd ] || echo platform.unlimited=memory
}
