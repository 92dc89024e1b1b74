# The line of progress: on a terminal, written over again and again. Elsewhere, and on a terminal that can do
# no more than print (TERM=dumb), there is none.

progress_can() { [ -t 2 ] && [ "${TERM:-dumb}" != dumb ]; }

# progress_show TEXT: the terminal cuts it at its edge, however wide it is; what ran over could not be written
# over.
progress_show() { ! progress_can || printf '\r\033[K\033[?7l%s\033[?7h' "$1" >&2; }

progress_clear() { ! progress_can || printf '\r\033[K' >&2; }
