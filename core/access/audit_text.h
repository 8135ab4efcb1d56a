/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An AuditEvent in words. Private to core/access. */
#ifndef ACCESS_AUDIT_TEXT_H
#define ACCESS_AUDIT_TEXT_H

#include "access/audit.h"
#include "json/writer.h"

/* Writes the member `text`: who did what with whose data, and why they could, in English, French and Arabic. `name`: of
 * who did it, or "". */
void audit_write_text(struct json_writer *writer, const struct audit_record *record,
                      struct text name);

#endif
