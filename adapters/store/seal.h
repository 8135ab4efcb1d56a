/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One sealed thing: a page, a frame, a block, as it lies on the disk: its bytes enciphered, and a trailer.
 *
 * XAES-256-GCM under the store's newest data key, or, in opening, the one the trailer names. Bound in: what kind
 * of thing it is, its number, the store's id and page size, and the key's number; so nothing opens at another
 * place, as another kind, or in another store. Nonces are random; docs/decisions/0014 says why.
 *
 * One struct to a thread at a time. */
#ifndef STORE_SEAL_H
#define STORE_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "store/keys.h"
#include "store/xaes.h"

/* The trailer: the data key's number, the nonce, the tag. */
enum { SEAL_TRAILER_BYTES = 4 + XAES_NONCE_BYTES + XAES_TAG_BYTES };

/* Written into what is bound: never changed. */
enum seal_kind {
    SEAL_PAGE = 1,  /* of a database; from 1 */
    SEAL_FRAME = 2, /* of a log; from 1 */
    SEAL_HEAD = 3,  /* of a log */
    SEAL_MARK = 4,  /* of a log: how far it is known to be on the disk */
    SEAL_BLOCK = 5, /* of a journal or temporary file; from 1 */
    SEAL_FIRST_PAGE =
        6,             /* page 1 of a database that is nothing whole without its log or its mark */
    SEAL_LOG_MARK = 7, /* which log goes with a database */
    SEAL_FIRST_MARK = 8, /* which page 1 does */
};

struct sealer { /* the caller's memory; sealer_init, sealer_free */
    struct store_keys *keys;
    struct xaes seal, open;
    uint32_t seal_key, open_key; /* their numbers; 0: none yet */
    unsigned generation;         /* of the keys, when seal_key was the newest */
    uint8_t prefix[XAES_PREFIX_BYTES];
    uint32_t left; /* how many more may be sealed with that prefix */
};

/* False: no memory. */
MUST_USE bool sealer_init(struct sealer *sealer, struct store_keys *keys);

void sealer_free(struct sealer *sealer);

/* Seals `len` bytes into `out`, which may be `plain`. False: no random bytes, or OpenSSL failed. */
MUST_USE bool seal_piece_close(struct sealer *sealer, enum seal_kind kind, uint64_t number,
                               const uint8_t *plain, size_t len, uint8_t *out,
                               uint8_t trailer[static SEAL_TRAILER_BYTES]);

enum seal_opened { SEAL_OPEN_OK, SEAL_OPEN_TAG, SEAL_OPEN_KEY };

/* Opens it into `out`, which may be `sealed`. When the seal does not hold, `out` means nothing. */
MUST_USE enum seal_opened seal_piece_open(struct sealer *sealer, enum seal_kind kind,
                                          uint64_t number, const uint8_t *sealed, size_t len,
                                          uint8_t *out,
                                          const uint8_t trailer[static SEAL_TRAILER_BYTES]);

/* The number of the key that a trailer names. */
uint32_t seal_trailer_key(const uint8_t trailer[static SEAL_TRAILER_BYTES]);

#endif
