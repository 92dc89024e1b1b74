#include "export.h"

#include "csv.h"
#include "explain.h"
#include "json.h"
#include "version.h"
#include "versus.h"

#include <math.h>
#include <stdlib.h>

/* One figure of a result under the name that both formats give it. */
struct figure {
    const char *name;
    double value; /* NAN: not known */
};

enum { MOST_FIGURES = 32 };

static size_t figures_of(const struct row *row, const struct result *result,
                         struct figure figures[MOST_FIGURES])
{
    const struct stats *stats = &result->stats;
    const struct ratio *ratio = &result->ratio;
    bool known = result->has_ratio, judged = result->verdict != VERDICT_NONE;
    size_t count = 0;
    const struct figure all[] = {
        {"n", (double)stats->n},
        {"mean", stats->mean},
        {"stddev", stats->stddev},
        {"cv", stats->stddev / fabs(stats->mean)},
        {"median", stats->median},
        {"min", stats->min},
        {"max", stats->max},
        {"ci95", stats->n > 2 ? stats->ci95 : NAN},
        {"median_low", result->has_median_interval ? result->median.low : NAN},
        {"median_high", result->has_median_interval ? result->median.high : NAN},
        {"within", result->levels.known ? result->levels.within : NAN},
        {"between", result->levels.known ? result->levels.between : NAN},
        {"drift", result->checks.drift},
        {"autocorrelation", result->checks.lag1},
        {"outliers", (double)result->checks.outliers},
        {"pairs", known ? (double)ratio->n : NAN},
        {"ratio", known ? exp(ratio->log_mean) : NAN},
        {"ratio_low", known ? exp(ratio->low) : NAN},
        {"ratio_high", known ? exp(ratio->high) : NAN},
        {"ratio_low90", known ? exp(ratio->low90) : NAN},
        {"ratio_high90", known ? exp(ratio->high90) : NAN},
        {"ratio_bca_low", result->has_bca ? exp(result->bca.low) : NAN},
        {"ratio_bca_high", result->has_bca ? exp(result->bca.high) : NAN},
        {"noise_floor", row->twin ? expm1(row->floor) : NAN},
        {"p_t", known ? ratio->p : NAN},
        {"p_wilcoxon", known ? result->p_rank : NAN},
        {"p_holm", judged ? result->p_holm : NAN},
        {"more_rounds", judged ? (double)result->more_rounds : NAN},
    };
    for (; count < sizeof all / sizeof all[0]; count++)
        figures[count] = all[count];
    return count;
}

/* ---- csv ---- */

void export_csv(const struct analysis *analysis, FILE *out)
{
    struct figure figures[MOST_FIGURES];
    for (size_t i = 0; i < analysis->count; i++) {
        const struct row *row = &analysis->rows[i];
        const struct measured *metric = row->metric;
        for (size_t k = 0; k < row->count; k++) {
            const struct result *result = &row->results[k];
            size_t count = figures_of(row, result, figures);
            if (i == 0 && k == 0) {
                fprintf(out, "campaign,host,platform,benchmark,metric,unit,better,primary,verdict");
                for (size_t f = 0; f < count; f++)
                    fprintf(out, ",%s", figures[f].name);
                fprintf(out, "\n");
            }
            const struct group *group = &analysis->model->groups[row->group];
            csv_put(group->source, out);
            fputc(',', out);
            csv_put(group->host, out);
            fputc(',', out);
            csv_put(result->platform, out);
            fputc(',', out);
            csv_put(metric->benchmark, out);
            fputc(',', out);
            csv_put(metric->name, out);
            fputc(',', out);
            csv_put(metric->unit, out);
            fprintf(out, ",%s,%s,%s", better_names[metric->better], metric->primary ? "yes" : "no",
                    verdict_names[result->verdict]);
            for (size_t f = 0; f < count; f++)
                fprintf(out, isfinite(figures[f].value) ? ",%.10g" : ",", figures[f].value);
            fprintf(out, "\n");
        }
    }
}

/* ---- json ---- */

static void put_pair(const char *before, const char *name, const char *text, FILE *out)
{
    fprintf(out, "%s\"%s\": ", before, name);
    json_string(text, out);
}

/* JSON has no infinity and no NaN. */
static void put_figure(const char *name, double value, FILE *out)
{
    fprintf(out, isfinite(value) ? ", \"%s\": %.10g" : ", \"%s\": null", name, value);
}

