/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one page that shows a running operation: its figures, and their rendering as text.
 *
 * Pure: figures in, UTF-8 text out, no terminal (that is screen/screen.h), clock or heap. Times are
 * in milliseconds, for reading; NAN is a figure that was not measured and is shown in words. */
#ifndef SCREEN_PAGE_H
#define SCREEN_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "screen/words.h"

enum {
    PAGE_LINES_MAX = 8,
    PAGE_ARMS_MAX = 2,
    PAGE_EVENTS_KEPT = 32,
    PAGE_EVENT_BYTES = 160,
    PAGE_TEXT_BYTES = 16384, /* enough for any page */
    PAGE_ROWS_LEAST = 24,
    PAGE_ROWS_MOST = 60
};

enum page_line_state { /* link.h's, in its order */
                       PAGE_LINE_UNUSED,
                       PAGE_LINE_FRESH,
                       PAGE_LINE_GOOD,
                       PAGE_LINE_SUSPECT,
                       PAGE_LINE_LOST
};

enum page_mood { PAGE_PLAIN, PAGE_WELL, PAGE_WORRIED, PAGE_BAD }; /* a colour, never alone */

struct page_line {
    enum page_line_state state;
    double delay_ms; /* one way */
    double loss;     /* share, 0 to 1 */
    double jitter_ms;
    double rate_bps; /* what the link may send */
};

struct page_age { /* over the last seconds, as the program chooses */
    double p50_ms, p99_ms, max_ms;
};

struct page_arm {
    double x_mm, y_mm, z_mm; /* of the tip */
    double travelled_mm;     /* NAN: no such arm, not shown */
};

struct page_event {
    double at_s;
    enum page_mood mood;
    char text[PAGE_EVENT_BYTES];
};

struct operate_page {
    char title[64]; /* "casablanca-shanghai" */
    double now_s, length_s;

    struct page_line lines[PAGE_LINES_MAX];
    unsigned line_count;
    uint64_t unsent; /* datagrams that either machine would not send; not shown while 0 */

    enum hold_cause hold; /* HOLD_NONE: the arm follows */
    struct page_arm arms[PAGE_ARMS_MAX];
    struct page_age gesture_age;
    double gestures_per_s;
    uint64_t applied, late, refused;
    uint64_t input_refused[MOTION_ERRS]; /* samples of the hands, by cause */

    struct page_age picture_age; /* at its oldest: the clock's bound is in it */
    struct page_age hand_to_eye;
    double pictures_per_s, picture_bps;
    uint64_t whole, repaired, picture_late, lost, damaged; /* the last: of those shown */

    enum page_mood camera_mood; /* PAGE_PLAIN: it is well, and nothing is said; else: */
    enum word camera;
    uint64_t camera_damaged,
        camera_silences; /* so far; not shown while both are 0 and it is well */

    double clock_offset_ms, clock_bound_ms;

    uint64_t holds; /* so far */
    double longest_hold_s;

    uint64_t event_count;                       /* ever; */
    struct page_event events[PAGE_EVENTS_KEPT]; /* event n at n % PAGE_EVENTS_KEPT */
};

/* Everything not measured, no event. */
void page_init(struct operate_page *page, const char *title, double length_s);

/* Adds an event at `page->now_s`. */
void page_tell(struct operate_page *page, enum page_mood mood, const char *text, ...)
    PRINTF_LIKE(3, 4);

struct page_look {
    enum words_language language;
    unsigned rows; /* rows taken as PAGE_ROWS_LEAST to PAGE_ROWS_MOST */
    bool colour;   /* ECMA-48 SGR */
};

/* The page as at most `rows` lines, each ended by a newline. The text's length, zero not counted. */
size_t page_render(const struct operate_page *page, const struct page_look *look,
                   char out[static PAGE_TEXT_BYTES]);

/* The page in one line, for a log or a pipe; no newline. */
size_t page_summarise(const struct operate_page *page, enum words_language language,
                      char out[static PAGE_TEXT_BYTES]);

/* Columns that UTF-8 text takes on a terminal: combining marks none, East Asian wide ones two. */
unsigned page_text_columns(const char *text);

#endif
