/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The steps of access_decide. Private to core/access. */
#ifndef ACCESS_DECIDE_H
#define ACCESS_DECIDE_H

#include "access/access.h"

/* A question on its way through the steps. */
struct access_asking {
    const struct access_policy *policy;
    const struct access_subject *subject;
    const struct access_request *request;
    int64_t now_ms;
    uint8_t letters;  /* that it takes (enum access_letter) */
    uint16_t classes; /* 1 << of the type's; of every type, all */
    bool
        is_of_no_patient; /* a class that concerns none: directory, knowledge, calendar, subscription */
    bool needs_rows;      /* what scopes leave can only be told from each document */
    struct access_filter filter;
};

/* Whether the token allows it; *reason is set where not. Fills in filter and needs_rows. */
bool access_scopes_allow(struct access_asking *asking, enum access_reason *reason);

#endif
