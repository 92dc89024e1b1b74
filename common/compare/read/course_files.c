#include "course_files.h"

#include "alloc.h"
#include "course_rows.h"
#include "err.h"
#include "words.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const char suffix[] = ".csv", results[] = "results";

/* ---- names ---- */

/* Length of the name without .csv, and without the ` (1)` that browsers add; 0: no such name. */
static size_t stem_length(const char *name)
{
    size_t length = strlen(name), end = sizeof suffix - 1;
    if (*name == '.' || length <= end || strcasecmp(name + length - end, suffix) != 0)
        return 0;
    length -= end;
    size_t digits = 0;
    while (length > digits + 2 && name[length - 1] == ')' && name[length - 2 - digits] >= '0' &&
           name[length - 2 - digits] <= '9')
        digits++;
    if (digits && name[length - 2 - digits] == '(')
        length -= digits + 2;
    while (length && name[length - 1] == ' ')
        length--;
    return length;
}

static int is_named_so(const struct dirent *entry)
{
    size_t length = stem_length(entry->d_name);
    const char *dash = length ? memrchr(entry->d_name, '-', length) : NULL;
    return dash && dash != entry->d_name && dash + 1 < entry->d_name + length;
}

/* By the name without its endings, shorter ones first: a copy behind what it repeats. */
static int compare_names(const struct dirent **left, const struct dirent **right)
{
    const char *a = (*left)->d_name, *b = (*right)->d_name;
    size_t a_length = stem_length(a), b_length = stem_length(b);
    int order = strncmp(a, b, a_length < b_length ? a_length : b_length);
    if (order == 0 && a_length == b_length)
        return strlen(a) < strlen(b) ? -1 : 1;
    return order ? order : a_length < b_length ? -1 : 1;
}

bool course_files_are(const char *path)
{
    struct dirent **entries;
    char *samples = alloc_format("%s/samples.csv", path);
    int found = access(samples, F_OK) == 0 ? 0 : scandir(path, &entries, is_named_so, alphasort);
    free(samples);
    for (int i = 0; i < found; i++)
        free(entries[i]);
    if (found > 0)
        free(entries);
    return found > 0;
}

/* BENCHMARK or BENCHMARK.METRIC, as course_write() names them; the length of BENCHMARK is stored.
 */
static const struct known_metric *find_metric(const char *name, size_t *length)
{
    const char *dot = strrchr(name, '.');
    const struct known_metric *known = NULL;
    *length = dot ? (size_t)(dot - name) : 0;
    if (dot) {
        char *benchmark = alloc_text(name, *length);
        known = catalog_find(benchmark, dot + 1);
        free(benchmark);
    }
    if (known)
        return known;
    *length = strlen(name);
    return catalog_find(name, NULL);
}

/* A benchmark's spelling where it has options, which are part of its name; else NULL. */
static char *spelling_of(const char *name, size_t length)
{
    return memchr(name, ':', length) ? alloc_text(name, length) : NULL;
}

/* Cuts PLATFORM-BENCHMARK at the dash before the longest benchmark that is known; returns it. */
static const struct known_metric *split_name(char *stem, char **benchmark)
{
    for (char *dash = strchr(stem + 1, '-'); dash; dash = strchr(dash + 1, '-')) {
        size_t length;
        const struct known_metric *known = dash[1] ? find_metric(dash + 1, &length) : NULL;
        if (known || !strchr(dash + 1, '-')) {
            *dash = '\0';
            *benchmark = dash + 1;
            return known;
        }
    }
    return NULL;
}

/* The platform of results-PLATFORM or PLATFORM-results, or NULL. Cuts `stem`. */
static char *wide_platform(char *stem)
{
    size_t length = strlen(stem), word = sizeof results - 1;
    if (length < word + 2)
        return NULL;
    if (strncmp(stem, results, word) == 0 && stem[word] == '-')
        return stem + word + 1;
    char *end = stem + length - word;
    if (strcmp(end, results) != 0 || end[-1] != '-')
        return NULL;
    end[-1] = '\0';
    return stem;
}

/* ---- what is not known ---- */

struct unknown {
    char *names, *options;
    size_t count;
};

static void add_unknown(struct unknown *unknown, const char *name)
{
    char *quoted = alloc_format("'%s'", name);
    if (!unknown->names || !strstr(unknown->names, quoted)) {
        char *names = alloc_format("%s%s%s", unknown->count ? unknown->names : "",
                                   unknown->count ? ", " : "", quoted);
        char *options =
            alloc_format("%s%s%s.METRIC=UNIT:lower", unknown->count ? unknown->options : "",
                         unknown->count ? "," : "", name);
        free(unknown->names);
        free(unknown->options);
        unknown->names = names;
        unknown->options = options;
        unknown->count++;
    }
    free(quoted);
}

/* ---- files ---- */

