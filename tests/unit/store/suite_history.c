/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Histories of any kind are what a slow, obvious filter of all versions gives, page by page. */
#include <string.h>

#include "base/random.h"
#include "unit/store/suite.h"

enum { WRITES = 160, ASKED = 600 / UNIT_SLOWER, RESOURCES = 9, WORDS_BYTES = WRITES * 12 };

struct version {
    uint16_t type;
    char id[2];
    uint64_t version, seq;
    int64_t updated_ms;
    bool is_deletion;
};

struct past {
    struct random random;
    struct version versions[WRITES];
    size_t count;
};

static uint16_t some_type(struct past *past)
{
    static const char *const names[] = {"Patient", "Observation", "Group"};
    return record_type(names[random_below(&past->random, 3)]);
}

static const struct version *last_of(const struct past *past, uint16_t type, const char *id)
{
    for (size_t i = past->count; i-- > 0;)
        if (past->versions[i].type == type && strcmp(past->versions[i].id, id) == 0)
            return &past->versions[i];
    return NULL;
}

/* Often several at one time, sometimes much later. */
static void write_one(struct record *record, struct past *past)
{
    struct version made = {.type = some_type(past),
                           .id = {(char)('a' + random_below(&past->random, RESOURCES / 3)), '\0'}};
    const struct version *before = last_of(past, made.type, made.id);
    made.is_deletion = before && !before->is_deletion && random_below(&past->random, 4) == 0;
    struct record_put put = {
        .type = made.type, .id = made.id, .body = made.id, .is_delete = made.is_deletion};
    if (random_below(&past->random, 3))
        put.now_ms = record->now_ms - 1;
    else
        record->now_ms += (int64_t)random_below(&past->random, 5);
    assert_int_equal(record_put(record, &put), STORE_OK);
    made.version = put.claim.version;
    made.seq = put.claim.seq;
    made.updated_ms = put.claim.updated_ms;
    past->versions[past->count++] = made;
}

static int64_t some_time(struct past *past)
{
    int64_t first = past->versions[0].updated_ms, last = past->versions[past->count - 1].updated_ms;
    return first - 1 + (int64_t)random_below(&past->random, (uint64_t)(last - first) + 3);
}

static void ask(struct past *past, struct store_history *asked)
{
    const struct version *about = &past->versions[random_below(&past->random, past->count)];
    uint64_t of = random_below(&past->random, 3);
    *asked = (struct store_history){.type = of == 0 ? FHIR_NONE : about->type,
                                    .id = of == 2 ? text_of(about->id) : TEXT(""),
                                    .since_ms = INT64_MIN,
                                    .at_low_ms = INT64_MIN,
                                    .oldest_first = random_below(&past->random, 2),
                                    .without_bodies = random_below(&past->random, 2),
                                    .count = 1 + random_below(&past->random, 30)};
    if (random_below(&past->random, 3) == 0)
        asked->since_ms = some_time(past);
    if (random_below(&past->random, 3) == 0) {
        asked->at_low_ms = some_time(past);
        asked->at_high_ms = asked->at_low_ms + (int64_t)random_below(&past->random, 4);
    }
    if (random_below(&past->random, 4) == 0)
        asked->after_seq = about->seq;
}

static bool is_asked(const struct past *past, const struct store_history *asked, size_t at)
{
    const struct version *version = &past->versions[at];
    int64_t over_ms = INT64_MAX;
    for (size_t i = past->count; i-- > at + 1;)
        if (past->versions[i].type == version->type &&
            strcmp(past->versions[i].id, version->id) == 0)
            over_ms = past->versions[i].updated_ms;
    if ((asked->type != FHIR_NONE && version->type != asked->type) ||
        (asked->id.len && !text_is(asked->id, version->id)) ||
        version->updated_ms < asked->since_ms || version->seq <= asked->after_seq)
        return false;
    return asked->at_low_ms == INT64_MIN ||
           (version->updated_ms <= asked->at_high_ms && over_ms > asked->at_low_ms);
}

static void slow_history(const struct past *past, const struct store_history *asked, char *words)
{
    size_t len = 0;
    words[0] = '\0';
    for (size_t i = 0; i < past->count; i++) {
        size_t at = asked->oldest_first ? i : past->count - 1 - i;
        const struct version *version = &past->versions[at];
        if (is_asked(past, asked, at))
            len += (size_t)snprintf(words + len, WORDS_BYTES - len, "%s%s%d%s ",
                                    fhir_types[version->type].name, version->id,
                                    (int)version->version, version->is_deletion ? "-" : "");
    }
}

static void read_history(struct record *record, struct store_history asked, char *words)
{
    struct store_page page;
    struct store_view *view;
    size_t len = 0;
    words[0] = '\0';
    assert_int_equal(store_view_begin(record->store, &record->arena, &view), STORE_OK);
    do {
        assert_int_equal(store_history(view, &asked, &page), STORE_OK);
        assert_true(page.count <= asked.count);
        for (size_t i = 0; i < page.count; i++) {
            const struct store_row *row = &page.rows[i];
            bool is_deletion = row->change == STORE_DELETED;
            assert_int_equal(row->body.len, !is_deletion && !asked.without_bodies);
            len += (size_t)snprintf(words + len, WORDS_BYTES - len, "%s%.*s%d%s ",
                                    fhir_types[row->type].name, (int)row->id.len, row->id.bytes,
                                    (int)row->version, is_deletion ? "-" : "");
        }
        asked.cursor = page.next;
    } while (page.next.len);
    store_view_end(view);
}

static void h92_a_history_is_what_a_slow_filter_of_all_versions_gives(void **state)
{
    struct record *record = *state;
    static struct past past;
    static char found[WORDS_BYTES], expected[WORDS_BYTES];
    size_t with_rows = 0;
    past.count = 0;
    random_seed(&past.random, 7);
    for (size_t i = 0; i < WRITES / 2; i++)
        write_one(record, &past);
    for (size_t i = 0; i < ASKED; i++) {
        struct store_history asked;
        ask(&past, &asked);
        arena_reset(&record->arena);
        slow_history(&past, &asked, expected);
        read_history(record, asked, found);
        if (strcmp(found, expected) != 0)
            fail_msg("history %zu: \"%s\", not \"%s\"", i, found, expected);
        with_rows += expected[0] != '\0';
        if (i % 8 == 0 && past.count < WRITES)
            write_one(record, &past);
    }
    assert_true(with_rows > ASKED / 3);
}

const struct CMUnitTest suite_history[] = {
    STORE_CASE(h92_a_history_is_what_a_slow_filter_of_all_versions_gives),
};
const size_t suite_history_count = sizeof suite_history / sizeof *suite_history;
