/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a kind of camera is to media/camera.c, which alone includes this and paces them. */
#ifndef MEDIA_CAMERA_SOURCE_H
#define MEDIA_CAMERA_SOURCE_H

#include "media/camera.h"

/* One picture from a source, before the camera paces it. */
struct camera_shot {
    uint64_t interval_ns; /* how long after the one before it is due; 0: it was waited for already,
                             and picture->captured_ns is set */
};

struct camera_source {
    void *state;
    uint32_t rate; /* pictures a second, rounded up; never 0 */
    enum media_err (*next)(void *state, struct picture *picture, struct camera_shot *shot,
                           struct camera_stats *stats);
    void (*close)(void *state);
};

/* Each fills `source` on MEDIA_OK. `name` is what follows the colon of the spec. */
enum media_err camera_file_open(struct camera_source *source, const char *name,
                                const struct camera_settings *settings,
                                struct media_reason *reason);
enum media_err camera_pattern_open(struct camera_source *source,
                                   const struct camera_settings *settings,
                                   struct media_reason *reason);
enum media_err camera_scene_open(struct camera_source *source, bool is_stereo,
                                 const struct camera_settings *settings,
                                 struct media_reason *reason);
enum media_err camera_v4l2_open(struct camera_source *source, const char *name,
                                const struct camera_settings *settings,
                                struct media_reason *reason);

#endif
