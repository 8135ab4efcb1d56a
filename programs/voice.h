/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the programs of all ends share of their voice: options, the voice thread between the link and the
 * devices, figures. An end without devices (`--voice none`) says and hears nothing; a cart still hands on
 * what one peer says to the others.
 *
 * One thread, the program's loop, which nothing here holds up (hazard H-63). */
#ifndef VOICE_H
#define VOICE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/spread.h"
#include "link/link.h"
#include "options.h"
#include "report.h"
#include "sound/voice_thread.h"
#include "station.h"
#include "station/voices.h"

struct voice_settings {
    const char *devices; /* sound/device.h */
    const char *talk;
};

/* The rows of an option table for the `voice_settings` that stand at `at` in a program's own. */
#define VOICE_OPTIONS(at)                                                                          \
    {.name = "voice",                                                                              \
     .kind = OPTION_TEXT,                                                                          \
     .offset = (at) + offsetof(struct voice_settings, devices),                                    \
     .unit = "DEVICES",                                                                            \
     .standard = "none",                                                                           \
     .choices = sound_forms,                                                                       \
     .help = "microphone and loudspeaker"},                                                        \
    {                                                                                              \
        .name = "talk", .kind = OPTION_TEXT,                                                       \
        .offset = (at) + offsetof(struct voice_settings, talk), .unit = "WHEN",                    \
        .standard = "push", .choices = voice_talk_words,                                           \
        .help = "what the microphone hears is sent: push, while talk is pressed; open, always"     \
    }

extern const char *const voice_talk_words[];

struct voice {
    struct voice_thread *thread; /* NULL: no devices here */
    struct voices voices;
    bool talks;
    struct spread mouth_to_ear;
    uint64_t played, repaired, concealed, left_out, unplayed;
};

/* Opens the devices. False: told on standard error. */
MUST_USE bool voice_open(struct voice *voice, const struct voice_settings *settings,
                         const char *side);
void voice_close(struct voice *voice);

/* Presses talk, or lets it go. */
void voice_talk(struct voice *voice, bool talk);

/* We operate with `peer` from now on; the end of its session ends that. */
void voice_join(struct voice *voice, struct link_peer *peer);

/* Each event of the link. */
void voice_event(struct voice *voice, const struct link_event *event, uint64_t now_ns);

/* In each turn of the loop: sends what was said here, counts what was played. */
void voice_turn(struct voice *voice, uint64_t now_ns);

/* `talk=1 voice_sent=...`; nothing where no voice is. */
void voice_put(const struct voice *voice, struct status *status);

struct report_voice voice_report(const struct voice *voice);

#endif
