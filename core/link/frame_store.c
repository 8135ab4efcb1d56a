/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/frame_store.h"

#include <assert.h>
#include <string.h>

static_assert(FRAME_EQUATIONS_MAX <= UINT8_MAX, "a place is a byte");

void frame_store_init(struct frame_store *store)
{
    memset(store, 0, sizeof *store);
    repair_init(&store->repair);
    for (unsigned i = 0; i < FRAME_EQUATIONS_MAX; i++)
        store->free_places[i] = (uint8_t)i;
}

static void set_add(struct frame_set *set, uint32_t sequence)
{
    set->words[sequence % FRAME_SLOTS / 64] |= UINT64_C(1) << sequence % 64;
}

static void set_remove(struct frame_set *set, uint32_t sequence)
{
    set->words[sequence % FRAME_SLOTS / 64] &= ~(UINT64_C(1) << sequence % 64);
}

static bool set_has(const struct frame_set *set, uint32_t sequence)
{
    return set->words[sequence % FRAME_SLOTS / 64] >> sequence % 64 & 1;
}

/* Adds `count` numbers from `base` on, a word at a time. */
static void set_add_run(struct frame_set *set, uint32_t base, unsigned count)
{
    while (count > 0) {
        unsigned bit = base % 64, here = 64 - bit < count ? 64 - bit : count;
        uint64_t ones = here == 64 ? UINT64_MAX : (UINT64_C(1) << here) - 1;
        set->words[base % FRAME_SLOTS / 64] |= ones << bit;
        base += here;
        count -= here;
    }
}

bool frame_store_keeps(const struct frame_store *store, uint32_t sequence)
{
    return !frame_before(sequence, store->next_sequence - FRAME_SLOTS);
}

bool frame_store_has(const struct frame_store *store, uint32_t sequence)
{
    return frame_before(sequence, store->next_sequence) && frame_store_keeps(store, sequence) &&
           set_has(&store->have, sequence);
}

static void forget(struct frame_store *store, unsigned index)
{
    struct frame_equation *equation = &store->equations[index];

    store->equation_count--;
    store->free_places[store->equation_count] = equation->place;
    memmove(equation, equation + 1, (store->equation_count - index) * sizeof *equation);
}

static bool covers(const struct frame_equation *equation, uint32_t sequence)
{
    return sequence - equation->base < equation->count;
}

static void forget_stale(struct frame_store *store)
{
    for (unsigned i = store->equation_count; i-- > 0;)
        if (!frame_store_keeps(store, store->equations[i].base))
            forget(store, i);
}

void frame_store_reach(struct frame_store *store, uint32_t sequence)
{
    if (frame_before(sequence, store->next_sequence))
        return;
    uint32_t ahead = sequence - store->next_sequence + 1;
    if (ahead >= FRAME_SLOTS)
        memset(&store->have, 0, sizeof store->have);
    else
        for (uint32_t i = 0; i < ahead; i++)
            set_remove(&store->have, store->next_sequence + i);
    store->next_sequence = sequence + 1;
    forget_stale(store);
}

/* A symbol is no longer missing. */
static void note_arrival(struct frame_store *store, uint32_t sequence)
{
    set_add(&store->have, sequence);
    for (unsigned i = store->equation_count; i-- > 0;)
        if (covers(&store->equations[i], sequence) && --store->equations[i].missing == 0)
            forget(store, i);
}

void frame_store_settle(struct frame_store *store, uint32_t sequence, size_t len)
{
    store->symbol_bytes[sequence % FRAME_SLOTS] = (uint16_t)len;
    note_arrival(store, sequence);
}

void frame_store_refuse(struct frame_store *store, uint32_t sequence)
{
    for (unsigned i = store->equation_count; i-- > 0;)
        if (covers(&store->equations[i], sequence))
            forget(store, i);
}

void frame_store_put(struct frame_store *store, uint32_t sequence, const uint8_t *symbol,
                     size_t len)
{
    assert(len <= FRAME_SYMBOL_MAX && frame_store_keeps(store, sequence));
    frame_store_reach(store, sequence);
    assert(!set_has(&store->have, sequence));
    memcpy(frame_store_symbol(store, sequence), symbol, len);
    frame_store_settle(store, sequence, len);
}

