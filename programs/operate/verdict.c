/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "operate/verdict.h"

#include <assert.h>
#include <math.h>

struct judge {
    struct verdict *verdict;
    const struct verdict_evidence *evidence;
    enum words_language language;
};

static void say_marked(const struct judge *judge, enum verdict_mark mark, enum phrase phrase,
                       const char *const texts[static PHRASE_PLACES])
{
    struct verdict *verdict = judge->verdict;

    assert(verdict->count < VERDICT_SENTENCES_MAX);
    struct verdict_sentence *sentence = &verdict->sentences[verdict->count++];
    sentence->mark = mark;
    verdict->good = verdict->good && mark != VERDICT_BAD;
    verdict->is_open = verdict->is_open || mark == VERDICT_OPEN;
    phrase_fill(sentence->text, phrase, judge->language, texts);
}

static void say(const struct judge *judge, bool good, enum phrase phrase,
                const char *const texts[static PHRASE_PLACES])
{
    say_marked(judge, good ? VERDICT_GOOD : VERDICT_BAD, phrase, texts);
}

static void say_plainly(const struct judge *judge, bool good, enum phrase phrase)
{
    say(judge, good, phrase, (const char *[PHRASE_PLACES]){NULL});
}

/* A sentence on a cut: its start and length, then why the arm held and how often. */
static void say_of_cut(const struct judge *judge, bool good, enum phrase phrase, enum phase phase)
{
    const struct watch_phase *seen = &judge->evidence->watch->phases[phase];
    const struct timetable *timetable = judge->evidence->timetable;
    enum words_language language = judge->language;

    say(judge, good, phrase,
        (const char *[PHRASE_PLACES]){
            figure_text(timetable_start_s(timetable, phase), 0, language).text,
            figure_text(timetable_length_s(timetable, phase), 1, language).text,
            words_of(words_of_hold(seen->cause), language),
            figure_text(seen->holds, 0, language).text});
}

static void judge_meeting(const struct judge *judge)
{
    const struct watch *watch = judge->evidence->watch;

    say_plainly(judge, watch->has_met && watch->has_followed,
                !watch->has_met        ? PHRASE_NEVER_MET
                : !watch->has_followed ? PHRASE_NEVER_FOLLOWED
                                       : PHRASE_FOLLOWED);
}

static void judge_first_cut(const struct judge *judge)
{
    const struct watch_phase *seen = &judge->evidence->watch->phases[PHASE_FIRST_CUT];
    enum phrase phrase = PHRASE_FIRST_CUT_WELL;

    if (seen->holds > 0)
        phrase = PHRASE_FIRST_CUT_STOPPED;
    else if (seen->is_entered_held && seen->ages == 0) /* never seen following */
        phrase = PHRASE_FIRST_CUT_HELD_BEFORE;
    else if (seen->applied == 0)
        phrase = PHRASE_FIRST_CUT_NO_GESTURE;
    say_of_cut(judge, phrase == PHRASE_FIRST_CUT_WELL, phrase, PHASE_FIRST_CUT);
}

static void judge_all_cut(const struct judge *judge)
{
    const struct watch_phase *seen = &judge->evidence->watch->phases[PHASE_ALL_CUT];

    say_of_cut(judge, seen->holds == 1,
               seen->holds > 1         ? PHRASE_ALL_CUT_HELD_OFTEN
               : seen->holds == 1      ? PHRASE_ALL_CUT_WELL
               : seen->is_entered_held ? PHRASE_ALL_CUT_HELD_BEFORE
                                       : PHRASE_ALL_CUT_NOT_HELD,
               PHASE_ALL_CUT);
}

static void judge_return(const struct judge *judge)
{
    const struct watch *watch = judge->evidence->watch;
    double after_s =
        (double)(watch->followed_again_ns - watch->phases[PHASE_RETURN].entered_ns) / 1e9;

    say(judge, watch->has_followed_again && watch->has_moved_again,
        !watch->has_followed_again ? PHRASE_RETURN_NOT_FOLLOWED
        : !watch->has_moved_again  ? PHRASE_RETURN_NO_GESTURE
                                   : PHRASE_RETURN_WELL,
        (const char *[PHRASE_PLACES]){figure_text(after_s, 1, judge->language).text});
}

static void judge_early_end(const struct judge *judge)
{
    enum words_language language = judge->language;
    double whole_s = timetable_start_s(judge->evidence->timetable, PHASES);

    say(judge, false, PHRASE_EARLY,
        (const char *[PHRASE_PLACES]){figure_text(judge->evidence->elapsed_s, 0, language).text,
                                      figure_text(whole_s, 0, language).text});
}

/* Those by which the weather can be judged. */
static unsigned holds_of(const struct watch_phase *seen)
{
    return seen->is_disturbed ? 0 : seen->holds;
}

static void judge_other_times(const struct judge *judge)
{
    const struct watch *watch = judge->evidence->watch;
    unsigned before = holds_of(&watch->phases[PHASE_WEATHER]);
    unsigned after = holds_of(&watch->phases[PHASE_RETURN]);

    if (before + after > 0)
        say(judge, false, PHRASE_OTHER_HOLDS,
            (const char *[PHRASE_PLACES]){figure_text(before, 0, judge->language).text,
                                          figure_text(after, 0, judge->language).text});
}

