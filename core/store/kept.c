/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/kept.h"

#include <assert.h>

#include "base/bytes.h"

enum { KIND_MASK = 0x0f, FLAG_COMPONENT = 0x80 };
enum { REMEMBERED = 32, REMEMBERED_LEN_MIN = 4 }; /* texts that later ones are compared with */
static_assert((int)SEARCH_KINDS <= KIND_MASK, "a kind and the flag are one byte");

struct writer {
    struct buffer *buffer;
    size_t start; /* where the first byte is */
    struct {
        size_t at, len; /* of a text's length */
    } before[REMEMBERED];
    size_t texts;
};

static void add_number(struct buffer *buffer, uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        buffer_add_byte(buffer, (char)(number | 0x80));
    buffer_add_byte(buffer, (char)number);
}

static void add_be64(struct buffer *buffer, uint64_t value)
{
    uint8_t bytes[8];
    put_be64(bytes, value);
    buffer_add(buffer, (struct text){(const char *)bytes, sizeof bytes});
}

static void add_double(struct buffer *buffer, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    add_be64(buffer, bits);
}

static void add_text(struct writer *to, struct text text)
{
    struct buffer *buffer = to->buffer;
    size_t known = to->texts < REMEMBERED ? to->texts : REMEMBERED;
    for (size_t i = 0; i < known && text.len >= REMEMBERED_LEN_MIN; i++) {
        struct text before = {buffer->bytes + to->before[i].at, to->before[i].len};
        if (text_equal(before, text)) {
            /* the text's own bytes; its length stands in the reference's second number */
            add_number(buffer, (uint64_t)(to->before[i].at - to->start) << 1 | 1);
            add_number(buffer, text.len);
            return;
        }
    }
    add_number(buffer, (uint64_t)text.len << 1);
    if (text.len >= REMEMBERED_LEN_MIN && !buffer->failed) {
        size_t slot = to->texts++ % REMEMBERED;
        to->before[slot].at = buffer->len;
        to->before[slot].len = text.len;
    }
    buffer_add(buffer, text);
    if (buffer->failed)
        to->texts = 0;
}

static void add_values(struct writer *to, const struct search_row *row,
                       const struct store_names *names)
{
    struct buffer *buffer = to->buffer;
    switch ((enum search_kind)row->kind) {
    case SEARCH_TOKEN:
        add_text(to, row->of.token.system);
        add_text(to, row->of.token.code);
        add_text(to, row->of.token.text);
        break;
    case SEARCH_STRING:
        add_text(to, row->of.string.folded);
        add_text(to, row->of.string.exact);
        break;
    case SEARCH_REFERENCE:
        add_number(buffer, store_type_number(names, row->of.reference.type));
        add_text(to, row->of.reference.id);
        add_text(to, row->of.reference.version);
        add_text(to, row->of.reference.system);
        add_text(to, row->of.reference.identifier);
        break;
    case SEARCH_DATE:
        add_be64(buffer, (uint64_t)row->of.date.low_ms);
        add_number(buffer, (uint64_t)row->of.date.high_ms - (uint64_t)row->of.date.low_ms);
        break;
    case SEARCH_NUMBER:
        add_double(buffer, row->of.number.low);
        add_double(buffer, row->of.number.high);
        break;
    case SEARCH_QUANTITY:
        add_double(buffer, row->of.quantity.low);
        add_double(buffer, row->of.quantity.high);
        add_text(to, row->of.quantity.system);
        add_text(to, row->of.quantity.code);
        add_text(to, row->of.quantity.base_unit);
        if (row->of.quantity.base_unit.len) {
            add_double(buffer, row->of.quantity.base_low);
            add_double(buffer, row->of.quantity.base_high);
        }
        break;
    case SEARCH_URI:
        add_text(to, row->of.uri);
        break;
    case SEARCH_KINDS:
        break;
    }
}

void kept_write(struct buffer *buffer, const struct search_rows *rows,
                const struct store_names *names)
{
    struct writer to = {.buffer = buffer, .start = buffer->len};
    size_t all = rows->count + rows->contained, count = 0;
    for (size_t i = 0; i < all; i++)
        count += store_param_number(names, rows->rows[i].param) != 0;
    add_number(buffer, count);
    for (size_t i = 0; i < all; i++) {
        const struct search_row *row = &rows->rows[i];
        uint16_t number = store_param_number(names, row->param);
        bool is_part = row->component || row->group;
        if (!number)
            continue;
        buffer_add_byte(buffer, (char)(row->kind | (is_part ? FLAG_COMPONENT : 0)));
        add_number(buffer, number);
        if (is_part) {
            add_number(buffer, row->component);
            add_number(buffer, row->group);
        }
        add_values(&to, row, names);
    }
}

