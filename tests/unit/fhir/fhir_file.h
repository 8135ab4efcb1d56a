/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file of JSON, read for a test. */
#ifndef TESTS_FHIR_FILE_H
#define TESTS_FHIR_FILE_H

#include <stdio.h>

#include "base/arena.h"
#include "cmocka_base.h"
#include "json/json.h"

static inline struct text read_whole(const char *path, struct arena *arena)
{
    FILE *file = fopen(path, "rb");
    struct text text;
    char *bytes;

    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    text.len = (size_t)ftell(file);
    rewind(file);
    bytes = arena_take(arena, text.len + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, text.len, file), text.len);
    fclose(file);
    text.bytes = bytes;
    return text;
}

static inline struct json parse_text(struct text text, struct arena *arena)
{
    struct json json;

    assert_int_equal(json_parse(&json, text, &json_limits_default, arena, NULL), JSON_OK);
    return json;
}

#endif
