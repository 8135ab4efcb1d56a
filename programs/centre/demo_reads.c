/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/demo_reads.h"

#include <inttypes.h>
#include <stdio.h>

#include "access/scopes.h"
#include "clock/clock.h"

enum { READ_MAX = 40, EACH_MS = 3 * 3600 * 1000 }; /* patients; between one and the next */

struct reading {
    struct centre *centre;
    struct journal *journal;
    struct arena arena;
    struct access_scopes scopes;
    int64_t at_ms;
};

/* As programs/centre/record.c tells it of a request. */
static void tell(struct reading *reading, const struct rest_exchange *exchange)
{
    for (const struct rest_audit_note *note = exchange->trail->notes; note; note = note->next) {
        struct audit_record record = note->record;
        record.status = (uint16_t)exchange->answer.status;
        record.texts[AUDIT_QUERY] = exchange->wire.query;
        if (record.patient_count == 0) {
            record.patients = exchange->trail->patients;
            record.patient_count = exchange->trail->patient_count < AUDIT_PATIENTS_MAX
                                       ? exchange->trail->patient_count
                                       : (size_t)AUDIT_PATIENTS_MAX;
        }
        journal_add(reading->journal, &record, 1, reading->at_ms);
    }
}

static void read_one(struct reading *reading, const struct access_subject *subject,
                     const char *path, const char *query)
{
    struct store_view *view;
    struct rest_audit_trail trail = {.notes = NULL};
    struct rest_exchange exchange = {
        .rest = &reading->centre->rest,
        .arena = &reading->arena,
        .now_ms = reading->at_ms,
        .wire = {.method = REST_GET, .path = text_of(path), .query = text_of(query)},
        .subject = subject,
        .trail = &trail};
    if (store_view_begin(reading->centre->vault.store, &reading->arena, &view) == STORE_OK) {
        if (rest_begin(&exchange, view) == REST_ANSWERED)
            tell(reading, &exchange);
        store_view_end(view);
    }
    reading->at_ms += 1000;
    arena_reset(&reading->arena);
}

static void read_as_staff(struct reading *reading, enum access_role role, const char *id,
                          const char *path, const char *query)
{
    char user[64];
    snprintf(user, sizeof user, "Practitioner/%s", id);
    const struct access_subject subject = {.roles = ACCESS_ROLE_BIT(role),
                                           .user = text_of(user),
                                           .practitioner = text_of(id),
                                           .client = TEXT("demonstration"),
                                           .scopes = &reading->scopes};
    read_one(reading, &subject, path, query);
}

static void read_own(struct reading *reading, const char *id, const char *path, const char *query)
{
    char user[64];
    snprintf(user, sizeof user, "Patient/%s", id);
    const struct access_subject subject = {.roles = ACCESS_ROLE_BIT(ACCESS_PATIENT),
                                           .user = text_of(user),
                                           .patient = text_of(id),
                                           .client = TEXT("demonstration"),
                                           .scopes = &reading->scopes};
    read_one(reading, &subject, path, query);
}

static void read_patient(struct reading *reading, const struct demo *demo, uint32_t number)
{
    char patient[32], path[64], query[64], doctor[32], nurse[32], stranger[32], finding[64];
    uint32_t treats = demo_doctor_of(demo, number);
    snprintf(patient, sizeof patient, "p%" PRIu32, number);
    snprintf(path, sizeof path, "/Patient/%s", patient);
    snprintf(query, sizeof query, "patient=%s&_count=10", patient);
    snprintf(finding, sizeof finding, "/Observation/o%" PRIu32 "-10", number);
    snprintf(doctor, sizeof doctor, "doctor%" PRIu32, treats);
    snprintf(nurse, sizeof nurse, "nurse%" PRIu32, demo_nurse_of(treats));
    snprintf(stranger, sizeof stranger, "doctor%" PRIu32, (treats + 1) % DEMO_PRACTITIONERS);
    read_as_staff(reading, ACCESS_PHYSICIAN, doctor, path, "");
    read_as_staff(reading, ACCESS_PHYSICIAN, doctor, "/Observation", query);
    read_as_staff(reading, ACCESS_NURSE, nurse, "/Condition", query);
    if (number % 4 == 0)
        read_as_staff(reading, ACCESS_PHYSICIAN, stranger, finding, "");
    if (number % 5 == 0)
        read_own(reading, patient, "/Observation", query);
}

bool demo_read(struct centre *centre, const struct demo *demo, uint64_t patients)
{
    enum { ARENA_BYTES_MAX = 64 << 20 };
    struct reading reading = {.centre = centre};
    enum store_err err;
    uint32_t count = patients < READ_MAX ? (uint32_t)patients : (uint32_t)READ_MAX;
    int64_t now_ms = (int64_t)(clock_wall_ns() / 1000000);
    if (scopes_read(&reading.scopes, TEXT("user/*.rs")) != SCOPES_OK)
        return false;
    reading.journal = journal_open(centre->vault.store, now_ms, &err);
    if (!reading.journal)
        return false;
    arena_init(&reading.arena, ARENA_BYTES_MAX);
    for (uint32_t number = 0; number < count; number++) {
        reading.at_ms = now_ms - (int64_t)(count - number) * EACH_MS;
        read_patient(&reading, demo, number);
    }
    journal_close(reading.journal, now_ms);
    arena_free(&reading.arena);
    return true;
}
