/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "operate/closing.h"

#include <math.h>

#include "operate/phrases.h"
#include "screen/page.h" /* page_text_columns */

enum { LABEL_COLUMNS = 30, FIGURE_COLUMNS = 12, MARK_COLUMNS = 10 };

struct closing {
    FILE *out;
    enum words_language language;
};

static void pad(const struct closing *closing, unsigned used, unsigned columns)
{
    for (unsigned i = used; i < columns; i++)
        putc(' ', closing->out);
}

static void put_left(const struct closing *closing, const char *text, unsigned columns)
{
    fputs(text, closing->out);
    pad(closing, page_text_columns(text), columns);
}

static void put_right(const struct closing *closing, const char *text)
{
    pad(closing, page_text_columns(text), FIGURE_COLUMNS);
    fputs(text, closing->out);
}

static void put_label(const struct closing *closing, const char *label, unsigned indent)
{
    pad(closing, 0, indent);
    put_left(closing, label, LABEL_COLUMNS - indent);
}

#define COUNT(closing, figure) figure_text(figure, 0, (closing)->language).text
#define HUNDREDTHS(closing, figure) figure_text(figure, 2, (closing)->language).text
#define TENTHS(closing, figure) figure_text(figure, 1, (closing)->language).text

/* "  label     phrase", its places filled with `texts`. */
static void print_row(const struct closing *closing, const char *label, enum phrase phrase,
                      const char *const texts[static PHRASE_PLACES])
{
    char text[PHRASE_BYTES];

    put_label(closing, label, 2);
    phrase_fill(text, phrase, closing->language, texts);
    fprintf(closing->out, "%s\n", text);
}

static void print_heading(const struct closing *closing, enum phrase heading,
                          const enum phrase *columns, size_t count)
{
    putc('\n', closing->out);
    if (count == 0)
        fputs(phrase_of(heading, closing->language), closing->out);
    else
        put_left(closing, phrase_of(heading, closing->language), LABEL_COLUMNS);
    for (size_t i = 0; i < count; i++)
        put_right(closing, phrase_of(columns[i], closing->language));
    putc('\n', closing->out);
}

/* Under a heading: why its figures are few. */
static void print_absence(const struct closing *closing, const struct figures *figures,
                          const char *name, enum phrase nothing_left)
{
    char text[PHRASE_BYTES];

    if (figures && !figures->is_from_status)
        return;
    phrase_fill(text, figures ? PHRASE_FROM_STATUS : nothing_left, closing->language,
                (const char *[PHRASE_PLACES]){name});
    fprintf(closing->out, "  %s\n", text);
}

static void print_absences(const struct closing *closing, const struct figures *cart,
                           const struct figures *console)
{
    print_absence(closing, cart, "cart", PHRASE_NO_CART_REPORT);
    print_absence(closing, console, "console", PHRASE_NO_CONSOLE_REPORT);
}

static void print_camera(const struct closing *closing, const struct figures *cart)
{
    enum words_language language = closing->language;

    print_row(closing, words_of(WORD_CAMERA, language), PHRASE_CAMERA_COUNTS,
              (const char *[PHRASE_PLACES]){COUNT(closing, cart->camera.captured),
                                            COUNT(closing, cart->camera.damaged),
                                            COUNT(closing, cart->camera.silences),
                                            TENTHS(closing, cart->camera.longest_silence_s)});
    if (cart->camera.state == CAMERA_WELL)
        return;
    put_label(closing, "", 2);
    fprintf(closing->out, "%s\n", words_of(words_of_camera(cart->camera.state), language));
}

/* What became of the task of the robot's scene, where it has one. */
static void print_task(const struct closing *closing, const struct figures *cart)
{
    const char *label = phrase_of(PHRASE_TASK, closing->language);
    if (!isfinite(cart->task.steps))
        return;
    print_row(closing, label, PHRASE_TASK_COUNTS,
              (const char *[PHRASE_PLACES]){
                  COUNT(closing, cart->task.steps), COUNT(closing, cart->task.grasps),
                  COUNT(closing, cart->task.drops), COUNT(closing, cart->task.collisions),
                  COUNT(closing, cart->task.forces)});
    print_row(closing, "", isfinite(cart->task.done_s) ? PHRASE_TASK_DONE : PHRASE_TASK_OPEN,
              (const char *[PHRASE_PLACES]){TENTHS(closing, cart->task.done_s)});
}

