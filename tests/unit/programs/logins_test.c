/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signing in over a store of its own, with hashes as dear as they are: who waits, who is let in, what is told. */
#include "unit/cmocka_base.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "access/digest.h"
#include "access/invite.h"
#include "access/token.h"
#include "centre/centre.h"
#include "centre/grants.h"
#include "centre/logins.h"
#include "centre/refused.h"
#include "clock/clock.h"
#include "store/sqlite.h"

enum { ORDERS_MAX = 64 };
#define RIGHT "green tram at noon"

static char folder[64];
static struct centre centre;
static struct arena arena;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t answered = PTHREAD_COND_INITIALIZER;
static size_t answer_count;

/* In the place of the server's. */
void http_server_answer(struct http_exchange *exchange)
{
    pthread_mutex_lock(&lock);
    *(bool *)exchange->own = true;
    answer_count++;
    pthread_cond_signal(&answered);
    pthread_mutex_unlock(&lock);
}

static int64_t now_ms(void)
{
    return (int64_t)(clock_wall_ns() / 1000000);
}

/* --- the store -------------------------------------------------------------------------------------- */

static void (*job)(struct oauth_turn *turn);

static enum store_err run_job(struct store_write *write, void *context)
{
    struct grants grants;
    struct oauth_turn turn = {
        .store = &grants.store, .arena = &arena, .now_ms = now_ms(), .random = digest_random};
    (void)context;
    grants_write(&grants, write, turn.now_ms);
    job(&turn);
    return STORE_OK;
}

static void in_store(void (*what)(struct oauth_turn *turn))
{
    job = what;
    assert_int_equal(store_run(centre.vault.store, &arena, run_job, NULL), STORE_OK);
}

static struct account amina;
static struct text invite_token;

/* A physician, with a password, one-time codes, and a link. */
static void make_amina(struct oauth_turn *turn)
{
    static char record[PASSWORD_RECORD_LEN_MAX];
    static const uint8_t salt[PASSWORD_SALT_LEN] = {1};
    assert_int_equal(account_make(turn, &amina), ACCOUNT_OK);
    assert_int_equal(password_make(record, TEXT(RIGHT), salt, &password_cost_usual), PASSWORD_OK);
    amina.name = TEXT("Amina");
    amina.display = TEXT("Dr Amina");
    amina.roles = ACCESS_ROLE_BIT(ACCESS_PHYSICIAN);
    amina.practitioner = TEXT("7");
    amina.password = text_of(record);
    amina.has_totp = true;
    memset(amina.totp_secret, 7, TOTP_SECRET_LEN);
    assert_int_equal(account_put(turn, &amina), ACCOUNT_OK);
    const struct invite invite = {
        .account = amina.id, .by = TEXT(""), .due_s = turn->now_ms / 1000 + INVITE_S};
    assert_int_equal(invite_make(turn, &invite, &invite_token), INVITE_OK);
}

static void block_amina(struct oauth_turn *turn)
{
    amina.is_blocked = true;
    assert_int_equal(account_put(turn, &amina), ACCOUNT_OK);
}

static int begin(void **state)
{
    char path[128], help[STORE_HELP_BYTES];
    enum store_err err;
    (void)state;
    arena_init(&arena, 64 << 20);
    snprintf(folder, sizeof folder, "/tmp/jisr-logins-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/record", folder);
    centre = (struct centre){.vault.lock = -1};
    assert_int_equal(
        store_sqlite_open(&centre.vault.store, &(struct sqlite_setting){.path = path}, help),
        STORE_OK);
    centre.journal = journal_open(centre.vault.store, now_ms(), &err);
    assert_non_null(centre.journal);
    centre.refused = refused_open(centre.journal);
    assert_non_null(centre.refused);
    in_store(make_amina);
    centre.logins = logins_start(&centre);
    assert_non_null(centre.logins);
    return 0;
}

static int end(void **state)
{
    char command[128];
    (void)state;
    if (centre.logins) {
        logins_stop(centre.logins);
        logins_free(centre.logins);
    }
    refused_close(centre.refused);
    journal_close(centre.journal, now_ms());
    store_close(centre.vault.store);
    arena_free(&arena);
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
    return 0;
}

