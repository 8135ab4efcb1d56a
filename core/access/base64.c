/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/base64.h"

static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char for_url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Writes four characters, or fewer at the end, for each three bytes; how many. */
static size_t encode(const char *alphabet, char *out, const uint8_t *bytes, size_t len)
{
    size_t wrote = 0;

    for (size_t i = 0; i < len; i += 3) {
        size_t left = len - i;
        uint32_t bits = (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                        (left > 2 ? bytes[i + 2] : 0);
        for (unsigned j = 0; j < 4 && j <= left; j++)
            out[wrote++] = alphabet[bits >> (18 - 6 * j) & 63];
    }
    return wrote;
}

void base64_write(struct buffer *out, const uint8_t *bytes, size_t len)
{
    char *at = buffer_reserve(out, len / 3 * 4 + 4);
    if (!at)
        return;
    size_t wrote = encode(plain, at, bytes, len);
    while (wrote % 4)
        at[wrote++] = '=';
    out->len += wrote;
}

void base64url_encode(char *out, const uint8_t *bytes, size_t len)
{
    encode(for_url, out, bytes, len);
}

void base64url_write(struct buffer *out, const uint8_t *bytes, size_t len)
{
    char *at = buffer_reserve(out, BASE64URL_LEN(len));
    if (at)
        out->len += encode(for_url, at, bytes, len);
}

struct text base64url_text(const uint8_t *bytes, size_t len, struct arena *arena)
{
    char *out = arena_take(arena, BASE64URL_LEN(len));
    if (!out)
        return (struct text){NULL, 0};
    return (struct text){out, encode(for_url, out, bytes, len)};
}

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

bool base64url_decode(struct text text, uint8_t *out, size_t *len)
{
    uint32_t bits = 0;
    unsigned bit_count = 0;
    size_t wrote = 0;

    if (text.len % 4 == 1)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        int value = value_of(text.bytes[i]);
        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
        bit_count += 6;
        if (bit_count >= 8) {
            bit_count -= 8;
            out[wrote++] = (uint8_t)(bits >> bit_count);
        }
    }
    if (bits & ((1U << bit_count) - 1))
        return false;
    *len = wrote;
    return true;
}
