/*
 * For bench.sh: processes that end at once, made and waited for one after the other, by nothing but
 * the calls. For each line on stdin it does so for SECONDS and prints microseconds for one.
 *
 *     bare_helper SECONDS [vfork]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Apart, since what vfork() returns twice from must keep nothing in registers. */
static int one_child(int by_vfork)
{
    pid_t pid = by_vfork ? vfork() : fork();
    if (pid == 0)
        _exit(0);
    return pid > 0 && waitpid(pid, NULL, 0) == pid;
}

int main(int argc, char **argv)
{
    double least_s = argc > 1 ? atof(argv[1]) : 0.2;
    int by_vfork = argc > 2 && strcmp(argv[2], "vfork") == 0;
    char line[64];

    while (fgets(line, sizeof line, stdin)) {
        double start = now_s(), seconds = 0;
        long children = 0;
        for (; seconds < least_s; seconds = now_s() - start, children++) {
            if (!one_child(by_vfork))
                return 1;
        }
        printf("%.3f\n", seconds / (double)children * 1e6);
        fflush(stdout);
    }
    return 0;
}
