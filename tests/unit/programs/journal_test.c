/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audit's log in a store of its own: checked under the site's key, and found again piece by piece. */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "centre/journal_events.h"
#include "clock/clock.h"
#include "store/sqlite.h"

enum { RECORDS = 9000, WORDS_LEN = 1000 }; /* in one group: more than one request looks at */

#define AT INT64_C(1795000000000)

static char folder[64];
static struct store *store;
static struct journal *journal;
static struct arena arena;

static void open_journal(void)
{
    enum store_err err;
    journal = journal_open(store, AT, &err);
    assert_int_equal(err, STORE_OK);
}

static int make(void **state)
{
    char path[128], help[STORE_HELP_BYTES];
    (void)state;
    arena_init(&arena, 64 << 20);
    snprintf(folder, sizeof folder, "/tmp/jisr-journal-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/record", folder);
    assert_int_equal(store_sqlite_open(&store, &(struct sqlite_setting){.path = path}, help),
                     STORE_OK);
    open_journal();
    return 0;
}

static int unmake(void **state)
{
    char command[128];
    (void)state;
    journal_close(journal, AT);
    store_close(store);
    arena_free(&arena);
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
    return 0;
}

/* Records of one group; the first is about two patients. */
static void add_many(void)
{
    static const struct text patients[] = {{"one", 3}, {"two", 3}};
    static struct audit_record records[RECORDS];
    static char words[WORDS_LEN];
    memset(words, 'w', sizeof words);
    for (size_t i = 0; i < RECORDS; i++) {
        records[i] = (struct audit_record){.at_ms = AT + (int64_t)i,
                                           .effect = ACCESS_PERMITTED,
                                           .patients = patients,
                                           .patient_count = i ? 1 : 2};
        records[i].texts[AUDIT_INTERACTION] = TEXT("read");
        records[i].texts[AUDIT_WORDS] = (struct text){words, sizeof words};
    }
    journal_add(journal, records, RECORDS, AT);
    journal_close(journal, AT); /* the disk has them */
    open_journal();
}

static struct journal_report check_log(const struct audit_told *told)
{
    struct journal_report report;
    const struct journal_asked asked = {.url = TEXT("http://h"), .told = *told};
    assert_int_equal(journal_check(store, &asked, &report), STORE_OK);
    return report;
}

static bool count_event(const struct rest_audit_event *event, void *context)
{
    size_t *left = context;
    (void)event;
    return *left > 0 && (*left)--;
}

static void a_log_of_many_pieces_is_found_again_event_by_event(void **state)
{
    struct journal_events events = {{.observer = TEXT("Device/d"), .url = TEXT("http://h")}};
    const struct rest_audit audit = journal_events_keep(&events);
    struct store_view *view;
    struct rest_audit_event event;
    struct text next = TEXT("");
    size_t found = 0, pages = 0;
    uint32_t pieces;
    (void)state;
    add_many();
    assert_int_equal(store_view_begin(store, &arena, &view), STORE_OK);
    assert_int_equal(journal_pieces(view, &pieces), STORE_OK);
    assert_true(pieces > 4);
    do {
        size_t left = 700;
        const struct rest_audit_asked asked = {TEXT(""), next, false, count_event, &left};
        assert_int_equal(audit.list(audit.keeper, view, &asked, &next), STORE_OK);
        found += 700 - left;
    } while (next.len && ++pages < 100);
    assert_int_equal(found, RECORDS + 1);
    size_t left = 1; /* of nobody's there is none, and yet each page ends */
    struct rest_audit_asked rare = {TEXT("nobody"), TEXT(""), false, count_event, &left};
    assert_int_equal(audit.list(audit.keeper, view, &rare, &next), STORE_OK);
    assert_true(next.len > 0);
    rare.cursor = next;
    assert_int_equal(audit.list(audit.keeper, view, &rare, &next), STORE_OK);
    assert_int_equal(next.len, 0);
    assert_int_equal(left, 1);
    for (int seq = 2; seq < 2 + RECORDS; seq += 333) { /* 1 is a checkpoint */
        char id[32];
        snprintf(id, sizeof id, seq == 2 ? "a-%d-1" : "a-%d", seq);
        assert_int_equal(audit.read(audit.keeper, view, text_of(id), TEXT(""), false, &event),
                         STORE_OK);
        assert_true(text_is(event.id, id));
        assert_int_equal(event.at_ms, AT + seq - 2);
    }
    assert_int_equal(audit.read(audit.keeper, view, TEXT("a-2"), TEXT(""), false, &event),
                     STORE_ERR_NONE);
    assert_int_equal(audit.read(audit.keeper, view, TEXT("a-2-2"), TEXT(""), false, &event),
                     STORE_ERR_NONE);
    assert_int_equal(audit.read(audit.keeper, view, TEXT("a-3-0"), TEXT(""), false, &event),
                     STORE_ERR_NONE);
    store_view_end(view);
}

