/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/cursor.h"

#include <assert.h>

#include "base/buffer.h"
#include "base/bytes.h"

enum { LETTERS_MAX = 512 }; /* SEARCH_CURSOR_LEN_MAX */
enum { SPAN_BYTES = 1 + 8 + 8 };
static_assert(LETTERS_MAX == (int)SEARCH_CURSOR_LEN_MAX, "one limit");
static_assert((8 + SPAN_BYTES + SEARCH_SORTS_MAX * (2 + MATCH_KEY_BYTES_MAX)) * 4 / 3 + 3 <
                  LETTERS_MAX,
              "the longest fits");

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void add_be64(struct buffer *buffer, uint64_t value)
{
    uint8_t bytes[8];
    put_be64(bytes, value);
    buffer_add(buffer, (struct text){(const char *)bytes, sizeof bytes});
}

static void add_key(struct buffer *buffer, const struct match_key *key)
{
    uint64_t bits;
    buffer_add_byte(buffer, (char)key->form);
    switch (key->form) {
    case MATCH_INTEGER:
        add_be64(buffer, (uint64_t)key->integer);
        break;
    case MATCH_REAL:
        memcpy(&bits, &key->real, sizeof bits);
        add_be64(buffer, bits);
        break;
    case MATCH_TEXT:
        buffer_add_byte(buffer, (char)key->text.len);
        buffer_add(buffer, key->text);
        break;
    case MATCH_NO_KEY:
        break;
    }
}

static struct text to_letters(struct text bytes, struct arena *arena)
{
    struct buffer out;
    uint32_t bits = 0;
    unsigned held = 0;
    buffer_init(&out, arena);
    for (size_t i = 0; i < bytes.len; i++) {
        bits = bits << 8 | (uint8_t)bytes.bytes[i];
        for (held += 8; held >= 6; held -= 6)
            buffer_add_byte(&out, alphabet[bits >> (held - 6) & 63]);
    }
    if (held)
        buffer_add_byte(&out, alphabet[bits << (6 - held) & 63]);
    return out.failed ? (struct text){NULL, 0} : buffer_text(&out);
}

struct text cursor_write(const struct cursor *cursor, struct arena *arena)
{
    struct buffer bytes;
    buffer_init(&bytes, arena);
    add_be64(&bytes, cursor->last);
    for (size_t i = 0; i < cursor->key_count; i++)
        add_key(&bytes, &cursor->keys[i]);
    if (cursor->has_span) {
        buffer_add_byte(&bytes, cursor->begins);
        add_be64(&bytes, cursor->floor);
        add_be64(&bytes, cursor->upto);
    }
    return bytes.failed ? (struct text){NULL, 0} : to_letters(buffer_text(&bytes), arena);
}

static bool from_letters(struct text letters, struct text *bytes, struct arena *arena)
{
    uint8_t *out = letters.len <= LETTERS_MAX ? arena_take(arena, LETTERS_MAX) : NULL;
    uint32_t bits = 0;
    unsigned held = 0;
    size_t len = 0;
    if (!out)
        return false;
    for (size_t i = 0; i < letters.len; i++) {
        const char *place = letters.bytes[i] ? strchr(alphabet, letters.bytes[i]) : NULL;
        if (!place)
            return false;
        bits = bits << 6 | (uint32_t)(place - alphabet);
        held += 6;
        if (held >= 8) {
            held -= 8;
            out[len++] = (uint8_t)(bits >> held);
        }
    }
    *bytes = (struct text){(const char *)out, len};
    return held < 6 && (bits & ((1U << held) - 1)) == 0; /* as we write it, and no other way */
}

static bool read_key(struct match_key *key, const uint8_t *bytes, size_t len, size_t *at)
{
    uint64_t bits = 0;
    if (*at >= len)
        return false;
    uint8_t form = bytes[(*at)++];
    *key = (struct match_key){.form = MATCH_NO_KEY};
    if (form == MATCH_INTEGER || form == MATCH_REAL) {
        if (len - *at < 8)
            return false;
        bits = get_be64(bytes + *at);
        *at += 8;
        key->integer = (int64_t)bits;
        memcpy(&key->real, &bits, sizeof bits);
    } else if (form == MATCH_TEXT) {
        size_t most = len - *at;
        if (most < 1 || bytes[*at] > MATCH_KEY_BYTES_MAX || bytes[*at] > most - 1)
            return false;
        key->text = (struct text){(const char *)bytes + *at + 1, bytes[*at]};
        *at += 1 + key->text.len;
    } else if (form != MATCH_NO_KEY) {
        return false;
    }
    key->form = form;
    return !(form == MATCH_REAL && key->real != key->real); /* no NaN: it has no order */
}

static bool read_span(struct cursor *cursor, const uint8_t *bytes, size_t len)
{
    if (len != SPAN_BYTES || bytes[0] > 1)
        return false;
    cursor->has_span = true;
    cursor->begins = bytes[0];
    cursor->floor = get_be64(bytes + 1);
    cursor->upto = get_be64(bytes + 9);
    return true;
}

bool cursor_read(struct cursor *cursor, struct text letters, size_t key_count, bool has_span,
                 struct arena *arena)
{
    struct text all;
    if (key_count > SEARCH_SORTS_MAX || !from_letters(letters, &all, arena) || all.len < 8)
        return false;
    const uint8_t *bytes = (const uint8_t *)all.bytes;
    size_t at = 8;
    *cursor = (struct cursor){.last = get_be64(bytes), .key_count = key_count};
    if (cursor->last > INT64_MAX)
        return false;
    for (size_t i = 0; i < key_count; i++)
        if (!read_key(&cursor->keys[i], bytes, all.len, &at))
            return false;
    return has_span ? read_span(cursor, bytes + at, all.len - at) : at == all.len;
}
