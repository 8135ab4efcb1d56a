/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From what a console knows to what its window shows. Pure: no clock, heap or thread. */
#ifndef CONSOLE_VIEW_H
#define CONSOLE_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "motion/desk.h"
#include "motion/engage.h"
#include "screen/view.h"
#include "station/console.h"
#include "supervisor/profile.h"

#define CONSOLE_VIEW_NONE INT64_MIN /* a figure that is not measured */

struct console_facts {
    uint64_t now_ns;
    const char *peer_name; /* of the last session */
    const struct console_station *operation;
    const struct link_stats *stats; /* of the session; NULL: none */
    uint64_t met_ns;                /* when it began */
    bool was_linked;                /* there was a session, now or before */
    int64_t encode_ns, back_ns, decode_ns, display_ns,
        hand_to_eye_ns;      /* of the picture shown last */
    uint64_t picture_age_ns; /* greatest it may be; UINT64_MAX: none measured */
    const struct desk *desk; /* NULL: other hands, then `engaged` is all we know of them */
    bool engaged;            /* the last gesture's pedal */
    enum engage_state engages[VIEW_ARMS]; /* what is waited for at each hand (motion/engage.h) */
    struct view_key once_more; /* was pressed, and is meant when it is again; no control: none */
    bool refused;              /* input was, in the last seconds */
    bool marked;               /* a mark was sent, likewise */
    bool talks, unheard;       /* talk is pressed; and nobody hears, for want of a microphone */
    enum view_enable enable_does;
    bool recording;                /* here, whole so far; the cart says of itself */
    bool had_lease;                /* at some time of this session, and did not give it away */
    double scale_advised;          /* NAN: none */
    bool ghost_off;                /* it is wanted, and would be wrong */
    const struct tip_force *force; /* NULL: not measured */
    const struct profile
        *profile;   /* limits of force, bands of the delay, until the cart has told its own */
    bool has_sound; /* the window could open a loudspeaker for alarms */
};

/* Fills what follows from the facts: all but language, layout, show, help, keys, ghost, flashes and the marks,
 * which are the window's own settings; but for
 * a loudspeaker that is not there, `muted`. */
void console_view_fill(struct view *view, const struct console_facts *facts);

/* The rows of help on page `page`, from 1, by `map`, each headed by the stop; how many pages there are. None for 0. */
unsigned console_view_help(struct view *view, const struct desk_map *map, unsigned page);

/* Which keys hints name, by `map`. */
void console_view_hints(struct view *view, const struct desk_map *map);

/* Takes the figures of `from`, and nothing else: what changes all the time is told four times a second. */
void console_view_keep_figures(struct view *view, const struct view *from);

#endif
