/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/launch.h"

#include "access/form.h"
#include "access/oauth_parts.h"

/* The members of a note, all texts. */
static const struct {
    const char *name;
    size_t at;
} members[] = {
    {"client", offsetof(struct launch, client)},
    {"user", offsetof(struct launch, user)},
    {"patient", offsetof(struct launch, patient)},
    {"encounter", offsetof(struct launch, encounter)},
};
enum { MEMBERS = sizeof members / sizeof *members };

void launch_write(struct buffer *out, const struct launch *launch)
{
    struct json_writer writer;

    json_writer_init(&writer, out);
    json_begin_object(&writer);
    for (size_t i = 0; i < MEMBERS; i++) {
        struct text text;
        memcpy(&text, (const char *)launch + members[i].at, sizeof text);
        json_write_member(&writer, text_of(members[i].name), text);
    }
    json_end_object(&writer);
}

enum launch_err launch_make(struct oauth_turn *turn, const struct launch *launch,
                            struct text *token)
{
    uint8_t key[DIGEST_LEN];
    struct buffer value;

    buffer_init(&value, turn->arena);
    launch_write(&value, launch);
    return !value.failed && oauth_make_token(turn, TOKEN_LAUNCH, token, key) &&
                   turn->store->put(turn->store->context, LAUNCH_AREA, oauth_key(key),
                                    buffer_text(&value), turn->now_ms + INT64_C(1000) * LAUNCH_S)
               ? LAUNCH_OK
               : LAUNCH_FAILED;
}

/* False: it cannot be one. */
static bool key_of(struct text token, uint8_t key[static DIGEST_LEN])
{
    enum token_kind kind;

    if (!token_read(token, &kind) || kind != TOKEN_LAUNCH)
        return false;
    token_hash(token, key);
    return true;
}

enum launch_err launch_find(struct oauth_turn *turn, struct text token, struct text client,
                            struct launch *launch)
{
    uint8_t key[DIGEST_LEN];
    struct launch found;
    struct json json;

    if (!key_of(token, key))
        return LAUNCH_NONE;
    switch (oauth_get(turn, LAUNCH_AREA, oauth_key(key), &json)) {
    case OAUTH_NONE:
        return LAUNCH_NONE;
    case OAUTH_FAILED:
        return LAUNCH_FAILED;
    case OAUTH_FOUND:
        break;
    }
    for (size_t i = 0; i < MEMBERS; i++) {
        struct text text;
        if (!oauth_text(&json, JSON_ROOT, members[i].name, turn->arena, &text))
            return LAUNCH_FAILED;
        memcpy((char *)&found + members[i].at, &text, sizeof text);
    }
    if (!text_equal(found.client, client))
        return LAUNCH_NONE;
    *launch = found;
    return LAUNCH_OK;
}

enum launch_err launch_use(struct oauth_turn *turn, struct text token, struct text client,
                           struct launch *launch)
{
    uint8_t key[DIGEST_LEN];

    enum launch_err err = launch_find(turn, token, client, launch);
    if (err == LAUNCH_OK &&
        (!key_of(token, key) ||
         !turn->store->remove(turn->store->context, LAUNCH_AREA, oauth_key(key))))
        err = LAUNCH_FAILED;
    return err;
}

void launch_write_url(struct buffer *out, struct text launch_url, struct text fhir_base,
                      struct text token)
{
    bool has_query = memchr(launch_url.bytes, '?', launch_url.len);
    buffer_add(out, launch_url);
    form_add(out, has_query ? '&' : '?', "iss", fhir_base);
    form_add(out, '&', "launch", token);
}
