# What the driver says to whoever started it, on stderr, and the two ways in which it ends for it.

# shellcheck disable=SC2034 # used by whoever sources this
NEWLINE='
'

# say TEXT...: a line of progress, on stderr, whether or not anyone reads it.
say() {
    progress_clear
    echo "run.sh: $*" >&2 || :
}

# say_bad TEXT: wrong usage; ends the driver.
say_bad() {
    echo "run.sh: $1; see run.sh --help" >&2
    exit 2
}

# say_fail TEXT: something failed; ends the driver.
say_fail() {
    echo "run.sh: $1" >&2
    exit 1
}
