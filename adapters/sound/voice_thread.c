/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sound/voice_thread.h"

#include <poll.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ring.h"
#include "clock/clock.h"
#include "media/worker.h"

enum { HEARD = 64, SAID = 16, PLAYED = 128 };

#define NOT_MEASURED UINT64_MAX

struct heard { /* copied from the link's buffer */
    struct voice_packet packet;
    uint64_t captured_ns;
    uint8_t opus[VOICE_OPUS_BYTES_MAX];
};

struct speaker {
    struct jitter jitter;
    struct sound_decoder *decoder;
};

struct voice_thread {
    struct sound_device *device;
    struct sound_encoder *encoder;
    struct speaker speakers[VOICE_SPEAKERS_MAX];
    struct ring heard, said, played;
    struct heard heard_slots[HEARD];
    struct voice_said said_slots[SAID];
    struct voice_played played_slots[PLAYED];
    uint32_t sequence; /* of the next packet of ours */
    bool was_talking;
    pthread_t thread;
    bool started;
    int wake_fd;
    _Atomic bool talk, stop;
};

static void take_heard(struct voice_thread *self)
{
    const struct heard *heard;
    while ((heard = ring_oldest(&self->heard))) {
        struct voice_packet packet = heard->packet;
        packet.opus = heard->opus;
        jitter_put(&self->speakers[packet.speaker].jitter, &packet, heard->captured_ns);
        ring_release(&self->heard);
    }
}

/* 20 ms from the microphone. When talk is let go of, one more goes out to say that it was the last. */
static void say(struct voice_thread *self, const int16_t sound[], uint64_t captured_ns)
{
    bool talk = atomic_load(&self->talk);
    uint8_t opus[VOICE_OPUS_BYTES_MAX];
    if (!talk && !self->was_talking)
        return;
    if (!self->was_talking)
        sound_encoder_restart(self->encoder);
    self->was_talking = talk;
    const struct voice_packet packet = {.is_last = !talk,
                                        .sequence = self->sequence++,
                                        .opus = opus,
                                        .opus_len = sound_encode(self->encoder, sound, opus)};
    struct voice_said *said = packet.opus_len ? ring_reserve(&self->said) : NULL;
    if (!said)
        return; /* the loop is away: what it could not send in time is lost */
    said->captured_ns = captured_ns;
    said->len = voice_packet_encode(&packet, said->bytes);
    ring_publish(&self->said);
}

static void tell(struct voice_thread *self, unsigned number, const struct jitter_play *play,
                 uint64_t heard_ns)
{
    struct voice_played *played = ring_reserve(&self->played);
    if (!played)
        return; /* the loop is away: figures miss it */
    *played = (struct voice_played){.what = play->what, .speaker = (uint8_t)number};
    played->measured = play->what == JITTER_FRAME && play->captured_ns != NOT_MEASURED;
    if (played->measured)
        played->delay_ns = (int64_t)(heard_ns + SOUND_LOOKAHEAD_NS - play->captured_ns);
    for (size_t i = 0; i < VOICE_SPEAKERS_MAX; i++)
        played->left_out += self->speakers[i].jitter.counts.left_out;
    ring_publish(&self->played);
}

/* False: silence. */
static bool play_one(struct voice_thread *self, unsigned number, uint64_t heard_ns, int16_t out[])
{
    struct speaker *speaker = &self->speakers[number];
    struct jitter_play play;
    jitter_take(&speaker->jitter, &play);
    switch (play.what) {
    case JITTER_SILENCE:
        return false;
    case JITTER_FRAME:
        sound_decode(speaker->decoder, play.opus, play.opus_len, out);
        break;
    case JITTER_REPAIR:
        sound_repair(speaker->decoder, play.opus, play.opus_len, out);
        break;
    case JITTER_CONCEAL:
        sound_conceal(speaker->decoder, out);
        break;
    }
    tell(self, number, &play, heard_ns);
    return true;
}

static int16_t add(int16_t a, int16_t b)
{
    int sum = a + b;
    return (int16_t)(sum > INT16_MAX ? INT16_MAX : sum < INT16_MIN ? INT16_MIN : sum);
}

