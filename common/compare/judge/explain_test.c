/* Each rule with its evidence, and without. */
#include "explain.h"

#include "load.h"
#include "tap.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/explain.XXXXXX";

static FILE *create(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "we");
    if (!file)
        exit(1);
    return file;
}

/* Native takes 1 (or does 100 a second), vm `cost` times as much, in eight rounds that agree. */
static void write_samples(const char *benchmark, const char *metric, const char *better,
                          double cost)
{
    FILE *file = create("samples.csv");
    fprintf(file, "time,host,platform,round,benchmark,metric,unit,better,rep,value\n");
    for (int round = 1; round <= 8; round++) {
        static const char *const platforms[] = {"native", "native2", "vm"};
        for (int p = 0; p < 3; p++) {
            double times = p == 2 ? cost : 1 + 0.0001 * (round % 3 - 1);
            double value = strcmp(better, "lower") == 0 ? times : 100 / times;
            fprintf(file, "2026-01-01T00:00:00Z,h,%s,%d,%s,%s,%s,%s,1,%.6f\n", platforms[p], round,
                    benchmark, metric, strcmp(better, "lower") == 0 ? "s" : "1/s", better, value);
        }
    }
    fclose(file);
}

/* `facts`: lines `PLATFORM BENCHMARK KEY=VALUE`, all of round 1. */
static void write_facts(const char *facts)
{
    FILE *file = create("facts.csv");
    fprintf(file, "time,host,platform,round,benchmark,key,value\n");
    char *lines = strdup(facts), *saved = NULL;
    for (char *line = strtok_r(lines, "\n", &saved); line; line = strtok_r(NULL, "\n", &saved)) {
        char platform[32], benchmark[32], key[64];
        int at = 0;
        if (sscanf(line, "%31s %31s %63[^=]=%n", platform, benchmark, key, &at) == 3)
            fprintf(file, "2026-01-01T00:00:00Z,h,%s,1,%s,%s,\"%s\"\n", platform, benchmark, key,
                    line + at);
    }
    free(lines);
    fclose(file);
}

/* What is said of vm in the first row; a new text, "" for nothing. */
static char *said(const char *facts)
{
    write_facts(facts);
    struct model model = {.keep_facts = true};
    load_results(&model, folder, false);
    model_finish(&model);
    struct settings settings = {
        .baseline = "native", .margin = 0.02, .precision = 0.015, .alpha = 0.05, .seed = 1};
    struct analysis analysis = analyse(&model, &settings);
    char *text = NULL;
    for (size_t k = 0; k < analysis.rows[0].count; k++) {
        const struct result *result = &analysis.rows[0].results[k];
        if (strcmp(result->platform, "vm") == 0)
            text = explain(&analysis, &analysis.rows[0], result);
    }
    analysis_free(&analysis);
    model_free(&model);
    return text ? text : strdup("");
}

static void says(const char *facts, const char *wanted, const char *name)
{
    char *text = said(facts);
    bool good = wanted[0] ? strstr(text, wanted) != NULL : text[0] == '\0';
    if (!good)
        printf("# '%s', not '%s'\n", text, wanted);
    tap_ok(good, "%s", name);
    free(text);
}

#define STEPS(b)                                                                                   \
    "native " b " turns=3\nvm " b " turns=3\nnative " b " bill.wall=10 s\nvm " b " bill.wall=10 "  \
    "s\n"

static void test_platform(void)
{
    write_samples("forksum", "sum", "lower", 3);
    says("", "", "without evidence nothing is said");
    says("vm platform identity.kvm_enabled=false", "its processor is emulated", "emulation");
    says("vm platform identity.kvm_enabled=true", "", "KVM is none");
    says("native platform identity.kvm_enabled=false\nvm platform identity.kvm_enabled=false", "",
         "nor what both are");
    says(STEPS("forksum") "vm forksum bill.exits=50000", "15000 VM exits per tree",
         "VM exits per operation");
    says(STEPS("forksum") "vm forksum bill.exits=500", "", "few of them are none");
    says("vm forksum bill.exits=50000", "", "exits in an unknown time");
    says("native forksum isa=avx512\nvm forksum isa=avx2", "it ran avx2, native avx512",
         "another instruction set");
    says("native forksum isa=avx2\nvm forksum isa=avx2", "", "the same one");
}

