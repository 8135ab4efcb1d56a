/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <stdlib.h>

#include "access/audit_chain.h"
#include "fhir/validate.h"

#define AT INT64_C(1795000000250)
#define VECTORS "docs/audit-vectors.txt"

static struct arena arena;
static struct signer *signer;
static uint8_t public_key[DIGEST_KEY_LEN];
static const uint8_t log_id[AUDIT_ID_LEN] = {0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7,
                                             0xA8, 0xA9, 0xAA, 0xAB, 0xAC, 0xAD, 0xAE, 0xAF};

static int make(void **state)
{
    (void)state;
    uint8_t key[DIGEST_KEY_LEN];
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)i;
    arena_init(&arena, 64 << 20);
    signer = signer_create(key);
    signer_public_key(signer, public_key);
    return 0;
}

static int unmake(void **state)
{
    (void)state;
    signer_destroy(signer);
    arena_free(&arena);
    return 0;
}

static const struct text patients[] = {{"7", 1}, {"8", 1}};

/* A search by a nurse that showed two patients. */
static struct audit_record searched(void)
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

/* A refused read by a service, with a Consent. */
static struct audit_record refused(void)
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

static void assert_same(const struct audit_record *a, const struct audit_record *b)
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

static void what_is_written_is_read(void **state)
{
    (void)state;
    struct audit_record records[] = {searched(), refused(), {.at_ms = -1}}, again;
    for (size_t i = 0; i < 3; i++) {
        struct buffer out;
        buffer_init(&out, &arena);
        audit_write(&out, &records[i]);
        assert_true(audit_read(&again, buffer_text(&out), &arena));
        assert_same(&records[i], &again);
        for (size_t len = 0; len < out.len; len++)
            assert_false(audit_read(&again, (struct text){out.bytes, len}, &arena));
        buffer_add_byte(&out, 0);
        assert_false(audit_read(&again, buffer_text(&out), &arena));
    }
}

static void a_long_text_is_cut_at_a_whole_character(void **state)
{
    (void)state;
    struct audit_record record = searched(), again;
    struct buffer out, query;
    buffer_init(&query, &arena);
    buffer_add_byte(&query, 'x');
    for (int i = 0; i < AUDIT_TEXT_LEN_MAX; i++)
        buffer_format(&query, "\xC3\xA9");
    record.texts[AUDIT_QUERY] = buffer_text(&query);
    buffer_init(&out, &arena);
    audit_write(&out, &record);
    assert_true(audit_read(&again, buffer_text(&out), &arena));
    assert_int_equal(again.texts[AUDIT_QUERY].len, AUDIT_TEXT_LEN_MAX - 1);
}

static void a_decision_becomes_a_record(void **state)
{
    (void)state;
    struct access_glass glass = {.patient = TEXT("7"), .reason = TEXT("unconscious, no papers")};
    struct access_subject subject = {
        .user = TEXT("Practitioner/n"), .client = TEXT("app"), .glass = &glass};
    struct access_request request = {
        .interaction = ACCESS_READ, .type = TEXT("Condition"), .id = TEXT("c1")};
    struct access_decision decision = {
        .effect = ACCESS_PERMITTED,
        .reason = ACCESS_BY_GLASS,
        .role = ACCESS_NURSE,
        .patient = TEXT("7"),
        .purpose = TEXT("BTG"),
    };
    struct audit_record record;
    audit_record_of(&record, &subject, &request, &decision, AT);
    assert_true(text_is(record.texts[AUDIT_ROLE], "nurse"));
    assert_true(text_is(record.texts[AUDIT_REASON], "by-emergency"));
    assert_true(text_is(record.texts[AUDIT_WORDS], "unconscious, no papers"));
    assert_int_equal(record.patient_count, 1);
    assert_true(text_is(record.patients[0], "7"));
}

/* Three records, a checkpoint, a record. */
static struct text make_log(struct buffer *out, size_t ends[7])
{
    struct audit_record first = searched(), second = refused();
    struct audit_chain chain;
    size_t count = 0;