/* How often the audit has this word. */
static size_t told(const char *word)
{
    enum store_err err;
    char *lines = NULL;
    size_t len, count = 0;
    FILE *out = open_memstream(&lines, &len);
    const struct journal_asked asked = {.url = TEXT("http://h"), .as_lines = true, .out = out};
    struct journal_report report;
    refused_close(centre.refused);
    journal_close(centre.journal, now_ms());
    centre.journal = journal_open(centre.vault.store, now_ms(), &err);
    centre.refused = refused_open(centre.journal);
    assert_int_equal(journal_check(centre.vault.store, &asked, &report), STORE_OK);
    fclose(out);
    for (const char *at = lines; (at = strstr(at, word)) != NULL; at++)
        count++;
    free(lines);
    return count;
}

/* --- orders ----------------------------------------------------------------------------------------- */

static struct order {
    struct login_order login;
    struct http_exchange http;
    bool is_answered;
} orders[ORDERS_MAX];
static size_t order_count;

static struct order *ask(struct login_order login)
{
    struct order *order = &orders[order_count++];
    assert_true(order_count <= ORDERS_MAX);
    *order = (struct order){.login = login, .http.own = &order->is_answered};
    order->login.http = &order->http;
    if (logins_ask(centre.logins, &order->login) == HTTP_NOW)
        order->is_answered = true; /* else it may be by now */
    return order;
}

static void wait_for(const struct order *order)
{
    pthread_mutex_lock(&lock);
    while (!order->is_answered)
        pthread_cond_wait(&answered, &lock);
    pthread_mutex_unlock(&lock);
}

static enum login_outcome outcome(struct login_order login)
{
    struct order *order = ask(login);
    wait_for(order);
    return order->login.outcome;
}

static void forget_orders(void)
{
    for (size_t i = 0; i < order_count; i++) {
        wait_for(&orders[i]);
        logins_forget(&orders[i].login);
    }
    order_count = 0;
}

static struct login_order by_password(const char *name, const char *password, const char *address)
{
    return (struct login_order){.kind = LOGIN_PASSWORD,
                                .name = text_of(name),
                                .password = text_of(password),
                                .address = text_of(address),
                                .session = TEXT(""),
                                .device = TEXT(""),
                                .browser = TEXT("Firefox")};
}

static struct login_order by_code(struct text session, struct text code)
{
    return (struct login_order){.kind = LOGIN_CODE,
                                .code = code,
                                .session = session,
                                .device = TEXT(""),
                                .address = TEXT("192.0.2.7")};
}

static struct text code_now(void)
{
    char code[TOTP_DIGITS + 1];
    totp_code(amina.totp_secret, (uint64_t)now_ms() / 1000 / TOTP_STEP_S, code);
    return arena_copy(&arena, text_of(code));
}

static void a_password_and_a_code_sign_in_and_are_told(void **state)
{
    (void)state;
    struct text code = code_now();
    struct order *first = ask(by_password("AMINA", RIGHT, "192.0.2.7"));
    wait_for(first);
    assert_int_equal(first->login.outcome, LOGIN_DONE);
    assert_int_equal(first->login.arrival.next, SIGN_IN_SECOND);
    struct order *second = ask(by_code(first->login.arrival.token, code));
    wait_for(second);
    assert_int_equal(second->login.outcome, LOGIN_DONE);
    assert_int_equal(second->login.arrival.next, SIGN_IN_DONE);
    assert_int_equal(second->login.arrival.device.len, TOKEN_LEN);
    assert_int_equal(outcome(by_code(first->login.arrival.token, code)), LOGIN_NO_SESSION);
    assert_int_equal(outcome(by_code(second->login.arrival.token, code)), LOGIN_WRONG);
    assert_int_equal(outcome(by_password("amina", "green tram at noom", "192.0.2.7")), LOGIN_WRONG);
    assert_int_equal(outcome(by_password("nobody", RIGHT, "192.0.2.7")), LOGIN_WRONG);
    forget_orders();
    assert_int_equal(told(": by-password"), 1);
    assert_int_equal(told(": by-one-time-code"), 1);
    assert_int_equal(told(": wrong-code"), 1);
    assert_int_equal(told(": wrong-password"), 1);
    assert_int_equal(told(": no-account"), 1);
    assert_int_equal(told(RIGHT), 0);
    assert_int_equal(told("nobody:"), 0);
}

