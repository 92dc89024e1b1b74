/* What was true when it was measured: facts.csv and environment.txt. */
#include "tables.h"

#include "alloc.h"
#include "words.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct hist *find_distribution(struct model *model, int group, const struct field *fields,
                                      const char *metric)
{
    for (size_t i = 0; i < model->distribution_count; i++) {
        struct distribution *there = &model->distributions[i];
        if (there->group == group && strcmp(there->platform, fields[2].text) == 0 &&
            strcmp(there->benchmark, fields[4].text) == 0 && strcmp(there->metric, metric) == 0)
            return there->hist;
    }
    model->distributions = alloc_grow(model->distributions, model->distribution_count,
                                      &model->distribution_room, sizeof *model->distributions);
    struct distribution *added = &model->distributions[model->distribution_count++];
    *added = (struct distribution){
        .group = group,
        .platform = table_text(&fields[2]),
        .benchmark = table_text(&fields[4]),
        .metric = alloc_text(metric, strlen(metric)),
        .hist = alloc_zero(1, sizeof *added->hist),
    };
    hist_clear(added->hist);
    return added->hist;
}

/* Adds `seconds:count ...`, as hist_text() writes it. */
static void add_histogram(const struct csv *csv, struct hist *hist, char *text)
{
    char *saved = NULL;
    for (char *pair = strtok_r(text, " ", &saved); pair; pair = strtok_r(NULL, " ", &saved)) {
        double seconds, count;
        char *colon = strchr(pair, ':');
        if (colon)
            *colon = '\0';
        struct field left = {.text = pair, .length = strlen(pair)};
        struct field right = {.text = colon ? colon + 1 : pair,
                              .length = colon ? strlen(colon + 1) : 0};
        if (!colon || !csv_number(&left, '.', &seconds) || !csv_number(&right, '.', &count) ||
            !(seconds >= 0 && seconds < 1e9) || !(count >= 0 && count < 1e18))
            csv_die(csv, "'%.40s' is no seconds:count of a histogram", pair);
        uint64_t ns = (uint64_t)(seconds * 1e9 + 0.5), times = (uint64_t)count;
        if (times == 0)
            continue;
        hist->buckets[hist_bucket(ns)] += times;
        hist->count += times;
        hist->sum_ns += (double)ns * count;
        hist->min_ns = ns < hist->min_ns ? ns : hist->min_ns;
        hist->max_ns = ns > hist->max_ns ? ns : hist->max_ns;
    }
}

static char *name_of(int group, const char *platform, const char *benchmark, const char *key)
{
    return alloc_format("%d\x1f%s\x1f%s\x1f%s", group, platform, benchmark, key);
}

const struct known_fact *model_fact(const struct model *model, int group, const char *platform,
                                    const char *benchmark, const char *key)
{
    char *name = name_of(group, platform, benchmark, key);
    int number = names_find(&model->fact_names, name);
    free(name);
    return number == NAMES_NONE ? NULL : &model->facts[number];
}

/* The numbers that the text's parts begin with; NAN where a part does not. */
static void numbers_of(const char *text, double numbers[FACT_NUMBERS])
{
    for (int i = 0; i < FACT_NUMBERS; i++) {
        bool is_number = text && *text >= '0' && *text <= '9';
        numbers[i] = is_number ? strtod(text, NULL) : NAN;
        text = text ? strstr(text, ", ") : NULL;
        text = text ? text + 2 : NULL;
    }
}

/* Keeps the last value of every key, whether it was ever another, and the sums of its numbers. */
static void add_fact(struct model *model, int group, const struct field *fields)
{
    char *key = name_of(group, fields[2].text, fields[4].text, fields[5].text);
    size_t number = (size_t)names_add(&model->fact_names, key, strlen(key));
    free(key);
    double numbers[FACT_NUMBERS];
    numbers_of(fields[6].text, numbers);
    if (number < model->fact_count) {
        struct known_fact *fact = &model->facts[number];
        char *value = table_text(&fields[6]);
        for (int i = 0; i < FACT_NUMBERS; i++)
            fact->sums[i] += numbers[i];
        if (strcmp(fact->value, value) != 0)
            fact->varies = true;
        free(fact->value);
        fact->value = value;
        return;
    }
    model->facts =
        alloc_grow(model->facts, model->fact_count, &model->fact_room, sizeof *model->facts);
    model->facts[model->fact_count++] = (struct known_fact){
        .group = group,
        .platform = table_text(&fields[2]),
        .benchmark = table_text(&fields[4]),
        .key = table_text(&fields[5]),
        .value = table_text(&fields[6]),
        .sums = {numbers[0], numbers[1]},
    };
}

void environment_load(const struct folder *folder)
{
    struct model *model = folder->model;
    char *path = alloc_format("%s/environment.txt", folder->path), *line = NULL;
    size_t room = 0;
    FILE *file = fopen(path, "re");
    free(path);
    while (file && getline(&line, &room, file) > 0) {
        line[strcspn(line, "\n")] = '\0';
        char *equals = strchr(line, '=');
        if (!equals)
            continue;
        model->environment = alloc_grow(model->environment, model->environment_count,
                                        &model->environment_room, sizeof *model->environment);
        model->environment[model->environment_count++] = (struct environment_line){
            .source = alloc_text(folder->path, strlen(folder->path)),
            .key = words_clean(alloc_text(line, (size_t)(equals - line))),
            .value = words_clean(alloc_text(equals + 1, strlen(equals + 1))),
        };
    }
    if (file)
        fclose(file);
    free(line);
}

void facts_load(const struct folder *folder)
{
    struct model *model = folder->model;
    static const int names[] = {1, 2, 4, 5};
    static const char *const called[] = {"host", "platform", "benchmark", "key"};
    struct field fields[7];
    struct csv csv;
    if (!model->keep_samples && !model->keep_facts)
        return;
    if (!table_open(&csv, folder, "facts.csv", false))
        return;
    while (table_next(&csv, model, fields, 7)) {
        bool is_histogram = strncmp(fields[5].text, "histogram.", 10) == 0;
        if (!model->keep_samples && is_histogram)
            continue;
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
            table_check_name(&csv, &fields[names[i]], called[i]);
        int group = model_group(model, folder->source, fields[1].text);
        if (is_histogram)
            add_histogram(&csv, find_distribution(model, group, fields, fields[5].text + 10),
                          fields[6].text);
        else if (strncmp(fields[5].text, "series.", 7) != 0)
            add_fact(model, group, fields);
    }
    table_close(&csv);
}
