/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/subscription_binding.h"

#include "access/token.h"

static const char area[] = "subscription-binding";

static struct text key_of(struct text token, uint8_t hash[static DIGEST_LEN])
{
    token_hash(token, hash);
    return (struct text){(const char *)hash, DIGEST_LEN};
}

struct text subscription_binding_write(const struct subscription_binding *binding,
                                       struct arena *arena)
{
    struct buffer value;
    buffer_init(&value, arena);
    buffer_add(&value, binding->ids);
    buffer_add_byte(&value, '\n');
    buffer_add(&value, binding->user);
    buffer_add_byte(&value, '\n');
    buffer_add(&value, binding->client);
    struct text rest = buffer_text(&value);
    (void)text_cut(&rest, '\n');
    (void)text_cut(&rest, '\n');
    bool is_whole = !value.failed && text_equal(rest, binding->client) &&
                    !(rest.len && memchr(rest.bytes, '\n', rest.len));
    return is_whole ? buffer_text(&value) : (struct text){NULL, 0};
}

enum store_err subscription_binding_put(struct store_write *write, struct text token,
                                        struct text value, int64_t due_ms)
{
    uint8_t hash[DIGEST_LEN];
    const struct store_note note = {.key = key_of(token, hash), .value = value, .due_ms = due_ms};
    return store_note_put(write, area, &note);
}

enum store_err subscription_binding_take(struct store_write *write, struct text token,
                                         int64_t now_ms, struct arena *arena,
                                         struct subscription_binding *binding)
{
    uint8_t hash[DIGEST_LEN];
    enum token_kind kind;
    struct store_note note;
    if (!token_read(token, &kind) || kind != TOKEN_BINDING)
        return STORE_ERR_NONE;
    struct text key = key_of(token, hash);
    enum store_err err = store_note_get(&write->view, area, key, &note);
    if (err != STORE_OK)
        return err;
    struct text rest = arena_copy(arena, note.value);
    if (!rest.bytes)
        return STORE_ERR_MEMORY;
    binding->ids = text_cut(&rest, '\n');
    binding->user = text_cut(&rest, '\n');
    binding->client = rest;
    bool is_over = note.due_ms <= now_ms;
    err = store_note_remove(write, area, key);
    return err == STORE_OK && is_over ? STORE_ERR_NONE : err;
}

bool subscription_is_for(const struct access_subject *owner, const struct access_subject *asker)
{
    return !owner || (asker && text_equal(owner->user, asker->user) &&
                      text_equal(owner->client, asker->client));
}

void subscription_socket_write(const struct rest *rest, struct buffer *buffer)
{
    static const struct text clear = {"http://", 7}, sealed = {"https://", 8}, path = {"/fhir", 5};
    bool is_sealed = text_starts(rest->base, sealed);
    size_t scheme = is_sealed ? sealed.len : clear.len;
    buffer_add(buffer, is_sealed ? TEXT("wss://") : TEXT("ws://"));
    buffer_add(buffer,
               (struct text){rest->base.bytes + scheme, rest->base.len - scheme - path.len});
    buffer_add(buffer, TEXT("/websocket"));
}
