/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "operate/verdict.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>

static PRINTF_LIKE(3, 4) void say(struct verdict *verdict, bool good, const char *text, ...)
{
    struct verdict_sentence *sentence = &verdict->sentences[verdict->count++];
    va_list args;

    sentence->good = good;
    verdict->good = verdict->good && good;
    va_start(args, text);
    vsnprintf(sentence->text, sizeof sentence->text, text, args);
    va_end(args);
}

static void judge_meeting(struct verdict *verdict, const struct watch *watch)
{
    if (!watch->has_met)
        say(verdict, false, "The two ends never met.");
    else if (!watch->has_followed)
        say(verdict, false, "The two ends met, but the arm never followed.");
    else
        say(verdict, true, "The two ends met and the arm followed the hands.");
}

static void judge_first_cut(struct verdict *verdict, const struct timetable *timetable,
                            const struct watch *watch)
{
    const struct watch_phase *seen = &watch->phases[PHASE_FIRST_CUT];
    double start_s = timetable_start_s(timetable, PHASE_FIRST_CUT);
    double length_s = timetable_length_s(timetable, PHASE_FIRST_CUT);

    if (seen->holds > 0)
        say(verdict, false, "Line 1 pulled at %.0f s for %.0f s: the arm stopped (%s), %u time%s.",
            start_s, length_s, hold_cause_text(seen->cause), seen->holds,
            seen->holds == 1 ? "" : "s");
    else if (seen->applied == 0)
        say(verdict, false, "Line 1 pulled at %.0f s for %.0f s: no gesture was applied.", start_s,
            length_s);
    else
        say(verdict, true, "Line 1 pulled at %.0f s for %.0f s: nothing stopped.", start_s,
            length_s);
}

static void judge_all_cut(struct verdict *verdict, const struct timetable *timetable,
                          const struct watch *watch)
{
    const struct watch_phase *seen = &watch->phases[PHASE_ALL_CUT];
    const char *lines = timetable->line_count == 1   ? "The line"
                        : timetable->line_count == 2 ? "Both lines"
                                                     : "All lines";
    double start_s = timetable_start_s(timetable, PHASE_ALL_CUT);
    double length_s = timetable_length_s(timetable, PHASE_ALL_CUT);

    if (seen->holds == 0 && seen->is_entered_held)
        say(verdict, false, "%s pulled at %.0f s for %.1f s: the arm was already holding.", lines,
            start_s, length_s);
    else if (seen->holds == 0)
        say(verdict, false, "%s pulled at %.0f s for %.1f s: the arm did NOT hold.", lines, start_s,
            length_s);
    else if (seen->holds == 1)
        say(verdict, true, "%s pulled at %.0f s for %.1f s: the arm held still (%s).", lines,
            start_s, length_s, hold_cause_text(seen->cause));
    else
        say(verdict, false, "%s pulled at %.0f s for %.1f s: the arm held %u times, not once.",
            lines, start_s, length_s, seen->holds);
}

static void judge_return(struct verdict *verdict, const struct watch *watch)
{
    double after_s = (double)(watch->followed_again_ns - watch->returned_ns) / 1e9;

    if (!watch->has_followed_again)
        say(verdict, false, "The lines came back, but the arm did not follow again.");
    else if (!watch->has_moved_again)
        say(verdict, false, "The surgeon took the arm again, but no gesture was applied.");
    else
        say(verdict, true,
            "After a fresh clutch-in the arm followed again, %.1f s after the lines came back.",
            after_s);
}

static void judge_other_times(struct verdict *verdict, const struct watch *watch)
{
    unsigned before = watch->phases[PHASE_WEATHER].holds;
    unsigned after = watch->phases[PHASE_RETURN].holds;

    if (before + after > 0)
        say(verdict, true, "Outside the cuts the arm held still %u times before them and %u after.",
            before, after);
}

void verdict_judge(struct verdict *verdict, const struct timetable *timetable,
                   const struct watch *watch, double elapsed_s)
{
    *verdict = (struct verdict){.good = true};
    judge_meeting(verdict, watch);
    if (elapsed_s >= timetable_start_s(timetable, PHASE_ALL_CUT) &&
        timetable_length_s(timetable, PHASE_FIRST_CUT) > 0)
        judge_first_cut(verdict, timetable, watch);
    if (elapsed_s >= timetable_start_s(timetable, PHASE_RETURN))
        judge_all_cut(verdict, timetable, watch);
    if (elapsed_s >= timetable_start_s(timetable, PHASES))
        judge_return(verdict, watch);
    else
        say(verdict, false, "The operation ended early, after %.0f of %.0f s.", elapsed_s,
            timetable_start_s(timetable, PHASES));
    judge_other_times(verdict, watch);
}

/* A number as people read it; "-" when it was not measured. */
struct shown {
    char text[32];
};

