/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "operate/status.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { VALUE_BYTES = 64 };

/* A word of the line: not ended, it stands in the text. */
struct word {
    const char *key, *value;
    size_t key_len, value_len;
};

enum field_kind { FIELD_FIGURE, FIELD_COUNT, FIELD_SPAN };

struct field {
    const char *key;
    enum field_kind kind;
    size_t offset;
};

#define FIGURE(key, member)                                                                        \
    {                                                                                              \
        key, FIELD_FIGURE, offsetof(struct operate_status, member)                                 \
    }
#define COUNT(key, member)                                                                         \
    {                                                                                              \
        key, FIELD_COUNT, offsetof(struct operate_status, member)                                  \
    }

#define SPAN(key, outcome)                                                                         \
    {                                                                                              \
        key, FIELD_SPAN, offsetof(struct operate_status, captured[outcome])                        \
    }

#define ARM(key, index)                                                                            \
    FIGURE(key "_x_mm", arms[index].x_mm), FIGURE(key "_y_mm", arms[index].y_mm),                  \
        FIGURE(key "_z_mm", arms[index].z_mm),                                                     \
        FIGURE(key "_travelled_mm", arms[index].travelled_mm)

static const struct field fields[] = {
    COUNT("applied", applied),
    COUNT("late", late),
    COUNT("duplicate", duplicate),
    COUNT("refused", refused),
    COUNT("holds", holds),
    FIGURE("age_ms", age_ms),
    FIGURE("age_p99_ms", age_p99_ms),
    FIGURE("age_bound_ms", age_bound_ms),
    FIGURE("age_most_ms", age_most_ms),
    ARM("arm1", 0),
    ARM("arm2", 1),
    COUNT("camera_damaged", camera_damaged),
    COUNT("camera_silences", camera_silences),
    COUNT("sent", sent),
    COUNT("picture_whole", whole),
    COUNT("picture_repaired", repaired),
    COUNT("picture_late", picture_late),
    COUNT("picture_lost", lost),
    COUNT("picture_damaged", damaged),
    SPAN("captured_whole", STATUS_WHOLE),
    SPAN("captured_repaired", STATUS_REPAIRED),
    SPAN("captured_late", STATUS_LATE),
    SPAN("captured_lost", STATUS_NEVER_SHOWN),
    SPAN("captured_damaged", STATUS_DAMAGED),
    COUNT("refused_input", refused_input),
    FIGURE("picture_age_ms", picture_age_ms),
    FIGURE("hand_to_eye_ms", hand_to_eye_ms),
    FIGURE("hand_to_eye_p99_ms", hand_to_eye_p99_ms),
    FIGURE("clock_offset_ms", clock_offset_ms),
    FIGURE("clock_bound_ms", clock_bound_ms),
    FIGURE("picture_bps", picture_bps),
    COUNT("unsent", unsent),
};

static const struct line_field {
    const char *key; /* after `lineN_` */
    size_t offset;
} line_fields[] = {
    {"rtt_ms", offsetof(struct status_line, rtt_ms)},
    {"in_ms", offsetof(struct status_line, in_ms)},
    {"out_ms", offsetof(struct status_line, out_ms)},
    {"jitter_ms", offsetof(struct status_line, jitter_ms)},
    {"loss", offsetof(struct status_line, loss_percent)},
    {"rate_bps", offsetof(struct status_line, rate_bps)},
};

/* Words for the values of an enum, NULL where it has none. */
static const char *const side_words[STATUS_SIDES] = {"cart", "console"};
static const char *const state_words[] = {"waiting", "up", "lost", "dialling"};
static const char *const hands_words[STATUS_HANDS] = {"clutch", "moving", "waiting", "frozen"};
static const char *const line_words[STATUS_LINE_STATES] = {"unused", "fresh", "good", "suspect",
                                                           "lost"};

static bool is(const char *text, size_t len, const char *word)
{
    return strlen(word) == len && !memcmp(text, word, len);
}

