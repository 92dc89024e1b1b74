#!/bin/sh
# idle.sh: in native's steps the processes stand still, in the others' they run, and afterwards they go on.
# Its programs are replaced by one whose figure is 1 s in the first case and 2 s in the second.
. common/test/tap.sh

BUILD=$(cd "$BUILD" && pwd)
fake=$TMP/build
mkdir "$fake"
ln -s "$BUILD/turns" "$BUILD/compare" "$fake/"
sleep 1000 &
target=$!
trap 'kill "$target" 2>/dev/null; rm -rf "$TMP"' EXIT
for row in linpack,lu memsweep,sweep forksum,sum; do
    tool=${row%,*}
    cat >"$fake/$tool" <<END
#!/bin/sh
echo $tap_columns
echo ready
while read -r line; do
    case \$(cut -d ' ' -f 3 /proc/$target/stat) in T) cost=1 ;; *) cost=2 ;; esac
    echo "$row,s,lower,1,\$cost"
    echo end
done
END
    chmod +x "$fake/$tool"
done

status 2 'no process' sh common/dev/idle.sh
one_line_error 'is one line'
status 1 'a process that is not there' sh common/dev/idle.sh 999999999
one_line_error 'is one line, too'
ok 'a process' env BUILD="$fake" ROUNDS=3 SECONDS_EACH=0.3 sh common/dev/idle.sh "$target"
check 'runs beside one half of the steps, and stands still in the other' \
    [ "$(grep -c '^  beside.* 2\.000 ' "$TMP/out")" -eq 3 ]
check 'it runs on at the end' [ "$(cut -d ' ' -f 3 "/proc/$target/stat")" = S ]
tap_done
