/*
 * campaign FOLDER: writes a made-up campaign, for tests: every platform costs --cost times its
 * place in the list of what native costs, with log-normal noise between rounds, between platforms
 * within a round, and between repetitions.
 */
#include "err.h"
#include "opt.h"
#include "rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct config {
    const char *platforms, *host;
    int rounds, reps;
    double cost, block, between, within;
    uint64_t seed;
    bool events, curves;
} config = {
    .platforms = "docker kvm qemu",
    .host = "testhost",
    .rounds = 12,
    .reps = 5,
    .cost = 1,
    .block = 0.01,
    .between = 0.005,
    .within = 0.01,
    .seed = 1,
};

static const struct opt options[] = {
    {"platforms", 'p', OPT_TEXT, &config.platforms, "LIST", "beside native and native2", NULL, 0,
     0},
    {"host", 0, OPT_TEXT, &config.host, "NAME", "host", NULL, 0, 0},
    {"rounds", 'n', OPT_INT, &config.rounds, "N", "rounds", NULL, 1, 1000000},
    {"reps", 'r', OPT_INT, &config.reps, "N", "repetitions", NULL, 1, 1000000},
    {"cost", 0, OPT_REAL, &config.cost, "X", "cost of the first platform; the next one's is X * X",
     NULL, 0, 0},
    {"block", 0, OPT_REAL, &config.block, "SD", "noise between rounds", NULL, 0, 0},
    {"between", 0, OPT_REAL, &config.between, "SD", "noise between invocations", NULL, 0, 0},
    {"within", 0, OPT_REAL, &config.within, "SD", "noise between repetitions", NULL, 0, 0},
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
    {"linpack", "lu", "flop/s", true, 45e9},       {"memsweep", "sweep", "s/access", false, 1.2e-9},
    {"memsweep", "copy", "B/s", true, 1.1e10},     {"memsweep", "triad", "B/s", true, 1.3e10},
    {"forksum", "sum", "s", false, 0.61},          {"diskrand", "iops", "1/s", true, 52000},
    {"diskrand", "latency.p99", "s", false, 3e-4}, {"nginxload", "download", "s", false, 0.31},
    {"nginxload", "requests", "1/s", true, 81000}, {"nginxload", "latency.p99", "s", false, 9e-4},
    {"platform", "startup", "s", false, 0.002},
};

/* Box and Muller 1958. */
static double normal(struct rng *rng)
{
    return sqrt(-2 * log(1 - rng_real(rng))) * cos(2 * M_PI * rng_real(rng));
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

static void put_metric(FILE *out, struct rng *rng, const char *front, const struct kind *kind,
                       const char *metric, double native, double factor)
{
    double trial = native * exp(config.between * normal(rng));
    trial = kind->higher ? trial / factor : trial * factor;
    for (int rep = 0; rep <= config.reps; rep++)
        fprintf(out, "%s,%s,%s,%s,%s,%d,%.10g\n", front, kind->benchmark, metric, kind->unit,
                kind->higher ? "higher" : "lower", rep, trial * exp(config.within * normal(rng)));
}

static void put_platform(FILE *out, const char *platform, int round, double factor)
{
    struct rng shared, own;
    char front[512], metric[64];
    long seconds = (round - 1) * 300L;
    snprintf(front, sizeof front, "2026-11-21T%02ld:%02ld:%02ldZ,%s,\"%s\",%d",
             (seconds / 3600) % 24, seconds / 60 % 60, seconds % 60, config.host, platform, round);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const struct kind *kind = &kinds[i];
        uint64_t hash = config.seed * 1000003;
        for (const char *c = platform; *c; c++)
            hash = rng_mix(hash ^ (unsigned char)*c);
        rng_seed(&shared, config.seed, (uint64_t)round * 1000 + i);
        rng_seed(&own, hash, (uint64_t)round * 1000 + i);
        double native = kind->native * exp(config.block * normal(&shared));
        put_metric(out, &own, front, kind, kind->metric, native, factor);
        for (int k = 12; config.curves && k <= 24 && strcmp(kind->metric, "copy") == 0; k += 2) {
            snprintf(metric, sizeof metric, "copy[bytes=%ld]", 1L << k);
            put_metric(out, &own, front, kind, metric, native * (1 + 4 / (1 + exp(k - 18))),
                       1 + (factor - 1) * k / 24);
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

int main(int argc, char **argv)
{
    int operand = opt_parse(&tool, NULL, 0, argc, argv);
    char names[4096], *saved = NULL;
    if (operand + 1 != argc)
        opt_usage("one folder is needed");
    const char *folder = argv[operand];
    mkdir(folder, 0777);
    FILE *out = create(folder, "samples.csv",
                       "time,host,platform,round,benchmark,metric,unit,better,rep,value");
    FILE *facts = create(folder, "facts.csv", "time,host,platform,round,benchmark,key,value");
    FILE *guards = create(folder, "guards.csv",
                          "time,host,platform,round,benchmark,guard,outcome,evidence,advice");
    snprintf(names, sizeof names, "native native2 %s", config.platforms);
    double factor = 1;
    for (char *name = strtok_r(names, " ", &saved); name; name = strtok_r(NULL, " ", &saved)) {
        if (strncmp(name, "native", 6) != 0)
            factor *= config.cost;
        for (int round = 1; round <= config.rounds; round++) {
            put_platform(out, name, round, factor);
            if (config.curves)
                put_facts(facts, name, round, factor);
        }
    }
    if (config.events) {
        fprintf(guards,
                "2026-11-21T00:00:00Z,%s,docker,1,linpack,steal,mark,\"steal 4.1 %%, at "
                "most 1 %%\",\"stop other guests, or measure at night\"\n",
                config.host);
        fprintf(guards,
                "2026-11-21T00:00:00Z,%s,qemu,2,-,identity,void,hypervisor none instead of "
                "TCGTCGTCGTCG,start the guest by the adapter\n",
                config.host);
    }
    if (ferror(out) || fclose(out) || fclose(facts) || fclose(guards))
        die_errno(STATUS_SYSTEM, "%s", folder);
    return 0;
}
