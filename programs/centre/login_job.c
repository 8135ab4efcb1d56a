/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/digest.h"
#include "access/invite.h"
#include "centre/grants.h"
#include "centre/journal.h"
#include "centre/logins_parts.h"
#include "clock/clock.h"

static int64_t wall_ms(void)
{
    return (int64_t)(clock_wall_ns() / 1000000);
}

struct text login_code_name(struct text folded, struct arena *arena)
{
    struct buffer name;
    buffer_init(&name, arena);
    buffer_add(&name, TEXT("code of "));
    buffer_add(&name, folded);
    return name.failed ? folded : buffer_text(&name);
}

/* --- what an order is about ------------------------------------------------------------------------- */

/* Whose account it is, as the store has it now. LOGIN_DONE: go on. An account that there is none of is no fault: the
 * answer then takes as long as any. */
static enum login_outcome find_account(struct login_order *order, struct oauth_turn *turn)
{
    enum account_err err = ACCOUNT_ERR_NONE;
    struct session session;
    struct invite invite;

    switch (order->kind) {
    case LOGIN_PASSWORD:
        err = account_find_named(turn, order->name, &order->account);
        return err == ACCOUNT_ERR_STORE ? LOGIN_FAILED : LOGIN_DONE;
    case LOGIN_CODE:
    case LOGIN_AGAIN:
    case LOGIN_CHANGE:
        switch (session_find(turn, order->session, &session)) {
        case SESSION_NONE:
            return LOGIN_NO_SESSION;
        case SESSION_FAILED:
            return LOGIN_FAILED;
        case SESSION_OK:
            err = account_find(turn, session.account, &order->account);
        }
        return err == ACCOUNT_OK         ? LOGIN_DONE
               : err == ACCOUNT_ERR_NONE ? LOGIN_NO_SESSION
                                         : LOGIN_FAILED;
    case LOGIN_INVITE:
        switch (invite_find(turn, order->invite, &invite)) {
        case INVITE_NONE:
            return LOGIN_NO_INVITE;
        case INVITE_FAILED:
            return LOGIN_FAILED;
        case INVITE_OK:
            err = account_find(turn, invite.account, &order->account);
        }
        return err == ACCOUNT_OK         ? LOGIN_DONE
               : err == ACCOUNT_ERR_NONE ? LOGIN_NO_INVITE
                                         : LOGIN_FAILED;
    }
    return LOGIN_FAILED;
}

/* What failures count against. */
static bool set_attempt(struct login_order *order, struct oauth_turn *turn)
{
    struct text name = order->kind == LOGIN_PASSWORD ? order->name : order->account.name;
    struct text folded = account_fold(name, turn->arena), key;
    bool is_known = sign_in_knows(turn, order->device, order->account.id, &key);

    if (order->kind == LOGIN_CODE)
        folded = login_code_name(order->account.id, turn->arena);
    order->attempt = (struct lockout_attempt){
        .address = order->address,
        .account = folded,
        .device = is_known ? key : TEXT(""),
        .is_code = order->kind == LOGIN_CODE,
        .is_known_place = sign_in_knows_place(turn, order->address, order->account.id)};
    order->record = arena_copy(turn->arena, order->account.password);
    return folded.bytes && order->record.bytes;
}

enum login_outcome login_look_up(struct store *store, struct lockouts *lockouts,
                                 struct login_order *order)
{
    struct store_view *view;
    struct grants grants;
    struct oauth_turn turn = {.store = &grants.store, .arena = &order->arena, .now_ms = wall_ms()};

    order->account = (struct account){.id = TEXT("")};
    if (store_view_begin(store, &order->arena, &view) != STORE_OK)
        return LOGIN_BUSY;
    grants_read(&grants, view, turn.now_ms);
    enum login_outcome outcome = find_account(order, &turn);
    if (outcome == LOGIN_DONE && !set_attempt(order, &turn))
        outcome = LOGIN_FAILED;
    if (outcome == LOGIN_DONE)
        lockouts_hear(lockouts, &turn, &order->attempt);
    store_view_end(view);
    return outcome;
}

/* --- what is kept ----------------------------------------------------------------------------------- */

static enum login_outcome outcome_of(enum session_err err, enum login_outcome if_none)
{
    return err == SESSION_OK ? LOGIN_DONE : err == SESSION_NONE ? if_none : LOGIN_FAILED;
}

/* Puts the record that was made with the account, where one was. */
static bool put_password(struct login_order *order, struct oauth_turn *turn)
{
    if (!*order->made)
        return true;
    order->account.password = text_of(order->made);
    return account_put(turn, &order->account) == ACCOUNT_OK;
}

