/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eyes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clock/clock.h"
#include "log/log.h"
#include "station/channels.h"

#define NS_PER_S UINT64_C(1000000000)

enum { WIDTH_MAX = 1920, HEIGHT_MAX = 1088 };

static void count(struct eyes *eyes, enum eyes_outcome outcome, uint64_t captured_ns)
{
    struct eyes_span *span = &eyes->spans[outcome];
    if (span->count == 0 || captured_ns < span->first_ns)
        span->first_ns = captured_ns;
    if (span->count == 0 || captured_ns > span->last_ns)
        span->last_ns = captured_ns;
    span->count++;
}

/* The next frame whose capture is known: those lost before it lie between, evenly. */
static void place(struct eyes *eyes, uint64_t captured_ns)
{
    uint64_t from_ns =
        eyes->placed_ns && eyes->placed_ns < captured_ns ? eyes->placed_ns : captured_ns;
    uint64_t step_ns = (captured_ns - from_ns) / (eyes->unplaced + 1);
    for (; eyes->unplaced > 0; eyes->unplaced--)
        count(eyes, EYES_LOST, captured_ns - eyes->unplaced * step_ns);
    eyes->placed_ns = captured_ns;
}

/* It did not come, or nobody saw it. TRACE_NONE: not known. */
static void lose(struct eyes *eyes, uint32_t number, uint64_t captured_ns, uint64_t bytes)
{
    eyes->pictures.lost++;
    if (captured_ns == TRACE_NONE)
        eyes->unplaced++;
    else
        count(eyes, EYES_LOST, captured_ns);
    if (eyes->trace)
        trace_picture(eyes->trace, &(struct trace_picture){
                                       .frame = number,
                                       .captured_ns = captured_ns,
                                       .shown_ns = TRACE_NONE,
                                       .outcome = "lost",
                                       .gesture_sequence = TRACE_NONE,
                                       .bytes = bytes,
                                   });
}

static void lose_frame(struct eyes *eyes, size_t at)
{
    eyes->frames[at].waits = false;
    lose(eyes, eyes->frames[at].number, eyes->frames[at].captured_ns, eyes->frames[at].len);
}

static void end_view(struct eyes *eyes)
{
    if (eyes->view)
        view_thread_stop(eyes->view);
    eyes->view = NULL;
    for (size_t i = 0; i < EYES_FRAMES_KEPT; i++)
        if (eyes->frames[i].waits)
            lose_frame(eyes, i);
}

void eyes_close(struct eyes *eyes)
{
    end_view(eyes);
    place(eyes, eyes->placed_ns);
}

bool eyes_restart(struct eyes *eyes)
{
    struct media_reason reason;
    end_view(eyes);
    memset(eyes->sent, 0, sizeof eyes->sent);
    memset(eyes->frames, 0, sizeof eyes->frames);
    eyes->last_tag = 0;
    eyes->last_encode_ns = eyes->last_back_ns = eyes->last_decode_ns = EYES_NONE;
    if (view_thread_start(&eyes->view, WIDTH_MAX, HEIGHT_MAX, &reason) == MEDIA_OK) {
        view_thread_screen(eyes->view, eyes->screen, eyes->screen_context);
        return true;
    }
    log_event(LOG_ERROR, "view_failed", "reason=\"%s\"", reason.words);
    return false;
}

void eyes_sent(struct eyes *eyes, uint32_t sequence, uint64_t sampled_ns)
{
    eyes->sent[sequence % EYES_SENT_KEPT].sequence = sequence;
    eyes->sent[sequence % EYES_SENT_KEPT].sampled_ns = sampled_ns;
}