/* Reads a wide file up to its header; false if it has none, or only one value and no need of it. */
static bool read_header(struct course_file *file, bool may_be_long, struct unknown *unknown)
{
    struct field fields[COURSE_MOST_COLUMNS];
    struct course_rows rows;
    bool found = false;
    course_rows_open(&rows, file->path);
    size_t count;
    do
        count = course_rows_next(&rows, fields, COURSE_MOST_COLUMNS, &found);
    while (count && !found);
    found = found && !(may_be_long && count == 2);
    if (found && count > COURSE_MOST_COLUMNS)
        csv_die(&rows.csv, "%zu columns, more than %d", count, COURSE_MOST_COLUMNS);
    for (size_t i = 0; found && i < count; i++) {
        size_t length = fields[i].length;
        file->columns[i] = catalog_find_column(fields[i].text);
        if (strpbrk(fields[i].text, ".:"))
            file->columns[i] = find_metric(fields[i].text, &length);
        file->benchmarks[i] = spelling_of(fields[i].text, length);
        const char *fault = fields[i].length ? words_fault(fields[i].text, NAME_MOST) : NULL;
        if (fault)
            csv_die(&rows.csv, "column '%.40s' %s", fields[i].text, fault);
        if (!file->columns[i] && i > 0 && fields[i].length)
            add_unknown(unknown, fields[i].text);
    }
    file->count = count;
    file->wide = found;
    course_rows_close(&rows);
    return found;
}

static void read_name(struct course_file *file, const char *name, struct unknown *unknown)
{
    const char *fault = words_fault(name, NAME_MOST);
    if (fault)
        die(STATUS_SYSTEM, "%s: its name %s", words_clean(file->path), fault);
    char *stem = alloc_text(name, stem_length(name)), *whole = alloc_text(stem, strlen(stem));
    char *benchmark = NULL, *platform = wide_platform(whole);
    const struct known_metric *known = split_name(stem, &benchmark);
    if (platform && read_header(file, known != NULL, unknown)) {
        file->platform = alloc_text(platform, strlen(platform));
    } else {
        if (platform && !known)
            die(STATUS_SYSTEM, "%s: no header names its columns", file->path);
        if (!known)
            add_unknown(unknown, benchmark);
        file->platform = alloc_text(stem, strlen(stem));
        size_t length = 0;
        file->columns[1] = known;
        if (known)
            find_metric(benchmark, &length);
        file->benchmarks[1] = spelling_of(benchmark, length);
        file->count = 2;
    }
    free(stem);
    free(whole);
}

static bool same_contents(const char *one, const char *other)
{
    FILE *a = fopen(one, "re"), *b = fopen(other, "re");
    bool same = a && b;
    for (int c = 0; same && c != EOF;) {
        c = getc(a);
        same = c == getc(b);
    }
    if (a)
        fclose(a);
    if (b)
        fclose(b);
    return same;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Whether the file is what a browser saved twice; a different one of the same name is refused. */
static bool is_copy(struct course_files *files, const struct course_file *file, const char *name)
{
    for (size_t i = 0; i < files->count; i++) {
        const struct course_file *other = &files->at[i];
        if (strcmp(other->platform, file->platform) != 0 || other->wide != file->wide ||
            (!file->wide && (other->columns[1] != file->columns[1] ||
                             !same_text(other->benchmarks[1], file->benchmarks[1]))))
            continue;
        if (!same_contents(other->path, file->path))
            die(STATUS_SYSTEM,
                "%s and %s are of one platform and benchmark, and differ: remove one", other->path,
                file->path);
        char *copies = alloc_format("%s%s%s", files->copies ? files->copies : "",
                                    files->copies ? ", " : "", name);
        free(files->copies);
        files->copies = copies;
        return true;
    }
    return false;
}

static void free_file(struct course_file *file)
{
    free(file->path);
    free(file->platform);
    for (size_t i = 0; i < COURSE_MOST_COLUMNS; i++)
        free(file->benchmarks[i]);
}

struct course_files course_files_of(const char *path)
{
    struct course_files files = {0};
    struct unknown unknown = {0};
    struct dirent **entries;
    int count = scandir(path, &entries, is_named_so, compare_names);
    if (count < 0)
        die_errno(STATUS_SYSTEM, "%s", path);
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        struct course_file file = {.path = alloc_format("%s/%s", path, name)};
        read_name(&file, name, &unknown);
        if (is_copy(&files, &file, name)) {
            free_file(&file);
        } else {
            files.at = alloc_grow(files.at, files.count, &files.room, sizeof *files.at);
            files.at[files.count++] = file;
        }
        free(entries[i]);
    }
    free(entries);
    if (unknown.count)
        die(STATUS_SYSTEM, "%s: unknown benchmark%s %s; say what %s: --metrics %s (or :higher)",
            path, unknown.count > 1 ? "s" : "", unknown.names,
            unknown.count > 1 ? "they measure" : "it measures", unknown.options);
    free(unknown.names);
    free(unknown.options);
    return files;
}

void course_files_free(struct course_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        free_file(&files->at[i]);
    }
    free(files->at);
    free(files->copies);
}