/* What of the hands' input the console refused. */
static void print_refusals(const struct closing *closing, const struct figures *console)
{
    for (size_t i = 0; i < console->refusal_count; i++) {
        const struct figures_refusal *refusal = &console->refusals[i];
        if (refusal->cause >= MOTION_ERRS)
            continue;
        put_label(closing, words_of(WORD_INPUT_REFUSED, closing->language), 2);
        fprintf(closing->out, "%s %s\n", words_of_refusal(refusal->cause, closing->language),
                COUNT(closing, refusal->count));
    }
}

/* As the cart's last status line has it. */
static void print_travel(const struct closing *closing, const struct watch *watch)
{
    for (unsigned i = 0; watch->has_cart && i < STATUS_ARMS_MAX; i++) {
        double travelled_mm = watch->cart.arms[i].travelled_mm;
        char label[48];
        if (!isfinite(travelled_mm))
            continue;
        snprintf(label, sizeof label, "%s %u", words_of(WORD_INSTRUMENT, closing->language), i + 1);
        put_label(closing, label, 2);
        fprintf(closing->out, "%s %s %s\n", words_of(WORD_TRAVELLED, closing->language),
                TENTHS(closing, travelled_mm), words_of(WORD_MM, closing->language));
    }
}

static void print_counts(const struct closing *closing, const struct verdict_evidence *evidence)
{
    const struct figures *cart = evidence->cart, *console = evidence->console;
    double sent = console ? console->gestures.sent : (double)NAN;
    enum words_language language = closing->language;

    print_heading(closing, PHRASE_FIGURES, NULL, 0);
    print_absences(closing, cart, console);
    if (cart)
        print_row(closing, phrase_of(PHRASE_GESTURES, language), PHRASE_GESTURE_COUNTS,
                  (const char *[PHRASE_PLACES]){
                      COUNT(closing, sent), COUNT(closing, cart->gestures.applied),
                      COUNT(closing, cart->gestures.late), COUNT(closing, cart->gestures.refused),
                      COUNT(closing, cart->gestures.lost)});
    print_travel(closing, evidence->watch);
    if (cart) {
        print_task(closing, cart);
        print_camera(closing, cart);
    }
    if (!console)
        return;
    print_refusals(closing, console);
    print_row(closing, phrase_of(PHRASE_PICTURES, language), PHRASE_PICTURE_COUNTS,
              (const char *[PHRASE_PLACES]){COUNT(closing, console->pictures.whole),
                                            COUNT(closing, console->pictures.repaired),
                                            COUNT(closing, console->pictures.late),
                                            COUNT(closing, console->pictures.lost),
                                            COUNT(closing, console->pictures.damaged)});
    print_row(
        closing, words_of(WORD_CLOCK, language), PHRASE_CLOCK_READING,
        (const char *[PHRASE_PLACES]){figure_text(console->clock_offset_ms, 3, language).text,
                                      figure_text(console->clock_bound_ms, 3, language).text});
}

static void print_spread(const struct closing *closing, const char *label,
                         const struct figures_age *age, unsigned indent, int digits)
{
    enum { FEW_FOR_99 = 100, FEW_FOR_99_9 = 1000 }; /* with fewer it is just the greatest */
    double p99 = age->count < FEW_FOR_99 ? (double)NAN : age->p99;
    double p99_9 = age->count < FEW_FOR_99_9 ? (double)NAN : age->p99_9;

    put_label(closing, label, indent);
    if (isfinite(age->p50) || isfinite(age->p99) || isfinite(age->max)) {
        const double points[] = {age->p50, p99, p99_9, age->max};
        for (size_t i = 0; i < sizeof points / sizeof *points; i++)
            put_right(closing, figure_text(points[i], digits, closing->language).text);
    } else {
        pad(closing, 0, 2);
        fputs(words_of(WORD_NOT_MEASURED, closing->language), closing->out);
    }
    putc('\n', closing->out);
}

static void print_age(const struct closing *closing, const char *label,
                      const struct figures_age *age, unsigned indent)
{
    print_spread(closing, label, age, indent, 1);
}

/* Of the loop that commands the arm: it is early enough, or why not. */
static void print_loop(const struct closing *closing, const struct figures *cart)
{
    if (!isfinite(cart->loop_late_percent))
        return;
    print_spread(closing, phrase_of(PHRASE_COMMAND, closing->language), &cart->command, 2, 2);
    print_spread(closing, phrase_of(PHRASE_LOOP, closing->language), &cart->loop_lateness, 2, 2);
    print_row(closing, "", PHRASE_LOOP_LATE,
              (const char *[PHRASE_PLACES]){HUNDREDTHS(closing, cart->loop_late_percent),
                                            COUNT(closing, cart->ticks_missed)});
    if (cart->is_realtime_refused)
        print_row(closing, "", PHRASE_NOT_REALTIME, (const char *[PHRASE_PLACES]){NULL});
}

