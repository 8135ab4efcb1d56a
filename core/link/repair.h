/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Repair of lost symbols: Reed-Solomon over GF(256) on sliding windows.
 *
 * Symbols are numbered without end. A repair equation is the weighted sum of a window of at most
 * REPAIR_WINDOW_MAX consecutive symbols, shorter ones taken as padded with zeros. The weight of
 * symbol `sequence` in equation `row` is a Cauchy element that no window's position enters:
 *
 *     weight = 1 / ((128 + row) XOR (sequence mod 128))       in GF(256), polynomial 0x11d
 *
 * so equations over one window repair as many symbols as there are equations (every square part of
 * a Cauchy matrix can be inverted: Bloemer et al., "An XOR-Based Erasure-Resilient Coding Scheme",
 * ICSI TR-95-048), and equations over different windows add up as well, all but rarely.
 *
 * The only file that uses ISA-L (Intel's storage library). Pure: fixed memory lent by the caller,
 * one owner per struct. Rows are 0 to REPAIR_ROWS - 1; breaking a named limit is the caller's
 * mistake (assert). */
#ifndef LINK_REPAIR_H
#define LINK_REPAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    REPAIR_WINDOW_MAX = 128, /* half of the field: the columns of the Cauchy matrix */
    REPAIR_ROWS = 128,       /* the other half: its rows */
    REPAIR_BATCH = 6,        /* equations computed in one pass over the symbols (ISA-L's widest) */
    REPAIR_TABLE_BYTES = 32  /* ISA-L's expanded form of one weight */
};

enum {
    REPAIR_UNKNOWNS_MAX = 128,
    REPAIR_EQUATIONS_MAX = 160, /* some more than unknowns, against dependent ones */
    REPAIR_STRIDE = REPAIR_UNKNOWNS_MAX + REPAIR_EQUATIONS_MAX /* bytes of a row */
};

struct repair { /* multiplication tables of the field, and room to gather those of one pass */
    uint8_t tables[256][REPAIR_TABLE_BYTES];
    uint8_t gathered[REPAIR_BATCH * REPAIR_EQUATIONS_MAX][REPAIR_TABLE_BYTES];
};

void repair_init(struct repair *repair);

/* The weight of a symbol in an equation; never 0. */
uint8_t repair_weight(unsigned row, uint32_t sequence);

/* Computes the equations `row`, `row` + 1 ... (`rows` of them, at most REPAIR_BATCH, modulo
 * REPAIR_ROWS) over the symbols `base` ... `base` + `count` - 1. Each of `symbols` has `len` readable
 * bytes, zeros past its own end; each of `out` room for `len`. */
void repair_encode(struct repair *repair, uint32_t base, unsigned count, uint8_t *symbols[],
                   unsigned row, unsigned rows, size_t len, uint8_t *out[]);

/* Takes a known symbol of `len` bytes out of equations that contain it, `rows[i]` being the row of
 * `equations[i]`, which are at least `len` long. */
void repair_subtract(struct repair *repair, uint32_t sequence, uint8_t *symbol, size_t len,
                     const uint8_t rows[], uint8_t *equations[], unsigned count);

/* Linear equations in the missing symbols alone. Fill `unknowns`, `equations` and the left part of
 * `matrix` (row: equation; column: unknown; weight, or 0 where it is not in the window), then
 * reduce. */
struct repair_system {
    unsigned unknowns;
    unsigned equations;
    bool solved[REPAIR_UNKNOWNS_MAX];   /* out: this unknown can be computed */
    uint8_t pivot[REPAIR_UNKNOWNS_MAX]; /* out: by this row's right part */
    uint8_t matrix[REPAIR_EQUATIONS_MAX][REPAIR_STRIDE];
};

/* Gauss-Jordan elimination. Returns how many unknowns are solved. */
unsigned repair_reduce(struct repair *repair, struct repair_system *system);

/* Computes the solved unknowns named in `wanted` (at most REPAIR_BATCH) from the equations' bytes, as
 * they were when the matrix was filled, each `len` long, into `out`. */
void repair_recover(struct repair *repair, const struct repair_system *system,
                    const unsigned wanted[], unsigned count, uint8_t *equations[], size_t len,
                    uint8_t *out[]);

/* CRC-32C (RFC 3720 B.4) of `len` bytes, going on from `crc`; begin with 0. */
uint32_t repair_crc32c(uint32_t crc, const uint8_t *bytes, size_t len);

#endif
