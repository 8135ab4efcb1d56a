/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "screen/page.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { PAGE_COLUMNS = 80, LABEL_COLUMNS = 20, FIGURE_COLUMNS = 12, BAR_COLUMNS = 20 };

/* Text being composed; what has no room is left out whole. */
struct writer {
    const struct operate_page *page;
    const struct page_look *look;
    char *out;
    size_t len;
    unsigned rows;
};

void page_init(struct operate_page *page, const char *title, double length_s)
{
    const struct page_age none = {(double)NAN, (double)NAN, (double)NAN};

    *page = (struct operate_page){.length_s = length_s,
                                  .hold = HOLD_START,
                                  .gesture_age = none,
                                  .picture_age = none,
                                  .hand_to_eye = none,
                                  .gestures_per_s = (double)NAN,
                                  .pictures_per_s = (double)NAN,
                                  .picture_bps = (double)NAN,
                                  .clock_offset_ms = (double)NAN,
                                  .clock_bound_ms = (double)NAN};
    snprintf(page->title, sizeof page->title, "%s", title);
    for (unsigned i = 0; i < PAGE_ARMS_MAX; i++)
        page->arms[i].travelled_mm = (double)NAN;
    for (unsigned i = 0; i < PAGE_LINES_MAX; i++)
        page->lines[i] = (struct page_line){PAGE_LINE_UNUSED, (double)NAN, (double)NAN, (double)NAN,
                                            (double)NAN};
}

void page_tell(struct operate_page *page, enum page_mood mood, const char *text, ...)
{
    struct page_event *event = &page->events[page->event_count++ % PAGE_EVENTS_KEPT];
    va_list args;

    event->at_s = page->now_s;
    event->mood = mood;
    va_start(args, text);
    vsnprintf(event->text, sizeof event->text, text, args);
    va_end(args);
}

static void put(struct writer *writer, const char *text)
{
    size_t len = strlen(text);
    if (writer->len + len >= PAGE_TEXT_BYTES)
        return;
    memcpy(writer->out + writer->len, text, len + 1);
    writer->len += len;
}

static PRINTF_LIKE(2, 3) void put_format(struct writer *writer, const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    words_write_decimals(text, writer->look->language);
    put(writer, text);
}

static const char *word(const struct writer *writer, enum word word)
{
    return words_of(word, writer->look->language);
}

static void end_row(struct writer *writer)
{
    put(writer, "\n");
    writer->rows++;
}

static void pad(struct writer *writer, unsigned used, unsigned columns)
{
    for (unsigned i = used; i < columns; i++)
        put(writer, " ");
}

/* Text on the left of a column `columns` wide. */
static void put_left(struct writer *writer, const char *text, unsigned columns)
{
    put(writer, text);
    pad(writer, page_text_columns(text), columns);
}

static void put_right(struct writer *writer, const char *text, unsigned columns)
{
    pad(writer, page_text_columns(text), columns);
    put(writer, text);
}

static void put_mood(struct writer *writer, enum page_mood mood, const char *text)
{
    static const char *const colours[] = {
        [PAGE_PLAIN] = "", [PAGE_WELL] = "32", [PAGE_WORRIED] = "33", [PAGE_BAD] = "1;31"};

    if (!writer->look->colour || mood == PAGE_PLAIN) {
        put(writer, text);
        return;
    }
    put_format(writer, "\033[%sm", colours[mood]);
    put(writer, text);
    put(writer, "\033[0m");
}

static void put_bold(struct writer *writer, const char *text)
{
    if (writer->look->colour)
        put(writer, "\033[1m");
    put_left(writer, text, LABEL_COLUMNS);
    if (writer->look->colour)
        put(writer, "\033[0m");
}

static void put_heading(struct writer *writer, enum word heading)
{
    put_bold(writer, word(writer, heading));
}

static void put_figure(struct writer *writer, double figure, const char *unit)
{
    char text[32] = "-"; /* the legend's word would not fit a column */

    if (isfinite(figure))
        snprintf(text, sizeof text, "%.1f %s", figure, unit);
    words_write_decimals(text, writer->look->language);
    put_right(writer, text, FIGURE_COLUMNS);
}

/* "label  median 60.2 ms  99 % below 64.0 ms  most 71.3 ms" */
static void put_age(struct writer *writer, enum word label, const struct page_age *age)
{
    const char *ms = word(writer, WORD_MS);

    pad(writer, 0, 2);
    put_left(writer, word(writer, label), LABEL_COLUMNS - 2);
    if (isfinite(age->p50_ms))
        put_format(writer, "%s %.1f %s   %s %.1f %s   %s %.1f %s", word(writer, WORD_MEDIAN),
                   age->p50_ms, ms, word(writer, WORD_99_BELOW), age->p99_ms, ms,
                   word(writer, WORD_MOST), age->max_ms, ms);
    else
        put(writer, word(writer, WORD_NOT_MEASURED));
    end_row(writer);
}

