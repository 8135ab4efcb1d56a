/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding one's way in a document that was read. */
#include "json/parts.h"

uint32_t json_member(const struct json *json, uint32_t object, struct text name)
{
    if (json_type(json, object) != JSON_OBJECT)
        return JSON_NONE;
    for (uint32_t key = json_first(json, object); key != json_end(json, object);
         key = json_next(json, key + 1))
        if (json_string_is(json, key, name))
            return key + 1;
    return JSON_NONE;
}

uint32_t json_element(const struct json *json, uint32_t array, uint32_t index)
{
    if (json_type(json, array) != JSON_ARRAY || index >= json->nodes[array].count)
        return JSON_NONE;
    uint32_t node = json_first(json, array);
    while (index--)
        node = json_next(json, node);
    return node;
}

struct json_place json_place_in(const char *text, uint32_t at)
{
    struct json_place place = {.at = at, .line = 1, .column = 1};
    const char *line = text, *end = text + at;
    for (const char *found; (found = memchr(line, '\n', (size_t)(end - line))); line = found + 1)
        place.line++;
    for (; line < end; line++) /* bytes within a character do not count */
        place.column += ((unsigned char)*line & 0xC0) != 0x80;
    return place;
}

struct json_place json_place_of(const struct json *json, uint32_t at)
{
    return json_place_in(json->text, at);
}

const char *json_err_text(enum json_err err)
{
    switch (err) {
    case JSON_OK:
        return "no error";
    case JSON_ERR_SYNTAX:
        return "this cannot stand here in JSON";
    case JSON_ERR_TRAILING:
        return "there is something after the end of the value";
    case JSON_ERR_UNFINISHED:
        return "the text ends before the value does";
    case JSON_ERR_STRING:
        return "a control character, a wrong escape, a lone surrogate or U+0000 in a string";
    case JSON_ERR_UTF8:
        return "these bytes are not UTF-8";
    case JSON_ERR_NUMBER:
        return "this is not a number as JSON writes it";
    case JSON_ERR_DUPLICATE:
        return "this key is in the object already";
    case JSON_ERR_MEMBERS:
        return "the object has more members than are taken";
    case JSON_ERR_DEPTH:
        return "objects and arrays are nested deeper than is taken";
    case JSON_ERR_SIZE:
        return "the text is longer than is taken";
    case JSON_ERR_MEMORY:
        return "the text needs more memory than it may have";
    }
    return "unknown error";
}