void eyes_take(struct eyes *eyes, const struct link_event *event)
{
    struct picture_head head;
    if (event->stamp_ns)
        place(eyes, event->stamp_ns);
    if (event->frame_state == LINK_FRAME_LOST ||
        picture_head_decode(&head, event->bytes, event->len) != MOTION_OK) {
        lose(eyes, event->sequence, event->stamp_ns ? event->stamp_ns : TRACE_NONE, TRACE_NONE);
        return;
    }
    link_expect_frames(event->peer, STATION_PICTURES, NS_PER_S / head.rate);
    const uint8_t *coded = event->bytes + PICTURE_HEAD_BYTES;
    size_t len = event->len - PICTURE_HEAD_BYTES;
    eyes->pictures.bytes += (int64_t)len;
    size_t at = event->sequence % EYES_FRAMES_KEPT;
    eyes->frames[at].number = event->sequence;
    eyes->frames[at].head = head;
    eyes->frames[at].taken_ns = clock_monotonic_ns();
    eyes->frames[at].captured_ns = event->stamp_ns;
    eyes->frames[at].len = len;
    eyes->frames[at].repaired = event->frame_state == LINK_FRAME_REPAIRED;
    eyes->frames[at].is_good = false;
    eyes->frames[at].presented_ns = 0;
    const struct view_frame frame = {.number = event->sequence,
                                     .captured_ns = event->stamp_ns,
                                     .received_ns = event->received_ns,
                                     .tag = event->tag,
                                     .bytes = coded,
                                     .len = len};
    eyes->frames[at].waits = true;
    if (!view_thread_show(eyes->view, &frame))
        lose_frame(eyes, at);
}

static void measure_hand_to_eye(struct eyes *eyes, const struct viewed *viewed)
{
    size_t at = viewed->tag % EYES_SENT_KEPT;
    bool moved = viewed->tag != eyes->last_tag;
    eyes->last_tag = viewed->tag;
    if (!moved || !viewed->tag || !eyes->sent[at].sampled_ns ||
        eyes->sent[at].sequence != viewed->tag)
        return; /* nothing moved since the picture before: no delay from hand to eye */
    eyes->last_hand_to_eye_ns = (int64_t)(viewed->shown_ns - eyes->sent[at].sampled_ns);
    spread_add(&eyes->hand_to_eye, eyes->last_hand_to_eye_ns);
}

static void keep_parts(struct eyes *eyes, const struct picture_head *head,
                       const struct link_age *age, uint64_t decode_ns)
{
    bool is_known = head->encode_ns < UINT32_MAX;
    eyes->last_decode_ns = (int64_t)decode_ns;
    eyes->last_encode_ns = is_known ? (int64_t)head->encode_ns : EYES_NONE;
    eyes->last_back_ns = is_known && age->measured
                             ? age->ns - (int64_t)decode_ns - (int64_t)head->encode_ns
                             : EYES_NONE;
}

/* Decoder and screen tell of a picture in any order. */
static void see_if_both(struct eyes *eyes, struct console_station *console, size_t at)
{
    if (console->peer && eyes->frames[at].is_good && eyes->frames[at].presented_ns)
        console_station_see(console, eyes->frames[at].captured_ns, eyes->frames[at].presented_ns);
}

void eyes_see(struct eyes *eyes, struct console_station *console, uint32_t number,
              uint64_t captured_ns, uint64_t presented_ns)
{
    size_t at = number % EYES_FRAMES_KEPT;
    if (eyes->frames[at].number != number || eyes->frames[at].captured_ns != captured_ns)
        return; /* of the session before */
    eyes->frames[at].presented_ns = presented_ns;
    see_if_both(eyes, console, at);
}

