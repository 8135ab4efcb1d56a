/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>

enum { ROOM_MIN = 256 };

void buffer_init(struct buffer *buffer, struct arena *arena)
{
    *buffer = (struct buffer){.arena = arena};
}

char *buffer_reserve(struct buffer *buffer, size_t len)
{
    if (buffer->failed)
        return NULL;
    if (!buffer->bytes || len > buffer->room - buffer->len) {
        size_t room = buffer->room ? 2 * buffer->room : ROOM_MIN;
        if (room < buffer->len + len)
            room = buffer->len + len;
        char *grown = len <= SIZE_MAX / 4
                          ? arena_grow(buffer->arena, buffer->bytes, buffer->room, room)
                          : NULL;
        if (!grown) {
            buffer->failed = true;
            return NULL;
        }
        buffer->bytes = grown;
        buffer->room = room;
    }
    return buffer->bytes + buffer->len;
}

void buffer_add(struct buffer *buffer, struct text text)
{
    char *to = buffer_reserve(buffer, text.len);
    if (!to || !text.len)
        return;
    memcpy(to, text.bytes, text.len);
    buffer->len += text.len;
}

void buffer_add_u64(struct buffer *buffer, uint64_t number)
{
    char digits[20]; /* of UINT64_MAX */
    size_t first = sizeof digits;
    do
        digits[--first] = (char)('0' + number % 10);
    while (number /= 10);
    buffer_add(buffer, (struct text){digits + first, sizeof digits - first});
}

void buffer_format(struct buffer *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *to = len < 0 ? NULL : buffer_reserve(buffer, (size_t)len + 1);
    if (!to) {
        buffer->failed = true;
        return;
    }
    va_start(arguments, format);
    vsnprintf(to, (size_t)len + 1, format, arguments);
    va_end(arguments);
    buffer->len += (size_t)len;
}
