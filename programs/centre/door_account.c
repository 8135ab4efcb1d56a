/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One's own account: what one signs in with, where one is signed in, which apps have access. */
#include "access/base64.h"
#include "centre/door_parts.h"

enum { BASE32_BITS = 5 };

static struct text peer_of(const struct door *door)
{
    return door->http->request.peer;
}

static struct text app_name(struct door *door, struct text id)
{
    struct oauth_client client;
    bool is_known = oauth_client_find(&door->turn, id, &client) == OAUTH_OK && client.name.len;
    return is_known ? client.name : id;
}

enum door_step door_look_account(struct door *door)
{
    struct session_book *book = arena_take_zeroed(door->turn.arena, 1, sizeof *book);
    struct page_app *apps = arena_take_zeroed(door->turn.arena, SESSION_APPS_MAX, sizeof *apps);

    if (!book || !apps || session_list(&door->turn, door->account.id, book) != SESSION_OK)
        return door_failed(door);
    for (size_t i = 0; i < book->app_count; i++)
        apps[i] = (struct page_app){.family = book->apps[i].family,
                                    .name = app_name(door, book->apps[i].client),
                                    .since_s = book->apps[i].since_s};
    struct page_open *open = arena_take_zeroed(door->turn.arena, 1, sizeof *open);
    if (!open || !door_find_apps(door, open))
        return door_failed(door);
    const struct page_account shown = {.account = &door->account,
                                       .book = book,
                                       .session = door->session.id,
                                       .apps = apps,
                                       .app_count = book->app_count,
                                       .open = open};
    struct text did = form_value(&door->query, "did");
    if (text_is(did, "save"))
        door_tell(door, PAGE_DONE, WORD_SAVED);
    else if (text_is(did, "end"))
        door_tell(door, PAGE_DONE, WORD_ENDED);
    page_account(&door->body, door_page(door, 200), &shown);
    return door_done(door);
}

enum door_step door_look_password(struct door *door)
{
    page_password(&door->body, door_page(door, 200));
    return door_done(door);
}

/* --- one-time codes -------------------------------------------------------------------------------------- */

/* RFC 4648 6, as apps want keys to be typed. */
static bool write_base32(struct buffer *out, const uint8_t *bytes, size_t len)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    uint32_t bits = 0;
    unsigned have = 0;

    for (size_t i = 0; i < len; i++) {
        bits = bits << 8 | bytes[i];
        for (have += 8; have >= BASE32_BITS; have -= BASE32_BITS)
            buffer_add_byte(out, letters[bits >> (have - BASE32_BITS) & 31]);
    }
    return !out->failed;
}

static bool show_codes(struct door *door, int status)
{
    struct text host = door->site.issuer;
    struct buffer uri, key;

    text_cut(&host, '/');
    text_cut(&host, '/');
    buffer_init(&uri, door->turn.arena);
    buffer_add(&uri, TEXT("Jisr "));
    buffer_add(&uri, host);
    struct text issuer = buffer_text(&uri);
    bool failed = uri.failed;
    buffer_init(&uri, door->turn.arena);
    totp_write_uri(&uri, door->account.totp_offer, issuer, door->account.name);
    buffer_init(&key, door->turn.arena);
    if (failed || uri.failed || !write_base32(&key, door->account.totp_offer, TOTP_SECRET_LEN))
        return false;
    page_second_factor(&door->body, door_page(door, status), buffer_text(&uri), buffer_text(&key),
                       door->next == SIGN_IN_DONE);
    door_done(door);
    return !door->body.failed;
}

bool door_act_codes(struct door *door)
{
    /* A page that is loaded again shows the key that the app may have by now. */
    if (!door->account.has_offer && (!sign_in_offer_totp(&door->turn, &door->account) ||
                                     account_put(&door->turn, &door->account) != ACCOUNT_OK))
        return false;
    return show_codes(door, 200);
}

/* A code shows that the app has the key; then there are recovery codes, and the session is as sure as it can be. */
static bool take_codes(struct door *door)
{
    char(*codes)[RECOVERY_LEN] =
        arena_take(door->turn.arena, sizeof(char[RECOVERY_CODES][RECOVERY_LEN]));
    struct sign_in_arrival arrival;
    struct text go = door_go(door);

    if (!codes || !sign_in_make_recovery(&door->turn, &door->account, codes) ||
        account_put(&door->turn, &door->account) != ACCOUNT_OK ||
        sign_in_raise(&door->turn, &door->account, SESSION_BY_SECOND, door->session_token,
                      door->device_token, &arrival) != SESSION_OK)
        return false;
    door->cookie_count = 0;
    door_arrive(door, &arrival, go);
    door->session = arrival.session;
    door->next = arrival.next;
    door_note(door, (struct door_note){.event = SIGN_IN_EVENT_NEW_TOTP, .whose = &door->account});
    page_recovery(&door->body, door_page(door, 200), (const char(*)[RECOVERY_LEN])codes);
    door_done(door);
    return !door->body.failed;
}

bool door_act_take_codes(struct door *door)
{
    struct text code = form_value(&door->form, "code");
    int64_t wait_s = 0;

    if (!logins_may_try(door->centre->logins, &door->account, peer_of(door), &wait_s)) {
        door->retry_s = wait_s > 0 ? wait_s : 1;
        door_tell_number(door, WORD_WAIT_SECONDS, door->retry_s);
        return show_codes(door, 429);
    }
    bool is_right = sign_in_take_totp(&door->account, code, door->turn.now_ms);
    logins_tried(door->centre->logins, &door->account, peer_of(door), !is_right);
    if (is_right)
        return take_codes(door);
    door_tell(door, PAGE_ERROR, WORD_WRONG_CODE);
    return show_codes(door, 403);
}

/* --- ending ---------------------------------------------------------------------------------------------- */

static bool told(struct door *door, enum session_err err, const char *where)
{
    if (err == SESSION_FAILED)
        return false;
    if (err == SESSION_OK)
        door_note(door, (struct door_note){.event = SIGN_IN_EVENT_ENDED, .whose = &door->account});
    door_to(door, text_of(where));
    return true;
}

bool door_act_end_session(struct door *door)
{
    return told(door, session_end(&door->turn, door->account.id, form_value(&door->form, "id")),
                "/account?did=end");
}

bool door_act_end_sessions(struct door *door)
{
    return told(door, session_end_all(&door->turn, door->account.id, door->session.id, NULL),
                "/account?did=end");
}

bool door_act_end_app(struct door *door)
{
    return told(door, session_end_app(&door->turn, door->account.id, form_value(&door->form, "id")),
                "/account?did=end");
}

bool door_act_drop_passkey(struct door *door)
{
    struct text sent = form_value(&door->form, "id");
    uint8_t *id = arena_take(door->turn.arena, BASE64URL_BYTES(sent.len));
    size_t len;

    if (!id)
        return false;
    bool is_gone = base64url_decode(sent, id, &len) &&
                   account_drop_passkey(&door->account, (struct text){(const char *)id, len});
    if (is_gone && !sign_in_is_enough(&door->account)) {
        door_message(door, 403, WORD_NOT_ALLOWED, WORD_LAST_FACTOR, "/account", WORD_BACK);
        return false;
    }
    if (is_gone && account_put(&door->turn, &door->account) != ACCOUNT_OK)
        return false;
    if (is_gone)
        door_note(door,
                  (struct door_note){.event = SIGN_IN_EVENT_NO_PASSKEY, .whose = &door->account});
    door_to(door, TEXT("/account?did=save"));
    return true;
}