static enum login_outcome arrive(struct login_order *order, struct oauth_turn *turn)
{
    const struct session_from from = {
        .browser = order->browser, .address = order->address, .before = order->session};
    if (!put_password(order, turn))
        return LOGIN_FAILED;
    return outcome_of(sign_in_arrive(turn, &order->account, SESSION_BY_PASSWORD, &from,
                                     order->device, &order->arrival),
                      LOGIN_WRONG);
}

static enum login_outcome raise_to(struct login_order *order, struct oauth_turn *turn,
                                   enum session_strength strength)
{
    return outcome_of(sign_in_raise(turn, &order->account, strength, order->session, order->device,
                                    &order->arrival),
                      LOGIN_NO_SESSION);
}

static enum login_outcome take_code(struct login_order *order, struct oauth_turn *turn)
{
    switch (sign_in_use_code(&order->account, order->code, turn->now_ms)) {
    case SIGN_IN_WRONG:
        order->event = SIGN_IN_EVENT_WRONG_CODE;
        return LOGIN_WRONG;
    case SIGN_IN_BY_TOTP:
        order->event = SIGN_IN_EVENT_TOTP;
        break;
    case SIGN_IN_BY_RECOVERY:
        order->event = SIGN_IN_EVENT_RECOVERY;
        break;
    }
    if (account_put(turn, &order->account) != ACCOUNT_OK)
        return LOGIN_FAILED;
    return raise_to(order, turn, SESSION_BY_SECOND);
}

static enum login_outcome change(struct login_order *order, struct oauth_turn *turn)
{
    struct session session;
    enum session_err err = session_find(turn, order->session, &session);
    if (err == SESSION_OK && !order->record.len && !sign_in_is_fresh(&session, turn->now_ms))
        err = SESSION_NONE; /* no password was to be shown, and no passkey was of late */
    if (err == SESSION_OK && sign_in_next(&order->account, session.strength) == SIGN_IN_SECOND)
        err = SESSION_NONE;
    if (err == SESSION_OK && !put_password(order, turn))
        err = SESSION_FAILED;
    if (err == SESSION_OK)
        err = session_end_all(turn, order->account.id, session.id, NULL);
    return err == SESSION_OK ? raise_to(order, turn, SESSION_BY_PASSWORD)
                             : outcome_of(err, LOGIN_NO_SESSION);
}

static enum login_outcome carry_out(struct login_order *order, struct oauth_turn *turn)
{
    if (order->kind == LOGIN_INVITE) {
        enum session_err err = sign_in_accept(turn, order->invite, &order->account);
        return err == SESSION_OK ? arrive(order, turn) : outcome_of(err, LOGIN_NO_INVITE);
    }
    const struct text id = order->account.id, record = order->record;
    enum account_err err = account_find(turn, id, &order->account); /* as it is by now */
    if (err != ACCOUNT_OK)
        return err == ACCOUNT_ERR_NONE ? LOGIN_WRONG : LOGIN_FAILED;
    if (order->account.is_blocked ||
        (order->kind != LOGIN_CODE && !text_equal(order->account.password, record)))
        return LOGIN_WRONG;
    switch (order->kind) {
    case LOGIN_PASSWORD:
        return arrive(order, turn);
    case LOGIN_CODE:
        return take_code(order, turn);
    case LOGIN_AGAIN:
        return put_password(order, turn) ? raise_to(order, turn, SESSION_BY_PASSWORD)
                                         : LOGIN_FAILED;
    case LOGIN_CHANGE:
        return change(order, turn);
    case LOGIN_INVITE:
        break;
    }
    return LOGIN_FAILED;
}

/* Who came is told to the audit with it. */
static enum store_err tell(const struct login_order *order, struct store_write *write,
                           int64_t now_ms)
{
    struct audit_record records[2];
    size_t count = order->kind == LOGIN_INVITE ? 2 : 1;
    for (size_t i = 0; i < count; i++)
        sign_in_record(&records[i], i ? SIGN_IN_EVENT_NEW_PASSWORD : order->event, &order->account,
                       NULL, order->address, now_ms, write->view.arena);
    return journal_leave(write, records, count);
}

enum store_err login_keep(struct store_write *write, void *context)
{
    struct login_order *order = context;
    struct grants grants;
    struct oauth_turn turn = {.store = &grants.store,
                              .arena = &order->arena,
                              .now_ms = wall_ms(),
                              .random = digest_random};
    grants_write(&grants, write, turn.now_ms);
    order->outcome = carry_out(order, &turn);
    return order->outcome == LOGIN_DONE ? tell(order, write, turn.now_ms) : STORE_ERR_REFUSED;
}
