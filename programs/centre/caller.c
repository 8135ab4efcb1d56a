/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/caller.h"

#include "base/buffer.h"

static const char area[] = "token";

enum { KEY_LEN = 2 * DIGEST_LEN, ARENA_BYTES_MAX = 64 * 1024 };

static struct text key_of(struct text token, char key[static KEY_LEN])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t hash[DIGEST_LEN];
    token_hash(token, hash);
    for (size_t i = 0; i < DIGEST_LEN; i++) {
        key[2 * i] = digits[hash[i] >> 4];
        key[2 * i + 1] = digits[hash[i] & 15];
    }
    return (struct text){key, KEY_LEN};
}

/* --- kept: a line for each, roles by name with blanks between ------------------------------------------ */

static void write_grant(struct buffer *out, const struct caller_grant *grant)
{
    for (enum access_role role = ACCESS_PHYSICIAN; role < ACCESS_ROLES; role++)
        if (grant->roles & ACCESS_ROLE_BIT(role)) {
            buffer_add(out, text_of(access_role_name(role)));
            buffer_add_byte(out, ' ');
        }
    const struct text lines[] = {grant->user, grant->client, grant->purpose, grant->scopes};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        buffer_add_byte(out, '\n');
        buffer_add(out, lines[i]);
    }
}

static struct text take_until(struct text *rest, char mark)
{
    const char *end = rest->len ? memchr(rest->bytes, mark, rest->len) : NULL;
    struct text taken = {rest->bytes, end ? (size_t)(end - rest->bytes) : rest->len};
    size_t used = end ? taken.len + 1 : taken.len;
    if (used)
        rest->bytes += used;
    rest->len -= used;
    return taken;
}

static void read_grant(struct caller_grant *grant, struct text value)
{
    struct text roles = take_until(&value, '\n');
    *grant = (struct caller_grant){.roles = 0};
    while (roles.len) {
        enum access_role role = access_role_named(take_until(&roles, ' '));
        if (role != ACCESS_ROLES)
            grant->roles |= ACCESS_ROLE_BIT(role);
    }
    grant->user = take_until(&value, '\n');
    grant->client = take_until(&value, '\n');
    grant->purpose = take_until(&value, '\n');
    grant->scopes = value;
}

static enum store_err put_note(struct store_write *write, void *note)
{
    return store_note_put(write, area, note);
}

enum store_err caller_make_token(struct store *store, const struct caller_grant *grant,
                                 char token[static TOKEN_LEN])
{
    uint8_t random[TOKEN_RANDOM_LEN];
    char key[KEY_LEN];
    struct arena arena;
    struct buffer value;
    if (!digest_random(random, sizeof random))
        return STORE_ERR_REFUSED;
    struct text made = token_write(TOKEN_ACCESS, random, token);
    digest_wipe(random, sizeof random);
    arena_init(&arena, ARENA_BYTES_MAX);
    buffer_init(&value, &arena);
    write_grant(&value, grant);
    struct store_note note = {key_of(made, key), buffer_text(&value), grant->until_ms};
    enum store_err err =
        value.failed ? STORE_ERR_MEMORY : store_run(store, &arena, put_note, &note);
    arena_free(&arena);
    return err;
}

/* --- asked for ------------------------------------------------------------------------------------------ */

struct caller {
    struct access_subject subject;
    struct access_scopes scopes;
};

static bool find_grant(const struct http_request *request, struct store_view *view, int64_t now_ms,
                       struct caller_grant *grant)
{
    struct text token;
    enum token_kind kind;
    struct store_note note;
    char key[KEY_LEN];
    if (!token_of_header(http_header_of(request, "Authorization"), &token) ||
        !token_read(token, &kind) || kind != TOKEN_ACCESS)
        return false;
    if (store_note_get(view, area, key_of(token, key), &note) != STORE_OK || note.due_ms <= now_ms)
        return false;
    read_grant(grant, note.value);
    return true;
}

const struct access_subject *caller_of(const struct http_request *request, struct store_view *view,
                                       int64_t now_ms, struct arena *arena)
{
    struct caller_grant grant;
    struct caller *caller = arena_take_zeroed(arena, 1, sizeof *caller);
    if (!caller)
        return NULL;
    caller->subject.scopes = &caller->scopes;
    if (find_grant(request, view, now_ms, &grant) &&
        scopes_read(&caller->scopes, grant.scopes) == SCOPES_OK)
        caller->subject = (struct access_subject){.roles = grant.roles,
                                                  .user = grant.user,
                                                  .client = grant.client,
                                                  .purpose = grant.purpose,
                                                  .scopes = &caller->scopes};
    return &caller->subject;
}
