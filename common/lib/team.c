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
};

struct team {
    int threads;
    int started; /* members whose thread runs: 1 .. started */
    struct cpu_list cpus;
    void (*work)(void *context, int rank);
    void *context;
    bool ending;
    pthread_mutex_t lock;
    pthread_cond_t posted;
    uint64_t jobs; /* counts up with every team_run() */
    _Alignas(64) atomic_int arrived;
    _Alignas(64) atomic_uint phase;
    struct member members[];
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
        team_barrier(team);
        team->work(team->context, member->rank);
        team_barrier(team);
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
    cpu_pin_rank(cpus, 0);
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

double team_run(struct team *team, void (*work)(void *context, int rank), void *context)
{
    pthread_mutex_lock(&team->lock);
    team->work = work;
    team->context = context;
    team->jobs++;
    pthread_cond_broadcast(&team->posted);
    pthread_mutex_unlock(&team->lock);

    team_barrier(team);
    uint64_t start = clock_ns();
    work(context, 0);
    team_barrier(team);
    return clock_seconds(start, clock_ns());
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
