/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two records of the audit, for its tests and for docs/audit-vectors.txt. */
#ifndef UNIT_ACCESS_AUDIT_RECORDS_H
#define UNIT_ACCESS_AUDIT_RECORDS_H

#include "access/audit.h"

#define AUDIT_RECORDS_AT_MS INT64_C(1795000000250)

/* A search by a nurse that showed two patients. */
struct audit_record audit_searched(void);

/* A refused read by a service, with a Consent. */
struct audit_record audit_refused(void);

void audit_assert_same(const struct audit_record *a, const struct audit_record *b);

#endif
