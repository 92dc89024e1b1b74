# Adapter: exec:COMMAND, anything that runs a command behind a prefix: chroot FOLDER, ssh HOST, lxc-attach -n
# NAME --, systemd-nspawn -D FOLDER. See common/platforms/platform.sh for the contract.
#
# All it needs there is sh and base64: the programs are copied there, and every command goes through the
# standard input of `COMMAND sh`, so that it does not matter whether the prefix takes words (chroot) or a line
# (ssh).

. "$ROOT/common/platforms/limits.sh"

exec_prefix=${PLATFORM#exec:}

platform_keys() { :; }

platform_probe() {
    if [ "$exec_prefix" = "$PLATFORM" ] || [ -z "$exec_prefix" ]; then
        echo "exec wants a command, such as exec:chroot /srv/guest"
        return 77
    fi
    exec_first=${exec_prefix%% *}
    command -v "$exec_first" >/dev/null 2>&1 || {
        echo "$exec_first: not found"
        return 77
    }
}

platform_prepare() {
    exec_said=$(echo 'command -v base64 >/dev/null && echo ready' |
        exec_script timeout "$(limits_for answer)" 2>"$STATE/said") ||
        {
            exec_why=$(grep . "$STATE/said" | tail -n 1)
            cat "$STATE/said" >>"$LOG"
            rm "$STATE/said"
            echo "$exec_prefix sh: does not run a shell that has base64${exec_why:+: $exec_why}"
            return 77
        }
    rm "$STATE/said"
    [ "$exec_said" = ready ] || {
        echo "$exec_prefix prints '$(echo "$exec_said" | head -n 1)' by itself," \
            "which would be taken for a tool's output;" \
            "let it be silent (a login shell's greeting: only where [ -t 1 ])"
        return 77
    }
}
platform_release() { :; }

# exec_script [COMMAND...]: runs the script on standard input there, by way of COMMAND. The prefix is split at
# blanks and nothing else in it is special. An ssh that would ask for a password fails instead: nobody is
# there to answer.
exec_script() {
    (
        set -f
        case $exec_prefix in
        ssh\ *) exec_words="ssh -o BatchMode=yes ${exec_prefix#ssh }" ;;
        *) exec_words=$exec_prefix ;;
        esac
        # shellcheck disable=SC2086 # a command's words
        platform_taskset "$TEST_CPUS" "$@" $exec_words sh
    )
}

# exec_try PLACE: the script that makes a folder there and prints it, if a program can be run in it: hardened
# hosts mount /tmp and /var/tmp noexec.
exec_try() {
    echo "place=$1"
    cat <<'END'
folder=$(mktemp -d "$place/guestmark.XXXXXX") || exit
echo '#!/bin/sh' >"$folder/try"
if chmod 755 "$folder/try" && "$folder/try" && rm "$folder/try"; then
    echo "$folder"
else
    rm -rf "$folder"
    exit 1
fi
END
}

# exec_place: makes a folder that the next command finds, too: some prefixes, systemd-nspawn for one, give
# every command a /tmp of its own. Memory comes last: diskrand refuses it.
exec_place() {
    for exec_at in /var/tmp /tmp '"${HOME:-/root}"' /dev/shm; do
        exec_made=$(exec_try "$exec_at" | exec_script 2>>"$LOG") || continue
        if echo "test -d '$exec_made'" | exec_script; then
            echo "$exec_made"
            return
        fi
    done
    return 1
}

platform_up() {
    exec_folder=$(exec_place) || {
        echo "$PLATFORM: there is no folder there in which programs may be put and run" \
            "(of /var/tmp, /tmp, \$HOME, /dev/shm)" >&2
        return 1
    }
    echo "$exec_folder" >"$STATE/folder"
    for exec_tool in $PLATFORM_TOOLS; do
        echo "base64 -d >'$exec_folder/$exec_tool' <<'END' && chmod 755 '$exec_folder/$exec_tool'"
        base64 <"$BUILD/$exec_tool"
        echo END
    done | exec_script || {
        echo "$PLATFORM: the programs cannot be copied there" >&2
        return 1
    }
    echo "mkdir '$exec_folder/data'" | exec_script
    [ -z "${CARRY:-}" ] || exec_carry
}

