/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How clients reach the record, "https://record.example.org/fhir": a note of the store, so that all servers of one
 * record and the verbs beside them name the same. It stands in one-time links, tokens, the audit and exports, and
 * references to it are to what is in the record.
 *
 * A server keeps it; what was said by --url counts for more than where a server without it happens to listen.
 * Main thread, but site_url_find. */
#ifndef CENTRE_SITE_URL_H
#define CENTRE_SITE_URL_H

#include <stdbool.h>

#include "base/attr.h"
#include "store/store.h"

enum { SITE_URL_BYTES = 256 };
#define SITE_URL_USUAL "http://127.0.0.1:8080/fhir"

struct site_url {
    char text[SITE_URL_BYTES];
    bool is_said; /* by somebody; else it is where a server listens */
};

/* http or https, a host, anything but query and fragment, "/fhir" at the end; of fewer than SITE_URL_BYTES. */
MUST_USE bool site_url_is(const char *url);
extern const char site_url_form[]; /* says so, to people */

void site_url_set(struct site_url *url, const char *text, bool is_said);

/* What is kept; "": nothing is. */
MUST_USE enum store_err site_url_find(struct store_view *view, struct site_url *kept);

/* What a verb goes by: `said`, or where that is NULL what is kept, or SITE_URL_USUAL. */
MUST_USE enum store_err site_url_choose(struct store *store, const char *said,
                                        struct site_url *url);

/* Whether somebody has said what it is; true where that cannot be told. */
bool site_url_is_said(struct store *store);

/* Keeps it, unless nothing changes. */
MUST_USE enum store_err site_url_keep(struct store *store, const struct site_url *url);

/* What a server goes by, which it keeps: `said`; or where that is NULL what was said before; or `listening`. `before`:
 * what was kept, which another server may go by. */
MUST_USE enum store_err site_url_serve(struct store *store, const char *said, const char *listening,
                                       struct site_url *url, struct site_url *before);

#endif