static void put_top(struct writer *writer)
{
    const struct operate_page *page = writer->page;
    double share = page->length_s > 0 ? page->now_s / page->length_s : 0;
    unsigned full = (unsigned)(fmin(fmax(share, 0), 1) * BAR_COLUMNS);

    put_left(writer, "JISR", LABEL_COLUMNS);
    for (unsigned i = 0; i < BAR_COLUMNS; i++)
        put(writer, i < full ? "█" : "░");
    put_format(writer, " %3.0f / %.0f %s", page->now_s, page->length_s, word(writer, WORD_SECONDS));
    end_row(writer);
    pad(writer, 0, LABEL_COLUMNS);
    put(writer, page->title);
    end_row(writer);
}

static enum word line_word(enum page_line_state state)
{
    static const enum word words[] = {[PAGE_LINE_UNUSED] = WORD_LINE_UNUSED,
                                      [PAGE_LINE_FRESH] = WORD_LINE_FRESH,
                                      [PAGE_LINE_GOOD] = WORD_LINE_GOOD,
                                      [PAGE_LINE_SUSPECT] = WORD_LINE_SUSPECT,
                                      [PAGE_LINE_LOST] = WORD_LINE_LOST};
    return words[state];
}

static void put_line(struct writer *writer, unsigned index)
{
    static const enum page_mood moods[] = {[PAGE_LINE_UNUSED] = PAGE_PLAIN,
                                           [PAGE_LINE_FRESH] = PAGE_WORRIED,
                                           [PAGE_LINE_GOOD] = PAGE_WELL,
                                           [PAGE_LINE_SUSPECT] = PAGE_WORRIED,
                                           [PAGE_LINE_LOST] = PAGE_BAD};
    const struct page_line *line = &writer->page->lines[index];
    const char *state = word(writer, line_word(line->state));
    bool is_gone = line->state == PAGE_LINE_LOST; /* what it was like is no longer so */
    char name[32];

    snprintf(name, sizeof name, "  %s %u", word(writer, WORD_LINE), index + 1);
    put_left(writer, name, LABEL_COLUMNS);
    put_mood(writer, moods[line->state], state);
    pad(writer, page_text_columns(state), FIGURE_COLUMNS);
    put_figure(writer, is_gone ? (double)NAN : line->delay_ms, word(writer, WORD_MS));
    put_figure(writer, is_gone ? (double)NAN : line->loss * 100, "%");
    put_figure(writer, is_gone ? (double)NAN : line->jitter_ms, word(writer, WORD_MS));
    put_figure(writer, is_gone ? (double)NAN : line->rate_bps / 1e6, "Mb/s");
    end_row(writer);
}

static void put_lines(struct writer *writer)
{
    put_heading(writer, WORD_LINES);
    put_left(writer, word(writer, WORD_STATE), FIGURE_COLUMNS);
    put_right(writer, word(writer, WORD_DELAY), FIGURE_COLUMNS);
    put_right(writer, word(writer, WORD_LOSS), FIGURE_COLUMNS);
    put_right(writer, word(writer, WORD_JITTER), FIGURE_COLUMNS);
    put_right(writer, word(writer, WORD_RATE), FIGURE_COLUMNS);
    end_row(writer);
    for (unsigned i = 0; i < writer->page->line_count && i < PAGE_LINES_MAX; i++)
        put_line(writer, i);
    if (writer->page->unsent == 0)
        return;
    pad(writer, 0, 2);
    put_left(writer, word(writer, WORD_UNSENT), LABEL_COLUMNS - 2);
    put_format(writer, "%llu", (unsigned long long)writer->page->unsent);
    end_row(writer);
}

static void put_arm(struct writer *writer)
{
    enum hold_cause hold = writer->page->hold;
    bool intended = hold == HOLD_START || hold == HOLD_RELEASED;

    if (hold == HOLD_NONE) {
        put_mood(writer, PAGE_WELL, word(writer, WORD_FOLLOWS));
        return;
    }
    put_mood(writer, intended ? PAGE_WORRIED : PAGE_BAD, word(writer, WORD_HOLDS_STILL));
    put(writer, word(writer, WORD_COLON));
    put(writer, word(writer, words_of_hold(hold)));
}

/* The number behind its word: no word has to agree with it. */
static void put_count(struct writer *writer, enum word name, uint64_t count)
{
    put_format(writer, "%s %llu", word(writer, name), (unsigned long long)count);
}

static void put_next_count(struct writer *writer, enum word name, uint64_t count)
{
    put(writer, word(writer, WORD_COMMA));
    put_count(writer, name, count);
}

static void put_per_second(struct writer *writer, double rate)
{
    if (isfinite(rate))
        put_format(writer, "%s%.0f %s", word(writer, WORD_COMMA), rate,
                   word(writer, WORD_A_SECOND));
}