# exec_carry: what is in $CARRY, whose names are plain.
exec_carry() {
    (cd "$CARRY" && find . -type d | sed "s|.*|mkdir -p '$exec_folder/carried/&'|" && find . -type f) |
        while IFS= read -r exec_line; do
            case $exec_line in
            mkdir*) echo "$exec_line" ;;
            *)
                exec_to=$exec_folder/carried/$exec_line
                echo "base64 -d >'$exec_to' <<'END' && chmod 755 '$exec_to'"
                base64 <"$CARRY/$exec_line"
                echo END
                ;;
            esac
        done | exec_script || {
        echo "$PLATFORM: $CARRY cannot be copied there" >&2
        return 1
    }
}

platform_run() {
    exec_folder=$(cat "$STATE/folder")
    printf 'PATH=%s:$PATH; cd / && exec %s </dev/null\n' "$exec_folder" "$(platform_quote "$@")" | exec_script
}

# The shell there has read no further than its line when the tool says that it is ready, and is asked for
# more.
platform_serve() {
    exec_folder=$(cat "$STATE/folder")
    {
        printf 'PATH=%s:$PATH; cd / && exec %s\n' "$exec_folder" "$(platform_quote "$@")"
        cat
    } | exec_script
}

platform_data() { echo "$(cat "$STATE/folder")/data"; }
platform_carried() { echo "$(cat "$STATE/folder")/carried"; }

platform_sha256() { platform_sha256_in "$(cat "$STATE/folder")"; }

# nginx has to be there, and the network has to be the host's, for the host to reach it.
platform_url() {
    exec_folder=$(cat "$STATE/folder")
    if [ ! -f "$STATE/port" ]; then
        platform_run sh -c 'PATH=$PATH:/usr/sbin command -v nginx' >/dev/null || {
            echo "no nginx there; install one, or start one by hand and run build/nginxload against it"
            return 77
        }
        exec_port=$(platform_free_port)
        { printf 'PATH=$PATH:/usr/sbin; set -- --big %s %s/www 127.0.0.1:%s\n' "${BIG:-512}" \
            "$exec_folder" "$exec_port" &&
            cat "$ROOT/vm-image/root/usr/local/sbin/serve"; } | exec_script >>"$LOG" 2>&1 || {
            echo "nginx does not start there: $(tail -n 1 "$LOG")"
            return 77
        }
        grep -q ":$(printf %04X "$exec_port") 00000000:0000 0A" /proc/net/tcp || {
            echo "nginx runs there, but on a network of its own; run build/nginxload against it by hand"
            return 77
        }
        echo "$exec_port" >"$STATE/port"
    fi
    echo "http://127.0.0.1:$(cat "$STATE/port")"
}

platform_facts() {
    echo platform.kind=exec
    echo "platform.engine=$exec_prefix"
    echo "platform.cpus=$TEST_CPUS"
    echo platform.unlimited=memory
    echo net.backend=host
    if [ -f "$STATE/port" ]; then
        platform_nginx_version
        echo nginx.origin=system
    fi
    echo data.storage=folder
}

platform_pids() { :; }

platform_down() {
    [ ! -f "$STATE/folder" ] || {
        exec_folder=$(cat "$STATE/folder")
        echo "[ ! -f '$exec_folder/www/nginx.pid' ] || kill \$(cat '$exec_folder/www/nginx.pid')
            rm -rf '$exec_folder'" |
            exec_script >>"$LOG" 2>&1 || :
    }
    rm -f "$STATE/folder" "$STATE/port"
}
