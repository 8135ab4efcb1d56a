/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json/pretty.h"

static void new_line(struct buffer *buffer, unsigned depth)
{
    buffer_add_byte(buffer, '\n');
    for (unsigned i = 0; i < depth; i++)
        buffer_add(buffer, TEXT("  "));
}

static void write_value(struct buffer *buffer, const struct json *json, uint32_t node,
                        unsigned depth)
{
    enum json_type type = json_type(json, node);
    if ((type != JSON_ARRAY && type != JSON_OBJECT) || json->nodes[node].count == 0) {
        buffer_add(buffer, type == JSON_ARRAY    ? TEXT("[]")
                           : type == JSON_OBJECT ? TEXT("{}")
                                                 : json_written(json, node));
        return;
    }
    char mark = type == JSON_ARRAY ? '[' : '{';
    for (uint32_t at = json_first(json, node); at != json_end(json, node);
         at = json_next(json, at)) {
        buffer_add_byte(buffer, mark);
        mark = ',';
        new_line(buffer, depth + 1);
        if (type == JSON_OBJECT) {
            buffer_add(buffer, json_written(json, at++));
            buffer_add(buffer, TEXT(": "));
        }
        write_value(buffer, json, at, depth + 1);
    }
    new_line(buffer, depth);
    buffer_add_byte(buffer, type == JSON_ARRAY ? ']' : '}');
}

void json_write_pretty(struct buffer *buffer, const struct json *json, uint32_t node)
{
    write_value(buffer, json, node, 0); /* as deep as json_limits let the document be */
}