struct writing {
    const char *key; /* of the note that it writes */
    struct audit_record record;
    enum store_err outcome;
};

static enum store_err write_and_tell(struct store_write *write, void *context)
{
    const struct writing *writing = context;
    const struct store_note done = {text_of(writing->key), TEXT("done"), 0};
    enum store_err err = store_note_put(write, "session", &done);
    if (err == STORE_OK)
        err = journal_leave(write, &writing->record, 1);
    return err == STORE_OK ? writing->outcome : err;
}

static bool was_done(const struct writing *writing)
{
    struct store_view *view;
    struct store_note note;
    assert_int_equal(store_view_begin(store, &arena, &view), STORE_OK);
    enum store_err err = store_note_get(view, "session", text_of(writing->key), &note);
    store_view_end(view);
    return err == STORE_OK;
}

/* Nothing is waited for: what was acknowledged is there with its record, and what was undone is not, nor has it one. */
static void h182_what_is_written_is_kept_with_its_record_or_not_at_all(void **state)
{
    struct writing writing = {.key = "kept", .record = {.at_ms = AT, .effect = ACCESS_PERMITTED}};
    const struct audit_told none = {.seq = 0};
    struct arena job;
    (void)state;
    writing.record.texts[AUDIT_INTERACTION] = TEXT("create");
    arena_init(&job, 1 << 20);
    uint64_t before = check_log(&none).records;
    writing.outcome = STORE_ERR_REFUSED;
    assert_int_equal(store_run(store, &job, write_and_tell, &writing), STORE_ERR_REFUSED);
    assert_false(was_done(&writing));
    assert_int_equal(check_log(&none).records, before);
    writing.outcome = STORE_OK;
    assert_int_equal(store_run(store, &job, write_and_tell, &writing), STORE_OK);
    assert_true(was_done(&writing));
    struct journal_report report = check_log(&none);
    assert_int_equal(report.records, before + 1);
    assert_int_equal(report.fault, AUDIT_GOOD);
    arena_free(&job);
}

static void h182_nothing_is_written_that_no_journal_would_have(void **state)
{
    struct writing writing = {.key = "unkept", .record = {.at_ms = AT}};
    struct arena job;
    (void)state;
    journal_close(journal, AT);
    arena_init(&job, 1 << 20);
    assert_int_equal(store_run(store, &job, write_and_tell, &writing), STORE_ERR_REFUSED);
    assert_false(was_done(&writing));
    arena_free(&job);
    open_journal();
}

static enum store_err change_key(struct store_write *write, void *context)
{
    const struct store_note other = {TEXT("signer"), {context, DIGEST_KEY_LEN}, 0};
    return store_note_put(write, JOURNAL_AREA, &other);
}

static uint32_t count_pieces(void)
{
    struct store_view *view;
    uint32_t pieces;
    assert_int_equal(store_view_begin(store, &arena, &view), STORE_OK);
    assert_int_equal(journal_pieces(view, &pieces), STORE_OK);
    store_view_end(view);
    return pieces;
}

