/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of one store at rest: data keys that seal its pages, locked up in a key file by a passphrase or by
 * another file.
 *
 * The key file (docs/seal.md has its bytes) lies beside the store. It holds the store's id, its page size and the
 * data keys, sealed under a master key; each of up to four slots holds the master key, sealed under one secret:
 * a passphrase through argon2id (RFC 9106; at least OWASP's minimum of 19 MiB and 2 passes) or 32 random bytes
 * from a file that only its owner may read. Any slot opens all, so a server starts by a file and a person by a
 * passphrase. Who has a key file of before and its secret of before opens what was sealed until then: after a
 * secret became known, change it *and* take a new data key (keys_renew, then care_rekey in store/care.h), or
 * move to a new store by a back-up under new keys.
 *
 * A key file is replaced whole: written beside, synced, renamed, the folder synced.
 * Secrets lie in memory that is not swapped or dumped where the system allows, and are wiped.
 * Threads: a struct store_keys may be shared; what changes it takes its lock. Two programs may change one key
 * file: each change reads it anew under a lock on PATH.lock, which is made beside it. */
#ifndef STORE_KEYS_H
#define STORE_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

enum {
    KEYS_ID_BYTES = 16, /* of a store */
    KEYS_SLOTS_MAX = 4,
    KEYS_DATA_MAX = 16, /* data keys at a time: the newest, and those that pages still lie under */
    KEYS_PASSPHRASE_MIN = 8, /* bytes; NIST SP 800-63B 5.1.1.1 */
    KEYS_PASSPHRASE_MAX = 1024,
};

enum keys_err {
    KEYS_OK,
    KEYS_ERR_MISSING, /* there is no such file */
    KEYS_ERR_EXISTS,  /* there is one already */
    KEYS_ERR_SYSTEM,  /* the system refused: the words say what */
    KEYS_ERR_OPEN,    /* the file is not its owner's alone: others may read it */
    KEYS_ERR_DAMAGED, /* bytes of it changed, or are missing */
    KEYS_ERR_VERSION, /* written by a newer program */
    KEYS_ERR_SECRET,  /* the passphrase, or the file, opens none of its slots */
    KEYS_ERR_STORE,   /* it is another store's */
    KEYS_ERR_FULL,    /* no free slot, or too many data keys */
    KEYS_ERR_LAST,    /* the last slot stays */
    KEYS_ERR_IN_USE,  /* another program has the store open */
    KEYS_ERR_VALUE, /* a passphrase too short, a page size that SQLite does not know, too little memory for argon2id */
    KEYS_ERR_MEMORY,
};

struct keys_fault {
    enum keys_err err;
    char words[300]; /* one line, with what to do */
};

enum keys_method { KEYS_BY_PASSPHRASE = 1, KEYS_BY_FILE = 2 };

struct keys_secret { /* what opens a slot; the caller's memory, and the caller wipes it */
    enum keys_method method;
    const char *passphrase; /* KEYS_BY_PASSPHRASE: bytes as typed, not terminated */
    size_t passphrase_len;
    const char *path; /* KEYS_BY_FILE: made by keys_make_file */
};

struct keys_cost { /* of argon2id */
    uint32_t memory_kib, passes, lanes;
};

/* 64 MiB, 3 passes, 4 lanes: the second recommendation of RFC 9106 4. */
extern const struct keys_cost keys_cost_usual;
/* 19 MiB, 2 passes, 1 lane: OWASP's minimum; for small machines and for tests. */
extern const struct keys_cost keys_cost_least;

enum { KEYS_PAGE_BYTES_USUAL = 4096 };

struct store_keys; /* open keys; keys_close */

/* Writes a file of 32 random bytes as 64 hexadecimal digits and a line's end, mode 0600; it must not be there. */
MUST_USE bool keys_make_file(const char *path, struct keys_fault *fault);

/* Makes a new store's keys: an id, a master key, a data key, one slot. `path` must not be there; mode 0600.
 * `page_bytes`: a power of two from 1024 to 32768, the same for the store's whole life. */
MUST_USE bool keys_create(const char *path, const struct keys_secret *secret,
                          const struct keys_cost *cost, uint32_t page_bytes,
                          struct store_keys **keys, struct keys_fault *fault);

/* Opens the key file at `path`. A wrong passphrase costs as much time as a right one. */
MUST_USE bool keys_open(const char *path, const struct keys_secret *secret,
                        struct store_keys **keys, struct keys_fault *fault);

/* Wipes them. No VFS uses them any more. NULL is fine. */
void keys_close(struct store_keys *keys);

uint32_t keys_page_bytes(const struct store_keys *keys);
const uint8_t *keys_store_id(const struct store_keys *keys); /* KEYS_ID_BYTES */

struct keys_slot {
    enum keys_method method; /* 0: free */
    struct keys_cost cost;   /* of a passphrase */
};

/* What the slots of the file are, as last read. */
void keys_slots(struct store_keys *keys, struct keys_slot slots[static KEYS_SLOTS_MAX]);

/* Locks the master key into a free slot by one more secret. */
MUST_USE bool keys_slot_add(struct store_keys *keys, const struct keys_secret *secret,
                            const struct keys_cost *cost, struct keys_fault *fault);

/* Replaces what is in slot `slot`, in one step: a new passphrase. */
MUST_USE bool keys_slot_change(struct store_keys *keys, unsigned slot,
                               const struct keys_secret *secret, const struct keys_cost *cost,
                               struct keys_fault *fault);

/* KEYS_ERR_LAST: it is the only one. */
MUST_USE bool keys_slot_remove(struct store_keys *keys, unsigned slot, struct keys_fault *fault);

/* Takes a new data key: it is in the key file, synced, before this returns, and from then on what is written is
 * sealed under it; what was written before is still read. care_rekey moves the rest. */
MUST_USE bool keys_renew(struct store_keys *keys, struct keys_fault *fault);

/* Forgets all data keys but the newest. What is still sealed under them is lost: care_rekey calls this when
 * nothing is. KEYS_ERR_IN_USE: another program has these keys open, and may still seal under an older one. */
MUST_USE bool keys_forget(struct store_keys *keys, struct keys_fault *fault);

unsigned keys_count(struct store_keys *keys); /* data keys held */

/* For store/seal.h. */

enum { KEYS_DATA_KEY_BYTES = 32 };

/* A copy of the newest data key, which the caller wipes; returns its number, never 0. */
uint32_t keys_newest(struct store_keys *keys, uint8_t key[static KEYS_DATA_KEY_BYTES]);

/* A copy of the data key `number`; the key file is read anew if it changed since. False: it is not there. */
MUST_USE bool keys_find(struct store_keys *keys, uint32_t number,
                        uint8_t key[static KEYS_DATA_KEY_BYTES]);

/* Changes whenever the newest data key may have. */
unsigned keys_generation(const struct store_keys *keys);

/* Reads the key file anew if another program changed it. */
void keys_refresh(struct store_keys *keys);

#endif
