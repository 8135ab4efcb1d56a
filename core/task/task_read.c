/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "task/task.h"

enum { STAGE_MAX = 99 };
#define MM_MAX 1000.0
#define SECONDS_MAX 3600.0
#define NEWTONS_MAX 1000.0

/* What is left of the sentence being read. */
struct reader {
    const char *at, *end; /* of the whole text */
    unsigned sentence;    /* from 1 */
    char *reason;
};

__attribute__((format(printf, 2, 3))) static bool fail(struct reader *reader, const char *format,
                                                       ...)
{
    va_list arguments;
    int len = snprintf(reader->reason, TASK_REASON_BYTES, "sentence %u: ", reader->sentence);
    va_start(arguments, format);
    vsnprintf(reader->reason + len, TASK_REASON_BYTES - (size_t)len, format, arguments);
    va_end(arguments);
    return false;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The next word of the sentence, "" at its end; a word too long for one is cut, and no word is. */
static void next_word(struct reader *reader, char word[static ARM_OBJECT_BYTES])
{
    size_t len = 0;
    while (reader->at < reader->end && is_space(*reader->at))
        reader->at++;
    for (; reader->at < reader->end && *reader->at != ';' && !is_space(*reader->at); reader->at++)
        if (len < ARM_OBJECT_BYTES - 1)
            word[len++] = *reader->at;
    word[len] = 0;
}

/* A plain number, `least` to `most`. */
static bool read_number(struct reader *reader, const char *of, double least, double most,
                        double *value)
{
    char word[ARM_OBJECT_BYTES], *end;
    next_word(reader, word);
    *value = strtod(word, &end);
    if (end == word || *end || !(*value >= least && *value <= most))
        return fail(reader, "%s must be a number from %g to %g, not '%s'", of, least, most, word);
    return true;
}

/* The number of the place that is named next; a new one is added. */
static bool read_place(struct reader *reader, struct task *task, unsigned *place)
{
    char word[ARM_OBJECT_BYTES];
    next_word(reader, word);
    if (!*word)
        return fail(reader, "the name of a place is missing");
    for (*place = 0; *place < task->place_count; ++*place)
        if (!strcmp(task->places[*place], word))
            return true;
    if (task->place_count == TASK_PLACES_MAX)
        return fail(reader, "more than %d places", TASK_PLACES_MAX);
    task->place_sentences[task->place_count] = reader->sentence;
    memcpy(task->places[task->place_count++], word, sizeof word);
    return true;
}

static bool read_span(struct reader *reader, struct task *task, struct task_span *span)
{
    char word[ARM_OBJECT_BYTES];
    double limit_mm;
    next_word(reader, word);
    span->is_far = !strcmp(word, "far");
    if (!span->is_far && strcmp(word, "near") != 0)
        return fail(reader, "'%s': near or far", word);
    if (!read_place(reader, task, &span->what) || !read_place(reader, task, &span->where) ||
        !read_number(reader, "the distance", 0, MM_MAX, &limit_mm))
        return false;
    span->limit_m = limit_mm / 1000;
    return true;
}

static bool read_end(struct reader *reader, struct task *task, struct task_step *step)
{
    char word[ARM_OBJECT_BYTES];
    double seconds;
    for (;;) {
        next_word(reader, word);
        if (!*word)
            return true;
        if (!strcmp(word, "free"))
            step->grip = TASK_FREE;
        else if (!strcmp(word, "held"))
            step->grip = TASK_HELD;
        else if (!strcmp(word, "both"))
            step->grip = TASK_BOTH;
        else if (!strcmp(word, "while") && !step->has_also) {
            step->has_also = true;
            if (!read_span(reader, task, &step->also))
                return false;
        } else if (strcmp(word, "for") != 0)
            return fail(reader, "'%s': free, held, both, for SECONDS or while", word);
        else if (!read_number(reader, "for", 0, SECONDS_MAX, &seconds))
            return false;
        else
            step->for_ns = (uint64_t)(seconds * 1e9);
    }
}

static bool read_step(struct reader *reader, struct task *task)
{
    double stage;
    if (task->step_count == TASK_STEPS_MAX)
        return fail(reader, "more than %d steps", TASK_STEPS_MAX);
    struct task_step *step = &task->steps[task->step_count];
    unsigned least = task->step_count ? step[-1].stage : 1;
    if (!read_number(reader, "the stage", least, STAGE_MAX, &stage))
        return false;
    step->stage = (unsigned)stage;
    if (!read_span(reader, task, &step->span) || !read_end(reader, task, step))
        return false;
    task->step_count++;
    return true;
}

static bool read_sentence(struct reader *reader, struct task *task)
{
    char word[ARM_OBJECT_BYTES];
    next_word(reader, word);
    if (!*word)
        return true;
    if (!strcmp(word, "step"))
        return read_step(reader, task);
    if (strcmp(word, "force") != 0)
        return fail(reader, "'%s': force or step", word);
    if (!read_number(reader, "force", 0, NEWTONS_MAX, &task->force_most_n))
        return false;
    next_word(reader, word);
    return !*word || fail(reader, "'%s' is one word too many", word);
}

bool task_read(struct task *task, const char *text, size_t len,
               char reason[static TASK_REASON_BYTES])
{
    struct reader reader = {.at = text, .end = text + len, .sentence = 1, .reason = reason};
    *task = (struct task){.force_most_n = TASK_FORCE_STANDARD_N};
    for (;; reader.sentence++, reader.at++) {
        task->sentence_count = reader.sentence;
        if (!read_sentence(&reader, task))
            return false;
        if (reader.at == reader.end)
            return true;
        if (*reader.at != ';')
            return fail(&reader, "a word too many");
    }
}
