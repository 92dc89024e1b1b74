/* The guards' rules, on either side of each limit. */
#include "guards.h"
#include "tap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * What is seen of the guards: facts in csv, notes in text, whose lines are joined here. Returns a
 * string that the next call overwrites.
 */
static const char *seen(const struct summary *summary, const struct config *config,
                        enum format format)
{
    static char text[8192];
    struct report *report = report_new("nginxload");
    FILE *file = tmpfile();
    fflush(stdout);
    int out = dup(STDOUT_FILENO);
    if (!file || out < 0 || dup2(fileno(file), STDOUT_FILENO) < 0)
        abort();
    metric_add(report_metric(report, "requests", "1/s", BETTER_HIGHER), 1, 1);
    guards_report(summary, config, report);
    report_print(report, format);
    fflush(stdout);
    if (dup2(out, STDOUT_FILENO) < 0)
        abort();
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    close(out);
    report_free(report);
    for (char *c = text; *c && format == FORMAT_TEXT; c++) {
        if (*c == '\n')
            *c = ' ';
    }
    return text;
}

/* The guard's own fact is "pass" or the sentence `words`, which then is a note, too. */
static void judged(const struct summary *summary, const struct config *config, const char *guard,
                   const char *words, bool good)
{
    char note[256], fact[256];
    snprintf(note, sizeof note, "guard %s: %s", guard, good ? "" : words);
    snprintf(fact, sizeof fact, "# guard.%s=%s", guard, good ? "pass\n" : words);
    bool noted = strstr(seen(summary, config, FORMAT_TEXT), note) != NULL;
    const char *csv = seen(summary, config, FORMAT_CSV);
    if (!tap_ok(noted == !good && strstr(csv, fact), "guard %s %s: %s", guard,
                good ? "passes" : "speaks", words))
        printf("# note: %s, facts:\n# %s\n", noted ? "yes" : "no", csv);
}

int main(void)
{
    struct config config = {.threads = 1, .connections = 16, .rate = 1000};
    struct summary fine = {.connections = 16, .wall_s = 10, .asked_s = 10};
    fine.total = (struct counts){.good = 10000, .bytes = 10000, .cpu_s = 8.9, .retransmits = 10};
    struct summary bad = fine;

    judged(&fine, &config, "client", "used", true);
    bad.total.cpu_s = 9.1;
    judged(&bad, &config, "client", "used 91 % of its CPU", false);

    judged(&fine, &config, "connections", "", true);
    bad = fine;
    bad.connections = 15;
    bad.connect_error = ECONNREFUSED;
    judged(&bad, &config, "connections", "15 of 16 connections were made: Connection refused",
           false);

    judged(&fine, &config, "rate", "", true);
    bad = fine;
    bad.total.good = 9899;
    bad.total.unsent = 101;
    judged(&bad, &config, "rate", "989.9 of 1000 requests/s were achieved, 101 were never sent",
           false);
    bad.total.drained = 1; /* was sent in time, too */
    judged(&bad, &config, "rate", "", true);
    bad.total.drained = 0;
    bad.total.errors[OUTCOME_RESET] = 1;
    judged(&bad, &config, "rate", "", true);
    config.rate = 0;
    tap_ok(!strstr(seen(&fine, &config, FORMAT_CSV), "guard.rate"), "no rate, no guard");

    judged(&fine, &config, "retransmits", "", true);
    bad = fine;
    bad.total.retransmits = 11;
    judged(&bad, &config, "retransmits", "11 segments had to be sent again", false);
    bad.total.bytes = 11 << 20; /* one in a megabyte */
    judged(&bad, &config, "retransmits", "", true);

    struct summary nothing = {.connections = 16};
    config.rate = 1000;
    tap_ok(!strstr(seen(&nothing, &config, FORMAT_CSV), "guard."), "nothing measured, no guard");
    return tap_done();
}
