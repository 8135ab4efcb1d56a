/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/subscribers.h"

#include <stdlib.h>

enum { SUBSCRIBER_BYTES_MAX = 4 << 20 };

static struct subscriber *find(const struct subscribers *subscribers, struct text id)
{
    for (struct subscriber *one = subscribers->first; one; one = one->next)
        if (!one->is_gone && text_equal(one->id, id))
            return one;
    return NULL;
}

/* Whose it is, and whether that is enough. */
static enum store_err find_owner(const struct subscribers *subscribers, struct store_view *view,
                                 struct subscriber *one)
{
    enum store_err err = subscription_owner(view, one->id, &one->subject, &one->arena);
    if (err == STORE_ERR_NONE || (err == STORE_OK && !one->subject && subscribers->asks_access)) {
        one->fault = "for whom it was made is not known: write it again";
        return STORE_OK;
    }
    return err;
}

static enum store_err read_state(struct store_view *view, struct subscriber *one,
                                 const struct subscriber *before, const struct store_row *row,
                                 bool is_start)
{
    if (before) {
        one->state = before->state;
        one->is_state_new = before->is_state_new;
        return STORE_OK;
    }
    enum store_err err = subscription_state_get(view, one->id, &one->state);
    if (err != STORE_OK || (is_start && one->state.since_seq))
        return err;
    one->state.since_seq = row->seq;
    one->state.done = one->state.events; /* what it was not told while it was off, it is not told */
    one->is_state_new = true;
    return STORE_OK;
}

static enum store_err read_resource(const struct subscribers *subscribers, struct store_view *view,
                                    struct subscriber *one, const struct store_row *row,
                                    int64_t now_ms)
{
    struct json *json = arena_take(&one->arena, sizeof *json);
    struct outcome outcome;
    struct text body = arena_copy(&one->arena, row->body); /* what is read points into both */
    outcome_init(&outcome, &one->arena);
    one->id = arena_copy(&one->arena, row->id);
    one->version = row->version;
    if (!json || !body.bytes || !one->id.bytes ||
        json_parse(json, body, &json_limits_default, &one->arena, NULL) != JSON_OK)
        return STORE_ERR_MEMORY;
    unsigned status =
        subscription_read(&one->asks, subscribers->rest, json, now_ms, &one->arena, &outcome);
    if (status == 413)
        return STORE_ERR_MEMORY;
    if (status)
        one->fault = "this server cannot do what it asks for: write it again to hear what";
    return subscription_reveal(view, one->id, &one->asks, &one->arena);
}

size_t subscribers_count(const struct subscribers *subscribers)
{
    size_t count = 0;
    for (const struct subscriber *one = subscribers->first; one; one = one->next)
        count += !one->is_gone && !one->fault;
    return count;
}

static enum store_err add(struct subscribers *subscribers, struct store_view *view,
                          const struct store_row *row, bool is_start, int64_t now_ms)
{
    struct subscriber *before = find(subscribers, row->id);
    struct subscriber *one = calloc(1, sizeof *one);
    if (!one)
        return STORE_ERR_MEMORY;
    arena_init(&one->arena, SUBSCRIBER_BYTES_MAX);
    enum store_err err = read_resource(subscribers, view, one, row, now_ms);
    bool is_live =
        one->asks.status == SUBSCRIPTION_REQUESTED || one->asks.status == SUBSCRIPTION_ACTIVE;
    if (err == STORE_OK && is_live)
        err = find_owner(subscribers, view, one);
    if (err == STORE_OK && is_live)
        err = read_state(view, one, before, row, is_start);
    if (err == STORE_OK && before)
        before->is_gone = true;
    if (is_live && !one->fault && subscribers_count(subscribers) >= SUBSCRIBERS_MAX)
        one->fault = "this server tells as many as it can already";
    if (err != STORE_OK || !is_live) {
        arena_free(&one->arena);
        free(one);
        return err;
    }
    one->next = subscribers->first;
    subscribers->first = one;
    return STORE_OK;
}

enum store_err subscribers_hear(struct subscribers *subscribers, struct store_view *view,
                                const struct store_row *row, bool is_start, int64_t now_ms)
{
    struct subscriber *before = find(subscribers, row->id);
    struct store_row current;
    enum store_err err = store_get(view, row->type, row->id, 0, &current);
    if (err == STORE_ERR_GONE || err == STORE_ERR_NONE) {
        if (before)
            before->is_gone = true;
        return STORE_OK;
    }
    if (err != STORE_OK)
        return err;
    if (current.version != row->version || (before && before->version >= row->version))
        return STORE_OK; /* a later row tells, or it is known */
    return add(subscribers, view, &current, is_start, now_ms);
}

bool subscribers_want(const struct subscribers *subscribers, uint16_t type)
{
    for (const struct subscriber *one = subscribers->first; one; one = one->next)
        for (size_t i = 0; !one->is_gone && !one->fault && i < one->asks.filter_count; i++)
            if (one->asks.filters[i].type == type)
                return true;
    return false;
}

void subscribers_sweep(struct subscribers *subscribers)
{
    struct subscriber **at = &subscribers->first;
    while (*at) {
        struct subscriber *one = *at;
        if (!one->is_gone || one->is_sending) {
            at = &one->next;
            continue;
        }
        *at = one->next;
        arena_free(&one->arena);
        free(one);
    }
}

void subscribers_free(struct subscribers *subscribers)
{
    for (struct subscriber *one = subscribers->first; one; one = one->next) {
        one->is_gone = true;
        one->is_sending = false;
    }
    subscribers_sweep(subscribers);
}
