#!/bin/sh
# Runs in the lab's machine `kvm` (identity.t): a QEMU that emulates although KVM was asked for does not get
# past.
. common/test/tap.sh

mkdir "$TMP/bin"
real=$(command -v qemu-system-x86_64)
cat >"$TMP/bin/qemu-system-x86_64" <<END
#!/bin/sh
i=\$#
while [ \$i -gt 0 ]; do
    word=\$1
    shift
    case \$word in kvm) word=tcg ;; host) word=max ;; esac
    set -- "\$@" "\$word"
    i=\$((i - 1))
done
exec "$real" "\$@"
END
chmod +x "$TMP/bin/qemu-system-x86_64"
campaign=$LAB_RESULTS/campaign
PATH=$TMP/bin:$PATH
# Emulated within an emulated machine, it takes many times as long to boot as what it claims to be.
ok 'a campaign' ./run.sh -p native,kvm -b forksum --quick -n 1 -s 1 --limit 900 -o "$campaign"
check 'the guest was up' grep -q '^kvm,yes,' "$campaign/platforms.csv"
check 'what QMP says voids it' grep -Eq ',kvm,1,-,identity,void,"?QMP query-kvm says enabled=false' \
    "$campaign/guards.csv"
check 'what CPUID says voids it' \
    grep -Eq ',kvm,1,forksum,identity,void,"?CPUID there names the hypervisor TCG' "$campaign/guards.csv"
check 'the report has no figure for it' sh -c '! grep -Eq "kvm +[0-9]" "$1"' - "$campaign/report.txt"

tap_done
