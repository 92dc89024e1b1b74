/* What several trials showed, in one sentence. */
#ifndef GM_COMPARE_EVIDENCE_H
#define GM_COMPARE_EVIDENCE_H

/*
 * Joins two sentences that differ in nothing but their numbers: each number becomes the range of
 * both, `2.3 .. 7.7`. `joined` may hold such ranges already. Returns a new text, or NULL if they
 * differ in more than that.
 */
char *evidence_join(const char *joined, const char *evidence);

#endif
