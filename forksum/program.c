#include "anew.h"

#include <limits.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

static bool same_file(const char *a, const char *b)
{
    struct stat first, second;
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

/*
 * The real path if there is one: looking up /proc/self in every new process is several
 * microseconds of work that a process as such does not need. Without /proc the path that the
 * kernel was given to start this program, which stays good as long as the folder does not change.
 */
const char *anew_program(void)
{
    static const char link[] = "/proc/self/exe";
    static char path[PATH_MAX];
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length > 0) {
        path[length] = '\0';
        return same_file(path, link) ? path : link;
    }
    return (const char *)getauxval(AT_EXECFN);
}
