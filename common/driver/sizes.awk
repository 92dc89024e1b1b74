# Which sizes take too long. Input: lines `PLATFORM<tab>BENCHMARK<tab>SECONDS<tab>SIZES`: seconds of one run
# in the small size, and what sizes_of says (sizes.sh). Variables: budget ("": none) and limit (of a step), in
# seconds; count, of all benchmarks; others, the seconds of three rounds without these sizes. Output: lines
# `PLATFORM<tab>BENCHMARK<tab>SECONDS<tab>SIZE`, of one run and what fits; at their end `<tab>OPTIONS` with
# which all would do.

BEGIN { FS = "\t" }
{
    split($4, is, " ") # OPTION SIZE POWER RUNS SMALL
    if (is[2] <= is[5]) next
    n++
    platform[n] = $1
    benchmark[n] = $2
    size[n] = is[2]
    power[n] = is[3]
    runs[n] = 3 * is[4] # in the three rounds that a verdict needs
    seconds[n] = $3 * (is[2] / is[5]) ^ is[3]
    total[$1] += runs[n] * seconds[n]
    if (total[$1] > most) most = total[$1]
    if (seconds[n] > longest) longest = seconds[n]
}
END {
    have = budget - others > budget / 2 ? budget - others : budget / 2
    for (i = 1; i <= n; i++) {
        allowed = 0.8 * limit
        share = have / count / runs[i]
        if (budget != "" && total[platform[i]] > have && share < allowed) allowed = share
        if (seconds[i] <= allowed) continue
        printf "%s\t%s\t%.0f\t%.0f\n", platform[i], benchmark[i], seconds[i], fits(i, allowed)
        refused = 1
    }
    if (!refused) exit
    printf "\t"
    if (budget != "") printf " --budget %.0fm", (most + others) / 60 + 0.5
    if (longest > 0.8 * limit) printf " --limit %.0f", longest / 0.8 + 0.5
    print ""
}

# The largest size, of two digits, that takes at most so long.
function fits(i, allowed,    biggest, digit, unit) {
    biggest = size[i] * (allowed / seconds[i]) ^ (1 / power[i])
    unit = biggest > 1048576 ? 1048576 : 1
    biggest /= unit
    for (digit = 1; digit * 100 <= biggest; digit *= 10);
    return biggest < 1 ? 1 : int(biggest / digit) * digit * unit
}
