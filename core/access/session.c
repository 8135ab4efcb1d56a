/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/session.h"

#include "access/base64.h"
#include "access/oauth_parts.h"
#include "access/session_parts.h"
#include "base/utf8.h"

enum { HASH_LEN = BASE64URL_LEN(DIGEST_LEN) };

static int64_t now_s(const struct oauth_turn *turn)
{
    return turn->now_ms / 1000;
}

/* --- tokens ----------------------------------------------------------------------------------------- */

/* Whom the token's note names, and what the sheet knows it by. SESSION_NONE: it is none. */
static enum session_err find_token(struct oauth_turn *turn, struct text token, struct text *account,
                                   struct text *id, struct text *hash)
{
    uint8_t key[DIGEST_LEN];
    enum token_kind kind;
    struct json json;

    if (!token_read(token, &kind) || kind != TOKEN_SESSION)
        return SESSION_NONE;
    token_hash(token, key);
    *hash = base64url_text(key, sizeof key, turn->arena);
    if (!hash->bytes)
        return SESSION_FAILED;
    enum oauth_found found = oauth_get(turn, SESSION_TOKENS, oauth_key(key), &json);
    if (found == OAUTH_NONE)
        return SESSION_NONE;
    return found == OAUTH_FOUND && oauth_text(&json, JSON_ROOT, "account", turn->arena, account) &&
                   oauth_text(&json, JSON_ROOT, "session", turn->arena, id)
               ? SESSION_OK
               : SESSION_FAILED;
}

/* A hash as the sheet has it; "" is none. */
static bool remove_token(struct oauth_turn *turn, struct text hash)
{
    uint8_t key[BASE64URL_BYTES(HASH_LEN)];
    size_t len;
    if (hash.len != HASH_LEN || !base64url_decode(hash, key, &len))
        return hash.len == 0;
    return turn->store->remove(turn->store->context, SESSION_TOKENS,
                               (struct text){(const char *)key, len});
}

/* A new token of the session, which is its current one then. */
static bool make_token(struct oauth_turn *turn, struct session_kept *kept, struct text *token)
{
    uint8_t key[DIGEST_LEN];
    struct buffer note;
    struct json_writer writer;

    if (!oauth_make_token(turn, TOKEN_SESSION, token, key))
        return false;
    kept->current = base64url_text(key, sizeof key, turn->arena);
    if (!kept->current.bytes)
        return false;
    kept->changed_s = now_s(turn);
    buffer_init(&note, turn->arena);
    json_writer_init(&writer, &note);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("account"), kept->session.account);
    json_write_member(&writer, TEXT("session"), kept->session.id);
    json_end_object(&writer);
    return !note.failed &&
           turn->store->put(turn->store->context, SESSION_TOKENS, oauth_key(key),
                            buffer_text(&note), (kept->session.began_s + SESSION_LONGEST_S) * 1000);
}

/* --- finding ---------------------------------------------------------------------------------------- */

static struct session_kept *kept_of(struct session_sheet *sheet, struct text id)
{
    for (size_t i = 0; i < sheet->session_count; i++)
        if (text_equal(sheet->sessions[i].session.id, id))
            return &sheet->sessions[i];
    return NULL;
}

/* Whether the token of this hash is good: the current one; or the one before, while the current one has not come yet
 * and a short time after. */
static bool is_good(const struct session_kept *kept, struct text hash, int64_t at_s)
{
    if (text_equal(hash, kept->current))
        return true;
    return text_equal(hash, kept->previous) &&
           (!kept->is_used || at_s < kept->used_s + SESSION_GRACE_S);
}

/* Whether the browser is to have another token: its own is old; or the one that it was sent seems not to have come. */
static bool wants_token(const struct session_kept *kept, struct text hash, int64_t at_s)
{
    if (text_equal(hash, kept->current))
        return at_s >= kept->changed_s + SESSION_ROTATE_S;
    return !kept->is_used && at_s >= kept->changed_s + SESSION_GRACE_S;
}

