/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audit's log: its chain, its checkpoints, what is found of changes, and the test vectors. */
#include "unit/access/audit_records.h"

#include <stdio.h>
#include <stdlib.h>

#include "access/audit_chain.h"
#include "unit/cmocka_base.h"

#define AT AUDIT_RECORDS_AT_MS
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

/* Three records, a checkpoint, a record. */
static struct text make_log(struct buffer *out, size_t ends[7])
{
    struct audit_record first = audit_searched(), second = audit_refused();
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
    struct audit_record record = audit_refused();
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
        struct audit_record record = audit_searched();
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
    struct audit_record record = audit_searched();
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

static void a_crash_leaves_an_unfinished_frame_and_the_chain_goes_on_behind_it(void **state)
{
    (void)state;
    struct buffer out;
    size_t ends[7], used;
    uint64_t good;
    struct text log = make_log(&out, ends);
    struct audit_reader reader;
    struct audit_frame frame;
    struct audit_record record = audit_searched();

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

static void add_hex(struct buffer *out, const char *name, struct text bytes)
{
    buffer_format(out, "%s = ", name);
    for (size_t i = 0; i < bytes.len; i++)
        buffer_format(out, "%02x", (unsigned char)bytes.bytes[i]);
    buffer_format(out, "\n");
}

/* What docs/audit-vectors.txt has to be; `build/tests/unit/unit-access-audit-chain --write` makes it so. */
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
        "# those of tests/unit/access/audit_records.c.\n");
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
        cmocka_unit_test(a_log_is_read_as_it_was_written),
        cmocka_unit_test(h79_any_changed_byte_is_found_where_it_is),
        cmocka_unit_test(h79_frames_left_out_twice_or_in_another_order_are_found),
        cmocka_unit_test(h79_a_log_made_anew_without_the_key_is_found),
        cmocka_unit_test(h79_a_record_in_the_place_of_a_checkpoint_that_was_told_is_found),
        cmocka_unit_test(a_frame_is_found_without_the_chain),
        cmocka_unit_test(h79_what_is_cut_off_the_end_is_told_by_a_checkpoint_kept_elsewhere),
        cmocka_unit_test(a_crash_leaves_an_unfinished_frame_and_the_chain_goes_on_behind_it),
        cmocka_unit_test(the_vectors_are_what_is_written),
    };
    if (argc > 1 && strcmp(argv[1], "--write") == 0)
        return write_vectors();
    return cmocka_run_group_tests(tests, make, unmake);
}
