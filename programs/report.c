/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "log/log.h"
#include "motion/err.h"

#define LATE_NS INT64_C(200000) /* a tick later than this counts as late */

enum { SCHEMA = 1 }; /* a key that changes its meaning, or goes, raises it */

static const char *const age_keys[REPORT_AGES] = {
    [REPORT_GESTURE_AGE] = "gesture_age_ms",
    [REPORT_HAND_TO_EYE] = "hand_to_eye_ms",
    [REPORT_PICTURE_AGE] = "picture_age_ms",
    [REPORT_FORTH] = "network_forth_ms",
    [REPORT_ROBOT] = "robot_ms",
    [REPORT_ENCODE] = "encode_ms",
    [REPORT_RAW] = "raw_picture_ms",
    [REPORT_BACK] = "network_back_ms",
    [REPORT_DECODE] = "decode_ms",
    [REPORT_DISPLAY] = "display_ms",
    [REPORT_MOUTH_TO_EAR] = "mouth_to_ear_ms",
    [REPORT_COMMAND] = "command_ms",
    [REPORT_LOOP_LATENESS] = "loop_lateness_ms",
};

/* RFC 8259 7; bytes that are not ASCII pass as the UTF-8 they are. */
static void print_text(FILE *out, const char *text)
{
    if (!text) {
        fputs("null", out);
        return;
    }
    putc('"', out);
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '"' || byte == '\\')
            fprintf(out, "\\%c", byte);
        else if (byte < 0x20)
            fprintf(out, "\\u%04x", byte);
        else
            putc(byte, out);
    }
    putc('"', out);
}

static void print_figure(FILE *out, double figure)
{
    if (isfinite(figure))
        fprintf(out, "%.3f", figure);
    else
        fputs("null", out);
}

/* `before` is what stands between this member and the one before it. */
static void print_key(FILE *out, const char *before, const char *key)
{
    fprintf(out, "%s\"%s\": ", before, key);
}

static void print_member(FILE *out, const char *before, const char *key, double figure)
{
    print_key(out, before, key);
    print_figure(out, figure);
}

static void print_count(FILE *out, const char *before, const char *key, int64_t count)
{
    print_key(out, before, key);
    if (count >= 0)
        fprintf(out, "%" PRId64, count);
    else
        fputs("null", out);
}

static void print_spread(FILE *out, const struct spread *spread)
{
    static const struct {
        const char *key;
        double q;
    } points[] = {{"p50", 0.5}, {"p99", 0.99}, {"p99_9", 0.999}};

    if (!spread || spread->count == 0) {
        fputs("null", out);
        return;
    }
    fprintf(out, "{\"count\": %" PRIu64, spread->count);
    for (size_t i = 0; i < sizeof points / sizeof *points; i++)
        print_member(out, ", ", points[i].key, (double)spread_at(spread, points[i].q) / 1e6);
    print_member(out, ", ", "max", (double)spread->most / 1e6);
    putc('}', out);
}

static void print_loop(FILE *out, const struct report *report)
{
    const struct spread *lateness = report->ages[REPORT_LOOP_LATENESS];
    bool has_ticked = lateness && lateness->count;

    print_member(out, ",\n  ", "loop_late_percent",
                 has_ticked ? 100 * (1 - spread_share_within(lateness, LATE_NS)) : (double)NAN);
    print_count(out, ",\n  ", "ticks_missed", report->ticks_missed);
    print_key(out, ",\n  ", "realtime");
    print_text(out, report->is_realtime ? "granted" : "refused");
}

static void print_gestures(FILE *out, const struct report_gestures *gestures)
{
    print_key(out, ",\n  ", "gestures");
    if (!gestures) {
        fputs("null", out);
        return;
    }
    print_count(out, "{", "sent", gestures->sent);
    print_count(out, ", ", "received", gestures->received);
    print_count(out, ", ", "applied", gestures->applied);
    print_count(out, ", ", "late", gestures->late);
    print_count(out, ", ", "duplicate", gestures->duplicate);
    print_count(out, ", ", "refused", gestures->refused);
    print_count(out, ", ", "lost", gestures->lost);
    putc('}', out);
}

static void print_pictures(FILE *out, const struct report_pictures *pictures)
{
    print_key(out, ",\n  ", "pictures");
    if (!pictures) {
        fputs("null", out);
        return;
    }
    print_count(out, "{", "sent", pictures->sent);
    print_count(out, ", ", "whole", pictures->whole);
    print_count(out, ", ", "repaired", pictures->repaired);
    print_count(out, ", ", "late", pictures->late);
    print_count(out, ", ", "lost", pictures->lost);
    print_count(out, ", ", "bytes", pictures->bytes);
    print_count(out, ", ", "damaged", pictures->damaged);
    print_count(out, ", ", "no_room", pictures->no_room);
    putc('}', out);
}

