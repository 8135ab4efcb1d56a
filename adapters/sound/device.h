/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A microphone and a loudspeaker, named by a short text:
 *     file:IN.wav,OUT.wav   what a file holds is spoken, once, and what is heard is written to another;
 *                           20 ms at a time by the clock, for tests
 *     device                the machine's own, through SDL (the sound system's standard ones)
 *     none                  neither: nobody speaks or hears here
 *
 * One thread, the voice thread (sound/voice_thread.h), after open; calls may wait for the disk or
 * the sound system, which is why the loop makes none. */
#ifndef SOUND_DEVICE_H
#define SOUND_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "sound/codec.h"

struct sound_device;

/* What a kind's file provides. */
struct sound_driver {
    bool (*listen)(struct sound_device *device, uint64_t now_ns, int16_t out[], uint64_t *ns);
    bool (*wants)(struct sound_device *device, uint64_t now_ns, uint64_t *ns);
    void (*play)(struct sound_device *device, const int16_t in[]);
    uint64_t (*due_ns)(const struct sound_device *device, uint64_t now_ns);
    void (*close)(struct sound_device *device);
};

struct sound_device { /* the first member of every kind's own struct */
    const struct sound_driver *driver;
};

/* The forms of a spec, NULL-ended: base/nearest.h. */
extern const char *const sound_forms[];

/* Whether `spec` is `none`. */
bool sound_is_none(const char *spec);

/* Opens what `spec` names, but for `none`. NULL: what is wrong and what to do is in `why` (at most
 * `why_bytes`, ended). */
MUST_USE struct sound_device *sound_open(const char *spec, uint64_t now_ns, char *why,
                                         size_t why_bytes);

static inline void sound_close(struct sound_device *device)
{
    if (device)
        device->driver->close(device);
}

/* True: 20 ms from the microphone; the first sample was there at `*captured_ns`. Call until false. */
MUST_USE static inline bool sound_listen(struct sound_device *device, uint64_t now_ns,
                                         int16_t out[static SOUND_FRAME_SAMPLES],
                                         uint64_t *captured_ns)
{
    return device->driver->listen(device, now_ns, out, captured_ns);
}

/* True: the loudspeaker is to be given 20 ms more now, which sound from `*heard_ns` on. */
MUST_USE static inline bool sound_wants(struct sound_device *device, uint64_t now_ns,
                                        uint64_t *heard_ns)
{
    return device->driver->wants(device, now_ns, heard_ns);
}

static inline void sound_play(struct sound_device *device,
                              const int16_t in[static SOUND_FRAME_SAMPLES])
{
    device->driver->play(device, in);
}

/* When to ask again. */
static inline uint64_t sound_due_ns(const struct sound_device *device, uint64_t now_ns)
{
    return device->driver->due_ns(device, now_ns);
}

#endif
