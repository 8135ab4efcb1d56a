/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A patch while it is done. Inside core/fhirpath. Functions return false when patcher->err is set. */
#ifndef FHIRPATH_PATCHER_H
#define FHIRPATH_PATCHER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "fhirpath/patch.h"
#include "fhirpath/place.h"

struct patcher {
    struct json json; /* the target, as far as it has come */
    const struct json *patch;
    const struct json_limits *limits;
    int64_t now_ms;
    struct arena *arena;
    size_t work_bytes, work_bytes_max; /* of all texts made */
    uint32_t steps_left;               /* of all paths */
    enum fhirpath_patch_err err;
    struct fhirpath_patch_fault *fault;
};

bool patch_fail(struct patcher *patcher, enum fhirpath_patch_err err, const char *words, ...)
    PRINTF_LIKE(3, 4);

/* The value that a `value` part gives. */
struct patch_value {
    struct text text; /* JSON */
    uint16_t type;    /* of a value[x] or a resource; FHIR_NONE: of parts */
};

/* Reads the `value` part at `part` (a node of the patch) for an element of type `element_type`, which is what names
 * the parts of one that has parts. */
bool patch_read_value(struct patcher *patcher, uint32_t part, uint16_t element_type,
                      struct patch_value *value);

/* The field of `type` that the element or property `name` has for a value of `value_type`. */
bool patch_find_field(struct patcher *patcher, uint16_t type, struct text name, uint16_t value_type,
                      uint16_t *field);

/* Gives the member `name` of an object the value, or takes it out (text.bytes NULL). The object's node stays. */
bool patch_put(struct patcher *patcher, uint32_t object, struct text name, struct text value);

/* "_given" of "given". .bytes is NULL when patcher->err is set. */
struct text patch_companion_name(struct patcher *patcher, struct text property);

/* A property's list, and beside it the list of companions ("_given"), "null" where there is none. */
struct patch_list {
    struct text *values, *companions;
    uint32_t count, room;
};

/* Reads the list of a property; empty where there is none. There is room for one more. */
bool patch_read_list(struct patcher *patcher, uint32_t object, struct text property,
                     struct patch_list *list);
void patch_list_insert(struct patch_list *list, uint32_t index, struct text value,
                       struct text companion);
void patch_list_remove(struct patch_list *list, uint32_t index);

/* Puts it in place of what was there. */
bool patch_write_list(struct patcher *patcher, uint32_t object, struct text property,
                      const struct patch_list *list);

#endif