    buffer_init(out, &arena);
    audit_chain_begin(&chain, log_id, signer, out);
    ends[count++] = out->len;
    for (int i = 0; i < 5; i++) {
        if (i == 3)
            audit_chain_sign(&chain, signer, AT + 2, out);
        else
            audit_chain_add(&chain, i == 1 ? &second : &first, out);
        ends[count++] = out->len;
    }
    audit_chain_end(&chain);
    assert_false(out->failed);
    return buffer_text(out);
}

/* The first fault, and the number of good frames before it. */
static enum audit_fault check(struct text log, const struct audit_told *told, uint64_t *good)
{
    struct audit_reader reader;
    struct audit_frame frame;
    size_t used = AUDIT_HEADER_LEN;

    *good = 0;
    enum audit_fault fault = audit_reader_begin(&reader, log, public_key, told);
    if (fault != AUDIT_GOOD)
        return fault;
    while (fault == AUDIT_GOOD && log.len > used) {
        log = (struct text){log.bytes + used, log.len - used};
        fault = audit_reader_next(&reader, log, &frame, &used);
        *good += fault == AUDIT_GOOD;
    }
    if (fault == AUDIT_GOOD)
        fault = audit_reader_finish(&reader);
    audit_reader_end(&reader);
    return fault;
}

static void a_log_is_read_as_it_was_written(void **state)
{
    (void)state;
    struct buffer out;
    size_t ends[7];
    uint64_t good;
    assert_int_equal(check(make_log(&out, ends), NULL, &good), AUDIT_GOOD);
    assert_int_equal(good, 5);
}

static void h79_any_changed_byte_is_found_where_it_is(void **state)
{
    (void)state;
    struct buffer out;
    size_t ends[7], frame = 0;
    struct text log = make_log(&out, ends);

    for (size_t at = 0; at < log.len; at++) {
        uint64_t good;
        while (at >= ends[frame])
            frame++;
        out.bytes[at] ^= 0x20;
        enum audit_fault fault = check(log, NULL, &good);
        out.bytes[at] ^= 0x20;
        if (fault == AUDIT_GOOD || good != (frame ? frame - 1 : 0))
            fail_msg("byte %zu: %s after %d", at, audit_fault_words(fault), (int)good);
    }
}

static void h79_frames_left_out_twice_or_in_another_order_are_found(void **state)
{
    (void)state;
    struct buffer out, other;
    size_t ends[7];
    uint64_t good;
    struct text log = make_log(&out, ends);

    for (size_t i = 1; i < 5; i++) {
        struct text before = {log.bytes, ends[i - 1]};
        struct text frame = {log.bytes + ends[i - 1], ends[i] - ends[i - 1]};
        struct text after = {log.bytes + ends[i], log.len - ends[i]};
        buffer_init(&other, &arena);
        buffer_add(&other, before);
        buffer_add(&other, after);
        assert_int_equal(check(buffer_text(&other), NULL, &good), AUDIT_BAD_SEQ);
        assert_int_equal(good, i - 1);
        buffer_init(&other, &arena);
        buffer_add(&other, before);
        buffer_add(&other, frame);
        buffer_add(&other, frame);
        buffer_add(&other, after);
        assert_int_equal(check(buffer_text(&other), NULL, &good), AUDIT_BAD_SEQ);
        assert_int_equal(good, i);
    }
}

static void h79_a_log_made_anew_without_the_key_is_found(void **state)
{
    (void)state;
    static const uint8_t other_key[DIGEST_KEY_LEN] = {9};
    struct signer *own = signer, *thief = signer_create(other_key);
    struct buffer out;
    size_t ends[7];
    uint64_t good;

    signer = thief;
    make_log(&out, ends);
    signer = own;
    signer_destroy(thief);
    assert_int_equal(check(buffer_text(&out), NULL, &good), AUDIT_OTHER_KEY);

    /* The thief leaves the key in the header as it was, and makes all else to fit. */
    struct buffer forged;
    struct audit_chain chain;
    struct audit_record record = refused();
    buffer_init(&forged, &arena);
    thief = signer_create(other_key);
    audit_chain_begin(&chain, log_id, signer, &forged);
    audit_chain_add(&chain, &record, &forged);
    audit_chain_sign(&chain, thief, AT, &forged);
    audit_chain_end(&chain);
    signer_destroy(thief);
    assert_int_equal(check(buffer_text(&forged), NULL, &good), AUDIT_BAD_SIGNATURE);
    assert_int_equal(good, 1);
}

