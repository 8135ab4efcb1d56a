/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/invite.h"

#include "access/form.h"
#include "access/oauth_parts.h"

#define INVITES "invite"      /* by the token's hash */
#define INVITE_OF "invite-of" /* by account: the hash of the one it has */

enum invite_err invite_end(struct oauth_turn *turn, struct text account)
{
    const struct oauth_store *store = turn->store;
    struct text key;

    switch (store->get(store->context, INVITE_OF, account, turn->arena, &key)) {
    case OAUTH_NONE:
        return INVITE_OK;
    case OAUTH_FAILED:
        return INVITE_FAILED;
    case OAUTH_FOUND:
        break;
    }
    return store->remove(store->context, INVITES, key) &&
                   store->remove(store->context, INVITE_OF, account)
               ? INVITE_OK
               : INVITE_FAILED;
}

enum invite_err invite_make(struct oauth_turn *turn, const struct invite *invite,
                            struct text *token)
{
    const struct oauth_store *store = turn->store;
    int64_t now_s = turn->now_ms / 1000;
    int64_t due_s = invite->due_s > now_s + INVITE_S_MAX ? now_s + INVITE_S_MAX : invite->due_s;
    uint8_t key[DIGEST_LEN];
    struct buffer note;
    struct json_writer writer;

    buffer_init(&note, turn->arena);
    json_writer_init(&writer, &note);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("account"), invite->account);
    json_write_member(&writer, TEXT("by"), invite->by);
    json_key(&writer, TEXT("anew"));
    json_write_bool(&writer, invite->is_anew);
    json_key(&writer, TEXT("due"));
    json_write_i64(&writer, due_s);
    json_end_object(&writer);
    return invite_end(turn, invite->account) == INVITE_OK && !note.failed &&
                   oauth_make_token(turn, TOKEN_INVITE, token, key) &&
                   store->put(store->context, INVITES, oauth_key(key), buffer_text(&note),
                              due_s * 1000) &&
                   store->put(store->context, INVITE_OF, invite->account, oauth_key(key),
                              due_s * 1000)
               ? INVITE_OK
               : INVITE_FAILED;
}

enum invite_err invite_find(struct oauth_turn *turn, struct text token, struct invite *invite)
{
    struct invite found = {.due_s = 0};
    uint8_t key[DIGEST_LEN];
    enum token_kind kind;
    struct json json;

    if (!token_read(token, &kind) || kind != TOKEN_INVITE)
        return INVITE_NONE;
    token_hash(token, key);
    switch (oauth_get(turn, INVITES, oauth_key(key), &json)) {
    case OAUTH_NONE:
        return INVITE_NONE;
    case OAUTH_FAILED:
        return INVITE_FAILED;
    case OAUTH_FOUND:
        break;
    }
    found.is_anew = oauth_flag(&json, JSON_ROOT, "anew");
    if (!oauth_text(&json, JSON_ROOT, "account", turn->arena, &found.account) ||
        !oauth_text(&json, JSON_ROOT, "by", turn->arena, &found.by) ||
        !oauth_number(&json, JSON_ROOT, "due", &found.due_s))
        return INVITE_FAILED;
    if (turn->now_ms >= found.due_s * 1000)
        return INVITE_NONE;
    *invite = found;
    return INVITE_OK;
}

enum invite_err invite_use(struct oauth_turn *turn, struct text token, struct invite *invite)
{
    enum invite_err err = invite_find(turn, token, invite);
    return err == INVITE_OK ? invite_end(turn, invite->account) : err;
}

void invite_write_url(struct buffer *out, struct text issuer, struct text token)
{
    buffer_add(out, issuer);
    buffer_add(out, TEXT("/invite"));
    form_add(out, '?', "token", token);
}
