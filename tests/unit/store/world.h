/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An invented world for searches: resources that have whatever rows chance gave them, questions by chance, and what
 * a slow, obvious filter answers. One to a program. */
#ifndef TESTS_STORE_WORLD_H
#define TESTS_STORE_WORLD_H

#include "base/random.h"
#include "unit/store/record.h"

enum { THINGS = 120, THING_ROWS_MAX = 8, VALUES_MAX = 2 };

struct thing {
    uint16_t type;
    char id[8];
    bool is_there;
    uint64_t seq, first_seq;
    int64_t updated_ms;
    struct search_row rows[THING_ROWS_MAX];
    size_t row_count;
};

struct world {
    struct random random;
    struct thing things[THINGS];
    uint16_t types[3]; /* Patient, Observation, Location */
    uint16_t params[SEARCH_KINDS][2];
    uint16_t composite;
};
extern struct world world;

#define ONE_OF(...)                                                                                \
    world_one_of((const char *const[]){__VA_ARGS__},                                               \
                 sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

size_t world_below(size_t limit);
struct text world_one_of(const char *const *words, size_t count);
struct text world_id(void);
struct text world_code(void);
void world_fill_row(struct search_row *row, enum search_kind kind);

/* Writes `writes` versions of resources; the seed is printed. */
void world_make(struct record *record, uint64_t seed, size_t writes);
/* One more: a change, a deletion, a new one. */
void world_write(struct record *record);

/* All that is there gets other rows, by store_reindex, in jobs of some each. */
void world_reindex(struct record *record);

struct asked {
    struct search_query query;
    struct search_condition conditions[3], inner;
    struct search_value values[4][2 * VALUES_MAX];
    uint16_t params[4][2], types[2];
    struct text texts[2];
    struct search_sort sort;
};
void world_ask(struct asked *asked);

/* The ids of what the question finds, in order, a space between. */
void world_filter(const struct search_query *query, char *words, size_t size);

#endif
