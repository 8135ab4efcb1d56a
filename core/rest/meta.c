/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/meta.h"

#include "access/labels.h"
#include "rest/draft.h"

static const char *const lists[] = {"profile", "security", "tag"};
enum { LISTS = sizeof lists / sizeof *lists };

static uint32_t member(const struct json *json, uint32_t object, const char *name)
{
    bool is_object = json_type(json, object) == JSON_OBJECT;
    return is_object ? json_member(json, object, text_of(name)) : JSON_NONE;
}

/* The elements of one of a Meta's lists, from `at` to `end`; none where it has no such list. */
struct elements {
    uint32_t at, end;
};

static struct elements elements_of(const struct json *json, uint32_t meta, unsigned list)
{
    uint32_t node = member(json, meta, lists[list]);
    if (node == JSON_NONE || json_type(json, node) != JSON_ARRAY)
        return (struct elements){0, 0};
    return (struct elements){json_first(json, node), json_end(json, node)};
}

/* --- one resource ---------------------------------------------------------------------------------- */

struct change {
    enum rest_meta kind;
    struct json resource, sent;
    uint32_t own; /* the resource's meta */
    struct arena *arena;
};

static bool is_same(const struct json *one, uint32_t node, const struct json *other,
                    uint32_t other_node, struct arena *arena)
{
    if (json_type(one, node) != json_type(other, other_node))
        return false;
    if (json_type(one, node) == JSON_OBJECT)
        return access_label_is(one, node, other, other_node);
    return json_type(one, node) == JSON_STRING &&
           json_string_is(one, node, json_string(other, other_node, arena));
}

static bool has(const struct json *json, struct elements elements, const struct json *other,
                uint32_t node, struct arena *arena)
{
    for (uint32_t at = elements.at; at != elements.end; at = json_next(json, at))
        if (is_same(json, at, other, node, arena))
            return true;
    return false;
}

/* Writes the list as it is to be, with a comma before it, or nothing of one that is empty. Whether it differs. */
static bool write_list(const struct change *change, unsigned list, struct buffer *out)
{
    const struct json *json = &change->resource, *other = &change->sent;
    const struct elements own = elements_of(json, change->own, list);
    const struct elements sent = elements_of(other, JSON_ROOT, list);
    size_t kept = 0, lost = 0, added = 0;
    struct buffer elements;
    struct json_writer writer;
    buffer_init(&elements, change->arena);
    json_writer_init(&writer, &elements);
    json_begin_array(&writer);
    for (uint32_t at = own.at; at != own.end; at = json_next(json, at)) {
        bool is_lost =
            change->kind == REST_META_DELETE && has(other, sent, json, at, change->arena);
        lost += is_lost;
        kept += !is_lost;
        if (!is_lost)
            json_write_node(&writer, json, at);
    }
    for (uint32_t at = sent.at; change->kind == REST_META_ADD && at != sent.end;
         at = json_next(other, at)) {
        const struct elements before = {sent.at, at};
        if (has(json, own, other, at, change->arena) ||
            has(other, before, other, at, change->arena))
            continue;
        json_write_node(&writer, other, at);
        added++;
    }
    json_end_array(&writer);
    if (kept + added) {
        buffer_format(out, ",\"%s\":", lists[list]);
        buffer_add(out, buffer_text(&elements));
    }
    out->failed |= elements.failed;
    return lost + added > 0;
}

/* Whether it is a Meta, as far as is looked at. */
static bool is_meta(const struct json *json)
{
    if (json_type(json, JSON_ROOT) != JSON_OBJECT)
        return false;
    for (unsigned list = 0; list < LISTS; list++) {
        uint32_t node = json_member(json, JSON_ROOT, text_of(lists[list]));
        if (node == JSON_NONE)
            continue;
        if (json_type(json, node) != JSON_ARRAY || json->nodes[node].count > META_SENT_MAX)
            return false;
        enum json_type type = list == 0 ? JSON_STRING : JSON_OBJECT;
        for (uint32_t at = json_first(json, node); at != json_end(json, node);
             at = json_next(json, at))
            if (json_type(json, at) != type)
                return false;
    }
    return true;
}

