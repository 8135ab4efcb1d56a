/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/repair.h"

#include <assert.h>
#include <string.h>

#include <isa-l.h>

void repair_init(struct repair *repair)
{
    for (unsigned weight = 0; weight < 256; weight++)
        gf_vect_mul_init((uint8_t)weight, repair->tables[weight]);
}

uint8_t repair_weight(unsigned row, uint32_t sequence)
{
    return gf_inv((uint8_t)((REPAIR_WINDOW_MAX + row) ^ (sequence % REPAIR_WINDOW_MAX)));
}

static void gather(struct repair *repair, size_t at, uint8_t weight)
{
    memcpy(repair->gathered[at], repair->tables[weight], REPAIR_TABLE_BYTES);
}

void repair_encode(struct repair *repair, uint32_t base, unsigned count, uint8_t *symbols[],
                   unsigned row, unsigned rows, size_t len, uint8_t *out[])
{
    assert(count >= 1 && count <= REPAIR_WINDOW_MAX && rows >= 1 && rows <= REPAIR_BATCH);
    for (unsigned i = 0; i < rows; i++)
        for (unsigned j = 0; j < count; j++)
            gather(repair, i * count + j, repair_weight((row + i) % REPAIR_ROWS, base + j));
    ec_encode_data((int)len, (int)count, (int)rows, repair->gathered[0], symbols, out);
}

void repair_subtract(struct repair *repair, uint32_t sequence, uint8_t *symbol, size_t len,
                     const uint8_t rows[], uint8_t *equations[], unsigned count)
{
    assert(count <= REPAIR_EQUATIONS_MAX);
    for (unsigned i = 0; i < count; i++)
        gather(repair, i, repair_weight(rows[i], sequence));
    ec_encode_data_update((int)len, 1, (int)count, 0, repair->gathered[0], symbol, equations);
}

/* A row not yet used as a pivot with something in `column`; system->equations: there is none. */
static unsigned find_pivot(const struct repair_system *system, const bool used[], unsigned column)
{
    unsigned row = 0;
    while (row < system->equations && (used[row] || system->matrix[row][column] == 0))
        row++;
    return row;
}

/* Not by gf_vect_mul, which wants rows aligned to 32 bytes and else ends the program; nor in place,
 * which the rest of the library does not promise. */
static void scale(struct repair *repair, uint8_t *row, uint8_t factor)
{
    uint8_t before[REPAIR_STRIDE];
    uint8_t *in = before;

    memcpy(before, row, sizeof before);
    gather(repair, 0, factor);
    ec_encode_data(REPAIR_STRIDE, 1, 1, repair->gathered[0], &in, &row);
}

/* Clears `column` in every row but the pivot's. */
static void eliminate(struct repair *repair, struct repair_system *system, unsigned pivot,
                      unsigned column)
{
    uint8_t *rows[REPAIR_EQUATIONS_MAX];
    unsigned count = 0;

    for (unsigned i = 0; i < system->equations; i++) {
        uint8_t factor = system->matrix[i][column];
        if (i == pivot || factor == 0)
            continue;
        gather(repair, count, factor);
        rows[count++] = system->matrix[i];
    }
    if (count > 0)
        ec_encode_data_update(REPAIR_STRIDE, 1, (int)count, 0, repair->gathered[0],
                              system->matrix[pivot], rows);
}

/* The row has this unknown and no other. */
static bool is_alone(const struct repair_system *system, unsigned row, unsigned column)
{
    for (unsigned i = 0; i < system->unknowns; i++)
        if (i != column && system->matrix[row][i] != 0)
            return false;
    return true;
}

unsigned repair_reduce(struct repair *repair, struct repair_system *system)
{
    bool used[REPAIR_EQUATIONS_MAX] = {false};
    unsigned solved = 0;

    assert(system->unknowns <= REPAIR_UNKNOWNS_MAX && system->equations <= REPAIR_EQUATIONS_MAX);
    for (unsigned i = 0; i < system->equations; i++) {
        memset(system->matrix[i] + system->unknowns, 0, REPAIR_STRIDE - system->unknowns);
        system->matrix[i][REPAIR_UNKNOWNS_MAX + i] = 1;
    }
    for (unsigned column = 0; column < system->unknowns; column++) {
        unsigned pivot = find_pivot(system, used, column);
        system->solved[column] = pivot < system->equations;
        if (!system->solved[column])
            continue;
        used[pivot] = true;
        system->pivot[column] = (uint8_t)pivot;
        scale(repair, system->matrix[pivot], gf_inv(system->matrix[pivot][column]));
        eliminate(repair, system, pivot, column);
    }
    for (unsigned column = 0; column < system->unknowns; column++) {
        if (system->solved[column])
            system->solved[column] = is_alone(system, system->pivot[column], column);
        solved += system->solved[column];
    }
    return solved;
}

void repair_recover(struct repair *repair, const struct repair_system *system,
                    const unsigned wanted[], unsigned count, uint8_t *equations[], size_t len,
                    uint8_t *out[])
{
    assert(count >= 1 && count <= REPAIR_BATCH);
    for (unsigned i = 0; i < count; i++) {
        const uint8_t *row = system->matrix[system->pivot[wanted[i]]] + REPAIR_UNKNOWNS_MAX;
        for (unsigned j = 0; j < system->equations; j++)
            gather(repair, i * system->equations + j, row[j]);
    }
    ec_encode_data((int)len, (int)system->equations, (int)count, repair->gathered[0], equations,
                   out);
}

uint32_t repair_crc32c(uint32_t crc, const uint8_t *bytes, size_t len)
{
    assert(len <= INT32_MAX);
    uint8_t *unread = (uint8_t *)(uintptr_t)bytes; /* ISA-L forgot const; it only reads */
    return ~crc32_iscsi(unread, (int)len, ~crc);
}
