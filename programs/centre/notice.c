/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/notice.h"

#include "centre/trail.h"
#include "clock/clock.h"

enum { RECORDS_BYTES_MAX = 16 << 20 };

bool notice_tell(struct centre *centre, const struct rest_audit_trail *trail, struct text address)
{
    struct journal *journal = centre->journal;
    if (!journal || !trail->notes)
        return !trail->is_short;
    const struct trail_request request = {.status = 200, .address = address};
    struct audit_record *records;
    struct arena arena;
    size_t count;
    if (journal_is_full(journal))
        return false;
    arena_init(&arena, RECORDS_BYTES_MAX);
    bool has_room = trail_records(trail, &request, &arena, &records, &count);
    if (has_room)
        journal_add(journal, records, count, (int64_t)(clock_wall_ns() / 1000000));
    arena_free(&arena);
    return has_room;
}
