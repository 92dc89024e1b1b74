/* Threads in place of processes, for systems that have nothing else. */
#include "method.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

static void *thread_main(void *job)
{
    job_run(job);
    return NULL;
}

long thread_start(struct job *job)
{
    const size_t room = 65536; /* little, for thousands may live at once */
    pthread_attr_t attributes;
    pthread_t thread;
    int error = pthread_attr_init(&attributes);
    if (error)
        return -error;
    long least = sysconf(_SC_THREAD_STACK_MIN); /* 128 KiB on aarch64; -1 where it is not known */
    error = pthread_attr_setstacksize(&attributes, room + (size_t)(least > 0 ? least : 0));
    if (!error)
        error = pthread_create(&thread, &attributes, thread_main, job);
    pthread_attr_destroy(&attributes);
    return error ? -error : (long)thread;
}

int thread_wait(long handle)
{
    return -pthread_join((pthread_t)handle, NULL);
}

/* A thread cannot be ended from outside in any safe way; it is short and will end by itself. */
void thread_kill(long handle)
{
    (void)handle;
}
