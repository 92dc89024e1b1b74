#include "cpu.h"

#include "cgroup.h"
#include "files.h"
#include "parse.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const isa_names[ISA_COUNT + 1] = {"generic", "sse2", "avx2", "avx512", NULL};

static bool parse_cpu_range(const char *item, struct cpu_list *list)
{
    char first_text[16];
    uint64_t first, last;
    size_t length = strcspn(item, "-");
    if (length >= sizeof first_text)
        return false;
    memcpy(first_text, item, length);
    first_text[length] = '\0';
    if (!parse_u64(first_text, &first))
        return false;
    last = first;
    if (item[length] == '-' && !parse_u64(item + length + 1, &last))
        return false;
    if (last < first || last >= CPU_LIST_MAX)
        return false;
    for (; first <= last; first++) {
        if (list->count == CPU_LIST_MAX)
            return false;
        list->at[list->count++] = (unsigned short)first;
    }
    return true;
}

bool cpu_list_parse(const char *text, struct cpu_list *list)
{
    list->count = 0;
    for (;;) {
        char item[32];
        size_t length = strcspn(text, ",");
        if (length >= sizeof item)
            return false;
        memcpy(item, text, length);
        item[length] = '\0';
        if (!parse_cpu_range(item, list))
            return false;
        if (text[length] == '\0')
            return true;
        text += length + 1;
    }
}

const char *cpu_list_format(const struct cpu_list *list, char *text, size_t bytes)
{
    size_t used = 0;
    if (list->count == 0)
        snprintf(text, bytes, "all");
    for (size_t i = 0; i < list->count && used < bytes; i++) {
        size_t last = i;
        while (last + 1 < list->count && list->at[last + 1] == list->at[last] + 1)
            last++;
        const char *comma = i ? "," : "";
        int wrote = last > i ? snprintf(text + used, bytes - used, "%s%d-%d", comma, list->at[i],
                                        list->at[last])
                             : snprintf(text + used, bytes - used, "%s%d", comma, list->at[i]);
        used += (size_t)wrote;
        i = last;
    }
    return text;
}

bool cpu_list_has(const struct cpu_list *list, int cpu)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->at[i] == cpu)
            return true;
    }
    return false;
}

/* The kernel refuses to tell of more CPUs than there is room for, and takes more room than it
 * needs. */
struct cpu_mask {
    cpu_set_t set[CPU_LIST_MAX / CPU_SETSIZE];
};

void cpu_list_allowed(struct cpu_list *list)
{
    struct cpu_mask mask;
    memset(&mask, 0, sizeof mask);
    list->count = 0;
    if (sched_getaffinity(0, sizeof mask, mask.set) != 0)
        return;
    for (size_t cpu = 0; cpu < CPU_LIST_MAX; cpu++) {
        if (CPU_ISSET_S(cpu, sizeof mask, mask.set))
            list->at[list->count++] = (unsigned short)cpu;
    }
}

int cpu_pin(const struct cpu_list *list)
{
    struct cpu_mask mask;
    memset(&mask, 0, sizeof mask);
    for (size_t i = 0; i < list->count; i++)
        CPU_SET_S((size_t)list->at[i], sizeof mask, mask.set);
    return list->count == 0 || sched_setaffinity(0, sizeof mask, mask.set) == 0 ? 0 : errno;
}

int cpu_pin_rank(const struct cpu_list *list, int rank)
{
    struct cpu_mask mask;
    if (list->count == 0)
        return 0;
    memset(&mask, 0, sizeof mask);
    CPU_SET_S((size_t)list->at[(size_t)rank % list->count], sizeof mask, mask.set);
    return sched_setaffinity(0, sizeof mask, mask.set) == 0 ? 0 : errno;
}

int cpu_usable(void)
{
    struct cpu_list allowed;
    cpu_list_allowed(&allowed);
    int cpus = allowed.count ? (int)allowed.count : 1;
    double limit = cgroup_cpu_limit();
    if (limit > 0 && limit < cpus)
        cpus = limit < 1 ? 1 : (int)limit;
    return cpus;
}

#ifdef __x86_64__
#include <cpuid.h>

/* The register states that the operating system saves and restores: XCR0. */
static unsigned long long saved_states(void)
{
    unsigned low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (unsigned long long)high << 32 | low;
}