static enum session_err find(struct oauth_turn *turn, struct text token,
                             struct session_sheet *sheet, struct session_kept **kept,
                             struct text *hash)
{
    struct text account, id;

    enum session_err err = find_token(turn, token, &account, &id, hash);
    if (err == SESSION_OK)
        err = session_sheet_get(turn, account, sheet);
    if (err != SESSION_OK)
        return err;
    *kept = kept_of(sheet, id);
    return *kept && is_good(*kept, *hash, now_s(turn)) ? SESSION_OK : SESSION_NONE;
}

enum session_err session_find(struct oauth_turn *turn, struct text token, struct session *session)
{
    struct session_sheet sheet;
    struct session_kept *kept;
    struct text hash;

    enum session_err err = find(turn, token, &sheet, &kept, &hash);
    if (err != SESSION_OK)
        return err;
    *session = kept->session;
    session->wants_use = now_s(turn) >= session->seen_s + SESSION_SEEN_S ||
                         (text_equal(hash, kept->current) && !kept->is_used) ||
                         wants_token(kept, hash, now_s(turn));
    return SESSION_OK;
}

enum session_err session_use(struct oauth_turn *turn, struct text token, struct session *session,
                             struct text *fresh)
{
    struct session_sheet sheet;
    struct session_kept *kept;
    struct text hash, given = TEXT("");

    enum session_err err = find(turn, token, &sheet, &kept, &hash);
    if (err != SESSION_OK)
        return err;
    bool is_current = text_equal(hash, kept->current),
         is_due = wants_token(kept, hash, now_s(turn));
    if (is_current && !kept->is_used) {
        kept->is_used = true;
        kept->used_s = now_s(turn);
    }
    kept->session.seen_s = now_s(turn);
    if (is_due) {
        if (!remove_token(turn, is_current ? kept->previous : kept->current) ||
            !make_token(turn, kept, &given))
            return SESSION_FAILED;
        kept->previous = hash;
        kept->is_used = false;
    }
    *session = kept->session;
    *fresh = given;
    return session_sheet_put(turn, session->account, &sheet);
}

enum session_err session_raise(struct oauth_turn *turn, struct text token,
                               enum session_strength strength, struct session *session,
                               struct text *fresh)
{
    struct session_sheet sheet;
    struct session_kept *kept;
    struct text hash;

    enum session_err err = find(turn, token, &sheet, &kept, &hash);
    if (err != SESSION_OK)
        return err;
    if (!remove_token(turn, kept->current) || !remove_token(turn, kept->previous) ||
        !make_token(turn, kept, fresh) ||
        !oauth_make_word(turn, OAUTH_SECRET_BYTES, &kept->session.csrf))
        return SESSION_FAILED;
    kept->previous = TEXT("");
    kept->session.seen_s = kept->session.signed_in_s = now_s(turn);
    if (strength > kept->session.strength)
        kept->session.strength = strength;
    *session = kept->session;
    return session_sheet_put(turn, session->account, &sheet);
}

bool session_has_csrf(const struct session *session, struct text sent)
{
    return sent.len == SESSION_CSRF_LEN && session->csrf.len == SESSION_CSRF_LEN &&
           digest_equal(sent.bytes, session->csrf.bytes, SESSION_CSRF_LEN);
}

/* --- ending ----------------------------------------------------------------------------------------- */

/* Takes app number `at` from the sheet, with its tokens. */
static bool end_app(struct oauth_turn *turn, struct session_sheet *sheet, size_t at)
{
    struct session_app *app = &sheet->apps[at];
    if (!oauth_end_family(turn, app->family))
        return false;
    memmove(app, app + 1, (--sheet->app_count - at) * sizeof *app);
    return true;
}

