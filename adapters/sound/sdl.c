/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The machine's own microphone and loudspeaker, by SDL's audio subsystem alone: a window opens and
 * closes its own. */
#include <SDL2/SDL.h>
#include <stdio.h>
#include <stdlib.h>

#include "sound/alsa_quiet.h"
#include "sound/source.h"

enum {
    SAMPLE_BYTES = 2,
    FRAME_BYTES = SOUND_FRAME_SAMPLES * SAMPLE_BYTES,
    PERIOD_SAMPLES = 256, /* of the sound system: 5.3 ms */
    QUEUED_FRAMES = 2,    /* kept in front of the loudspeaker: this thread may be late by so much */
    HEARD_FRAMES_MAX = 10 /* from the microphone at once; older sound is not worth sending */
};

#define LOOK_NS UINT64_C(5000000)
#define PERIOD_NS (PERIOD_SAMPLES * UINT64_C(1000000000) / SOUND_RATE_HZ)

struct sound_sdl {
    struct sound_device device;
    SDL_AudioDeviceID microphone, loudspeaker; /* 0: none could be opened */
};

static uint64_t length_ns(uint32_t bytes)
{
    return (uint64_t)(bytes / SAMPLE_BYTES) * UINT64_C(1000000000) / SOUND_RATE_HZ;
}

static bool sdl_listen(struct sound_device *device, uint64_t now_ns, int16_t out[], uint64_t *ns)
{
    struct sound_sdl *sdl = (struct sound_sdl *)device;
    uint32_t waiting = SDL_GetQueuedAudioSize(sdl->microphone);
    for (; waiting > HEARD_FRAMES_MAX * FRAME_BYTES; waiting -= FRAME_BYTES)
        (void)SDL_DequeueAudio(sdl->microphone, out, FRAME_BYTES);
    if (waiting < FRAME_BYTES || SDL_DequeueAudio(sdl->microphone, out, FRAME_BYTES) != FRAME_BYTES)
        return false;
    *ns = now_ns - length_ns(waiting);
    return true;
}

static bool sdl_wants(struct sound_device *device, uint64_t now_ns, uint64_t *ns)
{
    struct sound_sdl *sdl = (struct sound_sdl *)device;
    uint32_t waiting = SDL_GetQueuedAudioSize(sdl->loudspeaker);
    if (!sdl->loudspeaker || waiting >= QUEUED_FRAMES * FRAME_BYTES)
        return false;
    *ns = now_ns + length_ns(waiting) + PERIOD_NS;
    return true;
}

static void sdl_play(struct sound_device *device, const int16_t in[])
{
    struct sound_sdl *sdl = (struct sound_sdl *)device;
    (void)SDL_QueueAudio(sdl->loudspeaker, in, FRAME_BYTES); /* fails for want of memory: silence */
}

static uint64_t sdl_due_ns(const struct sound_device *device, uint64_t now_ns)
{
    (void)device;
    return now_ns + LOOK_NS;
}

static void sdl_close(struct sound_device *device)
{
    struct sound_sdl *sdl = (struct sound_sdl *)device;
    if (sdl->microphone)
        SDL_CloseAudioDevice(sdl->microphone);
    if (sdl->loudspeaker)
        SDL_CloseAudioDevice(sdl->loudspeaker);
    SDL_QuitSubSystem(SDL_INIT_AUDIO);
    free(sdl);
}

static const struct sound_driver sdl_driver = {sdl_listen, sdl_wants, sdl_play, sdl_due_ns,
                                               sdl_close};

static SDL_AudioDeviceID open_one(int is_microphone)
{
    const SDL_AudioSpec wanted = {
        .freq = SOUND_RATE_HZ, .format = AUDIO_S16SYS, .channels = 1, .samples = PERIOD_SAMPLES};
    SDL_AudioSpec got; /* as wanted: SDL converts */
    SDL_AudioDeviceID id = SDL_OpenAudioDevice(NULL, is_microphone, &wanted, &got, 0);
    if (id)
        SDL_PauseAudioDevice(id, 0);
    return id;
}

struct sound_device *sound_open_sdl(char *why, size_t why_bytes)
{
    alsa_quiet();
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1"); /* the loop's: programs/stops.h */
    if (SDL_InitSubSystem(SDL_INIT_AUDIO) != 0) {
        snprintf(why, why_bytes, "no sound system: %s", SDL_GetError());
        return NULL;
    }
    struct sound_sdl *sdl = calloc(1, sizeof *sdl);
    if (!sdl) {
        snprintf(why, why_bytes, "not enough memory");
        SDL_QuitSubSystem(SDL_INIT_AUDIO);
        return NULL;
    }
    sdl->device.driver = &sdl_driver;
    sdl->microphone = open_one(1);
    sdl->loudspeaker = open_one(0);
    if (sdl->microphone && sdl->loudspeaker)
        return &sdl->device;
    snprintf(why, why_bytes, "no %s: %s", sdl->microphone ? "loudspeaker" : "microphone",
             SDL_GetError());
    sdl_close(&sdl->device);
    return NULL;
}
