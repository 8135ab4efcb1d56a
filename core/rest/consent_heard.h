/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a Consent that is written can be heard when it is asked (access/consent.h).
 *
 * R4 allows Consents that nobody can decide by. One that is active refuses everybody, and should not get into a record
 * unseen (hazard H-176): who writes it through the API is told what is in the way, and it is not taken. The owner's own
 * scripts, loads and imports keep it, since to leave it out would open what it closes; they are warned, and so is the
 * audit.
 *
 * Pure; issues are in the outcome's arena. */
#ifndef REST_CONSENT_HEARD_H
#define REST_CONSENT_HEARD_H

#include <stdbool.h>

#include "base/attr.h"
#include "rest/draft.h"
#include "rest/outcome.h"
#include "store/store.h"

struct rest_exchange;

enum consent_hearing {
    CONSENT_HEARD,
    CONSENT_UNHEARD,
    CONSENT_HEARING_FAILED /* no memory, or the store */
};

/* Of a draft of any type, for itself: a resource that is no Consent, or no active one, is heard. What is in the way
 * goes to the outcome, as `severity`. */
MUST_USE enum consent_hearing consent_heard(const struct rest_draft *draft,
                                            enum outcome_severity severity,
                                            struct outcome *outcome);

/* The same beside the patient's other active Consents, of which it replaces the one with this id. */
MUST_USE enum consent_hearing
consent_heard_with_others(struct rest_exchange *exchange, struct store_view *view,
                          const struct rest_draft *draft, struct text id,
                          enum outcome_severity severity, struct outcome *outcome);

#endif
