/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/form.h"

#include "base/percent.h"

static enum form_err decode(struct text sent, struct text *out, struct arena *arena)
{
    enum percent_err err = percent_decode(sent, arena, out);
    if (err == PERCENT_ERR_MEMORY)
        return FORM_ERR_MEMORY;
    bool has_zero = err == PERCENT_OK && out->len && memchr(out->bytes, '\0', out->len);
    return err == PERCENT_OK && !has_zero ? FORM_OK : FORM_ERR_FORM;
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
    text = arena_copy(arena, text);
    if (!text.bytes)
        return FORM_ERR_MEMORY;
    while (text.len) {
        struct text value = text_cut(&text, '&');
        if (value.len == 0)
            continue;
        struct text name = text_cut(&value, '=');
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
