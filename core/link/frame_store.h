/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has come of a frame channel's symbols, and what can be worked out from repairs.
 *
 * Keeps the newest FRAME_SLOTS symbols by number and the repairs in which some are missing. When there
 * are as many repairs as missing symbols up to some point, those symbols are computed; only the missing
 * block is inverted. Pure; memory is the caller's; one owner. Part of frame_rx. */
#ifndef LINK_FRAME_STORE_H
#define LINK_FRAME_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "link/frame_tx.h" /* FRAME_SLOTS, FRAME_SLOT_BYTES */
#include "link/frame_wire.h"
#include "link/repair.h"

enum { FRAME_EQUATIONS_MAX = 192, FRAME_SET_WORDS = FRAME_SLOTS / 64 };

/* A set of symbols, by number modulo FRAME_SLOTS. */
struct frame_set {
    uint64_t words[FRAME_SET_WORDS];
};

struct frame_equation {
    uint32_t base;
    uint8_t count;
    uint8_t row;
    uint8_t missing; /* symbols of the window not in the store; above 0 while it is kept */
    uint16_t sum_bytes;
    uint8_t place;     /* of its bytes in `sums` */
    uint64_t taken[2]; /* bit i: symbol base + i has been subtracted from the sum */
};

struct frame_store {
    uint32_t next_sequence; /* one past the newest known of; FRAME_SLOTS before it are kept */
    struct frame_set have;
    uint16_t symbol_bytes[FRAME_SLOTS];
    unsigned equation_count;
    struct frame_equation equations[FRAME_EQUATIONS_MAX]; /* in order of arrival */
    uint8_t free_places[FRAME_EQUATIONS_MAX];
    struct repair repair;
    struct repair_system system;
    uint8_t slots[FRAME_SLOTS][FRAME_SLOT_BYTES];
    uint8_t sums[FRAME_EQUATIONS_MAX][FRAME_SLOT_BYTES];
};

void frame_store_init(struct frame_store *store);

bool frame_store_has(const struct frame_store *store, uint32_t sequence);

/* The number is neither older than what is kept, nor half the number space ahead. */
bool frame_store_keeps(const struct frame_store *store, uint32_t sequence);

/* Symbols up to `sequence` are known of: makes room for them. It may be any that is kept. */
void frame_store_reach(struct frame_store *store, uint32_t sequence);

static inline uint8_t *frame_store_symbol(struct frame_store *store, uint32_t sequence)
{
    return store->slots[sequence % FRAME_SLOTS];
}

/* Puts in a symbol that is kept and not there yet. */
void frame_store_put(struct frame_store *store, uint32_t sequence, const uint8_t *symbol,
                     size_t len);

/* Takes a repair. FRAME_ERR_STALE: its window is no longer kept; FRAME_ERR_DUPLICATE: nothing in it is
 * missing, or it is here already. */
MUST_USE enum frame_err frame_store_add(struct frame_store *store,
                                        const struct frame_repair *repair);

struct frame_recovered {
    unsigned count;
    uint32_t sequences[REPAIR_UNKNOWNS_MAX];
    uint16_t padded_bytes; /* each is in its slot, this long, zeros behind it included */
};

/* Works out what can be worked out now. False: nothing. The symbols are in their slots but not yet in
 * the store: the caller checks each, then calls frame_store_settle or frame_store_refuse. */
bool frame_store_solve(struct frame_store *store, struct frame_recovered *recovered);

static inline size_t frame_store_symbol_bytes(const struct frame_store *store, uint32_t sequence)
{
    return store->symbol_bytes[sequence % FRAME_SLOTS];
}

/* The symbol now in the slot of `sequence` is plausible and `len` bytes long (zeros behind it included,
 * when it was worked out). */
void frame_store_settle(struct frame_store *store, uint32_t sequence, size_t len);

/* The symbol worked out for `sequence` is nonsense: the repairs over it contradict what came. */
void frame_store_refuse(struct frame_store *store, uint32_t sequence);

#endif
