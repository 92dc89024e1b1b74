/*
 * campaign FOLDER: writes a made-up campaign, for tests: every platform costs --cost times its
 * place in the list of what native costs, with log-normal noise between rounds, between platforms
 * within a round, and between repetitions. With --turns the platforms take turns, which share a
 * disturbance each; the last platform may be a slow one, and the first one may retire.
 */
#include "columns.h"
#include "err.h"
#include "opt.h"
#include "rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_PLATFORMS = 64 };

static struct config {
    const char *platforms, *host, *serial;
    int rounds, reps, turns, every, retire, metrics;
    double native, cost, block, between, within, turn;
    uint64_t seed;
    bool events, curves;
} config = {
    .platforms = "docker kvm qemu",
    .host = "testhost",
    .rounds = 12,
    .reps = 5,
    .metrics = 11,
    .native = 1,
    .cost = 1,
    .block = 0.01,
    .between = 0.005,
    .within = 0.01,
    .turn = 0.1,
    .every = 1,
    .seed = 1,
};

static const struct opt options[] = {
    {"platforms", 'p', OPT_TEXT, &config.platforms, "LIST", "beside native and native2", NULL, 0,
     0},
    {"host", 0, OPT_TEXT, &config.host, "NAME", "host", NULL, 0, 0},
    {"rounds", 'n', OPT_INT, &config.rounds, "N", "rounds", NULL, 1, 1000000},
    {"reps", 'r', OPT_INT, &config.reps, "N", "repetitions", NULL, 1, 1000000},
    {"metrics", 'm', OPT_INT, &config.metrics, "N", "how many metrics", NULL, 1, 20},
    {"native", 0, OPT_REAL, &config.native, "X", "how many times as fast the host is", NULL, 0, 0},
    {"cost", 0, OPT_REAL, &config.cost, "X", "cost of the first platform; the next one's is X * X",
     NULL, 0, 0},
    {"block", 0, OPT_REAL, &config.block, "SD", "noise between rounds", NULL, 0, 0},
    {"between", 0, OPT_REAL, &config.between, "SD", "noise between invocations", NULL, 0, 0},
    {"within", 0, OPT_REAL, &config.within, "SD", "noise between repetitions", NULL, 0, 0},
    {"turns", 't', OPT_INT, &config.turns, "N", "turns per round; 0: every platform runs in blocks",
     NULL, 0, 1000000},
    {"turn", 0, OPT_REAL, &config.turn, "SD", "noise that a turn's platforms share", NULL, 0, 0},
    {"every", 0, OPT_INT, &config.every, "N", "the last platform takes part in every Nth turn",
     NULL, 1, 1000000},
    {"serial", 0, OPT_TEXT, &config.serial, "PLATFORM", "runs in blocks though others take turns",
     NULL, 0, 0},
    {"retire", 0, OPT_INT, &config.retire, "N", "the first platform's linpack ends with round N",
     NULL, 0, 1000000},
    {"seed", 's', OPT_COUNT, &config.seed, "N", "seed", NULL, 0, 0},
    {"events", 0, OPT_FLAG, &config.events, NULL, "with guards, failures and facts", NULL, 0, 0},
    {"curves", 0, OPT_FLAG, &config.curves, NULL, "with curves and histograms", NULL, 0, 0},
};

static const struct tool tool = {
    .name = "campaign",
    .operands = "FOLDER",
    .summary = "Writes a made-up campaign.\n",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
};

static const struct kind {
    const char *benchmark, *metric, *unit;
    bool higher;
    double native;
} kinds[] = {
    {"linpack", "lu", "flop/s", true, 45e9},
    {"memsweep", "sweep", "s/access", false, 1.2e-9},
    {"memsweep", "copy", "B/s", true, 1.1e10},
    {"memsweep", "triad", "B/s", true, 1.3e10},
    {"forksum", "sum", "s", false, 0.61},
    {"diskrand", "iops", "1/s", true, 52000},
    {"diskrand", "latency.p99", "s", false, 3e-4},
    {"nginxload", "download", "s", false, 0.31},
    {"nginxload", "requests", "1/s", true, 81000},
    {"nginxload", "latency.p99", "s", false, 9e-4},
    {"platform", "startup", "s", false, 0.002},
    {"memsweep", "scale", "B/s", true, 1.1e10},
    {"memsweep", "add", "B/s", true, 1.2e10},
    {"memsweep", "latency", "s", false, 9e-8},
    {"memsweep", "fault", "s/page", false, 2e-7},
    {"memsweep", "gups", "1/s", true, 4e7},
    {"forksum", "process", "s", false, 2e-4},
    {"diskrand", "bandwidth", "B/s", true, 2e8},
    {"nginxload", "throughput", "B/s", true, 1.6e9},
    {"forksum", "sum[vfork]", "s", false, 0.3},
};

