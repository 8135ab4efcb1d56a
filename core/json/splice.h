/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For patches (json/patch.h, fhirpath/patch.h): a document's text with one value put in, replaced or taken out, all
 * else as written. The new text goes to a buffer; it is checked when it is read again. */
#ifndef JSON_SPLICE_H
#define JSON_SPLICE_H

#include "base/buffer.h"
#include "json/json.h"

/* `value` is JSON. */
void json_splice_replace(struct buffer *out, const struct json *json, uint32_t node,
                         struct text value);

/* Before element `index` of an array, or behind the last where `index` is their count. */
void json_splice_element(struct buffer *out, const struct json *json, uint32_t array,
                         uint32_t index, struct text value);

/* As the last member of an object that has none of this name. */
void json_splice_member(struct buffer *out, const struct json *json, uint32_t object,
                        struct text name, struct text value);

/* Takes out an element, or a member by its value's node, and the comma that goes with it. `whole` is what it
 * stands in. */
void json_splice_remove(struct buffer *out, const struct json *json, uint32_t whole, uint32_t node);

#endif
