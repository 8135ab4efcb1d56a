/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/access/audit_records.h"

#include "unit/cmocka_base.h"

#define AT AUDIT_RECORDS_AT_MS

static const struct text patients[] = {{"7", 1}, {"8", 1}};

struct audit_record audit_searched(void)
{
    struct audit_record record = {
        .at_ms = AT,
        .effect = ACCESS_FILTERED,
        .relations = ACCESS_CARE_TEAM | ACCESS_ENCOUNTER,
        .status = 200,
        .patients = patients,
        .patient_count = 2,
    };
    record.texts[AUDIT_USER] = TEXT("Practitioner/n");
    record.texts[AUDIT_CLIENT] = TEXT("ward-app");
    record.texts[AUDIT_ROLE] = TEXT("nurse");
    record.texts[AUDIT_PURPOSE] = TEXT("TREAT");
    record.texts[AUDIT_INTERACTION] = TEXT("search");
    record.texts[AUDIT_REASON] = TEXT("by-relation");
    record.texts[AUDIT_TYPE] = TEXT("Observation");
    record.texts[AUDIT_QUERY] = TEXT("code=718-7&patient.name=F\xC3\xA2tima");
    record.texts[AUDIT_REQUEST] = TEXT("r-1");
    record.texts[AUDIT_ADDRESS] = TEXT("192.0.2.7");
    return record;
}

struct audit_record audit_refused(void)
{
    struct audit_record record = {
        .at_ms = AT + 1,
        .effect = ACCESS_REFUSED,
        .provision = 3,
        .status = 403,
        .patients = patients,
        .patient_count = 1,
    };
    record.texts[AUDIT_CLIENT] = TEXT("laboratory");
    record.texts[AUDIT_ROLE] = TEXT("service");
    record.texts[AUDIT_PURPOSE] = TEXT("TREAT");
    record.texts[AUDIT_INTERACTION] = TEXT("read");
    record.texts[AUDIT_REASON] = TEXT("consent-refuses");
    record.texts[AUDIT_TYPE] = TEXT("Condition");
    record.texts[AUDIT_ID] = TEXT("c1");
    record.texts[AUDIT_VERSION] = TEXT("2");
    record.texts[AUDIT_CONSENT] = TEXT("c9");
    return record;
}

void audit_assert_same(const struct audit_record *a, const struct audit_record *b)
{
    assert_int_equal(a->at_ms, b->at_ms);
    assert_int_equal(a->effect, b->effect);
    assert_int_equal(a->relations, b->relations);
    assert_int_equal(a->provision, b->provision);
    assert_int_equal(a->status, b->status);
    for (size_t i = 0; i < AUDIT_TEXTS; i++)
        assert_true(text_equal(a->texts[i], b->texts[i]));
    assert_int_equal(a->patient_count, b->patient_count);
    for (size_t i = 0; i < a->patient_count; i++)
        assert_true(text_equal(a->patients[i], b->patients[i]));
}