unsigned meta_apply(struct text *changed, struct text resource, struct text meta,
                    enum rest_meta change, struct arena *arena, struct outcome *outcome)
{
    static const char *const of_meta[] = {"versionId", "profile", "security", "tag", NULL};
    static const char *const of_resource[] = {"resourceType", "meta", NULL};
    struct change made = {.kind = change, .arena = arena};
    struct buffer body;
    bool differs = false;
    if (json_parse(&made.resource, resource, &json_limits_default, arena, NULL) != JSON_OK ||
        json_parse(&made.sent, meta, &json_limits_default, arena, NULL) != JSON_OK)
        return rest_no_room(outcome);
    if (!is_meta(&made.sent)) {
        outcome_error(outcome, "value",
                      "The parameter \"meta\" is a Meta, with up to %d profiles, labels and tags "
                      "each.",
                      META_SENT_MAX);
        return 400;
    }
    made.own = member(&made.resource, JSON_ROOT, "meta");
    buffer_init(&body, arena);
    buffer_add(&body, TEXT("{\"resourceType\":\""));
    buffer_add(&body, json_raw(&made.resource, member(&made.resource, JSON_ROOT, "resourceType")));
    buffer_add(&body, TEXT("\",\"meta\":{\"versionId\":\"0\"")); /* the store's to say */
    for (unsigned list = 0; list < LISTS; list++)
        differs |= write_list(&made, list, &body);
    rest_write_others(&body, &made.resource, made.own, of_meta);
    buffer_add_byte(&body, '}');
    rest_write_others(&body, &made.resource, JSON_ROOT, of_resource);
    buffer_add_byte(&body, '}');
    if (body.failed)
        return rest_no_room(outcome);
    *changed = differs ? buffer_text(&body) : resource;
    return 0;
}

/* --- several --------------------------------------------------------------------------------------- */

bool meta_set_init(struct meta_set *set, struct arena *arena)
{
    *set = (struct meta_set){
        .arena = arena,
        .entries = arena_take(arena, META_KINDS_MAX * sizeof *set->entries),
    };
    return set->entries != NULL;
}

/* What an element is the same by; .bytes is NULL where there is no room. */
static struct text key_of(const struct meta_set *set, const struct json *json, uint32_t element)
{
    struct buffer key;
    if (json_type(json, element) == JSON_STRING)
        return json_string(json, element, set->arena);
    static const char *const parts[] = {"system", "code"};
    buffer_init(&key, set->arena);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        uint32_t part = member(json, element, parts[i]);
        if (part != JSON_NONE && json_type(json, part) == JSON_STRING)
            buffer_add(&key, json_string(json, part, set->arena));
        buffer_add_byte(&key, '\n'); /* in no URL, no code */
    }
    return key.failed ? (struct text){NULL, 0} : buffer_text(&key);
}

static void add_element(struct meta_set *set, unsigned list, const struct json *json,
                        uint32_t element)
{
    struct text key = key_of(set, json, element);
    for (size_t i = 0; key.bytes && i < set->count; i++)
        if (set->entries[i].list == list && text_equal(set->entries[i].key, key))
            return;
    if (!key.bytes || set->count == META_KINDS_MAX) {
        set->is_full = true;
        return;
    }
    bool is_coding = json_type(json, element) == JSON_OBJECT;
    set->entries[set->count++] =
        (struct meta_entry){list, key, is_coding ? json_raw(json, element) : TEXT("")};
}

void meta_set_add(struct meta_set *set, const struct json *json, uint32_t resource)
{
    uint32_t meta = member(json, resource, "meta");
    for (unsigned list = 0; meta != JSON_NONE && list < LISTS; list++) {
        const struct elements elements = elements_of(json, meta, list);
        for (uint32_t at = elements.at; at != elements.end; at = json_next(json, at))
            add_element(set, list, json, at);
    }
}

void meta_set_write(const struct meta_set *set, struct json_writer *writer)
{
    json_begin_object(writer);
    for (unsigned list = 0; list < LISTS; list++) {
        bool is_first = true;
        for (size_t i = 0; i < set->count; i++) {
            if (set->entries[i].list != list)
                continue;
            if (is_first) {
                json_key(writer, text_of(lists[list]));
                json_begin_array(writer);
            }
            is_first = false;
            if (set->entries[i].coding.len)
                json_write_raw(writer, set->entries[i].coding);
            else
                json_write_string(writer, set->entries[i].key);
        }
        if (!is_first)
            json_end_array(writer);
    }
    json_end_object(writer);
}