/* Box and Muller 1958. */
static double normal(struct rng *rng)
{
    return sqrt(-2 * log(1 - rng_real(rng))) * cos(2 * M_PI * rng_real(rng));
}

/* What this host's native platform shows. */
static double native_of(const struct kind *kind)
{
    return kind->higher ? kind->native * config.native : kind->native / config.native;
}

static FILE *create(const char *folder, const char *name, const char *header)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "we");
    if (!file || fprintf(file, "%s\n", header) < 0)
        die_errno(STATUS_SYSTEM, "%s", path);
    return file;
}

/* One platform's figures in one round. */
struct place {
    const char *platform;
    int round;
    double factor;    /* of native's cost */
    bool first, last; /* among the platforms that were asked for */
    char front[512];  /* time, host, platform and round, as the rows begin */
};

static void put_value(FILE *out, const struct place *place, const struct kind *kind,
                      const char *metric, int rep, double value)
{
    fprintf(out, "%s,%s,%s,%s,%s,%d,%.10g\n", place->front, kind->benchmark, metric, kind->unit,
            kind->higher ? "higher" : "lower", rep, value);
}

/* Noise of the round, which every platform shares, and the platform's own. */
static void seed_noise(const struct place *place, size_t kind, struct rng *shared, struct rng *own)
{
    uint64_t hash = config.seed * 1000003;
    for (const char *c = place->platform; *c; c++)
        hash = rng_mix(hash ^ (unsigned char)*c);
    rng_seed(shared, config.seed, (uint64_t)place->round * 1000 + kind);
    rng_seed(own, hash, (uint64_t)place->round * 1000 + kind);
}

static void put_metric(FILE *out, struct rng *rng, const struct place *place,
                       const struct kind *kind, const char *metric, double native, double factor)
{
    double trial = native * exp(config.between * normal(rng));
    trial = kind->higher ? trial / factor : trial * factor;
    for (int rep = 0; rep <= config.reps; rep++)
        put_value(out, place, kind, metric, rep, trial * exp(config.within * normal(rng)));
}

static void put_block(FILE *out, const struct place *place, size_t number)
{
    const struct kind *kind = &kinds[number];
    struct rng shared, own;
    char metric[64];
    seed_noise(place, number, &shared, &own);
    double native = native_of(kind) * exp(config.block * normal(&shared));
    put_metric(out, &own, place, kind, kind->metric, native, place->factor);
    for (int k = 12; config.curves && k <= 24 && strcmp(kind->metric, "copy") == 0; k += 2) {
        snprintf(metric, sizeof metric, "copy[bytes=%ld]", 1L << k);
        put_metric(out, &own, place, kind, metric, native * (1 + 4 / (1 + exp(k - 18))),
                   1 + (place->factor - 1) * k / 24);
    }
}

static bool takes_part(const struct place *place, const struct kind *kind, int turn)
{
    bool retired = config.retire && place->first && place->round > config.retire &&
                   strcmp(kind->benchmark, "linpack") == 0;
    return !retired && (!place->last || turn % config.every == 0);
}

/* All platforms in turn; `own` and `level` have one element for each of them. */
static void put_turns(FILE *out, const struct place *places, size_t count, size_t number)
{
    const struct kind *kind = &kinds[number];
    struct rng shared, own[MOST_PLATFORMS];
    double level[MOST_PLATFORMS];
    for (size_t i = 0; i < count; i++) {
        seed_noise(&places[i], number, &shared, &own[i]);
        level[i] = kind->higher ? 1 / places[i].factor : places[i].factor;
        level[i] *= native_of(kind) * exp(config.between * normal(&own[i]));
    }
    double block = exp(config.block * normal(&shared));
    int turns = strcmp(kind->benchmark, "platform") == 0 ? 1 : config.turns;
    for (int turn = 1; turn <= turns; turn++) {
        double common = block * exp(config.turn * normal(&shared));
        for (size_t i = 0; i < count; i++) {
            double value = level[i] * common * exp(config.within * normal(&own[i]));
            if (config.serial && strcmp(places[i].platform, config.serial) == 0)
                continue;
            if (turns == 1 || takes_part(&places[i], kind, turn))
                put_value(out, &places[i], kind, kind->metric, turn, value);
        }
    }
}

