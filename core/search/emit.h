/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of a resource as rows, by the parameter's kind and the value's shape. Of extract.c only. */
#ifndef SEARCH_EMIT_H
#define SEARCH_EMIT_H

#include "search/plan.h"
#include "search/row.h"
#include "ucum/ucum.h"
#include "json/json.h"

struct emitter {
    const struct json *json;
    struct text base; /* our own address */
    struct arena *arena;
    struct search_row *rows;
    size_t count, room;
    bool failed; /* the arena had no room */
    /* what each row made is given */
    uint16_t param, group;
    uint8_t component;
    uint16_t next_group; /* of the next place that a composite is found at */
    /* the unit last read: a resource has few, and several parameters look at each */
    struct text unit_code, unit_base;
    struct ucum_unit unit;
    bool unit_known;
};

/* The rows of the value at `node`, which is of `shape`, for a parameter of `kind`; none, where R4 has none for
 * it. `code_system` as in struct plan_action. */
void emit_value(struct emitter *emitter, enum search_kind kind, enum shape shape,
                struct text code_system, uint32_t node);

/* A truth that an expression gave, as a token. */
void emit_truth(struct emitter *emitter, bool truth);

/* The row that begins those of a contained resource: search/row.h. */
void emit_contained(struct emitter *emitter, struct text type, struct text id);

/* Of emit.c, for the other file. */
struct search_row *emit_row(struct emitter *emitter, enum search_kind kind);
void emit_quantity(struct emitter *emitter, enum search_kind kind, enum shape shape, uint32_t node);

/* A member that is a string; "" where it is none. */
struct text emit_text(struct emitter *emitter, uint32_t object, struct text name);

#endif
