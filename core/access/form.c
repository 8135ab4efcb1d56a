/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/form.h"

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static enum form_err decode(struct text text, struct text *out, struct arena *arena)
{
    char *bytes = arena_take(arena, text.len + 1);
    size_t wrote = 0;

    if (!bytes)
        return FORM_ERR_MEMORY;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.bytes[i];
        if (c == '%') {
            bool has_two = text.len - i > 2;
            int high = has_two ? hex(text.bytes[i + 1]) : -1;
            int low = has_two ? hex(text.bytes[i + 2]) : -1;
            if (high < 0 || low < 0)
                return FORM_ERR_FORM;
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+') {
            c = ' ';
        }
        if (c == '\0')
            return FORM_ERR_FORM;
        bytes[wrote++] = c;
    }
    *out = (struct text){bytes, wrote};
    return FORM_OK;
}

static struct text take_until(struct text *rest, char end)
{
    const char *found = rest->len ? memchr(rest->bytes, end, rest->len) : NULL;
    struct text part = {rest->bytes, found ? (size_t)(found - rest->bytes) : rest->len};
    size_t gone = found ? part.len + 1 : part.len;

    *rest = (struct text){rest->bytes + gone, rest->len - gone};
    return part;
}

static enum form_err add_field(struct form *form, struct text name, struct text value,
                               struct arena *arena)
{
    if (form->count == FORM_FIELDS_MAX)
        return FORM_ERR_SIZE;
    enum form_err err = decode(name, &form->fields[form->count].name, arena);
    if (err == FORM_OK)
        err = decode(value, &form->fields[form->count].value, arena);
    if (err != FORM_OK)
        return err;
    for (size_t i = 0; i < form->count; i++)
        if (text_equal(form->fields[i].name, form->fields[form->count].name))
            return FORM_ERR_TWICE;
    form->count++;
    return FORM_OK;
}

enum form_err form_read(struct form *form, struct text text, struct arena *arena)
{
    form->count = 0;
    if (text.len > FORM_LEN_MAX)
        return FORM_ERR_SIZE;
    while (text.len) {
        struct text value = take_until(&text, '&');
        if (value.len == 0)
            continue;
        struct text name = take_until(&value, '=');
        enum form_err err = add_field(form, name, value, arena);
        if (err != FORM_OK)
            return err;
    }
    return FORM_OK;
}

struct text form_value(const struct form *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++)
        if (text_is(form->fields[i].name, name))
            return form->fields[i].value;
    return TEXT("");
}

void form_add(struct buffer *out, char before, const char *name, struct text value)
{
    buffer_format(out, "%c%s=", before, name);
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.bytes[i];
        bool is_plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                        (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_' || c == '~';
        if (is_plain)
            buffer_add_byte(out, (char)c);
        else
            buffer_format(out, "%%%02X", c);
    }
}
