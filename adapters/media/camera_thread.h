/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cart's eye in a thread of its own: camera and encoder run there, finished pictures wait in a ring
 * for the loop of the link, which never waits for either.
 *
 *     struct pollfd it = {.fd = camera_thread_fd(thread), .events = POLLIN};
 *     const struct camera_frame *frame;
 *     while ((frame = camera_thread_oldest(thread))) {
 *         link_send_frame(..., frame->bytes, frame->len, frame->captured_ns, ...);
 *         camera_thread_release(thread);
 *     }
 *     camera_thread_set_bit_rate(thread, link_frame_rate_bps(...));
 *
 * All but start and stop belong to one thread, the loop, and never block. */
#ifndef MEDIA_CAMERA_THREAD_H
#define MEDIA_CAMERA_THREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "media/camera.h"
#include "media/encoder.h"
#include "media/err.h"

/* The same picture, to the last bit, for longer than this: the camera is frozen. A sensor's noise sees to
 * it that a still scene is not. */
#define CAMERA_STILL_NS UINT64_C(1000000000)

struct camera_thread_settings {
    struct camera_settings camera; /* 'unpaced' is for tests here as well */
    uint32_t bit_rate_bps;         /* to begin with */
    unsigned encoder_threads;      /* that share one picture; 0 is taken as 1 */
    /* Sees each picture that is to be encoded, in the camera's thread; NULL: nobody does. */
    void (*seen)(void *context, const struct picture *picture);
    void *seen_context;
};

struct camera_frame {
    uint32_t number;      /* of the encoded pictures, from 0, none left out */
    uint64_t captured_ns; /* monotonic */
    uint64_t encode_ns;   /* from capture to finished bytes, */
    uint64_t raw_ns;      /* of that, to the raw picture: drawing a scene, decoding a file */
    bool stands_alone;    /* needs none before it */
    uint32_t width, height;
    size_t len;
    uint8_t bytes[ENCODED_BYTES_MAX];
};

struct camera_thread_stats {
    uint64_t captured;
    uint64_t skipped; /* waited in the device behind a newer one: not read */
    uint64_t encoded;
    uint64_t encode_ns;   /* of the newest of them, from capture to finished bytes */
    uint64_t left_out;    /* by the ladder, at a low bit rate, or while those before still waited */
    uint64_t overrun;     /* not encoded: the loop had not taken those before */
    uint64_t too_big;     /* above the link's limit, dropped */
    uint64_t damaged;     /* places in the camera's stream that could not be read whole */
    uint64_t loops;       /* of a file, */
    bool cut_short;       /* whose end is missing */
    bool frozen;          /* gives one picture again and again: it is not passed on */
    enum media_err ended; /* why the thread ended by itself; MEDIA_OK while it runs */
};

struct camera_thread;

/* Opens camera and encoder in the caller's thread, so that errors come back with their reason, then
 * starts. Takes all its memory here: about 1 MiB for the ring, and the codecs' own. */
MUST_USE enum media_err camera_thread_start(struct camera_thread **thread,
                                            const struct camera_thread_settings *settings,
                                            struct media_reason *reason);

/* Waits until the thread has ended: up to a picture's interval, a second for a silent device. */
void camera_thread_stop(struct camera_thread *thread);

/* Readable when a picture waits, or the thread has ended by itself. */
int camera_thread_fd(const struct camera_thread *thread);

/* The oldest finished picture, ours until released; NULL when none waits. */
const struct camera_frame *camera_thread_oldest(struct camera_thread *thread);
void camera_thread_release(struct camera_thread *thread);

/* As encoder_set_bit_rate and encoder_recover: heard before the next picture. */
void camera_thread_set_bit_rate(struct camera_thread *thread, uint32_t bit_rate_bps);
void camera_thread_recover(struct camera_thread *thread, uint64_t damaged_ns);

/* While `leaves_out`, pictures are captured and not encoded, so that none refers to them: those before still wait
 * for the lines (link_frames_wait). Heard before the next picture. */
void camera_thread_leave_out(struct camera_thread *thread, bool leaves_out);

/* Pictures a second of the camera, before the ladder. */
uint32_t camera_thread_rate(const struct camera_thread *thread);

struct camera_thread_stats camera_thread_stats(const struct camera_thread *thread);

#endif
