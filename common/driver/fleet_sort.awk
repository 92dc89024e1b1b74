# What a launcher prints, which may have each line begin with a host's name: pieces of results go to
# FOLDER/ID.lines, everything else that the hosts say to stdout, at once, as `ID KIND ...`; the rest, to
# FOLDER/other.
# usage: awk -v token=TOKEN -v folder=FOLDER -f fleet_sort.awk
{
    at = index($0, "@guestmark " token " ")
    if (!at) {
        print >(folder "/other")
        next
    }
    line = substr($0, at + length("@guestmark " token " "))
    sub(/\r$/, "", line)
    if (split(line, word, " ") < 2 || word[1] !~ /^[0-9a-f-]+$/) next
    if (word[2] == "data") {
        file = folder "/" word[1] ".lines"
        print word[3] >>file
        close(file)
        next
    }
    print line
    fflush()
}