#define TIMED        "native forksum timed.wall=1 s\nvm forksum timed.wall=1 s\n"
#define USER(n, v)   "native forksum timed.user=" n "\nvm forksum timed.user=" v "\n"
#define SYSTEM(n, v) "native forksum timed.system=" n "\nvm forksum timed.system=" v "\n"

static void test_processes(void)
{
    write_samples("forksum", "sum", "lower", 3);
    says(TIMED "native forksum timed.faults=300 minor, 0 major\nvm forksum timed.faults=200 minor, "
               "0 major",
         "2.000 times native's page faults per tree", "page faults per unit of work");
    says(TIMED SYSTEM("0.2 s", "0.2 s") "native forksum timed.faults=300 minor, 0 major\n"
                                        "vm forksum timed.faults=200 minor, 0 major",
         "2.000 times native's page faults per tree", "where the kernel takes its part");
    says(TIMED SYSTEM("0.2 s", "0.02 s") "native forksum timed.faults=300 minor, 0 major\n"
                                         "vm forksum timed.faults=200 minor, 0 major",
         "", "but not where it takes hardly any time");
    says(TIMED "native forksum timed.faults=300 minor, 0 major\nvm forksum timed.faults=100 minor, "
               "0 major",
         "", "as many of them");
    says(TIMED "vm forksum timed.faults=200 minor, 0 major", "", "the other's are not known");
    says("native forksum timed.faults=300 minor, 0 major\nvm forksum timed.faults=200 minor, 0 "
         "major",
         "", "nor is the time");
    says(TIMED "native forksum timed.switches=300 voluntary, 100 involuntary\nvm forksum "
               "timed.switches=500 voluntary, 300 involuntary",
         "6.000 times native's context switches per tree", "context switches");
    says(TIMED "native forksum timed.switches=3 voluntary, 1 involuntary\nvm forksum "
               "timed.switches=50 voluntary, 3 involuntary",
         "", "a handful of them");
    says(TIMED USER("0.8 s", "0.1 s") SYSTEM("0.1 s", "0.8 s"),
         "24.00 times native's time in the kernel per tree, 0.375 outside it", "the kernel's part");
    says(TIMED USER("0.8 s", "0.8 s") SYSTEM("0.1 s", "0.1 s"), "it is work, not waiting",
         "as busy as the other");
    says(TIMED USER("0.8 s", "0.2 s") SYSTEM("0.1 s", "0.02 s"), "native 90 %: it is waiting, too",
         "less busy");
    says(TIMED "native forksum timed.waited=0.01 s\nvm forksum timed.waited=0.3 s",
         "its processes waited for a CPU 30 % of the time, native's 1.0 %", "waited");
    says(TIMED "native forksum timed.waited=0.2 s\nvm forksum timed.waited=0.3 s", "",
         "both waited");
    says(STEPS("forksum") "native forksum host.steal=0 s\nvm forksum host.steal=1 s",
         "a hypervisor below took its CPUs 10 %", "steal");
    says(STEPS("forksum") "native forksum host.steal=1 s\nvm forksum host.steal=1 s", "",
         "steal from both");
    write_samples("forksum", "sum", "lower", 0.5);
    says(TIMED
         "native forksum timed.faults=300 minor, 0 major\nvm forksum timed.faults=1200 minor, "
         "0 major",
         "", "more of something explains no gain");
    says(TIMED "native forksum timed.faults=300 minor, 0 major\nvm forksum timed.faults=150 minor, "
               "0 major",
         "0.250 times native's page faults", "but less of it");
    write_samples("forksum", "sum", "lower", 1);
    says("vm platform identity.kvm_enabled=false", "", "what is not different is not explained");
}

