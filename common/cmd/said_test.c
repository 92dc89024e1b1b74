/* What a command has said: the last line of it, the last number of that. */
#include "said.h"

#include "tap.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static double number(const char *line)
{
    double value = -1;
    return said_number(line, &value) ? value : -1;
}

static void last(const char *text, const char *wanted, const char *title)
{
    char line[SAID_MOST];
    int fd = memfd_create("said", 0);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        line[0] = '?';
    else
        said_last(fd, line);
    tap_ok(strcmp(line, wanted) == 0, "%s", title);
    close(fd);
}

int main(void)
{
    tap_ok(number("42") == 42, "a number alone");
    tap_ok(number("took 1.25s") == 1.25, "with its unit behind it");
    tap_ok(number("    TOTAL.......      12.500s") == 12.5, "behind dots and blanks");
    tap_ok(number("sha256  81k 1e3 MB/s") == 1000, "the last of several, with an exponent");
    tap_ok(number("delta: -3.5") == -3.5, "a negative one");
    tap_ok(number("sha256") == -1, "digits within a word are none");
    tap_ok(number("v1.2.3") == -1, "a version is none");
    tap_ok(number("") == -1, "nothing");
    tap_ok(number("1e999") == -1, "what is not finite");
    tap_ok(number("rate=7/s") == 7, "behind an equals sign");

    last("one\ntwo\n", "two", "the last line");
    last("one\ntwo", "two", "without an end");
    last("one\n \t\n\n", "one", "lines of blanks do not count");
    last("", "", "nothing said");
    last("  x  \n", "x", "without blanks around it");
    char text[9000];
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    char line[SAID_MOST];
    memset(line, 'a', sizeof line);
    line[SAID_MOST - 1] = '\0';
    last(text, line, "a line that never ends is cut");
    return tap_done();
}