static void h79_what_is_cut_off_the_end_is_told_by_a_checkpoint_kept_elsewhere(void **state)
{
    (void)state;
    struct buffer out;
    size_t ends[7];
    uint64_t good;
    struct text log = make_log(&out, ends);
    struct audit_told told = {.seq = 4};
    memcpy(told.hash, log.bytes + ends[3] + AUDIT_FRAME_HEAD_LEN + 8, DIGEST_LEN);

    assert_int_equal(check(log, &told, &good), AUDIT_GOOD);
    assert_int_equal(check((struct text){log.bytes, ends[3]}, NULL, &good), AUDIT_GOOD);
    assert_int_equal(check((struct text){log.bytes, ends[3]}, &told, &good), AUDIT_CUT);
    told.hash[0] ^= 1;
    assert_int_equal(check(log, &told, &good), AUDIT_BAD_CHECKPOINT);
}

static void h79_a_record_in_the_place_of_a_checkpoint_that_was_told_is_found(void **state)
{
    struct audit_chain chain;
    struct buffer log;
    const struct audit_told told = {.seq = 2};
    uint64_t good;
    (void)state;
    buffer_init(&log, &arena);
    audit_chain_begin(&chain, log_id, signer, &log);
    for (int i = 0; i < 3; i++) {
        struct audit_record record = searched();
        audit_chain_add(&chain, &record, &log);
    }
    audit_chain_sign(&chain, signer, AT, &log);
    audit_chain_end(&chain);
    assert_int_equal(check(buffer_text(&log), NULL, &good), AUDIT_GOOD);
    assert_int_equal(check(buffer_text(&log), &told, &good), AUDIT_BAD_CHECKPOINT);
}

static void a_frame_is_found_without_the_chain(void **state)
{
    struct audit_chain chain;
    struct buffer log;
    struct audit_frame frame;
    struct audit_record record = searched();
    size_t used;
    (void)state;
    buffer_init(&log, &arena);
    audit_chain_begin(&chain, log_id, signer, &log);
    audit_chain_add(&chain, &record, &log);
    audit_chain_end(&chain);
    struct text rest = {log.bytes + AUDIT_HEADER_LEN, log.len - AUDIT_HEADER_LEN};
    assert_true(audit_frame_read(rest, &frame, &used));
    assert_int_equal(used, rest.len);
    assert_int_equal(frame.seq, 1);
    assert_true(audit_read(&record, frame.body, &arena));
    rest.len--;
    assert_false(audit_frame_read(rest, &frame, &used));
    assert_false(audit_frame_read(buffer_text(&log), &frame, &used)); /* the header is none */
}

static void a_line_says_who_what_and_why_and_nothing_to_the_terminal(void **state)
{
    struct audit_record record = searched();
    struct buffer line;
    (void)state;
    buffer_init(&line, &arena);
    record.texts[AUDIT_QUERY] = TEXT("a=\x1b[2J\n\xC2\x9B\xC3\xA2");
    audit_write_line(&line, &record, 12);
    buffer_add_byte(&line, '\0');
    assert_non_null(strstr(line.bytes, "12 2026-11-"));
    assert_non_null(strstr(line.bytes, " permitted search Observation"));
    assert_non_null(strstr(line.bytes, "?a=?[2J??\xC3\xA2 by Practitioner/n client ward-app"));
    assert_non_null(strstr(line.bytes, " as nurse for TREAT: by-relation, "));
    assert_non_null(strstr(line.bytes, "status 200, patients 7 8"));
    record.effect = ACCESS_REFUSED;
    buffer_init(&line, &arena);
    audit_write_line(&line, &record, 12);
    buffer_add_byte(&line, '\0');
    assert_non_null(strstr(line.bytes, " REFUSED search"));
}

