/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A form that is read is, escaped and read again, the same; a client or a grant of any bytes is read or refused. */
#include <stdint.h>
#include <stdlib.h>

#include "access/form.h"
#include "access/oauth.h"

static void read_again(const struct form *form, struct arena *arena)
{
    struct form again;
    struct buffer out;

    buffer_init(&out, arena);
    for (size_t i = 0; i < form->count; i++)
        form_add(&out, '&', "x", form->fields[i].value);
    for (size_t i = 0, at = 0; !out.failed && i < form->count; i++) {
        const char *end = memchr(out.bytes + at + 1, '&', out.len - at - 1);
        size_t len = (end ? (size_t)(end - out.bytes) : out.len) - at;
        if (form_read(&again, (struct text){out.bytes + at, len}, arena) != FORM_OK)
            return;
        if (!text_equal(form_value(&again, "x"), form->fields[i].value))
            abort();
        at += len;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text text = {(const char *)data, size};
    struct oauth_client client;
    struct oauth_grant grant;
    struct form form;
    struct arena arena;

    arena_init(&arena, 4 << 20);
    if (form_read(&form, text, &arena) == FORM_OK)
        read_again(&form, &arena);
    if (oauth_client_read(&client, text, &arena) && client.id.len == 0)
        abort();
    if (oauth_grant_read(&grant, text, &arena) && grant.expires_s < 0)
        abort();
    arena_free(&arena);
    return 0;
}
