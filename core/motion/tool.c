/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/tool.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define QUARTER (3.14159265358979323846 / 2)
#define SAME_ANGLE_RAD 1e-9
#define LIMIT_MOST_RAD (8 * QUARTER)
#define LENGTH_MOST_M 1.0
#define FACTOR_MOST 100.0
#define SINGULAR 1e-3 /* a pivot of the coupling below this: two motors would do the same */

enum { WORDS_JOINT = 8, WORDS_JAW = 3, WORDS_COUPLING = 5, WORDS_CHECK = 20 };

/* Of each row what every arm of the family has; free are the limits and three lengths. */
static const struct family_row {
    const char *name;
    int alpha_quarters, offset_quarters;
    bool slides;
} family[INSTRUMENT_POSE_AXES] = {
    [AXIS_YAW] = {"yaw", 1, 1, false},
    [AXIS_PITCH] = {"pitch", -1, -1, false},
    [AXIS_INSERTION] = {"insertion", 1, 0, true},
    [AXIS_ROLL] = {"roll", 0, 0, false},
    [AXIS_WRIST_PITCH] = {"wrist_pitch", -1, -1, false},
    [AXIS_WRIST_YAW] = {"wrist_yaw", -1, -1, false},
};

struct reader {
    struct sheet sheet;
    struct tool *tool;
    unsigned joints, couplings, checks; /* lines of that kind so far */
    bool has_form, has_jaw, bends_all;
};

/* The rest of the line as one text, its words a blank apart. */
static bool read_text(struct sheet *sheet, char *out, size_t room)
{
    size_t len = 0;
    if (out[0])
        return sheet_fail(sheet, "'%s' is given twice", sheet->words[0]);
    if (sheet->count < 2)
        return sheet_fail(sheet, "'%s' has nothing behind it", sheet->words[0]);
    for (size_t i = 1; i < sheet->count; i++) {
        size_t more = strlen(sheet->words[i]) + 1;
        if (len + more > room)
            return sheet_fail(sheet, "'%s' is longer than %zu bytes", sheet->words[0], room - 1);
        memcpy(out + len, sheet->words[i], more);
        len += more;
        out[len - 1] = i + 1 < sheet->count ? ' ' : 0;
    }
    return true;
}

static bool read_version(struct reader *reader)
{
    struct sheet *sheet = &reader->sheet;
    if (reader->tool->version)
        return sheet_fail(sheet, "'version' is given twice");
    return sheet_form(sheet, 2, "version N") &&
           sheet_whole(sheet, 1, 1, 1000000, &reader->tool->version);
}

static bool read_limits(struct reader *reader, size_t index, int axis, enum sheet_unit unit)
{
    struct sheet *sheet = &reader->sheet;
    struct instrument *instrument = &reader->tool->instrument;
    if (!sheet_figure(sheet, index, unit, &instrument->least[axis]) ||
        !sheet_figure(sheet, index + 1, unit, &instrument->most[axis]))
        return false;
    if (!(instrument->least[axis] < instrument->most[axis]))
        return sheet_fail(sheet, "the least is not below the most");
    if (unit == SHEET_ANGLE &&
        (instrument->least[axis] < -LIMIT_MOST_RAD || instrument->most[axis] > LIMIT_MOST_RAD))
        return sheet_fail(sheet, "a limit beyond two turns");
    if (unit == SHEET_LENGTH && (fabs(instrument->least[axis]) > LENGTH_MOST_M ||
                                 fabs(instrument->most[axis]) > LENGTH_MOST_M))
        return sheet_fail(sheet, "no arm is longer than %g m", LENGTH_MOST_M);
    return true;
}

static bool has_angle(struct sheet *sheet, const char *what, double is_rad, int quarters)
{
    return fabs(is_rad - quarters * QUARTER) <= SAME_ANGLE_RAD ||
           sheet_fail(sheet, "%s must be %ddeg: the inverse is for that family of arms", what,
                      quarters * 90);
}

static bool has_no_length(struct sheet *sheet, const char *what, double is_m)
{
    return fabs(is_m) <= 0 ||
           sheet_fail(sheet, "%s must be 0m: the inverse is for that family of arms", what);
}