/* Of hands that are no script nothing is owed, and so nothing held against them. */
static enum phrase task_phrase(bool is_done, bool is_scripted, bool is_clean, bool has_time)
{
    if (is_done)
        return is_clean || !is_scripted ? PHRASE_TASK_WELL : PHRASE_TASK_UNCLEAN;
    if (!is_scripted)
        return PHRASE_TASK_OF_OTHERS;
    if (has_time)
        return PHRASE_TASK_UNDONE;
    return is_clean ? PHRASE_TASK_SHORT : PHRASE_TASK_SHORT_UNCLEAN;
}

static enum verdict_mark task_mark(enum phrase phrase)
{
    if (phrase == PHRASE_TASK_WELL)
        return VERDICT_GOOD;
    return phrase == PHRASE_TASK_OF_OTHERS || phrase == PHRASE_TASK_SHORT ? VERDICT_OPEN
                                                                          : VERDICT_BAD;
}

static void judge_task(const struct judge *judge)
{
    const struct verdict_evidence *evidence = judge->evidence;
    enum words_language language = judge->language;
    if (!evidence->cart || !isfinite(evidence->cart->task.steps))
        return;

    double done_s = evidence->cart->task.done_s, collisions = evidence->cart->task.collisions;
    double torn = evidence->cart->task.torn, forces = evidence->cart->task.forces;
    bool is_done = isfinite(done_s), is_scripted = isfinite(evidence->task_s);
    bool has_time = evidence->elapsed_s >= VERDICT_TASK_SHARE * evidence->task_s;
    bool is_clean = collisions + torn + forces == 0;
    enum phrase phrase = task_phrase(is_done, is_scripted, is_clean, has_time);

    say_marked(judge, task_mark(phrase), phrase,
               (const char *[PHRASE_PLACES]){
                   figure_text(is_done ? done_s : evidence->elapsed_s, 0, language).text,
                   figure_text(evidence->task_s, 0, language).text,
                   figure_text(evidence->cart->task.steps, 0, language).text,
                   figure_text(collisions, 0, language).text, figure_text(torn, 0, language).text,
                   figure_text(forces, 0, language).text});
}

static void judge_deaths(const struct judge *judge)
{
    const struct verdict_evidence *evidence = judge->evidence;
    enum words_language language = judge->language;
    bool is_any = false;

    for (size_t i = 0; i < evidence->restart_count; i++) {
        const struct restart *restart = &evidence->restarts[i];
        bool runs = !restart->is_given_up && restart->due_ns == 0;
        if (restart->deaths == 0)
            continue;
        is_any = true;
        say(judge, false, runs ? PHRASE_DIED : PHRASE_GIVEN_UP,
            (const char *[PHRASE_PLACES]){restart->name,
                                          figure_text(restart->first_s, 0, language).text,
                                          figure_text(restart->deaths, 0, language).text});
    }
    if (is_any && evidence->watch->awaits_arm)
        say_plainly(judge, false, PHRASE_NOT_FOLLOWED_SINCE);
}

static void judge_papers(const struct judge *judge, const char *name, const struct figures *figures,
                         const struct papers *papers, enum phrase nothing_left)
{
    double rows = papers->rows_lost > 0                     ? (double)papers->rows_lost
                  : figures && figures->trace_rows_lost > 0 ? figures->trace_rows_lost
                                                            : (double)NAN;
    struct figure_text rows_text = figure_text(rows, 0, judge->language);

    if (papers->has_holes || isfinite(rows))
        say(judge, false, PHRASE_TRACE_HOLES,
            (const char *[PHRASE_PLACES]){name, *papers->trace_why ? papers->trace_why : "-",
                                          rows_text.text});
    if (figures && !figures->is_from_status)
        return;
    if (*papers->report_why)
        say(judge, false, PHRASE_REPORT_UNWRITTEN,
            (const char *[PHRASE_PLACES]){name, papers->report_why});
    else
        say_plainly(judge, false, nothing_left);
}

void verdict_judge(struct verdict *verdict, const struct verdict_evidence *evidence,
                   enum words_language language)
{
    *verdict = (struct verdict){.good = true};
    const struct judge judge = {verdict, evidence, language};
    const struct timetable *timetable = evidence->timetable;

    judge_meeting(&judge);
    if (evidence->elapsed_s >= timetable_start_s(timetable, PHASE_ALL_CUT) &&
        timetable_length_s(timetable, PHASE_FIRST_CUT) > 0 &&
        !evidence->watch->phases[PHASE_FIRST_CUT].is_disturbed)
        judge_first_cut(&judge);
    if (evidence->elapsed_s >= timetable_start_s(timetable, PHASE_RETURN) &&
        !evidence->watch->phases[PHASE_ALL_CUT].is_disturbed)
        judge_all_cut(&judge);
    if (evidence->elapsed_s >= timetable_start_s(timetable, PHASES))
        judge_return(&judge);
    else
        judge_early_end(&judge);
    judge_other_times(&judge);
    judge_task(&judge);
    judge_deaths(&judge);
    if (evidence->is_broken)
        say_plainly(&judge, false, PHRASE_BROKEN);
    judge_papers(&judge, "cart", evidence->cart, &evidence->papers[STATUS_CART],
                 PHRASE_NO_CART_REPORT);
    judge_papers(&judge, "console", evidence->console, &evidence->papers[STATUS_CONSOLE],
                 PHRASE_NO_CONSOLE_REPORT);
    if (evidence->logs_why)
        say(&judge, false, PHRASE_LOGS_UNWRITTEN,
            (const char *[PHRASE_PLACES]){evidence->logs_why});
}
