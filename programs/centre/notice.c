/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/notice.h"

#include "clock/clock.h"

bool notice_tell(struct centre *centre, const struct rest_audit_trail *trail, struct text address)
{
    struct journal *journal = centre->journal;
    if (!journal || !trail->notes)
        return !trail->is_short;
    if (trail->is_short || journal_is_full(journal))
        return false;
    for (const struct rest_audit_note *note = trail->notes; note; note = note->next) {
        struct audit_record record = note->record;
        record.status = 200;
        record.texts[AUDIT_ADDRESS] = address;
        journal_add(journal, &record, 1, (int64_t)(clock_wall_ns() / 1000000));
    }
    return true;
}
