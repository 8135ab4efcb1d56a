/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "operate/show.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log/stamp.h"

#define RATE_NS UINT64_C(1000000000)

static const char *word(const struct show *show, enum word word)
{
    return words_of(word, show->language);
}

void show_of(struct show *show, enum page_mood mood, const char *what, const char *how)
{
    page_tell(&show->page, mood, "%s%s%s", what, word(show, WORD_COLON), how);
}

void show_init(struct show *show, const char *title, double length_s, unsigned line_count,
               enum words_language language)
{
    memset(show, 0, sizeof *show);
    show->language = language;
    page_init(&show->page, title, length_s);
    show->page.line_count = line_count;
}

static void add_age(struct show_ages *ages, double ms)
{
    if (isfinite(ms))
        ages->ms[ages->count++ % SHOW_AGES_KEPT] = ms;
}

static int compare(const void *a, const void *b)
{
    const double *first = a, *second = b;
    return (*first > *second) - (*first < *second);
}

/* `p99_ms` as the end itself has it, from every one; NAN: from what we saw. */
static struct page_age sum_up(const struct show_ages *ages, double p99_ms)
{
    double sorted[SHOW_AGES_KEPT];
    size_t count = ages->count < SHOW_AGES_KEPT ? (size_t)ages->count : SHOW_AGES_KEPT;

    if (count == 0)
        return (struct page_age){(double)NAN, (double)NAN, (double)NAN};
    memcpy(sorted, ages->ms, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare);
    double most = sorted[count - 1];
    double p99 = isfinite(p99_ms) ? p99_ms : most;
    return (struct page_age){sorted[count / 2], p99, fmax(most, p99)};
}

static void count_rate(struct show_rate *rate, uint64_t count, uint64_t now_ns, double *per_s)
{
    uint64_t passed_ns = now_ns - rate->since_ns;

    if (rate->since_ns && passed_ns < RATE_NS)
        return;
    if (rate->since_ns && count >= rate->count)
        *per_s = (double)(count - rate->count) * 1e9 / (double)passed_ns;
    rate->since_ns = now_ns;
    rate->count = count;
}

static void tell_hold(struct show *show, enum hold_cause hold)
{
    if (hold == HOLD_NONE)
        page_tell(&show->page, PAGE_WELL, "%s", word(show, WORD_CLUTCH_IN));
    else if (hold != HOLD_START)
        show_of(show, status_hold_is_unintended(hold) ? PAGE_BAD : PAGE_PLAIN,
                word(show, WORD_HOLDS_STILL), word(show, words_of_hold(hold)));
}

static void take_hold(struct show *show, const struct operate_status *cart, uint64_t now_ns)
{
    struct operate_page *page = &show->page;
    enum hold_cause before = show->has_cart ? show->cart.hold : HOLD_START;

    if (!cart->has_hold)
        return;
    if (cart->hold != before)
        tell_hold(show, cart->hold);
    if (!status_hold_is_unintended(cart->hold)) {
        show->held_since_ns = 0;
    } else if (!show->held_since_ns) {
        show->held_since_ns = now_ns;
        page->holds++;
    }
    if (show->held_since_ns)
        page->longest_hold_s =
            fmax(page->longest_hold_s, (double)(now_ns - show->held_since_ns) / 1e9);
    page->hold = cart->hold;
}

static void take_camera(struct show *show, const struct operate_status *cart)
{
    struct operate_page *page = &show->page;
    enum camera_state before = show->has_cart ? show->cart.camera : CAMERA_WELL;
    bool is_better = cart->camera < before;

    page->camera = words_of_camera(cart->camera);
    page->camera_damaged = cart->camera_damaged;
    page->camera_silences = cart->camera_silences;
    page->camera_mood = cart->camera == CAMERA_WELL     ? PAGE_PLAIN
                        : cart->camera >= CAMERA_FROZEN ? PAGE_BAD
                                                        : PAGE_WORRIED;
    if (cart->camera != before)
        show_of(show, is_better ? PAGE_WELL : page->camera_mood, word(show, WORD_CAMERA),
                word(show, is_better ? WORD_CAMERA_BACK : page->camera));
}

