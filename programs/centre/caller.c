/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/caller.h"

#include "access/digest.h"
#include "access/glass.h"
#include "centre/grants.h"
#include "rest/glass_note.h"

enum { ARENA_BYTES_MAX = 64 * 1024 };

struct making {
    struct oauth_grant grant;
    int64_t seconds;
    struct arena *arena;
    int64_t now_ms;
    struct text token;
};

static enum store_err make_token(struct store_write *write, void *context)
{
    struct making *making = context;
    struct grants grants;
    struct oauth_turn turn = {.store = &grants.store,
                              .arena = making->arena,
                              .now_ms = making->now_ms,
                              .random = digest_random};
    grants_write(&grants, write, making->now_ms);
    enum oauth_err err = oauth_issue(&turn, &making->grant, making->seconds, &making->token);
    return err == OAUTH_OK ? STORE_OK : STORE_ERR_REFUSED;
}

enum store_err caller_make_token(struct store *store, const struct oauth_grant *grant,
                                 int64_t seconds, int64_t now_ms, char token[static TOKEN_LEN])
{
    struct arena arena;
    struct making making = {.grant = *grant, .seconds = seconds, .arena = &arena, .now_ms = now_ms};

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

/* The glasses that were opened in this session. */
static bool find_glasses(struct caller *caller, struct text token, struct store_view *view,
                         struct arena *arena)
{
    struct access_subject *subject = &caller->subject;
    bool may_have = false;
    for (enum access_role role = 0; role < ACCESS_ROLES; role++)
        may_have |= (subject->roles & ACCESS_ROLE_BIT(role)) && glass_is_for_role(role);
    if (!may_have)
        return true;
    subject->session = oauth_session(&caller->grant, token, arena);
    return subject->session.bytes &&
           glass_notes_read(view, subject->session, arena, &subject->glass) == STORE_OK;
}

enum caller_known caller_of(const struct http_request *request, struct store_view *view,
                            int64_t now_ms, struct arena *arena,
                            const struct access_subject **subject)
{
    static const struct access_subject nobody = {.roles = 0};
    struct text sent = http_header_of(request, "Authorization"), token;
    struct caller *caller = sent.len ? arena_take_zeroed(arena, 1, sizeof *caller) : NULL;
    struct grants grants;
    struct oauth_turn turn = {.store = &grants.store, .arena = arena, .now_ms = now_ms};

    *subject = &nobody;
    if (sent.len == 0)
        return CALLER_NOBODY;
    if (!caller)
        return CALLER_FAILED;
    if (!token_of_header(sent, &token))
        return CALLER_REFUSED;
    grants_read(&grants, view, now_ms);
    enum oauth_err err = oauth_find(&turn, token, &caller->grant);
    if (err != OAUTH_OK)
        return err == OAUTH_ERR_SERVER ? CALLER_FAILED : CALLER_REFUSED;
    if (!oauth_subject(&caller->grant, &caller->scopes, &caller->subject))
        return CALLER_REFUSED;
    if (!find_glasses(caller, token, view, arena))
        return CALLER_FAILED;
    *subject = &caller->subject;
    return CALLER_KNOWN;
}
