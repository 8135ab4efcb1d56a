/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/audit.h"

#include "base/instant.h"

/* What came from outside, without what would make a terminal do something: control characters, C1's too. */
static void add_plain(struct buffer *out, struct text text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.bytes[i];
        bool is_c1 = byte == 0xC2 && i + 1 < text.len && (unsigned char)text.bytes[i + 1] < 0xA0;
        bool is_control = byte < 0x20 || byte == 0x7F || is_c1;
        buffer_add_byte(out, is_control ? '?' : text.bytes[i]);
        i += is_c1;
    }
}

static void add_part(struct buffer *out, const char *before, struct text text)
{
    if (text.len == 0)
        return;
    buffer_add(out, text_of(before));
    add_plain(out, text);
}

void audit_write_line(struct buffer *out, const struct audit_record *record, uint64_t seq)
{
    char when[INSTANT_LEN + 1];
    const struct text *texts = record->texts;
    buffer_add_u64(out, seq);
    add_part(out, " ", instant_write(record->at_ms, when));
    add_part(out, " ", record->effect == ACCESS_REFUSED ? TEXT("REFUSED") : TEXT("permitted"));
    add_part(out, " ", texts[AUDIT_INTERACTION]);
    add_part(out, " ", texts[AUDIT_TYPE]);
    add_part(out, "/", texts[AUDIT_ID]);
    add_part(out, "?", texts[AUDIT_QUERY]);
    bool is_program = texts[AUDIT_USER].len == 0 && texts[AUDIT_CLIENT].len;
    if (!is_program)
        add_part(out, " by ", texts[AUDIT_USER].len ? texts[AUDIT_USER] : TEXT("nobody"));
    add_part(out, is_program ? " by client " : " client ", texts[AUDIT_CLIENT]);
    add_part(out, " from ", texts[AUDIT_ADDRESS]);
    add_part(out, " as ", texts[AUDIT_ROLE]);
    add_part(out, " for ", texts[AUDIT_PURPOSE]);
    add_part(out, ": ", texts[AUDIT_REASON]);
    add_part(out, ", \"", texts[AUDIT_WORDS]);
    if (texts[AUDIT_WORDS].len)
        buffer_add_byte(out, '"');
    if (record->status)
        buffer_format(out, ", status %u", record->status);
    for (size_t i = 0; i < record->patient_count; i++)
        add_part(out, i ? " " : ", patients ", record->patients[i]);
}

bool audit_concerns_all(const struct audit_record *record)
{
    return record->patient_count == 0 && record->effect == ACCESS_PERMITTED &&
           text_is(record->texts[AUDIT_INTERACTION], "export");
}

bool audit_concerns(const struct audit_record *record, struct text patient)
{
    static const struct text type = {"Patient/", sizeof "Patient/" - 1};
    struct text user = record->texts[AUDIT_USER];
    for (size_t i = 0; i < record->patient_count; i++)
        if (text_equal(record->patients[i], patient))
            return true;
    if (audit_concerns_all(record))
        return true;
    return user.len == type.len + patient.len && memcmp(user.bytes, type.bytes, type.len) == 0 &&
           memcmp(user.bytes + type.len, patient.bytes, patient.len) == 0;
}