static void take_cart(struct show *show, const struct operate_status *cart, uint64_t now_ns)
{
    struct operate_page *page = &show->page;

    take_hold(show, cart, now_ns);
    take_camera(show, cart);
    if (cart->hold == HOLD_NONE) {
        add_age(&show->gesture, cart->age_ms);
        add_age(&show->gesture_most, cart->age_most_ms);
    }
    page->gesture_age = sum_up(&show->gesture, cart->age_p99_ms);
    page->gesture_age.max_ms =
        fmax(page->gesture_age.max_ms, sum_up(&show->gesture_most, (double)NAN).max_ms);
    for (unsigned i = 0; i < PAGE_ARMS_MAX; i++) {
        const struct status_arm *arm = &cart->arms[i];
        page->arms[i] = (struct page_arm){arm->x_mm, arm->y_mm, arm->z_mm, arm->travelled_mm};
    }
    page->applied = cart->applied;
    page->late = cart->late;
    page->refused = cart->refused;
    count_rate(&show->gestures, cart->applied, now_ns, &page->gestures_per_s);
    if (isfinite(cart->picture_bps))
        page->picture_bps = cart->picture_bps;
    show->cart = *cart;
    show->has_cart = true;
}

static enum page_line_state line_state(enum status_line_state state)
{
    switch (state) {
    case STATUS_LINE_FRESH:
        return PAGE_LINE_FRESH;
    case STATUS_LINE_GOOD:
        return PAGE_LINE_GOOD;
    case STATUS_LINE_SUSPECT:
        return PAGE_LINE_SUSPECT;
    case STATUS_LINE_LOST:
        return PAGE_LINE_LOST;
    case STATUS_LINE_UNUSED:
    case STATUS_LINE_STATES:
        break;
    }
    return PAGE_LINE_UNUSED;
}

/* A line that goes silent for a moment is seen, not told. */
static void tell_line(struct show *show, unsigned index, enum page_line_state before,
                      enum page_line_state after)
{
    bool is_lost = after == PAGE_LINE_LOST;
    char line[32];

    if (before == after || (!is_lost && (after != PAGE_LINE_GOOD || before != PAGE_LINE_LOST)))
        return;
    snprintf(line, sizeof line, "%s %u", word(show, WORD_LINE), index + 1);
    show_of(show, is_lost ? PAGE_BAD : PAGE_WELL, line,
            word(show, is_lost ? WORD_LINE_LOST : WORD_LINE_GOOD));
}

static void take_lines(struct show *show, const struct operate_status *console)
{
    for (unsigned i = 0; i < show->page.line_count; i++) {
        const struct status_line *said = &console->lines[i];
        struct page_line *line = &show->page.lines[i];
        enum page_line_state state = line_state(said->state);
        /* Lost, then tried afresh, then good: told as lost and good. */
        if (!(line->state == PAGE_LINE_LOST &&
              (state == PAGE_LINE_FRESH || state == PAGE_LINE_SUSPECT))) {
            tell_line(show, i, line->state, state);
            line->state = state;
        }
        line->delay_ms = said->out_ms;
        line->loss = said->loss_percent / 100;
        line->jitter_ms = said->jitter_ms;
        line->rate_bps = said->rate_bps;
    }
}

/* Each cause is told once; how often, the page counts. */
static void take_refusals(struct show *show, const struct operate_status *console)
{
    struct operate_page *page = &show->page;

    for (unsigned i = 0; i < MOTION_ERRS; i++) {
        if (console->refused_by[i] > 0 && page->input_refused[i] == 0)
            show_of(show, PAGE_WORRIED, word(show, WORD_INPUT_REFUSED),
                    words_of_refusal((enum motion_err)i, show->language));
        page->input_refused[i] = console->refused_by[i];
    }
}

static void take_console(struct show *show, const struct operate_status *console, uint64_t now_ns)
{
    struct operate_page *page = &show->page;

    take_lines(show, console);
    take_refusals(show, console);
    if (show->was_up && console->hands == STATUS_FROZEN &&
        (!show->has_console || show->console.hands != STATUS_FROZEN))
        page_tell(page, PAGE_BAD, "%s", word(show, WORD_PICTURE_OLD));
    add_age(&show->picture, console->picture_age_ms);
    page->picture_age = sum_up(&show->picture, (double)NAN);
    add_age(&show->hand_to_eye, console->hand_to_eye_ms);
    page->hand_to_eye = sum_up(&show->hand_to_eye, console->hand_to_eye_p99_ms);
    page->whole = console->whole;
    page->repaired = console->repaired;
    page->picture_late = console->picture_late;
    page->lost = console->lost;
    page->damaged = console->damaged;
    count_rate(&show->pictures, console->whole + console->repaired, now_ns, &page->pictures_per_s);
    page->clock_offset_ms = console->clock_offset_ms;
    page->clock_bound_ms = console->clock_bound_ms;
    show->console = *console;
    show->has_console = true;
}

