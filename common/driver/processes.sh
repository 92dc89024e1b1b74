# Finds and ends every process of a block. A block's processes carry GUESTMARK_BLOCK in their
# environment, however they were started and whoever their parent has become; a server that writes
# over its environment (nginx) still has the block's folder in its command line, and its workers
# are its children. Not all that have it are ours: somebody may look at a file there with an editor.

# processes_of TAG FOLDER (no grep -F: busybox's stops at the first zero byte): their process ids, the
# caller's own left out.
processes_of() {
    {
        grep -ls -e "GUESTMARK_BLOCK=$1" /proc/[0-9]*/environ || :
        grep -ls -e "$(printf %s "$2/" | sed 's/[][\.*^$]/\\&/g')" /proc/[0-9]*/cmdline |
            processes_servers || :
        echo -
        cat /proc/[0-9]*/stat || :
    } 2>/dev/null | awk -v self="$$" '
        $1 == "-" { stats = 1; next }
        !stats { split($1, part, "/"); ours[part[3]] = 1; next }
        {
            pid = $1
            sub(/.*\) . /, "")
            parent[pid] = $1
        }
        END {
            do {
                grown = 0
                for (pid in parent)
                    if (!(pid in ours) && parent[pid] in ours && parent[pid] != self) {
                        ours[pid] = 1
                        grown = 1
                    }
            } while (grown)
            for (pid in ours)
                if (pid != self && pid in parent)
                    print pid
        }'
}

# processes_servers: of /proc/PID/cmdline on stdin, those of programs that platforms start and that may hide
# their mark.
processes_servers() {
    while IFS= read -r processes_file; do
        processes_name=
        read -r processes_name 2>/dev/null <"${processes_file%cmdline}comm" || :
        case $processes_name in
        nginx | ld-linux* | ld-musl* | qemu-* | passt* | pasta* | conmon | \
            slirp4netns) echo "$processes_file" ;;
        esac
    done
}

# processes_end TAG FOLDER: no process of the block is left when this returns (0), unless one
# cannot be killed (1).
processes_end() {
    for processes_try in 1 2 3 4 5 6 7 8 9 10; do
        processes_pids=$(processes_of "$1" "$2")
        [ -n "$processes_pids" ] || return 0
        # shellcheck disable=SC2086 # a list of numbers
        kill -s KILL $processes_pids 2>/dev/null || :
        [ "$processes_try" -lt 3 ] || sleep 1
    done
    return 1
}