/* The commonest cause that is rarer than `before`, or as rare and later in the list; MOTION_OK: none. */
static enum motion_err next_refusal(const uint64_t counts[static MOTION_ERRS],
                                    enum motion_err before)
{
    enum motion_err next = MOTION_OK;
    for (unsigned i = 1; i < MOTION_ERRS; i++) {
        bool is_later = before == MOTION_OK || counts[i] < counts[before] ||
                        (counts[i] == counts[before] && i > before);
        if (counts[i] > 0 && is_later && (next == MOTION_OK || counts[i] > counts[next]))
            next = (enum motion_err)i;
    }
    return next;
}

/* As many causes as have room, the commonest first. */
static void put_refusals(struct writer *writer)
{
    const uint64_t *counts = writer->page->input_refused;
    enum motion_err cause = next_refusal(counts, MOTION_OK);
    unsigned columns = LABEL_COLUMNS;

    if (cause == MOTION_OK)
        return;
    pad(writer, 0, 2);
    put_left(writer, word(writer, WORD_INPUT_REFUSED), LABEL_COLUMNS - 2);
    for (; cause != MOTION_OK; cause = next_refusal(counts, cause)) {
        char text[96];
        snprintf(
            text, sizeof text, "%s%s %llu", columns > LABEL_COLUMNS ? word(writer, WORD_COMMA) : "",
            words_of_refusal(cause, writer->look->language), (unsigned long long)counts[cause]);
        columns += page_text_columns(text);
        if (columns > PAGE_COLUMNS)
            break;
        put(writer, text);
    }
    end_row(writer);
}

static void put_hands(struct writer *writer)
{
    const struct operate_page *page = writer->page;

    put_heading(writer, WORD_HANDS);
    put_arm(writer);
    end_row(writer);
    put_age(writer, WORD_GESTURE_AGE, &page->gesture_age);
    pad(writer, 0, LABEL_COLUMNS);
    put_count(writer, WORD_APPLIED, page->applied);
    put_next_count(writer, WORD_LATE, page->late);
    put_next_count(writer, WORD_REFUSED, page->refused);
    put_per_second(writer, page->gestures_per_s);
    end_row(writer);
    put_refusals(writer);
}

static void put_camera(struct writer *writer)
{
    const struct operate_page *page = writer->page;

    if (page->camera_mood == PAGE_PLAIN && page->camera_damaged + page->camera_silences == 0)
        return;
    pad(writer, 0, 2);
    put_left(writer, word(writer, WORD_CAMERA), LABEL_COLUMNS - 2);
    if (page->camera_mood != PAGE_PLAIN) {
        put_mood(writer, page->camera_mood, word(writer, page->camera));
        put(writer, word(writer, WORD_COMMA));
    }
    put_count(writer, WORD_UNREADABLE, page->camera_damaged);
    put_next_count(writer, WORD_SILENCES, page->camera_silences);
    end_row(writer);
}

static void put_picture(struct writer *writer)
{
    const struct operate_page *page = writer->page;

    put_heading(writer, WORD_PICTURE);
    put_count(writer, WORD_WHOLE, page->whole);
    put_next_count(writer, WORD_REPAIRED, page->repaired);
    put_next_count(writer, WORD_LATE, page->picture_late);
    put_next_count(writer, WORD_LOST, page->lost);
    end_row(writer);
    pad(writer, 0, LABEL_COLUMNS);
    if (isfinite(page->picture_bps))
        put_format(writer, "%.1f Mb/s", page->picture_bps / 1e6);
    else
        put(writer, word(writer, WORD_NOT_MEASURED));
    put_per_second(writer, page->pictures_per_s);
    put_next_count(writer, WORD_DAMAGED, page->damaged);
    end_row(writer);
    put_age(writer, WORD_PICTURE_AGE_AT_MOST, &page->picture_age);
    put_age(writer, WORD_HAND_TO_EYE, &page->hand_to_eye);
    put_camera(writer);
}

static void put_clock_and_holds(struct writer *writer)
{
    const struct operate_page *page = writer->page;

    put_heading(writer, WORD_CLOCK);
    if (isfinite(page->clock_offset_ms) && isfinite(page->clock_bound_ms))
        put_format(writer, "%s %.3f ± %.3f %s", word(writer, WORD_OFFSET), page->clock_offset_ms,
                   page->clock_bound_ms, word(writer, WORD_MS));
    else
        put(writer, word(writer, WORD_NOT_MEASURED));
    end_row(writer);
    put_heading(writer, WORD_HOLDS);
    put_format(writer, "%llu", (unsigned long long)page->holds);
    if (page->holds > 0)
        put_format(writer, "%s%s %.1f %s", word(writer, WORD_COMMA), word(writer, WORD_LONGEST),
                   page->longest_hold_s, word(writer, WORD_SECONDS));
    end_row(writer);
}

