/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/door.h"

#include <assert.h>

#include "access/base64.h"
#include "access/digest.h"
#include "centre/authority.h"
#include "centre/door_parts.h"
#include "centre/outcome.h"
#include "clock/clock.h"

static const struct door_route routes[] = {
    {"/sign-in", false, DOOR_ANYBODY, door_look_sign_in, NULL},
    {"/sign-in", true, DOOR_ANYBODY, door_send_password, NULL},
    {"/sign-in/code", false, DOOR_SESSION, door_look_code, NULL},
    {"/sign-in/code", true, DOOR_SESSION, door_send_code, NULL},
    {"/sign-in/again", true, DOOR_SESSION, door_send_again, NULL},
    {"/sign-out", true, DOOR_SESSION, door_act_only, door_act_sign_out},
    {"/authorize", false, DOOR_ANYBODY, door_look_authorize, NULL},
    {"/authorize", true, DOOR_ANYBODY, door_post_authorize, NULL},
    {"/agree", true, DOOR_OPEN, door_look_agree, door_act_agree},
    {"/invite", false, DOOR_ANYBODY, door_look_invite, NULL},
    {"/invite", true, DOOR_ANYBODY, door_send_invite, NULL},
    {"/account", false, DOOR_OPEN, door_look_account, NULL},
    {"/account/open", false, DOOR_OPEN, door_look_open, NULL},
    {"/account/open", true, DOOR_OPEN, door_look_opened, door_act_open},
    {"/account/password", false, DOOR_FRESH, door_look_password, NULL},
    {"/account/password", true, DOOR_FRESH, door_send_change, NULL},
    {"/account/codes", false, DOOR_SET_UP, door_act_only, door_act_codes},
    {"/account/codes", true, DOOR_SET_UP, door_act_only, door_act_take_codes},
    {"/account/session", true, DOOR_OPEN, door_act_only, door_act_end_session},
    {"/account/sessions", true, DOOR_OPEN, door_act_only, door_act_end_sessions},
    {"/account/app", true, DOOR_OPEN, door_act_only, door_act_end_app},
    {"/account/passkey/remove", true, DOOR_FRESH, door_act_only, door_act_drop_passkey},
    {"/people", false, DOOR_PEOPLE, door_look_people, NULL},
    {"/people/add", true, DOOR_PEOPLE, door_act_only, door_act_add_person},
    {"/people/roles", true, DOOR_PEOPLE, door_act_only, door_act_roles},
    {"/people/invite", true, DOOR_PEOPLE, door_act_only, door_act_invite},
    {"/people/block", true, DOOR_PEOPLE, door_act_only, door_act_block},
    {"/people/unblock", true, DOOR_PEOPLE, door_act_only, door_act_unblock},
    {"/partner/arrive", false, DOOR_ANYBODY, door_act_only, door_act_partner},
    {"/passkey/sign-in/options", true, DOOR_ANYBODY, door_act_only, door_act_passkey_options},
    {"/passkey/sign-in", true, DOOR_ANYBODY, door_act_only, door_act_passkey},
    {"/passkey/new/options", true, DOOR_SET_UP, door_act_only, door_act_new_passkey_options},
    {"/passkey/new", true, DOOR_SET_UP, door_act_only, door_act_new_passkey},
};

static bool is_script(const struct door *door)
{
    return text_starts(door->http->request.path, TEXT("/passkey/"));
}

static struct text cookie_of(const struct door *door, const char *name)
{
    return door_cookie(&door->http->request, door->is_secure, name);
}

static int64_t now_ms(void)
{
    return (int64_t)(clock_wall_ns() / 1000000);
}

enum door_step door_act_only(struct door *door)
{
    (void)door;
    return DOOR_JOB;
}

bool door_is_path(struct text go)
{
    if (go.len == 0 || go.len > DOOR_GO_LEN_MAX || go.bytes[0] != '/' ||
        (go.len > 1 && (go.bytes[1] == '/' || go.bytes[1] == '\\')))
        return false;
    for (size_t i = 0; i < go.len; i++)
        if (go.bytes[i] <= ' ' || go.bytes[i] > '~' || go.bytes[i] == '\\')
            return false;
    return true;
}

struct text door_go(const struct door *door)
{
    struct text go =
        form_value(door->http->request.method == HTTP_POST ? &door->form : &door->query, "go");
    return door_is_path(go) ? go : TEXT("");
}

/* --- who asks, and whether this form is one of theirs ------------------------------------------------ */

static void turn_to(struct door *door, struct arena *arena)
{
    door->turn = (struct oauth_turn){.site = &door->site,
                                     .store = &door->grants.store,
                                     .arena = arena,
                                     .now_ms = now_ms(),
                                     .random = digest_random};
}

