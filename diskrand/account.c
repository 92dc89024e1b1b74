#include "account.h"

#include "files.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/sysmacros.h>

/* A page is the finest that the process's counters see of a buffered write; a sector elsewhere. */
static struct account_bytes of_process(void)
{
    struct account_bytes bytes = {0};
    bytes.known = file_read_key("/proc/self/io", "read_bytes", &bytes.read) &&
                  file_read_key("/proc/self/io", "write_bytes", &bytes.written);
    return bytes;
}

/* Documentation/block/stat.rst: field 3 is sectors read, field 7 sectors written, of 512 bytes. */
static struct account_bytes of_device(dev_t device)
{
    struct account_bytes bytes = {0};
    char path[64], line[512];
    snprintf(path, sizeof path, "/sys/dev/block/%u:%u/stat", major(device), minor(device));
    bytes.known =
        file_read_line(path, line, sizeof line) &&
        sscanf(line, "%*u %*u %" SCNu64 " %*u %*u %*u %" SCNu64, &bytes.read, &bytes.written) == 2;
    bytes.read *= 512;
    bytes.written *= 512;
    return bytes;
}

void account_start(struct account *account, dev_t device)
{
    account->process_start = of_process();
    account->device_start = of_device(device);
}

static void add(struct account_bytes *sum, const struct account_bytes *start,
                const struct account_bytes *now)
{
    sum->known = start->known && now->known;
    sum->read += now->read - start->read;
    sum->written += now->written - start->written;
}

void account_stop(struct account *account, dev_t device, uint64_t read, uint64_t written)
{
    struct account_bytes process = of_process(), on_device = of_device(device);
    add(&account->process, &account->process_start, &process);
    add(&account->device, &account->device_start, &on_device);
    account->asked.known = true;
    account->asked.read += read;
    account->asked.written += written;
}

/* Bytes seen per byte asked for; 1 if nothing was asked for. */
static double ratio(uint64_t seen, uint64_t asked)
{
    return asked ? (double)seen / (double)asked : 1;
}

/* Whether one witness disagrees by more than 10 %; then `text` says how. */
static bool disagrees(const char *who, const struct account_bytes *asked,
                      const struct account_bytes *seen, bool extra, char *text, size_t bytes)
{
    const double slack = 0.10;
    const struct {
        const char *what;
        double ratio;
    } sides[] = {{"read", ratio(seen->read, asked->read)},
                 {"written", ratio(seen->written, asked->written)}};
    for (int i = 0; seen->known && i < 2; i++) {
        bool less = sides[i].ratio<1 - slack, more = sides[i].ratio> 1 + slack && !extra;
        if (less || more) {
            snprintf(text, bytes, "failed: %s saw %.3g bytes %s per byte asked for, %s", who,
                     sides[i].ratio, sides[i].what,
                     less ? "a cache took the rest" : "others may use the device too");
            return true;
        }
    }
    return false;
}

const char *account_verdict(const struct account *account, bool extra, char *text, size_t bytes)
{
    if (disagrees("the process", &account->asked, &account->process, extra, text, bytes) ||
        disagrees("the device", &account->asked, &account->device, extra, text, bytes))
        return text;
    if (!account->process.known && !account->device.known)
        snprintf(text, bytes, "unknown: no /proc/self/io, no counters of the device");
    else
        snprintf(text, bytes, "passed%s",
                 !account->process.known  ? ": the device agrees; no /proc/self/io"
                 : !account->device.known ? ": the process agrees; the device cannot be seen"
                                          : "");
    return text;
}
