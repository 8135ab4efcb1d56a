/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The console's eyes: pictures that come, decoded in a thread of their own, and what they tell: how
 * old each is, how long from hand to eye, which were lost or damaged.
 *
 * One thread, the loop's, but for the decoder inside. */
#ifndef EYES_H
#define EYES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/spread.h"
#include "link/link.h"
#include "media/view_thread.h"
#include "motion/delay.h"
#include "report.h"
#include "station/console.h"
#include "trace.h"

enum {
    EYES_SENT_KEPT = 8192,  /* gestures whose sampling time is remembered: 8 s at 1 kHz */
    EYES_FRAMES_KEPT = 256, /* pictures handed to the decoder */
    EYES_TOLD_BYTES = 512
};

#define EYES_NONE INT64_MIN /* not measured */

enum eyes_outcome { EYES_WHOLE, EYES_REPAIRED, EYES_LATE, EYES_LOST, EYES_DAMAGED, EYES_OUTCOMES };

/* Pictures that came to the same since the last status line: how many, and when the first and the last
 * of them were captured, by the cart's clock. */
struct eyes_span {
    uint64_t count, first_ns, last_ns;
};

struct eyes {
    struct view_thread *view;
    void (*screen)(
        void *context, const struct picture *picture, uint32_t number,
        uint64_t ready_ns); /* view_thread_screen's, set before the first eyes_restart; or NULL */
    void *screen_context;
    bool awaits_screen;     /* the screen says what was seen: eyes_see; else what is decoded is */
    struct trace *trace;    /* or NULL */
    uint32_t last_tag;      /* of the picture shown last */
    uint32_t width, height; /* of it; 0: none yet */
    int64_t last_hand_to_eye_ns;
    int64_t last_encode_ns, last_back_ns, last_decode_ns; /* of the picture shown last; EYES_NONE */
    struct spread hand_to_eye, picture_age;
    struct delay_console delay;
    struct report_pictures pictures;
    struct eyes_span spans[EYES_OUTCOMES]; /* of eyes_tell; those damaged are of those shown, too */
    uint64_t placed_ns;                    /* the newest frame's capture that is known; 0: none */
    bool snapshot_over, snapshot_written;
    uint64_t unplaced; /* lost since, with nothing come that says when */
    struct {
        uint32_t sequence;
        uint64_t sampled_ns;
    } sent[EYES_SENT_KEPT];
    struct {
        uint32_t number;
        struct picture_head head;
        uint64_t taken_ns, captured_ns;
        size_t len;
        bool repaired;
        bool waits;            /* for the decoder, or for us to look at it */
        bool is_good;          /* decoded, and whole */
        uint64_t presented_ns; /* by the screen; 0: not yet */
    } frames[EYES_FRAMES_KEPT];
};

/* Begins with a fresh decoder and no memory of gestures: numbers start anew with a session. False:
 * told in the log. */
MUST_USE bool eyes_restart(struct eyes *eyes);

/* Ends the decoder, if there is one; pictures that wait for it are lost. No more will come. */
void eyes_close(struct eyes *eyes);

/* Gesture `sequence` was sampled and left. */
void eyes_sent(struct eyes *eyes, uint32_t sequence, uint64_t sampled_ns);

/* A frame came, or is lost. */
void eyes_take(struct eyes *eyes, const struct link_event *event);

/* Takes what the decoder has finished, and lets `console` judge it; with no session any more it is lost. */
void eyes_look(struct eyes *eyes, struct console_station *console);

/* The screen presented picture `number`, captured then: seen, if it is whole, and of this session. It may be
 * told before eyes_look has heard of it. */
void eyes_see(struct eyes *eyes, struct console_station *console, uint32_t number,
              uint64_t captured_ns, uint64_t presented_ns);

/* What the pictures since the last call came to, by when they were captured, as words of the status line:
 * `captured_lost=53,1876701000000,1879950000000 `, each outcome that there was. One that is lost with
 * nothing of it come was captured between its neighbours, evenly: it is told once the next is there. */
void eyes_tell(struct eyes *eyes, char text[static EYES_TOLD_BYTES]);

/* In each turn of the loop: has one picture written to `path`, once some came whole; NULL: none. */
void eyes_snapshot(struct eyes *eyes, const char *path);

/* At the end. False: one was asked for and not written, as the log says. */
MUST_USE bool eyes_snapshot_is_settled(struct eyes *eyes, const char *path);

#endif