/* False: the store failed. */
static bool find_who(struct door *door)
{
    door->has_session = false;
    if (door->session_token.len == 0)
        return true;
    enum session_err err = session_find(&door->turn, door->session_token, &door->session);
    if (err != SESSION_OK)
        return err == SESSION_NONE;
    enum account_err found = account_find(&door->turn, door->session.account, &door->account);
    if (found != ACCOUNT_OK)
        return found == ACCOUNT_ERR_NONE;
    door->has_session = true;
    door->next = sign_in_next(&door->account, door->session.strength);
    return true;
}

/* A form made by a page of this site, as the browser tells it. Origin is "null" where pages send no referrer, as
 * ours. */
static bool is_from_here(const struct door *door)
{
    struct text site = http_header_of(&door->http->request, "Sec-Fetch-Site");
    struct text origin = http_header_of(&door->http->request, "Origin");
    if (site.len)
        return text_is(site, "same-origin");
    return origin.len == 0 || text_is(origin, "null") || text_equal(origin, door->site.issuer);
}

/* The secret of the session; before there is one, of the browser. */
static bool is_theirs(const struct door *door)
{
    struct text sent = is_script(door) ? http_header_of(&door->http->request, "X-CSRF")
                                       : form_value(&door->form, "csrf");
    bool is_browsers = door->route->need == DOOR_ANYBODY && sent.len == DOOR_FORM_TOKEN_LEN &&
                       door->form_token.len == sent.len &&
                       digest_equal(sent.bytes, door->form_token.bytes, sent.len);
    return is_browsers || (door->has_session && session_has_csrf(&door->session, sent));
}

/* What the route needs is there; else it is answered. */
static bool may_enter(struct door *door)
{
    const struct http_request *request = &door->http->request;
    enum door_need need = door->route->need;
    struct buffer here;

    if (need == DOOR_ANYBODY)
        return true;
    buffer_init(&here, door->turn.arena);
    buffer_add(&here, door->route->is_post ? TEXT("/account") : request->path);
    if (!door->route->is_post && request->query.len) {
        buffer_add_byte(&here, '?');
        buffer_add(&here, request->query);
    }
    struct text go =
        here.failed || !door_is_path(buffer_text(&here)) ? TEXT("/account") : buffer_text(&here);
    if (!door->has_session) {
        door_tell(door, PAGE_ERROR, WORD_SIGN_IN_AGAIN);
        door_show_sign_in(door, go);
        return false;
    }
    if (need == DOOR_SESSION)
        return true;
    if (door->next == SIGN_IN_BLOCKED)
        door_message(door, 403, WORD_NOT_ALLOWED, WORD_BLOCKED, NULL, WORD_NONE);
    else if (door->next == SIGN_IN_SECOND)
        door_to_with(door, "/sign-in/code", go);
    else if (door->next == SIGN_IN_SET_UP && need != DOOR_SET_UP)
        door_to_with(door, "/account/codes", go);
    else if ((need == DOOR_FRESH || need == DOOR_SET_UP) &&
             !sign_in_is_fresh(&door->session, door->turn.now_ms))
        door_show_again(door, go);
    else if (need == DOOR_PEOPLE && !(door->account.roles & ACCESS_ROLE_BIT(ACCESS_ADMINISTRATOR)))
        door_message(door, 403, WORD_NOT_ALLOWED, WORD_NOT_ALLOWED_WHY, "/account",
                     WORD_MY_ACCOUNT);
    else
        return true;
    if (is_script(door))
        door_json(door, 403, TEXT("{}"));
    return false;
}

/* False: answered. */
static bool may_post(struct door *door)
{
    if (!door->route->is_post || strcmp(door->route->path, "/authorize") == 0 ||
        (is_from_here(door) && is_theirs(door)))
        return true;
    if (is_script(door))
        door_json(door, 403, TEXT("{}"));
    else
        door_message(door, 403, WORD_FAILED, WORD_FORM_OLD,
                     door->has_session ? "/account" : "/sign-in", WORD_START_AGAIN);
    return false;
}

/* --- its way ------------------------------------------------------------------------------------------ */

void door_choose_language(struct door *door)
{
    const struct account *reads = door->invited.id.len ? &door->invited
                                  : door->has_session  ? &door->account
                                                       : NULL;
    const struct page_reader reader = {
        .asked = form_value(&door->query, "lang"),
        .cookie = cookie_of(door, "jisr-language"),
        .account = reads ? access_language_tag(reads->language) : TEXT(""),
        .accepts = http_header_of(&door->http->request, "Accept-Language")};
    door->language = page_language_choose(&reader);
}