static void put_round(FILE *out, const struct place *places, size_t count)
{
    for (size_t kind = 0; kind < (size_t)config.metrics; kind++) {
        if (config.turns)
            put_turns(out, places, count, kind);
        for (size_t i = 0; i < count; i++) {
            if (!config.turns || (config.serial && strcmp(places[i].platform, config.serial) == 0))
                put_block(out, &places[i], kind);
        }
    }
}

static void put_facts(FILE *facts, const char *platform, int round, double factor)
{
    fprintf(facts, "2026-11-21T00:00:00Z,%s,\"%s\",%d,linpack,cpu.model,Test CPU 3000\n",
            config.host, platform, round);
    fprintf(facts, "2026-11-21T00:00:00Z,%s,\"%s\",%d,linpack,hypervisor,%s\n", config.host,
            platform, round, factor > 1.5 ? "TCGTCGTCGTCG" : "none");
    fprintf(facts, "2026-11-21T00:00:00Z,%s,\"%s\",%d,diskrand,histogram.latency,", config.host,
            platform, round);
    for (int i = 0; i < 40; i++)
        fprintf(facts, "%s%.3g:%d", i ? " " : "", 8e-5 * factor * pow(1.15, i),
                (int)(3000 * exp(-0.02 * (i - 6) * (i - 6)) + 40.0 / (i + 1)));
    fprintf(facts, "\n");
}

static void put_environment(const char *folder)
{
    FILE *out = create(folder, "environment.txt", "design=turns");
    if (config.serial)
        fprintf(out, "serial=%s\n", config.serial);
    if (fclose(out))
        die_errno(STATUS_SYSTEM, "%s", folder);
}

static void put_guards(FILE *guards)
{
    fprintf(guards,
            "2026-11-21T00:00:00Z,%s,docker,1,linpack,steal,mark,\"steal 4.1 %%, at "
            "most 1 %%\",\"stop other guests, or measure at night\"\n",
            config.host);
    fprintf(guards,
            "2026-11-21T00:00:00Z,%s,qemu,2,-,identity,void,hypervisor none instead of "
            "TCGTCGTCGTCG,start the guest by the adapter\n",
            config.host);
}

/* The platforms in their order, native and its twin before them; returns how many. */
static size_t list_places(char *names, struct place *places)
{
    char *saved = NULL;
    size_t count = 0;
    double factor = 1;
    for (char *name = strtok_r(names, " ", &saved); name; name = strtok_r(NULL, " ", &saved)) {
        bool native = strncmp(name, "native", 6) == 0;
        factor *= native ? 1 : config.cost;
        if (count == MOST_PLATFORMS)
            opt_usage("--platforms: more than %d", MOST_PLATFORMS - 2);
        places[count] = (struct place){.platform = name, .factor = factor, .first = count == 2};
        count++;
    }
    places[count - 1].last = true;
    return count;
}

/* Says when and where a place's rows were made. */
static void set_round(struct place *place, int round)
{
    long seconds = (round - 1) * 300L;
    place->round = round;
    snprintf(place->front, sizeof place->front, "2026-11-21T%02ld:%02ld:%02ldZ,%s,\"%s\",%d",
             (seconds / 3600) % 24, seconds / 60 % 60, seconds % 60, config.host, place->platform,
             round);
}

int main(int argc, char **argv)
{
    int operand = opt_parse(&tool, NULL, 0, argc, argv);
    struct place places[MOST_PLATFORMS];
    char names[4096];
    if (operand + 1 != argc)
        opt_usage("one folder is needed");
    const char *folder = argv[operand];
    mkdir(folder, 0777);
    FILE *out = create(folder, "samples.csv", "time,host,platform,round," COLUMNS_ROW);
    FILE *facts = create(folder, "facts.csv", "time,host,platform,round,benchmark,key,value");
    FILE *guards = create(folder, "guards.csv",
                          "time,host,platform,round,benchmark,guard,outcome,evidence,advice");
    snprintf(names, sizeof names, "native native2 %s", config.platforms);
    size_t count = list_places(names, places);
    for (int round = 1; round <= config.rounds; round++) {
        for (size_t i = 0; i < count; i++) {
            set_round(&places[i], round);
            if (config.curves)
                put_facts(facts, places[i].platform, round, places[i].factor);
        }
        put_round(out, places, count);
    }
    if (config.turns)
        put_environment(folder);
    if (config.events)
        put_guards(guards);
    if (ferror(out) || fclose(out) || fclose(facts) || fclose(guards))
        die_errno(STATUS_SYSTEM, "%s", folder);
    return 0;
}
