#include "team.h"

#include "clock.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

struct member {
    struct team *team;
    int rank;
    pthread_t thread;
    _Alignas(64) uint64_t start_ns,
        end_ns; /* of the last work: a line that no other thread writes */
};

struct team {
    int threads;
    int started; /* members whose thread runs: 1 .. started */
    struct cpu_list cpus;
    struct cpu_list caller; /* the CPUs that the calling thread had */
    void (*work)(void *context, int rank);
    void *context;
    bool ending;
    pthread_mutex_t lock;
    pthread_cond_t posted;
    uint64_t jobs; /* counts up with every team_run() */
    _Alignas(64) atomic_int arrived;
    _Alignas(64) atomic_uint phase;
    struct member members[]; /* by rank */
};

void team_barrier(struct team *team)
{
    enum { spins = 2000 };
    unsigned phase = atomic_load_explicit(&team->phase, memory_order_relaxed);
    if (atomic_fetch_add_explicit(&team->arrived, 1, memory_order_acq_rel) == team->threads - 1) {
        atomic_store_explicit(&team->arrived, 0, memory_order_relaxed);
        atomic_store_explicit(&team->phase, phase + 1, memory_order_release);
        return;
    }
    for (int i = 0; atomic_load_explicit(&team->phase, memory_order_acquire) == phase; i++) {
        if (i >= spins)
            sched_yield();
    }
}

/* A thread whose CPU is taken away behind the barrier still has a start that is its own. */
static void work_timed(struct team *team, int rank)
{
    struct member *member = &team->members[rank];
    team_barrier(team);
    member->start_ns = clock_ns();
    team->work(team->context, rank);
    member->end_ns = clock_ns();
    team_barrier(team);
}

static void *member_main(void *argument)
{
    struct member *member = argument;
    struct team *team = member->team;

    cpu_pin_rank(&team->cpus, member->rank);
    for (uint64_t done = 0;; done++) {
        pthread_mutex_lock(&team->lock);
        while (team->jobs == done && !team->ending)
            pthread_cond_wait(&team->posted, &team->lock);
        pthread_mutex_unlock(&team->lock);
        if (team->ending)
            return NULL;
        work_timed(team, member->rank);
    }
}

struct team *team_new(int threads, const struct cpu_list *cpus)
{
    size_t bytes = sizeof(struct team) + (size_t)threads * sizeof(struct member);
    struct team *team = aligned_alloc(64, (bytes + 63) / 64 * 64);
    if (!team)
        return NULL;
    *team = (struct team){.threads = threads, .cpus = *cpus};
    pthread_mutex_init(&team->lock, NULL);
    pthread_cond_init(&team->posted, NULL);
    cpu_list_allowed(&team->caller);
    for (int rank = 1; rank < threads; rank++) {
        struct member *member = &team->members[rank];
        *member = (struct member){.team = team, .rank = rank};
        int error = pthread_create(&member->thread, NULL, member_main, member);
        if (error) {
            team_free(team);
            errno = error;
            return NULL;
        }
        team->started = rank;
    }
    return team;
}

/* From the earliest start to the latest end of all threads, as libMicro has it. */
static double team_seconds(const struct team *team)
{
    uint64_t start_ns = team->members[0].start_ns, end_ns = team->members[0].end_ns;
    for (int rank = 1; rank < team->threads; rank++) {
        const struct member *member = &team->members[rank];
        start_ns = member->start_ns < start_ns ? member->start_ns : start_ns;
        end_ns = member->end_ns > end_ns ? member->end_ns : end_ns;
    }
    return clock_seconds(start_ns, end_ns);
}

double team_run(struct team *team, void (*work)(void *context, int rank), void *context)
{
    cpu_pin_rank(&team->cpus, 0);
    pthread_mutex_lock(&team->lock);
    team->work = work;
    team->context = context;
    team->jobs++;
    pthread_cond_broadcast(&team->posted);
    pthread_mutex_unlock(&team->lock);

    work_timed(team, 0);
    if (team->cpus.count > 0)
        cpu_pin(&team->caller);
    return team_seconds(team);
}

int team_threads(const struct team *team)
{
    return team->threads;
}

void team_free(struct team *team)
{
    if (!team)
        return;
    pthread_mutex_lock(&team->lock);
    team->ending = true;
    pthread_cond_broadcast(&team->posted);
    pthread_mutex_unlock(&team->lock);
    for (int rank = 1; rank <= team->started; rank++)
        pthread_join(team->members[rank].thread, NULL);
    pthread_cond_destroy(&team->posted);
    pthread_mutex_destroy(&team->lock);
    free(team);
}