static bool is_known(const struct frame_store *store, const struct frame_repair *repair)
{
    for (unsigned i = 0; i < store->equation_count; i++) {
        const struct frame_equation *equation = &store->equations[i];
        if (equation->base == repair->base && equation->count == repair->count &&
            equation->row == repair->row)
            return true;
    }
    return false;
}

enum frame_err frame_store_add(struct frame_store *store, const struct frame_repair *repair)
{
    unsigned missing = 0;

    if (!frame_store_keeps(store, repair->base))
        return FRAME_ERR_STALE;
    frame_store_reach(store, repair->base + repair->count - 1U);
    for (unsigned i = 0; i < repair->count; i++)
        missing += !set_has(&store->have, repair->base + i);
    if (missing == 0 || is_known(store, repair))
        return FRAME_ERR_DUPLICATE;
    if (store->equation_count == FRAME_EQUATIONS_MAX)
        forget(store, 0);

    uint8_t place = store->free_places[store->equation_count];
    store->equations[store->equation_count++] =
        (struct frame_equation){.base = repair->base,
                                .count = repair->count,
                                .row = repair->row,
                                .missing = (uint8_t)missing,
                                .sum_bytes = (uint16_t)repair->sum_bytes,
                                .place = place};
    memcpy(store->sums[place], repair->sum, repair->sum_bytes);
    memset(store->sums[place] + repair->sum_bytes, 0, FRAME_SLOT_BYTES - repair->sum_bytes);
    return FRAME_OK;
}

/* Equations whose windows end before `end`, and the missing symbols under them. */
struct candidate {
    uint32_t end;
    unsigned equations;
    struct frame_set missing;
    unsigned unknowns;
};

static uint32_t end_of(const struct frame_equation *equation)
{
    return equation->base + equation->count;
}

static void weigh(const struct frame_store *store, struct candidate *candidate, uint32_t end)
{
    *candidate = (struct candidate){.end = end};
    for (unsigned i = 0; i < store->equation_count; i++) {
        const struct frame_equation *equation = &store->equations[i];
        if (frame_before(end, end_of(equation)))
            continue;
        candidate->equations++;
        set_add_run(&candidate->missing, equation->base, equation->count);
    }
    for (unsigned i = 0; i < FRAME_SET_WORDS; i++) {
        candidate->missing.words[i] &= ~store->have.words[i];
        candidate->unknowns += (unsigned)__builtin_popcountll(candidate->missing.words[i]);
    }
}

/* The earliest end up to which there are enough equations. */
static bool find_candidate(const struct frame_store *store, struct candidate *best)
{
    unsigned least = UINT8_MAX;
    bool found = false;

    for (unsigned i = 0; i < store->equation_count; i++)
        if (store->equations[i].missing < least)
            least = store->equations[i].missing;
    if (least > store->equation_count)
        return false;
    for (unsigned i = 0; i < store->equation_count; i++) {
        struct candidate candidate;
        uint32_t end = end_of(&store->equations[i]);
        if (i > 0 && end == end_of(&store->equations[i - 1]))
            continue;
        if (found && !frame_before(end, best->end))
            continue;
        weigh(store, &candidate, end);
        if (candidate.equations < candidate.unknowns || candidate.unknowns > REPAIR_UNKNOWNS_MAX)
            continue;
        *best = candidate;
        found = true;
    }
    return found;
}

/* The part of a system that is not numbers: which symbols, which equations. */
struct layout {
    uint32_t unknowns[REPAIR_UNKNOWNS_MAX];
    struct frame_equation *equations[REPAIR_EQUATIONS_MAX];
};

static void fill_system(struct frame_store *store, const struct candidate *candidate,
                        struct layout *layout)
{
    struct repair_system *system = &store->system;
    uint32_t sequence = store->next_sequence - FRAME_SLOTS;

