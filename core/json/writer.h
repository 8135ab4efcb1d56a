/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes JSON, compact, into a buffer: commas and escapes are its business, shape is the caller's.
 *
 *     json_begin_object(&writer);
 *     json_key(&writer, TEXT("resourceType"));
 *     json_write_string(&writer, TEXT("Patient"));
 *     json_end_object(&writer);
 *
 * Nothing is checked but what our own mistake could break (assert). A full buffer shows in buffer->failed. */
#ifndef JSON_WRITER_H
#define JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/text.h"
#include "json/json.h"

struct json_writer {
    struct buffer *buffer;
    bool needs_comma; /* before the next key or element */
};

void json_writer_init(struct json_writer *writer, struct buffer *buffer);

void json_begin_object(struct json_writer *writer);
void json_end_object(struct json_writer *writer);
void json_begin_array(struct json_writer *writer);
void json_end_array(struct json_writer *writer);

/* The key of the member whose value is written next. */
void json_key(struct json_writer *writer, struct text key);

void json_write_string(struct json_writer *writer,
                       struct text characters); /* UTF-8, escaped where it must be */
void json_write_i64(struct json_writer *writer, int64_t number);
void json_write_bool(struct json_writer *writer, bool value);
void json_write_null(struct json_writer *writer);

/* Bytes that are a JSON value already: another document's, a number's digits. */
void json_write_raw(struct json_writer *writer, struct text value);

/* A value of another document, without the white space between its parts. */
void json_write_node(struct json_writer *writer, const struct json *json, uint32_t node);

/* Both at once, for the most frequent of all. */
void json_write_member(struct json_writer *writer, struct text key, struct text characters);

#endif
