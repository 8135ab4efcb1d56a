/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/partners.h"

#include <stdlib.h>

#include "access/digest.h"
#include "access/sign_in.h"
#include "centre/authority.h"
#include "centre/door.h"
#include "centre/logins.h"
#include "centre/partners_parts.h"
#include "clock/clock.h"
#include "log/log.h"

enum { JOB_BYTES_MAX = 4 << 20, GO_LEN_MAX = 2000 };

static const char callback[] = "/partner/callback/";

struct oauth_turn partners_turn(const struct partner_visit *visit, const struct oauth_store *store,
                                struct arena *arena)
{
    return (struct oauth_turn){.site = &visit->site,
                               .store = store,
                               .arena = arena,
                               .now_ms = (int64_t)(clock_wall_ns() / 1000000),
                               .random = digest_random};
}

void partners_hand_in(struct partners *partners, struct partner_visit *visit)
{
    pthread_mutex_lock(&partners->lock);
    visit->next = partners->arrived;
    partners->arrived = visit;
    pthread_mutex_unlock(&partners->lock);
    hooks_wake(partners->hooks);
}

/* --- where it ends --------------------------------------------------------------------------------- */

static const char *word_of(enum partner_err err)
{
    return err == PARTNER_ERR_REFUSED   ? "refused"
           : err == PARTNER_ERR_ACCOUNT ? "no-account"
                                        : "failed";
}

/* Its worker's thread. */
static void finish(struct http_exchange *exchange)
{
    struct partner_visit *visit = exchange->own;
    struct http_response *response = &exchange->response;
    struct buffer location;

    buffer_init(&location, exchange->arena);
    if (visit->err == PARTNER_OK) {
        buffer_add(&location, visit->location);
    } else {
        buffer_add(&location, TEXT("/sign-in"));
        form_add(&location, '?', "partner", text_of(word_of(visit->err)));
        log_event(LOG_WARN, "partner_failed", "partner=%.*s why=\"%s\"", (int)visit->id.len,
                  visit->id.bytes, visit->why ? visit->why : partner_err_words(visit->err));
        if (visit->is_back)
            logins_tell(visit->centre, SIGN_IN_EVENT_WRONG_PARTNER, NULL, NULL,
                        exchange->request.peer);
    }
    response->status = 303;
    http_response_header(response, TEXT("Location"), buffer_text(&location));
    http_response_header(response, TEXT("Cache-Control"), TEXT("no-store"));
    http_response_header(response, TEXT("Referrer-Policy"), TEXT("no-referrer"));
    response->failed |= location.failed;
    arena_free(&visit->looked);
    arena_free(&visit->fetched);
    arena_free(&visit->concluded);
}

static void answer(struct partner_visit *visit)
{
    struct partners *partners = visit->centre->partners;
    atomic_fetch_sub(&partners->waiting, 1);
    http_server_answer(visit->http);
}

static enum partner_err conclude(struct partner_visit *visit, struct oauth_turn *turn)
{
    struct account account;
    struct text word;

    if (!visit->is_back)
        return partner_begin(turn, &visit->partner, &visit->about, visit->browser, visit->go,
                             &visit->location);
    enum partner_err err = partner_account(turn, &visit->partner, &visit->person, &account);
    if (err != PARTNER_OK)
        return err;
    const struct partner_ticket ticket = {
        .account = account.id, .strength = visit->person.strength, .go = visit->back.go};
    err = partner_ticket_make(turn, &ticket, visit->browser, &word);
    if (err != PARTNER_OK)
        return err;
    struct buffer location;
    buffer_init(&location, turn->arena);
    buffer_add(&location, TEXT("/partner/arrive"));
    form_add(&location, '?', "ticket", word);
    visit->location = buffer_text(&location);
    return location.failed ? PARTNER_ERR_SERVER : PARTNER_OK;
}

static enum store_err run_conclusion(struct store_write *write, void *context)
{
    struct partner_visit *visit = context;
    struct grants grants = {0};
    struct oauth_turn turn = partners_turn(visit, &grants.store, &visit->concluded);

    grants_write(&grants, write, turn.now_ms);
    visit->err = conclude(visit, &turn);
    visit->why = turn.why;
    return visit->err == PARTNER_OK ? STORE_OK : STORE_ERR_REFUSED;
}

static void concluded(enum store_err err, const char *help, void *context)
{
    struct partner_visit *visit = context;
    (void)help;
    if (err != STORE_OK && visit->err == PARTNER_OK) {
        visit->err = PARTNER_ERR_SERVER;
        visit->why = store_err_words(err);
    }
    answer(visit);
}

