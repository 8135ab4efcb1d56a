/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/trail.h"

#include "log/log.h"

static void set(struct audit_record *record, enum audit_text which, struct text text)
{
    if (text.len)
        record->texts[which] = text;
}

struct audit_record trail_record(const struct rest_audit_note *note,
                                 const struct trail_request *request)
{
    struct audit_record record = note->record;
    record.status = (uint16_t)request->status;
    set(&record, AUDIT_QUERY, request->query);
    set(&record, AUDIT_ADDRESS, request->address);
    set(&record, AUDIT_REQUEST, request->id);
    return record;
}

static size_t count_parts(const struct rest_audit_trail *trail, const struct rest_audit_note *note)
{
    size_t shown = note->record.patient_count ? 0 : trail->patient_count;
    return shown ? (shown + AUDIT_PATIENTS_MAX - 1) / AUDIT_PATIENTS_MAX : 1;
}

static struct audit_record part_of(const struct rest_audit_trail *trail,
                                   const struct rest_audit_note *note,
                                   const struct trail_request *request, size_t part)
{
    struct audit_record record = trail_record(note, request);
    size_t first = part * AUDIT_PATIENTS_MAX;
    if (record.patient_count || trail->patient_count <= first)
        return record;
    size_t left = trail->patient_count - first;
    record.patients = trail->patients + first;
    record.patient_count = left < AUDIT_PATIENTS_MAX ? left : (size_t)AUDIT_PATIENTS_MAX;
    return record;
}

bool trail_records(const struct rest_audit_trail *trail, const struct trail_request *request,
                   struct arena *arena, struct audit_record **records, size_t *count)
{
    *count = 0;
    for (const struct rest_audit_note *note = trail->notes; note; note = note->next)
        *count += count_parts(trail, note);
    *records = *count ? arena_take_zeroed(arena, *count, sizeof **records) : NULL;
    if (trail->is_short || (*count && !*records)) {
        log_event(LOG_WARN, "audit_short", "records=%zu", *count);
        return false;
    }
    size_t at = *count;
    for (const struct rest_audit_note *note = trail->notes; note; note = note->next)
        for (size_t part = count_parts(trail, note); part-- > 0;)
            (*records)[--at] = part_of(trail, note, request, part);
    return true;
}