static void whom_a_record_concerns_is_said_whole(void **state)
{
    struct audit_record record = searched();
    (void)state;
    assert_true(audit_concerns(&record, TEXT("7")));
    assert_true(audit_concerns(&record, TEXT("8")));
    assert_false(audit_concerns(&record, TEXT("9")));
    assert_false(audit_concerns(&record, TEXT("")));
    record.texts[AUDIT_USER] = TEXT("Patient/9");
    assert_true(audit_concerns(&record, TEXT("9")));
    assert_false(audit_concerns(&record, TEXT("99")));
}

static void a_crash_leaves_an_unfinished_frame_and_the_chain_goes_on_behind_it(void **state)
{
    (void)state;
    struct buffer out;
    size_t ends[7], used;
    uint64_t good;
    struct text log = make_log(&out, ends);
    struct audit_reader reader;
    struct audit_frame frame;
    struct audit_record record = searched();

    for (size_t len = ends[4] + 1; len < ends[5]; len++) {
        assert_int_equal(check((struct text){log.bytes, len}, NULL, &good), AUDIT_UNFINISHED);
        assert_int_equal(good, 4);
    }
    assert_int_equal(audit_reader_begin(&reader, log, public_key, NULL), AUDIT_GOOD);
    while (reader.at < ends[4])
        assert_int_equal(
            audit_reader_next(&reader, (struct text){log.bytes + reader.at, log.len - reader.at},
                              &frame, &used),
            AUDIT_GOOD);
    struct buffer again;
    buffer_init(&again, &arena);
    buffer_add(&again, (struct text){log.bytes, reader.at});
    audit_chain_add(&reader.chain, &record, &again);
    audit_reader_end(&reader);
    assert_true(text_equal(buffer_text(&again), log));
}

static void every_event_is_one_that_r4_allows(void **state)
{
    (void)state;
    static const char *const words[] = {
        "read",   "vread",      "history-instance", "create", "update", "patch",     "delete",
        "search", "history",    "export",           "login",  "logout", "emergency", "credentials",
        "roles",  "of-tomorrow"};
    const struct audit_site site = {.observer = TEXT("Device/centre"),
                                    .url = TEXT("https://c.example.org/fhir")};

    for (size_t i = 0; i < 2 * sizeof words / sizeof *words; i++) {
        struct audit_record record = i % 2 ? searched() : refused();
        struct fhir_issues issues = {0};
        struct buffer out;
        struct json json;
        record.texts[AUDIT_INTERACTION] = text_of(words[i / 2]);
        if (i % 4 == 1)
            record.patient_count = 0;
        buffer_init(&out, &arena);
        audit_write_event(&out, &record, 12, 0, &site);
        assert_int_equal(json_parse(&json, buffer_text(&out), &json_limits_default, &arena, NULL),
                         JSON_OK);
        if (!fhir_validate(&issues, &json, JSON_ROOT, TEXT(""), NULL, &arena))
            fail_msg("%s: %.*s: %.*s", words[i / 2], (int)issues.list[0].expression.len,
                     issues.list[0].expression.bytes, (int)issues.list[0].words.len,
                     issues.list[0].words.bytes);
    }
}

static void assert_event_has(const struct audit_record *record, size_t index, const char *part)
{
    const struct audit_site site = {.observer = TEXT("Device/centre"),
                                    .url = TEXT("https://c.example.org/fhir")};
    struct buffer out;
    buffer_init(&out, &arena);
    audit_write_event(&out, record, 12, index, &site);
    buffer_add_byte(&out, '\0');
    if (!strstr(out.bytes, part))
        fail_msg("no %s in %s", part, out.bytes);
}

