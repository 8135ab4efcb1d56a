/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/subscriptions.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "centre/centre.h"
#include "centre/deliver.h"
#include "centre/duty.h"
#include "centre/pushes.h"
#include "centre/subscribers.h"
#include "clock/clock.h"
#include "fhir/model.h"
#include "log/log.h"
#include "rest/gate.h"

enum {
    ID_LEN_MAX = 64, /* R4 datatypes.html#id */
    CHANGES_OF_A_TURN = 500,
    EVENTS_OF_A_TURN = 5000,
    WORK_BYTES_MAX = 256 << 20,
    WORK_BYTES_OF_A_TURN = 32 << 20, /* then what was found is written, and the next turn begins */
    SAVE_EVERY_S = 5,                /* how far it has come, where there was nothing to tell */
    SWEEP_EVERY_S = 600,             /* of events that are too old */
    SECOND_NS = 1000000000,
    IDLE_MS = 60000,
    TURN_MS = 1000,
};

static const char positions[] = "subscription-position";
static const struct text position_key = {"seq", 3};

static_assert((int)SUBSCRIBERS_MAX < (int)EVENTS_OF_A_TURN, "a change that concerns all has room");

struct found { /* an event, to be written */
    struct subscriber *whose;
    uint64_t number;
    struct store_change_note change; /* its id is: */
    char id[ID_LEN_MAX];
};

struct subscriptions {
    struct centre *centre;
    struct deliver deliver;
    struct subscribers subscribers;
    pthread_t thread;
    bool is_started;
    atomic_bool is_stopping;

    pthread_mutex_t lock; /* of what the store's writer tells */
    uint64_t heard;       /* the last seq */
    uint64_t quiet;       /* nobody wanted to hear of those up to this one */
    bool is_quiet;        /* and of what comes, while it is no Subscription */
    bool is_standby;      /* another server tells */

    /* The thread's own. */
    struct duty duty;
    bool is_shared;        /* with other servers, one of which has the lease */
    bool is_loaded;        /* whom to tell is known */
    struct arena work;     /* of a turn */
    struct arena question; /* of a question asked on the way */
    uint64_t position;     /* changes up to this one were looked at */
    bool has_news;         /* that have to be written */
    struct found found[EVENTS_OF_A_TURN];
    size_t found_count;
    uint64_t saved_position, saved_ns, swept_ns;
};

static int64_t wall_ms(void)
{
    return (int64_t)(clock_wall_ns() / 1000000);
}

static uint16_t subscription_type(void)
{
    return fhir_resource_named(TEXT("Subscription"));
}

/* --- told by the store's writer -------------------------------------------------------------------- */

static void committed(const struct store_change_note *notes, size_t count, void *context)
{
    struct subscriptions *subscriptions = context;
    uint16_t type = subscription_type();
    bool is_wanted = false;
    for (size_t i = 0; i < count; i++)
        is_wanted = is_wanted || notes[i].type == type;
    pthread_mutex_lock(&subscriptions->lock);
    if (subscriptions->is_quiet && is_wanted) {
        subscriptions->is_quiet = false;
        subscriptions->quiet = notes[0].seq - 1;
    }
    subscriptions->heard = notes[count - 1].seq;
    is_wanted = !subscriptions->is_quiet && !subscriptions->is_standby;
    pthread_mutex_unlock(&subscriptions->lock);
    if (is_wanted)
        hooks_wake(subscriptions->deliver.hooks);
}

/* Passes over what nobody wanted to hear of; with nobody there, that is all that comes. */
static void pass_quiet(struct subscriptions *subscriptions)
{
    pthread_mutex_lock(&subscriptions->lock);
    uint64_t quiet = subscriptions->is_quiet ? subscriptions->heard : subscriptions->quiet;
    if (quiet > subscriptions->position)
        subscriptions->position = quiet;
    if (!subscriptions->subscribers.first && subscriptions->position >= subscriptions->heard)
        subscriptions->is_quiet = true;
    pthread_mutex_unlock(&subscriptions->lock);
}

