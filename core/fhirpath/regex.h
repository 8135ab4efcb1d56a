/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regular expressions that take time in proportion to the text, whatever the pattern: all ways through it are
 * walked at once (Thompson 1968; Cox, "Regular Expression Matching: the Virtual Machine Approach", 2009).
 *
 * The dialect is what PCRE has of: characters, escapes \d \D \w \W \s \S \t \n \r \f \v \uXXXX \xHH, \p{L} and the
 * like only for L, Lu, Ll, N, Nd (ASCII, and all beyond it as letters), classes [..], . (any character at all),
 * groups (..) (?:..), alternatives, * + ? {n} {n,} {n,m} each also lazy, ^ $ \b \B. Back references and
 * look-around are no regular expressions and are refused.
 *
 * Pure. A pattern is in the caller's arena and constant; what a search needs is in another that the caller lends. */
#ifndef FHIRPATH_REGEX_H
#define FHIRPATH_REGEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buffer.h"
#include "base/text.h"

struct regex;

/* Groups that a replacement can name: $0 to $9. A pattern may be so big, counts written out. */
enum { REGEX_GROUPS_MAX = 10, REGEX_SIZE_MAX = 4096, REGEX_DEPTH_MAX = 50 };

enum regex_err {
    REGEX_OK = 0,
    REGEX_ERR_PATTERN, /* not of the dialect */
    REGEX_ERR_SIZE,    /* bigger than REGEX_SIZE_MAX */
    REGEX_ERR_STEPS,   /* no steps left */
    REGEX_ERR_MEMORY,
};

MUST_USE enum regex_err regex_compile(const struct regex **regex, struct text pattern,
                                      struct arena *arena);

struct regex_scratch; /* for searches, one after another */

/* Made at need, `*scratch` NULL at first; from then on it serves patterns of any size. */
struct regex_search {
    struct regex_scratch *scratch;
    struct arena *arena;
    uint32_t *steps_left; /* one is taken for each character and way */
};

/* Whether `text` (UTF-8) has the pattern anywhere. */
MUST_USE enum regex_err regex_find(const struct regex *regex, struct text text,
                                   struct regex_search *search, bool *is_found);

/* Writes `text` with each match, from the left, replaced by `by`, where $0 is the match, $1 to $9 are groups,
 * and \$ and \\ stand for $ and \. REGEX_ERR_MEMORY: more than `bytes_max`, too. */
MUST_USE enum regex_err regex_replace(const struct regex *regex, struct text text, struct text by,
                                      struct regex_search *search, size_t bytes_max,
                                      struct buffer *out);

#endif
