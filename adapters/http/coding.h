/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gzip and zstd, both ways, with a bound on what comes out of a body (zip bombs). Any thread.
 * Source: RFC 9110 8.4, RFC 1952, RFC 8878. */
#ifndef HTTP_CODING_H
#define HTTP_CODING_H

#include <stddef.h>

#include "base/arena.h"
#include "base/attr.h"
#include "http/check.h"
#include "http/message.h" /* struct http_stream */

enum coding_result {
    CODING_OK,
    CODING_MALFORMED, /* or cut short, or with something after it */
    CODING_TOO_LARGE, /* unpacked, or by its ratio */
    CODING_NO_MEMORY
};

struct coding_limits {
    size_t bytes_max; /* unpacked */
    unsigned
        ratio_max; /* unpacked to packed; looked at once more than CODING_FREE_BYTES are unpacked */
};

enum { CODING_FREE_BYTES = 1024 * 1024 };

/* Unpacks into the arena, with a terminator behind. */
MUST_USE enum coding_result coding_unpack(enum http_coding coding, struct text packed,
                                          const struct coding_limits *limits, struct arena *arena,
                                          struct text *plain);

/* Packs into the arena, quickly rather than small. .bytes is NULL when that did not make it smaller, or there was no
 * memory: send it as it is. */
struct text coding_pack(enum http_coding coding, struct text plain, struct arena *arena);

/* What `plain` gives, packed as it comes: the memory for it is the same however long it is. `plain` is ended with
 * it. NULL: there is no memory, or nothing to be packed; `plain` is still the caller's. */
MUST_USE struct http_stream *coding_stream(enum http_coding coding, struct http_stream *plain);

#endif
