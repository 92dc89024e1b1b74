#include "wording.h"

#include "numbers.h"

#include <math.h>
#include <stdio.h>

const char *wording_of(char text[PHRASE], const struct result *result,
                       const struct settings *settings)
{
    char figure[NUMBER];
    double cost = exp(result->ratio.log_mean);
    text[0] = '\0';
    if (result->verdict == VERDICT_DIFFERENT && cost >= 2)
        snprintf(text, PHRASE, cost >= 100 ? "%.0f times" : "%.3g times", cost);
    else if (result->verdict == VERDICT_DIFFERENT && cost <= 0.5)
        snprintf(text, PHRASE, 1 / cost >= 100 ? "1/%.0f" : "1/%.3g", 1 / cost);
    else if (result->verdict == VERDICT_DIFFERENT)
        snprintf(text, PHRASE, "%s%s", cost > 1 ? "+" : "", percent(figure, cost - 1));
    else if (result->verdict == VERDICT_EQUIVALENT)
        snprintf(text, PHRASE, "within %g %%", 100 * settings->margin);
    else if (result->verdict == VERDICT_INCONCLUSIVE && result->more_rounds >= 1000)
        snprintf(text, PHRASE, "more than 1000 more rounds");
    else if (result->verdict == VERDICT_INCONCLUSIVE)
        snprintf(text, PHRASE, "about %zu more round%s", result->more_rounds,
                 result->more_rounds == 1 ? "" : "s");
    return text;
}

const char *wording_short(char text[PHRASE], const struct result *result,
                          const struct settings *settings)
{
    wording_of(text, result, settings);
    if (result->verdict == VERDICT_INCONCLUSIVE && result->more_rounds >= 1000)
        snprintf(text, PHRASE, "> 1000 rounds");
    else if (result->verdict == VERDICT_INCONCLUSIVE)
        snprintf(text, PHRASE, "+%zu round%s", result->more_rounds,
                 result->more_rounds == 1 ? "" : "s");
    return text;
}

const char *wording_turns(char text[PHRASE], const struct cell *cell)
{
    size_t turns = 0, rounds = cell->count;
    for (size_t i = 0; i < rounds; i++)
        turns += cell->trials[i].first_turn == NO_TURNS ? 0 : cell->trials[i].n;
    if (turns > rounds)
        snprintf(text, PHRASE, "%zu turns in %zu round%s", turns, rounds, rounds == 1 ? "" : "s");
    else
        snprintf(text, PHRASE, "%zu round%s", rounds, rounds == 1 ? "" : "s");
    return text;
}