static void play(struct voice_thread *self, uint64_t heard_ns)
{
    int16_t sum[SOUND_FRAME_SAMPLES] = {0}, one[SOUND_FRAME_SAMPLES];
    for (unsigned i = 0; i < VOICE_SPEAKERS_MAX; i++)
        if (play_one(self, i, heard_ns, one))
            for (size_t at = 0; at < SOUND_FRAME_SAMPLES; at++)
                sum[at] = add(sum[at], one[at]);
    sound_play(self->device, sum);
}

static void sleep_until(struct voice_thread *self, uint64_t due_ns)
{
    uint64_t now_ns = clock_monotonic_ns(), left_ns = due_ns > now_ns ? due_ns - now_ns : 0;
    struct pollfd woken = {.fd = self->wake_fd, .events = POLLIN};
    const struct timespec left = {.tv_sec = (time_t)(left_ns / 1000000000),
                                  .tv_nsec = (long)(left_ns % 1000000000)};
    (void)ppoll(&woken, 1, &left, NULL);
}

static void *run(void *argument)
{
    struct voice_thread *self = argument;
    int16_t sound[SOUND_FRAME_SAMPLES];
    uint64_t at_ns;
    worker_yield_to_loop();
    while (!atomic_load(&self->stop)) {
        uint64_t now_ns = clock_monotonic_ns();
        take_heard(self);
        while (sound_listen(self->device, now_ns, sound, &at_ns))
            say(self, sound, at_ns);
        while (sound_wants(self->device, now_ns, &at_ns))
            play(self, at_ns);
        sleep_until(self, sound_due_ns(self->device, now_ns));
    }
    return NULL;
}

static bool open_speakers(struct voice_thread *self)
{
    for (size_t i = 0; i < VOICE_SPEAKERS_MAX; i++) {
        jitter_init(&self->speakers[i].jitter);
        self->speakers[i].decoder = sound_decoder_open();
        if (!self->speakers[i].decoder)
            return false;
    }
    return true;
}

struct voice_thread *voice_thread_start(struct sound_device *device)
{
    struct voice_thread *self = aligned_alloc(alignof(struct voice_thread), sizeof *self);
    if (!self) {
        sound_close(device);
        return NULL;
    }
    memset(self, 0, sizeof *self);
    self->device = device;
    self->wake_fd = wake_open();
    self->encoder = sound_encoder_open();
    ring_init(&self->heard, self->heard_slots, HEARD, sizeof *self->heard_slots);
    ring_init(&self->said, self->said_slots, SAID, sizeof *self->said_slots);
    ring_init(&self->played, self->played_slots, PLAYED, sizeof *self->played_slots);
    if (self->wake_fd >= 0 && self->encoder && open_speakers(self))
        self->started = worker_start(&self->thread, "voice", run, self);
    if (self->started)
        return self;
    voice_thread_stop(self);
    return NULL;
}

void voice_thread_stop(struct voice_thread *self)
{
    if (!self)
        return;
    atomic_store(&self->stop, true);
    if (self->started) {
        wake_signal(self->wake_fd);
        pthread_join(self->thread, NULL);
    }
    for (size_t i = 0; i < VOICE_SPEAKERS_MAX; i++)
        sound_decoder_close(self->speakers[i].decoder);
    sound_encoder_close(self->encoder);
    sound_close(self->device);
    if (self->wake_fd >= 0)
        close(self->wake_fd);
    free(self);
}

void voice_thread_talk(struct voice_thread *self, bool talk)
{
    atomic_store(&self->talk, talk);
}

bool voice_thread_hear(struct voice_thread *self, const struct voice_packet *packet, bool measured,
                       uint64_t captured_ns)
{
    struct heard *heard = ring_reserve(&self->heard);
    if (!heard)
        return false;
    heard->packet = *packet;
    heard->captured_ns = measured ? captured_ns : NOT_MEASURED;
    memcpy(heard->opus, packet->opus, packet->opus_len);
    ring_publish(&self->heard);
    return true;
}

/* The oldest of a ring, copied. */
static bool take(struct ring *ring, void *out, size_t bytes)
{
    const void *oldest = ring_oldest(ring);
    if (!oldest)
        return false;
    memcpy(out, oldest, bytes);
    ring_release(ring);
    return true;
}

bool voice_thread_said(struct voice_thread *self, struct voice_said *said)
{
    return take(&self->said, said, sizeof *said);
}

bool voice_thread_played(struct voice_thread *self, struct voice_played *played)
{
    return take(&self->played, played, sizeof *played);
}
