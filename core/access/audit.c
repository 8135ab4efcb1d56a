/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/audit.h"

#include "access/glass.h"
#include "base/bytes.h"

/* version u8 | effect u8 | relations u16 | provision u16 | status u16 | at_ms i64 | texts, each u16 and its bytes |
 * patients u16 | each u16 and its bytes; big-endian */
enum {
    AT_VERSION = 0,
    AT_EFFECT = 1,
    AT_RELATIONS = 2,
    AT_PROVISION = 4,
    AT_STATUS = 6,
    AT_TIME = 8,
    HEAD_LEN = 16,
    VERSION = 1
};

void audit_record_of(struct audit_record *record, const struct access_subject *subject,
                     const struct access_request *request, const struct access_decision *decision,
                     int64_t now_ms)
{
    *record = (struct audit_record){
        .at_ms = now_ms,
        .effect = (uint8_t)decision->effect,
        .relations = (uint16_t)decision->relations,
        .provision = decision->provision,
    };
    struct text *texts = record->texts;
    texts[AUDIT_USER] = subject->user;
    texts[AUDIT_CLIENT] = subject->client;
    if (decision->role < ACCESS_ROLES && subject->roles & ACCESS_ROLE_BIT(decision->role))
        texts[AUDIT_ROLE] = text_of(access_role_name(decision->role));
    texts[AUDIT_PURPOSE] = decision->purpose;
    texts[AUDIT_INTERACTION] = text_of(access_interaction_word(request->interaction));
    texts[AUDIT_REASON] = text_of(access_reason_word(decision->reason));
    texts[AUDIT_TYPE] = request->type;
    texts[AUDIT_ID] = request->id;
    texts[AUDIT_CONSENT] = decision->consent;
    const struct access_glass *glass = glass_of_patient(subject->glass, decision->patient);
    if (decision->reason == ACCESS_BY_GLASS && glass)
        texts[AUDIT_WORDS] = glass->reason;
    if (decision->patient.len) {
        record->patients = &decision->patient;
        record->patient_count = 1;
    }
}

/* Of a text that is too long, whole characters. */
static struct text cut(struct text text)
{
    if (text.len <= AUDIT_TEXT_LEN_MAX)
        return text;
    text.len = AUDIT_TEXT_LEN_MAX;
    while (text.len && ((unsigned char)text.bytes[text.len] & 0xC0) == 0x80)
        text.len--;
    return text;
}

static void write_u16(struct buffer *out, uint16_t number)
{
    uint8_t bytes[2];
    put_be16(bytes, number);
    buffer_add(out, (struct text){(const char *)bytes, sizeof bytes});
}

static void write_text(struct buffer *out, struct text text)
{
    text = cut(text);
    write_u16(out, (uint16_t)text.len);
    buffer_add(out, text);
}

void audit_write(struct buffer *out, const struct audit_record *record)
{
    uint8_t head[HEAD_LEN];
    size_t patients =
        record->patient_count < AUDIT_PATIENTS_MAX ? record->patient_count : AUDIT_PATIENTS_MAX;

    head[AT_VERSION] = VERSION;
    head[AT_EFFECT] = record->effect;
    put_be16(head + AT_RELATIONS, record->relations);
    put_be16(head + AT_PROVISION, record->provision);
    put_be16(head + AT_STATUS, record->status);
    put_be64(head + AT_TIME, (uint64_t)record->at_ms);
    buffer_add(out, (struct text){(const char *)head, sizeof head});
    for (size_t i = 0; i < AUDIT_TEXTS; i++)
        write_text(out, record->texts[i]);
    write_u16(out, (uint16_t)patients);
    for (size_t i = 0; i < patients; i++)
        write_text(out, record->patients[i]);
}

static bool read_u16(struct text *rest, uint16_t *number)
{
    if (rest->len < 2)
        return false;
    *number = get_be16((const uint8_t *)rest->bytes);
    *rest = (struct text){rest->bytes + 2, rest->len - 2};
    return true;
}

static bool read_text(struct text *rest, struct text *text)
{
    uint16_t len;
    if (!read_u16(rest, &len) || len > AUDIT_TEXT_LEN_MAX || rest->len < len)
        return false;
    *text = (struct text){rest->bytes, len};
    *rest = (struct text){rest->bytes + len, rest->len - len};
    return true;
}

bool audit_read(struct audit_record *record, struct text bytes, struct arena *arena)
{
    const uint8_t *head = (const uint8_t *)bytes.bytes;
    struct text rest = {bytes.bytes + HEAD_LEN, bytes.len - HEAD_LEN};
    struct text *patients = NULL;
    uint16_t count;

    if (bytes.len < HEAD_LEN || head[AT_VERSION] != VERSION || head[AT_EFFECT] > ACCESS_FILTERED)
        return false;
    *record = (struct audit_record){
        .at_ms = (int64_t)get_be64(head + AT_TIME),
        .effect = head[AT_EFFECT],
        .relations = get_be16(head + AT_RELATIONS),
        .provision = get_be16(head + AT_PROVISION),
        .status = get_be16(head + AT_STATUS),
    };
    for (size_t i = 0; i < AUDIT_TEXTS; i++)
        if (!read_text(&rest, &record->texts[i]))
            return false;
    if (!read_u16(&rest, &count) || count > AUDIT_PATIENTS_MAX ||
        (count && !(patients = arena_take(arena, count * sizeof *patients))))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!read_text(&rest, &patients[i]))
            return false;
    record->patients = patients;
    record->patient_count = count;
    return rest.len == 0;
}
