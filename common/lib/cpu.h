/*
 * CPUs: lists of them, pinning, instruction sets, and what the CPU says of itself and of the
 * hypervisor below it.
 */
#ifndef GM_CPU_H
#define GM_CPU_H

#include <stdbool.h>
#include <stddef.h>

enum { CPU_LIST_MAX = 8192 }; /* as many as Linux can be built for; cpu_set_t ends at 1024 */

/* CPU numbers in the order given. An empty list means "not pinned". */
struct cpu_list {
    size_t count;
    unsigned short at[CPU_LIST_MAX];
};

/* Reads "0,2-3". False for anything else, and for CPU numbers from CPU_LIST_MAX up. */
bool cpu_list_parse(const char *text, struct cpu_list *list);

/* Writes "0,2-3" in at most `bytes` bytes; "all" for an empty list. Returns `text`. */
const char *cpu_list_format(const struct cpu_list *list, char *text, size_t bytes);

bool cpu_list_has(const struct cpu_list *list, int cpu);

/* The CPUs this thread may run on. */
void cpu_list_allowed(struct cpu_list *list);

/* Lets the calling thread, and what it starts, run on these CPUs only. 0 or an errno. */
int cpu_pin(const struct cpu_list *list);

/* Lets the calling thread run on the CPU at `rank` modulo the list's length. 0 or an errno. */
int cpu_pin_rank(const struct cpu_list *list, int rank);

/* How many threads are worth starting: the CPUs allowed, or the cgroup's CPU limit if smaller. */
int cpu_usable(void);

/* Instruction sets with kernels of their own, worst first, so that a larger one is a better one. */
enum isa {
    ISA_GENERIC, /* what the compiler's baseline offers: NEON on aarch64 */
    ISA_SSE2,
    ISA_AVX2,   /* with FMA */
    ISA_AVX512, /* F, VL, BW and DQ */
    ISA_COUNT
};
extern const char *const isa_names[ISA_COUNT + 1]; /* ends with NULL, to be an option's choices */

/* Whether both the CPU and the operating system (XCR0) offer it. */
bool cpu_has_isa(enum isa isa);
enum isa cpu_best_isa(void);

/*
 * The brand string, or "unknown". Clouds call a whole line of CPUs by one: where /proc/cpuinfo has
 * family and model, they follow in brackets.
 */
const char *cpu_model(void);

/*
 * The hypervisor's 12-character signature of CPUID leaf 0x40000000 ("KVMKVMKVM", "TCGTCGTCGTCG",
 * ...), "none" where the CPU says that there is no hypervisor, "unknown" off x86.
 */
const char *cpu_hypervisor(void);

/*
 * What the kernel does against the CPU's faults, as far as it is affected: "spectre_v1: Mitigation:
 * ...; spectre_v2: ...", "none" if by nothing, "unknown" if it does not say. To be given to free();
 * NULL if there is no memory.
 */
char *cpu_mitigations(void);

/* Bytes of the last-level cache as sysfs or CPUID tell it, 0 if they do not. */
size_t cpu_llc_bytes(void);

#endif
