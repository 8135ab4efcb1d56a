/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a provision of a Consent fits what is asked. For consent_ask.c alone. */
#ifndef ACCESS_CONSENT_FIT_H
#define ACCESS_CONSENT_FIT_H

#include "access/consent_parts.h"

struct consent_asking {
    const struct consents *set;
    const struct consent_question *question;
    enum consent_answer base; /* of the Consent that is asked now */
    bool has_looked_for_time, has_time;
    struct consent_span time; /* of the data */
    uint32_t comparisons; /* more than CONSENT_COMPARISONS_MAX, and what is said counts no more */
};

/* All that the provision names has to fit; what fits least decides. */
enum access_fit consent_provision_fits(struct consent_asking *asking,
                                       const struct consent_provision *provision);

#endif