static void tell_meeting(struct show *show)
{
    bool is_up = show->has_cart && show->has_console && show->cart.state == STATUS_UP &&
                 show->console.state == STATUS_UP;

    if (is_up != show->was_up)
        page_tell(&show->page, is_up ? PAGE_WELL : PAGE_BAD, "%s",
                  word(show, is_up ? WORD_MET : WORD_PARTED));
    show->was_up = is_up;
}

void show_take(struct show *show, const struct operate_status *status, uint64_t now_ns)
{
    assert(status->side < STATUS_SIDES);
    if (status->side == STATUS_CART)
        take_cart(show, status, now_ns);
    else
        take_console(show, status, now_ns);
    show->page.unsent =
        (show->has_cart ? show->cart.unsent : 0) + (show->has_console ? show->console.unsent : 0);
    tell_meeting(show);
}

void show_died(struct show *show, enum status_side side, const char *who, int signal_number)
{
    page_tell(&show->page, PAGE_BAD, "jisr %s %s %d", who, word(show, WORD_DIED), signal_number);
    if (side == STATUS_CART) {
        show->has_cart = false;
        show->page.hold = HOLD_SESSION; /* until a new one says what its arm does */
        show->held_since_ns = 0;
    } else if (side == STATUS_CONSOLE) {
        show->has_console = false;
    }
    tell_meeting(show);
}

void show_phase(struct show *show, enum phase phase)
{
    static const enum word words[] = {[PHASE_WEATHER] = WORD_PHASE_WEATHER,
                                      [PHASE_FIRST_CUT] = WORD_PHASE_FIRST_CUT,
                                      [PHASE_ALL_CUT] = WORD_PHASE_ALL_CUT,
                                      [PHASE_RETURN] = WORD_PHASE_RETURN,
                                      [PHASES] = WORD_PHASE_END};
    static const enum page_mood moods[] = {[PHASE_FIRST_CUT] = PAGE_WORRIED,
                                           [PHASE_ALL_CUT] = PAGE_BAD,
                                           [PHASE_RETURN] = PAGE_WELL,
                                           [PHASES] = PAGE_PLAIN};

    page_tell(&show->page, moods[phase], "%s", word(show, words[phase]));
}

/* The event's name in words, then what else the line says, as it stands there. */
static void tell_event(struct show *show, enum page_mood mood, const char *who, const char *event)
{
    size_t len = strcspn(event, " ");
    const char *words = words_of_event(event, len, show->language);
    char text[PAGE_EVENT_BYTES];

    if (!words) {
        show_of(show, mood, who, event);
        return;
    }
    if (event[len])
        snprintf(text, sizeof text, "%s (%s)", words, event + len + 1);
    else
        snprintf(text, sizeof text, "%s", words);
    show_of(show, mood, who, text);
}

bool show_is_told_better(const char *event)
{
    static const char *const events[] = {"holds ",  "arm_holds ",     "line ",  "hands ",
                                         "camera_", "input_refused ", "unsent "};

    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        if (!strncmp(event, events[i], strlen(events[i])))
            return true;
    return false;
}

void show_log(struct show *show, const char *who, const char *line)
{
    static const struct {
        const char *level;
        enum page_mood mood;
    } levels[] = {{"error ", PAGE_BAD}, {"warn ", PAGE_WORRIED}};

    line = log_stamp_skip(line); /* the page has its own clock */
    if (!strncmp(line, "info ", 5) || !strncmp(line, "debug ", 6))
        return;
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        const char *event = line + strlen(levels[i].level);
        if (strncmp(line, levels[i].level, strlen(levels[i].level)) != 0)
            continue;
        if (!show_is_told_better(event))
            tell_event(show, levels[i].mood, who, event);
        return;
    }
    page_tell(&show->page, PAGE_BAD, "%s", line); /* last words of a program that cannot start */
}
