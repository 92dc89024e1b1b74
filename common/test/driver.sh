# Campaigns for tests of the driver, beside common/test/tap.sh.
# shellcheck disable=SC2034,SC2154 # stop_status is for the test, TMP, FAKE and BUILD are the test's

# driver ARGUMENT...: run.sh; its processes are told from others' by their environment. IN is a folder of
# commands that come first in PATH.
driver() {
    RUN_T="$TMP" PATH=${IN:+$IN:}$PATH sh -c 'echo $$ >"$RUN_T/pid"; exec sh ./run.sh "$@"' - "$@"
}

# nothing_left TITLE: of the last driver there is no process, and no folder.
nothing_left() {
    grep -ls "RUN_T=$TMP" /proc/[0-9]*/environ >"$TMP/left"
    ls -d "$BUILD/run/$(cat "$TMP/pid")" >>"$TMP/left" 2>/dev/null
    left_result=0
    [ ! -s "$TMP/left" ] || left_result=1
    sed -n 's|environ$|cmdline|p' "$TMP/left" | while read -r left_file; do
        echo "# left: $(tr '\0' ' ' <"$left_file")"
    done
    tap_report "$left_result" "$1: nothing is left behind"
}

# row ROW FILE: whether the file of a results folder has it, whenever and on whatever host.
row() { grep -Eq "^[0-9TZ:-]+,[^,]+,$1\$" "$2"; }

# stop SIGNAL FOLDER ARGUMENT...: sends the signal to a driver once a fake platform has written `slow` into
# $FAKE; the exit status is in $stop_status.
stop() {
    stop_signal=$1 stop_folder=$2
    shift 2
    : >"$FAKE"
    driver "$@" -o "$stop_folder" >"$TMP/out" 2>"$TMP/err" &
    stop_pid=$!
    stop_tries=240
    while ! grep -qx slow "$FAKE" && [ $((stop_tries -= 1)) -gt 0 ]; do sleep 0.5; done
    kill -s "$stop_signal" "$(cat "$TMP/pid")"
    stop_status=0
    wait "$stop_pid" || stop_status=$?
}
