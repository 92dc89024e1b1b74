/*
 * turns: lets servants measure in turn.
 *
 * What disturbs a measurement comes in spells of all lengths, so two things are compared best by
 * alternating between them as often as possible. A servant is a program that has set up, and does
 * one repetition whenever it is asked (`TOOL --steps`). In a turn every servant is asked once, one
 * after the other, in an order drawn from the seed; turns go on until the time is over.
 *
 * A servant that takes much longer than the quickest (an emulated guest) takes part only as often
 * as its share of the time allows, and besides the others' time, so that their turns are many.
 *
 * Before and after each step the host's counters are read (counters.h). The conductor itself sleeps
 * while a servant works; give it a CPU that no servant measures on.
 *
 * Every FOLDER is a servant (servant.h). Exit status: 0 all ended well, 1 one or more did not
 * (their folders say why; the others' rows are good), 128 + N ended by signal N, with nothing left
 * running.
 */
#include "clock.h"
#include "counters.h"
#include "err.h"
#include "opt.h"
#include "rng.h"
#include "servant.h"
#include "steps.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static struct config {
    double time_s, start_s, limit_s, share;
    uint64_t turns, seed;
    struct cpu_list cpus;
} config = {.time_s = 4, .start_s = 120, .limit_s = 120, .share = 0.2, .seed = 1};

static const struct opt options[] = {
    {"time", 't', OPT_TIME, &config.time_s, "T",
     "start no turn after so long, the time of slow servants not counted", NULL, 0, 86400},
    {"turns", 'n', OPT_COUNT, &config.turns, "N", "nor after so many; 0: any number", NULL, 0, 0},
    {"share", 0, OPT_REAL, &config.share, "R",
     "most of the time that goes to a servant three times as slow as the quickest", NULL, 0, 1},
    {"start", 0, OPT_TIME, &config.start_s, "T", "how long a servant may take to be ready", NULL, 0,
     86400},
    {"limit", 0, OPT_TIME, &config.limit_s, "T", "how long a step may take", NULL, 0, 86400},
    {"cpus", 'c', OPT_CPUS, &config.cpus, "LIST", "CPUs whose steal is counted", NULL, 0, 0},
    {"seed", 's', OPT_COUNT, &config.seed, "N", "seed of the order within turns", NULL, 0, 0},
};

static const struct tool tool = {
    .name = "turns",
    .operands = "FOLDER...",
    .summary = "Asks servants (TOOL --steps) for one repetition each, turn by turn. In each\n"
               "folder `serve` is a shell script that becomes the servant; what it measured and\n"
               "said is written there: rows, facts, bill, err, status.\n",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
};

struct player {
    struct servant servant;
    struct account account;
    struct counters sum;
    double start_s; /* until it was ready */
    double wall_s;  /* of all its steps */
    uint64_t steps;
};

static struct players {
    struct player *at;
    size_t count;
} players;

/* ---- signals ---- */

static void on_signal(int number)
{
    for (size_t i = 0; i < players.count; i++)
        servant_kill(&players.at[i].servant);
    _exit(128 + number);
}

static void catch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        sigaction(numbers[i], &(struct sigaction){.sa_handler = on_signal}, NULL);
    signal(SIGPIPE, SIG_IGN); /* a servant that has died is noticed by its output */
}

/* ---- steps ---- */

static double mean_step(const struct player *player)
{
    return player->wall_s / (double)player->steps;
}

static double quickest_step(void)
{
    double quickest = 0;
    for (size_t i = 0; i < players.count; i++) {
        const struct player *player = &players.at[i];
        if (player->servant.lives && player->steps &&
            (quickest == 0 || mean_step(player) < quickest))
            quickest = mean_step(player);
    }
    return quickest;
}

/* Whether a step takes so long that it would take the others' turns away. */
static bool is_slow(const struct player *player, double quickest)
{
    const double short_s = 0.01; /* what is over so soon is not worth a rule */
    return mean_step(player) > 3 * quickest && mean_step(player) > short_s;
}

