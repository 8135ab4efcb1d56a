/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/camera.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "clock/clock.h"
#include "media/camera_source.h"

enum { CAMERA_RATE_MAX = 120 };

struct camera {
    struct camera_settings settings; /* its spec is not ours: only read at open */
    struct camera_source source;
    struct camera_stats stats;
    struct picture before; /* the picture before; at first the one that open read to be sure */
    struct camera_shot first_shot;
    bool first_waits;
    uint64_t due_ns; /* when the picture before was */
};

static const char *after(const char *spec, const char *prefix)
{
    size_t len = strlen(prefix);
    return strncmp(spec, prefix, len) == 0 && spec[len] ? spec + len : NULL;
}

const char *const camera_forms[] = {"file:PATH",    "pattern",     "scene",
                                    "scene:stereo", "v4l2:DEVICE", NULL};

static enum media_err open_source(struct camera *camera, struct media_reason *reason)
{
    const struct camera_settings *settings = &camera->settings;
    const char *name;
    if (settings->rate > CAMERA_RATE_MAX)
        return media_fail(reason, MEDIA_ERR_SETTING, "%u pictures a second: %d at most",
                          settings->rate, CAMERA_RATE_MAX);
    if (!strcmp(settings->spec, "pattern"))
        return camera_pattern_open(&camera->source, settings, reason);
    if (!strcmp(settings->spec, "scene") || !strcmp(settings->spec, "scene:stereo"))
        return camera_scene_open(&camera->source, settings->spec[5], settings, reason);
    if ((name = after(settings->spec, "file:")))
        return camera_file_open(&camera->source, name, settings, reason);
    if ((name = after(settings->spec, "v4l2:")))
        return camera_v4l2_open(&camera->source, name, settings, reason);
    return media_fail(reason, MEDIA_ERR_SETTING,
                      "no camera '%s': give file:PATH, pattern, scene or v4l2:DEVICE",
                      settings->spec);
}

enum media_err camera_open(struct camera **out, const struct camera_settings *settings,
                           struct media_reason *reason)
{
    struct camera *camera = calloc(1, sizeof *camera);
    if (!camera)
        return media_fail(reason, MEDIA_ERR_MEMORY, "no memory for the camera");
    camera->settings = *settings;
    enum media_err err = picture_alloc(&camera->before, settings->width, settings->height);
    if (err) {
        media_fail(reason, err, "pictures of %ux%u are not possible: even sides, %d to %dx%d",
                   settings->width, settings->height, PICTURE_SIDE_MIN, PICTURE_WIDTH_MAX,
                   PICTURE_HEIGHT_MAX);
        goto failed;
    }
    err = open_source(camera, reason);
    if (err)
        goto failed;
    err = camera->source.next(camera->source.state, &camera->before, &camera->first_shot,
                              &camera->stats);
    if (err) {
        media_fail(reason, err,
                   err == MEDIA_ERR_FORMAT
                       ? "%s gives no picture: cut off before the first one, or damaged"
                       : "%s gives no picture",
                   settings->spec);
        goto failed;
    }
    camera->first_waits = true;
    *out = camera;
    return MEDIA_OK;
failed:
    camera_close(camera);
    return err;
}

void camera_close(struct camera *camera)
{
    if (!camera)
        return;
    if (camera->source.close)
        camera->source.close(camera->source.state);
    picture_free(&camera->before);
    free(camera);
}

/* Sleeps until the picture that comes `interval_ns` after the last is due, and stamps it. */
static void wait_until_due(struct camera *camera, struct picture *picture, uint64_t interval_ns)
{
    uint64_t now_ns = clock_monotonic_ns();
    camera->due_ns += interval_ns;
    if (camera->due_ns + interval_ns < now_ns)
        camera->due_ns = now_ns; /* the first, or the reader was away */
    if (camera->settings.unpaced) {
        picture->captured_ns = now_ns;
        return;
    }
    picture->captured_ns = clock_sleep_until(camera->due_ns);
}

static void note_change(struct camera *camera, const struct picture *picture)
{
    if (camera->stats.pictures > 0 && picture_is_same(picture, &camera->before))
        return;
    picture_copy(&camera->before, picture);
    camera->stats.changed_ns = picture->captured_ns;
}

enum media_err camera_next(struct camera *camera, struct picture *picture)
{
    assert(picture->width == camera->settings.width && picture->height == camera->settings.height);
    struct camera_shot shot = camera->first_shot;
    if (camera->first_waits) {
        picture_copy(picture, &camera->before);
        camera->first_waits = false;
    } else {
        enum media_err err =
            camera->source.next(camera->source.state, picture, &shot, &camera->stats);
        if (err)
            return err;
    }
    if (shot.interval_ns > 0)
        wait_until_due(camera, picture, shot.interval_ns);
    note_change(camera, picture);
    camera->stats.pictures++;
    return MEDIA_OK;
}

uint32_t camera_rate(const struct camera *camera)
{
    return camera->source.rate;
}

struct camera_stats camera_stats(const struct camera *camera)
{
    return camera->stats;
}
