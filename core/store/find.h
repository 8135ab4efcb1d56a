/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a search is done over any engine: which index leads, and the rest is checked.
 *
 * An engine gives ranges of its index tables, resources by their number (rid, which grows as they are created) or
 * name, and bodies. Here is decided which condition leads to the fewest candidates; each candidate's own rows
 * (store/kept.h) then say whether it is a match. A range may give more than it should, never less.
 *
 * A match that comes later has a greater rid, so pages in that order, or by the values that are sorted by, are
 * stable under writes: who was shown is not shown again, who stays as it was is not missed.
 *
 * Work is bounded: `rows_left` candidates of all kinds, `work`, which what is asked of the engine and each comparison
 * is charged to, in nanoseconds of a processor, about, and what the engine bounds itself, by its clock too: no figure
 * here knows how fast a machine is. One owner; pure but for what the engine's functions do. */
#ifndef STORE_FIND_H
#define STORE_FIND_H

#include "base/arena.h"
#include "search/query.h"
#include "store/match.h"
#include "store/names.h"
#include "store/store.h"

enum find_by { /* which index, and what of it */
               FIND_NOTHING,
               FIND_CODE,   /* tokens: code `text`; of `system` unless any_system. In rid order */
               FIND_SYSTEM, /* tokens: any code of `system` */
               FIND_STRING, /* strings: folded is `text`. In rid order */
               FIND_STRING_START, /* strings: folded starts with `text` */
               FIND_STRING_PART, /* strings: folded has `text` in it: looks at all of the parameter's */
               FIND_TARGET, /* references: to id or URL `text`, of `type` unless any_type. In rid order */
               FIND_DATE,     /* dates: low from low_min to low_max, high at least high_min */
               FIND_NUMBER,   /* numbers: the same in real_... */
               FIND_QUANTITY, /* quantities as written: likewise */
               FIND_BASE,     /* quantities in base unit `text`: likewise */
               FIND_URI,      /* URIs: `text`. In rid order */
               FIND_URI_START,
               FIND_ID,      /* resources of any type with id `text` */
               FIND_UPDATED, /* resources whose updated_ms is from low_min to low_max */
               FIND_WORDS,   /* narratives with all words of `text` */
               FIND_TYPE,    /* resources of `type`. In rid order */
               FIND_ALL,     /* all resources. In rid order */
               FIND_NEWEST, /* of `type`, the current versions with seq below `after`, by falling seq */
               FIND_OLDEST, /* of `type`, the current versions with seq above `after`, by rising seq */
               FIND_DATED, /* of `type`, about patient `text`, the latest first (store/dated.h): dates below low_max, or at it with a rid above `after` */
               FIND_WAYS
};

/* Which of a parameter's rows, in a table: 0 of a plain one, 1 + component of a composite's, or one of these; what is
 * contained leads to the resource around it. */
enum { FIND_PART_CONTAINED = 13, FIND_PART_TEXT = 14, FIND_PART_IDENTIFIER = 15, FIND_PARTS = 16 };

struct find_range {
    uint8_t by; /* enum find_by */
    bool any_system, any_type;
    bool is_falling; /* of find_source's places */
    uint8_t
        part; /* as above: token texts are in the strings' table, identifiers of references in the tokens' */
    uint16_t param; /* this build's */
    uint16_t type;  /* FHIR_NONE of a URL's reference */
    struct text text, system;
    int64_t low_min, low_max, high_min;
    double real_low_min, real_low_max, real_high_min;
};

struct find_record {
    int64_t rid; /* 0: there is no such resource, or it is deleted */
    uint64_t version, seq;
    bool was_updated; /* else created: the version's change */
    struct match_resource resource;
    const struct search_rows
        *around; /* of a contained one, which has no rid: of the resource it is in; else NULL */
};

struct find_place { /* where a resource stands in an index */
    int64_t rid;
    struct match_key key; /* its text whole */
};

struct find_source {
    /* Up to `max` rids of the range, those after `after` where it has an order (a rid, or a seq of NEWEST and
     * OLDEST; 0 begins); the same one may come more than once. *count below max: that was all. */
    enum store_err (*range)(void *context, const struct find_range *range, int64_t after,
                            int64_t *rids, size_t max, size_t *count);
    /* How many resources a range of TYPE, ALL, CODE or TARGET holds; `max`: more need not be counted. */
    enum store_err (*count)(void *context, const struct find_range *range, int64_t max,
                            int64_t *count);
    /* Up to `max` places of a parameter's index DATE (by low) or STRING, or of the ids of a type (ID), behind
     * `after` in the order of value and rid; where the range is falling, values fall and rids rise. Texts are in
     * `arena`. */
    enum store_err (*places)(void *context, const struct find_range *range,
                             const struct find_place *after, struct arena *arena,
                             struct find_place *places, size_t max, size_t *count);
    enum store_err (*load)(void *context, int64_t rid, struct arena *arena,
                           struct find_record *record);
    enum store_err (*load_named)(void *context, uint16_t type, struct text id, struct arena *arena,
                                 struct find_record *record);
    enum store_err (*body)(void *context, uint64_t seq, struct arena *arena, struct text *body);
    enum store_err (*last_seq)(void *context, uint64_t *seq); /* of the newest version */
    /* Whether this search took longer than it may, by the engine's clock. Asked now and then. */
    bool (*is_over)(void *context);
    uint32_t ask_ns, load_ns; /* what range, count, places or load_named, and what load costs */
};