/* Looks at it in a view. False: the store failed. */
static bool look(struct door *door, enum door_step *step)
{
    const struct door_route *route = door->route;

    *step = DOOR_ANSWERED;
    if (store_view_begin(door->centre->vault.store, door->http->arena, &door->view) != STORE_OK)
        return false;
    turn_to(door, door->http->arena);
    grants_read(&door->grants, door->view, door->turn.now_ms);
    bool found = find_who(door);
    door_choose_language(door);
    door->is_use_alone = found && door->has_session && door->session.wants_use && !route->is_post &&
                         !route->act && !door->is_used;
    if (door->is_use_alone)
        *step = DOOR_JOB;
    else if (found && may_post(door) && may_enter(door))
        *step = route->look(door);
    store_view_end(door->view);
    door->view = NULL;
    return found;
}

/* The token changes now and then, where its use is noted. False: the store failed, or it ended meanwhile. */
static bool note_use(struct door *door)
{
    struct text fresh = TEXT("");

    if (!door->has_session || !door->session.wants_use)
        return true;
    enum session_err err = session_use(&door->turn, door->session_token, &door->session, &fresh);
    door->is_lost |= err == SESSION_NONE;
    if (err != SESSION_OK)
        return false;
    if (fresh.len) {
        door->session_token = fresh;
        door_set_session(door, fresh);
    }
    return true;
}

void door_note(struct door *door, struct door_note note)
{
    assert(door->note_count < DOOR_NOTES_MAX);
    door->notes[door->note_count++] = note;
}

/* What it did is told to the audit with it. */
static enum store_err tell_notes(const struct door *door, struct store_write *write)
{
    struct audit_record records[DOOR_NOTES_MAX];
    for (size_t i = 0; i < door->note_count; i++) {
        const struct door_note *note = &door->notes[i];
        struct audit_record *record = &records[i];
        sign_in_record(record, note->event, note->whose, note->is_others ? &door->account : NULL,
                       door->http->request.peer, door->turn.now_ms, write->view.arena);
        if (note->client.len)
            record->texts[AUDIT_CLIENT] = note->client;
        if (note->patient.len) {
            record->patients = &note->patient;
            record->patient_count = 1;
        }
    }
    return journal_leave(write, records, door->note_count);
}

static enum store_err run(struct store_write *write, void *context)
{
    struct door *door = context;

    door->session_token = door->sent_token; /* it may run again */
    door->cookie_count = door->note_count = 0;
    door->status = 0;
    door->notice = (struct page_notice){PAGE_QUIET, WORD_NONE, TEXT("")};
    turn_to(door, &door->work);
    grants_write(&door->grants, write, door->turn.now_ms);
    door->view = &write->view;
    bool is_good = find_who(door);
    door->is_lost = is_good && !door->has_session && door->route->need != DOOR_ANYBODY;
    is_good = is_good && !door->is_lost && note_use(door);
    if (is_good && !door->is_use_alone)
        is_good = door->route->act(door);
    door->view = NULL;
    return is_good ? tell_notes(door, write) : STORE_ERR_REFUSED;
}

static void job_done(enum store_err err, const char *help, void *context)
{
    struct door *door = context;
    (void)help;
    /* What was refused may have its answer all the same: a page that says why. */
    door->is_undone = err != STORE_OK && (err != STORE_ERR_REFUSED || door->status == 0);
    door->is_kept = err == STORE_OK;
    http_server_answer(door->http);
}

/* In its worker's thread, what is left to be said without a store. */
static void say_undone(struct door *door)
{
    turn_to(door, door->http->arena);
    door->cookie_count = 0;
    if (door->is_lost) {
        door->has_session = false;
        door_tell(door, PAGE_ERROR, WORD_SIGN_IN_AGAIN);
        door_show_sign_in(door, TEXT(""));
    } else {
        door_failed(door);
    }
}

/* Its worker's thread, when the job is done. */
static void finish(struct http_exchange *exchange)
{
    struct door *door = exchange->own;
    enum door_step step = DOOR_ANSWERED;

    door->is_used = true;
    if (door->is_kept)
        journal_add(door->centre->journal, NULL, 0, door->turn.now_ms);
    if (door->is_undone || (door->is_use_alone && !look(door, &step)))
        say_undone(door);
    assert(step == DOOR_ANSWERED);
    door_send(door);
    arena_free(&door->work);
}

/* Likewise, when a login is. */
static void finish_login(struct http_exchange *exchange)
{
    struct door *door = exchange->own;

    turn_to(door, exchange->arena);
    door_after_login(door);
    door_send(door);
    logins_forget(&door->login);
}

static enum http_turn ask_login(struct door *door)
{
    struct http_exchange *http = door->http;
    struct login_order *login = &door->login;

    login->http = http;
    login->session = door->session_token;
    login->device = door->device_token;
    login->browser = http_header_of(&http->request, "User-Agent");
    login->address = http->request.peer;
    http->own = door;
    http->finish = finish_login;
    enum http_turn turn = logins_ask(door->centre->logins, login);
    if (turn == HTTP_NOW) {
        http->finish = NULL;
        finish_login(http);
    }
    return turn;
}

