/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is searched for, understood, normalised like the rows of search/row.h, and bounded.
 *
 * A store makes its own language of it: all of a query's conditions must hold, one of a condition's values must
 * match. Nothing in it has to be looked at as FHIR again: codes, strings and units are folded as rows are, a date
 * is its two ends, a value set is its codes.
 *
 * A condition looks at the rows of any of its `params`: more than one where several types are searched at once,
 * or where a chain may end at several types; all of them have the same kind.
 *
 * Pure; everything a query points to is in the arena that it was parsed with. Read by any number of threads.
 *
 * Source: http://hl7.org/fhir/R4/search.html. */
#ifndef SEARCH_QUERY_H
#define SEARCH_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buffer.h"
#include "base/text.h"
#include "fhir/model.h"
#include "search/row.h"

/* What one query may ask for; more is SEARCH_ERR_LIMIT. Ours: wide for clients, a stop for bombs. */
enum {
    SEARCH_TEXT_LEN_MAX = 64 * 1024, /* of all parameters together, as received */
    SEARCH_CONDITIONS_MAX = 64,      /* in a query; each chain and _has counts as one */
    SEARCH_VALUES_MAX = 4096,        /* in a query, but for the codes of value sets and branches */
    SEARCH_SET_VALUES_MAX = 65536,   /* those */
    SEARCH_DEPTH_MAX = 5,            /* links in a chain, _has within one another, or both */
    SEARCH_INCLUDES_MAX = 32,
    SEARCH_SORTS_MAX = 4,
    SEARCH_ELEMENTS_MAX = 64,
    SEARCH_COMPONENTS_MAX = 4, /* of a composite; R4's have 2 or 3 */
    SEARCH_NEAR_PARTS = 2,     /* Location's near: latitude, longitude, as if it were a composite */
    SEARCH_CURSOR_LEN_MAX = 512,
    SEARCH_COUNT_DEFAULT = 50,
    SEARCH_COUNT_MAX = 1000,   /* a larger _count is taken as this, as R4 allows */
    SEARCH_ITERATIONS_MAX = 8, /* rounds of :iterate that a store makes */
};

/* How a value compares with a row's interval [low, high], itself [from, to]; all four ends within.
 *   EQ  low >= from && high <= to        NE  low < from || high > to
 *   GT  high > to                        LT  low < from
 *   GE  high > to || low >= from         LE  low < from || high <= to
 *   SA  low > to                         EB  high < from
 *   AP  low <= to && high >= from        (the parser has widened it)
 * Of numbers and quantities GT, LT, GE, LE, SA, EB have from == to: their precision is ignored (R4 3.1.1.4.9). */
enum search_compare {
    SEARCH_EQ,
    SEARCH_NE,
    SEARCH_GT,
    SEARCH_LT,
    SEARCH_GE,
    SEARCH_LE,
    SEARCH_SA,
    SEARCH_EB,
    SEARCH_AP,
};

/* How a text compares with a row's. */
enum search_match {
    SEARCH_EQUALS,   /* the same bytes */
    SEARCH_STARTS,   /* the row's text starts with it */
    SEARCH_CONTAINS, /* it is somewhere in the row's text */
};

enum search_system {
    SEARCH_SYSTEM_ANY,  /* code */
    SEARCH_SYSTEM_NONE, /* |code: the row's system is "" */
    SEARCH_SYSTEM_IS,   /* system|code */
};

struct search_value {
    uint8_t kind;    /* enum search_kind: which of `of` */
    uint8_t compare; /* enum search_compare: of dates, numbers, quantities */
    uint8_t match;   /* enum search_match: of strings, token texts, URIs */
    union {
        struct {
            uint8_t system_is; /* enum search_system */
            bool
                by_text; /* :text: `code` is a folded text, to be compared with the row's text by `match` */
            struct text system;
            struct text code; /* equal to the row's; "" (only with SEARCH_SYSTEM_IS): any code */
        } token;
        struct {
            bool
                by_exact; /* :exact, with SEARCH_EQUALS: compared with the row's `exact`, not `folded` */
            struct text text;
        } string;
        struct {
            bool by_identifier; /* :identifier: the row's system and identifier are compared */
            uint8_t system_is;  /* enum search_system, by identifier */
            struct text system, identifier; /* "" (only with SEARCH_SYSTEM_IS): any identifier */
            bool of_any_type;               /* a bare id: of a resource here, of whatever type */
            uint16_t type;                  /* else of the row: FHIR_NONE with a URL in `id` */
            struct text id;
            struct text version; /* "" where any will do */
        } reference;
        struct {
            int64_t from_ms, to_ms;
        } date;
        struct {
            double from, to;
        } number;
        struct {
            double from, to;           /* compared with low, high unless there is a `base_unit` */
            uint8_t system_is;         /* SEARCH_SYSTEM_ANY with code "": any unit at all */
            struct text system, code;  /* compared as written unless there is a `base_unit` */
            double base_from, base_to; /* compared with base_low, base_high ... */
            struct text base_unit;     /* ... of rows with this one; "": none that we know */
        } quantity;
        struct text uri; /* by `match`: equals or starts */
    } of;
};