/* A piece is what one job writes. */
static void h182_a_lone_record_is_written_at_once_and_many_in_few_jobs(void **state)
{
    enum { RECORDS_IN_A_ROW = 100, GATHER_NS = 20 * 1000000, LOOK_NS = 1000000 };
    const uint64_t soon_ns = UINT64_C(10000000000);
    struct audit_record record = {.at_ms = AT, .effect = ACCESS_PERMITTED};
    const struct audit_told none = {.seq = 0};
    uint32_t before = count_pieces();
    uint64_t records = check_log(&none).records;
    (void)state;
    record.texts[AUDIT_INTERACTION] = TEXT("read");
    clock_sleep_until(clock_monotonic_ns() + 2 * GATHER_NS);
    uint64_t began = clock_monotonic_ns();
    journal_add(journal, &record, 1, AT);
    while (count_pieces() == before && clock_monotonic_ns() - began < soon_ns)
        clock_sleep_until(clock_monotonic_ns() + LOOK_NS);
    assert_int_equal(count_pieces(), before + 1); /* without another one that would take it along */
    before++;
    began = clock_monotonic_ns();
    for (int i = 0; i < RECORDS_IN_A_ROW; i++) {
        journal_add(journal, &record, 1, AT);
        clock_sleep_until(clock_monotonic_ns() + 500000);
    }
    uint64_t took = clock_monotonic_ns() - began;
    journal_close(journal, AT);
    open_journal();
    assert_in_range(count_pieces() - before, 1,
                    took / GATHER_NS + 4); /* and a checkpoint at each end */
    assert_int_equal(check_log(&none).records, records + 1 + RECORDS_IN_A_ROW);
}

static void h79_a_log_under_another_key_or_without_a_told_checkpoint_is_found(void **state)
{
    static char other[DIGEST_KEY_LEN] = "another";
    struct audit_told none = {.seq = 0};
    struct arena job;
    (void)state;
    struct journal_report report = check_log(&none);
    assert_int_equal(report.fault, AUDIT_GOOD);
    assert_int_equal(check_log(&report.last).fault, AUDIT_GOOD);
    report.last.hash[31] ^= 1;
    assert_int_equal(check_log(&report.last).fault, AUDIT_BAD_CHECKPOINT);
    report.last.seq++;
    assert_int_equal(check_log(&report.last).fault, AUDIT_CUT);
    arena_init(&job, 1 << 20);
    assert_int_equal(store_run(store, &job, change_key, other), STORE_OK);
    arena_free(&job);
    assert_int_equal(check_log(&none).fault, AUDIT_OTHER_KEY);
}

static void what_was_told_is_read_as_it_is_written(void **state)
{
    struct audit_told told = {.seq = 7, .hash = {0xAB, [31] = 0x01}}, again;
    char hash[JOURNAL_HASH_BYTES], text[128];
    (void)state;
    journal_hash_write(&told, hash);
    snprintf(text, sizeof text, "7:%s", hash);
    assert_true(journal_told_read(text, &again));
    assert_int_equal(again.seq, 7);
    assert_memory_equal(again.hash, told.hash, DIGEST_LEN);
    text[10] = 'g';
    assert_false(journal_told_read(text, &again));
    assert_false(journal_told_read("", &again));
    assert_false(journal_told_read("7", &again));
    assert_false(journal_told_read("7:ab", &again));
    snprintf(text, sizeof text, "-7:%s", hash);
    assert_false(journal_told_read(text, &again));
    snprintf(text, sizeof text, "99999999999999999999:%s", hash);
    assert_false(journal_told_read(text, &again));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_log_of_many_pieces_is_found_again_event_by_event),
        cmocka_unit_test(h182_what_is_written_is_kept_with_its_record_or_not_at_all),
        cmocka_unit_test(h182_nothing_is_written_that_no_journal_would_have),
        cmocka_unit_test(h182_a_lone_record_is_written_at_once_and_many_in_few_jobs),
        cmocka_unit_test(h79_a_log_under_another_key_or_without_a_told_checkpoint_is_found),
        cmocka_unit_test(what_was_told_is_read_as_it_is_written),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