    system->unknowns = system->equations = 0;
    for (unsigned i = 0; i < FRAME_SLOTS; i++, sequence++)
        if (set_has(&candidate->missing, sequence))
            layout->unknowns[system->unknowns++] = sequence;
    for (unsigned i = 0; i < store->equation_count; i++) {
        struct frame_equation *equation = &store->equations[i];
        if (frame_before(candidate->end, end_of(equation)) ||
            system->equations == REPAIR_EQUATIONS_MAX)
            continue;
        uint8_t *row = system->matrix[system->equations];
        layout->equations[system->equations++] = equation;
        for (unsigned j = 0; j < system->unknowns; j++)
            row[j] = covers(equation, layout->unknowns[j])
                         ? repair_weight(equation->row, layout->unknowns[j])
                         : 0;
    }
}

static bool is_taken(const struct frame_equation *equation, unsigned index)
{
    return equation->taken[index / 64] >> index % 64 & 1;
}

/* Subtracts the symbol from each equation that has it and has not been rid of it yet. */
static void subtract(struct frame_store *store, const struct layout *layout, uint32_t sequence)
{
    uint8_t rows[REPAIR_EQUATIONS_MAX];
    uint8_t *sums[REPAIR_EQUATIONS_MAX];
    unsigned count = 0;

    for (unsigned i = 0; i < store->system.equations; i++) {
        struct frame_equation *equation = layout->equations[i];
        unsigned index = sequence - equation->base;
        if (!covers(equation, sequence) || is_taken(equation, index))
            continue;
        equation->taken[index / 64] |= UINT64_C(1) << index % 64;
        rows[count] = equation->row;
        sums[count++] = store->sums[equation->place];
    }
    if (count > 0)
        repair_subtract(&store->repair, sequence, frame_store_symbol(store, sequence),
                        store->symbol_bytes[sequence % FRAME_SLOTS], rows, sums, count);
}

static void subtract_known(struct frame_store *store, const struct layout *layout)
{
    struct frame_set windows = {0};

    for (unsigned i = 0; i < store->system.equations; i++)
        set_add_run(&windows, layout->equations[i]->base, layout->equations[i]->count);
    for (uint32_t back = FRAME_SLOTS; back > 0; back--) {
        uint32_t sequence = store->next_sequence - back;
        if (set_has(&windows, sequence) && set_has(&store->have, sequence))
            subtract(store, layout, sequence);
    }
}

static void recover(struct frame_store *store, const struct layout *layout,
                    struct frame_recovered *recovered)
{
    const struct repair_system *system = &store->system;
    uint8_t *sums[REPAIR_EQUATIONS_MAX];
    unsigned wanted[REPAIR_BATCH];
    uint8_t *out[REPAIR_BATCH];
    unsigned batch = 0;

    recovered->count = recovered->padded_bytes = 0;
    for (unsigned i = 0; i < system->equations; i++) {
        sums[i] = store->sums[layout->equations[i]->place];
        if (layout->equations[i]->sum_bytes > recovered->padded_bytes)
            recovered->padded_bytes = layout->equations[i]->sum_bytes;
    }
    for (unsigned i = 0; i < system->unknowns; i++) {
        if (system->solved[i]) {
            recovered->sequences[recovered->count++] = layout->unknowns[i];
            wanted[batch] = i;
            out[batch++] = frame_store_symbol(store, layout->unknowns[i]);
        }
        if (batch == REPAIR_BATCH || (batch > 0 && i + 1 == system->unknowns)) {
            repair_recover(&store->repair, system, wanted, batch, sums, recovered->padded_bytes,
                           out);
            batch = 0;
        }
    }
}

bool frame_store_solve(struct frame_store *store, struct frame_recovered *recovered)
{
    struct candidate candidate;
    struct layout layout;

    if (store->equation_count == 0 || !find_candidate(store, &candidate))
        return false;
    fill_system(store, &candidate, &layout);
    if (repair_reduce(&store->repair, &store->system) == 0)
        return false;
    subtract_known(store, &layout);
    recover(store, &layout, recovered);
    return true;
}