enum search_what {
    SEARCH_ROW,     /* a row of `params` matches one of `values` */
    SEARCH_NO_ROW,  /* none does: :not, :not-in */
    SEARCH_MISSING, /* there is no row of `params` at all (or there is one: `missing` false) */
    SEARCH_COMPOSITE, /* the rows of one group match one of `values`, `component_count` at a time: value i of
                         them is for component i % component_count */
    SEARCH_CHAIN, /* a reference row of `params` points to a resource of one of `types` for which `inner` holds */
    SEARCH_HAS, /* a resource of `types` (one) for which `inner` holds has a reference row of `params` to this */
    SEARCH_COMPARTMENT, /* a reference row of `params` matches values[0], or it is that resource itself */
    SEARCH_ABOVE, /* of a hierarchy (Location.partof): this is values[0]'s resource, or is reached from it by the
                     references of `params`, however many: the places that it lies in */
    SEARCH_BELOW, /* the same downwards: this is values[0]'s resource, or reaches it by `params` */
    SEARCH_ID,    /* the resource's id is one of `texts` */
    SEARCH_UPDATED, /* its lastUpdated, an instant (low == high), matches one of `values` (dates) */
    SEARCH_NARRATIVE, /* _text: its narrative has all words of one of `texts` (folded, a space between words) */
    SEARCH_CONTENT, /* _content: the same of all that it says: words behind a mark (search/words.h) */
    SEARCH_LIST,    /* _list: it is an entry's item of the List here with id texts[0] */
};

struct search_condition {
    uint8_t what; /* enum search_what */
    uint8_t kind; /* enum search_kind, of ROW, NO_ROW, MISSING: the table that the rows are in */
    bool missing; /* of MISSING */
    bool
        scans; /* no index leads to what holds: :contains, :not, :missing=true, ne, :below of nothing */
    /* The values are tokens with system and code, in the order of search_set_order: of :in, :above and the like. */
    bool is_set;
    uint8_t component_count;
    const uint16_t *params; /* ids as row.param */
    size_t param_count;
    const uint16_t *types; /* of CHAIN and HAS */
    size_t type_count;
    const struct search_value
        *values; /* of the kind `kind`; a composite's are of their components' kinds */
    size_t value_count;
    const struct text *texts;
    size_t text_count;
    const struct search_condition *inner; /* of CHAIN and HAS */
    /* Of CHAIN: the reference matches one of `values`, or what it leads to is contained and `inner` holds for that. */
    bool is_settled;
};

/* Below 0, 0, above 0, as a set's value comes before a code of a system, is it, or comes behind. */
static inline int search_set_order(const struct search_value *value, struct text system,
                                   struct text code)
{
    int order = text_compare(value->of.token.code, code);
    return order ? order : text_compare(value->of.token.system, system);
}

enum search_sort_by { SEARCH_BY_PARAM, SEARCH_BY_ID, SEARCH_BY_UPDATED };

/* Ascending by a resource's least row, descending by its greatest: strings by `folded`, tokens by code, dates,
 * numbers and quantities (base where known) by low. Those without a row come last either way. */
struct search_sort {
    uint8_t by; /* enum search_sort_by */
    bool is_descending;
    uint8_t kind; /* enum search_kind */
    const uint16_t *params;
    size_t param_count;
};

struct search_include {
    bool is_reverse;      /* _revinclude */
    bool is_iterated;     /* also of what was included, at most SEARCH_ITERATIONS_MAX rounds */
    uint16_t source_type; /* whose references are followed; FHIR_NONE: of any */
    uint16_t param;       /* the reference's; FHIR_NONE: all of that type's */
    uint16_t target_type; /* only to this one; FHIR_NONE: any */
};

enum search_total {
    SEARCH_TOTAL_UNSAID,
    SEARCH_TOTAL_NONE,
    SEARCH_TOTAL_ESTIMATE,
    SEARCH_TOTAL_ACCURATE
};

enum search_summary {
    SEARCH_SUMMARY_FALSE,
    SEARCH_SUMMARY_TRUE,
    SEARCH_SUMMARY_TEXT,
    SEARCH_SUMMARY_DATA,
    SEARCH_SUMMARY_COUNT, /* also _count=0: only the total */
};

