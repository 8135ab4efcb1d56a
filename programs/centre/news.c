/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/news.h"

#include <assert.h>
#include <string.h>

#include "centre/centre.h"
#include "centre/pushes.h"
#include "clock/clock.h"
#include "fhir/model.h"
#include "log/log.h"
#include "rest/gate.h"

enum {
    CHANGES_OF_A_TURN = 500,
    WORK_BYTES_MAX = 256 << 20,
    WORK_BYTES_OF_A_TURN = 32 << 20, /* then what was found is written, and the next turn begins */
    SAVE_EVERY_S = 5,                /* how far it has come, where there was nothing to tell */
    SWEEP_EVERY_S = 600,             /* of events that are too old */
    SECOND_NS = 1000000000,
};

static const char positions[] = "subscription-position";
static const struct text position_key = {"seq", 3};

static_assert((int)SUBSCRIBERS_MAX < (int)NEWS_EVENTS_OF_A_TURN,
              "a change that concerns all has room");

static int64_t wall_ms(void)
{
    return (int64_t)(clock_wall_ns() / 1000000);
}

static uint16_t subscription_type(void)
{
    return fhir_resource_named(TEXT("Subscription"));
}

void news_init(struct news *news, struct centre *centre, struct subscribers *subscribers,
               struct duty *duty)
{
    news->centre = centre;
    news->subscribers = subscribers;
    news->duty = duty;
    arena_init(&news->work, WORK_BYTES_MAX);
    arena_init(&news->question, WORK_BYTES_MAX);
}

void news_free(struct news *news)
{
    arena_free(&news->work);
    arena_free(&news->question);
}

/* --- written --------------------------------------------------------------------------------------- */

