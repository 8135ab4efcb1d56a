/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/camera_thread.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ring.h"
#include "clock/clock.h"
#include "media/worker.h"

enum { FRAMES = 4 }; /* waiting for the loop: at 60 a second it may be away for 60 ms */

struct counters { /* written by the thread, read by the loop */
    _Atomic uint64_t captured, skipped, encoded, encode_ns, left_out, overrun, too_big, damaged,
        loops;
    _Atomic bool cut_short, frozen;
    _Atomic enum media_err ended;
};

struct camera_thread {
    struct camera_thread_settings settings;
    struct camera *camera;
    struct encoder *encoder;
    struct picture picture;
    struct ring ring;
    struct camera_frame *frames; /* the ring's slots */
    int wake_fd;
    pthread_t thread;
    bool started;
    _Atomic bool stop, leaves_out;
    _Atomic uint32_t bit_rate_bps;
    _Atomic uint64_t damaged_ns; /* of the recovery asked for; 0: none is */
    struct counters counters;
};

static void count(_Atomic uint64_t *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

static void obey(struct camera_thread *self, uint32_t *bit_rate_bps)
{
    uint32_t wanted_bps = atomic_load(&self->bit_rate_bps);
    if (wanted_bps != *bit_rate_bps) {
        encoder_set_bit_rate(self->encoder, wanted_bps);
        *bit_rate_bps = wanted_bps;
    }
    uint64_t damaged_ns = atomic_exchange(&self->damaged_ns, 0);
    if (damaged_ns)
        encoder_recover(self->encoder, damaged_ns);
}

/* Encodes the picture just captured, and raw since `raw_at_ns`, into the ring. */
static enum media_err encode(struct camera_thread *self, uint64_t raw_at_ns)
{
    if (atomic_load(&self->leaves_out)) {
        count(&self->counters.left_out);
        return MEDIA_OK;
    }
    struct camera_frame *frame = ring_reserve(&self->ring);
    struct encoded encoded;
    if (!frame) { /* before encoding: a picture once encoded is one that the next refer to */
        count(&self->counters.overrun);
        return MEDIA_OK;
    }
    enum media_err err = encoder_encode(self->encoder, &self->picture, &encoded);
    if (err == MEDIA_ERR_TOO_BIG) {
        count(&self->counters.too_big);
        return MEDIA_OK;
    }
    if (err)
        return err;
    if (encoded.len == 0) {
        count(&self->counters.left_out);
        return MEDIA_OK;
    }
    frame->number = (uint32_t)atomic_load(&self->counters.encoded);
    frame->captured_ns = self->picture.captured_ns;
    frame->stands_alone = encoded.stands_alone;
    frame->width = encoded.width;
    frame->height = encoded.height;
    frame->len = encoded.len;
    memcpy(frame->bytes, encoded.bytes, encoded.len);
    frame->raw_ns = raw_at_ns - frame->captured_ns;
    frame->encode_ns = clock_monotonic_ns() - frame->captured_ns;
    atomic_store(&self->counters.encode_ns, frame->encode_ns);
    ring_publish(&self->ring);
    count(&self->counters.encoded);
    wake_signal(self->wake_fd);
    return MEDIA_OK;
}

/* False: the picture is one that was seen long ago. */
static bool count_camera(struct camera_thread *self)
{
    struct camera_stats stats = camera_stats(self->camera);
    bool is_frozen = self->picture.captured_ns > stats.changed_ns + CAMERA_STILL_NS;
    atomic_store(&self->counters.captured, stats.pictures);
    atomic_store(&self->counters.skipped, stats.skipped);
    atomic_store(&self->counters.damaged, stats.damaged);
    atomic_store(&self->counters.loops, stats.loops);
    atomic_store(&self->counters.cut_short, stats.cut_short);
    atomic_store(&self->counters.frozen, is_frozen);
    return !is_frozen;
}

static void *run(void *argument)
{
    struct camera_thread *self = argument;
    uint32_t bit_rate_bps = self->settings.bit_rate_bps;
    enum media_err err = MEDIA_OK;
    worker_yield_to_loop();
    while (!err && !atomic_load(&self->stop)) {
        err = camera_next(self->camera, &self->picture);
        uint64_t raw_at_ns = clock_monotonic_ns();
        bool is_new = count_camera(self);
        if (err == MEDIA_ERR_SILENT) { /* it may come back: who reads the counts sees it silent */
            err = MEDIA_OK;
            continue;
        }
        if (err)
            break;
        obey(self, &bit_rate_bps);
        if (is_new && self->settings.seen)
            self->settings.seen(self->settings.seen_context, &self->picture);
        if (is_new) /* else nothing: the console's picture grows old, as it is, and the hands freeze */
            err = encode(self, raw_at_ns);
    }
    atomic_store(&self->counters.ended, err);
    wake_signal(self->wake_fd);
    return NULL;
}

static enum media_err open_codec(struct camera_thread *self, struct media_reason *reason)
{
    const struct camera_settings *camera = &self->settings.camera;
    enum media_err err = camera_open(&self->camera, camera, reason);
    if (err)
        return err;
    struct encoder_settings encoder = {.width = camera->width,
                                       .height = camera->height,
                                       .rate = camera_rate(self->camera),
                                       .bit_rate_bps = self->settings.bit_rate_bps,
                                       .threads = self->settings.encoder_threads};
    err = encoder_open(&self->encoder, &encoder, reason);
    if (err)
        return err;
    return picture_alloc(&self->picture, camera->width, camera->height);
}

enum media_err camera_thread_start(struct camera_thread **out,
                                   const struct camera_thread_settings *settings,
                                   struct media_reason *reason)
{
    struct camera_thread *self =
        aligned_alloc(alignof(struct camera_thread), sizeof(struct camera_thread));
    if (!self)
        return media_fail(reason, MEDIA_ERR_MEMORY, "no memory for the camera");
    memset(self, 0, sizeof *self);
    self->settings = *settings;
    self->wake_fd = wake_open();
    self->frames = calloc(FRAMES, sizeof *self->frames);
    enum media_err err = MEDIA_ERR_MEMORY;
    if (!self->frames || self->wake_fd < 0) {
        media_fail(reason, err, "no memory for the camera's ring");
        goto failed;
    }
    ring_init(&self->ring, self->frames, FRAMES, sizeof *self->frames);
    atomic_store(&self->bit_rate_bps, settings->bit_rate_bps);
    err = open_codec(self, reason);
    if (err)
        goto failed;
    if (!worker_start(&self->thread, "camera", run, self)) {
        err = media_fail(reason, MEDIA_ERR_MEMORY, "no thread for the camera");
        goto failed;
    }
    self->started = true;
    *out = self;
    return MEDIA_OK;
failed:
    camera_thread_stop(self);
    return err;
}

void camera_thread_stop(struct camera_thread *self)
{
    if (!self)
        return;
    atomic_store(&self->stop, true);
    if (self->started)
        pthread_join(self->thread, NULL);
    camera_close(self->camera);
    encoder_close(self->encoder);
    picture_free(&self->picture);
    if (self->wake_fd >= 0)
        close(self->wake_fd);
    free(self->frames);
    free(self);
}

int camera_thread_fd(const struct camera_thread *self)
{
    return self->wake_fd;
}

const struct camera_frame *camera_thread_oldest(struct camera_thread *self)
{
    wake_clear(self->wake_fd);
    return ring_oldest(&self->ring);
}

void camera_thread_release(struct camera_thread *self)
{
    ring_release(&self->ring);
}

void camera_thread_set_bit_rate(struct camera_thread *self, uint32_t bit_rate_bps)
{
    atomic_store(&self->bit_rate_bps, bit_rate_bps);
}

void camera_thread_leave_out(struct camera_thread *self, bool leaves_out)
{
    atomic_store(&self->leaves_out, leaves_out);
}

void camera_thread_recover(struct camera_thread *self, uint64_t damaged_ns)
{
    if (damaged_ns >
        atomic_load(&self->damaged_ns)) /* the thread may clear it meanwhile: no harm */
        atomic_store(&self->damaged_ns, damaged_ns);
}

uint32_t camera_thread_rate(const struct camera_thread *self)
{
    return camera_rate(self->camera);
}

struct camera_thread_stats camera_thread_stats(const struct camera_thread *self)
{
    const struct counters *counters = &self->counters;
    return (struct camera_thread_stats){
        .captured = atomic_load(&counters->captured),
        .skipped = atomic_load(&counters->skipped),
        .encoded = atomic_load(&counters->encoded),
        .encode_ns = atomic_load(&counters->encode_ns),
        .left_out = atomic_load(&counters->left_out),
        .overrun = atomic_load(&counters->overrun),
        .too_big = atomic_load(&counters->too_big),
        .damaged = atomic_load(&counters->damaged),
        .loops = atomic_load(&counters->loops),
        .cut_short = atomic_load(&counters->cut_short),
        .frozen = atomic_load(&counters->frozen),
        .ended = atomic_load(&counters->ended),
    };
}
