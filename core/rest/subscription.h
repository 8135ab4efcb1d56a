/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Subscriptions: who wants to be told of which changes, where and how.
 *
 * Two kinds. R4's own: `criteria` is a search of one type ("Observation?code=http://loinc.org|85354-9"), told when a
 * resource is, after a change, what it finds. And topic-based ones: `criteria` is the one topic that we have,
 * BASE/SubscriptionTopic/change, and each filter-criteria extension is such a search; these are told of deletions, too.
 * Filters look at the resource alone: no chain, _has, _list, hierarchy or words of the narrative.
 *
 * Source: http://hl7.org/fhir/R4/subscription.html; Subscriptions R5 Backport 1.1.0
 * (hl7.org/fhir/uv/subscriptions-backport). Pure; texts are in the arena given or in the document. */
#ifndef REST_SUBSCRIPTION_H
#define REST_SUBSCRIPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "rest/outcome.h"
#include "rest/rest.h"
#include "search/query.h"
#include "store/store.h"
#include "json/json.h"

enum subscription_status {
    SUBSCRIPTION_REQUESTED,
    SUBSCRIPTION_ACTIVE,
    SUBSCRIPTION_ERROR,
    SUBSCRIPTION_OFF,
};

enum subscription_content { SUBSCRIPTION_EMPTY, SUBSCRIPTION_ID_ONLY, SUBSCRIPTION_FULL };

/* Ours: what a receiver needs at most. */
enum {
    SUBSCRIPTION_FILTERS_MAX = 16,
    SUBSCRIPTION_HEADERS_MAX = 16,
    SUBSCRIPTION_TEXT_LEN_MAX = 4096, /* of endpoint, each header, each filter */
    SUBSCRIPTION_EVENTS_MAX = 100,    /* in one notification, whatever max-count says */
};

struct subscription {
    enum subscription_status status;
    bool is_topic;        /* of the back-port */
    bool is_socket;       /* told over a WebSocket: no endpoint; else by a rest-hook */
    int64_t end_ms;       /* not told later; INT64_MAX: no end */
    struct text endpoint; /* of a rest-hook */
    struct text headers[SUBSCRIPTION_HEADERS_MAX];
    size_t header_count;
    enum subscription_content content; /* of R4's own: EMPTY or FULL */
    uint32_t heartbeat_s;              /* 0: none */
    uint32_t timeout_s;                /* 0: the site's */
    uint32_t events_max;               /* in one notification, from 1 */
    struct subscription_filter {
        uint16_t type;
        struct search_query query;
    } filters[SUBSCRIPTION_FILTERS_MAX];
    size_t filter_count;
};

/* Reads the resource at the document's root, which is valid R4. Returns 0, or 422 (what we cannot do) or 413, told in
 * the outcome. One whose status is off or error is read as far as it goes, and never refused. */
MUST_USE unsigned subscription_read(struct subscription *subscription, const struct rest *rest,
                                    const struct json *json, int64_t now_ms, struct arena *arena,
                                    struct outcome *outcome);

/* Whether a change is one to tell of. `after`: the version that it made; of a deletion the one before. What the arena
 * has no room to look at is told of: better once too often than not at all. */
MUST_USE bool subscription_concerns(const struct subscription *subscription,
                                    const struct rest *rest, const struct store_row *after,
                                    bool is_deleted, struct arena *arena);

/* "requested": R4's word. */
const char *subscription_status_word(enum subscription_status status);

/* Writes the URL of our topic. */
void subscription_topic_write(const struct rest *rest, struct buffer *buffer);

#endif