/* --- written --------------------------------------------------------------------------------------- */

static enum store_err write_found(struct store_write *write, void *context)
{
    const struct subscriptions *subscriptions = context;
    int64_t now_ms = wall_ms();
    enum store_err err =
        subscriptions->is_shared ? duty_hold(write, &subscriptions->duty) : STORE_OK;
    for (size_t i = 0; err == STORE_OK && i < subscriptions->found_count; i++) {
        const struct found *found = &subscriptions->found[i];
        struct store_change_note change = found->change;
        change.id.bytes = found->id;
        err = subscription_event_put(write, found->whose->id, found->number, &change, now_ms);
    }
    for (const struct subscriber *one = subscriptions->subscribers.first; one; one = one->next)
        if (err == STORE_OK && one->is_state_new && !one->is_gone)
            err = subscription_state_put(write, one->id, &one->state);
    if (err != STORE_OK)
        return err;
    struct buffer digits;
    buffer_init(&digits, write->view.arena);
    buffer_add_u64(&digits, subscriptions->position);
    if (digits.failed)
        return STORE_ERR_MEMORY;
    const struct store_note note = {.key = position_key, .value = buffer_text(&digits)};
    return store_note_put(write, positions, &note);
}

static enum store_err sweep(struct store_write *write, void *context)
{
    (void)context;
    return store_notes_sweep(write, subscription_events, wall_ms());
}

/* Keeps what was found and how far it has come. It is not forgotten where the disk does not take it: tried again. */
static bool save(struct subscriptions *subscriptions)
{
    struct store *store = subscriptions->centre->vault.store;
    uint64_t now_ns = clock_monotonic_ns();
    arena_reset(&subscriptions->question);
    enum store_err err = store_run(store, &subscriptions->question, write_found, subscriptions);
    if (err != STORE_OK) {
        log_event(LOG_WARN, "subscriptions_not_kept", "why=\"%s\"", store_err_words(err));
        return false;
    }
    if (subscriptions->has_news)
        pushes_wake(subscriptions->centre->pushes);
    subscriptions->found_count = 0;
    subscriptions->has_news = false;
    subscriptions->saved_ns = now_ns;
    subscriptions->saved_position = subscriptions->position;
    for (struct subscriber *one = subscriptions->subscribers.first; one; one = one->next)
        one->is_state_new = false;
    if (now_ns - subscriptions->swept_ns > (uint64_t)SWEEP_EVERY_S * SECOND_NS) {
        arena_reset(&subscriptions->question);
        if (store_run(store, &subscriptions->question, sweep, NULL) == STORE_OK)
            subscriptions->swept_ns = now_ns;
    }
    return true;
}

/* --- found ----------------------------------------------------------------------------------------- */

static bool may_see(struct subscriptions *subscriptions, struct store_view *view,
                    const struct subscriber *one, const struct store_row *row)
{
    struct rest_audit_trail trail = {.notes = NULL};
    struct rest_exchange exchange = {.rest = &subscriptions->centre->rest,
                                     .arena = &subscriptions->question,
                                     .now_ms = wall_ms(),
                                     .subject = one->subject,
                                     .trail = &trail};
    outcome_init(&exchange.outcome, exchange.arena);
    return rest_gate_row(&exchange, view, ACCESS_READ, row);
}

