#!/bin/sh
# report.html in a browser, on a desktop, on a phone and on paper: no error, nothing that reaches beyond the
# page, and every plot with its figures as text.
. common/test/tap.sh

for browser in chromium chromium-browser google-chrome; do
    ! command -v "$browser" >/dev/null || break
    browser=
done
[ -n "$browser" ] || skip_all 'no chromium here (package chromium)'

# browse ARGUMENT...: the browser without a window; what pages say is on stderr, what it says itself is left
# out.
browse() {
    "$browser" \
        --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run --disable-extensions \
        --disable-background-networking --user-data-dir="$TMP/profile" --enable-logging=stderr "$@" \
        2>"$TMP/said"
    browse_status=$?
    grep -F ':CONSOLE' "$TMP/said" >&2
    return "$browse_status"
}
run browse --dump-dom 'data:text/html,<p>it works'
grep -q 'it works' "$TMP/out" || skip_all "$browser does not start: $(tail -n 1 "$TMP/said")"

# measure WIDTH FILE [MEDIA]: shows a copy of the page in a frame of this width; what measure.js finds is in
# $TMP/found. The frame, since windows have a least width. MEDIA print: by the rules for paper.
measure() {
    sed "s/@media ${3:-none}/@media all/" "$2" >"$TMP/page.html"
    {
        echo "<script>document.documentElement.dataset.media = '${3:-}';"
        cat common/compare/html/measure.js
        echo '</script>'
    } >>"$TMP/page.html"
    cat >"$TMP/frame.html" <<EOF
<pre id="found"></pre><script>
addEventListener("message", (event) => document.getElementById("found").append(event.data + "\n"));
</script><iframe src="page.html" style="width:$1px; height:1200px; border:0" scrolling="no"></iframe>
EOF
    run browse --virtual-time-budget=20000 --window-size=1400,1300 --dump-dom "file://$TMP/frame.html"
    sed -n '/<pre id="found">/,/<\/pre>/ { s/.*<pre id="found">//; s/<\/pre>.*//; /./p; }' "$TMP/out" \
        >"$TMP/found"
    cat "$TMP/err" >>"$TMP/found"
    mv "$TMP/found" "$TMP/out"
}

# fits TITLE WIDTH FILE [MEDIA]
fits() {
    tap_fits=$1
    shift
    measure "$@"
    check "$tap_fits: is shown, with plots" grep -Eq "^width $1, [1-9][0-9]* plots" "$TMP/out"
    check "$tap_fits: nothing overflows, no error, figures beside every plot" [ "$(wc -l <"$TMP/out")" -eq 1 ]
}

# What would be found is found.
cat >"$TMP/bad.html" <<'EOF'
<!DOCTYPE html><body style="margin:0"><div style="width:500px">wide</div><svg role="img"></svg>
<script>console.error("complaint"); nothing.at.all()</script>
EOF
measure 390 "$TMP/bad.html"
out_has 'a page that is too wide is found' '^overflow: the page is 500 wide'
out_has 'so is what makes it so' "^overflow: div.* 'wide' from 0 to 500"
out_has 'a plot without figures' '^plot without figures'
out_has 'an error' 'nothing is not defined'
out_has 'and what is said on the console' 'CONSOLE.*complaint'

guests='qemu:disk=qcow2,net=user,cache=writeback kvm:machine=microvm,disk=raw'
"$BUILD/test/campaign_helper" --cost 1.3 --events --curves \
    -p "docker $guests exec:ssh_somewhere.example.org" \
    "$TMP/full"
cat >"$TMP/full/environment.txt" <<EOF
command=./run.sh -p native,docker,$(echo "$guests" | tr ' ' ,) -b linpack -n 12
kernel=Linux 6.1.0-40-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.153-1 (2025-09-20) x86_64
commit=0123456789abcdef0123456789abcdef01234567-dirty
sha256.linpack=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
EOF
"$BUILD/test/campaign_helper" --cost 40 -n 2 "$TMP/short"
mkdir "$TMP/course"
for i in 1 2 3; do
    echo "$i,10$i" >>"$TMP/course/native-linpack.csv"
    echo "$i,5$i" >>"$TMP/course/a-platform_with_a_very_long_name_that_does_not_break-linpack.csv"
done
for report in full short course; do
    "$BUILD/compare" -f html -o "$TMP/$report.html" "$TMP/$report"
    fits "$report at 1200 pixels" 1200 "$TMP/$report.html"
    fits "$report at 390 pixels" 390 "$TMP/$report.html"
    fits "$report by the rules for paper" 700 "$TMP/$report.html" print
done
"$BUILD/compare" -f html -o "$TMP/two.html" "$TMP/full" "$TMP/short"
fits 'old against new at 390 pixels' 390 "$TMP/two.html"
# A fleet of few hosts, which have their names, and of many, which are a map; one's name is long.
for hosts in 4 60; do
    mkdir "$TMP/fleet$hosts"
    echo host,status,reason,folder >"$TMP/fleet$hosts/fleet.csv"
    i=0
    while [ "$i" -lt "$hosts" ]; do
        i=$((i + 1))
        host=node$i
        [ "$i" -ne 3 ] || host=a-node-with-a-name-as-long-as-clouds-give-them.eu-central-1.compute.internal
        "$BUILD/test/campaign_helper" -n 6 -t 2 -m 20 -s "$i" --host "$host" --native "1.$i" \
            "$TMP/fleet$hosts/$i"
        echo "kernel=Linux 6.$i.0-40-amd64 #1 SMP PREEMPT_DYNAMIC x86_64" \
            >>"$TMP/fleet$hosts/$i/environment.txt"
        echo "$host,done,,$i" >>"$TMP/fleet$hosts/fleet.csv"
    done
    "$BUILD/compare" -f html -o "$TMP/fleet$hosts.html" "$TMP/fleet$hosts"
    fits "$hosts hosts at 1200 pixels" 1200 "$TMP/fleet$hosts.html"
    fits "$hosts hosts at 390 pixels" 390 "$TMP/fleet$hosts.html"
    fits "$hosts hosts by the rules for paper" 700 "$TMP/fleet$hosts.html" print
done
ok 'the report as PDF' browse --no-pdf-header-footer --print-to-pdf="$TMP/report.pdf" "file://$TMP/full.html"
check 'is one' sh -c 'head -c 5 "$1" | grep -q "^%PDF-" && [ "$(wc -c <"$1")" -gt 20000 ]' - "$TMP/report.pdf"
check 'without an error' [ ! -s "$TMP/err" ]

tap_done
