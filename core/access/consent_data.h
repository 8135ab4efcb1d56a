/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a resource itself says to a Consent: its codes, references, authors and times. For consent_fit.c alone.
 * All of a question's document must be there. */
#ifndef ACCESS_CONSENT_DATA_H
#define ACCESS_CONSENT_DATA_H

#include "access/consent_fit.h"

/* "Practitioner/7" of a URL; a relative reference as it is. */
struct text consent_reference_tail(struct text reference);

/* Whether a Coding anywhere in it is this one. One without a system may be. */
enum access_fit consent_has_code(struct consent_asking *asking, const struct consent_item *item);

/* Whether it refers to `to` ("Practitioner/7") anywhere; of an author: in a property that says who wrote, did or
 * asserted it. A URL that ends so may be it. */
enum access_fit consent_refers_to(struct consent_asking *asking, struct text to, bool as_author);

bool consent_has_profile(struct consent_asking *asking, struct text url);

/* Of a Binary, or an attachment of a DocumentReference, Media and the like. */
bool consent_has_media_type(struct consent_asking *asking, struct text type);

/* When what it tells of was; false: it does not say. Looked up once for a question. */
bool consent_data_time(struct consent_asking *asking, struct consent_span *span);

/* Counts what looking through its meta costs. */
void consent_count_meta(struct consent_asking *asking);

#endif
