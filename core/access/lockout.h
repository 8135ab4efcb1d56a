/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How soon after failures another login is looked at: guessing is slow, and nobody can lock somebody else out.
 *
 * Failures in browsers that nobody signed in from before count against two: the source (an address), and the account as
 * seen from such browsers. In a browser that somebody did sign in from (it has a device token, a cookie bound to the
 * account) they count against that browser alone. Whoever guesses at an account from elsewhere, or from the same
 * hospital's address, slows down such guesses alone: its owner's own browsers do not wait, and passkeys never do. The
 * first few failures cost nothing, each further one doubles the wait.
 *
 * Fixed memory, the caller's; where it is full, what is nearest to being forgotten makes room. Pure; one owner. */
#ifndef ACCESS_LOCKOUT_H
#define ACCESS_LOCKOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

enum {
    LOCKOUT_FREE =
        5, /* failures without a wait: OWASP ASVS 5.0 6.3 leaves the number to the site */
    LOCKOUT_FIRST_MS = 1000, /* the next one */
    LOCKOUT_WAIT_MS_MAX =
        900000, /* 15 min: NIST SP 800-63B allows 100 failures; this is 96 guesses a day */
    LOCKOUT_FORGET_MS = 3600000, /* without a failure all is forgotten */
    LOCKOUT_ENTRIES_MIN = 64,
    LOCKOUT_PROBES = 16,
    LOCKOUT_KEYS_MAX = 2, /* what an attempt counts against */
};

struct lockout_entry {
    uint64_t key; /* hash of what it counts for; 0: free */
    int64_t last_ms;
    uint32_t failures;
};

struct lockout {
    struct lockout_entry *entries;
    size_t count;     /* a power of two */
    uint8_t salt[16]; /* so that nobody can choose names that share an entry */
};

/* What of an address is counted: of IPv6 the first 64 bits, since who has one address has all behind these. */
struct text lockout_source(struct text address);

/* An attempt to sign in. */
struct lockout_attempt {
    struct text source;  /* lockout_source */
    struct text account; /* as typed, folded; whether there is one or not */
    struct text device;  /* the hash of a device token that was given to this account; "": none */
};

void lockout_init(struct lockout *lockout, struct lockout_entry *entries, size_t count,
                  const uint8_t salt[static 16]);

/* How long from now until it may be looked at, in milliseconds; 0: now. */
MUST_USE int64_t lockout_wait(const struct lockout *lockout, const struct lockout_attempt *attempt,
                              int64_t now_ms);

/* What came of an attempt that was looked at. A success clears what counts against its account and device. */
void lockout_failed(struct lockout *lockout, const struct lockout_attempt *attempt, int64_t now_ms);
/* Takes back one lockout_failed, of an attempt that was counted before it was looked at. */
void lockout_forgive(struct lockout *lockout, const struct lockout_attempt *attempt);
/* Whether anything did. */
bool lockout_succeeded(struct lockout *lockout, const struct lockout_attempt *attempt);

/* For servers that count together, with one salt: under which keys an attempt counts, how many; what counts against its
 * account and device, which a success clears, comes first. */
size_t lockout_keys(const struct lockout *lockout, const struct lockout_attempt *attempt,
                    uint64_t keys[static LOCKOUT_KEYS_MAX]);

/* Takes over what all have counted under a key, where it is more, the last `ago_ms` ago; 0 failures: a success then
 * cleared it. */
void lockout_hear(struct lockout *lockout, uint64_t key, uint32_t failures, int64_t ago_ms,
                  int64_t now_ms);

#endif