static enum store_err write_found(struct store_write *write, void *context)
{
    const struct news *news = context;
    int64_t now_ms = wall_ms();
    enum store_err err = news->duty ? duty_hold(write, news->duty) : STORE_OK;
    for (size_t i = 0; err == STORE_OK && i < news->found_count; i++) {
        const struct news_event *found = &news->found[i];
        struct store_change_note change = found->change;
        change.id.bytes = found->id;
        err = subscription_event_put(write, found->whose->id, found->number, &change, now_ms);
    }
    for (const struct subscriber *one = news->subscribers->first; one; one = one->next)
        if (err == STORE_OK && one->is_state_new && !one->is_gone)
            err = subscription_state_put(write, one->id, &one->state);
    if (err != STORE_OK)
        return err;
    struct buffer digits;
    buffer_init(&digits, write->view.arena);
    buffer_add_u64(&digits, news->position);
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

bool news_save(struct news *news)
{
    struct store *store = news->centre->vault.store;
    uint64_t now_ns = clock_monotonic_ns();
    arena_reset(&news->question);
    enum store_err err = store_run(store, &news->question, write_found, news);
    if (err != STORE_OK) {
        log_event(LOG_WARN, "subscriptions_not_kept", "why=\"%s\"", store_err_words(err));
        return false;
    }
    if (news->is_any)
        pushes_wake(news->centre->pushes);
    news->found_count = 0;
    news->is_any = false;
    news->saved_ns = now_ns;
    news->saved_position = news->position;
    for (struct subscriber *one = news->subscribers->first; one; one = one->next)
        one->is_state_new = false;
    if (now_ns - news->swept_ns > (uint64_t)SWEEP_EVERY_S * SECOND_NS) {
        arena_reset(&news->question);
        if (store_run(store, &news->question, sweep, NULL) == STORE_OK)
            news->swept_ns = now_ns;
    }
    return true;
}

/* --- found ----------------------------------------------------------------------------------------- */

static bool may_see(struct news *news, struct store_view *view, const struct subscriber *one,
                    const struct store_row *row)
{
    struct rest_audit_trail trail = {.notes = NULL};
    struct rest_exchange exchange = {.rest = &news->centre->rest,
                                     .arena = &news->question,
                                     .now_ms = wall_ms(),
                                     .subject = one->subject,
                                     .trail = &trail};
    outcome_init(&exchange.outcome, exchange.arena);
    return rest_gate_row(&exchange, view, ACCESS_VREAD, row);
}

/* Whom a change concerns, and who may hear of it. */
static enum store_err look_at(struct news *news, struct store_view *view,
                              const struct store_row *change)
{
    struct store_row row;
    bool is_deleted = change->change == STORE_DELETED;
    enum store_err err =
        subscription_row_of(view, change->type, change->id, change->version, is_deleted, &row);
    if (err != STORE_OK)
        return err == STORE_ERR_NONE || err == STORE_ERR_GONE ? STORE_OK : err;
    for (struct subscriber *one = news->subscribers->first; one; one = one->next) {
        arena_reset(&news->question);
        if (one->is_gone || one->fault || change->seq <= one->state.since_seq ||
            !subscription_concerns(&one->asks, &news->centre->rest, &row, is_deleted,
                                   &news->question) ||
            !may_see(news, view, one, &row))
            continue;
        one->is_state_new = true;
        news->is_any = true;
        struct news_event *found = &news->found[news->found_count++];
        *found = (struct news_event){
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

static enum store_err look_through(struct news *news, struct store_view *view,
                                   const struct store_page *page)
{
    uint16_t type = subscription_type();
    for (size_t i = 0; i < page->count; i++) {
        const struct store_row *row = &page->rows[i];
        enum store_err err = STORE_OK;
        if (news->found_count + subscribers_count(news->subscribers) > NEWS_EVENTS_OF_A_TURN ||
            news->work.used_bytes > WORK_BYTES_OF_A_TURN)
            return STORE_OK;
        if (row->type == type) {
            news->is_any = true;
            err = subscribers_hear(news->subscribers, view, row, false, wall_ms());
        }
        if (err == STORE_OK && subscribers_want(news->subscribers, row->type))
            err = look_at(news, view, row);
        if (err != STORE_OK)
            return err;
        news->position = row->seq;
    }
    return STORE_OK;
}

bool news_follow(struct news *news)
{
    struct store_view *view;
    struct store_page page = {.count = 0};
    const struct store_history asked = {.type = FHIR_NONE,
                                        .since_ms = INT64_MIN,
                                        .at_low_ms = INT64_MIN,
                                        .at_high_ms = INT64_MIN,
                                        .after_seq = news->position,
                                        .oldest_first = true,
                                        .without_bodies = true,
                                        .count = CHANGES_OF_A_TURN};
    uint64_t before = news->position;
    arena_reset(&news->work);
    enum store_err err = store_view_begin(news->centre->vault.store, &news->work, &view);
    if (err == STORE_OK) {
        err = store_history(view, &asked, &page);
        if (err == STORE_OK)
            err = look_through(news, view, &page);
        store_view_end(view);
    }
    if (err != STORE_OK)
        log_event(LOG_WARN, "subscriptions_behind", "why=\"%s\"", store_err_words(err));
    if (news->is_any && !news_save(news))
        return false;
    return err == STORE_OK && news->position > before;
}

/* --- from where on --------------------------------------------------------------------------------- */

static uint64_t least_since(const struct news *news)
{
    uint64_t least = UINT64_MAX;
    for (const struct subscriber *one = news->subscribers->first; one; one = one->next)
        if (one->state.since_seq < least)
            least = one->state.since_seq;
    return least;
}

static enum store_err load_all(struct news *news, struct store_view *view)
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
            err = subscribers_hear(news->subscribers, view, &page.rows[i], true, wall_ms());
    } while (err == STORE_OK && page.next.len);
    return err;
}

enum store_err news_load(struct news *news)
{
    struct store_view *view;
    struct store_note note;
    uint64_t last = 0;
    arena_reset(&news->work);
    enum store_err err = store_view_begin(news->centre->vault.store, &news->work, &view);
    if (err != STORE_OK)
        return err;
    err = load_all(news, view);
    if (err == STORE_OK)
        err = store_last_seq(view, &last);
    if (err == STORE_OK) {
        enum store_err none = store_note_get(view, positions, position_key, &note);
        for (size_t i = 0; none == STORE_OK && i < note.value.len; i++)
            news->position = 10 * news->position + (uint64_t)(note.value.bytes[i] - '0');
        err = none == STORE_ERR_NONE ? STORE_OK : none;
    }
    store_view_end(view);
    uint64_t least = least_since(news);
    if (least == UINT64_MAX)
        least = last;
    if (least > news->position)
        news->position = least;
    return err;
}

bool news_is_late(const struct news *news)
{
    return news->position > news->saved_position &&
           clock_monotonic_ns() - news->saved_ns > (uint64_t)SAVE_EVERY_S * SECOND_NS;
}

void news_forget(struct news *news)
{
    news->is_any = false;
    news->found_count = 0;
    news->position = news->saved_position = 0;
}
