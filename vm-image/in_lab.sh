# For tests that run in a machine of the lab.

# in_lab SECONDS MACHINE SCRIPT [ARGUMENT...]: ends this test with what the script says there, which is TAP;
# why there is no such machine here is a skip.
in_lab() {
    in_lab_status=0 in_lab_seconds=$1
    shift
    sh vm-image/lab.sh -t "${LAB_SECONDS:-$in_lab_seconds}" "$@" >"$TMP/lab" 2>"$TMP/said" || in_lab_status=$?
    [ "$in_lab_status" -ne 77 ] || skip_all "$(tail -n 1 "$TMP/lab")"
    sed 's/^/# /' "$TMP/said"
    cat "$TMP/lab"
    exit "$in_lab_status"
}
