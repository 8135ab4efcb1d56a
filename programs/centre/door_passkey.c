/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passkeys: what their script (core/pages/passkey.js) asks for and posts, as JSON. */
#include "centre/door_parts.h"
#include "passkey/proof.h"
#include "json/writer.h"

static struct passkey_owner owner_of(const struct account *account)
{
    return (struct passkey_owner){.account = account->id,
                                  .login = account->name,
                                  .name = account->display,
                                  .passkeys = account->passkeys,
                                  .count = account->passkey_count};
}

/* Refused, and told: what was tried is used up, so all of it is kept. */
static bool refuse(struct door *door, const struct account *account, enum sign_in_event event)
{
    door_note(door, (struct door_note){.event = event, .whose = account});
    door_json(door, 403, TEXT("{}"));
    return true;
}

/* The script goes on to where its page was to lead, or to `usual`. */
static bool lead_on(struct door *door, const char *usual)
{
    struct json json;
    struct buffer out;
    struct json_writer writer;
    struct text go = TEXT("");

    if (json_parse(&json, door->http->request.body, &json_limits_default, door->turn.arena, NULL) ==
            JSON_OK &&
        json_type(&json, JSON_ROOT) == JSON_OBJECT) {
        uint32_t node = json_member(&json, JSON_ROOT, TEXT("go"));
        if (node != JSON_NONE && json_type(&json, node) == JSON_STRING)
            go = json_string(&json, node, door->turn.arena);
    }
    buffer_init(&out, door->turn.arena);
    json_writer_init(&writer, &out);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("next"), door_is_path(go) ? go : text_of(usual));
    json_end_object(&writer);
    door_json(door, 200, buffer_text(&out));
    return !out.failed && !door->body.failed;
}

bool door_act_passkey_options(struct door *door)
{
    struct buffer out;

    buffer_init(&out, door->turn.arena);
    if (passkey_ask_sign_in(&door->turn, door->form_token, &out) != PASSKEY_OK || out.failed)
        return false;
    door_json(door, 200, buffer_text(&out));
    return true;
}

/* The passkey is the account's: its session begins, or goes on stronger. */
static bool let_in(struct door *door, struct account *account)
{
    const struct session_from from = {.browser = http_header_of(&door->http->request, "User-Agent"),
                                      .address = door->http->request.peer,
                                      .before = door->session_token};
    bool goes_on = door->has_session && text_equal(door->account.id, account->id);
    struct sign_in_arrival arrival;

    enum session_err err = goes_on
                               ? sign_in_raise(&door->turn, account, SESSION_BY_PASSKEY,
                                               door->session_token, door->device_token, &arrival)
                               : sign_in_arrive(&door->turn, account, SESSION_BY_PASSKEY, &from,
                                                door->device_token, &arrival);
    if (err == SESSION_NONE)
        return refuse(door, account, SIGN_IN_EVENT_BLOCKED);
    if (err != SESSION_OK)
        return false;
    door->cookie_count = 0;
    door_arrive(door, &arrival, TEXT(""));
    door_note(door, (struct door_note){.event = SIGN_IN_EVENT_PASSKEY, .whose = account});
    return lead_on(door, "/account");
}

bool door_act_passkey(struct door *door)
{
    struct account *account = arena_take_zeroed(door->turn.arena, 1, sizeof *account);
    struct passkey_posted posted;
    size_t which;
    uint32_t count;

    if (!account)
        return false;
    if (passkey_posted_read(&posted, door->http->request.body, door->turn.arena) != PASSKEY_OK)
        return refuse(door, NULL, SIGN_IN_EVENT_WRONG_PASSKEY);
    enum account_err found = account_find(&door->turn, posted.account, account);
    if (found != ACCOUNT_OK && found != ACCOUNT_ERR_NONE)
        return false;
    const struct passkey_owner owner = owner_of(account);
    enum passkey_err err = passkey_take_sign_in(&door->turn, &proof_fido, &owner, door->form_token,
                                                &posted, &which, &count);
    if (err == PASSKEY_ERR_SERVER)
        return false;
    if (err != PASSKEY_OK || found != ACCOUNT_OK)
        return refuse(door, found == ACCOUNT_OK ? account : NULL, SIGN_IN_EVENT_WRONG_PASSKEY);
    account->passkeys[which].count = count;
    return account_put(&door->turn, account) == ACCOUNT_OK && let_in(door, account);
}

bool door_act_new_passkey_options(struct door *door)
{
    const struct passkey_owner owner = owner_of(&door->account);
    struct buffer out;

    buffer_init(&out, door->turn.arena);
    enum passkey_err err = passkey_ask_new(&door->turn, &owner, door->form_token, &out);
    if (err == PASSKEY_ERR_SERVER || out.failed)
        return false;
    if (err != PASSKEY_OK)
        return refuse(door, &door->account, SIGN_IN_EVENT_WRONG_PASSKEY);
    door_json(door, 200, buffer_text(&out));
    return true;
}

bool door_act_new_passkey(struct door *door)
{
    const struct passkey_owner owner = owner_of(&door->account);
    struct account *account = &door->account;
    struct sign_in_arrival arrival;
    struct passkey made;

    enum passkey_err err = passkey_take_new(&door->turn, &proof_fido, &owner, door->form_token,
                                            door->http->request.body, &made);
    if (err == PASSKEY_ERR_SERVER)
        return false;
    if (err != PASSKEY_OK || account->passkey_count == PASSKEYS_MAX)
        return refuse(door, account, SIGN_IN_EVENT_WRONG_PASSKEY);
    account->passkeys[account->passkey_count++] = made;
    if (account_put(&door->turn, account) != ACCOUNT_OK ||
        sign_in_raise(&door->turn, account, SESSION_BY_PASSKEY, door->session_token,
                      door->device_token, &arrival) != SESSION_OK)
        return false;
    door->cookie_count = 0;
    door_arrive(door, &arrival, TEXT(""));
    door_note(door, (struct door_note){.event = SIGN_IN_EVENT_NEW_PASSKEY, .whose = account});
    return lead_on(door, "/account?did=save");
}