enum {
    FIND_ROWS_MAX =
        200000, /* candidates that one search looks at: about a second of a core; ours */
    /* Of a processor, in nanoseconds: one search; all of a view, within one request; one search of a job that
     * writes, which all that write wait for; all of such a job. Ours. */
    FIND_WORK_NS = 1000000000,
    FIND_VIEW_NS = 2000000000,
    FIND_WRITE_NS = 100000000,
    FIND_JOB_NS = 400000000,
    FIND_LITTLE_NS = 20000000, /* a view that has no more left may still ask for little things */
    FIND_WRITE_LITTLE_NS = 1000000, /* and a job: who stands to the patient of each entry */
    FIND_ORDER_FROM =
        FIND_ROWS_MAX / 2, /* of so many of a type on, sorted pages go along an index */
    FIND_LEVELS = SEARCH_DEPTH_MAX + 4, /* a candidate, a link each, what a set is made by */
    FIND_SETS = 8,                      /* conditions of one query that need a set of their own */
};

struct find {
    const struct find_source *source;
    void *context;
    struct arena *arena;  /* of the answer */
    struct arena *levels; /* FIND_LEVELS, for candidates at each depth; the engine's */
    size_t rows_left, order_from;
    struct match_work work;
    uint64_t look_at; /* when less than this is left, the clock is looked at */
    const char *help; /* of an error */
    const struct search_query *query;
    struct find_set { /* found once, asked for each candidate */
        const struct search_condition *condition;
        int64_t *rids; /* sorted */
        size_t count;
    } sets[FIND_SETS];
    size_t set_count;
};

/* What a view's searches, or a job's, may still use: the engine keeps one for each, and sets it to FIND_VIEW_NS or
 * FIND_JOB_NS where that begins. */
struct find_allowance {
    bool is_writer;
    uint64_t left_ns;
};

/* What the next search may use of it, and of `max_ns` (FIND_WORK_NS; less, for tests). */
uint64_t find_allowed(const struct find_allowance *allowance, uint64_t max_ns);
/* It used so much. */
void find_used(struct find_allowance *allowance, uint64_t used_ns);

/* Fills the page. `find` has source, context, arena, levels, rows_left, order_from and work.left set, and all else
 * 0. */
MUST_USE enum store_err find_page(struct find *find, const struct store_search *asked,
                                  struct store_page *page);

/* --- between the files of this part --------------------------------------------------------------- */

struct find_rids { /* in find->arena */
    int64_t *rids;
    size_t count, room;
};

/* Sorts, and leaves each once. */
void find_rids_unique(struct find_rids *rids);
MUST_USE bool find_rids_add(struct find *find, struct find_rids *rids, int64_t rid);

/* What a condition's index leads to, at most `limit` of them; *complete: that is all that can match. False in
 * *complete and none: no index leads to it. Sorted, each once. */
MUST_USE enum store_err find_collect(struct find *find, size_t level,
                                     const struct search_condition *condition, size_t limit,
                                     struct find_rids *rids, bool *complete);

/* Whether a candidate is what the condition asks for. */
MUST_USE enum store_err find_test(struct find *find, size_t level, const struct find_record *record,
                                  const struct search_condition *condition, bool *holds);

/* Whether the resource that is contained under this reference ("#x") of the record, or of what that is in, is of one of
 * the condition's types and what its inner one asks for. */
MUST_USE enum store_err find_test_contained(struct find *find, size_t level,
                                            const struct find_record *record, struct text reference,
                                            const struct search_condition *condition, bool *holds);

/* Adds resources that contain one for which `condition` may hold, up to `limit` in all; *complete as in
 * find_collect. */
MUST_USE enum store_err find_collect_contained(struct find *find, size_t level,
                                               const struct search_condition *condition,
                                               size_t limit, struct find_rids *rids,
                                               bool *complete);

/* Adds resources that contain a reference of a chain's to one for which its inner condition holds. */
MUST_USE enum store_err find_collect_referring(struct find *find, size_t level,
                                               const struct search_condition *condition,
                                               size_t limit, struct find_rids *rids,
                                               bool *complete);

/* Adds what an index range leads to, up to `limit` in all. */
MUST_USE enum store_err find_add_range(struct find *find, const struct find_range *range,
                                       size_t limit, struct find_rids *rids, bool *complete);

/* In which part of its parameter's index a row is: of a composite, and of a place, what stands first leads, the others
 * are checked. */
uint8_t find_part_of(const struct search_row *row);

/* The index range for one value and parameter, by their places. False: none leads there, or no memory. */
MUST_USE bool find_range_of(const struct search_condition *condition, size_t value, size_t param,
                            struct arena *arena, struct find_range *range);

/* Charges work to the search. STORE_ERR_COSTLY: it has had enough, also where a match_... function found so. */
MUST_USE enum store_err find_spend(struct find *find, uint64_t work_ns);

/* The source's range, charged. */
MUST_USE enum store_err find_ask(struct find *find, const struct find_range *range, int64_t after,
                                 int64_t *rids, size_t max, size_t *count);

/* A candidate, counted. */
MUST_USE enum store_err find_load(struct find *find, int64_t rid, struct arena *arena,
                                  struct find_record *record);
MUST_USE enum store_err find_load_named(struct find *find, uint16_t type, struct text id,
                                        struct arena *arena, struct find_record *record);
bool find_type_asked(const uint16_t *types, size_t count, uint16_t type);

/* Adds what the page's matches include. */
MUST_USE enum store_err find_include(struct find *find, const struct store_search *asked,
                                     struct store_page *page, size_t *room);

/* Whether a record may be shown. */
MUST_USE enum store_err find_may_show(struct find *find, const struct store_search *asked,
                                      const struct find_record *record, bool is_included,
                                      bool *shown);

/* One more row on the page, with its body. */
MUST_USE enum store_err find_show(struct find *find, struct store_page *page, size_t *room,
                                  const struct find_record *record, bool is_included);

#endif
