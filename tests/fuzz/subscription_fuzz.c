/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Of a Subscription that is taken, whatever else stands in it: where it is told goes over HTTP or is nowhere (a
 * WebSocket), no header of it can end a line or say where the request goes, and each filter can be decided by the
 * resource alone. */
#include <stdint.h>
#include <stdlib.h>
#include <strings.h>

#include "rest/subscription.h"

static void check(const struct subscription *subscription)
{
    if (subscription->filter_count == 0 || subscription->events_max == 0 ||
        (subscription->is_socket ? subscription->endpoint.len + subscription->header_count != 0
                                 : strncmp(subscription->endpoint.bytes, "http", 4) != 0))
        abort();
    for (size_t i = 0; i < subscription->header_count; i++) {
        struct text header = subscription->headers[i];
        if (!memchr(header.bytes, ':', header.len) || memchr(header.bytes, '\n', header.len) ||
            memchr(header.bytes, '\r', header.len) || strncasecmp(header.bytes, "host:", 5) == 0)
            abort();
    }
    for (size_t i = 0; i < subscription->filter_count; i++)
        for (size_t j = 0; j < subscription->filters[i].query.condition_count; j++) {
            uint8_t what = subscription->filters[i].query.conditions[j].what;
            if (what == SEARCH_CHAIN || what == SEARCH_HAS || what == SEARCH_LIST)
                abort();
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct subscription subscription;
    static const struct rest rest = {.base = {"http://x/fhir", 13}};
    struct arena arena;
    struct json json;
    struct outcome outcome;
    arena_init(&arena, 16 << 20);
    outcome_init(&outcome, &arena);
    if (json_parse(&json, (struct text){(const char *)data, size}, &json_limits_default, &arena,
                   NULL) == JSON_OK &&
        subscription_read(&subscription, &rest, &json, 0, &arena, &outcome) == 0 &&
        subscription.status != SUBSCRIPTION_OFF && subscription.status != SUBSCRIPTION_ERROR)
        check(&subscription);
    arena_free(&arena);
    return 0;
}
