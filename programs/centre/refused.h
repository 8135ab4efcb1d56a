/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is refused to somebody whom nobody knows, told to the audit: a token that is none, a sign-in under a name that
 * there is none of, a refresh token that came twice. So many of one address one by one, the others by their number
 * (access/refusals.h). Any thread. */
#ifndef CENTRE_REFUSED_H
#define CENTRE_REFUSED_H

#include <stdbool.h>

#include "access/audit.h"
#include "base/attr.h"
#include "centre/journal.h"

struct refused;

/* The journal stays until refused_close. NULL: no memory or randomness. */
MUST_USE struct refused *refused_open(struct journal *journal);

/* The record's address says where it comes from. Its effect is ACCESS_REFUSED. */
void refused_tell(struct refused *refused, const struct audit_record *record);

/* Tells the numbers whose minute is over: to be called each second or so. */
void refused_look(struct refused *refused);

/* Tells all numbers. Harmless on NULL. */
void refused_close(struct refused *refused);

#endif