static void show(struct eyes *eyes, const struct viewed *viewed, struct console_station *console)
{
    const struct console_picture picture = {.captured_ns = viewed->captured_ns,
                                            .is_shown = viewed->err == MEDIA_OK,
                                            .is_damaged = viewed->damaged,
                                            .awaits_screen = eyes->awaits_screen};
    struct console_look look = console_station_look(console, &picture, viewed->shown_ns);
    size_t at = viewed->number % EYES_FRAMES_KEPT;
    bool repaired = eyes->frames[at].repaired;
    if (!picture.is_shown) {
        lose_frame(eyes, at);
        return;
    }
    eyes->frames[at].waits = false;
    eyes->frames[at].is_good = !viewed->damaged;
    see_if_both(eyes, console, at);
    eyes->width = viewed->width;
    eyes->height = viewed->height;

    if (look.is_late)
        eyes->pictures.late++;
    else if (repaired)
        eyes->pictures.repaired++;
    else
        eyes->pictures.whole++;
    count(eyes,
          look.is_late ? EYES_LATE
          : repaired   ? EYES_REPAIRED
                       : EYES_WHOLE,
          viewed->captured_ns);
    if (viewed->damaged) {
        eyes->pictures.damaged++;
        count(eyes, EYES_DAMAGED, viewed->captured_ns);
    }
    if (look.age.measured)
        spread_add(&eyes->picture_age, look.age.ns);
    delay_console_picture(&eyes->delay, &eyes->frames[at].head,
                          look.age.measured ? &look.age.ns : NULL,
                          viewed->shown_ns - eyes->frames[at].taken_ns);
    keep_parts(eyes, &eyes->frames[at].head, &look.age,
               viewed->shown_ns - eyes->frames[at].taken_ns);
    measure_hand_to_eye(eyes, viewed);
    if (eyes->trace)
        trace_picture(eyes->trace, &(struct trace_picture){
                                       .frame = viewed->number,
                                       .captured_ns = viewed->captured_ns,
                                       .shown_ns = viewed->shown_ns,
                                       .outcome = look.is_late ? "late"
                                                  : repaired   ? "repaired"
                                                               : "whole",
                                       .gesture_sequence = viewed->tag ? viewed->tag : TRACE_NONE,
                                       .bytes = viewed->len,
                                   });
}

void eyes_look(struct eyes *eyes, struct console_station *console)
{
    struct viewed viewed;
    while (eyes->view && view_thread_result(eyes->view, &viewed)) {
        if (console->peer)
            show(eyes, &viewed, console);
        else
            lose_frame(eyes, viewed.number % EYES_FRAMES_KEPT);
    }
}

void eyes_tell(struct eyes *eyes, char text[static EYES_TOLD_BYTES])
{
    static const char *const words[EYES_OUTCOMES] = {[EYES_WHOLE] = "whole",
                                                     [EYES_REPAIRED] = "repaired",
                                                     [EYES_LATE] = "late",
                                                     [EYES_LOST] = "lost",
                                                     [EYES_DAMAGED] = "damaged"};
    size_t len = 0;

    text[0] = '\0';
    for (int i = 0; i < EYES_OUTCOMES; i++) {
        const struct eyes_span *span = &eyes->spans[i];
        if (span->count > 0)
            len += (size_t)snprintf(text + len, EYES_TOLD_BYTES - len,
                                    "captured_%s=%" PRIu64 ",%" PRIu64 ",%" PRIu64 " ", words[i],
                                    span->count, span->first_ns, span->last_ns);
    }
    memset(eyes->spans, 0, sizeof eyes->spans);
}

static void snapshot_failed(const char *path, const char *why)
{
    log_event(LOG_ERROR, "snapshot_failed", "file=\"%.300s\" why=\"%s\"", path, why);
}

/* The first pictures of a session are coarse. */
void eyes_snapshot(struct eyes *eyes, const char *path)
{
    enum { COARSE = 50 };
    enum media_err err;
    struct media_reason reason;

    if (!path || eyes->snapshot_over || !eyes->view)
        return;
    if (!view_thread_snapshot_over(eyes->view, &err, &reason)) {
        if (eyes->pictures.whole > COARSE)
            view_thread_snapshot(eyes->view, path);
        return;
    }
    eyes->snapshot_over = true;
    eyes->snapshot_written = err == MEDIA_OK;
    if (err)
        snapshot_failed(path, reason.words);
}

bool eyes_snapshot_is_settled(struct eyes *eyes, const char *path)
{
    eyes_snapshot(eyes, path);
    if (path && !eyes->snapshot_over)
        snapshot_failed(path, "too few whole pictures came");
    return !path || eyes->snapshot_written;
}