/* As it will be written, and never -0. */
static double hundredths(double figure)
{
    return round(figure * 100) / 100 + 0.0;
}

/* Where the tips are and how far they have gone, as many as there is room for. */
static void put_instruments(struct writer *writer, unsigned rows)
{
    for (unsigned i = 0; i < PAGE_ARMS_MAX && writer->rows + 1 < rows; i++) {
        const struct page_arm *arm = &writer->page->arms[i];
        const char *mm = word(writer, WORD_MM);
        char name[32];
        if (!isfinite(arm->travelled_mm))
            continue;
        snprintf(name, sizeof name, "%s %u", word(writer, WORD_INSTRUMENT), i + 1);
        put_bold(writer, name);
        put_format(writer, "%s %7.2f %7.2f %7.2f %s%s%s %.2f %s", word(writer, WORD_TIP),
                   hundredths(arm->x_mm), hundredths(arm->y_mm), hundredths(arm->z_mm), mm,
                   word(writer, WORD_COMMA), word(writer, WORD_TRAVELLED), arm->travelled_mm, mm);
        end_row(writer);
    }
}

/* The newest that fit above the last row, oldest first. */
static void put_events(struct writer *writer, unsigned rows)
{
    const struct operate_page *page = writer->page;
    unsigned room = rows > writer->rows + 2 ? rows - writer->rows - 2 : 0;
    uint64_t shown = page->event_count < PAGE_EVENTS_KEPT ? page->event_count : PAGE_EVENTS_KEPT;

    if (shown > room)
        shown = room;
    if (room == 0)
        return;
    put_heading(writer, WORD_EVENTS);
    end_row(writer);
    for (uint64_t n = page->event_count - shown; n < page->event_count; n++) {
        const struct page_event *event = &page->events[n % PAGE_EVENTS_KEPT];
        put_format(writer, "  %7.1f %s  ", event->at_s, word(writer, WORD_SECONDS));
        put_mood(writer, event->mood, event->text);
        end_row(writer);
    }
}

size_t page_render(const struct operate_page *page, const struct page_look *look,
                   char out[static PAGE_TEXT_BYTES])
{
    struct writer writer = {.page = page, .look = look, .out = out};
    unsigned rows = look->rows > PAGE_ROWS_LEAST ? look->rows : PAGE_ROWS_LEAST;

    out[0] = '\0';
    put_top(&writer);
    put_lines(&writer);
    put_hands(&writer);
    put_picture(&writer);
    put_clock_and_holds(&writer);
    put_instruments(&writer, rows);
    put_events(&writer, rows);
    put(&writer, word(&writer, WORD_NOT_CERTIFIED));
    end_row(&writer);
    return writer.len;
}

static void summarise_age(struct writer *writer, enum word label, const struct page_age *age)
{
    if (isfinite(age->p99_ms))
        put_format(writer, "%s%s%s%s %.1f %s", word(writer, WORD_SEMICOLON), word(writer, label),
                   word(writer, WORD_COLON), word(writer, WORD_99_BELOW), age->p99_ms,
                   word(writer, WORD_MS));
}

/* "; travelled 812.44 mm, 40.10 mm" */
static void summarise_travel(struct writer *writer)
{
    bool is_first = true;

    for (unsigned i = 0; i < PAGE_ARMS_MAX; i++) {
        double travelled_mm = writer->page->arms[i].travelled_mm;
        if (!isfinite(travelled_mm))
            continue;
        put(writer, word(writer, is_first ? WORD_SEMICOLON : WORD_COMMA));
        if (is_first)
            put_format(writer, "%s ", word(writer, WORD_TRAVELLED));
        put_format(writer, "%.2f %s", travelled_mm, word(writer, WORD_MM));
        is_first = false;
    }
}

size_t page_summarise(const struct operate_page *page, enum words_language language,
                      char out[static PAGE_TEXT_BYTES])
{
    const struct page_look look = {.language = language};
    struct writer writer = {.page = page, .look = &look, .out = out};

    out[0] = '\0';
    put_format(&writer, "%6.1f %s  ", page->now_s, word(&writer, WORD_SECONDS));
    put_arm(&writer);
    summarise_travel(&writer);
    summarise_age(&writer, WORD_GESTURE_AGE, &page->gesture_age);
    summarise_age(&writer, WORD_PICTURE_AGE_AT_MOST, &page->picture_age);
    for (unsigned i = 0; i < page->line_count && i < PAGE_LINES_MAX; i++)
        put_format(&writer, "%s%s %u %s", word(&writer, WORD_SEMICOLON), word(&writer, WORD_LINE),
                   i + 1, word(&writer, line_word(page->lines[i].state)));
    return writer.len;
}
