/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a decision has to know of a patient and of who asks: relations, Consents, functions; looked up once for an
 * exchange, and kept beyond it (known.h); and what gate.c and gate_none.c share. Of these alone. */
#ifndef REST_GATE_LOOK_H
#define REST_GATE_LOOK_H

#include <stdbool.h>

#include "access/access.h"
#include "base/attr.h"
#include "rest/rest.h"
#include "store/store.h"
#include "json/json.h"

struct asking {
    struct rest_exchange *exchange;
    struct store_view *view;
    bool failed; /* something could not be looked up */
};

/* The owner's own scripts: neither relations nor Consents have a say (docs/access.md). */
bool gate_is_owners(const struct access_subject *subject);

MUST_USE bool gate_parse(struct json *json, struct text body, struct arena *arena);

/* The patient's active Consents, a page with CONSENTS_MAX of them. False: it cannot be told. */
MUST_USE bool gate_find_consents(struct rest_exchange *exchange, struct store_view *view,
                                 struct text patient, struct store_page *page);

/* NULL: there was no memory. With asking->failed not all is known, and nothing may be permitted. */
const struct access_patient *gate_know(struct asking *asking, struct text id);

/* Who treats is told that a resource is there which they may not have: for them there is the glass. */
bool gate_is_told_why(const struct access_subject *subject);

/* The patients that a resource is about, COMPARTMENTS_MAX at most, with what is known of them; last those whom only
 * what it contains is about. False: too many, or it cannot be told. */
MUST_USE bool gate_whose(struct asking *asking, uint16_t type, struct text id,
                         const struct json *json, struct access_patient *patients, size_t *count);

/* What a Binary is to be treated as where access is decided on: its securityContext, as R4 has it. False: it is no
 * Binary, or has none in this record; or, with asking->failed, that cannot be told. */
MUST_USE bool gate_context(struct asking *asking, uint16_t type, const struct json *json,
                           struct json *context, uint16_t *of, struct text *of_id);

/* The decision on a type alone, as if nothing were known of any resource: refused where no resource of it could be had,
 * else permitted or filtered. */
struct access_decision gate_ask_type(struct asking *asking, enum access_interaction interaction,
                                     uint16_t type);

/* Keeps what the audit is to be told. False: there was no memory, and so nothing may be done. */
MUST_USE bool gate_note(struct rest_exchange *exchange, const struct access_request *request,
                        const struct access_decision *decision);

#endif