/* Whom a change concerns, and who may hear of it. */
static enum store_err look_at(struct subscriptions *subscriptions, struct store_view *view,
                              const struct store_row *change)
{
    struct store_row row;
    bool is_deleted = change->change == STORE_DELETED;
    enum store_err err =
        subscription_row_of(view, change->type, change->id, change->version, is_deleted, &row);
    if (err != STORE_OK)
        return err == STORE_ERR_NONE || err == STORE_ERR_GONE ? STORE_OK : err;
    for (struct subscriber *one = subscriptions->subscribers.first; one; one = one->next) {
        arena_reset(&subscriptions->question);
        if (one->is_gone || one->fault || change->seq <= one->state.since_seq ||
            !subscription_concerns(&one->asks, &subscriptions->centre->rest, &row, is_deleted,
                                   &subscriptions->question) ||
            !may_see(subscriptions, view, one, &row))
            continue;
        one->is_state_new = true;
        subscriptions->has_news = true;
        struct found *found = &subscriptions->found[subscriptions->found_count++];
        *found = (struct found){
            .whose = one,
            .number = ++one->state.events,
            .change = {.seq = change->seq,
                       .version = change->version,
                       .updated_ms = change->updated_ms,
                       .type = change->type,
                       .change = change->change,
                       .id.len = change->id.len},
        };
        memcpy(found->id, change->id.bytes, change->id.len);
    }
    return STORE_OK;
}

static enum store_err look_through(struct subscriptions *subscriptions, struct store_view *view,
                                   const struct store_page *page)
{
    uint16_t type = subscription_type();
    for (size_t i = 0; i < page->count; i++) {
        const struct store_row *row = &page->rows[i];
        enum store_err err = STORE_OK;
        if (subscriptions->found_count + subscribers_count(&subscriptions->subscribers) >
                EVENTS_OF_A_TURN ||
            subscriptions->work.used_bytes > WORK_BYTES_OF_A_TURN)
            return STORE_OK;
        if (row->type == type) {
            subscriptions->has_news = true;
            err = subscribers_hear(&subscriptions->subscribers, view, row, false, wall_ms());
        }
        if (err == STORE_OK && subscribers_want(&subscriptions->subscribers, row->type))
            err = look_at(subscriptions, view, row);
        if (err != STORE_OK)
            return err;
        subscriptions->position = row->seq;
    }
    return STORE_OK;
}

/* Looks at what has been committed, a turn's worth. True: there may be more. */
static bool follow(struct subscriptions *subscriptions)
{
    struct store_view *view;
    struct store_page page = {.count = 0};
    const struct store_history asked = {.type = FHIR_NONE,
                                        .since_ms = INT64_MIN,
                                        .at_low_ms = INT64_MIN,
                                        .at_high_ms = INT64_MIN,
                                        .after_seq = subscriptions->position,
                                        .oldest_first = true,
                                        .without_bodies = true,
                                        .count = CHANGES_OF_A_TURN};
    uint64_t before = subscriptions->position;
    arena_reset(&subscriptions->work);
    enum store_err err =
        store_view_begin(subscriptions->centre->vault.store, &subscriptions->work, &view);
    if (err == STORE_OK) {
        err = store_history(view, &asked, &page);
        if (err == STORE_OK)
            err = look_through(subscriptions, view, &page);
        store_view_end(view);
    }
    if (err != STORE_OK)
        log_event(LOG_WARN, "subscriptions_behind", "why=\"%s\"", store_err_words(err));
    if (subscriptions->has_news && !save(subscriptions))
        return false;
    return err == STORE_OK && subscriptions->position > before;
}

/* --- the thread ------------------------------------------------------------------------------------ */

static uint64_t least_since(const struct subscriptions *subscriptions)
{
    uint64_t least = UINT64_MAX;
    for (const struct subscriber *one = subscriptions->subscribers.first; one; one = one->next)
        if (one->state.since_seq < least)
            least = one->state.since_seq;
    return least;
}

static enum store_err load_all(struct subscriptions *subscriptions, struct store_view *view)
{
    struct store_page page = {.next = {NULL, 0}};
    enum store_err err;
    do {
        const struct store_list asked = {.type = subscription_type(),
                                         .since_ms = INT64_MIN,
                                         .upto_seq = UINT64_MAX,
                                         .count = 100,
                                         .cursor = page.next};
        err = store_list(view, &asked, &page);
        for (size_t i = 0; err == STORE_OK && i < page.count; i++)
            err =
                subscribers_hear(&subscriptions->subscribers, view, &page.rows[i], true, wall_ms());
    } while (err == STORE_OK && page.next.len);
    return err;
}