static void who_is_blocked_is_told_nothing_else_than_who_is_wrong(void **state)
{
    (void)state;
    in_store(block_amina);
    assert_int_equal(outcome(by_password("amina", RIGHT, "192.0.2.7")), LOGIN_WRONG);
    forget_orders();
    assert_int_equal(told(": blocked"), 1);
}

static enum store_err do_nothing(struct store_write *write, void *context)
{
    (void)write;
    (void)context;
    return STORE_OK;
}

static void h169_what_failed_at_one_server_counts_at_another(void **state)
{
    struct logins *first = centre.logins;
    struct arena memory;
    (void)state;
    for (int i = 0; i < LOCKOUT_FREE; i++)
        assert_int_equal(outcome(by_password("amina", "a guess at it", "192.0.2.7")), LOGIN_WRONG);
    arena_init(&memory, 1 << 20);
    assert_int_equal(store_run(centre.vault.store, &memory, do_nothing, NULL),
                     STORE_OK); /* behind */
    centre.logins = logins_start(&centre);
    assert_non_null(centre.logins);
    assert_int_equal(outcome(by_password("amina", RIGHT, "192.0.2.7")), LOGIN_MUST_WAIT);
    assert_int_equal(outcome(by_password("zahra", RIGHT, "192.0.2.7")), LOGIN_WRONG);
    forget_orders();
    logins_stop(first);
    assert_int_equal(store_run(centre.vault.store, &memory, do_nothing, NULL), STORE_OK);
    arena_free(&memory);
    logins_free(first);
}

static void h185_strangers_wait_where_it_was_guessed_and_nobody_else_does(void **state)
{
    (void)state;
    struct order *known = ask(by_password("amina", RIGHT, "192.0.2.7"));
    wait_for(known);
    struct order *whole = ask(by_code(known->login.arrival.token, code_now()));
    wait_for(whole);
    for (int i = 0; i < LOCKOUT_FREE; i++)
        assert_int_equal(outcome(by_password("amina", "a guess at it", "192.0.2.7")), LOGIN_WRONG);
    struct order *stranger = ask(by_password("amina", RIGHT, "192.0.2.7"));
    wait_for(stranger);
    assert_int_equal(stranger->login.outcome, LOGIN_MUST_WAIT);
    assert_in_range(stranger->login.wait_s, 1, 2);
    assert_int_equal(outcome(by_password("amina", RIGHT, "192.0.2.8")), LOGIN_DONE);
    struct login_order owner = by_password("amina", RIGHT, "192.0.2.7");
    owner.device = whole->login.arrival.device;
    assert_int_equal(outcome(owner), LOGIN_DONE);
    forget_orders();
    assert_int_equal(told(": must-wait"), 1);
}

static void h120_many_codes_at_once_are_not_looked_at_for_free(void **state)
{
    (void)state;
    size_t looked_at = 0;
    struct order *first = ask(by_password("amina", RIGHT, "192.0.2.7"));
    wait_for(first);
    for (int i = 0; i < ORDERS_MAX - 1; i++)
        (void)ask(by_code(first->login.arrival.token, TEXT("000000")));
    for (size_t i = 1; i < order_count; i++) {
        wait_for(&orders[i]);
        looked_at += orders[i].login.outcome == LOGIN_WRONG;
    }
    assert_int_equal(looked_at, LOCKOUT_FREE);
    forget_orders();
}

static void h120_one_source_has_few_places_and_who_stops_answers_all(void **state)
{
    (void)state;
    size_t busy = 0;
    for (int i = 0; i < 20; i++)
        (void)ask(by_password("nobody", "a guess at it", "192.0.2.7"));
    logins_stop(centre.logins);
    for (size_t i = 0; i < order_count; i++) {
        wait_for(&orders[i]);
        busy += orders[i].login.outcome == LOGIN_BUSY;
    }
    assert_in_range(busy, 1, 20);
    assert_int_equal(outcome(by_password("amina", RIGHT, "192.0.2.8")), LOGIN_BUSY);
    forget_orders();
    logins_free(centre.logins);
    centre.logins = NULL;
}

static struct login_order by_link(const char *fresh)
{
    return (struct login_order){.kind = LOGIN_INVITE,
                                .invite = invite_token,
                                .fresh = text_of(fresh),
                                .session = TEXT(""),
                                .device = TEXT(""),
                                .address = TEXT("192.0.2.7")};
}

