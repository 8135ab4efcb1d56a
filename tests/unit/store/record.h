/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of the store share: a store of its own in a folder of its own, on whichever engine, and short
 * ways to write and to read. */
#ifndef TESTS_STORE_RECORD_H
#define TESTS_STORE_RECORD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "search/query.h"
#include "store/store.h"

/* Made by the engine's test program. */
struct record_engine {
    struct store *(*open)(const char *folder); /* makes it where it is not */
    void (*closed)(void);                      /* NULL: there is nothing else to give back */
};

struct record {
    const struct record_engine *engine;
    char folder[64];
    struct store *store;
    struct arena arena; /* of what is read; each helper leaves it as it is */
    int64_t now_ms;     /* the clock of the writes that do not say */
};

extern const struct record_engine *record_engine; /* of this program */
extern size_t
    record_order_from; /* of the next store that is opened: find.h's order_from; 0: as usual */
extern uint64_t record_search_ns_max; /* likewise: what a search may cost */

/* For cmocka: a fresh store in *state, and away with it. */
int record_set_up(void **state);
int record_tear_down(void **state);
void record_reopen(struct record *record);
void record_close(struct record *record);

uint16_t record_type(const char *name);
uint16_t record_param(const char *type, const char *code);

struct record_put {
    uint16_t type;
    const char *id, *body, *words;
    struct search_rows rows;
    struct store_expect expect;
    struct store_claim claim; /* what came of it */
    bool is_delete;
    int64_t now_ms; /* 0: the record's */
};

/* One job with one write. */
enum store_err record_put(struct record *record, struct record_put *put);

/* The same, which must succeed. */
void record_add(struct record *record, const char *type, const char *id, const char *body,
                const struct search_row *rows, size_t count);
void record_delete(struct record *record, const char *type, const char *id);

/* Reads in a view of its own; the row is in the record's arena. */
enum store_err record_get(struct record *record, const char *type, const char *id, uint64_t version,
                          struct store_row *row);

/* Searches in a view of its own, page by page to the end; the ids with a space between, in order; in the arena. */
const char *record_search(struct record *record, struct search_query *query);
/* The first page only. */
enum store_err record_page(struct record *record, const struct search_query *query,
                           struct store_page *page);

void assert_text(struct text text, const char *words);

/* Rows, of a parameter by type and code. */
struct search_row row_token(const char *type, const char *code, const char *system,
                            const char *token);
struct search_row row_string(const char *type, const char *code, const char *folded,
                             const char *exact);
struct search_row row_reference(const char *type, const char *code, const char *to_type,
                                const char *id);
struct search_row row_date(const char *type, const char *code, int64_t low_ms, int64_t high_ms);

#endif
