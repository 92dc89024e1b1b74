/* Reading much memory in order, for verification. */
#ifndef GM_MEMSWEEP_FETCH_H
#define GM_MEMSWEEP_FETCH_H

/*
 * Asks for all lines of a page, there or not: reading memory in order is three times as fast when
 * the next page is asked for before this one is looked at, since the hardware stops at its end.
 */
static inline void fetch_page(const void *page)
{
    enum { page_bytes = 4096, line_bytes = 64 };
    for (const char *line = page; line < (const char *)page + page_bytes; line += line_bytes)
        __builtin_prefetch(line);
}

#endif
