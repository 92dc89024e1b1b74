# Talks to a guest's agent, and to QEMU, over a pair of FIFOs CHANNEL.in and CHANNEL.out. Works in any POSIX
# sh, and ends when QEMU does: QEMU holds the other end of .out open for as long as it lives.

# channel_open CHANNEL: descriptor 3 writes to the guest, 4 reads from it. Opened for both first, since
# opening a FIFO whose other end is gone would wait for ever; and read-only after that, since only then the
# end of QEMU is seen as the end of the file.
channel_open() {
    # shellcheck disable=SC2094 # a FIFO
    exec 3<>"$1.in" 4<>"$1.out" 5<"$1.out"
    exec 4<&5 5<&-
}

# channel_ask CHANNEL SECONDS WORD...: runs a command in the guest and hands back what it printed and its
# status; 1 with a line on stderr if the guest goes away. SECONDS 0: for as long as it takes.
channel_ask() (
    channel=$1 channel_limit=$2
    shift 2
    channel_open "$channel" || exit 1
    channel_id=$(channel_next "$channel.id")
    channel_reply=$channel.reply.$channel_id
    echo "$channel_id $(platform_quote "$@" | base64 | tr -d '\n')" >&3
    exec 3>&-
    if [ "$channel_limit" -gt 0 ]; then
        channel_status=$(timeout "$channel_limit" sh -c '. "$1"; channel_collect "$2" "$3"' - \
            "$ROOT/vm-image/channel.sh" "$channel_id" "$channel_reply" <&4) || :
    else
        channel_status=$(channel_collect "$channel_id" "$channel_reply" <&4)
    fi
    if [ -n "$channel_status" ]; then
        base64 -d <"$channel_reply.out"
        base64 -d <"$channel_reply.err" >&2
    else
        channel_status=1
        echo "the guest has gone away" >&2
    fi
    rm -f "$channel_reply.out" "$channel_reply.err"
    exit "$channel_status"
)

# channel_collect ID REPLY: reads the answer to question ID; its output goes to REPLY.out and REPLY.err, still
# encoded, and the status is printed; nothing is if the guest goes away. (read, not awk: mawk waits for more
# than one answer holds.)
channel_collect() {
    exec 6>"$2.out" 7>"$2.err"
    channel_mine=
    while IFS= read -r channel_line; do
        case $channel_mine$channel_line in
        "$1") channel_mine=+ ;;
        +\>*) echo "${channel_line#>}" >&6 ;;
        +!*) echo "${channel_line#!}" >&7 ;;
        +=*)
            echo "${channel_line#=}"
            break
            ;;
        esac
    done
    exec 6>&- 7>&-
}

# channel_next FILE: counts up, so that every question has its own number.
channel_next() {
    channel_count=$(($(cat "$1" 2>/dev/null || echo 0) + 1))
    echo "$channel_count" | tee "$1"
}

# channel_qmp CHANNEL COMMAND...: asks QEMU's monitor and prints its answers, one per line. A command is a
# name or the whole request.
channel_qmp() (
    channel=$1
    shift
    channel_open "$channel" || exit 1
    channel_id=$(channel_next "$channel.id")
    echo '{"execute": "qmp_capabilities"}' >&3
    for channel_word; do
        case $channel_word in
        '{'*) echo "$channel_word" >&3 ;;
        *) printf '{"execute": "%s"}\n' "$channel_word" >&3 ;;
        esac
    done
    printf '{"execute": "query-name", "id": %s}\n' "$channel_id" >&3
    exec 3>&-
    while IFS= read -r channel_line; do
        case $channel_line in
        *'"id": '"$channel_id}"*) break ;;
        *) echo "$channel_line" ;;
        esac
    done <&4
)

# channel_serve CHANNEL WORD...: runs a command in the guest whose standard input and output are ours, line by
# line, and ends with its status (guest/usr/local/sbin/guest-steps).
channel_serve() (
    channel_open "$1" || exit 1
    shift
    echo "+$(platform_quote "$@" | base64 | tr -d '\n')" >&3
    exec 5<&0
    {
        while IFS= read -r channel_line <&5; do echo "$channel_line"; done
        echo .
    } >&3 &
    channel_feeder=$!
    exec 3>&- 5<&-
    channel_status=
    while IFS= read -r channel_line <&4; do
        case $channel_line in
        =*)
            channel_status=${channel_line#=}
            break
            ;;
        !*) echo "${channel_line#!}" >&2 ;;
        *) echo "$channel_line" ;;
        esac
    done
    kill "$channel_feeder" 2>/dev/null || :
    [ -n "$channel_status" ] || echo 'the guest has gone away' >&2
    exit "${channel_status:-1}"
)