/* Each end measured its own parts; one that left no report, none. */
static void print_parts(const struct closing *closing, const struct figures *cart,
                        const struct figures *console)
{
    static const struct figures_age unmeasured = {(double)NAN, (double)NAN, (double)NAN,
                                                  (double)NAN, (double)NAN};
    const struct {
        enum phrase label;
        const struct figures_age *age;
    } parts[] = {{PHRASE_PART_FORTH, cart ? &cart->forth : &unmeasured},
                 {PHRASE_PART_ROBOT, cart ? &cart->robot : &unmeasured},
                 {PHRASE_PART_ENCODE, cart ? &cart->encode : &unmeasured},
                 {PHRASE_PART_BACK, &console->back},
                 {PHRASE_PART_DECODE, &console->decode},
                 {PHRASE_PART_DISPLAY, &console->display}};

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        print_age(closing, phrase_of(parts[i].label, closing->language), parts[i].age, 4);
}

static void print_delays(const struct closing *closing, const struct figures *cart,
                         const struct figures *console)
{
    static const enum phrase columns[] = {PHRASE_MEDIAN, PHRASE_99, PHRASE_99_9, PHRASE_MOST};

    print_heading(closing, PHRASE_DELAYS, columns, sizeof columns / sizeof *columns);
    print_absences(closing, cart, console);
    if (cart)
        print_age(closing, words_of(WORD_GESTURE_AGE, closing->language), &cart->gesture_age, 2);
    if (cart)
        print_loop(closing, cart);
    if (!console)
        return;
    print_age(closing, words_of(WORD_PICTURE_AGE, closing->language), &console->picture_age, 2);
    print_age(closing, words_of(WORD_HAND_TO_EYE, closing->language), &console->hand_to_eye, 2);
    print_parts(closing, cart, console);
}

static void print_line(const struct closing *closing, enum phrase way, size_t index,
                       const struct figures_line *line)
{
    char label[PHRASE_BYTES];

    phrase_fill(label, way, closing->language,
                (const char *[PHRASE_PLACES]){COUNT(closing, (double)index + 1)});
    put_label(closing, label, 2);
    put_right(closing, COUNT(closing, line->received));
    put_right(closing, COUNT(closing, line->lost));
    put_right(closing, TENTHS(closing, line->delay_in_ms));
    put_right(closing, TENTHS(closing, line->jitter_ms));
    put_right(closing, COUNT(closing, line->longest_outage_ms));
    putc('\n', closing->out);
}

/* Each machine's own refusals to send; not told where there are none. */
static void print_unsent(const struct closing *closing, const struct figures *cart,
                         const struct figures *console)
{
    double forth = console ? console->unsent : (double)NAN;
    double back = cart ? cart->unsent : (double)NAN;

    if (forth > 0 || back > 0)
        print_row(closing, words_of(WORD_UNSENT, closing->language), PHRASE_UNSENT_COUNTS,
                  (const char *[PHRASE_PLACES]){COUNT(closing, forth), COUNT(closing, back)});
}

static void print_lines(const struct closing *closing, const struct figures *cart,
                        const struct figures *console)
{
    static const enum phrase columns[] = {PHRASE_RECEIVED, PHRASE_LOST, PHRASE_DELAY, PHRASE_JITTER,
                                          PHRASE_SILENCE};

    print_heading(closing, PHRASE_LINES, columns, sizeof columns / sizeof *columns);
    print_absences(closing, cart, console);
    for (size_t i = 0; cart && i < cart->line_count; i++)
        print_line(closing, PHRASE_LINE_FORTH, i, &cart->lines[i]);
    for (size_t i = 0; console && i < console->line_count; i++)
        print_line(closing, PHRASE_LINE_BACK, i, &console->lines[i]);
    print_unsent(closing, cart, console);
}

