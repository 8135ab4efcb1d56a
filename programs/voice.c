/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "voice.h"

#include <inttypes.h>
#include <string.h>

#include "clock/clock.h"

const char *const voice_talk_words[] = {"push", "open", NULL};

bool voice_open(struct voice *voice, const struct voice_settings *settings, const char *side)
{
    char why[256];
    struct sound_device *device = NULL;
    uint64_t now_ns = clock_monotonic_ns();

    memset(voice, 0, sizeof *voice);
    voices_init(&voice->voices, !strcmp(side, "cart"));
    if (sound_is_none(settings->devices))
        return true;
    device = sound_open(settings->devices, now_ns, why, sizeof why);
    if (device) {
        snprintf(why, sizeof why, "not enough memory");
        voice->thread = voice_thread_start(device);
    }
    if (!voice->thread) {
        fprintf(stderr, "jisr %s: --voice %s: %s\n", side, settings->devices, why);
        return false;
    }
    voice_talk(voice, !strcmp(settings->talk, "open"));
    return true;
}

void voice_close(struct voice *voice)
{
    voice_thread_stop(voice->thread);
    voice->thread = NULL;
}

void voice_talk(struct voice *voice, bool talk)
{
    voice->talks = talk && voice->thread;
    if (voice->thread)
        voice_thread_talk(voice->thread, talk);
}

void voice_join(struct voice *voice, struct link_peer *peer)
{
    voices_join(&voice->voices, peer);
}

void voice_event(struct voice *voice, const struct link_event *event, uint64_t now_ns)
{
    struct voices_heard heard;
    if (voices_event(&voice->voices, event, now_ns, &heard) && voice->thread &&
        !voice_thread_hear(voice->thread, &heard.packet, heard.measured, heard.captured_ns))
        voice->unplayed++;
}

static void count(struct voice *voice, const struct voice_played *played)
{
    voice->left_out = played->left_out;
    voice->played += played->what == JITTER_FRAME;
    voice->repaired += played->what == JITTER_REPAIR;
    voice->concealed += played->what == JITTER_CONCEAL;
    if (played->measured)
        spread_add(&voice->mouth_to_ear, played->delay_ns);
}

void voice_turn(struct voice *voice, uint64_t now_ns)
{
    struct voice_said said;
    struct voice_played played;
    if (!voice->thread)
        return;
    while (voice_thread_said(voice->thread, &said))
        voices_say(&voice->voices, said.bytes, said.len, said.captured_ns, now_ns);
    while (voice_thread_played(voice->thread, &played))
        count(voice, &played);
}

void voice_put(const struct voice *voice, struct status *status)
{
    bool measured = voice->mouth_to_ear.count > 0;
    if (!voice->thread && !voice->voices.relayed)
        return;
    status_put(status,
               "talk=%d voice_sent=%" PRIu64 " voice_relayed=%" PRIu64 " voice_played=%" PRIu64
               " voice_repaired=%" PRIu64 " voice_concealed=%" PRIu64 " ",
               voice->talks, voice->voices.sent, voice->voices.relayed, voice->played,
               voice->repaired, voice->concealed);
    status_put_ms(status, "mouth_to_ear_ms", measured,
                  (double)spread_at(&voice->mouth_to_ear, 0.5));
    status_put_ms(status, "mouth_to_ear_p99_ms", measured,
                  (double)spread_at(&voice->mouth_to_ear, 0.99));
}

struct report_voice voice_report(const struct voice *voice)
{
    return (struct report_voice){.sent = (int64_t)voice->voices.sent,
                                 .relayed = (int64_t)voice->voices.relayed,
                                 .played = (int64_t)voice->played,
                                 .repaired = (int64_t)voice->repaired,
                                 .concealed = (int64_t)voice->concealed,
                                 .left_out = (int64_t)voice->left_out,
                                 .unplayed = (int64_t)voice->unplayed,
                                 .refused = (int64_t)voice->voices.refused};
}
