/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cart_camera.h"

#include <inttypes.h>

#include "log/log.h"

enum media_err cart_camera_start(struct cart_camera *camera,
                                 const struct camera_thread_settings *settings, uint64_t now_ns,
                                 struct media_reason *reason)
{
    enum media_err err = camera_thread_start(&camera->thread, settings, reason);
    camera->name = settings->camera.spec;
    if (!err)
        camera_watch_init(&camera->watch, camera_thread_rate(camera->thread), now_ns);
    return err;
}

static void tell(const struct cart_camera *camera, enum camera_news news, enum media_err ended)
{
    const char *name = camera->name;

    switch (news) {
    case CAMERA_WAS_CUT_SHORT:
        log_event(LOG_WARN, "camera_cut_short",
                  "camera=\"%s\" what=\"the end of the file is missing: what is there is played\"",
                  name);
        break;
    case CAMERA_IS_DAMAGED:
        log_event(LOG_WARN, "camera_damaged",
                  "camera=\"%s\" what=\"pictures that cannot be read whole are skipped\"", name);
        break;
    case CAMERA_SLOWED:
        log_event(LOG_WARN, "camera_slow",
                  "camera=\"%s\" what=\"a picture takes %" PRIu64 " ms to be drawn and encoded\" "
                  "help=\"give it a smaller --size, a lower --rate or a quieter machine\"",
                  name, camera_thread_stats(camera->thread).encode_ns / 1000000);
        break;
    case CAMERA_FROZE:
        log_event(LOG_WARN, "camera_frozen",
                  "camera=\"%s\" what=\"the same picture again and again: it is not sent\"", name);
        break;
    case CAMERA_FELL_SILENT:
        log_event(LOG_WARN, "camera_silent", "camera=\"%s\" what=\"no picture for %.1f s\"", name,
                  (double)camera->watch.silence_longest_ns / 1e9);
        break;
    case CAMERA_IS_BACK:
        log_event(LOG_INFO, "camera_back", "camera=\"%s\" what=\"pictures come again\"", name);
        break;
    case CAMERA_HAS_ENDED:
        log_event(LOG_ERROR, "camera_ended",
                  "camera=\"%s\" what=\"%s: no more pictures\" "
                  "help=\"mend it, then start the cart again\"",
                  name, media_err_text(ended));
        break;
    case CAMERA_NO_NEWS:
        break;
    }
}

void cart_camera_look(struct cart_camera *camera, uint64_t now_ns)
{
    const struct camera_thread_stats stats = camera_thread_stats(camera->thread);
    const struct camera_facts facts = {.captured = stats.captured,
                                       .damaged = stats.damaged,
                                       .loops = stats.loops,
                                       .encode_ns = stats.encode_ns,
                                       .cut_short = stats.cut_short,
                                       .frozen = stats.frozen,
                                       .ended = stats.ended != MEDIA_OK};
    tell(camera, camera_watch_update(&camera->watch, &facts, now_ns), stats.ended);
}

void cart_camera_put(const struct cart_camera *camera, struct status *status)
{
    const struct camera_thread_stats stats = camera_thread_stats(camera->thread);
    status_put(status,
               "camera=%s camera_captured=%" PRIu64 " camera_damaged=%" PRIu64
               " camera_silences=%" PRIu64 " ",
               camera_state_word(camera_watch_state(&camera->watch)), stats.captured, stats.damaged,
               camera->watch.silences);
}

struct report_camera cart_camera_report(const struct cart_camera *camera)
{
    const struct camera_thread_stats stats = camera_thread_stats(camera->thread);
    return (struct report_camera){
        .state = camera_state_word(camera_watch_state(&camera->watch)),
        .ended = stats.ended ? media_err_text(stats.ended) : NULL,
        .captured = (int64_t)stats.captured,
        .skipped = (int64_t)stats.skipped,
        .left_out = (int64_t)stats.left_out,
        .overrun = (int64_t)stats.overrun,
        .too_big = (int64_t)stats.too_big,
        .damaged = (int64_t)stats.damaged,
        .loops = (int64_t)stats.loops,
        .silences = (int64_t)camera->watch.silences,
        .longest_silence_s = (double)camera->watch.silence_longest_ns / 1e9,
        .cut_short = stats.cut_short,
    };
}
