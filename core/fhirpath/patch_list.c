/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Members and lists of the document that is patched. */
#include "base/buffer.h"
#include "fhirpath/patcher.h"
#include "json/patch.h"
#include "json/splice.h"

/* Reads the new text in place of the old. */
static bool take_text(struct patcher *patcher, const struct buffer *made)
{
    struct text text = buffer_text(made);
    if (made->failed)
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_MEMORY, "no memory");
    patcher->work_bytes += text.len;
    if (patcher->work_bytes > patcher->work_bytes_max)
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_LIMIT, "the patch takes too much work");
    enum json_err err = json_parse(&patcher->json, text, patcher->limits, patcher->arena, NULL);
    if (err == JSON_ERR_MEMORY)
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_MEMORY, "no memory");
    if (err)
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_LIMIT, "the result would be refused: %s",
                          json_err_text(err));
    return true;
}

bool patch_put(struct patcher *patcher, uint32_t object, struct text name, struct text value)
{
    struct buffer made;
    uint32_t node = json_member(&patcher->json, object, name);
    if (node == JSON_NONE && !value.bytes)
        return true;
    buffer_init(&made, patcher->arena);
    if (node == JSON_NONE)
        json_splice_member(&made, &patcher->json, object, name, value);
    else if (value.bytes)
        json_splice_replace(&made, &patcher->json, node, value);
    else
        json_splice_remove(&made, &patcher->json, object, node);
    return take_text(patcher, &made);
}

struct text patch_companion_name(struct patcher *patcher, struct text property)
{
    char *bytes = arena_take(patcher->arena, property.len + 1);
    if (!bytes) {
        patch_fail(patcher, FHIRPATH_PATCH_ERR_MEMORY, "no memory");
        return (struct text){NULL, 0};
    }
    bytes[0] = '_';
    memcpy(bytes + 1, property.bytes, property.len);
    return (struct text){bytes, property.len + 1};
}

static uint32_t array_at(const struct json *json, uint32_t object, struct text name)
{
    uint32_t node = json_member(json, object, name);
    return node != JSON_NONE && json_type(json, node) == JSON_ARRAY ? node : JSON_NONE;
}

static void read_elements(const struct json *json, uint32_t array, struct text *texts)
{
    for (uint32_t at = json_first(json, array); at < json_end(json, array);
         at = json_next(json, at))
        *texts++ = json_written(json, at);
}

bool patch_read_list(struct patcher *patcher, uint32_t object, struct text property,
                     struct patch_list *list)
{
    const struct json *json = &patcher->json;
    struct text companion = patch_companion_name(patcher, property);
    if (!companion.bytes)
        return false;
    uint32_t array = array_at(json, object, property), beside = array_at(json, object, companion);
    uint32_t count = array == JSON_NONE ? 0 : json->nodes[array].count;
    uint32_t beside_count = beside == JSON_NONE ? 0 : json->nodes[beside].count;
    list->count = count > beside_count ? count : beside_count;
    list->room = list->count + 1;
    list->values = arena_take(patcher->arena, list->room * sizeof *list->values);
    list->companions = arena_take(patcher->arena, list->room * sizeof *list->companions);
    if (!list->values || !list->companions)
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_MEMORY, "no memory");
    for (uint32_t i = 0; i < list->room; i++)
        list->values[i] = list->companions[i] = TEXT("null");
    if (array != JSON_NONE)
        read_elements(json, array, list->values);
    if (beside != JSON_NONE)
        read_elements(json, beside, list->companions);
    return true;
}

void patch_list_insert(struct patch_list *list, uint32_t index, struct text value,
                       struct text companion)
{
    size_t bytes = (list->count - index) * sizeof *list->values;
    memmove(list->values + index + 1, list->values + index, bytes);
    memmove(list->companions + index + 1, list->companions + index, bytes);
    list->values[index] = value;
    list->companions[index] = companion;
    list->count++;
}

void patch_list_remove(struct patch_list *list, uint32_t index)
{
    size_t bytes = (list->count - index - 1) * sizeof *list->values;
    memmove(list->values + index, list->values + index + 1, bytes);
    memmove(list->companions + index, list->companions + index + 1, bytes);
    list->count--;
}

/* Nothing where all are null. */
static bool put_elements(struct patcher *patcher, uint32_t object, struct text name,
                         const struct text *texts, uint32_t count)
{
    struct buffer made;
    bool is_empty = true;
    buffer_init(&made, patcher->arena);
    for (uint32_t i = 0; i < count; i++) {
        buffer_add_byte(&made, i ? ',' : '[');
        buffer_add(&made, texts[i]);
        is_empty = is_empty && text_is(texts[i], "null");
    }
    buffer_add_byte(&made, ']');
    if (made.failed)
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_MEMORY, "no memory");
    return patch_put(patcher, object, name, is_empty ? (struct text){NULL, 0} : buffer_text(&made));
}

bool patch_write_list(struct patcher *patcher, uint32_t object, struct text property,
                      const struct patch_list *list)
{
    struct text companion = patch_companion_name(patcher, property);
    return companion.bytes && put_elements(patcher, object, property, list->values, list->count) &&
           put_elements(patcher, object, companion, list->companions, list->count);
}