/* Takes a session from the sheet, with its tokens and those of its apps that end with it. */
static bool end_session(struct oauth_turn *turn, struct session_sheet *sheet,
                        struct session_kept *kept)
{
    struct text id = kept->session.id;
    size_t at = (size_t)(kept - sheet->sessions);

    if (!remove_token(turn, kept->current) || !remove_token(turn, kept->previous))
        return false;
    memmove(kept, kept + 1, (--sheet->session_count - at) * sizeof *kept);
    for (size_t i = sheet->app_count; i-- > 0;)
        if (text_equal(sheet->apps[i].session, id) && !sheet->apps[i].is_offline &&
            !end_app(turn, sheet, i))
            return false;
    return true;
}

enum session_err session_end(struct oauth_turn *turn, struct text account, struct text id)
{
    struct session_sheet sheet;

    enum session_err err = session_sheet_get(turn, account, &sheet);
    if (err != SESSION_OK)
        return err;
    struct session_kept *kept = kept_of(&sheet, id);
    if (!kept)
        return SESSION_NONE;
    return end_session(turn, &sheet, kept) ? session_sheet_put(turn, account, &sheet)
                                           : SESSION_FAILED;
}

enum session_err session_end_all(struct oauth_turn *turn, struct text account, struct text but,
                                 size_t *count)
{
    struct session_sheet sheet;
    size_t ended = 0;

    enum session_err err = session_sheet_get(turn, account, &sheet);
    if (err != SESSION_OK)
        return err;
    for (size_t i = sheet.session_count; i-- > 0;) {
        if (but.len && text_equal(sheet.sessions[i].session.id, but))
            continue;
        if (!end_session(turn, &sheet, &sheet.sessions[i]))
            return SESSION_FAILED;
        ended++;
    }
    for (size_t i = sheet.app_count; i-- > 0;)
        if (!(but.len && text_equal(sheet.apps[i].session, but)) && !end_app(turn, &sheet, i))
            return SESSION_FAILED;
    if (count)
        *count = ended;
    return session_sheet_put(turn, account, &sheet);
}

/* --- beginning -------------------------------------------------------------------------------------- */

/* The start of what a browser says of itself, whole characters that show; in the arena. */
static struct text shown(struct text text, struct arena *arena)
{
    struct buffer out;
    size_t len;

    buffer_init(&out, arena);
    for (size_t i = 0; i < text.len; i += len) {
        uint32_t code;
        len = utf8_read(text.bytes + i, text.bytes + text.len, &code);
        if (i + (len ? len : 1) > SESSION_BROWSER_LEN_MAX)
            break;
        if (len && code >= 0x20 && !(code >= 0x7F && code < 0xA0))
            buffer_add(&out, (struct text){text.bytes + i, len});
        len = len ? len : 1;
    }
    return out.failed ? TEXT("") : buffer_text(&out);
}

/* Ends the session that the browser came with, so that nobody goes on in what another began. */
static enum session_err end_before(struct oauth_turn *turn, struct text token)
{
    struct text account, id, hash;
    enum session_err err = find_token(turn, token, &account, &id, &hash);
    if (err == SESSION_OK)
        err = session_end(turn, account, id);
    return err == SESSION_NONE ? SESSION_OK : err;
}

static bool make_room(struct oauth_turn *turn, struct session_sheet *sheet)
{
    struct session_kept *idlest = &sheet->sessions[0];
    if (sheet->session_count < SESSIONS_MAX)
        return true;
    for (size_t i = 1; i < sheet->session_count; i++)
        if (sheet->sessions[i].session.seen_s < idlest->session.seen_s)
            idlest = &sheet->sessions[i];
    return end_session(turn, sheet, idlest);
}

enum session_err session_begin(struct oauth_turn *turn, struct text account,
                               enum session_strength strength, const struct session_from *from,
                               struct session *session, struct text *token)
{
    struct session_sheet sheet;
    struct session_kept kept = {
        .session = {.account = account,
                    .strength = strength,
                    .signed_in_s = now_s(turn),
                    .began_s = now_s(turn),
                    .seen_s = now_s(turn),
                    .browser = shown(from->browser, turn->arena),
                    .address = shown(from->address, turn->arena)},
        .previous = TEXT(""),
    };