static bool read_joint(struct reader *reader)
{
    static const char form[] = "joint NAME ALPHA A OFFSET D LEAST MOST";
    struct sheet *sheet = &reader->sheet;
    struct instrument *instrument = &reader->tool->instrument;
    unsigned axis = reader->joints;
    double alpha_rad, a_m, offset, d_m;

    if (axis == INSTRUMENT_POSE_AXES)
        return sheet_fail(sheet, "a seventh joint: the jaw has a line of its own");
    const struct family_row *row = &family[axis];
    if (!sheet_form(sheet, WORDS_JOINT, form))
        return false;
    if (strcmp(sheet->words[1], row->name))
        return sheet_fail(sheet, "joint %u must be '%s', not '%.40s'", axis + 1, row->name,
                          sheet->words[1]);
    if (!sheet_figure(sheet, 2, SHEET_ANGLE, &alpha_rad) ||
        !sheet_figure(sheet, 3, SHEET_LENGTH, &a_m) ||
        !sheet_figure(sheet, 4, row->slides ? SHEET_LENGTH : SHEET_ANGLE, &offset) ||
        !sheet_figure(sheet, 5, SHEET_LENGTH, &d_m) ||
        !has_angle(sheet, "alpha", alpha_rad, row->alpha_quarters) ||
        (!row->slides && !has_angle(sheet, "offset", offset, row->offset_quarters)) ||
        (axis != AXIS_WRIST_YAW && !has_no_length(sheet, "a", a_m)) ||
        (axis != AXIS_ROLL && !has_no_length(sheet, "d", d_m)))
        return false;
    if (fabs(a_m) > LENGTH_MOST_M || fabs(d_m) > LENGTH_MOST_M || fabs(offset) > 2 * LENGTH_MOST_M)
        return sheet_fail(sheet, "no arm is longer than %g m", LENGTH_MOST_M);
    if (axis == AXIS_INSERTION)
        instrument->insertion_offset_m = offset;
    if (axis == AXIS_ROLL)
        instrument->shaft_m = d_m;
    if (axis == AXIS_WRIST_YAW)
        instrument->wrist_m = a_m;
    reader->joints++;
    return read_limits(reader, 6, (int)axis, row->slides ? SHEET_LENGTH : SHEET_ANGLE);
}

static bool read_jaw(struct reader *reader)
{
    if (reader->has_jaw)
        return sheet_fail(&reader->sheet, "'jaw' is given twice");
    reader->has_jaw = true;
    return sheet_form(&reader->sheet, WORDS_JAW, "jaw LEAST MOST") &&
           read_limits(reader, 1, AXIS_JAW, SHEET_ANGLE);
}

static bool read_coupling(struct reader *reader)
{
    struct sheet *sheet = &reader->sheet;
    if (reader->couplings == TOOL_ACTUATORS)
        return sheet_fail(sheet, "a fifth row of the coupling");
    if (!sheet_form(sheet, WORDS_COUPLING, "coupling F F F F"))
        return false;
    for (size_t i = 0; i < TOOL_ACTUATORS; i++) {
        double *factor = &reader->tool->to_joints[reader->couplings][i];
        if (!sheet_figure(sheet, i + 1, SHEET_PLAIN, factor))
            return false;
        if (fabs(*factor) > FACTOR_MOST)
            return sheet_fail(sheet, "a factor beyond %g", FACTOR_MOST);
    }
    reader->couplings++;
    return true;
}

/* Position and rotation as the line has them, from word 8 on. */
static bool read_pose(struct sheet *sheet, struct pose *pose)
{
    double at[3];
    struct mat3 turn;
    for (size_t i = 0; i < 3; i++)
        if (!sheet_figure(sheet, 8 + i, SHEET_LENGTH, &at[i]))
            return false;
    for (size_t i = 0; i < 9; i++)
        if (!sheet_figure(sheet, 11 + i, SHEET_PLAIN, &turn.at[i / 3][i % 3]))
            return false;
    if (mat3_check(&turn) != MOTION_OK)
        return sheet_fail(sheet, "the nine figures of the pose are no rotation");
    *pose = (struct pose){{at[0], at[1], at[2]}, quat_from_mat3(&turn)};
    return true;
}

static bool read_check(struct reader *reader)
{
    struct sheet *sheet = &reader->sheet;
    const struct instrument *instrument = &reader->tool->instrument;
    double joints[INSTRUMENT_AXES] = {0};
    struct pose wanted = POSE_IDENTITY;
    bool bends_all = true;

    if (reader->joints < INSTRUMENT_POSE_AXES || !reader->has_jaw)
        return sheet_fail(sheet, "checks stand behind the joints and the jaw");
    if (!sheet_form(sheet, WORDS_CHECK, "check J1 J2 J3 J4 J5 J6 = X Y Z R11 R12 ... R33"))
        return false;
    for (size_t i = 0; i < INSTRUMENT_POSE_AXES; i++) {
        if (!sheet_figure(sheet, i + 1, family[i].slides ? SHEET_LENGTH : SHEET_ANGLE, &joints[i]))
            return false;
        bends_all &= fabs(joints[i]) > 0.01;
    }
    joints[AXIS_JAW] = instrument->least[AXIS_JAW];
    if (strcmp(sheet->words[7], "="))
        return sheet_fail(sheet, "'=' must stand before the pose");
    if (!read_pose(sheet, &wanted))
        return false;
    if (instrument_clamp(instrument, joints))
        return sheet_fail(sheet, "joints outside the limits");
    struct pose gives = instrument_forward(instrument, joints);
    double off_m = vec3_length(vec3_subtract(gives.position_m, wanted.position_m));
    double off_rad = quat_angle_between_rad(gives.orientation, wanted.orientation);
    if (!(off_m <= TOOL_CHECK_M && off_rad <= TOOL_CHECK_RAD))
        return sheet_fail(sheet,
                          "the check does not come out: off by %.4g mm and %.4g deg; "
                          "a figure of this tool is wrong",
                          off_m * 1e3, off_rad / QUARTER * 90);
    reader->checks++;
    reader->bends_all |= bends_all;
    return true;
}

