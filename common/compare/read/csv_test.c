/* The CSV reader: records of every shape across the buffer's edge, and numbers as strtod reads
 * them. */
#include "csv.h"

#include "rng.h"
#include "tables.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/guestmark-csv-test.XXXXXX";

static void write_file(const char *text, size_t length)
{
    FILE *file = fopen(path, "we");
    if (!file || fwrite(text, 1, length, file) != length || fclose(file) != 0)
        exit(1);
}

/* Reads the first record; true if its fields are these. */
static bool reads_as(const char *text, size_t count, const char *const *wanted)
{
    struct field fields[8];
    struct csv csv;
    bool same = true;
    write_file(text, strlen(text));
    if (!csv_open(&csv, path))
        return false;
    same = csv_next(&csv, fields, 8) == count;
    for (size_t i = 0; same && i < count; i++)
        same = strcmp(fields[i].text, wanted[i]) == 0 && strlen(wanted[i]) == fields[i].length;
    csv_close(&csv);
    return same;
}

static void test_fields(void)
{
    static const char *const abc[] = {"a", "b", "c"}, *const empty[] = {"", "", ""};
    static const char *const quoted[] = {"a,b", "say \"x\"", "two\nlines"};
    tap_ok(reads_as("a,b,c\n", 3, abc), "plain fields");
    tap_ok(reads_as("a,b,c\r\n", 3, abc), "CRLF");
    tap_ok(reads_as("a,b,c", 3, abc), "no line end");
    tap_ok(reads_as("\n\r\n\na,b,c\n", 3, abc), "empty lines are left out");
    tap_ok(reads_as("\"a\",\"b\",c\n", 3, abc), "quotes that need not be");
    tap_ok(reads_as("\"a,b\",\"say \"\"x\"\"\",\"two\nlines\"\n", 3, quoted),
           "separators, quotes and line ends in quotes");
    tap_ok(reads_as(",,\n", 3, empty), "empty fields");
    tap_ok(reads_as("\"\",\"\",\n", 3, empty), "empty quoted fields");
    tap_ok(reads_as("\xef\xbb\xbf"
                    "a,b,c\n",
                    3, abc),
           "a byte-order mark");
    tap_ok(reads_as("\xef\xbb\xbf\n\"a\",b,c\n", 3, abc), "a byte-order mark on a line of its own");
}

/* A quote that does not close is looked for once, not once more for every line behind it. */
static void test_open_quote(void)
{
    size_t lines = 4 << 20;
    char *text = malloc(lines + 1);
    struct field fields[2];
    struct csv csv;
    if (!text)
        exit(1);
    memset(text, '\n', lines);
    text[0] = '"';
    text[lines - 1] = '"';
    write_file(text, lines);
    free(text);
    tap_ok(csv_open(&csv, path) && csv_next(&csv, fields, 2) == 1 && fields[0].length == lines - 2,
           "a field of %zu lines", lines - 2);
    csv_close(&csv);
}

/* More than the buffer holds, with records of growing length: all must come back, with line
 * numbers. */
static void test_long(void)
{
    size_t records = 3000, room = 16 << 20, used = 0;
    char *text = malloc(room);
    struct field fields[3];
    struct csv csv;
    for (size_t i = 0; text && i < records; i++) {
        used += (size_t)snprintf(text + used, room - used, "%zu,", i);
        memset(text + used, 'x', i);
        used += i;
        used += (size_t)snprintf(text + used, room - used, ",\"%s\"\n", i % 7 ? "z" : "y\ny");
    }
    write_file(text, used);
    free(text);
    if (!csv_open(&csv, path))
        exit(1);
    bool good = true;
    size_t line = 1;
    for (size_t i = 0; i < records; i++) {
        good = good && csv_next(&csv, fields, 3) == 3 && (size_t)atoi(fields[0].text) == i &&
               fields[1].length == i && csv.line == line &&
               strcmp(fields[2].text, i % 7 ? "z" : "y\ny") == 0;
        line += i % 7 ? 1 : 2;
    }
    tap_ok(good, "%zu records of up to 3000 bytes come back with their lines", records);
    tap_ok(csv_next(&csv, fields, 3) == 0 && csv_next(&csv, fields, 3) == 0, "and then the end");
    csv_close(&csv);
}

static bool number_is(const char *text, char mark, double wanted)
{
    double value;
    struct field field = {.text = (char *)text, .length = strlen(text)};
    return csv_number(&field, mark, &value) && value == wanted;
}

static bool no_number(const char *text)
{
    double value;
    struct field field = {.text = (char *)text, .length = strlen(text)};
    return !csv_number(&field, '.', &value);
}

static void test_numbers(void)
{
    struct rng rng;
    size_t different = 0;
    rng_seed(&rng, 5, 0);
    for (int i = 0; i < 200000; i++) {
        char text[64];
        double value = (rng_real(&rng) - 0.5) * pow(10, (double)rng_below(&rng, 80) - 40);
        snprintf(text, sizeof text, i % 3 ? "%.*g" : "%.*f", (int)rng_below(&rng, 18), value);
        different += !number_is(text, '.', strtod(text, NULL));
    }
    tap_ok(different == 0, "200000 random numbers are read as strtod reads them");
    tap_ok(number_is("3,5", ',', 3.5) && number_is("-0,25e1", ',', -2.5), "decimal commas");
    static const char *const wrong[] = {"",   "-",     ".",   "1e",  "1e+", "0x10",  " 1",
                                        "1 ", "1.2.3", "abc", "1,5", "--1", "1e5.5", "nan(1)"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        tap_ok(no_number(wrong[i]), "'%s' is no number", wrong[i]);
}

static void test_times(void)
{
    double seconds;
    tap_ok(table_time("1970-01-01T00:00:00Z", &seconds) && seconds == 0, "1970");
    /* date -u -d 2026-11-21T14:03:04 +%s; 2000-02-29 is a leap day */
    tap_ok(table_time("2026-11-21T14:03:04Z", &seconds) && seconds == 1795269784, "2026");
    tap_ok(table_time("2000-02-29 12:00:00.5", &seconds) && seconds == 951825600.5, "2000");
    tap_ok(table_time("12.5", &seconds) && seconds == 12.5, "seconds");
    static const char *const wrong[] = {
        "", "yesterday", "2026-13-01T00:00:00Z", "2026-11-21T", "2026-11-21T14:03Z", "nan"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        tap_ok(!table_time(wrong[i], &seconds), "'%s' is no time", wrong[i]);
}

int main(void)
{
    int file = mkstemp(path);
    if (file < 0 || close(file) != 0)
        return 1;
    test_fields();
    test_long();
    test_open_quote();
    test_numbers();
    test_times();
    unlink(path);
    return tap_done();
}
