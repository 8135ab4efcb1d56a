/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signing in and out. */
#include "centre/door_parts.h"

enum { MINUTE_S = 60 };

enum door_step door_arrive(struct door *door, const struct sign_in_arrival *arrival, struct text go)
{
    door_set_session(door, arrival->token);
    if (arrival->device.len)
        door_set_device(door, arrival->device);
    switch (arrival->next) {
    case SIGN_IN_DONE:
        break;
    case SIGN_IN_SECOND:
        return door_to_with(door, "/sign-in/code", go);
    case SIGN_IN_SET_UP:
        return door_to_with(door, "/account/codes", go);
    case SIGN_IN_BLOCKED:
        return door_message(door, 403, WORD_NOT_ALLOWED, WORD_BLOCKED, NULL, WORD_NONE);
    }
    return door_to(door, go.len ? go : TEXT("/account"));
}

/* --- pages ---------------------------------------------------------------------------------------------- */

/* The name of the app that a path of /authorize is about; "" of any other. */
static struct text app_of(struct door *door, struct text go)
{
    struct oauth_client client;
    struct form form;

    if (!text_starts(go, TEXT("/authorize?")) || !door->view)
        return TEXT("");
    text_cut(&go, '?');
    return form_read(&form, go, door->turn.arena) == FORM_OK &&
                   oauth_client_find(&door->turn, form_value(&form, "client_id"), &client) ==
                       OAUTH_OK
               ? client.name
               : TEXT("");
}

enum door_step door_show_sign_in(struct door *door, struct text go)
{
    struct page *page = door_page(door, door->notice.tone == PAGE_ERROR ? 403 : 200);
    page->go = go;
    if (!door_list_partners(door, page))
        return door_failed(door);
    page_sign_in(&door->body, page, form_value(&door->form, "name"), app_of(door, go));
    return door_done(door);
}

enum door_step door_show_again(struct door *door, struct text go)
{
    struct page *page = door_page(door, 403);
    page->go = go;
    page_again(&door->body, page);
    return door_done(door);
}

enum door_step door_look_sign_in(struct door *door)
{
    struct text go = door_go(door);

    if (door->has_session && door->next == SIGN_IN_DONE)
        return door_to(door, go.len ? go : TEXT("/account"));
    door_tell_partner(door);
    return door_show_sign_in(door, go);
}

static enum door_step show_code(struct door *door, int status)
{
    page_code(&door->body, door_page(door, status));
    return door_done(door);
}

enum door_step door_look_code(struct door *door)
{
    struct text go = door_go(door);

    if (door->next != SIGN_IN_SECOND)
        return door_to(door, go.len ? go : TEXT("/account"));
    return show_code(door, 200);
}

/* --- forms ---------------------------------------------------------------------------------------------- */

enum door_step door_send_password(struct door *door)
{
    door->login.kind = LOGIN_PASSWORD;
    door->login.name = form_value(&door->form, "name");
    door->login.password = form_value(&door->form, "password");
    return DOOR_LOGIN;
}

enum door_step door_send_code(struct door *door)
{
    door->login.kind = LOGIN_CODE;
    door->login.code = form_value(&door->form, "code");
    return DOOR_LOGIN;
}

enum door_step door_send_again(struct door *door)
{
    door->login.kind = LOGIN_AGAIN;
    door->login.password = form_value(&door->form, "password");
    return DOOR_LOGIN;
}

/* A new password, typed twice. */
static enum door_step send_fresh(struct door *door, enum login_kind kind)
{
    door->login.kind = kind;
    door->login.fresh = form_value(&door->form, "fresh");
    if (text_equal(door->login.fresh, form_value(&door->form, "twice")))
        return DOOR_LOGIN;
    door_tell(door, PAGE_ERROR, WORD_PASSWORD_TWICE);
    if (kind == LOGIN_CHANGE)
        page_password(&door->body, door_page(door, 403));
    else
        page_invite(&door->body, door_page(door, 403), form_value(&door->form, "token"),
                    &door->invited);
    return door_done(door);
}

enum door_step door_send_change(struct door *door)
{
    door->login.password = form_value(&door->form, "password");
    return send_fresh(door, LOGIN_CHANGE);
}

static enum door_step show_invite_over(struct door *door)
{
    return door_message(door, 404, WORD_INVITE_OVER, WORD_INVITE_OVER_WHY, "/sign-in",
                        WORD_SIGN_IN);
}

/* Finds out whose link it is, who then reads in their own language. False: answered, as *step says. */
static bool greet(struct door *door, struct text token, enum door_step *step)
{
    struct invite invite;
    enum invite_err err = invite_find(&door->turn, token, &invite);
    if (err == INVITE_FAILED) {
        *step = door_failed(door);
        return false;
    }
    if (err == INVITE_NONE ||
        account_find(&door->turn, invite.account, &door->invited) != ACCOUNT_OK) {
        door->invited.id = TEXT("");
        logins_tell(door->centre, SIGN_IN_EVENT_NO_INVITE, NULL, NULL, door->http->request.peer);
        *step = show_invite_over(door);
        return false;
    }
    door_choose_language(door);
    return true;
}

