/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `jisr arm`: an instrument's mathematics on lines of numbers, to be held against recorded robots. */
#include <stdio.h>
#include <string.h>

#include "arm/sheet_file.h"
#include "base/csv.h"
#include "commands.h"
#include "motion/reach.h"
#include "options.h"

enum { DONE = 0, FAILED = 1, WRONG_USAGE = 2, POSE_COLUMNS = 12 };

struct arm_program_settings {
    const char *tool;
};

static const struct option options[] = {
    {.name = "tool",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct arm_program_settings, tool),
     .unit = "NAME|FILE",
     .standard = "large-needle-driver",
     .help = "the instrument: one that is built in, or a tool file"},
    {0},
};

static const struct options_usage usage = {
    .command = "jisr arm",
    .summary = "what an instrument's joints and poses are to one another, as lines of numbers",
    .operands = "forward|inverse|show",
    .operands_least = 1,
    .operands_most = 1,
};

static const char *const axes[INSTRUMENT_AXES] = {
    [AXIS_YAW] = "yaw",
    [AXIS_PITCH] = "pitch",
    [AXIS_INSERTION] = "insertion",
    [AXIS_ROLL] = "roll",
    [AXIS_WRIST_PITCH] = "wrist_pitch",
    [AXIS_WRIST_YAW] = "wrist_yaw",
    [AXIS_JAW] = "jaw",
};

/* What is worked on, line by line. */
struct job {
    const struct tool *tool;
    unsigned long line;
    double near[INSTRUMENT_AXES]; /* the last answer of `inverse` */
};

static bool refuse(const struct job *job, const char *words)
{
    fprintf(stderr, "jisr arm: line %lu: %s\n", job->line, words);
    return false;
}

static void put_numbers(const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        printf("%s%.15g", i ? "," : "", values[i]);
}

/* The axes of which `bits` has one, after `words`. */
static void tell_axes(const struct job *job, const char *words, uint32_t bits)
{
    fprintf(stderr, "jisr arm: line %lu: %s", job->line, words);
    for (int i = 0; i < INSTRUMENT_AXES; i++)
        if (bits & UINT32_C(1) << i)
            fprintf(stderr, " %s", axes[i]);
    fputc('\n', stderr);
}

static bool forward(struct job *job, const double *values, size_t count)
{
    if (count != INSTRUMENT_POSE_AXES && count != INSTRUMENT_AXES)
        return refuse(job, "6 joints are wanted, or 7 with the jaw");
    double joints[INSTRUMENT_AXES] = {0}, inside[INSTRUMENT_AXES];
    joints[AXIS_JAW] = job->tool->instrument.least[AXIS_JAW];
    memcpy(joints, values, count * sizeof *values);
    memcpy(inside, joints, sizeof inside);
    uint32_t outside = instrument_clamp(&job->tool->instrument, inside);
    if (outside)
        tell_axes(job, "answered all the same, but outside the limits:", outside);

    struct pose tip = instrument_forward(&job->tool->instrument, joints);
    struct mat3 turn = mat3_from_quat(tip.orientation);
    put_numbers((double[]){tip.position_m.x, tip.position_m.y, tip.position_m.z}, 3);
    for (int i = 0; i < 9; i++)
        printf(",%.15g", turn.at[i / 3][i % 3]);
    return true;
}

static bool inverse(struct job *job, const double *values, size_t count)
{
    struct pose goal = {.position_m = {values[0], values[1], values[2]}};
    struct mat3 turn;
    double joints[INSTRUMENT_AXES];
    uint32_t limited = 0;

    if (count != POSE_COLUMNS)
        return refuse(job, "12 numbers are wanted: x, y, z and a rotation by rows");
    for (int i = 0; i < 9; i++)
        turn.at[i / 3][i % 3] = values[3 + i];
    if (mat3_check(&turn) != MOTION_OK)
        return refuse(job, "the last nine numbers are no rotation");
    goal.orientation = quat_from_mat3(&turn);
    if (!reach_find(&job->tool->instrument, &goal, job->near, joints, &limited)) {
        tell_axes(job, "out of reach; limited:", limited);
        return false;
    }
    memcpy(job->near, joints, sizeof joints);
    put_numbers(joints, INSTRUMENT_POSE_AXES);
    return true;
}

/* The answer to a line stands on the same line of what is written; that to one refused is empty. */
static bool answer(struct job *job, bool (*work)(struct job *, const double *, size_t),
                   const char *text, size_t len)
{
    double values[POSE_COLUMNS] = {0};
    size_t count;
    struct csv_fault fault;
    char words[80];

    job->line++;
    bool good = len == 0 || text[0] == '#';
    if (!good && !csv_numbers(values, POSE_COLUMNS, &count, text, len, &fault)) {
        if (fault.column)
            snprintf(words, sizeof words, "column %zu: %s", fault.column, fault.words);
        refuse(job, fault.column ? words : fault.words);
    } else if (!good) {
        good = work(job, values, count);
    }
    putchar('\n');
    return good;
}

static int work_through(struct job *job, bool (*work)(struct job *, const double *, size_t))
{
    static char line[CSV_LINE_BYTES_MAX + 3]; /* room for \r\n; a longer line is refused */
    bool good = true;
    while (fgets(line, sizeof line, stdin)) {
        size_t len = strcspn(line, "\n");
        if (!line[len] && !feof(stdin)) {
            for (int c = 0; c != '\n' && c != EOF;)
                c = getchar();
            len = sizeof line - 1;
        }
        if (len && line[len - 1] == '\r')
            len--;
        good &= answer(job, work, line, len);
    }
    if (ferror(stdin) || fflush(stdout) || ferror(stdout)) {
        perror("jisr arm");
        return FAILED;
    }
    return good ? DONE : FAILED;
}

/* A built-in tool as a file, to begin another with; of a file what it is, once it has been read. */
static int show(const struct tool *tool, const char *name_or_path)
{
    const struct tool_text *text = tool_text_named(name_or_path);
    if (text)
        fputs(text->text, stdout);
    else
        printf("%s, version %u: %s; its check values come out\n", tool->name, tool->version,
               tool->title);
    return fflush(stdout) ? FAILED : DONE;
}

static int wrong_word(const char *word)
{
    static const char *const words[] = {"forward", "inverse", "show", NULL};
    const char *nearest = options_nearest(word, words);
    fprintf(stderr, "jisr arm: no '%s'", word);
    if (nearest)
        fprintf(stderr, "; did you mean '%s'?\n", nearest);
    else
        fputs("; there are forward, inverse and show\n", stderr);
    return WRONG_USAGE;
}

int command_arm(int argc, char **argv)
{
    static struct tool tool;
    struct arm_program_settings settings = {0};
    struct sheet_reason reason;
    struct job job = {.tool = &tool};
    char **operands;
    size_t count;

    enum options_result read =
        options_read(&usage, options, &settings, argc, argv, &operands, &count);
    if (read != OPTIONS_OK)
        return read == OPTIONS_HELP_SHOWN ? DONE : WRONG_USAGE;
    if (!tool_open(&tool, settings.tool, &reason)) {
        fprintf(stderr, "jisr arm: --tool: %s\n", reason.words);
        return WRONG_USAGE;
    }
    memcpy(job.near, INSTRUMENT_READY_JP, sizeof job.near);
    if (!strcmp(operands[0], "forward"))
        return work_through(&job, forward);
    if (!strcmp(operands[0], "inverse"))
        return work_through(&job, inverse);
    if (!strcmp(operands[0], "show"))
        return show(&tool, settings.tool);
    return wrong_word(operands[0]);
}
