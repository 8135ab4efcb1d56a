/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A passphrase as somebody types it, or as a file or a pipe holds it: its first line.
 *
 * The caller's memory, which passphrase_wipe empties; it is not swapped out where the system allows. Main thread. */
#ifndef CENTRE_PASSPHRASE_H
#define CENTRE_PASSPHRASE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "store/keys.h"

enum { PASSPHRASE_WORDS_BYTES = 300 };

struct passphrase {
    char bytes[KEYS_PASSPHRASE_MAX]; /* not terminated */
    size_t len;
};

/* Reads one from the file `from`, "-": standard input, where a terminal is asked by `prompt` and does not show what is
 * typed. What follows the line in standard input stays there for the next. A file that others than its owner may
 * read is refused, a pipe is not asked. False: `words` says why, and nothing is left in memory. */
MUST_USE bool passphrase_read(struct passphrase *passphrase, const char *from, const char *prompt,
                              char words[static PASSPHRASE_WORDS_BYTES]);

/* The same for a new one, which is long enough and which a terminal is asked for twice. */
MUST_USE bool passphrase_choose(struct passphrase *passphrase, const char *from,
                                char words[static PASSPHRASE_WORDS_BYTES]);

void passphrase_wipe(struct passphrase *passphrase);

/* As what opens or fills a slot of a key file; points into it. */
struct keys_secret passphrase_secret(const struct passphrase *passphrase);

#endif