static struct shown figure(double value, int digits)
{
    struct shown shown = {"-"};
    if (isfinite(value))
        snprintf(shown.text, sizeof shown.text, "%.*f", digits, value);
    return shown;
}

#define COUNT(value) figure(value, 0).text
#define MS(value) figure(value, 1).text

static void print_age(FILE *out, const char *name, const struct figures_age *age)
{
    fprintf(out, "  %-14s p50 %s   p99 %s   p99.9 %s   max %s ms\n", name, MS(age->p50),
            MS(age->p99), MS(age->p99_9), MS(age->max));
}

static void print_lines(FILE *out, const char *way, const struct figures *figures)
{
    for (size_t i = 0; i < figures->line_count; i++) {
        const struct figures_line *line = &figures->lines[i];
        fprintf(out,
                "  line %zu, %-10s %8s received, %s lost, %s late, %s duplicate; delay %s ms, "
                "jitter %s ms, longest silence %s ms\n",
                i + 1, way, COUNT(line->received), COUNT(line->lost), COUNT(line->late),
                COUNT(line->duplicate), MS(line->delay_in_ms), MS(line->jitter_ms),
                MS(line->longest_outage_ms));
    }
}

static void print_cart(FILE *out, const struct figures *cart)
{
    print_age(out, "gesture age", &cart->gesture_age);
    print_lines(out, "to cart", cart);
    for (size_t i = 0; i < cart->hold_count; i++) {
        const struct figures_hold *hold = &cart->holds[i];
        fprintf(out, "  hold at %s s of the cart's time: %s", MS(fmax(hold->began_s, 0)),
                hold->cause);
        if (isfinite(hold->length_s))
            fprintf(out, ", for %s s\n", MS(hold->length_s));
        else
            fputs(", until the end\n", out);
    }
}

static void print_console(FILE *out, const struct figures *console)
{
    fprintf(out, "  pictures       %s whole, %s repaired, %s late, %s lost\n",
            COUNT(console->pictures.whole), COUNT(console->pictures.repaired),
            COUNT(console->pictures.late), COUNT(console->pictures.lost));
    print_age(out, "picture age", &console->picture_age);
    print_age(out, "hand to eye", &console->hand_to_eye);
    fprintf(out, "  clock          offset %s ms, within %s ms\n",
            figure(console->clock_offset_ms, 3).text, figure(console->clock_bound_ms, 3).text);
    print_lines(out, "to console", console);
}

static void print_phase(FILE *out, const struct timetable *timetable, enum phase phase,
                        const struct watch_phase *seen)
{
    static const char *const names[PHASES] = {[PHASE_WEATHER] = "in the weather",
                                              [PHASE_FIRST_CUT] = "line 1 cut",
                                              [PHASE_ALL_CUT] = "all cut",
                                              [PHASE_RETURN] = "lines back"};
    double mean_ms = seen->ages ? seen->age_sum_ms / (double)seen->ages : (double)NAN;

    fprintf(out,
            "  %-15s %4.0f s: %7" PRIu64 " gestures applied, %" PRIu64 " late; age %s ms, worst "
            "seen %s ms; pictures %" PRIu64 " whole, %" PRIu64 " repaired, %" PRIu64
            " late, %" PRIu64 " lost; %u hold%s\n",
            names[phase], timetable_start_s(timetable, phase), seen->applied, seen->late,
            MS(mean_ms), MS(seen->ages ? seen->age_worst_ms : (double)NAN), seen->whole,
            seen->repaired, seen->picture_late, seen->lost, seen->holds,
            seen->holds == 1 ? "" : "s");
}

void verdict_print(FILE *out, const struct verdict *verdict, const struct timetable *timetable,
                   const struct watch *watch, const struct verdict_ends *ends)
{
    double sent = ends->console ? ends->console->gestures.sent : (double)NAN;

    fputs("\nThe operation, in figures\n", out);
    if (ends->cart)
        fprintf(out, "  gestures       %s sent, %s applied, %s late, %s refused, %s lost\n",
                COUNT(sent), COUNT(ends->cart->gestures.applied), COUNT(ends->cart->gestures.late),
                COUNT(ends->cart->gestures.refused), COUNT(ends->cart->gestures.lost));
    if (ends->cart)
        print_cart(out, ends->cart);
    else
        fputs("  the cart left no report\n", out);
    if (ends->console)
        print_console(out, ends->console);
    else
        fputs("  the console left no report\n", out);

    fputs("\nWhat the cuts did\n", out);
    for (int phase = 0; phase < PHASES; phase++)
        if (timetable_length_s(timetable, (enum phase)phase) > 0)
            print_phase(out, timetable, (enum phase)phase, &watch->phases[phase]);

    fputs("\nVerdict\n", out);
    for (unsigned i = 0; i < verdict->count; i++)
        fprintf(out, "  %s  %s\n", verdict->sentences[i].good ? "ok    " : "NOT OK",
                verdict->sentences[i].text);
}
