/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of search_parse share: parse.c (the whole), parse_result.c (paging, includes, sorting ...),
 * parse_condition.c (names), parse_value.c, parse_token.c and parse_reference.c (values). Two things of it are for
 * the making of rows, too: parse_code, parse_is_id. Not for others. */
#ifndef SEARCH_PARSE_H
#define SEARCH_PARSE_H

#include "search/query.h"

/* Things one after another in the arena. */
struct list {
    void *items;
    size_t count, room;
};

struct parser {
    const struct search_setting *setting;
    struct arena *arena;
    struct search_fault *fault;
    const uint16_t *types; /* searched; 0: all */
    size_t type_count;
    size_t value_count, set_value_count; /* of the whole query so far */
    struct list sorts, includes, elements, conditions;
};

/* Room for one more of `bytes`, zeroed; NULL: no memory. The list's things may move. */
MUST_USE void *list_add(struct parser *parser, struct list *list, size_t bytes);

/* Says what is wrong, as printf would, and gives `err` back. */
enum search_err parse_fail(struct parser *parser, enum search_err err, const char *words, ...)
    PRINTF_LIKE(3, 4);
enum search_err parse_no_memory(struct parser *parser);

/* One parameter of all types that are searched, or that a chain can end at. */
struct param_set {
    const uint16_t *params;
    size_t param_count;
    const uint16_t *types; /* those that have it */
    size_t type_count;
    enum fhir_search_type type;
};

enum modifier {
    MODIFIER_NONE,
    MODIFIER_MISSING,
    MODIFIER_EXACT,
    MODIFIER_CONTAINS,
    MODIFIER_TEXT,
    MODIFIER_NOT,
    MODIFIER_IN,
    MODIFIER_NOT_IN,
    MODIFIER_ABOVE,
    MODIFIER_BELOW,
    MODIFIER_IDENTIFIER,
    MODIFIER_OF_TYPE,
    MODIFIER_RESOURCE, /* a resource type's name */
};

/* Looks `code` up for `types` (0: all). With `some`, only some of them need to have it. SEARCH_ERR_UNKNOWN: none has,
 * or not all; or their kinds differ. */
MUST_USE enum search_err param_set_find(struct parser *parser, struct param_set *set,
                                        const uint16_t *types, size_t type_count, struct text code,
                                        bool some);

/* Understands a condition: `name` as far as it is not understood yet, `value` as decoded. */
MUST_USE enum search_err parse_condition(struct parser *parser, const uint16_t *types,
                                         size_t type_count, struct text name, struct text value,
                                         unsigned depth, struct search_condition *condition);

/* Fills values, value_count, component_count and scans of a condition whose params are `set`, and for some
 * modifiers `what`. `target`: the type that MODIFIER_RESOURCE names. */
MUST_USE enum search_err parse_values(struct parser *parser, const struct param_set *set,
                                      enum modifier modifier, uint16_t target, struct text value,
                                      struct search_condition *condition);

/* What one value of a query is made with: of parse_value.c and those beside it. */
struct making {
    struct parser *parser;
    const struct param_set *set;
    enum modifier modifier;
    uint16_t target; /* of MODIFIER_RESOURCE */
    struct list *values;
};

/* A new value of the kind; NULL: there is no room, and making_full says why. */
MUST_USE struct search_value *making_add(struct making *making, enum search_kind kind);
enum search_err making_full(struct making *making);

/* Takes code, |code, system|code, system| apart, as written but for escapes. */
MUST_USE enum search_err making_read_token(struct parser *parser, struct text text,
                                           enum search_system *system_is, struct text *system,
                                           struct text *code);
MUST_USE enum search_err make_token(struct making *making, struct text text);
MUST_USE enum search_err make_reference(struct making *making, struct text text);
/* A reference's identifier, for :identifier. */
MUST_USE enum search_err make_identifier(struct making *making, struct text text);

/* The places of Location's near, as a composite of latitude and longitude. */
MUST_USE enum search_err parse_near(struct parser *parser, struct text value,
                                    struct search_condition *condition);

/* Values of dates alone, for _lastUpdated; texts with their escapes resolved, for _id, folded for _text. */
MUST_USE enum search_err parse_dates(struct parser *parser, struct text value,
                                     struct search_condition *condition);
MUST_USE enum search_err parse_texts(struct parser *parser, struct text value, bool folds,
                                     struct search_condition *condition);

/* A parameter of the result. *is_known false: it is none of these. */
MUST_USE enum search_err parse_result(struct parser *parser, struct search_query *query,
                                      struct text name, struct text value, bool *is_known);

/* A code as rows have it: as written in a system where case matters, else folded. .bytes NULL: no memory. */
MUST_USE struct text parse_code(struct arena *arena, struct text system, struct text code);

/* Whether `id` is a resource's id: A-Z a-z 0-9 - . and at most 64 of them (R4 datatypes.html#id). */
bool parse_is_id(struct text id);

#endif