static void an_event_says_who_what_whose_and_why(void **state)
{
    (void)state;
    struct audit_record record = searched();
    assert_event_has(&record, 1, "\"id\":\"a-12-1\"");
    assert_event_has(&record, 1, "\"what\":{\"reference\":\"Patient/8\"}");
    assert_event_has(&record, 0, "\"recorded\":\"2026-11-18T11:06:40.250Z\"");
    assert_event_has(&record, 0, "\"outcome\":\"0\"");
    assert_event_has(&record, 0, "\"outcomeDesc\":\"by-relation: care-team, encounter\"");
    assert_event_has(&record, 0,
                     "\"query\":\"T2JzZXJ2YXRpb24/Y29kZT03MTgtNyZwYXRpZW50Lm5hbWU9RsOidGltYQ==\"");
    assert_event_has(&record, 0, "\"identifier\":{\"value\":\"r-1\"}");
    record = refused();
    assert_event_has(&record, 0, "\"id\":\"a-12\"");
    assert_event_has(&record, 0, "\"reference\":\"Condition/c1/_history/2\"");
    assert_event_has(&record, 0, "\"outcome\":\"4\"");
    assert_event_has(&record, 0, "\"outcomeDesc\":\"consent-refuses; Consent/c9 provision 3\"");
    record.status = 500;
    assert_event_has(&record, 0, "\"outcome\":\"8\"");
}

static void add_hex(struct buffer *out, const char *name, struct text bytes)
{
    buffer_format(out, "%s = ", name);
    for (size_t i = 0; i < bytes.len; i++)
        buffer_format(out, "%02x", (unsigned char)bytes.bytes[i]);
    buffer_format(out, "\n");
}

/* What docs/audit-vectors.txt has to be; `build/tests/unit/unit-access-audit --write` makes it so. */
static struct text vectors(void)
{
    static const char *const names[] = {"header",       "search",     "refusal",
                                        "search-again", "checkpoint", "search-last"};
    struct buffer log, out;
    size_t ends[7], start = 0;

    make_log(&log, ends);
    buffer_init(&out, &arena);
    buffer_format(
        &out,
        "# Test vectors of the audit's log, version 1: what docs/audit.md says, byte for byte.\n"
        "# A whole log under the private key 000102..1f; each line is the next part of it. The "
        "records are\n"
        "# those of tests/unit/access/audit_test.c, which reads this file.\n");
    for (size_t i = 0; i < 6; start = ends[i++])
        add_hex(&out, names[i], (struct text){log.bytes + start, ends[i] - start});
    return buffer_text(&out);
}

static void the_vectors_are_what_is_written(void **state)
{
    (void)state;
    static char file_text[16384];
    FILE *file = fopen(VECTORS, "r");
    assert_non_null(file);
    size_t len = fread(file_text, 1, sizeof file_text, file);
    fclose(file);
    assert_true(text_equal(vectors(), (struct text){file_text, len}));
}

static int write_vectors(void)
{
    make(NULL);
    struct text text = vectors();
    FILE *file = fopen(VECTORS, "w");
    bool is_good = file && fwrite(text.bytes, 1, text.len, file) == text.len;
    if (file && fclose(file) != 0)
        is_good = false;
    return unmake(NULL) || !is_good;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(a_long_text_is_cut_at_a_whole_character),
        cmocka_unit_test(a_decision_becomes_a_record),
        cmocka_unit_test(a_log_is_read_as_it_was_written),
        cmocka_unit_test(h79_any_changed_byte_is_found_where_it_is),
        cmocka_unit_test(h79_frames_left_out_twice_or_in_another_order_are_found),
        cmocka_unit_test(h79_a_log_made_anew_without_the_key_is_found),
        cmocka_unit_test(h79_a_record_in_the_place_of_a_checkpoint_that_was_told_is_found),
        cmocka_unit_test(a_frame_is_found_without_the_chain),
        cmocka_unit_test(a_line_says_who_what_and_why_and_nothing_to_the_terminal),
        cmocka_unit_test(whom_a_record_concerns_is_said_whole),
        cmocka_unit_test(h79_what_is_cut_off_the_end_is_told_by_a_checkpoint_kept_elsewhere),
        cmocka_unit_test(a_crash_leaves_an_unfinished_frame_and_the_chain_goes_on_behind_it),
        cmocka_unit_test(every_event_is_one_that_r4_allows),
        cmocka_unit_test(an_event_says_who_what_whose_and_why),
        cmocka_unit_test(the_vectors_are_what_is_written),
    };
    if (argc > 1 && strcmp(argv[1], "--write") == 0)
        return write_vectors();
    return cmocka_run_group_tests(tests, make, unmake);
}
