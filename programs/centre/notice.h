/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What those who subscribed are sent is told to the audit before it leaves, with where it goes. */
#ifndef CENTRE_NOTICE_H
#define CENTRE_NOTICE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/text.h"
#include "centre/centre.h"

/* Tells it what was decided on the way. False: not all of it can be told, and so nothing may leave. */
MUST_USE bool notice_tell(struct centre *centre, const struct rest_audit_trail *trail,
                          struct text address);

#endif
