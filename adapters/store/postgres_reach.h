/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a person says which database holds the record, and what is not taken of it: what would show the password to who
 * lists this machine's programs, or the record to who listens between two machines. */
#ifndef STORE_POSTGRES_REACH_H
#define STORE_POSTGRES_REACH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

enum { POSTGRES_REACH_BYTES = 4096 };

/* Writes libpq's words for what `said` names, a URI or key=value words, to `out`. To another machine they have
 * sslmode=verify-full; by a socket or a loopback address they are as they were said. False: `*why` is a constant that
 * says why not, and nothing of `said`: a password in it; less than verify-full to another machine; no words of
 * libpq's. */
MUST_USE bool postgres_reach(const char *said, char out[static POSTGRES_REACH_BYTES],
                             const char **why);

#endif
