/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bytes of a key file (docs/seal.md "The key file"), read and written; nothing here knows a secret.
 *
 * Pure: no file, no clock, no random bytes. What the slots and the data keys hold is sealed and opened by
 * store/keys.c. */
#ifndef STORE_KEY_FILE_H
#define STORE_KEY_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "store/keys.h"
#include "store/xaes.h"

enum {
    KEY_FILE_SALT_BYTES = 16,
    KEY_FILE_HEAD_BYTES = 32,
    KEY_FILE_SLOT_HEAD_BYTES = 32, /* method, cost, salt: what a slot's seal binds */
    KEY_FILE_SLOT_BYTES =
        KEY_FILE_SLOT_HEAD_BYTES + XAES_NONCE_BYTES + XAES_KEY_BYTES + XAES_TAG_BYTES,
    KEY_FILE_DATA_BYTES = 4 + XAES_KEY_BYTES, /* a data key's number and itself */
    KEY_FILE_SUM_BYTES = 32, /* SHA-256 of all before it: tells damage from a wrong secret */
    KEY_FILE_BYTES_MAX = KEY_FILE_HEAD_BYTES + KEYS_SLOTS_MAX * KEY_FILE_SLOT_BYTES +
                         XAES_NONCE_BYTES + KEYS_DATA_MAX * KEY_FILE_DATA_BYTES + XAES_TAG_BYTES +
                         KEY_FILE_SUM_BYTES,
};

/* What argon2id may be asked for by a file: OWASP's minimum, and no more than a small server can give. */
enum {
    KEY_FILE_MEMORY_KIB_MIN = 19456,
    KEY_FILE_MEMORY_KIB_MAX = 1 << 20,
    KEY_FILE_PASSES_MIN = 2,
    KEY_FILE_PASSES_MAX = 64,
    KEY_FILE_LANES_MAX = 64,
};

struct key_file_slot {
    struct keys_slot what; /* .method 0: free, all else zero */
    uint8_t salt[KEY_FILE_SALT_BYTES];
    uint8_t nonce[XAES_NONCE_BYTES];
    uint8_t sealed[XAES_KEY_BYTES], tag[XAES_TAG_BYTES]; /* the master key */
};

struct key_file {
    uint32_t page_bytes; /* a power of two from 1024 to 32768 */
    uint8_t id[KEYS_ID_BYTES];
    struct key_file_slot slots[KEYS_SLOTS_MAX]; /* one at least in use */
    uint32_t count;                             /* data keys, one at least; the newest last */
    uint8_t nonce[XAES_NONCE_BYTES];
    uint8_t sealed[KEYS_DATA_MAX * KEY_FILE_DATA_BYTES], tag[XAES_TAG_BYTES];
};

bool key_file_page_bytes_ok(uint32_t page_bytes);
bool key_file_cost_ok(const struct keys_cost *cost);

/* Reads a file's bytes. KEYS_OK, KEYS_ERR_DAMAGED or KEYS_ERR_VERSION; `*file` is set on KEYS_OK only. */
MUST_USE enum keys_err key_file_read(struct key_file *file, const uint8_t *bytes, size_t len);

/* Writes it; returns how many bytes. */
size_t key_file_write(const struct key_file *file, uint8_t out[static KEY_FILE_BYTES_MAX]);

/* What the seal of the data keys binds: the file's head. */
void key_file_head(const struct key_file *file, uint8_t out[static KEY_FILE_HEAD_BYTES]);

enum { KEY_FILE_SLOT_BOUND_BYTES = 8 + 4 + KEYS_ID_BYTES + KEY_FILE_SLOT_HEAD_BYTES };

/* What the seal of a slot binds: the file's name and version, page size, store, method, cost and salt. */
void key_file_slot_bound(const struct key_file *file, unsigned slot,
                         uint8_t out[static KEY_FILE_SLOT_BOUND_BYTES]);

#endif
