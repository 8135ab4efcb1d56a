/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/oauth_parts.h"

#include <assert.h>

#include "access/base64.h"

const char *const oauth_ending_areas[] = {"device",
                                          "invite",
                                          "invite-of",
                                          "lockout",
                                          "oauth-code",
                                          "oauth-family",
                                          "oauth-jti",
                                          "oauth-launch",
                                          "oauth-refresh",
                                          "oauth-token",
                                          "partner-state",
                                          "partner-ticket",
                                          "passkey-challenge",
                                          "session-book",
                                          "session-token",
                                          "sign-in-place",
                                          NULL};

bool oauth_text(const struct json *json, uint32_t object, const char *name, struct arena *arena,
                struct text *out)
{
    *out = json_text(json, object, text_of(name), arena);
    return out->bytes != NULL;
}

bool oauth_number(const struct json *json, uint32_t object, const char *name, int64_t *out)
{
    enum { DIGITS_MAX = 12 };
    uint32_t node = json_member(json, object, text_of(name));
    struct text text = node == JSON_NONE ? TEXT("") : json_raw(json, node);
    int64_t number = 0;

    *out = 0;
    if (text.len == 0 || text.len > DIGITS_MAX)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9')
            return false;
        number = 10 * number + (text.bytes[i] - '0');
    }
    *out = number;
    return true;
}

bool oauth_bytes(const struct json *json, uint32_t object, const char *name, struct arena *arena,
                 struct text *out)
{
    struct text letters;

    *out = TEXT("");
    if (!oauth_text(json, object, name, arena, &letters))
        return false;
    uint8_t *bytes = arena_take(arena, BASE64URL_BYTES(letters.len));
    if (!bytes || !base64url_decode(letters, bytes, &out->len))
        return false;
    out->bytes = (const char *)bytes;
    return true;
}

bool oauth_flag(const struct json *json, uint32_t object, const char *name)
{
    uint32_t node = json_member(json, object, text_of(name));
    return node != JSON_NONE && json_type(json, node) == JSON_TRUE;
}

uint32_t oauth_roles(const struct json *json, uint32_t object)
{
    uint32_t list = json_member(json, object, TEXT("roles")), roles = 0;

    if (list == JSON_NONE || json_type(json, list) != JSON_ARRAY)
        return 0;
    for (uint32_t node = json_first(json, list); node != json_end(json, list);
         node = json_next(json, node)) {
        enum access_role role = access_role_named(json_raw(json, node));
        if (role < ACCESS_ROLES)
            roles |= ACCESS_ROLE_BIT(role);
    }
    return roles;
}

void oauth_write_roles(struct json_writer *writer, uint32_t roles)
{
    json_key(writer, TEXT("roles"));
    json_begin_array(writer);
    for (enum access_role role = 0; role < ACCESS_ROLES; role++)
        if (roles & ACCESS_ROLE_BIT(role))
            json_write_string(writer, text_of(access_role_name(role)));
    json_end_array(writer);
}

void oauth_write_bytes(struct json_writer *writer, const char *name, struct text bytes)
{
    struct buffer letters;

    buffer_init(&letters, writer->buffer->arena);
    base64url_write(&letters, (const uint8_t *)bytes.bytes, bytes.len);
    writer->buffer->failed |= letters.failed;
    json_write_member(writer, text_of(name), buffer_text(&letters));
}

void oauth_write_members(struct json_writer *writer, const struct oauth_member *members,
                         size_t count, const void *whole)
{
    for (size_t i = 0; i < count; i++) {
        struct text text;
        memcpy(&text, (const char *)whole + members[i].at, sizeof text);
        if (text.len)
            json_write_member(writer, text_of(members[i].name), text);
    }
}

bool oauth_read_members(const struct json *json, uint32_t object,
                        const struct oauth_member *members, size_t count, struct arena *arena,
                        void *whole)
{
    for (size_t i = 0; i < count; i++) {
        struct text text;
        if (!oauth_text(json, object, members[i].name, arena, &text))
            return false;
        memcpy((char *)whole + members[i].at, &text, sizeof text);
    }
    return true;
}

bool oauth_make_word(struct oauth_turn *turn, size_t bytes, struct text *word)
{
    uint8_t random[OAUTH_SECRET_BYTES];

    assert(bytes <= sizeof random);
    if (!turn->random(random, bytes))
        return false;
    *word = base64url_text(random, bytes, turn->arena);
    digest_wipe(random, sizeof random);
    return word->bytes != NULL;
}

bool oauth_make_token(struct oauth_turn *turn, enum token_kind kind, struct text *token,
                      uint8_t key[static DIGEST_LEN])
{
    uint8_t random[TOKEN_RANDOM_LEN];
    char *out = arena_take(turn->arena, TOKEN_LEN);

    if (!out || !turn->random(random, sizeof random))
        return false;
    *token = token_write(kind, random, out);
    digest_wipe(random, sizeof random);
    token_hash(*token, key);
    return true;
}

enum oauth_found oauth_get(struct oauth_turn *turn, const char *area, struct text key,
                           struct json *json)
{
    struct text value;
    enum oauth_found found = turn->store->get(turn->store->context, area, key, turn->arena, &value);

    if (found != OAUTH_FOUND)
        return found;
    bool is_object = json_parse(json, value, &json_limits_default, turn->arena, NULL) == JSON_OK &&
                     json_type(json, JSON_ROOT) == JSON_OBJECT;
    return is_object ? OAUTH_FOUND : OAUTH_FAILED;
}