/* Who is to be told, and from which change on. */
static enum store_err load(struct subscriptions *subscriptions)
{
    struct store_view *view;
    struct store_note note;
    uint64_t last = 0;
    arena_reset(&subscriptions->work);
    enum store_err err =
        store_view_begin(subscriptions->centre->vault.store, &subscriptions->work, &view);
    if (err != STORE_OK)
        return err;
    err = load_all(subscriptions, view);
    if (err == STORE_OK)
        err = store_last_seq(view, &last);
    if (err == STORE_OK) {
        enum store_err none = store_note_get(view, positions, position_key, &note);
        for (size_t i = 0; none == STORE_OK && i < note.value.len; i++)
            subscriptions->position =
                10 * subscriptions->position + (uint64_t)(note.value.bytes[i] - '0');
        err = none == STORE_ERR_NONE ? STORE_OK : none;
    }
    store_view_end(view);
    uint64_t least = least_since(subscriptions);
    if (least == UINT64_MAX)
        least = last;
    if (least > subscriptions->position)
        subscriptions->position = least;
    return err;
}

/* --- several servers ------------------------------------------------------------------------------- */

static void set_standby(struct subscriptions *subscriptions, bool is_standby)
{
    pthread_mutex_lock(&subscriptions->lock);
    subscriptions->is_standby = is_standby;
    subscriptions->is_quiet = false;
    subscriptions->quiet = 0;
    pthread_mutex_unlock(&subscriptions->lock);
}

/* Forgets whom it told: who has the lease then reads that from the store. */
static void forget(struct subscriptions *subscriptions)
{
    for (struct subscriber *one = subscriptions->subscribers.first; one; one = one->next)
        one->is_gone = true; /* freed when what is on its way has ended */
    subscribers_sweep(&subscriptions->subscribers);
    subscriptions->is_loaded = subscriptions->has_news = false;
    subscriptions->found_count = 0;
    subscriptions->position = subscriptions->saved_position = 0;
}

/* Whether it is this server that tells. */
static bool is_its_turn(struct subscriptions *subscriptions)
{
    if (!subscriptions->is_shared || duty_turn(&subscriptions->duty, clock_monotonic_ns()))
        return true;
    if (!subscriptions->duty.is_ours && subscriptions->is_loaded) {
        set_standby(subscriptions, true);
        forget(subscriptions);
    }
    return false;
}

static void turn(struct subscriptions *subscriptions)
{
    bool is_more = true;
    pass_quiet(subscriptions);
    while (is_more && !atomic_load(&subscriptions->is_stopping) && is_its_turn(subscriptions)) {
        is_more = follow(subscriptions);
        if (!subscriptions->has_news)
            deliver_turn(&subscriptions->deliver, &subscriptions->subscribers, 0);
    }
    for (const struct subscriber *one = subscriptions->subscribers.first; one; one = one->next)
        subscriptions->has_news = subscriptions->has_news || one->is_state_new;
    bool is_late =
        subscriptions->position > subscriptions->saved_position &&
        clock_monotonic_ns() - subscriptions->saved_ns > (uint64_t)SAVE_EVERY_S * SECOND_NS;
    if (subscriptions->subscribers.first && (subscriptions->has_news || is_late))
        (void)save(subscriptions);
    if (!subscriptions->found_count)
        subscribers_sweep(&subscriptions->subscribers);
    pass_quiet(subscriptions);
}

