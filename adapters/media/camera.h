/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The patient's side's eye. `--camera` names it:
 *
 *     file:PATH     a video file, played over and over at its own speed; whatever libavformat and
 *                   libavcodec read
 *     pattern       a drawn endoscope's view with a moving instrument, each picture's number burnt in
 *                   (media/stamp.h)
 *     scene         the endoscope of a simulated robot (media/scene_eye.h); scene:stereo has the left eye's
 *                   picture in the left half, the right one's in the right
 *     v4l2:DEVICE   a camera of this machine, such as v4l2:/dev/video0
 *
 * Every source is decoded to raw pictures of the size asked for: nothing is ever forwarded as it
 * came, so B-frames or a foreign profile in a file cannot reach the line. Shape is kept, black around.
 *
 * Blocks (decoding, waiting for the picture's time): not for a real-time thread. One thread per camera. */
#ifndef MEDIA_CAMERA_H
#define MEDIA_CAMERA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "media/err.h"
#include "media/picture.h"
#include "media/scene_eye.h"

enum { CAMERA_RATE_STANDARD = 25 }; /* pictures a second where neither file nor caller says */

struct camera_settings {
    const char *spec; /* as above; read at open only */
    const struct scene_eye
        *scene;             /* of the robot, for `scene`; read at open only; NULL: it has none */
    uint32_t width, height; /* of the pictures wanted */
    uint32_t
        rate; /* pictures a second; 0: a file's own, 60 at most; 30 of a scene; else CAMERA_RATE_STANDARD */
    bool unpaced; /* as fast as they can be made: for tests. Not for devices. */
};

struct camera_stats {
    uint64_t pictures;
    uint64_t skipped;    /* of a device: a newer one waited already */
    uint64_t changed_ns; /* when the newest that is not the one before again was captured */
    uint64_t loops;      /* times a file began again */
    uint64_t damaged;    /* places that could not be read or decoded whole: skipped, or filled in */
    bool cut_short;      /* the file says that it is longer than it is: what is there is played */
};

struct camera;

/* Opens the camera and makes sure that it gives a picture. On an error `reason` says what is wrong
 * with what was named: unknown kind, missing, not a video, no video stream, no decoder, cut off before
 * the first picture, no such device, not a camera, no format that we read. */
MUST_USE enum media_err camera_open(struct camera **camera, const struct camera_settings *settings,
                                    struct media_reason *reason);
void camera_close(struct camera *camera);

/* Waits until the next picture is due, and fills `picture` (of the size asked for) and its
 * captured_ns. A reader that is late by more than a picture skips time, not pictures; of a device, all
 * that wait but the newest.
 * MEDIA_ERR_FORMAT: no picture of the file can be decoded any more. MEDIA_ERR_SILENT,
 * MEDIA_ERR_DEVICE: the device stopped. */
MUST_USE enum media_err camera_next(struct camera *camera, struct picture *picture);

/* Pictures a second, rounded up: as asked, or the source's own. For the encoder. */
uint32_t camera_rate(const struct camera *camera);

struct camera_stats camera_stats(const struct camera *camera);

/* The forms of a camera's spec, NULL-ended: base/nearest.h. */
extern const char *const camera_forms[];

#endif
