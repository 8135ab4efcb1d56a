/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "operate/figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "operate/json.h"

struct field {
    const char *key;
    size_t offset;
};

#define TOP(key, member)                                                                           \
    {                                                                                              \
        key, offsetof(struct figures, member)                                                      \
    }
#define AGE(key, member)                                                                           \
    TOP(key ".count", member.count), TOP(key ".p50", member.p50), TOP(key ".p99", member.p99),     \
        TOP(key ".p99_9", member.p99_9), TOP(key ".max", member.max)

static const struct field top_fields[] = {
    TOP("length_s", length_s),
    TOP("start_ns", start_ns),
    TOP("sessions", sessions),
    TOP("gestures.sent", gestures.sent),
    TOP("gestures.received", gestures.received),
    TOP("gestures.applied", gestures.applied),
    TOP("gestures.late", gestures.late),
    TOP("gestures.duplicate", gestures.duplicate),
    TOP("gestures.refused", gestures.refused),
    TOP("gestures.lost", gestures.lost),
    TOP("pictures.sent", pictures.sent),
    TOP("pictures.whole", pictures.whole),
    TOP("pictures.repaired", pictures.repaired),
    TOP("pictures.late", pictures.late),
    TOP("pictures.lost", pictures.lost),
    TOP("pictures.bytes", pictures.bytes),
    TOP("pictures.damaged", pictures.damaged),
    TOP("camera.captured", camera.captured),
    TOP("camera.damaged", camera.damaged),
    TOP("camera.silences", camera.silences),
    TOP("camera.longest_silence_s", camera.longest_silence_s),
    TOP("task.grasps", task.grasps),
    TOP("task.drops", task.drops),
    TOP("task.torn", task.torn),
    TOP("task.collisions", task.collisions),
    TOP("task.forces", task.forces),
    TOP("task.steps", task.steps),
    TOP("task.done_s", task.done_s),
    AGE("gesture_age_ms", gesture_age),
    AGE("hand_to_eye_ms", hand_to_eye),
    AGE("picture_age_ms", picture_age),
    AGE("network_forth_ms", forth),
    AGE("robot_ms", robot),
    AGE("encode_ms", encode),
    AGE("network_back_ms", back),
    AGE("decode_ms", decode),
    AGE("display_ms", display),
    AGE("command_ms", command),
    AGE("loop_lateness_ms", loop_lateness),
    TOP("loop_late_percent", loop_late_percent),
    TOP("ticks_missed", ticks_missed),
    TOP("clock_offset_ms", clock_offset_ms),
    TOP("clock_bound_ms", clock_bound_ms),
    TOP("holds_in_all", holds_in_all),
    TOP("unsent", unsent),
    TOP("trace_rows_lost", trace_rows_lost),
    {0},
};

#define LINE(key, member)                                                                          \
    {                                                                                              \
        key, offsetof(struct figures_line, member)                                                 \
    }

static const struct field line_fields[] = {
    LINE("sent", sent),
    LINE("received", received),
    LINE("lost", lost),
    LINE("late", late),
    LINE("duplicate", duplicate),
    LINE("delay_in_ms", delay_in_ms),
    LINE("delay_out_ms", delay_out_ms),
    LINE("bound_ms", bound_ms),
    LINE("jitter_ms", jitter_ms),
    LINE("longest_outage_ms", longest_outage_ms),
    {0},
};

static const struct field hold_fields[] = {
    {"began_s", offsetof(struct figures_hold, began_s)},
    {"length_s", offsetof(struct figures_hold, length_s)},
    {0},
};

static double *place(void *object, const struct field *field)
{
    return (double *)(void *)((char *)object + field->offset);
}

static void set_unmeasured(void *object, const struct field *fields)
{
    for (; fields->key; fields++)
        *place(object, fields) = (double)NAN;
}

void figures_init(struct figures *figures)
{
    memset(figures, 0, sizeof *figures);
    set_unmeasured(figures, top_fields);
    for (size_t i = 0; i < FIGURES_LINES_MAX; i++)
        set_unmeasured(&figures->lines[i], line_fields);
    for (size_t i = 0; i < FIGURES_HOLDS_MAX; i++)
        set_unmeasured(&figures->holds[i], hold_fields);
}

static void take_number(void *object, const struct field *fields, const char *key, double number)
{
    for (; fields->key; fields++)
        if (!strcmp(fields->key, key))
            *place(object, fields) = number;
}

/* The place in an array that `path` names, "lines.2.sent" for "lines.", and what follows it. */
static bool read_index(const char *path, const char *array, size_t *index, const char **rest)
{
    size_t len = strlen(array);
    char *end;

    if (strncmp(path, array, len) != 0)
        return false;
    *index = strtoul(path + len, &end, 10);
    *rest = *end == '.' ? end + 1 : "";
    return true;
}

/* HOLD_CAUSES: a text we do not know. */
static enum hold_cause cause_of(const char *text)
{
    unsigned code = HOLD_NONE;
    while (code < HOLD_CODES && strcmp(text, hold_code_text(code)) != 0)
        code++;
    if (code < HOLD_CAUSES)
        return (enum hold_cause)code;
    return code < HOLD_CODES ? HOLD_FROZEN : HOLD_CAUSES;
}

