#!/bin/sh
# compare on names and sentences that are made to be misread: checked when read, escaped when written.
. common/test/tap.sh

header=$tap_samples
bad='<script>alert(1)</script>|"&'
quoted='"<script>alert(1)</script>|""&"'

# campaign NAME PLATFORM BENCHMARK METRIC UNIT: native and one platform, four rounds, fields as given.
campaign() {
    mkdir -p "$TMP/$1"
    {
        echo "$header"
        for round in 1 2 3 4; do
            for platform in native "$2"; do
                echo "2026-11-21T00:00:0${round}Z,$quoted,$platform,$round,$3,$4,$5,higher,1,10$round"
            done
        done
    } >"$TMP/$1/samples.csv"
}

campaign strange "$quoted" "$quoted" "$quoted" '"<u>,""&"'
campaign known "$quoted" linpack lu '"<u>,""&"'
replacement=$(printf '%s' "$quoted" | sed 's/[&/]/\\&/g')
# A Q stands for the quoted name in these.
sed "s/Q/$replacement/g" >"$TMP/known/guards.csv" <<'EOF'
time,host,platform,round,benchmark,guard,outcome,evidence,advice
1,Q,Q,1,linpack,Q,mark,Q,Q
EOF
sed "s/Q/$replacement/g" >"$TMP/known/facts.csv" <<'EOF'
time,host,platform,round,benchmark,key,value
1,Q,Q,1,Q,Q,Q
1,Q,Q,1,Q,histogram.<b>,1e-6:5
EOF
printf 'platform,usable,reason\n%s,no,%s\n' "$quoted" "$quoted" >"$TMP/known/platforms.csv"
{
    echo "setting.seed=$bad"
    echo "sha256.$bad=$bad"
    echo "$bad=$bad"
} >"$TMP/known/environment.txt"

# well_formed FILE: every tag is closed in its order, and nothing else looks like one.
well_formed() {
    perl -0777 -ne '
        s/<style>.*?<.style>//s; s/<!DOCTYPE html>//; s/<meta [^<>]*>//g; s/<(br|wbr)>//g;
        exit 1 if /&(?!(amp|lt|gt|quot);)/;
        for (/<([^<>]*)>/g) {
            next if m{/$};
            if (m{^/(\S+)}) { exit 1 if pop(@open) ne $1 } else { /^(\S+)/; push @open, $1 }
        }
        s/<[^<>]*>//g;
        exit(@open || /[<>]/ ? 1 : 0)' "$1"
}

for folder in strange known; do
    for baseline in native "$bad"; do
        ok "$folder against $baseline: html" "$BUILD/compare" -f html --baseline "$baseline" "$TMP/$folder"
        check 'holds no tag but its own' sh -c '! grep -Eq "<script|<u>|<b>,|&\"" "$1"' - "$TMP/out"
        check 'and is well formed' well_formed "$TMP/out"
        ok "$folder against $baseline: csv" "$BUILD/compare" -f csv --baseline "$baseline" "$TMP/$folder"
        check 'has as many fields in every row' perl -ne '
            s/"([^"]|"")*"/x/g; $n = tr/,//; $first //= $n; exit 1 if $n != $first' "$TMP/out"
        ok "$folder against $baseline: json" "$BUILD/compare" -f json --baseline "$baseline" "$TMP/$folder"
        check 'parses, and gives the name back' perl -MJSON::PP -0777 -e '
            $d = decode_json(<STDIN>); exit !($d->{metrics}[0]{host} eq $ARGV[0])' "$bad" <"$TMP/out"
        ok "$folder against $baseline: markdown" \
            "$BUILD/compare" -f markdown --baseline "$baseline" "$TMP/$folder"
        check 'escapes what would be a tag or a bar' sh -c '
            ! sed "s,</\{0,1\}\(details\|summary\|br\)>,,g; s,\\\\<,,g" "$1" |
                grep -Eq "<|[a-z>][|]"' - "$TMP/out"
    done
done
mkdir "$TMP/course"
printf '1,2\n2,3\n' >"$TMP/course/native-<i>x.csv"
ok 'a name given by --metrics' "$BUILD/compare" -f html --metrics '<i>x.<i>=<i>:lower' "$TMP/course"
check 'is escaped, too' sh -c '! grep -q "<i>x" "$1" && grep -q "&lt;i&gt;x" "$1"' - "$TMP/out"

# refused TITLE FIELD REASON: in every place of a name; said without what is dangerous in it.
refused() {
    for place in "$2,linpack,lu" "kvm,$2,lu" "kvm,linpack,$2"; do
        IFS=, read -r platform benchmark metric <<EOF
$place
EOF
        campaign refused "$platform" "$benchmark" "$metric" flop/s
        status 1 "refused as a name: $1" "$BUILD/compare" "$TMP/refused"
        err_has "$1: named with its line" "refused/samples.csv:[23]: [a-z]+ '.*' $3"
        check "$1: not repeated on the terminal" sh -c '! LC_ALL=C grep -q "[^ -~]" "$1"' - "$TMP/err"
    done
}
escape=$(printf '\033')
refused 'an escape sequence' "${escape}[2J" 'holds a control character'
refused 'what turns the direction of writing' "$(printf 'a\342\200\256b')" 'holds a control character'
refused 'C1 in UTF-8' "$(printf 'a\302\233b')" 'holds a control character'
refused 'latin-1' "$(printf 'caf\351')" 'is not UTF-8'
refused 'half a surrogate' "$(printf 'a\355\240\200')" 'is not UTF-8'
refused 'too long' "$(printf '%0301d' 0)" 'is too long'
campaign unit kvm linpack lu 'thousand flop per second'
status 1 'a unit that is none' "$BUILD/compare" "$TMP/unit"
err_has 'is refused' "unit 'thousand flop per second' is too long"
status 2 'a baseline that cannot be a name' "$BUILD/compare" --baseline "${escape}x" "$TMP/known"
err_has 'says why' "the baseline's name holds a control character"
status 2 'a --metrics that cannot be one' "$BUILD/compare" --metrics "${escape}x.y=s:lower" "$TMP/known"

campaign said kvm linpack lu flop/s
printf 'time,host,platform,round,benchmark,reason\n1,h,kvm,1,linpack,a%s[31mb\351c\n' "$escape" \
    >"$TMP/said/failures.csv"
for format in text html csv json markdown; do
    ok "sentences as $format" "$BUILD/compare" -f "$format" "$TMP/said"
    check "are printable: $format" \
        sh -c '! LC_ALL=C grep -q "[[:cntrl:]]" "$1" && iconv -f UTF-8 -t UTF-8 "$1"' - "$TMP/out"
done
campaign accents "$(printf 'vm-\303\251\342\202\254\360\237\222\273')" linpack lu flop/s
ok 'letters and signs of all the world' "$BUILD/compare" "$TMP/accents"
out_has 'are names' "^  $(printf 'vm-\303\251')"

tap_done
