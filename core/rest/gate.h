/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the one who asks may have what is asked: gathers what access_decide (access/access.h) wants to know, and
 * keeps what the audit has to be told.
 *
 * Whose resource it is comes from R4's Patient compartment; how the one who asks stands to that patient, and what the
 * patient consented to, is looked up once for an exchange. What cannot be looked up refuses.
 *
 * An exchange without a subject is not asked at all (rest.h): for tests, and for what the server does by itself. */
#ifndef REST_GATE_H
#define REST_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "access/access.h"
#include "base/attr.h"
#include "rest/rest.h"
#include "search/query.h"
#include "store/store.h"
#include "json/json.h"

/* Whether anybody is signed in at all. False: the exchange is answered (401). */
MUST_USE bool rest_gate_signed_in(struct rest_exchange *exchange);

/* Whether it may be done to this resource. False: the exchange is answered with why not (401, 403). */
MUST_USE bool rest_gate_document(struct rest_exchange *exchange, struct store_view *view,
                                 enum access_interaction interaction, uint16_t type, struct text id,
                                 const struct json *json, uint32_t node);

/* The same of a resource as it is kept. Who may not know that there is one is answered as if there were none (404): so
 * nobody learns which ids there are by trying them. Who treats is told (403), since they may break the glass. */
MUST_USE bool rest_gate_body(struct rest_exchange *exchange, struct store_view *view,
                             enum access_interaction interaction, uint16_t type, struct text id,
                             struct text body);

/* Answers where nothing is kept now: `err` is STORE_ERR_NONE, or STORE_ERR_GONE with the deletion's `version`. What
 * could be refused without looking is refused (403), else 404; that it was there (410) is told to who might have what
 * there was. The trail is told. */
enum rest_turn rest_gate_none(struct rest_exchange *exchange, struct store_view *view,
                              enum access_interaction interaction, uint16_t type, struct text id,
                              enum store_err err, uint64_t version);

/* Whether a delete of what is not there is done (204), as to who sees all of its kind. False: answered. */
MUST_USE bool rest_gate_gone(struct rest_exchange *exchange, struct store_view *view, uint16_t type,
                             struct text id, enum store_err err, uint64_t version);

/* Whether an id of one's own, which nothing is kept under, may be taken: by who sees all of its kind or is told why
 * not, and by programs. To others it is answered as one that is taken by what they may not have. False: answered. */
MUST_USE bool rest_gate_new_id(struct rest_exchange *exchange, struct store_view *view,
                               uint16_t type, struct text id);

/* Gets a resource as it is now, where the one who asks may do it. False: answered. */
MUST_USE bool rest_gate_get(struct rest_exchange *exchange, struct store_view *view,
                            enum access_interaction interaction, uint16_t type, struct text id,
                            struct store_row *row);

/* Whether a list of a type (FHIR_NONE: of every one) may be asked for. `*by_row`: each row must then be asked about by
 * rest_gate_row. False: the exchange is answered. `patient`: id of the one whose compartment is asked for, or "". */
MUST_USE bool rest_gate_list(struct rest_exchange *exchange, struct store_view *view,
                             enum access_interaction interaction, uint16_t type,
                             struct text patient, bool *by_row, struct access_filter *filter);

/* The same of all of a type, which nothing is answered to and the trail not told of. */
MUST_USE bool rest_gate_may_list(struct rest_exchange *exchange, struct store_view *view,
                                 enum access_interaction interaction, uint16_t type);

/* Whether a search may go by a row that is not shown itself. */
MUST_USE bool rest_gate_may(struct rest_exchange *exchange, struct store_view *view,
                            enum access_interaction interaction, const struct store_row *row);

/* The same of a row that is shown, which the trail is told of; nothing is answered. */
MUST_USE bool rest_gate_row(struct rest_exchange *exchange, struct store_view *view,
                            enum access_interaction interaction, const struct store_row *row);

/* Tells the trail whose a row is that is shown to one who sees all. False: no memory, or too many to be told. */
MUST_USE bool rest_gate_shown(struct rest_exchange *exchange, const struct store_row *row);

/* The decision on a resource as it is kept, which the trail is not told of. */
struct access_decision rest_gate_judge(struct rest_exchange *exchange, struct store_view *view,
                                       enum access_interaction interaction,
                                       const struct store_row *row);

/* Answers with why not. */
enum rest_turn rest_gate_refuse(struct rest_exchange *exchange,
                                const struct access_decision *decision);

/* Tells the trail whose data are shown besides. False: no memory. */
MUST_USE bool rest_gate_tell_patients(struct rest_exchange *exchange, const struct text *ids,
                                      size_t count);

/* Tells the trail of what is no decision on a resource; of one patient at most. False: no memory. */
MUST_USE bool rest_gate_tell(struct rest_exchange *exchange, const struct audit_record *record);

/* Tells it that a Consent was written that refuses everybody until it is mended. False: no memory. */
MUST_USE bool rest_gate_tell_unreadable(struct rest_exchange *exchange,
                                        enum access_interaction interaction, struct text id);

/* Tells an exchange's trail what another one has, its texts copied into the exchange's arena. */
void rest_gate_keep(struct rest_exchange *exchange, const struct rest_audit_trail *trail);

#endif