/* False: it is another's turn, or the store does not answer; it has waited then. */
static bool is_ready(struct subscriptions *subscriptions)
{
    if (!is_its_turn(subscriptions)) { /* what was on its way may end */
        deliver_turn(&subscriptions->deliver, &subscriptions->subscribers, TURN_MS);
        if (!subscriptions->is_loaded)
            subscribers_sweep(&subscriptions->subscribers);
        return false;
    }
    if (subscriptions->is_loaded)
        return true;
    set_standby(subscriptions, false);
    enum store_err err = load(subscriptions);
    subscriptions->is_loaded = err == STORE_OK;
    if (subscriptions->is_loaded)
        return true;
    log_event(LOG_WARN, "subscriptions_behind", "why=\"%s\"", store_err_words(err));
    forget(subscriptions);
    hooks_wait(subscriptions->deliver.hooks, TURN_MS);
    return false;
}

static void *run(void *context)
{
    struct subscriptions *subscriptions = context;
    while (!atomic_load(&subscriptions->is_stopping)) {
        if (!is_ready(subscriptions))
            continue;
        turn(subscriptions);
        bool has_any = subscriptions->subscribers.first || subscriptions->is_shared;
        if (subscriptions->found_count)
            hooks_wait(subscriptions->deliver.hooks, TURN_MS);
        else
            deliver_turn(&subscriptions->deliver, &subscriptions->subscribers,
                         has_any ? TURN_MS : IDLE_MS);
    }
    if (subscriptions->is_loaded && subscriptions->subscribers.first)
        (void)save(subscriptions);
    if (subscriptions->is_shared)
        duty_give(&subscriptions->duty);
    return NULL;
}

struct subscriptions *subscriptions_open(struct centre *centre,
                                         const struct subscriptions_settings *settings)
{
    struct subscriptions *subscriptions = calloc(1, sizeof *subscriptions);
    if (!subscriptions)
        return NULL;
    subscriptions->centre = centre;
    subscriptions->deliver = (struct deliver){.centre = centre,
                                              .hooks = hooks_open(settings->hooks),
                                              .time_ms = (uint32_t)(settings->time_ns / 1000000),
                                              .tries = settings->tries};
    if (!subscriptions->deliver.hooks) {
        free(subscriptions);
        return NULL;
    }
    subscriptions->is_shared = subscriptions->is_standby = centre->vault.is_shared;
    if (subscriptions->is_shared)
        subscriptions->deliver.duty = &subscriptions->duty;
    if (!duty_init(&subscriptions->duty, centre->vault.store, "subscriptions")) {
        hooks_close(subscriptions->deliver.hooks);
        free(subscriptions);
        return NULL;
    }
    subscriptions->subscribers.rest = &centre->rest;
    pthread_mutex_init(&subscriptions->lock, NULL);
    arena_init(&subscriptions->work, WORK_BYTES_MAX);
    arena_init(&subscriptions->question, WORK_BYTES_MAX);
    arena_init(&subscriptions->deliver.arena, WORK_BYTES_MAX);
    store_listen(centre->vault.store,
                 (struct store_listener){.committed = committed, .context = subscriptions});
    return subscriptions;
}

bool subscriptions_start(struct subscriptions *subscriptions)
{
    subscriptions->subscribers.asks_access = subscriptions->centre->journal != NULL;
    subscriptions->is_started =
        pthread_create(&subscriptions->thread, NULL, run, subscriptions) == 0;
    return subscriptions->is_started;
}

void subscriptions_stop(struct subscriptions *subscriptions)
{
    if (!subscriptions || !subscriptions->is_started)
        return;
    atomic_store(&subscriptions->is_stopping, true);
    hooks_wake(subscriptions->deliver.hooks);
    pthread_join(subscriptions->thread, NULL);
    subscriptions->is_started = false;
}

void subscriptions_free(struct subscriptions *subscriptions)
{
    if (!subscriptions)
        return;
    hooks_close(subscriptions->deliver.hooks);
    subscribers_free(&subscriptions->subscribers);
    duty_free(&subscriptions->duty);
    arena_free(&subscriptions->work);
    arena_free(&subscriptions->question);
    arena_free(&subscriptions->deliver.arena);
    pthread_mutex_destroy(&subscriptions->lock);
    free(subscriptions);
}