static bool is_unmeasured(const struct word *word)
{
    return is(word->value, word->value_len, "-");
}

/* The place of the value in `words`, or -1. */
static int choose(const struct word *word, const char *const *words, int count)
{
    for (int i = 0; i < count; i++)
        if (is(word->value, word->value_len, words[i]))
            return i;
    return -1;
}

static bool read_figure(const struct word *word, double *figure)
{
    char text[VALUE_BYTES], *end;

    if (is_unmeasured(word)) {
        *figure = (double)NAN;
        return true;
    }
    if (word->value_len == 0 || word->value_len >= sizeof text)
        return false;
    memcpy(text, word->value, word->value_len);
    text[word->value_len] = '\0';
    double value = strtod(text, &end);
    if (*end || !isfinite(value))
        return false;
    *figure = value;
    return true;
}

static bool read_count(const struct word *word, uint64_t *count)
{
    uint64_t value = 0;

    if (is_unmeasured(word))
        return true; /* stays 0 */
    if (word->value_len == 0)
        return false;
    for (size_t i = 0; i < word->value_len; i++) {
        char digit = word->value[i];
        if (digit < '0' || digit > '9' || value > (UINT64_MAX - 9) / 10)
            return false;
        value = value * 10 + (uint64_t)(digit - '0');
    }
    *count = value;
    return true;
}

/* `53,1876701000000,1879950000000`: how many, the first, the last. */
static bool read_span(const struct word *word, struct status_span *span)
{
    uint64_t *const parts[] = {&span->count, &span->first_ns, &span->last_ns};
    enum { PARTS = sizeof parts / sizeof *parts };
    const char *at = word->value, *end = word->value + word->value_len;

    for (int i = 0; i < PARTS; i++) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const struct word part = {.value = at, .value_len = (size_t)((comma ? comma : end) - at)};
        if (!comma != (i == PARTS - 1) || !read_count(&part, parts[i]))
            return false;
        at = comma ? comma + 1 : end;
    }
    return span->count <= STATUS_SPAN_MAX && span->first_ns <= span->last_ns;
}

/* `refused_not_unit`; true for a cause that we do not know, and any other key. */
static bool read_refusal(struct operate_status *status, const struct word *word)
{
    static const char prefix[] = "refused_";
    enum { PREFIX_LEN = sizeof prefix - 1 };

    if (word->key_len <= PREFIX_LEN || memcmp(word->key, prefix, PREFIX_LEN) != 0)
        return true;
    for (unsigned i = 0; i < MOTION_ERRS; i++)
        if (is(word->key + PREFIX_LEN, word->key_len - PREFIX_LEN,
               motion_err_word((enum motion_err)i)))
            return read_count(word, &status->refused_by[i]);
    return true;
}

static bool read_field(struct operate_status *status, const struct word *word)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (!is(word->key, word->key_len, fields[i].key))
            continue;
        void *at = (char *)status + fields[i].offset;
        switch (fields[i].kind) {
        case FIELD_FIGURE:
            return read_figure(word, at);
        case FIELD_COUNT:
            return read_count(word, at);
        case FIELD_SPAN:
            return read_span(word, at);
        }
    }
    return read_refusal(status, word);
}

/* `line3` and `line3_rtt_ms`. */
static bool read_line_field(struct operate_status *status, const struct word *word)
{
    enum { NAME_LEN = 5 };
    unsigned index = (unsigned)(word->key[4] - '1'); /* lines are numbered from 1 */
    const char *key = word->key + NAME_LEN + 1;

    if (index >= STATUS_LINES_MAX)
        return true;
    struct status_line *line = &status->lines[index];
    if (index >= status->line_count)
        status->line_count = index + 1;
    if (word->key_len == NAME_LEN) {
        int state = choose(word, line_words, STATUS_LINE_STATES);
        if (state >= 0)
            line->state = (enum status_line_state)state;
        return state >= 0;
    }
    for (size_t i = 0; i < sizeof line_fields / sizeof *line_fields; i++)
        if (is(key, word->key_len - NAME_LEN - 1, line_fields[i].key))
            return read_figure(word, (double *)(void *)((char *)line + line_fields[i].offset));
    return true;
}