void partners_conclude(struct partner_visit *visit)
{
    visit->step = PARTNER_CONCLUDES;
    visit->job = (struct store_job){
        .run = run_conclusion, .done = concluded, .context = visit, .arena = &visit->concluded};
    if (visit->err == PARTNER_OK) {
        if (store_submit(visit->centre->vault.store, &visit->job) == STORE_OK)
            return;
        visit->err = PARTNER_ERR_SERVER;
        visit->why = "too many wait";
    }
    answer(visit);
}

/* --- where it begins ------------------------------------------------------------------------------- */

static enum store_err run_look(struct store_write *write, void *context)
{
    struct partner_visit *visit = context;
    struct grants grants = {0};
    struct oauth_turn turn = partners_turn(visit, &grants.store, &visit->looked);

    grants_write(&grants, write, turn.now_ms);
    visit->err = partner_find(&turn, visit->id, &visit->partner);
    if (visit->err == PARTNER_OK && visit->is_back)
        visit->err = partner_return(&turn, visit->id, &visit->form, visit->browser, &visit->back);
    visit->why = turn.why;
    return visit->err == PARTNER_ERR_SERVER ? STORE_ERR_REFUSED : STORE_OK;
}

static void looked(enum store_err err, const char *help, void *context)
{
    struct partner_visit *visit = context;
    (void)help;
    if (err != STORE_OK && visit->err == PARTNER_OK) {
        visit->err = PARTNER_ERR_SERVER;
        visit->why = store_err_words(err);
    }
    if (visit->err != PARTNER_OK)
        answer(visit);
    else
        partners_hand_in(visit->centre->partners, visit);
}

static enum http_turn refuse(struct http_exchange *exchange)
{
    http_response_header(&exchange->response, TEXT("Location"), TEXT("/sign-in?partner=failed"));
    exchange->response.status = 303;
    return HTTP_NOW;
}

static bool read_request(struct partner_visit *visit, struct http_exchange *exchange)
{
    const struct http_request *request = &exchange->request;

    visit->is_back = text_starts(request->path, text_of(callback));
    if (form_read(&visit->form, request->query, exchange->arena) != FORM_OK)
        return false;
    visit->id = form_value(&visit->form, "id");
    visit->go = form_value(&visit->form, "go");
    if (visit->is_back)
        visit->id = (struct text){request->path.bytes + sizeof callback - 1,
                                  request->path.len - (sizeof callback - 1)};
    return visit->go.len <= GO_LEN_MAX;
}

enum http_turn partners_answer(struct centre *centre, struct http_exchange *exchange)
{
    struct partners *partners = centre->partners;
    struct partner_visit *visit = arena_take_zeroed(exchange->arena, 1, sizeof *visit);

    if (!atomic_load(&centre->is_ready) || !centre->journal)
        return refuse(exchange);
    struct text browser = door_browser(centre, exchange);
    if (!visit || !partners || browser.len == 0 || !read_request(visit, exchange))
        return refuse(exchange);
    if (atomic_fetch_add(&partners->waiting, 1) >= PARTNERS_WAITING_MAX ||
        atomic_load(&partners->is_stopping)) {
        atomic_fetch_sub(&partners->waiting, 1);
        return refuse(exchange);
    }
    visit->centre = centre;
    visit->http = exchange;
    visit->site = authority_site(centre);
    visit->browser = browser;
    arena_init(&visit->looked, JOB_BYTES_MAX);
    arena_init(&visit->fetched, JOB_BYTES_MAX);
    arena_init(&visit->concluded, JOB_BYTES_MAX);
    visit->job = (struct store_job){
        .run = run_look, .done = looked, .context = visit, .arena = &visit->looked};
    exchange->own = visit;
    exchange->finish = finish;
    if (store_submit(centre->vault.store, &visit->job) == STORE_OK)
        return HTTP_LATER;
    exchange->finish = NULL;
    atomic_fetch_sub(&partners->waiting, 1);
    return refuse(exchange);
}

/* --- its thread ------------------------------------------------------------------------------------ */

struct partners *partners_start(struct centre *centre)
{
    struct partners *partners = calloc(1, sizeof *partners);

    if (!partners)
        return NULL;
    partners->centre = centre;
    partners->hooks = hooks_open(NULL);
    if (partners->hooks && pthread_mutex_init(&partners->lock, NULL) == 0) {
        if (pthread_create(&partners->thread, NULL, partners_run, partners) == 0)
            return partners;
        pthread_mutex_destroy(&partners->lock);
    }
    hooks_close(partners->hooks);
    free(partners);
    return NULL;
}

void partners_stop(struct partners *partners)
{
    if (!partners)
        return;
    atomic_store(&partners->is_stopping, true);
    hooks_wake(partners->hooks);
    pthread_join(partners->thread, NULL);
}

void partners_free(struct partners *partners)
{
    if (!partners)
        return;
    hooks_close(partners->hooks);
    pthread_mutex_destroy(&partners->lock);
    free(partners);
}