static void print_camera(FILE *out, const struct report_camera *camera)
{
    print_key(out, ",\n  ", "camera");
    if (!camera) {
        fputs("null", out);
        return;
    }
    print_key(out, "{", "state");
    print_text(out, camera->state);
    print_count(out, ", ", "captured", camera->captured);
    print_count(out, ", ", "skipped", camera->skipped);
    print_count(out, ", ", "left_out", camera->left_out);
    print_count(out, ", ", "overrun", camera->overrun);
    print_count(out, ", ", "too_big", camera->too_big);
    print_count(out, ", ", "damaged", camera->damaged);
    print_count(out, ",\n    ", "silences", camera->silences);
    print_member(out, ", ", "longest_silence_s", camera->longest_silence_s);
    print_count(out, ", ", "loops", camera->loops);
    print_key(out, ", ", "cut_short");
    fputs(camera->cut_short ? "true" : "false", out);
    print_key(out, ", ", "ended");
    print_text(out, camera->ended);
    putc('}', out);
}

static void print_voice(FILE *out, const struct report_voice *voice)
{
    print_key(out, ",\n  ", "voice");
    if (!voice) {
        fputs("null", out);
        return;
    }
    print_count(out, "{", "sent", voice->sent);
    print_count(out, ", ", "relayed", voice->relayed);
    print_count(out, ", ", "played", voice->played);
    print_count(out, ", ", "repaired", voice->repaired);
    print_count(out, ", ", "concealed", voice->concealed);
    print_count(out, ", ", "left_out", voice->left_out);
    print_count(out, ", ", "unplayed", voice->unplayed);
    print_count(out, ", ", "refused", voice->refused);
    putc('}', out);
}

static void print_task(FILE *out, const struct report_task *task)
{
    print_key(out, ",\n  ", "task");
    if (!task) {
        fputs("null", out);
        return;
    }
    print_key(out, "{", "scene");
    print_text(out, task->scene);
    print_count(out, ", ", "grasps", task->grasps);
    print_count(out, ", ", "drops", task->drops);
    print_count(out, ", ", "torn", task->torn);
    print_count(out, ", ", "collisions", task->collisions);
    print_count(out, ", ", "forces", task->forces);
    print_count(out, ", ", "steps", task->steps);
    print_member(out, ", ", "done_s", task->done_s);
    putc('}', out);
}

static void print_refusals(FILE *out, const uint64_t *refused)
{
    const char *before = "\n    {";
    print_key(out, ",\n  ", "refusals");
    if (!refused) {
        fputs("null", out);
        return;
    }
    putc('[', out);
    for (unsigned i = 0; i < MOTION_ERRS; i++) {
        if (refused[i] == 0)
            continue;
        print_key(out, before, "cause");
        print_text(out, motion_err_text((enum motion_err)i));
        print_count(out, ", ", "count", (int64_t)refused[i]);
        putc('}', out);
        before = ",\n    {";
    }
    putc(']', out);
}

static void print_line(FILE *out, const struct report_line *line)
{
    print_key(out, "\n    {", "name");
    print_text(out, line->name);
    print_count(out, ", ", "sent", line->sent);
    print_count(out, ", ", "received", line->received);
    print_count(out, ", ", "lost", line->lost);
    print_count(out, ", ", "late", line->late);
    print_count(out, ", ", "duplicate", line->duplicate);
    print_member(out, ",\n     ", "delay_in_ms", line->delay_in_ms);
    print_member(out, ", ", "delay_out_ms", line->delay_out_ms);
    print_member(out, ", ", "bound_ms", line->bound_ms);
    print_member(out, ", ", "jitter_ms", line->jitter_ms);
    print_member(out, ", ", "longest_outage_ms", line->longest_outage_ms);
    print_count(out, ",\n     ", "loss_episodes", line->loss_episodes);
    print_count(out, ", ", "longest_loss", line->longest_loss);
    putc('}', out);
}

static void print_word(FILE *out, const char *before, const char *key, const char *text)
{
    print_key(out, before, key);
    print_text(out, text);
}