/* Whether its share leaves time for another step. */
static bool may_play(const struct player *player, double quickest, double elapsed_s)
{
    if (!player->servant.lives)
        return false;
    if (player->steps == 0 || !is_slow(player, quickest))
        return true;
    return player->wall_s + mean_step(player) <= config.share * elapsed_s;
}

static void play(struct player *player, uint64_t turn)
{
    struct counters before = counters_now(&player->account, &config.cpus);
    if (!servant_step(&player->servant, turn, config.limit_s))
        return;
    struct counters after = counters_now(&player->account, &config.cpus);
    counters_add(&player->sum, &before, &after);
    player->wall_s += after.at[COUNTER_WALL] - before.at[COUNTER_WALL];
    player->steps++;
}

/* What slow ones have taken so far: the time of the others is not theirs to spend. */
static double slow_seconds(void)
{
    double quickest = quickest_step(), seconds = 0;
    for (size_t i = 0; i < players.count; i++) {
        if (players.at[i].steps && is_slow(&players.at[i], quickest))
            seconds += players.at[i].wall_s;
    }
    return seconds;
}

/* ---- turns ---- */

/* One turn; false if nobody is left. */
static bool take_turn(struct rng *rng, uint64_t turn, double elapsed_s, size_t *order)
{
    double quickest = quickest_step();
    size_t count = 0;
    for (size_t i = 0; i < players.count; i++) {
        if (may_play(&players.at[i], quickest, elapsed_s))
            order[count++] = i;
    }
    for (size_t i = count; i > 1; i--) { /* Fisher and Yates */
        size_t k = rng_below(rng, i), last = order[i - 1];
        order[i - 1] = order[k];
        order[k] = last;
    }
    for (size_t i = 0; i < count; i++)
        play(&players.at[order[i]], turn);
    return count > 0;
}

/* The time that counts: that of all but the slow. */
static double used_seconds(uint64_t start)
{
    return clock_seconds(start, clock_ns()) - slow_seconds();
}

static void take_turns(void)
{
    size_t *order = calloc(players.count, sizeof *order);
    struct rng rng;
    uint64_t start = clock_ns(), turn = 0;
    if (!order)
        die(STATUS_SYSTEM, "out of memory");
    rng_seed(&rng, config.seed, 0);
    while (take_turn(&rng, turn + 1, clock_seconds(start, clock_ns()), order)) {
        turn++;
        if (used_seconds(start) >= config.time_s || (config.turns && turn >= config.turns))
            break;
    }
    free(order);
}

/* ---- before and after ---- */

/* One after the other: each of them calibrates its work, and must not be disturbed meanwhile. */
static void start_all(char **folders, size_t count)
{
    players.at = calloc(count, sizeof *players.at);
    if (!players.at)
        die(STATUS_SYSTEM, "out of memory");
    for (size_t i = 0; i < count; i++) {
        struct player *player = &players.at[i];
        players.count = i + 1;
        account_read(&player->account, folders[i]);
        uint64_t start = clock_ns();
        servant_start(&player->servant, folders[i], config.start_s);
        player->start_s = clock_seconds(start, clock_ns());
    }
}

static void write_bill(const struct player *player)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/bill", player->servant.folder);
    FILE *file = fopen(path, "w");
    bool good = file;
    if (file) {
        fprintf(file, "turns=%llu\n", (unsigned long long)player->steps);
        fprintf(file, "bill.start=%.6f s\n", player->start_s);
        counters_print(&player->sum, &player->account, file);
        good = !ferror(file);
        good = fclose(file) == 0 && good;
    }
    if (!good)
        die_errno(STATUS_SYSTEM, "%s", path);
}

static bool finish_all(void)
{
    bool good = true;
    for (size_t i = 0; i < players.count; i++) {
        struct player *player = &players.at[i];
        good = servant_finish(&player->servant, config.limit_s) && good;
        write_bill(player);
        account_free(&player->account);
    }
    free(players.at);
    return good;
}

int main(int argc, char **argv)
{
    int first = opt_parse(&tool, NULL, 0, argc, argv);
    if (first == argc)
        opt_usage("no folder");
    catch_signals();
    clock_init();
    start_all(argv + first, (size_t)(argc - first));
    take_turns();
    return finish_all() ? STATUS_GOOD : STATUS_SYSTEM;
}
