#include "peak.h"

#include "bench.h"

#include <stdatomic.h>

struct peak {
    const struct isa_kernel *kernel;
    struct team *team;
    size_t rounds;
    _Atomic double sink; /* takes the results, so that the compiler cannot drop the work */
};

static void work(void *context, int rank)
{
    struct peak *peak = context;
    (void)rank;
    atomic_store_explicit(&peak->sink, peak->kernel->fma(peak->rounds), memory_order_relaxed);
}

static double run(void *context, uint64_t units)
{
    struct peak *peak = context;
    peak->rounds = (size_t)units;
    return team_run(peak->team, work, peak);
}

double peak_measure(const struct isa_kernel *kernel, struct team *team, double time_s)
{
    struct peak peak = {.kernel = kernel, .team = team};
    uint64_t rounds = bench_calibrate(run, &peak, time_s);
    double seconds = run(&peak, rounds);
    return kernel->fma_flops * (double)rounds * team_threads(team) / seconds;
}