    enum session_err err = end_before(turn, from->before);
    if (err == SESSION_OK)
        err = session_sheet_get(turn, account, &sheet);
    if (err != SESSION_OK)
        return err;
    if (!make_room(turn, &sheet) || !oauth_make_word(turn, OAUTH_ID_BYTES, &kept.session.id) ||
        !oauth_make_word(turn, OAUTH_SECRET_BYTES, &kept.session.csrf) ||
        !make_token(turn, &kept, token))
        return SESSION_FAILED;
    sheet.sessions[sheet.session_count++] = kept;
    *session = kept.session;
    return session_sheet_put(turn, account, &sheet);
}

/* --- apps ------------------------------------------------------------------------------------------- */

/* Leaves out apps whose tokens are all over. */
static enum session_err drop_dead(struct oauth_turn *turn, struct session_sheet *sheet)
{
    size_t kept = 0;
    for (size_t i = 0; i < sheet->app_count; i++) {
        struct oauth_family family;
        enum oauth_found found = oauth_family_get(turn, sheet->apps[i].family, &family);
        if (found == OAUTH_FAILED)
            return SESSION_FAILED;
        if (found == OAUTH_FOUND) {
            sheet->apps[kept] = sheet->apps[i];
            sheet->apps[kept++].due_s = family.due_s;
        }
    }
    sheet->app_count = kept;
    return SESSION_OK;
}

enum session_err session_add_app(struct oauth_turn *turn, const struct session *session,
                                 const struct oauth_grant *grant, bool is_offline)
{
    struct session_sheet sheet;

    enum session_err err = session_sheet_get(turn, session->account, &sheet);
    if (err == SESSION_OK)
        err = drop_dead(turn, &sheet);
    if (err != SESSION_OK)
        return err;
    if (!kept_of(&sheet, session->id))
        return SESSION_NONE;
    if (sheet.app_count == SESSION_APPS_MAX && !end_app(turn, &sheet, 0))
        return SESSION_FAILED;
    sheet.apps[sheet.app_count++] = (struct session_app){.family = grant->family,
                                                         .client = grant->client,
                                                         .session = session->id,
                                                         .is_offline = is_offline,
                                                         .since_s = now_s(turn)};
    return session_sheet_put(turn, session->account, &sheet);
}

enum session_err session_end_app(struct oauth_turn *turn, struct text account, struct text family)
{
    struct session_sheet sheet;

    enum session_err err = session_sheet_get(turn, account, &sheet);
    if (err != SESSION_OK)
        return err;
    for (size_t i = 0; i < sheet.app_count; i++)
        if (text_equal(sheet.apps[i].family, family))
            return end_app(turn, &sheet, i) ? session_sheet_put(turn, account, &sheet)
                                            : SESSION_FAILED;
    return SESSION_NONE;
}

enum session_err session_list(struct oauth_turn *turn, struct text account,
                              struct session_book *book)
{
    struct session_sheet sheet;

    enum session_err err = session_sheet_get(turn, account, &sheet);
    if (err == SESSION_OK)
        err = drop_dead(turn, &sheet);
    if (err != SESSION_OK)
        return err;
    *book =
        (struct session_book){.session_count = sheet.session_count, .app_count = sheet.app_count};
    for (size_t i = 0; i < sheet.session_count; i++) {
        book->sessions[i] = sheet.sessions[sheet.session_count - 1 - i].session;
        book->sessions[i].csrf = TEXT("");
    }
    for (size_t i = 0; i < sheet.app_count; i++)
        book->apps[i] = sheet.apps[sheet.app_count - 1 - i];
    return SESSION_OK;
}
