/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A narrative whose links stand for resources of a transaction: what is allowed before is allowed after; nothing but
 * whole names went, each for its reference; and once is as good as twice. */
#include <stdint.h>
#include <stdlib.h>

#include "fhir/xhtml.h"
#include "rest/references.h"
#include "json/writer.h"

static const struct text from = {"urn:a", 5}, to = {"Patient/1", 9};

static void parse(struct json *json, struct text text, struct arena *arena)
{
    if (json_parse(json, text, &json_limits_default, arena, NULL) != JSON_OK)
        abort();
}

static struct text div_of(const struct json *json, struct arena *arena)
{
    uint32_t text = json_member(json, JSON_ROOT, TEXT("text"));
    return json_string(json, json_member(json, text, TEXT("div")), arena);
}

static struct text replace(const struct json *json, struct arena *arena)
{
    struct reference_pair pair = {from, to};
    const struct reference_map map = {.pairs = &pair, .count = 1};
    struct buffer buffer;
    buffer_init(&buffer, arena);
    struct reference_lost lost;
    if (!references_replace(&map, json, JSON_ROOT, &buffer, &lost) || buffer.failed)
        abort();
    return buffer_text(&buffer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct buffer buffer;
    struct json_writer writer;
    struct json json, after;
    struct fhir_xhtml_fault fault;
    const struct text narrative = {(const char *)data, size};
    if (size > 1 << 14)
        return 0;
    arena_init(&arena, 16 << 20);
    buffer_init(&buffer, &arena);
    json_writer_init(&writer, &buffer);
    buffer_add(&buffer, TEXT("{\"resourceType\":\"Patient\",\"text\":{\"div\":"));
    json_write_string(&writer, narrative);
    buffer_add(&buffer, TEXT("}}"));
    if (json_parse(&json, buffer_text(&buffer), &json_limits_default, &arena, NULL) == JSON_OK) {
        struct text once = replace(&json, &arena);
        parse(&after, once, &arena);
        struct text before = div_of(&json, &arena), now = div_of(&after, &arena);
        if (now.len < before.len || (now.len - before.len) % (to.len - from.len) != 0 ||
            !text_equal(replace(&after, &arena), once))
            abort();
        if (fhir_xhtml_is_allowed(before, &fault) && !fhir_xhtml_is_allowed(now, &fault))
            abort();
    }
    arena_free(&arena);
    return 0;
}