static void a_link_sets_a_password_once(void **state)
{
    (void)state;
    struct order *refused = ask(by_link("short"));
    assert_int_equal(refused->login.outcome, LOGIN_NO_PASSWORD);
    assert_int_equal(refused->login.password_err, PASSWORD_ERR_SHORT);
    assert_int_equal(outcome(by_link("a blue tram at noon")), LOGIN_DONE);
    assert_int_equal(outcome(by_link("a blue tram at ten")), LOGIN_NO_INVITE);
    assert_int_equal(outcome(by_password("amina", RIGHT, "192.0.2.7")), LOGIN_WRONG);
    assert_int_equal(outcome(by_password("amina", "a blue tram at noon", "192.0.2.7")), LOGIN_DONE);
    forget_orders();
    assert_int_equal(told(": by-invite"), 1);
    assert_int_equal(told(": new-password"), 1);
}

static void a_password_is_changed_by_who_shows_all_and_ends_other_sessions(void **state)
{
    (void)state;
    struct order *first = ask(by_password("amina", RIGHT, "192.0.2.7"));
    struct order *other = ask(by_password("amina", RIGHT, "192.0.2.7"));
    wait_for(first);
    wait_for(other);
    struct login_order change = {.kind = LOGIN_CHANGE,
                                 .session = first->login.arrival.token,
                                 .device = TEXT(""),
                                 .password = TEXT(RIGHT),
                                 .fresh = TEXT("a blue tram at noon"),
                                 .address = TEXT("192.0.2.7")};
    assert_int_equal(outcome(change), LOGIN_NO_SESSION); /* a code is to be shown first */
    struct order *whole = ask(by_code(first->login.arrival.token, code_now()));
    wait_for(whole);
    change.session = whole->login.arrival.token;
    change.password = TEXT("not the old one");
    assert_int_equal(outcome(change), LOGIN_WRONG);
    change.password = TEXT(RIGHT);
    struct order *changed = ask(change);
    wait_for(changed);
    assert_int_equal(changed->login.outcome, LOGIN_DONE);
    assert_int_equal(outcome(by_code(other->login.arrival.token, code_now())), LOGIN_NO_SESSION);
    struct login_order again = {.kind = LOGIN_AGAIN,
                                .session = changed->login.arrival.token,
                                .device = TEXT(""),
                                .password = TEXT("a blue tram at noon"),
                                .address = TEXT("192.0.2.7")};
    assert_int_equal(outcome(again), LOGIN_DONE);
    forget_orders();
}

static size_t count_notes(const char *area)
{
    struct store_view *view;
    struct store_notes listed;
    assert_int_equal(store_view_begin(centre.vault.store, &arena, &view), STORE_OK);
    assert_int_equal(store_note_list(view, area, TEXT(""), false, 100, &listed), STORE_OK);
    store_view_end(view);
    return listed.count;
}

static void what_is_past_its_time_is_swept_and_nothing_else(void **state)
{
    (void)state;
    assert_int_equal(outcome(by_password("amina", RIGHT, "192.0.2.7")), LOGIN_DONE);
    forget_orders();
    assert_true(grants_sweep(centre.vault.store, now_ms()));
    assert_int_equal(count_notes("session-token"), 1);
    assert_true(
        grants_sweep(centre.vault.store, now_ms() + INT64_C(1000) * (SESSION_LONGEST_S + 1)));
    assert_int_equal(count_notes("session-token"), 0);
    assert_int_equal(count_notes("session-book"), 0);
    assert_int_equal(count_notes(ACCOUNT_AREA), 1);
    assert_int_equal(count_notes("account-name"), 1);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        CASE(a_password_and_a_code_sign_in_and_are_told),
        CASE(who_is_blocked_is_told_nothing_else_than_who_is_wrong),
        CASE(h169_what_failed_at_one_server_counts_at_another),
        CASE(h185_strangers_wait_where_it_was_guessed_and_nobody_else_does),
        CASE(h120_many_codes_at_once_are_not_looked_at_for_free),
        CASE(h120_one_source_has_few_places_and_who_stops_answers_all),
        CASE(a_link_sets_a_password_once),
        CASE(what_is_past_its_time_is_swept_and_nothing_else),
        CASE(a_password_is_changed_by_who_shows_all_and_ends_other_sessions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
