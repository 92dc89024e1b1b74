#include "conditions.h"

#include "alloc.h"

#include <stdlib.h>
#include <string.h>

/* The last such line of the folder's environment.txt, or NULL. */
static const char *value_of(const struct model *model, const char *folder, const char *key)
{
    for (size_t i = model->environment_count; i-- > 0;) {
        const struct environment_line *line = &model->environment[i];
        if (strcmp(line->source, folder) == 0 && strcmp(line->key, key) == 0)
            return line->value;
    }
    return NULL;
}

static char *add_words(char *text, const char *between, const char *words)
{
    char *longer = alloc_format("%s%s%s", text, *text ? between : "", words);
    free(text);
    return longer;
}

static void note_design(struct model *model, const char *folder, const char *front)
{
    const char *design = value_of(model, folder, "design");
    if (!value_of(model, folder, "time") && !design)
        return; /* not a folder of this driver's */
    if (!design || strcmp(design, "turns") != 0) {
        model_note(model, "%sdesign: blocks; in a round one platform runs after the other", front);
        return;
    }
    char *serial = alloc_text("", 0);
    for (size_t i = 0; i < model->environment_count; i++) {
        const struct environment_line *line = &model->environment[i];
        if (strcmp(line->source, folder) == 0 && strcmp(line->key, "serial") == 0)
            serial = add_words(serial, ", ", line->value);
    }
    model_note(model,
               "%sdesign: turns; in a round all platforms are up, and single repetitions are made "
               "back to back in random order%s%s",
               front, *serial ? "; in blocks of their own: " : "", serial);
    free(serial);
}

static const char *fact_of(const struct model *model, int group, const char *platform,
                           const char *key)
{
    for (size_t i = 0; i < model->fact_count; i++) {
        const struct known_fact *fact = &model->facts[i];
        if (fact->group == group && strcmp(fact->platform, platform) == 0 &&
            strcmp(fact->key, key) == 0)
            return fact->value;
    }
    return NULL;
}

static void note_kernels(struct model *model, int group, const char *front)
{
    const char *host = NULL;
    char *others = alloc_text("", 0);
    for (size_t p = 0; p < model->platforms.count; p++) {
        const char *platform = model->platforms.at[p];
        const char *here = fact_of(model, group, platform, "host.kernel");
        const char *there = fact_of(model, group, platform, "guest.kernel");
        host = here ? here : host;
        there = there ? there : fact_of(model, group, platform, "identity.kernel");
        if (!here || !there || strcmp(here, there) == 0)
            continue;
        char *words = alloc_format("%s %s", platform, there);
        others = add_words(others, ", ", words);
        free(words);
    }
    if (*others)
        model_note(model,
                   "%skernels: the host runs %s, but %s: what system calls, processes and packets "
                   "cost there is also what another kernel makes of them",
                   front, host, others);
    free(others);
}

void conditions_note(struct model *model, const char *folder, bool named)
{
    char *front = named ? alloc_format("%s: ", folder) : alloc_text("", 0);
    const char *quick = value_of(model, folder, "setting.quick");
    const char *commit = value_of(model, folder, "commit");
    const char *isa = value_of(model, folder, "setting.isa");
    static const char dirty[] = "-dirty";
    note_design(model, folder, front);
    if (quick && *quick)
        model_note(model,
                   "%s--quick: short repetitions of small problems, to see that it works; "
                   "not figures to quote",
                   front);
    if (commit && strlen(commit) > strlen(dirty) &&
        strcmp(commit + strlen(commit) - strlen(dirty), dirty) == 0)
        model_note(model,
                   "%sthe programs were built from an uncommitted tree (%s): nobody can "
                   "build them again",
                   front, commit);
    if (isa && *isa)
        model_note(model,
                   "%sinstruction set: all platforms that run the same programs were held to %s, "
                   "the best that all of them have",
                   front, isa);
    for (size_t i = 0; i < model->group_count; i++) {
        const char *source = model->groups[i].source;
        if (*source == '\0' || strcmp(source, folder) == 0)
            note_kernels(model, (int)i, front);
    }
    free(front);
}

static bool tells_machine(const char *key)
{
    return strcmp(key, "cpu.model") == 0 || strcmp(key, "cpu.count") == 0 ||
           strcmp(key, "kernel") == 0 || strncmp(key, "sha256.", 7) == 0;
}

char *conditions_differ(const struct model *model, const char *folder, const char *other)
{
    const char *host = value_of(model, folder, "host"), *name = value_of(model, other, "host");
    if (host && name && strcmp(host, name) != 0)
        return NULL;
    char *text = alloc_text("", 0);
    for (size_t i = 0; i < model->environment_count; i++) {
        const struct environment_line *line = &model->environment[i];
        const char *there;
        if (strcmp(line->source, folder) != 0 || !tells_machine(line->key) ||
            !(there = value_of(model, other, line->key)) || strcmp(there, line->value) == 0)
            continue;
        bool program = strncmp(line->key, "sha256.", 7) == 0;
        char *words = program ? alloc_format("the program %s", line->key + 7)
                              : alloc_format("%s (%s, %s)", line->key, line->value, there);
        text = add_words(text, ", ", words);
        free(words);
    }
    if (*text)
        return text;
    free(text);
    return NULL;
}
