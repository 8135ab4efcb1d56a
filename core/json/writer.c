/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json/writer.h"

#include "json/scan.h"

void json_writer_init(struct json_writer *writer, struct buffer *buffer)
{
    *writer = (struct json_writer){.buffer = buffer};
}

/* Before a key or a value: the comma that is due. */
static void separate(struct json_writer *writer)
{
    if (writer->needs_comma)
        buffer_add_byte(writer->buffer, ',');
    writer->needs_comma = true;
}

static void begin(struct json_writer *writer, char bracket)
{
    separate(writer);
    buffer_add_byte(writer->buffer, bracket);
    writer->needs_comma = false;
}

static void end(struct json_writer *writer, char bracket)
{
    buffer_add_byte(writer->buffer, bracket);
    writer->needs_comma = true;
}

void json_begin_object(struct json_writer *writer)
{
    begin(writer, '{');
}

void json_end_object(struct json_writer *writer)
{
    end(writer, '}');
}

void json_begin_array(struct json_writer *writer)
{
    begin(writer, '[');
}

void json_end_array(struct json_writer *writer)
{
    end(writer, ']');
}

/* RFC 8259 section 7: quote, backslash and controls. */
static void add_escape(struct buffer *buffer, char byte)
{
    static const char letters[] = {
        ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't', ['"'] = '"'};
    static const char digits[] = "0123456789abcdef";
    unsigned char u = (unsigned char)byte;
    char letter = u < sizeof letters ? letters[u] : byte;
    char *to = buffer_reserve(buffer, 6);
    if (!to)
        return;
    to[0] = '\\';
    to[1] = letter ? letter : 'u';
    if (letter) {
        buffer->len += 2;
        return;
    }
    to[2] = to[3] = '0';
    to[4] = digits[u >> 4];
    to[5] = digits[u & 15];
    buffer->len += 6;
}

static void add_string(struct buffer *buffer, struct text characters)
{
    buffer_add_byte(buffer, '"');
    const char *at = characters.bytes;
    const char *stop = characters.len ? at + characters.len : at; /* may be NULL when empty */
    while (at < stop) {
        const char *start = at;
        while ((at = json_skip_plain(at, stop)) < stop && (unsigned char)*at >= 0x80)
            at++;
        buffer_add(buffer, (struct text){start, (size_t)(at - start)});
        if (at < stop)
            add_escape(buffer, *at++);
    }
    buffer_add_byte(buffer, '"');
}

void json_key(struct json_writer *writer, struct text key)
{
    separate(writer);
    add_string(writer->buffer, key);
    buffer_add_byte(writer->buffer, ':');
    writer->needs_comma = false;
}

void json_write_string(struct json_writer *writer, struct text characters)
{
    separate(writer);
    add_string(writer->buffer, characters);
}

void json_write_i64(struct json_writer *writer, int64_t number)
{
    separate(writer);
    if (number < 0)
        buffer_add_byte(writer->buffer, '-');
    buffer_add_u64(writer->buffer, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

void json_write_bool(struct json_writer *writer, bool value)
{
    json_write_raw(writer, value ? TEXT("true") : TEXT("false"));
}

void json_write_null(struct json_writer *writer)
{
    json_write_raw(writer, TEXT("null"));
}

void json_write_raw(struct json_writer *writer, struct text value)
{
    separate(writer);
    buffer_add(writer->buffer, value);
}

/* Brackets, commas and colons, as they stand between the nodes of a document. */
static void add_marks(struct buffer *buffer, const char *at, const char *stop)
{
    while ((at = json_skip_blank(at, stop)) < stop)
        buffer_add_byte(buffer, *at++);
}

void json_write_node(struct json_writer *writer, const struct json *json, uint32_t node)
{
    separate(writer);
    const uint32_t stop = json_next(json, node);
    const struct text whole = json_raw(json, node);
    const char *at = whole.bytes;
    for (uint32_t i = node; i < stop; i++) {
        enum json_type type = json_type(json, i);
        if (type == JSON_ARRAY || type == JSON_OBJECT) /* its marks stand before what is in it */
            continue;
        struct text written = json_written(json, i);
        if (i > node)
            add_marks(writer->buffer, at, written.bytes);
        buffer_add(writer->buffer, written);
        at = written.bytes + written.len;
    }
    if (at < whole.bytes + whole.len)
        add_marks(writer->buffer, at, whole.bytes + whole.len);
}

void json_write_member(struct json_writer *writer, struct text key, struct text characters)
{
    json_key(writer, key);
    json_write_string(writer, characters);
}
