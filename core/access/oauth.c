/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/oauth.h"

#include "access/base64.h"
#include "access/oauth_parts.h"
#include "json/writer.h"

static const struct {
    const char *word;
    int status;
} errors[] = {
    [OAUTH_OK] = {"", 200},
    [OAUTH_ERR_REQUEST] = {"invalid_request", 400},
    [OAUTH_ERR_CLIENT] = {"invalid_client", 401},
    [OAUTH_ERR_GRANT] = {"invalid_grant", 400},
    [OAUTH_ERR_UNAUTHORIZED] = {"unauthorized_client", 400},
    [OAUTH_ERR_GRANT_TYPE] = {"unsupported_grant_type", 400},
    [OAUTH_ERR_RESPONSE_TYPE] = {"unsupported_response_type", 400},
    [OAUTH_ERR_SCOPE] = {"invalid_scope", 400},
    [OAUTH_ERR_DENIED] = {"access_denied", 403},
    [OAUTH_ERR_LOGIN_REQUIRED] = {"login_required", 400},
    [OAUTH_ERR_CONSENT_REQUIRED] = {"consent_required", 400},
    [OAUTH_ERR_SERVER] = {"server_error", 500},
};

const char *oauth_err_word(enum oauth_err err)
{
    return errors[err].word;
}

int oauth_err_status(enum oauth_err err)
{
    return errors[err].status;
}

enum oauth_err oauth_because(struct oauth_turn *turn, enum oauth_err err, const char *why)
{
    turn->why = why;
    return err;
}

enum oauth_err oauth_issue(struct oauth_turn *turn, struct oauth_grant *grant, int64_t seconds,
                           struct text *token)
{
    uint8_t key[DIGEST_LEN];
    struct buffer value;

    grant->expires_s = turn->now_ms / 1000 + seconds;
    buffer_init(&value, turn->arena);
    oauth_grant_write(&value, grant);
    if (value.failed || !oauth_make_token(turn, TOKEN_ACCESS, token, key) ||
        !turn->store->put(turn->store->context, OAUTH_TOKENS, oauth_key(key), buffer_text(&value),
                          grant->expires_s * 1000))
        return oauth_because(turn, OAUTH_ERR_SERVER, "the token cannot be kept");
    return OAUTH_OK;
}

struct text oauth_session(const struct oauth_grant *grant, struct text token, struct arena *arena)
{
    uint8_t key[DIGEST_LEN];

    if (grant->family.len)
        return grant->family;
    token_hash(token, key);
    return base64url_text(key, sizeof key, arena);
}

enum oauth_err oauth_find(struct oauth_turn *turn, struct text token, struct oauth_grant *grant)
{
    static const char why[] = "the token is not known, has expired, or was revoked";
    uint8_t key[DIGEST_LEN];
    enum token_kind kind;
    struct json json, family;

    if (!token_read(token, &kind) || kind != TOKEN_ACCESS)
        return oauth_because(turn, OAUTH_ERR_GRANT, why);
    token_hash(token, key);
    enum oauth_found found = oauth_get(turn, OAUTH_TOKENS, oauth_key(key), &json);
    if (found == OAUTH_FAILED ||
        (found == OAUTH_FOUND && !oauth_grant_read_node(grant, &json, JSON_ROOT, turn->arena)))
        return oauth_because(turn, OAUTH_ERR_SERVER, "the token cannot be looked up");
    if (found == OAUTH_NONE || turn->now_ms >= grant->expires_s * 1000)
        return oauth_because(turn, OAUTH_ERR_GRANT, why);
    if (grant->family.len == 0)
        return OAUTH_OK;
    found = oauth_get(turn, OAUTH_FAMILIES, grant->family, &family);
    if (found == OAUTH_FAILED)
        return oauth_because(turn, OAUTH_ERR_SERVER, "the token cannot be looked up");
    return found == OAUTH_FOUND ? OAUTH_OK : oauth_because(turn, OAUTH_ERR_GRANT, why);
}

bool oauth_end_family(struct oauth_turn *turn, struct text family)
{
    return turn->store->remove(turn->store->context, OAUTH_FAMILIES, family);
}

enum oauth_found oauth_family_get(struct oauth_turn *turn, struct text id,
                                  struct oauth_family *family)
{
    struct json json;
    enum oauth_found found = oauth_get(turn, OAUTH_FAMILIES, id, &json);

    if (found != OAUTH_FOUND)
        return found;
    uint32_t grant = json_member(&json, JSON_ROOT, TEXT("grant"));
    bool is_good = grant != JSON_NONE &&
                   oauth_grant_read_node(&family->grant, &json, grant, turn->arena) &&
                   oauth_text(&json, JSON_ROOT, "current", turn->arena, &family->current) &&
                   oauth_text(&json, JSON_ROOT, "previous", turn->arena, &family->previous);
    return is_good ? OAUTH_FOUND : OAUTH_FAILED;
}

bool oauth_family_put(struct oauth_turn *turn, const struct oauth_family *family)
{
    struct buffer grant, value;
    struct json_writer writer;

    buffer_init(&grant, turn->arena);
    oauth_grant_write(&grant, &family->grant);
    buffer_init(&value, turn->arena);
    json_writer_init(&writer, &value);
    json_begin_object(&writer);
    json_key(&writer, TEXT("grant"));
    json_write_raw(&writer, buffer_text(&grant));
    json_write_member(&writer, TEXT("current"), family->current);
    json_write_member(&writer, TEXT("previous"), family->previous);
    json_end_object(&writer);
    return !grant.failed && !value.failed &&
           turn->store->put(turn->store->context, OAUTH_FAMILIES, family->grant.family,
                            buffer_text(&value), family->due_s * 1000);
}