static void put_result(const struct analysis *analysis, const struct row *row,
                       const struct result *result, FILE *out)
{
    char *evidence = explain(analysis, row, result);
    struct figure figures[MOST_FIGURES];
    size_t count = figures_of(row, result, figures);
    put_pair("        {", "platform", result->platform, out);
    put_pair(", ", "verdict", verdict_names[result->verdict], out);
    for (size_t f = 0; f < count; f++)
        put_figure(figures[f].name, figures[f].value, out);
    if (result->why_not)
        put_pair(", ", "why_no_ratio", result->why_not, out);
    if (evidence)
        put_pair(", ", "evidence", evidence, out);
    free(evidence);
    fprintf(out, "}");
}

static void put_row(const struct analysis *analysis, const struct row *row, FILE *out)
{
    const struct group *group = &analysis->model->groups[row->group];
    put_pair("    {", "campaign", group->source, out);
    put_pair(", ", "host", group->host, out);
    put_pair(",\n     ", "benchmark", row->metric->benchmark, out);
    put_pair(", ", "metric", row->metric->name, out);
    put_pair(", ", "unit", row->metric->unit, out);
    put_pair(", ", "better", better_names[row->metric->better], out);
    fprintf(out, ", \"primary\": %s, \"results\": [\n", row->metric->primary ? "true" : "false");
    for (size_t k = 0; k < row->count; k++) {
        put_result(analysis, row, &row->results[k], out);
        fprintf(out, "%s\n", k + 1 < row->count ? "," : "");
    }
    fprintf(out, "     ]}");
}

static void put_remark(const struct remark *remark, FILE *out)
{
    put_pair("    {", "kind", remark_kinds[remark->kind], out);
    put_pair(", ", "platform", remark->platform, out);
    put_pair(", ", "benchmark", remark->benchmark, out);
    if (remark->metric)
        put_pair(", ", "metric", remark->metric, out);
    put_pair(", ", "guard", remark->guard, out);
    put_pair(", ", "evidence", remark->evidence, out);
    put_pair(", ", "advice", remark->advice, out);
    fprintf(out, ", \"rounds\": %zu}", remark->rounds);
}

/* Later campaigns against the first. */
static void put_versus(const struct analysis *analysis, FILE *out)
{
    struct versus_list list = versus_of(analysis);
    for (size_t i = 0; i < list.count; i++) {
        const struct versus *versus = &list.at[i];
        const struct ratio *ratio = &versus->result.ratio;
        const struct group *group = &analysis->model->groups[versus->row->group];
        put_pair(i ? ",\n    {" : "\n    {", "campaign", group->source, out);
        put_pair(", ", "host", group->host, out);
        put_pair(", ", "platform", versus->result.platform, out);
        put_pair(", ", "benchmark", versus->row->metric->benchmark, out);
        put_pair(", ", "metric", versus->row->metric->name, out);
        put_pair(", ", "verdict", verdict_names[versus->result.verdict], out);
        put_figure("ratio", exp(ratio->log_mean), out);
        put_figure("p_holm", versus->result.p_holm, out);
        put_figure("ratio_low", exp(ratio->low), out);
        put_figure("ratio_high", exp(ratio->high), out);
        fprintf(out, "}");
    }
    versus_free(&list);
}

void export_json(const struct analysis *analysis, const struct remarks *remarks, FILE *out)
{
    const struct model *model = analysis->model;
    const struct settings *settings = &analysis->settings;
    fprintf(out, "{\n  \"version\": \"%s\"", gm_version);
    put_pair(",\n  ", "baseline", settings->baseline, out);
    fprintf(out,
            ", \"margin\": %g, \"precision\": %g, \"alpha\": %g, \"seed\": %llu,\n"
            "  \"comparisons\": %zu,\n  \"metrics\": [\n",
            settings->margin, settings->precision, settings->alpha,
            (unsigned long long)settings->seed, analysis->family);
    for (size_t i = 0; i < analysis->count; i++) {
        put_row(analysis, &analysis->rows[i], out);
        fprintf(out, "%s\n", i + 1 < analysis->count ? "," : "");
    }
    fprintf(out, "  ],\n  \"against_first\": [");
    put_versus(analysis, out);
    fprintf(out, "],\n  \"remarks\": [\n");
    for (size_t i = 0; i < remarks->count; i++) {
        put_remark(&remarks->at[i], out);
        fprintf(out, "%s\n", i + 1 < remarks->count ? "," : "");
    }
    fprintf(out, "  ],\n  \"not_measured\": [");
    for (size_t i = 0; i < model->unusable_count; i++) {
        put_pair(i ? ",\n    {" : "\n    {", "platform", model->unusables[i].platform, out);
        put_pair(", ", "reason", model->unusables[i].reason, out);
        fprintf(out, "}");
    }
    fprintf(out, "],\n  \"notes\": [");
    for (size_t i = 0; i < model->note_count; i++) {
        fprintf(out, i ? ",\n    " : "\n    ");
        json_string(model->notes[i], out);
    }
    fprintf(out, "]\n}\n");
}
