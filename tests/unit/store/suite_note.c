/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notes of other parts, and blobs. */
#include "unit/store/suite.h"

static enum store_err write_notes(struct store_write *write, void *context)
{
    const char *keys[] = {"b", "a", "c", "d"};
    (void)context;
    for (size_t i = 0; i < 4; i++) {
        struct store_note note = {text_of(keys[i]), TEXT("v"), (int64_t)i * 100};
        assert_int_equal(store_note_put(write, "session", &note), STORE_OK);
    }
    struct store_note other = {TEXT("a"), TEXT("of the audit"), 0};
    assert_int_equal(store_note_put(write, "audit", &other), STORE_OK);
    other.value = TEXT("anew");
    assert_int_equal(store_note_put(write, "audit", &other), STORE_OK);
    assert_int_equal(store_note_remove(write, "session", TEXT("nobody")), STORE_OK);
    assert_int_equal(store_blob_add(write, TEXT("x"), TEXT("one")), STORE_OK);
    assert_int_equal(store_blob_add(write, TEXT("x"), TEXT("")), STORE_OK);
    return store_blob_add(write, TEXT("x"), TEXT("three"));
}

static enum store_err sweep_notes(struct store_write *write, void *context)
{
    (void)context;
    assert_int_equal(store_notes_sweep(write, "session", 200), STORE_OK);
    return store_blob_remove(write, TEXT("x"));
}

static const char *keys_of(struct store_view *view, struct text after, bool backwards)
{
    static char words[64];
    struct store_notes notes;
    size_t len = 0;
    words[0] = '\0';
    assert_int_equal(store_note_list(view, "session", after, backwards, 3, &notes), STORE_OK);
    for (size_t i = 0; i < notes.count; i++)
        len += (size_t)snprintf(words + len, sizeof words - len, "%.*s",
                                (int)notes.notes[i].key.len, notes.notes[i].key.bytes);
    return words;
}

static void notes_and_blobs_are_kept_by_their_names(void **state)
{
    struct record *record = *state;
    struct store_view *view;
    struct store_note note;
    struct text bytes;
    assert_int_equal(store_run(record->store, &record->arena, write_notes, NULL), STORE_OK);
    assert_int_equal(store_view_begin(record->store, &record->arena, &view), STORE_OK);
    assert_int_equal(store_note_get(view, "audit", TEXT("a"), &note), STORE_OK);
    assert_text(note.value, "anew");
    assert_int_equal(store_note_get(view, "audit", TEXT("b"), &note), STORE_ERR_NONE);
    assert_string_equal(keys_of(view, TEXT(""), false), "abc");
    assert_string_equal(keys_of(view, TEXT("c"), false), "d");
    assert_string_equal(keys_of(view, TEXT(""), true), "dcb");
    assert_string_equal(keys_of(view, TEXT("c"), true), "ba");
    assert_int_equal(store_blob_piece(view, TEXT("x"), 0, &bytes), STORE_OK);
    assert_text(bytes, "one");
    assert_int_equal(store_blob_piece(view, TEXT("x"), 1, &bytes), STORE_OK);
    assert_text(bytes, "");
    assert_int_equal(store_blob_piece(view, TEXT("x"), 2, &bytes), STORE_OK);
    assert_text(bytes, "three");
    assert_int_equal(store_blob_piece(view, TEXT("x"), 3, &bytes), STORE_ERR_NONE);
    store_view_end(view);
    assert_int_equal(store_run(record->store, &record->arena, sweep_notes, NULL), STORE_OK);
    assert_int_equal(store_view_begin(record->store, &record->arena, &view), STORE_OK);
    assert_string_equal(keys_of(view, TEXT(""), false), "bd"); /* b never, d later */
    assert_int_equal(store_blob_piece(view, TEXT("x"), 0, &bytes), STORE_ERR_NONE);
    store_view_end(view);
}

static enum store_err put_word(struct store_write *write, void *context)
{
    const struct store_note note = {TEXT("of"), text_of(context), 0};
    return store_note_put(write, "session", &note);
}

static enum store_err remove_word(struct store_write *write, void *context)
{
    (void)context;
    return store_note_remove(write, "session", TEXT("of"));
}

/* Asked twice, as what was asked before may be kept; and in a view that goes on. */
static void assert_word(struct record *record, struct store_view **view, const char *value)
{
    assert_int_equal(store_view_renew(view, &record->arena), STORE_OK);
    for (int i = 0; i < 2; i++) {
        struct store_note note;
        enum store_err err = store_note_get(*view, "session", TEXT("of"), &note);
        assert_int_equal(err, value ? STORE_OK : STORE_ERR_NONE);
        if (value)
            assert_text(note.value, value);
        assert_int_equal(store_note_get(*view, "sessio", TEXT("nof"), &note), STORE_ERR_NONE);
        assert_string_equal(keys_of(*view, TEXT(""), false), value ? "of" : "");
        assert_string_equal(keys_of(*view, TEXT(""), true), value ? "of" : "");
        assert_string_equal(keys_of(*view, TEXT("of"), false), "");
    }
}

static void h137_a_note_is_what_the_last_commit_made_of_it(void **state)
{
    static char words[][4] = {"one", "two"};
    struct record *record = *state;
    struct store_view *view, *old;
    struct store_note note;
    uint64_t before, after;
    assert_int_equal(store_view_begin(record->store, &record->arena, &view), STORE_OK);
    assert_word(record, &view, NULL);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(store_run(record->store, &record->arena, put_word, words[i]), STORE_OK);
        assert_word(record, &view, words[i]);
    }
    assert_int_equal(store_view_begin(record->store, &record->arena, &old), STORE_OK);
    assert_int_equal(store_note_get(old, "session", TEXT("of"), &note), STORE_OK);
    assert_int_equal(store_run(record->store, &record->arena, remove_word, NULL), STORE_OK);
    assert_word(record, &view, NULL);
    assert_int_equal(store_note_get(old, "session", TEXT("of"), &note), STORE_OK);
    store_view_end(old);
    assert_int_equal(store_last_seq(view, &before), STORE_OK);
    record_add(record, "Patient", "p", "x", NULL, 0);
    assert_int_equal(store_view_renew(&view, &record->arena), STORE_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(store_last_seq(view, &after), STORE_OK);
        assert_int_equal(after, before + 1);
    }
    store_view_end(view);
}

const struct CMUnitTest suite_note[] = {STORE_CASE(notes_and_blobs_are_kept_by_their_names),
                                        STORE_CASE(h137_a_note_is_what_the_last_commit_made_of_it)};
const size_t suite_note_count = sizeof suite_note / sizeof *suite_note;
