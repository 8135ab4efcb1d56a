/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The profiles, security labels and tags of a resource: meta.profile, .security, .tag, each a set. A label or tag is
 * the same as another by system and code, a profile by its URL.
 *
 * Source: http://hl7.org/fhir/R4/resource-operation-meta.html, -meta-add, -meta-delete. Pure; all is in the arena
 * given. */
#ifndef REST_META_H
#define REST_META_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/text.h"
#include "rest/outcome.h"
#include "json/json.h"
#include "json/writer.h"

enum rest_meta { REST_META_NONE, REST_META_ADD, REST_META_DELETE };

enum { META_SENT_MAX = 100, META_KINDS_MAX = 1000 }; /* of one list sent; of a set: ours */

/* `*changed` is a resource as it is kept with what `meta` (a Meta's text) names added to its own or taken away; the
 * very text of `resource` where that is so already. Returns 0, or the HTTP status of what is wrong: 400, 413. */
MUST_USE unsigned meta_apply(struct text *changed, struct text resource, struct text meta,
                             enum rest_meta change, struct arena *arena, struct outcome *outcome);

/* What several resources have, each once. */
struct meta_set {
    struct arena *arena;
    struct meta_entry {
        unsigned list;      /* of its three */
        struct text key;    /* what it is the same by; of a profile its URL */
        struct text coding; /* JSON, where it was found first */
    } * entries;
    size_t count;
    bool is_full; /* there are more than META_KINDS_MAX, or than there was memory for */
};

/* False: no memory. */
MUST_USE bool meta_set_init(struct meta_set *set, struct arena *arena);
void meta_set_add(struct meta_set *set, const struct json *json, uint32_t resource);

/* As a Meta. */
void meta_set_write(const struct meta_set *set, struct json_writer *writer);

#endif
