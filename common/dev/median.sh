# For the bench.sh of each program, which source this.

# median: of the numbers on stdin, one per line; the mean of the middle two, and nothing if there is none.
median() {
    sort -g | awk '{ v[NR] = $1 } END { if (NR) print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}