static bool is_line_key(const struct word *word)
{
    return word->key_len >= 5 && !memcmp(word->key, "line", 4) && word->key[4] >= '1' &&
           word->key[4] <= '9' && (word->key_len == 5 || word->key[5] == '_');
}

static bool read_state(struct operate_status *status, const struct word *word)
{
    int state = choose(word, state_words, sizeof state_words / sizeof *state_words);

    if (state < 0)
        return false;
    status->state = state < STATUS_STATES ? (enum status_state)state : STATUS_APART;
    return true;
}

static bool read_hold(struct operate_status *status, const struct word *word)
{
    if (is_unmeasured(word))
        return true;
    for (int cause = 0; cause < HOLD_CAUSES; cause++)
        if (is(word->value, word->value_len, hold_cause_word((enum hold_cause)cause))) {
            status->has_hold = true;
            status->hold = (enum hold_cause)cause;
            return true;
        }
    return false;
}

static bool read_hands(struct operate_status *status, const struct word *word)
{
    int hands = choose(word, hands_words, STATUS_HANDS);

    if (hands < 0)
        return is_unmeasured(word);
    status->hands = (enum status_hands)hands;
    return true;
}

static bool read_camera(struct operate_status *status, const struct word *word)
{
    for (int state = 0; state < CAMERA_STATES; state++)
        if (is(word->value, word->value_len, camera_state_word((enum camera_state)state))) {
            status->camera = (enum camera_state)state;
            return true;
        }
    return false;
}

static bool read_word(struct operate_status *status, const struct word *word)
{
    if (is(word->key, word->key_len, "side")) {
        int side = choose(word, side_words, STATUS_SIDES);
        if (side >= 0)
            status->side = (enum status_side)side;
        return side >= 0;
    }
    if (is(word->key, word->key_len, "state"))
        return read_state(status, word);
    if (is(word->key, word->key_len, "hold"))
        return read_hold(status, word);
    if (is(word->key, word->key_len, "hands"))
        return read_hands(status, word);
    if (is(word->key, word->key_len, "camera"))
        return read_camera(status, word);
    if (is_line_key(word))
        return read_line_field(status, word);
    return read_field(status, word);
}

static void set_unmeasured(struct operate_status *status)
{
    memset(status, 0, sizeof *status); /* the gaps too: statuses are compared whole */
    status->side = STATUS_SIDES;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i].kind == FIELD_FIGURE)
            *(double *)(void *)((char *)status + fields[i].offset) = (double)NAN;
    for (size_t line = 0; line < STATUS_LINES_MAX; line++)
        for (size_t i = 0; i < sizeof line_fields / sizeof *line_fields; i++)
            *(double *)(void *)((char *)&status->lines[line] + line_fields[i].offset) = (double)NAN;
}

enum status_err operate_status_read(struct operate_status *status, const char *text)
{
    struct operate_status read;

    set_unmeasured(&read);
    for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
        struct word word = {.key = text, .key_len = strcspn(text, " =")};
        if (word.key_len == 0 || text[word.key_len] != '=')
            return STATUS_ERR_WORD;
        word.value = text + word.key_len + 1;
        word.value_len = strcspn(word.value, " ");
        if (!read_word(&read, &word))
            return STATUS_ERR_VALUE;
        text = word.value + word.value_len;
    }
    if (read.side == STATUS_SIDES)
        return STATUS_ERR_SIDE;
    memcpy(status, &read, sizeof read);
    return STATUS_OK;
}

bool status_hold_is_unintended(enum hold_cause hold)
{
    return hold != HOLD_NONE && hold != HOLD_START && hold != HOLD_RELEASED;
}
