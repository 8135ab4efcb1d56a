/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How soon after failures another login is looked at: guessing is slow, and nobody can lock somebody else out.
 *
 * A failure in a browser that somebody signed in from before (it has a device token, a cookie bound to the account)
 * counts against that browser alone. In any other it counts against
 *
 *   place     the account as seen from the source, an address: what honest people and single guessers meet
 *   network   the account as seen from the addresses around that
 *   source    the address, whatever the account: one password that is tried at many
 *   account   wherever it comes from: what a thousand addresses together may try
 *
 * but against neither network nor account where its owner signed in from that address of late, so that nobody
 * elsewhere, however many they are, shuts that place. A wrong one-time code, which only who knows the password may try,
 * counts against the account's codes and the source.
 *
 * Of place, codes and browser the first few failures cost nothing, each further one doubles the wait, and an hour
 * without one forgets them. The others hold many, and lose one every few minutes: full, each further attempt waits for
 * that. One address never fills a network or an account, nor one network an account: so whoever guesses from one place
 * shuts that place alone (hazard H-185). Passkeys never wait. The arithmetic: docs/access.md "Signing in".
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
    /* NIST SP 800-63B 5.2.2 allows 100 failures of an account; 30 an hour after these are 263,000 a year. Ours. */
    LOCKOUT_ACCOUNT_FREE = 100,
    LOCKOUT_ACCOUNT_LOSES_MS = 120000,
    LOCKOUT_NETWORK_FREE = 40, /* what an account holds is more, and is lost faster */
    LOCKOUT_NETWORK_LOSES_MS = 180000,
    LOCKOUT_ENTRIES_MIN = 64,
    LOCKOUT_PROBES = 16,
    LOCKOUT_KEYS_MAX = 4, /* what an attempt counts against */
    LOCKOUT_SOURCE_LEN_MAX = 46,
};

enum lockout_kind {
    LOCKOUT_DEVICE,
    LOCKOUT_PLACE,
    LOCKOUT_CODES,
    LOCKOUT_NETWORK,
    LOCKOUT_SOURCE,
    LOCKOUT_ACCOUNT,
    LOCKOUT_KINDS
};

struct lockout_count {
    int64_t last_ms; /* of the last failure; of kinds that lose some, when one was lost last */
    uint32_t failures;
    uint8_t kind; /* enum lockout_kind */
};

struct lockout_entry {
    uint64_t key; /* hash of what it counts for; 0: free */
    struct lockout_count count;
};

struct lockout {
    struct lockout_entry *entries;
    size_t count;     /* a power of two */
    uint8_t salt[16]; /* so that nobody can choose names that share an entry */
};

/* What of an address is one place: of IPv6 the first 64 bits, since who has one address has all behind these. As text,
 * in `room` or the address itself. */
struct text lockout_source(struct text address, char room[static LOCKOUT_SOURCE_LEN_MAX]);

/* An attempt to sign in. */
struct lockout_attempt {
    struct text address; /* of the client, whole; what is no address stands for itself */
    struct text account; /* as typed, folded; whether there is one or not */
    struct text device;  /* the hash of a device token that was given to this account; "": none */
    bool is_code;        /* a one-time or recovery code, the password having been right */
    bool is_known_place; /* all was shown for this account from this address of late */
};

void lockout_init(struct lockout *lockout, struct lockout_entry *entries, size_t count,
                  const uint8_t salt[static 16]);

/* How long from now until it may be looked at, in milliseconds; 0: now. */
MUST_USE int64_t lockout_wait(const struct lockout *lockout, const struct lockout_attempt *attempt,
                              int64_t now_ms);

/* What came of an attempt that was looked at. A success clears what counts against its browser, place or codes. */
void lockout_failed(struct lockout *lockout, const struct lockout_attempt *attempt, int64_t now_ms);
/* Takes back one lockout_failed, of an attempt that was counted before it was looked at. */
void lockout_forgive(struct lockout *lockout, const struct lockout_attempt *attempt);
/* Whether anything did. */
bool lockout_succeeded(struct lockout *lockout, const struct lockout_attempt *attempt);

/* For servers that count together, with one salt. */
struct lockout_key {
    uint64_t key;
    enum lockout_kind kind;
};

/* Under which keys an attempt counts, how many; what a success clears comes first. */
size_t lockout_keys(const struct lockout *lockout, const struct lockout_attempt *attempt,
                    struct lockout_key keys[static LOCKOUT_KEYS_MAX]);

/* Adds a failure to a count that is kept elsewhere, by any clock. */
void lockout_add(struct lockout_count *count, int64_t now_ms);

/* How long a count is worth keeping. */
int64_t lockout_kept_ms(enum lockout_kind kind);

/* Takes over what all have counted under a key, where it is more, its `last_ms` being `ago_ms` ago; 0 failures: a
 * success then cleared it. */
void lockout_hear(struct lockout *lockout, struct lockout_key key, uint32_t failures,
                  int64_t ago_ms, int64_t now_ms);

#endif