/* CAMERA_STATES: a word we do not know. */
static enum camera_state camera_state_of(const char *word)
{
    int state = CAMERA_WELL;
    while (state < CAMERA_STATES && strcmp(word, camera_state_word((enum camera_state)state)) != 0)
        state++;
    return (enum camera_state)state;
}

/* MOTION_ERRS: a cause we do not know. */
static enum motion_err refusal_of(const char *text)
{
    int err = MOTION_OK;
    while (err < MOTION_ERRS && strcmp(text, motion_err_text((enum motion_err)err)) != 0)
        err++;
    return (enum motion_err)err;
}

static void take_refusal(struct figures *figures, size_t index, const char *key,
                         const struct json_value *value)
{
    if (index >= MOTION_ERRS)
        return;
    if (index >= figures->refusal_count)
        figures->refusal_count = index + 1;
    struct figures_refusal *refusal = &figures->refusals[index];
    if (!value->text && !strcmp(key, "count"))
        refusal->count = value->number;
    else if (value->text && !strcmp(key, "cause"))
        refusal->cause = refusal_of(value->text);
}

static void take(void *context, const char *path, const struct json_value *value)
{
    struct figures *figures = context;
    const char *key;
    size_t index;

    if (read_index(path, "lines.", &index, &key)) {
        if (index >= FIGURES_LINES_MAX)
            return;
        if (index >= figures->line_count)
            figures->line_count = index + 1;
        struct figures_line *line = &figures->lines[index];
        if (!value->text)
            take_number(line, line_fields, key, value->number);
        else if (!strcmp(key, "name"))
            snprintf(line->name, sizeof line->name, "%s", value->text);
    } else if (read_index(path, "holds.", &index, &key)) {
        if (index >= FIGURES_HOLDS_MAX)
            return;
        if (index >= figures->hold_count)
            figures->hold_count = index + 1;
        struct figures_hold *hold = &figures->holds[index];
        if (!value->text)
            take_number(hold, hold_fields, key, value->number);
        else if (!strcmp(key, "cause"))
            hold->cause = cause_of(value->text);
    } else if (read_index(path, "refusals.", &index, &key)) {
        take_refusal(figures, index, key, value);
    } else if (!value->text) {
        take_number(figures, top_fields, path, value->number);
    } else if (!strcmp(path, "camera.state")) {
        figures->camera.state = camera_state_of(value->text);
    } else if (!strcmp(path, "realtime")) {
        figures->is_realtime_refused = !strcmp(value->text, "refused");
    }
}

bool figures_read(struct figures *figures, const char *text)
{
    return json_read(text, take, figures);
}

static void take_line(struct figures_line *line, const struct status_line *said)
{
    line->delay_in_ms = said->in_ms;
    line->delay_out_ms = said->out_ms;
    line->jitter_ms = said->jitter_ms;
}

static void take_cart(struct figures *figures, const struct operate_status *cart)
{
    figures->gestures.applied = (double)cart->applied;
    figures->gestures.late = (double)cart->late;
    figures->gestures.duplicate = (double)cart->duplicate;
    figures->gestures.refused = (double)cart->refused;
    figures->gesture_age.p99 = cart->age_p99_ms;
    figures->camera.damaged = (double)cart->camera_damaged;
    figures->camera.silences = (double)cart->camera_silences;
    figures->camera.state = cart->camera;
}

static void take_console(struct figures *figures, const struct operate_status *console)
{
    figures->gestures.sent = (double)console->sent;
    figures->pictures.whole = (double)console->whole;
    figures->pictures.repaired = (double)console->repaired;
    figures->pictures.late = (double)console->picture_late;
    figures->pictures.lost = (double)console->lost;
    figures->pictures.damaged = (double)console->damaged;
    figures->hand_to_eye.p99 = console->hand_to_eye_p99_ms;
    for (unsigned err = 0; err < MOTION_ERRS; err++)
        if (console->refused_by[err] > 0)
            figures->refusals[figures->refusal_count++] =
                (struct figures_refusal){(enum motion_err)err, (double)console->refused_by[err]};
}

void figures_from_status(struct figures *figures, const struct operate_status *status)
{
    figures_init(figures);
    figures->is_from_status = true;
    figures->unsent = (double)status->unsent;
    figures->clock_offset_ms = status->clock_offset_ms;
    figures->clock_bound_ms = status->clock_bound_ms;
    figures->line_count = status->line_count;
    for (size_t i = 0; i < figures->line_count; i++)
        take_line(&figures->lines[i], &status->lines[i]);
    if (status->side == STATUS_CART)
        take_cart(figures, status);
    else
        take_console(figures, status);
}

double figures_at_s(const struct figures *figures, double at_s, uint64_t zero_ns)
{
    return at_s + (figures->start_ns - (double)zero_ns) / 1e9;
}

bool figures_load(struct figures *figures, const char *path)
{
    static char text[FIGURES_FILE_BYTES];
    FILE *file = fopen(path, "re");

    if (!file)
        return false;
    size_t len = fread(text, 1, sizeof text, file);
    bool good = !ferror(file) && len < sizeof text;
    fclose(file);
    if (!good)
        return false;
    text[len] = '\0';
    return figures_read(figures, text);
}
