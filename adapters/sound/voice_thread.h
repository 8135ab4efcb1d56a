/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Microphone, loudspeaker and codec in a thread of their own: the loop of the link hands over what came
 * and takes what is to go, and never waits (hazard H-63).
 *
 *     voice_thread_hear(voice, &packet, measured, captured_ns)    for each packet that came
 *     while (voice_thread_said(voice, &said)) ...                 send it
 *     while (voice_thread_played(voice, &played)) ...             figures
 *
 * Nothing is sent unless somebody presses talk (hazard H-61): the loudspeaker's sound is not sent back
 * as an echo, and nobody is overheard. Each speaker has a jitter buffer and a decoder of its own; what
 * they say at the same time is added up.
 *
 * All but start and stop belong to one thread, the loop, and never block. */
#ifndef SOUND_VOICE_THREAD_H
#define SOUND_VOICE_THREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "sound/device.h"
#include "voice/jitter.h"

struct voice_said { /* a packet to send */
    uint64_t captured_ns;
    size_t len;
    uint8_t bytes[VOICE_PACKET_BYTES_MAX];
};

struct voice_played { /* 20 ms that the loudspeaker got of one speaker */
    enum jitter_what what;
    uint8_t speaker;
    bool measured;     /* FRAME: whether the next is known */
    int64_t delay_ns;  /* mouth to ear: from microphone to loudspeaker, codec included */
    uint64_t left_out; /* of all speakers so far: jitter.h */
};

struct voice_thread;

/* `device` is the thread's from now on; it is closed by voice_thread_stop, or here on failure. NULL: memory
 * is short. */
MUST_USE struct voice_thread *voice_thread_start(struct sound_device *device);
void voice_thread_stop(struct voice_thread *voice);

/* Presses talk, or lets it go. */
void voice_thread_talk(struct voice_thread *voice, bool talk);

/* Hands a packet over. `captured_ns`: when it was at the microphone, by our clock, if `measured`. False:
 * the thread is so far behind that there is no place; it is as if lost. */
bool voice_thread_hear(struct voice_thread *voice, const struct voice_packet *packet, bool measured,
                       uint64_t captured_ns);

/* Takes the oldest; false: none. */
bool voice_thread_said(struct voice_thread *voice, struct voice_said *said);
bool voice_thread_played(struct voice_thread *voice, struct voice_played *played);

#endif
