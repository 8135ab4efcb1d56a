/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "demo/write.h"

#include <stdio.h>
#include <time.h>

static struct text name_of(const struct demo *demo, const char *prefix, uint32_t number,
                           uint32_t part)
{
    struct buffer buffer;
    buffer_init(&buffer, demo->arena);
    buffer_format(&buffer, "%s%u", prefix, number);
    if (part)
        buffer_format(&buffer, "-%u", part);
    return buffer_text(&buffer);
}

void demo_begin(struct demo_draft *draft, const struct demo *demo, const char *type,
                const char *prefix, uint32_t number, uint32_t part)
{
    draft->demo = demo;
    draft->type = type;
    draft->id = name_of(demo, prefix, number, part);
    buffer_init(&draft->buffer, demo->arena);
    json_writer_init(&draft->json, &draft->buffer);
    json_begin_object(&draft->json);
    demo_string(draft, "resourceType", type);
    json_write_member(&draft->json, TEXT("id"), draft->id);
}

void demo_end(struct demo_draft *draft)
{
    json_end_object(&draft->json);
    if (draft->buffer.failed)
        return; /* the arena's limit is the caller's affair: it then misses a resource, and counts them */
    draft->demo->take(draft->demo->context,
                      &(struct demo_resource){draft->type, draft->id, buffer_text(&draft->buffer)});
}

void demo_string(struct demo_draft *draft, const char *key, const char *value)
{
    json_write_member(&draft->json, text_of(key), text_of(value));
}

void demo_reference(struct demo_draft *draft, const char *key, const char *type, const char *prefix,
                    uint32_t number, uint32_t part)
{
    struct buffer buffer;
    buffer_init(&buffer, draft->demo->arena);
    buffer_add(&buffer, text_of(type));
    buffer_add_byte(&buffer, '/');
    buffer_add(&buffer, name_of(draft->demo, prefix, number, part));
    if (key)
        json_key(&draft->json, text_of(key));
    json_begin_object(&draft->json);
    json_write_member(&draft->json, TEXT("reference"), buffer_text(&buffer));
    json_end_object(&draft->json);
}

static void write_concept(struct demo_draft *draft, const char *system, const char *code,
                          const char *display)
{
    json_begin_object(&draft->json);
    json_key(&draft->json, TEXT("coding"));
    json_begin_array(&draft->json);
    json_begin_object(&draft->json);
    demo_string(draft, "system", system);
    demo_string(draft, "code", code);
    demo_string(draft, "display", display);
    json_end_object(&draft->json);
    json_end_array(&draft->json);
    demo_string(draft, "text", display);
    json_end_object(&draft->json);
}

void demo_concept(struct demo_draft *draft, const char *key, const char *system, const char *code,
                  const char *display)
{
    json_key(&draft->json, text_of(key));
    write_concept(draft, system, code, display);
}

void demo_code_list(struct demo_draft *draft, const char *key, const char *system, const char *code,
                    const char *display)
{
    json_key(&draft->json, text_of(key));
    json_begin_array(&draft->json);
    write_concept(draft, system, code, display);
    json_end_array(&draft->json);
}

void demo_identifier(struct demo_draft *draft, const char *system, const char *prefix,
                     uint32_t number)
{
    char value[32];
    snprintf(value, sizeof value, "%s%07u", prefix, number);
    json_key(&draft->json, TEXT("identifier"));
    json_begin_array(&draft->json);
    json_begin_object(&draft->json);
    demo_string(draft, "system", system);
    demo_string(draft, "value", value);
    json_end_object(&draft->json);
    json_end_array(&draft->json);
}

void demo_quantity(struct demo_draft *draft, const char *key, double value, int places,
                   const char *unit, const char *code)
{
    char digits[32];
    int len = snprintf(digits, sizeof digits, "%.*f", places, value);
    json_key(&draft->json, text_of(key));
    json_begin_object(&draft->json);
    json_key(&draft->json, TEXT("value"));
    json_write_raw(&draft->json, (struct text){digits, (size_t)len});
    demo_string(draft, "unit", unit);
    demo_string(draft, "system", "http://unitsofmeasure.org");
    demo_string(draft, "code", code);
    json_end_object(&draft->json);
}

void demo_time(struct demo_draft *draft, const char *key, int64_t at_ms,
               enum demo_precision precision)
{
    char text[32];
    struct tm tm;
    time_t seconds = (time_t)(at_ms / 1000);
    (void)gmtime_r(&seconds, &tm);
    size_t len =
        strftime(text, sizeof text, precision == DEMO_DAY ? "%Y-%m-%d" : "%Y-%m-%dT%H:%M:%SZ", &tm);
    json_write_member(&draft->json, text_of(key), (struct text){text, len});
}

static void write_name(struct demo_draft *draft, const char *use, const char *given,
                       const char *family, const char *prefix)
{
    json_begin_object(&draft->json);
    demo_string(draft, "use", use);
    demo_string(draft, "family", family);
    json_key(&draft->json, TEXT("given"));
    json_begin_array(&draft->json);
    json_write_string(&draft->json, text_of(given));
    json_end_array(&draft->json);
    if (prefix) {
        json_key(&draft->json, TEXT("prefix"));
        json_begin_array(&draft->json);
        json_write_string(&draft->json, text_of(prefix));
        json_end_array(&draft->json);
    }
    json_end_object(&draft->json);
}

void demo_names(struct demo_draft *draft, const struct demo_name *given,
                const struct demo_name *family, const char *prefix)
{
    json_key(&draft->json, TEXT("name"));
    json_begin_array(&draft->json);
    write_name(draft, "official", given->latin, family->latin, prefix);
    if (given->arabic && family->arabic)
        write_name(draft, "usual", given->arabic, family->arabic, NULL);
    json_end_array(&draft->json);
}
