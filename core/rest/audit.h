/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AuditEvents: read and searched from where the audit is kept, newest first; nobody writes them through the API.
 *
 * Where there is such a keeper (struct rest's `audit`), AuditEvents are its own; else they are resources like others.
 * A search looks back a bounded way: its page may be empty and have a next one all the same. Access is asked as for
 * any other resource: gate.h. */
#ifndef REST_AUDIT_H
#define REST_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "rest/rest.h"
#include "search/query.h"
#include "store/store.h"

struct rest_audit_event {
    struct text id, body; /* FHIR JSON */
    int64_t at_ms;        /* since 1970 UTC */
};

struct rest_audit_asked {
    struct text patient; /* an id: only what concerns them, or what they did; "": everything */
    struct text cursor;  /* as `next` gave it; "": from the newest */
    bool hides_query;    /* as in struct audit_site */
    /* Takes an event, good until it returns. False: enough, and this one is left for the next page. */
    bool (*take)(const struct rest_audit_event *event, void *context);
    void *context;
};

/* Any thread. What is given back is in the view's arena. */
struct rest_audit {
    /* `patient`: an id, for whom what is about everybody is about them; or "". STORE_ERR_NONE: there is no event with
     * this id. */
    enum store_err (*read)(void *keeper, struct store_view *view, struct text id,
                           struct text patient, bool hides_query, struct rest_audit_event *event);
    /* Hands events over, the newest first. `*next`: a cursor of letters, digits, - and _ ; "": there are no more.
     * STORE_ERR_QUERY: no cursor of ours. */
    enum store_err (*list)(void *keeper, struct store_view *view,
                           const struct rest_audit_asked *asked, struct text *next);
    void *keeper;
};

/* Whether resources of this type are the audit's. */
bool rest_audit_keeps(const struct rest *rest, uint16_t type);

/* The event that the request names, as a row; no older version of one is kept. */
MUST_USE enum store_err rest_audit_get(struct rest_exchange *exchange, struct store_view *view,
                                       struct store_row *row);

/* What of a search cannot be asked of the audit, told in the outcome. Returns 0, or the HTTP status. */
MUST_USE unsigned rest_audit_check(struct rest_exchange *exchange,
                                   const struct search_query *query);

/* A page of a search. `patient`: as in struct rest_audit_asked; `by_row`: each is asked about (gate.h). */
MUST_USE enum store_err rest_audit_find(struct rest_exchange *exchange, struct store_view *view,
                                        const struct search_query *query, struct text patient,
                                        bool by_row, struct store_page *page);

#endif