struct search_pair { /* a parameter, decoded */
    struct text name, value;
};

struct search_query {
    const uint16_t *types; /* of the resources searched, sorted */
    size_t type_count;     /* 0: all types */
    const struct search_condition *conditions;
    size_t condition_count;
    bool
        scans; /* there are conditions, and each scans: the store stops after so many rows, with an error */
    const struct search_sort *sorts;
    size_t sort_count;
    const struct search_include *includes;
    size_t include_count;
    uint32_t count;  /* entries of a page */
    uint8_t total;   /* enum search_total */
    uint8_t summary; /* enum search_summary */
    const struct text *elements;
    size_t element_count;
    struct text
        cursor; /* the store's own, from the link to a page: A-Z a-z 0-9 - _; "" on the first */
    const struct search_pair *asked; /* what was understood, in order: the self link */
    size_t asked_count;
    const struct search_pair
        *ignored; /* what was not, with handling=lenient: name, and why in words */
    size_t ignored_count;
};

/* Codes of value sets, for :in and :not-in, and of branches of code systems, for :above and :below; asked before R4's
 * own in fhir/model.h. May look them up in a store; then it is the one thing here that is not pure. */
struct search_terms {
    void *context;
    /* The codes in `value_set` (a URL), as pairs: name is the system, value the code. False: not known; *why, in
     * words, where there is more to say. */
    bool (*expand)(void *context, struct text value_set, struct arena *arena,
                   const struct search_pair **codes, size_t *count, struct text *why);
    /* Of `code` in `system` and what it is a kind of (`is_above`), or what is a kind of it. False: *why, or it is ""
     * and R4's own are to be looked at. */
    bool (*branch)(void *context, struct text system, struct text code, bool is_above,
                   struct arena *arena, const struct search_pair **codes, size_t *count,
                   struct text *why);
};

struct search_setting {
    struct text base; /* our own address, "https://example.org/fhir": no slash behind it */
    int64_t now_ms;   /* since 1970 UTC: ap of a date is a tenth of its distance from now */
    bool is_strict;   /* Prefer: handling=strict */
    const struct search_terms *terms; /* NULL: none */
};

enum search_err {
    SEARCH_OK = 0,
    SEARCH_ERR_SYNTAX,   /* not application/x-www-form-urlencoded, or not UTF-8 */
    SEARCH_ERR_UNKNOWN,  /* no such parameter, or one without a value: only when strict */
    SEARCH_ERR_MODIFIER, /* a modifier that this parameter has not */
    SEARCH_ERR_VALUE,    /* a value that this parameter cannot have */
    SEARCH_ERR_REFUSED,  /* R4 has it, we have not (_filter, _contained, _query) */
    SEARCH_ERR_LIMIT,    /* more than one of the limits above */
    SEARCH_ERR_MEMORY,   /* the arena had no room */
};

enum { SEARCH_FAULT_BYTES = 400 };

struct search_fault {
    struct text name; /* of the parameter, decoded, in the arena; "" where it is none's */
    char words[SEARCH_FAULT_BYTES]; /* what is wrong and what to do, in English; UTF-8 */
};

/* Where a search starts: all types, one type, or what is of one resource. */
struct search_scope {
    uint16_t type;             /* FHIR_NONE: all, or those of _type */
    uint16_t compartment_type; /* Patient of Patient/1/Observation; FHIR_NONE: none */
    struct text compartment_id;
};

/* Understands `parameters`, as they stand behind the ? of a URL or in the body of a POST (joined by &).
 * On an error `*query` is unset and `*fault` says why. */
MUST_USE enum search_err search_parse(struct search_query *query, const struct search_scope *scope,
                                      struct text parameters, const struct search_setting *setting,
                                      struct arena *arena, struct search_fault *fault);

/* Writes what was understood as parameters again, for the self link, without the cursor: parsed with the same scope
 * it is the same query. */
void search_query_write(const struct search_query *query, struct buffer *buffer);

/* The one type that a reference parameter finds, where its expression says so (resolve() is Patient) whatever its
 * definition's targets are; or FHIR_NONE. */
MUST_USE uint16_t search_only_target(const struct fhir_search_param *param);

/* Whether a parameter of R4's definitions may stand in a question: not _query and _filter, which are refused. */
MUST_USE bool search_takes(struct text code);

/* The number of the composite part's or parameter's kind of rows; SEARCH_KINDS: none (composite, special). */
enum search_kind search_kind_of(enum fhir_search_type type);

#endif