enum door_step door_send_invite(struct door *door)
{
    enum door_step step;
    door->login.invite = form_value(&door->form, "token");
    return greet(door, door->login.invite, &step) ? send_fresh(door, LOGIN_INVITE) : step;
}

enum door_step door_look_invite(struct door *door)
{
    enum door_step step;
    struct text token = form_value(&door->query, "token");
    if (!greet(door, token, &step))
        return step;
    page_invite(&door->body, door_page(door, 200), token, &door->invited);
    return door_done(door);
}

/* --- what came of it -------------------------------------------------------------------------------------- */

/* The page whose form it was, with what is to be told. */
static enum door_step show_again(struct door *door, int status)
{
    struct page *page = door_page(door, status);

    switch (door->login.kind) {
    case LOGIN_PASSWORD:
        page_sign_in(&door->body, page, door->login.name, TEXT(""));
        break;
    case LOGIN_CODE:
        page_code(&door->body, page);
        break;
    case LOGIN_AGAIN:
        page_again(&door->body, page);
        break;
    case LOGIN_INVITE:
        page_invite(&door->body, page, door->login.invite, &door->invited);
        break;
    case LOGIN_CHANGE:
        page_password(&door->body, page);
        break;
    }
    return door_done(door);
}

static enum door_step show_wait(struct door *door)
{
    int64_t wait_s = door->login.wait_s;

    door->retry_s = wait_s > 0 ? wait_s : 1;
    if (wait_s < 2 * MINUTE_S)
        door_tell_number(door, WORD_WAIT_SECONDS, door->retry_s);
    else
        door_tell_number(door, WORD_WAIT_MINUTES, (wait_s + MINUTE_S - 1) / MINUTE_S);
    return show_again(door, 429);
}

static enum door_step show_wrong(struct door *door)
{
    static const enum page_word words[] = {
        [LOGIN_PASSWORD] = WORD_WRONG_SIGN_IN,    [LOGIN_CODE] = WORD_WRONG_CODE,
        [LOGIN_AGAIN] = WORD_PASSWORD_NOW_WRONG,  [LOGIN_INVITE] = WORD_INVITE_OVER_WHY,
        [LOGIN_CHANGE] = WORD_PASSWORD_NOW_WRONG,
    };
    door_tell(door, PAGE_ERROR, words[door->login.kind]);
    return show_again(door, 403);
}

static enum door_step show_bad_password(struct door *door)
{
    switch (door->login.password_err) {
    case PASSWORD_ERR_SHORT:
        door_tell_number(door, WORD_PASSWORD_SHORT, PASSWORD_CHARACTERS_MIN);
        break;
    case PASSWORD_ERR_LONG:
        door_tell(door, PAGE_ERROR, WORD_PASSWORD_LONG);
        break;
    case PASSWORD_ERR_NAME:
        door_tell(door, PAGE_ERROR, WORD_PASSWORD_NAME);
        break;
    case PASSWORD_ERR_COMMON:
        door_tell(door, PAGE_ERROR, WORD_PASSWORD_COMMON);
        break;
    case PASSWORD_OK:
    case PASSWORD_ERR_WRONG:
    case PASSWORD_ERR_RECORD:
    case PASSWORD_ERR_MEMORY:
        return door_failed(door);
    }
    return show_again(door, 403);
}

static enum door_step arrive(struct door *door)
{
    struct text go = door_go(door);

    /* An invitation's next step is the second factor, which its owner may leave for later. */
    if (door->login.kind == LOGIN_INVITE && door->login.arrival.next == SIGN_IN_DONE && go.len == 0)
        go = TEXT("/account/codes");
    return door_arrive(door, &door->login.arrival, go);
}

void door_after_login(struct door *door)
{
    door_tell(door, PAGE_QUIET, WORD_NONE);
    switch (door->login.outcome) {
    case LOGIN_DONE:
        arrive(door);
        break;
    case LOGIN_WRONG:
        show_wrong(door);
        break;
    case LOGIN_MUST_WAIT:
        show_wait(door);
        break;
    case LOGIN_BUSY:
        door->retry_s = door->login.wait_s > 0 ? door->login.wait_s : 1;
        door_tell(door, PAGE_ERROR, WORD_BUSY);
        show_again(door, 503);
        break;
    case LOGIN_NO_SESSION:
        door->has_session = false;
        door_tell(door, PAGE_ERROR, WORD_SIGN_IN_OLD);
        door_show_sign_in(door, door_go(door));
        break;
    case LOGIN_NO_INVITE:
        show_invite_over(door);
        break;
    case LOGIN_NO_PASSWORD:
        show_bad_password(door);
        break;
    case LOGIN_FAILED:
        door_failed(door);
        break;
    }
}

bool door_act_sign_out(struct door *door)
{
    enum session_err err = session_end(&door->turn, door->account.id, door->session.id);

    if (err == SESSION_FAILED)
        return false;
    door_note(door, (struct door_note){.event = SIGN_IN_EVENT_OUT, .whose = &door->account});
    door->cookie_count = 0;
    door_set_session(door, TEXT(""));
    door_to(door, TEXT("/sign-in"));
    return true;
}