bool cpu_has_isa(enum isa isa)
{
    enum { xmm_ymm = 0x6, zmm_opmask = 0xe0 };
    enum { avx512f = 1 << 16, avx512dq = 1 << 17, avx512bw = 1 << 30 };
    const unsigned avx512vl = 1u << 31, avx2 = 1u << 5;
    unsigned a, b, c, d, leaf7 = 0;

    if (isa == ISA_GENERIC)
        return true;
    if (!__get_cpuid(1, &a, &b, &c, &d))
        return false;
    if (isa == ISA_SSE2)
        return d & bit_SSE2;
    if (!(c & bit_OSXSAVE) || !(c & bit_AVX) || !(c & bit_FMA))
        return false;
    unsigned long long states = saved_states();
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d))
        leaf7 = b;
    if (isa == ISA_AVX2)
        return (states & xmm_ymm) == xmm_ymm && (leaf7 & avx2);
    const unsigned wanted = avx512f | avx512dq | avx512bw | avx512vl;
    const unsigned long long all_states = xmm_ymm | zmm_opmask;
    return (states & all_states) == all_states && (leaf7 & wanted) == wanted;
}

const char *cpu_hypervisor(void)
{
    static char signature[13];
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c >> 31))
        return "none";
    __cpuid(0x40000000, a, b, c, d);
    memcpy(signature, &b, 4);
    memcpy(signature + 4, &c, 4);
    memcpy(signature + 8, &d, 4);
    for (char *s = signature; *s; s++) {
        if (*s < ' ' || *s > '~')
            *s = '?';
    }
    return signature[0] ? signature : "unnamed";
}

#else

bool cpu_has_isa(enum isa isa)
{
    return isa == ISA_GENERIC;
}

const char *cpu_hypervisor(void)
{
    return "unknown";
}

#endif

enum isa cpu_best_isa(void)
{
    for (int isa = ISA_COUNT - 1; isa > ISA_GENERIC; isa--) {
        if (cpu_has_isa((enum isa)isa))
            return (enum isa)isa;
    }
    return ISA_GENERIC;
}

const char *cpu_model(void)
{
    static char text[200];
    char brand[128] = "unknown", family[16] = "", model[16] = "", line[512];
    FILE *info = fopen("/proc/cpuinfo", "r");
    while (info && fgets(line, sizeof line, info) && line[0] != '\n') {
        if (sscanf(line, "model name : %127[^\n]", brand) != 1 &&
            sscanf(line, "uarch : %127[^\n]", brand) != 1 &&
            sscanf(line, "cpu family : %15[0-9]", family) != 1)
            (void)!sscanf(line, "model : %15[0-9]", model);
    }
    if (info)
        fclose(info);
    if (*family && *model)
        snprintf(text, sizeof text, "%s (family %s, model %s)", brand, family, model);
    else
        snprintf(text, sizeof text, "%s", brand);
    return text;
}

char *cpu_mitigations(void)
{
    static const char folder[] = "/sys/devices/system/cpu/vulnerabilities";
    struct dirent **names;
    char *text = NULL, path[sizeof folder + sizeof names[0]->d_name + 1], line[512];
    size_t bytes = 0;
    int count = scandir(folder, &names, NULL, alphasort);
    FILE *out = open_memstream(&text, &bytes);
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
        if (out && names[i]->d_name[0] != '.' && file_read_line(path, line, sizeof line) &&
            strcmp(line, "Not affected") != 0)
            fprintf(out, "%s%s: %s", ftell(out) > 0 ? "; " : "", names[i]->d_name, line);
        free(names[i]);
    }
    if (count >= 0)
        free(names);
    if (out && ftell(out) == 0)
        fputs(count > 2 ? "none" : "unknown", out);
    if (!out || fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

size_t cpu_llc_bytes(void)
{
    uint64_t largest = 0;
    for (int index = 0; index < 8; index++) {
        char path[96], text[32];
        uint64_t bytes;
        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/size", index);
        if (!file_read_line(path, text, sizeof text))
            break;
        if (parse_size(text, &bytes) && bytes > largest)
            largest = bytes;
    }
#ifdef _SC_LEVEL3_CACHE_SIZE
    for (int name = _SC_LEVEL2_CACHE_SIZE; largest == 0 && name <= _SC_LEVEL3_CACHE_SIZE;
         name += _SC_LEVEL3_CACHE_SIZE - _SC_LEVEL2_CACHE_SIZE) {
        long bytes = sysconf(name);
        if (bytes > 0)
            largest = (uint64_t)bytes;
    }
#endif
    return (size_t)largest;
}