static enum http_turn ask_job(struct door *door)
{
    struct http_exchange *http = door->http;

    arena_init(&door->work, DOOR_JOB_BYTES_MAX);
    door->job =
        (struct store_job){.run = run, .done = job_done, .context = door, .arena = &door->work};
    http->own = door;
    http->finish = finish;
    if (store_submit(door->centre->vault.store, &door->job) == STORE_OK)
        return HTTP_LATER;
    http->finish = NULL;
    door->is_undone = true;
    finish(http);
    return HTTP_NOW;
}

/* --- arriving ------------------------------------------------------------------------------------------ */

static bool read_forms(struct door *door)
{
    const struct http_request *request = &door->http->request;
    struct text type = http_header_of(request, "Content-Type");

    if (form_read(&door->query, request->query, door->http->arena) != FORM_OK)
        return false;
    if (request->method != HTTP_POST || is_script(door) || request->body.len == 0)
        return true;
    return text_starts(type, TEXT("application/x-www-form-urlencoded")) &&
           form_read(&door->form, request->body, door->http->arena) == FORM_OK;
}

/* A secret of this browser's, until it has a session's. */
static void make_form_token(struct door *door)
{
    uint8_t random[DIGEST_LEN];

    door->form_token = cookie_of(door, "jisr-form");
    if (door->form_token.len == DOOR_FORM_TOKEN_LEN)
        return;
    if (digest_random(random, sizeof random))
        door->form_token = base64url_text(random, sizeof random, door->http->arena);
    else
        door->form_token = (struct text){NULL, 0};
    door->is_form_token_new = door->form_token.bytes != NULL;
    door->has_failed |= !door->is_form_token_new;
}

static void begin(struct door *door)
{
    door->site = authority_site(door->centre);
    door->is_secure = text_starts(door->site.issuer, TEXT("https://"));
    door->sent_token = door->session_token = cookie_of(door, "jisr-session");
    door->device_token = cookie_of(door, "jisr-device");
    turn_to(door, door->http->arena);
    make_form_token(door);
    door_choose_language(door);
}

static const struct door_route *route_of(const struct http_request *request)
{
    bool is_post = request->method == HTTP_POST;
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (routes[i].is_post == is_post && text_is(request->path, routes[i].path))
            return &routes[i];
    return NULL;
}

enum http_turn door_answer(struct centre *centre, struct http_exchange *exchange)
{
    struct door *door = arena_take_zeroed(exchange->arena, 1, sizeof *door);
    enum door_step step = DOOR_ANSWERED;

    if (!door || !atomic_load(&centre->is_ready) || !centre->journal) {
        outcome_answer(&exchange->response, &exchange->request, centre->journal ? 503 : 404,
                       centre->journal ? "not ready: try again" : "nobody signs in to --open");
        return HTTP_NOW;
    }
    door->centre = centre;
    door->http = exchange;
    door->route = route_of(&exchange->request);
    bool is_form = read_forms(door);
    begin(door);
    if (!door->route)
        door_message(door, 404, WORD_NOT_FOUND, WORD_NOT_FOUND_WHY, "/account", WORD_MY_ACCOUNT);
    else if (!is_form)
        door_message(door, 400, WORD_FAILED, WORD_FORM_OLD, "/sign-in", WORD_START_AGAIN);
    else if (journal_is_full(centre->journal) || !look(door, &step))
        door_failed(door);
    if (step == DOOR_LOGIN)
        return ask_login(door);
    if (step == DOOR_JOB)
        return ask_job(door);
    door_send(door);
    return HTTP_NOW;
}

struct text door_browser(struct centre *centre, struct http_exchange *exchange)
{
    bool is_secure = text_starts(authority_site(centre).issuer, TEXT("https://"));
    struct text token = door_cookie(&exchange->request, is_secure, "jisr-form");
    return token.len == DOOR_FORM_TOKEN_LEN ? token : TEXT("");
}

enum http_turn door_file(struct centre *centre, struct http_exchange *exchange)
{
    struct http_response *response = &exchange->response;
    static const size_t folder_len = sizeof "/pages/" - 1;
    struct text path = exchange->request.path;
    const struct page_file *file =
        path.len < folder_len
            ? NULL
            : page_file_named((struct text){path.bytes + folder_len, path.len - folder_len});

    (void)centre;
    if (!file) {
        outcome_answer(response, &exchange->request, 404, "there is no such file");
        return HTTP_NOW;
    }
    response->status = 200;
    response->body = file->bytes;
    http_response_header(response, TEXT("Content-Type"), text_of(file->type));
    http_response_header(response, TEXT("Cache-Control"), TEXT("public, max-age=300"));
    return HTTP_NOW;
}
