/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/caller.h"

#include "access/digest.h"
#include "access/oauth.h"
#include "centre/grants.h"

enum { ARENA_BYTES_MAX = 64 * 1024 };

struct making {
    const struct caller_grant *grant;
    struct arena *arena;
    int64_t now_ms;
    struct text token;
};

static enum store_err make_token(struct store_write *write, void *context)
{
    struct making *making = context;
    const struct caller_grant *asked = making->grant;
    struct grants grants;
    struct oauth_turn turn = {.store = &grants.store,
                              .arena = making->arena,
                              .now_ms = making->now_ms,
                              .random = digest_random};
    struct oauth_grant grant = {.client = asked->client,
                                .user = asked->user,
                                .roles = asked->roles,
                                .purpose = asked->purpose,
                                .scopes = asked->scopes};

    grants_write(&grants, write, making->now_ms);
    enum oauth_err err =
        oauth_issue(&turn, &grant, (asked->until_ms - making->now_ms + 999) / 1000, &making->token);
    return err == OAUTH_OK ? STORE_OK : STORE_ERR_REFUSED;
}

enum store_err caller_make_token(struct store *store, const struct caller_grant *grant,
                                 int64_t now_ms, char token[static TOKEN_LEN])
{
    struct arena arena;
    struct making making = {.grant = grant, .arena = &arena, .now_ms = now_ms};

    arena_init(&arena, ARENA_BYTES_MAX);
    enum store_err err = store_run(store, &arena, make_token, &making);
    if (err == STORE_OK)
        memcpy(token, making.token.bytes, TOKEN_LEN);
    arena_free(&arena);
    return err;
}

struct caller {
    struct access_subject subject;
    struct access_scopes scopes;
    struct oauth_grant grant;
};

const struct access_subject *caller_of(const struct http_request *request, struct store_view *view,
                                       int64_t now_ms, struct arena *arena)
{
    struct caller *caller = arena_take_zeroed(arena, 1, sizeof *caller);
    struct grants grants;
    struct oauth_turn turn = {.store = &grants.store, .arena = arena, .now_ms = now_ms};
    struct text token;

    if (!caller)
        return NULL;
    grants_read(&grants, view, now_ms);
    if (!token_of_header(http_header_of(request, "Authorization"), &token) ||
        oauth_find(&turn, token, &caller->grant) != OAUTH_OK ||
        !oauth_subject(&caller->grant, &caller->scopes, &caller->subject))
        caller->subject = (struct access_subject){.scopes = &caller->scopes};
    return &caller->subject;
}