static void test_server(void)
{
    write_samples("nginxload", "requests", "higher", 2);
    says("vm nginxload bill.proxy_us=900000\nvm nginxload bill.server_us=1000000",
         "docker-proxy used 0.900 CPU per CPU of nginx", "docker-proxy");
    says("vm nginxload bill.server_us=1000000", "", "no proxy");
    says("vm platform net.backend=user",
         "every packet passes through a process (net.backend: user)", "user-mode network");
    says("vm platform net.backend=tap", "", "tap");
    says(STEPS("nginxload") "native nginxload bill.host_cpu=5 s\nvm nginxload bill.host_cpu=15 s",
         "1.500 CPUs were busy with it, 0.500 with native", "host CPUs");
    says(STEPS("nginxload") "native nginxload bill.host_cpu=5 s\nvm nginxload bill.host_cpu=15 s\n"
                            "vm nginxload big.timed.wall=5 s",
         "", "a bill that was not kept apart from another part's");
    says(STEPS("nginxload") "native nginxload bill.host_cpu=5 s\nvm nginxload bill.host_cpu=15 s\n"
                            "vm nginxload big.timed.wall=5 s\nvm nginxload big.bill.wall=5 s\n"
                            "vm nginxload big.bill.host_cpu=5 s",
         "2.000 CPUs were busy with it", "without another part's bill");
    write_samples("nginxload", "download", "lower", 2);
    says(STEPS("nginxload") "native nginxload bill.host_cpu=5 s\nvm nginxload bill.host_cpu=15 s\n"
                            "native nginxload big.timed.wall=5 s\nvm nginxload big.timed.wall=5 s\n"
                            "native nginxload big.bill.wall=5 s\nvm nginxload big.bill.wall=5 s\n"
                            "native nginxload big.bill.host_cpu=5 s\n"
                            "vm nginxload big.bill.host_cpu=10 s",
         "2.000 CPUs were busy with it, 1.000 with native", "a part's own bill");
}

static void test_disk(void)
{
    write_samples("diskrand", "iops", "higher", 2);
    says(STEPS("diskrand") "native diskrand bytes.asked=0 read, 1000 written\n"
                           "vm diskrand bytes.asked=0 read, 1000 written\n"
                           "native diskrand host.disk_written=1000 B\n"
                           "vm diskrand host.disk_written=1800 B",
         "the host's disk wrote 1.800 bytes for each one asked for, native 1.000",
         "bytes at the host's disk");
    says(STEPS("diskrand") "vm diskrand host.disk_written=1800 B", "", "bytes of nothing");
    says(STEPS("diskrand") "vm diskrand host.data_grown=34603008 B",
         "its disk image grew by 33.00 MiB meanwhile", "allocation");
    says(STEPS("diskrand") "vm diskrand host.data_grown=4096 B", "", "next to none");
    says(STEPS("diskrand") "vm platform platform.kind=vm\nnative diskrand timed.wall=1 s\n"
                           "native diskrand timed.user=0.1 s\nnative diskrand timed.system=0.3 s\n"
                           "vm diskrand bill.platform_cpu=9 s",
         "0.900 CPUs were busy with it, 0.400 with native",
         "a guest's CPU time is the host's count");
    write_samples("diskrand", "iops", "higher", 0.5);
    says(STEPS("diskrand") "native diskrand bytes.asked=0 read, 1000 written\n"
                           "vm diskrand bytes.asked=0 read, 1000 written\n"
                           "native diskrand host.disk_written=1000 B\n"
                           "vm diskrand host.disk_written=10 B",
         "the host's disk wrote 0.010 bytes", "a cache took them");
}

static void test_memory(void)
{
    write_samples("memsweep", "copy", "lower", 2);
    says("native memsweep pages.copy=default asked, 90000 of 100000 KiB huge, page tables 236 KiB\n"
         "vm memsweep pages.copy=default asked, 0 of 100000 KiB huge, page tables 236 KiB",
         "0.0 % of its memory was in huge pages, 90 % of native's", "huge pages");
    says("vm memsweep pages.copy=default asked, 0 of 100000 KiB huge, page tables 236 KiB", "",
         "the other's are not known");
    write_samples("platform", "startup", "lower", 2);
    says("vm forksum bill.wall=16 s",
         "a round there was 2.000 s of starting and 2.000 s of measured", "startup against work");
    says("native forksum bill.wall=16 s", "", "without its work");
}

int main(void)
{
    if (!mkdtemp(folder))
        return 1;
    test_platform();
    test_processes();
    test_server();
    test_disk();
    test_memory();
    char path[128];
    snprintf(path, sizeof path, "%s/samples.csv", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/facts.csv", folder);
    unlink(path);
    rmdir(folder);
    return tap_done();
}