static void print_gate(FILE *out, const struct report_gate *gate)
{
    print_word(out, "{", "gate", gate->gate);
    print_word(out, ", ", "reaction", gate->reaction);
    print_member(out, ", ", "limit", gate->limit);
    print_word(out, ", ", "unit", gate->unit);
    print_word(out, ", ", "source", gate->source);
    print_member(out, ", ", "worst", gate->worst);
    print_member(out, ", ", "margin", gate->margin);
    print_count(out, ", ", "trips", gate->trips);
    print_count(out, ", ", "unmeasured", gate->unmeasured);
    putc('}', out);
}

static void print_gates(FILE *out, const struct report *report)
{
    print_word(out, ",\n  ", "profile", report->profile);
    print_key(out, ",\n  ", "gates");
    if (!report->gates) {
        fputs("null", out);
        return;
    }
    for (size_t i = 0; i < report->gate_count; i++) {
        fputs(i ? ",\n    " : "[\n    ", out);
        print_gate(out, &report->gates[i]);
    }
    fputs(report->gate_count == 0 ? "[]" : "]", out);
}

static void print_hold(FILE *out, const struct report_hold *hold)
{
    print_key(out, "\n    {", "cause");
    print_text(out, hold->cause);
    print_member(out, ", ", "began_s", hold->began_s);
    print_member(out, ", ", "length_s", hold->length_s);
    putc('}', out);
}

static void print_strangers(FILE *out, const struct link_stranger_stats *strangers)
{
    print_key(out, ",\n  ", "strangers");
    if (!strangers) {
        fputs("null", out);
        return;
    }
    print_count(out, "{", "malformed", (int64_t)strangers->malformed);
    print_count(out, ", ", "forged", (int64_t)strangers->forged);
    print_count(out, ", ", "replayed", (int64_t)strangers->replayed);
    print_count(out, ", ", "unknown", (int64_t)strangers->unknown);
    print_count(out, ",\n    ", "hellos", (int64_t)strangers->hellos);
    print_count(out, ", ", "cookies_wrong", (int64_t)strangers->cookies_wrong);
    print_count(out, ", ", "handshakes_begun", (int64_t)strangers->handshakes_begun);
    print_count(out, ", ", "handshakes_turned_away", (int64_t)strangers->handshakes_turned_away);
    putc('}', out);
}

void report_print(FILE *out, const struct report *report)
{
    fprintf(out, "{\n  \"schema\": %d", SCHEMA);
    print_key(out, ",\n  ", "side");
    print_text(out, report->side);
    print_key(out, ",\n  ", "site");
    print_text(out, report->site);
    print_key(out, ",\n  ", "peer");
    print_text(out, report->peer);
    print_member(out, ",\n  ", "length_s", report->length_s);
    print_count(out, ",\n  ", "start_ns", (int64_t)report->start_ns);
    print_count(out, ",\n  ", "sessions", (int64_t)report->sessions);
    print_gestures(out, report->gestures);
    print_pictures(out, report->pictures);
    print_camera(out, report->camera);
    print_voice(out, report->voice);
    print_task(out, report->task);
    print_refusals(out, report->refused);
    for (size_t i = 0; i < REPORT_AGES; i++) {
        print_key(out, ",\n  ", age_keys[i]);
        print_spread(out, report->ages[i]);
    }
    print_loop(out, report);
    print_member(out, ",\n  ", "clock_offset_ms", report->clock_offset_ms);
    print_member(out, ",\n  ", "clock_bound_ms", report->clock_bound_ms);
    print_key(out, ",\n  ", "lines");
    for (size_t i = 0; i < report->line_count; i++) {
        putc(i == 0 ? '[' : ',', out);
        print_line(out, &report->lines[i]);
    }
    fputs(report->line_count == 0 ? "[]" : "]", out);
    print_gates(out, report);
    print_count(out, ",\n  ", "holds_in_all", (int64_t)report->holds_in_all);
    print_key(out, ",\n  ", "holds");
    for (size_t i = 0; i < report->hold_count; i++) {
        putc(i == 0 ? '[' : ',', out);
        print_hold(out, &report->holds[i]);
    }
    fputs(report->hold_count == 0 ? "[]" : "]", out);
    print_strangers(out, report->strangers);
    print_count(out, ",\n  ", "unsent", (int64_t)report->unsent);
    print_count(out, ",\n  ", "trace_rows_lost", (int64_t)report->trace_rows_lost);
    fputs("\n}\n", out);
}

bool report_write(struct keep_whole *file, const struct report *report)
{
    FILE *out = keep_whole_begin(file);

    if (out)
        report_print(out, report);
    if (out && keep_whole_end(file))
        return true;
    log_event(LOG_ERROR, "report_failed", "file=\"%s\" why=\"%s\"", file->name, strerror(errno));
    return false;
}
