/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a simulated robot lends its endoscope's view to the camera `scene`, without either knowing the other.
 *
 * The eye is opened, looked through and closed by the camera's threads, one at a time, while the robot
 * lives. */
#ifndef MEDIA_SCENE_EYE_H
#define MEDIA_SCENE_EYE_H

#include <stdbool.h>
#include <stdint.h>

#include "media/err.h"

struct scene_eye {
    void *robot;
    /* An eye of `width` x `height` samples; in stereo the left eye's half beside the right one's. NULL:
     * `reason` says why. */
    void *(*open)(void *robot, uint32_t width, uint32_t height, bool is_stereo,
                  struct media_reason *reason);
    /* What it sees now, as rows of R, G, B from the top, eight bits each; `*at_ns` is when the robot stood so,
     * monotonic. The bytes are the eye's, until the next call, and never the same for two times: like a
     * sensor's. NULL: nothing can be drawn. */
    const uint8_t *(*look)(void *eye, uint64_t *at_ns);
    void (*close)(void *eye);
};

#endif
