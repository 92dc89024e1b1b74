#include "gating.h"

#include "markdown.h"
#include "numbers.h"

#include <math.h>

static void put_summary(const struct gate *gate, FILE *out)
{
    fprintf(out, "gate %g %%: %s: %zu worse, %zu cannot be told yet, %zu good", gate->percent,
            gate_outcomes[gate->outcome], gate->counts[GATE_WORSE], gate->counts[GATE_OPEN],
            gate->counts[GATE_GOOD]);
}

/* `1.12 (1.08 to 1.16)`, or why there is none. */
static void put_cost(const struct gated *gated, const char *between, FILE *out)
{
    char text[NUMBER], low[NUMBER], high[NUMBER];
    const struct result *result = gated->result;
    if (!result)
        fprintf(out, "not measured");
    else if (!result->has_ratio)
        fprintf(out, "n/a%s%s", between, result->why_not ? result->why_not : "");
    else if (!ratio_has_interval(&result->ratio))
        fprintf(out, "%s%sfewer than %d rounds", number(text, exp(result->ratio.log_mean)), between,
                RATIO_LEAST);
    else
        fprintf(out, "%s%s%s to %s", number(text, exp(result->ratio.log_mean)), between,
                number(low, exp(result->ratio.low)), number(high, exp(result->ratio.high)));
}

void gating_text(const struct gate *gate, FILE *out)
{
    put_summary(gate, out);
    fputc('\n', out);
    for (int outcome = GATE_WORSE; outcome > GATE_GOOD; outcome--) {
        for (size_t i = 0; i < gate->count; i++) {
            const struct gated *gated = &gate->at[i];
            if ((int)gated->outcome != outcome)
                continue;
            fprintf(out, "  %s: %s %s %s, cost ", gate_outcomes[outcome], gated->platform,
                    gated->row->metric->benchmark, gated->row->metric->name);
            put_cost(gated, ", ", out);
            fputc('\n', out);
        }
    }
    fputc('\n', out);
}

void gating_markdown(const struct gate *gate, FILE *out)
{
    fprintf(out, "**");
    put_summary(gate, out);
    fprintf(out, "**\n\n");
    if (gate->count)
        fprintf(out, "| gate | platform | benchmark | cost | 95 %% interval |\n"
                     "|---|---|---|--:|:-:|\n");
    for (int outcome = GATE_WORSE; outcome >= GATE_GOOD; outcome--) {
        for (size_t i = 0; i < gate->count; i++) {
            const struct gated *gated = &gate->at[i];
            if ((int)gated->outcome != outcome)
                continue;
            fprintf(out, "| %s | ", gate_outcomes[outcome]);
            markdown_text(gated->platform, out);
            fprintf(out, " | ");
            markdown_text(gated->row->metric->benchmark, out);
            fputc(' ', out);
            markdown_text(gated->row->metric->name, out);
            fprintf(out, " | ");
            put_cost(gated, " | ", out);
            fprintf(out, gated->result ? " |\n" : " | |\n");
        }
    }
    fputc('\n', out);
}
