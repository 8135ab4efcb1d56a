/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audit's log as AuditEvents of the API: rest/audit.h. Any thread. */
#ifndef CENTRE_JOURNAL_EVENTS_H
#define CENTRE_JOURNAL_EVENTS_H

#include "centre/journal.h"
#include "rest/audit.h"

struct journal_events { /* the keeper */
    struct audit_site site;
};

/* Its two functions with `events`, which outlives what is returned. */
struct rest_audit journal_events_keep(struct journal_events *events);

#endif
