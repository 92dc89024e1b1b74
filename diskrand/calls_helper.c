/*
 * For bench.sh: random 4 KiB reads or writes of a file, one after the other, by nothing but the
 * calls: no latencies, no stamps. For SECONDS; prints I/Os per second and CPU seconds per I/O.
 *
 *     calls_helper FILE randwrite|randread SECONDS
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 4096 };

static double seconds_of(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    int writes = strcmp(argv[2], "randwrite") == 0, fd = open(argv[1], O_RDWR | O_DIRECT);
    double least_s = atof(argv[3]), seconds = 0, count = 0;
    char *buffer = aligned_alloc(BLOCK, BLOCK);
    uint64_t state = 1;
    struct stat about;
    if (fd < 0 || !buffer || fstat(fd, &about) != 0 || about.st_size < 2 * (1 << 20))
        return 1;
    /* The first MiB is the description that diskrand writes. */
    uint64_t blocks = ((uint64_t)about.st_size - (1 << 20)) / BLOCK;
    memset(buffer, 0x5a, BLOCK);
    double start = seconds_of(CLOCK_MONOTONIC), cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    for (; seconds < least_s; count++) {
        state = state * 6364136223846793005 + 1442695040888963407;
        off_t at = (off_t)(1 << 20) + (off_t)((state >> 33) % blocks * BLOCK);
        if ((writes ? pwrite(fd, buffer, BLOCK, at) : pread(fd, buffer, BLOCK, at)) != BLOCK)
            return 1;
        seconds = seconds_of(CLOCK_MONOTONIC) - start;
    }
    cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    printf("%.1f %.9g\n", count / seconds, cpu / count);
    return 0;
}
