/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a client would rather have, and what it has already. Pure. Source: RFC 9110 12.5.3 (Accept-Encoding), 13.1.2
 * (If-None-Match). */
#ifndef HTTP_ACCEPT_H
#define HTTP_ACCEPT_H

#include <stdbool.h>

#include "base/text.h"
#include "http/check.h" /* enum http_coding */

/* The coding for an answer: the one with the highest q of those that we write, zstd before gzip; none where none is
 * named or identity is preferred. * stands for gzip, where that is not named; zstd is for those who name it. */
enum http_coding http_coding_wanted(struct text accept_encoding);

/* The word of a coding ("gzip"). */
const char *http_coding_word(enum http_coding coding);

/* Whether a list of entity tags has `etag` (weak comparison: W/"1" is "1"), or is "*". */
bool http_etag_listed(struct text list, struct text etag);

#endif