struct reader {
    struct text bytes;
    size_t at;
    bool failed;
};

static uint64_t take_number(struct reader *from)
{
    uint64_t number = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (from->at >= from->bytes.len)
            break;
        uint8_t byte = (uint8_t)from->bytes.bytes[from->at++];
        number |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return number;
    }
    from->failed = true;
    return 0;
}

static uint64_t take_be64(struct reader *from)
{
    if (from->failed || from->bytes.len - from->at < 8) {
        from->failed = true;
        return 0;
    }
    uint64_t value = get_be64((const uint8_t *)from->bytes.bytes + from->at);
    from->at += 8;
    return value;
}

static double take_double(struct reader *from)
{
    uint64_t bits = take_be64(from);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static struct text take_text(struct reader *from)
{
    uint64_t number = take_number(from), at = from->at, len = number >> 1;
    if (number & 1) {
        at = number >> 1;
        len = take_number(from);
    }
    if (from->failed || at > from->bytes.len || len > from->bytes.len - at) {
        from->failed = true;
        return (struct text){"", 0};
    }
    if (!(number & 1))
        from->at += len;
    return (struct text){from->bytes.bytes + at, (size_t)len};
}

static void take_values(struct reader *from, struct search_row *row,
                        const struct store_names *names)
{
    switch ((enum search_kind)row->kind) {
    case SEARCH_TOKEN:
        row->of.token.system = take_text(from);
        row->of.token.code = take_text(from);
        row->of.token.text = take_text(from);
        break;
    case SEARCH_STRING:
        row->of.string.folded = take_text(from);
        row->of.string.exact = take_text(from);
        break;
    case SEARCH_REFERENCE:
        row->of.reference.type = store_type_of(names, take_number(from));
        row->of.reference.id = take_text(from);
        row->of.reference.version = take_text(from);
        row->of.reference.system = take_text(from);
        row->of.reference.identifier = take_text(from);
        break;
    case SEARCH_DATE: {
        uint64_t low = take_be64(from);
        row->of.date.low_ms = (int64_t)low;
        row->of.date.high_ms = (int64_t)(low + take_number(from));
        break;
    }
    case SEARCH_NUMBER:
        row->of.number.low = take_double(from);
        row->of.number.high = take_double(from);
        break;
    case SEARCH_QUANTITY:
        row->of.quantity.low = take_double(from);
        row->of.quantity.high = take_double(from);
        row->of.quantity.system = take_text(from);
        row->of.quantity.code = take_text(from);
        row->of.quantity.base_unit = take_text(from);
        row->of.quantity.base_low = row->of.quantity.base_high = 0;
        if (row->of.quantity.base_unit.len) {
            row->of.quantity.base_low = take_double(from);
            row->of.quantity.base_high = take_double(from);
        }
        break;
    case SEARCH_URI:
        row->of.uri = take_text(from);
        break;
    case SEARCH_KINDS:
        from->failed = true;
        break;
    }
}

bool kept_read(struct search_rows *rows, struct text bytes, const struct store_names *names,
               struct arena *arena)
{
    struct reader from = {.bytes = bytes};
    uint64_t count = bytes.len ? take_number(&from) : 0;
    if (from.failed || count > bytes.len) /* a row is at least a byte */
        return false;
    struct search_row *all = arena_take(arena, (count + 1) * sizeof *all);
    if (!all)
        return false;
    for (uint64_t i = 0; i < count && !from.failed; i++) {
        struct search_row *row = &all[i];
        if (from.at >= bytes.len)
            return false;
        uint8_t head = (uint8_t)bytes.bytes[from.at++];
        row->kind = head & KIND_MASK;
        if (row->kind >= SEARCH_KINDS)
            return false;
        row->param = store_param_of(names, take_number(&from));
        row->component = 0;
        row->group = 0;
        if (head & FLAG_COMPONENT) {
            row->component = (uint8_t)take_number(&from);
            row->group = (uint16_t)take_number(&from);
        }
        take_values(&from, row, names);
    }
    if (from.failed || from.at != bytes.len)
        return false;
    *rows = (struct search_rows){all, (size_t)count, 0};
    while (rows->count && all[rows->count - 1].component == SEARCH_CONTAINED) {
        rows->count--;
        rows->contained++;
    }
    return true;
}