static void print_holds(const struct closing *closing, const struct verdict_evidence *evidence)
{
    const struct figures *cart = evidence->cart;

    fprintf(closing->out, "\n%s\n", words_of(WORD_HOLDS, closing->language));
    print_absence(closing, cart, "cart", PHRASE_NO_CART_REPORT);
    for (size_t i = 0; i < cart->hold_count; i++) {
        const struct figures_hold *hold = &cart->holds[i];
        double began_s = figures_at_s(cart, hold->began_s, evidence->began_ns);
        bool has_ended = isfinite(hold->length_s);
        const char *cause = words_of(words_of_hold(hold->cause), closing->language);
        struct figure_text began = figure_text(began_s, 1, closing->language);
        char text[PHRASE_BYTES];

        if (has_ended)
            phrase_fill(
                text, PHRASE_HOLD, closing->language,
                (const char *[PHRASE_PLACES]){began.text, TENTHS(closing, hold->length_s), cause});
        else
            phrase_fill(text, PHRASE_HOLD_TO_THE_END, closing->language,
                        (const char *[PHRASE_PLACES]){began.text, cause});
        fprintf(closing->out, "  %s\n", text);
    }
}

static void print_phase(const struct closing *closing, const struct verdict_evidence *evidence,
                        enum phase phase)
{
    static const enum word names[PHASES] = {[PHASE_WEATHER] = WORD_PHASE_WEATHER,
                                            [PHASE_FIRST_CUT] = WORD_PHASE_FIRST_CUT,
                                            [PHASE_ALL_CUT] = WORD_PHASE_ALL_CUT,
                                            [PHASE_RETURN] = WORD_PHASE_RETURN};
    const struct watch_phase *seen = &evidence->watch->phases[phase];
    double mean_ms = seen->ages ? seen->age_sum_ms / (double)seen->ages : (double)NAN;
    enum words_language language = closing->language;
    char text[PHRASE_BYTES];

    phrase_fill(
        text, PHRASE_PHASE, language,
        (const char *[PHRASE_PLACES]){COUNT(closing, timetable_start_s(evidence->timetable, phase)),
                                      words_of(names[phase], language)});
    fprintf(closing->out, "  %s\n  ", text);
    print_row(closing, phrase_of(PHRASE_GESTURES, language), PHRASE_PHASE_GESTURES,
              (const char *[PHRASE_PLACES]){
                  COUNT(closing, (double)seen->applied), COUNT(closing, (double)seen->late),
                  TENTHS(closing, mean_ms), TENTHS(closing, seen->age_worst_ms)});
    fputs("  ", closing->out);
    print_row(
        closing, phrase_of(PHRASE_PICTURES, language), PHRASE_PICTURE_COUNTS,
        (const char *[PHRASE_PLACES]){COUNT(closing, (double)seen->pictures[STATUS_WHOLE]),
                                      COUNT(closing, (double)seen->pictures[STATUS_REPAIRED]),
                                      COUNT(closing, (double)seen->pictures[STATUS_LATE]),
                                      COUNT(closing, (double)seen->pictures[STATUS_NEVER_SHOWN]),
                                      COUNT(closing, (double)seen->pictures[STATUS_DAMAGED])});
    put_label(closing, words_of(WORD_HOLDS, language), 4);
    fprintf(closing->out, "  %u\n", seen->holds);
}

static void print_verdict(const struct closing *closing, const struct verdict *verdict)
{
    print_heading(closing, PHRASE_VERDICT, NULL, 0);
    for (unsigned i = 0; i < verdict->count; i++) {
        static const enum phrase marks[] = {
            [VERDICT_GOOD] = PHRASE_GOOD, [VERDICT_BAD] = PHRASE_BAD, [VERDICT_OPEN] = PHRASE_OPEN};
        const struct verdict_sentence *sentence = &verdict->sentences[i];
        pad(closing, 0, 2);
        put_left(closing, phrase_of(marks[sentence->mark], closing->language), MARK_COLUMNS);
        fprintf(closing->out, "%s\n", sentence->text);
    }
    fprintf(closing->out, "%s\n",
            phrase_of(!verdict->good     ? PHRASE_NOT_WELL
                      : verdict->is_open ? PHRASE_JUDGED_WELL
                                         : PHRASE_ALL_WELL,
                      closing->language));
}

void closing_print(FILE *out, const struct verdict *verdict,
                   const struct verdict_evidence *evidence, enum words_language language)
{
    const struct closing closing = {out, language};

    print_counts(&closing, evidence);
    print_delays(&closing, evidence->cart, evidence->console);
    print_lines(&closing, evidence->cart, evidence->console);
    if (evidence->cart)
        print_holds(&closing, evidence);
    print_heading(&closing, PHRASE_CUTS, NULL, 0);
    fprintf(out, "  %s\n", phrase_of(PHRASE_CUTS_COUNT, language));
    for (int phase = 0; phase < PHASES; phase++)
        if (timetable_length_s(evidence->timetable, (enum phase)phase) > 0)
            print_phase(&closing, evidence, (enum phase)phase);
    print_verdict(&closing, verdict);
}
