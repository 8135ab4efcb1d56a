/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passwords: argon2id (RFC 9106) over libargon2, kept as PHC strings.
 *
 * One hash takes 19 MiB and tens of milliseconds, as much as thousands of reads: it never runs on a thread that answers
 * requests, and login_queue.h says how many run and wait. Pure otherwise: bytes from bytes; the salt comes in.
 *
 * Costs: OWASP Password Storage, argon2id m = 19 MiB, t = 2, p = 1. Lengths: NIST SP 800-63B 5.1.1.2 asks for 8
 * characters at least and 64 at most not refused; ours are 10 and 256 bytes. No rule of kinds of characters. */
#ifndef ACCESS_PASSWORD_H
#define ACCESS_PASSWORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

enum {
    PASSWORD_CHARACTERS_MIN = 10,
    PASSWORD_BYTES_MAX = 256,
    PASSWORD_SALT_LEN = 16,
    PASSWORD_RECORD_LEN_MAX = 128, /* with its terminator */
};

struct password_cost {
    uint32_t memory_kib, passes;
};
extern const struct password_cost password_cost_usual;

enum password_err {
    PASSWORD_OK = 0,
    PASSWORD_ERR_SHORT,
    PASSWORD_ERR_LONG,
    PASSWORD_ERR_NAME, /* it is, or holds, the account's own name */
    PASSWORD_ERR_COMMON, /* one of those that everybody tries first, or one character again and again */
    PASSWORD_ERR_WRONG,
    PASSWORD_ERR_RECORD, /* the record is none */
    PASSWORD_ERR_MEMORY,
};

/* Whether it may be chosen by the account called `name`. */
MUST_USE enum password_err password_may_be(struct text password, struct text name);

/* Makes the record that is kept. */
MUST_USE enum password_err password_make(char out[static PASSWORD_RECORD_LEN_MAX],
                                         struct text password,
                                         const uint8_t salt[static PASSWORD_SALT_LEN],
                                         const struct password_cost *cost);

/* PASSWORD_OK: it is the record's. `record` is terminated. *is_old: made at less cost than `cost`: make it anew. */
MUST_USE enum password_err password_check(const char *record, struct text password,
                                          const struct password_cost *cost, bool *is_old);

/* Takes as long as a check, for an account that there is none of. Always PASSWORD_ERR_WRONG. */
enum password_err password_check_nobody(struct text password, const struct password_cost *cost);

#endif
