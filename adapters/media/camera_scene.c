/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The endoscope of a simulated robot: looked through when a picture is due, so that what it shows is of
 * that very time. A robot that stalls gives none: its old posture is no new picture (H-08). */
#include <libavutil/pixfmt.h>
#include <stdlib.h>

#include "clock/clock.h"
#include "media/camera_source.h"
#include "media/scaler.h"

enum { RATE_STANDARD = 30, NS_PER_S = 1000000000 };
#define STALE_NS UINT64_C(100000000) /* a posture older than this is none to look at */

struct scene {
    struct scene_eye robot;
    void *eye;
    struct scaler scaler;
    uint32_t rate;
    bool is_unpaced;
    uint64_t due_ns;
};

/* The time at which to look: on the beat, and the beat anew where it was missed. */
static uint64_t wait_until_due(struct scene *scene)
{
    uint64_t interval_ns = NS_PER_S / scene->rate, now_ns = clock_monotonic_ns();
    scene->due_ns += interval_ns;
    if (scene->is_unpaced || scene->due_ns + interval_ns < now_ns)
        scene->due_ns = now_ns;
    return clock_sleep_until(scene->due_ns);
}

static enum media_err next(void *state, struct picture *picture, struct camera_shot *shot,
                           struct camera_stats *stats)
{
    struct scene *scene = state;
    uint64_t now_ns = wait_until_due(scene), at_ns;
    (void)stats;
    const uint8_t *rows = scene->robot.look(scene->eye, &at_ns);
    if (!rows)
        return MEDIA_ERR_DEVICE;
    if (now_ns > at_ns + STALE_NS)
        return MEDIA_ERR_SILENT;
    picture->captured_ns = now_ns;
    shot->interval_ns = 0;
    const uint8_t *planes[4] = {rows};
    int strides[4] = {(int)picture->width * 3};
    const struct scaler_source source = {.planes = planes,
                                         .strides = strides,
                                         .width = (int)picture->width,
                                         .height = (int)picture->height,
                                         .format = AV_PIX_FMT_RGB24};
    return scaler_fit(&scene->scaler, picture, &source);
}

static void close_scene(void *state)
{
    struct scene *scene = state;
    scene->robot.close(scene->eye);
    scaler_close(&scene->scaler);
    free(scene);
}

enum media_err camera_scene_open(struct camera_source *source, bool is_stereo,
                                 const struct camera_settings *settings,
                                 struct media_reason *reason)
{
    if (!settings->scene)
        return media_fail(reason, MEDIA_ERR_SETTING,
                          "only a robot with physics has a scene to look at: --arm mujoco");
    struct scene *scene = calloc(1, sizeof *scene);
    if (!scene)
        return media_fail(reason, MEDIA_ERR_MEMORY, "no memory for the scene's picture");
    scene->robot = *settings->scene;
    scene->rate = settings->rate ? settings->rate : RATE_STANDARD;
    scene->is_unpaced = settings->unpaced;
    scene->eye =
        scene->robot.open(scene->robot.robot, settings->width, settings->height, is_stereo, reason);
    if (!scene->eye) {
        free(scene);
        return MEDIA_ERR_SETTING;
    }
    *source = (struct camera_source){
        .state = scene, .rate = scene->rate, .next = next, .close = close_scene};
    return MEDIA_OK;
}
