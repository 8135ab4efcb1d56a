/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Orders to a running program, a line each on a descriptor, and their words.
 *
 * An order is a whole line: one that comes in pieces is put together, and what the end of the input
 * cuts short is not obeyed. A control character in it counts as `?`, so that no answer repeats it to a
 * terminal. One owner; no heap. */
#ifndef ORDERS_H
#define ORDERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

enum { ORDERS_BYTES = 4096, ORDERS_ANSWER_BYTES = 160 };

struct orders { /* zeroed at the start */
    char text[ORDERS_BYTES];
    size_t len; /* of an order not yet ended */
    bool too_long;
};

/* Reads once from `fd`, which has something to read, and calls `obey` for each line that ends there;
 * with NULL for one too long. False at the end of the input. */
MUST_USE bool orders_read(struct orders *orders, int fd, void (*obey)(void *context, char *order),
                          void *context);

/* The next word of an order, cut out of it, or NULL. */
char *orders_word(char **rest);

/* Answers `no WHAT 'WORD'`, with the nearest of the NULL-ended `words`, or with all of them. */
void orders_unknown(char answer[static ORDERS_ANSWER_BYTES], const char *what, const char *word,
                    const char *const *words);

#endif
