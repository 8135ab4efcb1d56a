/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/view_thread.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ring.h"
#include "clock/clock.h"
#include "media/decoder.h"
#include "media/encoder.h" /* ENCODED_BYTES_MAX */
#include "media/snapshot.h"
#include "media/stamp.h"
#include "media/worker.h"

enum { FRAMES = 8, RESULTS = 16 };

enum snapshot { SNAPSHOT_NONE, SNAPSHOT_WANTED, SNAPSHOT_OVER };

struct slot {
    struct view_frame frame; /* its bytes point to those below */
    uint8_t bytes[ENCODED_BYTES_MAX];
};

struct view_thread {
    struct decoder *decoder;
    struct ring frames, results;
    struct slot *slots; /* of the first */
    struct viewed viewed[RESULTS];
    void (*show)(void *context, const struct picture *picture, uint32_t number, uint64_t ready_ns);
    void *show_context;
    int frame_fd, result_fd;
    pthread_t thread;
    bool started;
    _Atomic bool stop;
    _Atomic enum snapshot snapshot; /* WANTED: what follows is the thread's, else the loop's */
    const char *snapshot_path;
    enum media_err snapshot_err;
    struct media_reason snapshot_reason;
};

static void snapshot_if_wanted(struct view_thread *self, const struct decoded *decoded)
{
    if (decoded->damaged || atomic_load(&self->snapshot) != SNAPSHOT_WANTED)
        return;
    self->snapshot_err =
        snapshot_write(self->snapshot_path, &decoded->picture, &self->snapshot_reason);
    atomic_store(&self->snapshot, SNAPSHOT_OVER);
}

static struct viewed view(struct view_thread *self, const struct view_frame *frame)
{
    struct decoded decoded;
    uint64_t begun_ns = clock_monotonic_ns();
    struct viewed viewed = {.number = frame->number,
                            .tag = frame->tag,
                            .captured_ns = frame->captured_ns,
                            .received_ns = frame->received_ns,
                            .len = frame->len,
                            .damaged = true};
    viewed.err = decoder_decode(self->decoder, frame->bytes, frame->len, frame->number, &decoded);
    viewed.shown_ns = clock_monotonic_ns();
    viewed.decode_ns = viewed.shown_ns - begun_ns;
    if (viewed.err)
        return viewed;
    decoded.picture.captured_ns = frame->captured_ns;
    if (self->show)
        self->show(self->show_context, &decoded.picture, frame->number, viewed.shown_ns);
    viewed.damaged = decoded.damaged;
    viewed.width = decoded.picture.width;
    viewed.height = decoded.picture.height;
    viewed.stamped = stamp_read(&decoded.picture, &viewed.stamp);
    snapshot_if_wanted(self, &decoded);
    return viewed;
}

static void *run(void *argument)
{
    struct view_thread *self = argument;
    worker_yield_to_loop();
    while (!atomic_load(&self->stop)) {
        const struct slot *slot = ring_oldest(&self->frames);
        struct viewed *result = ring_reserve(&self->results);
        if (!slot ||
            !result) { /* no result slot: the loop is away, and frees one by its next call */
            wake_wait(self->frame_fd);
            continue;
        }
        *result = view(self, &slot->frame);
        ring_release(&self->frames);
        ring_publish(&self->results);
        wake_signal(self->result_fd);
    }
    return NULL;
}

enum media_err view_thread_start(struct view_thread **out, uint32_t width_max, uint32_t height_max,
                                 struct media_reason *reason)
{
    struct view_thread *self = aligned_alloc(alignof(struct view_thread), sizeof *self);
    if (!self)
        return media_fail(reason, MEDIA_ERR_MEMORY, "no memory for the view");
    memset(self, 0, sizeof *self);
    self->frame_fd = wake_open();
    self->result_fd = wake_open();
    self->slots = calloc(FRAMES, sizeof *self->slots);
    enum media_err err = MEDIA_ERR_MEMORY;
    if (!self->slots || self->frame_fd < 0 || self->result_fd < 0) {
        media_fail(reason, err, "no memory for the view's ring");
        goto failed;
    }
    ring_init(&self->frames, self->slots, FRAMES, sizeof *self->slots);
    ring_init(&self->results, self->viewed, RESULTS, sizeof *self->viewed);
    err = decoder_open(&self->decoder, width_max, height_max, reason);
    if (err)
        goto failed;
    if (!worker_start(&self->thread, "view", run, self)) {
        err = media_fail(reason, MEDIA_ERR_MEMORY, "no thread for the view");
        goto failed;
    }
    self->started = true;
    *out = self;
    return MEDIA_OK;
failed:
    view_thread_stop(self);
    return err;
}

void view_thread_stop(struct view_thread *self)
{
    if (!self)
        return;
    atomic_store(&self->stop, true);
    if (self->started) {
        wake_signal(self->frame_fd);
        pthread_join(self->thread, NULL);
    }
    decoder_close(self->decoder);
    if (self->frame_fd >= 0)
        close(self->frame_fd);
    if (self->result_fd >= 0)
        close(self->result_fd);
    free(self->slots);
    free(self);
}

void view_thread_screen(struct view_thread *self,
                        void (*show)(void *context, const struct picture *picture, uint32_t number,
                                     uint64_t ready_ns),
                        void *context)
{
    self->show = show;
    self->show_context = context;
}

bool view_thread_show(struct view_thread *self, const struct view_frame *frame)
{
    struct slot *slot = frame->len <= ENCODED_BYTES_MAX ? ring_reserve(&self->frames) : NULL;
    if (!slot)
        return false;
    slot->frame = *frame;
    slot->frame.bytes = slot->bytes;
    memcpy(slot->bytes, frame->bytes, frame->len);
    ring_publish(&self->frames);
    wake_signal(self->frame_fd);
    return true;
}

int view_thread_fd(const struct view_thread *self)
{
    return self->result_fd;
}

bool view_thread_result(struct view_thread *self, struct viewed *viewed)
{
    wake_clear(self->result_fd);
    const struct viewed *oldest = ring_oldest(&self->results);
    if (!oldest)
        return false;
    *viewed = *oldest;
    ring_release(&self->results);
    wake_signal(self->frame_fd); /* it may have waited for the place */
    return true;
}

void view_thread_snapshot(struct view_thread *self, const char *path)
{
    if (atomic_load(&self->snapshot) != SNAPSHOT_NONE)
        return;
    self->snapshot_path = path;
    atomic_store(&self->snapshot, SNAPSHOT_WANTED);
}

bool view_thread_snapshot_over(struct view_thread *self, enum media_err *err,
                               struct media_reason *reason)
{
    if (atomic_load(&self->snapshot) != SNAPSHOT_OVER)
        return false;
    *err = self->snapshot_err;
    *reason = self->snapshot_reason;
    atomic_store(&self->snapshot, SNAPSHOT_NONE);
    return true;
}