static bool read_line(struct reader *reader)
{
    struct sheet *sheet = &reader->sheet;
    const char *word = sheet->words[0];
    unsigned form;
    if (!reader->has_form) {
        reader->has_form = true;
        return (!strcmp(word, "tool") || sheet_fail(sheet, "the first line must be: tool 1")) &&
               sheet_form(sheet, 2, "tool 1") && sheet_whole(sheet, 1, 1, 1, &form);
    }
    if (!strcmp(word, "name"))
        return sheet_form(sheet, 2, "name WORD") &&
               read_text(sheet, reader->tool->name, TOOL_NAME_BYTES);
    if (!strcmp(word, "title"))
        return read_text(sheet, reader->tool->title, TOOL_TITLE_BYTES);
    if (!strcmp(word, "version"))
        return read_version(reader);
    if (!strcmp(word, "joint"))
        return read_joint(reader);
    if (!strcmp(word, "jaw"))
        return read_jaw(reader);
    if (!strcmp(word, "coupling"))
        return read_coupling(reader);
    if (!strcmp(word, "check"))
        return read_check(reader);
    return sheet_fail(sheet, "'%.40s' is no word of a tool", word);
}

/* Fills to_actuators: Gauss-Jordan with the largest pivot; false when two motors would do the same. */
static bool invert_coupling(struct tool *tool)
{
    enum { N = TOOL_ACTUATORS };
    double rows[N][2 * N] = {{0}};
    for (int i = 0; i < N; i++) {
        memcpy(rows[i], tool->to_joints[i], sizeof tool->to_joints[i]);
        rows[i][N + i] = 1;
    }
    for (int at = 0; at < N; at++) {
        int best = at;
        for (int i = at + 1; i < N; i++)
            if (fabs(rows[i][at]) > fabs(rows[best][at]))
                best = i;
        double pivot = rows[best][at];
        if (!(fabs(pivot) > SINGULAR))
            return false;
        for (int j = 0; j < 2 * N; j++) {
            double kept = rows[at][j];
            rows[at][j] = rows[best][j] / pivot;
            if (best != at)
                rows[best][j] = kept;
        }
        for (int i = 0; i < N; i++) {
            double by = rows[i][at];
            for (int j = 0; i != at && j < 2 * N; j++)
                rows[i][j] -= by * rows[at][j];
        }
    }
    for (int i = 0; i < N; i++)
        memcpy(tool->to_actuators[i], rows[i] + N, sizeof tool->to_actuators[i]);
    return true;
}

static bool is_whole(struct reader *reader)
{
    struct sheet *sheet = &reader->sheet;
    struct tool *tool = reader->tool;
    if (!tool->name[0] || !tool->title[0] || !tool->version)
        return sheet_fail_whole(sheet, "name, title or version is missing");
    if (reader->joints < INSTRUMENT_POSE_AXES)
        return sheet_fail_whole(sheet, "joint '%s' is missing", family[reader->joints].name);
    if (reader->couplings < TOOL_ACTUATORS)
        return sheet_fail_whole(sheet, "the coupling has %u rows, not 4", reader->couplings);
    if (!invert_coupling(tool))
        return sheet_fail_whole(sheet, "the coupling cannot be inverted");
    return reader->bends_all || sheet_fail_whole(sheet, "no check bends every joint");
}

bool tool_read(struct tool *tool, const char *text, size_t len, struct sheet_fault *fault)
{
    struct reader reader = {.tool = tool};
    memset(tool, 0, sizeof *tool);
    sheet_open(&reader.sheet, text, len);
    if (len > TOOL_BYTES_MAX)
        sheet_fail_whole(&reader.sheet, "longer than %d bytes", TOOL_BYTES_MAX);
    while (sheet_next(&reader.sheet) && read_line(&reader))
        ;
    bool good = !reader.sheet.fault.words[0] && is_whole(&reader);
    *fault = reader.sheet.fault;
    return good;
}

static void multiply(const double by[static TOOL_ACTUATORS][TOOL_ACTUATORS],
                     const double in[static TOOL_ACTUATORS], double out[static TOOL_ACTUATORS])
{
    for (int i = 0; i < TOOL_ACTUATORS; i++) {
        out[i] = 0;
        for (int j = 0; j < TOOL_ACTUATORS; j++)
            out[i] += by[i][j] * in[j];
    }
}

void tool_joints(const struct tool *tool, const double actuators[static TOOL_ACTUATORS],
                 double joints[static TOOL_ACTUATORS])
{
    assert(actuators != joints);
    multiply(tool->to_joints, actuators, joints);
}

void tool_actuators(const struct tool *tool, const double joints[static TOOL_ACTUATORS],
                    double actuators[static TOOL_ACTUATORS])
{
    assert(actuators != joints);
    multiply(tool->to_actuators, joints, actuators);
}

const struct tool_text *tool_text_named(const char *name)
{
    for (const struct tool_text *text = TOOL_TEXTS; text->name; text++)
        if (!strcmp(text->name, name))
            return text;
    return NULL;
}
