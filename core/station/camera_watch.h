/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the cart has to tell of its camera: each fault once when it begins, and once when it is over.
 *
 * The counts come from the camera's own thread, a few times a second. A film's damaged places come
 * again each time it is played: they are told the first time.
 *
 * Pure: no clock, heap or thread; one owner. `now_ns` never runs backwards. */
#ifndef STATION_CAMERA_WATCH_H
#define STATION_CAMERA_WATCH_H

#include <stdbool.h>
#include <stdint.h>

/* So long without a picture is silence; longer where three pictures take longer. */
#define CAMERA_SILENCE_NS UINT64_C(1000000000)
/* So long without new damage, and the camera counts as mended. */
#define CAMERA_MENDED_NS UINT64_C(5000000000)
/* From capture to finished bytes longer than this, for so long, is slow; half of it is quick again. Ours: two
 * fifths of what the console lets a picture be old (motion/gate.h), the rest being the lines' and the decoder's. */
#define CAMERA_SLOW_NS UINT64_C(200000000)
#define CAMERA_SLOW_FOR_NS UINT64_C(1000000000)

enum camera_state { /* the severest that applies, ascending */
                    CAMERA_WELL,
                    CAMERA_CUT_SHORT, /* the end of its file is missing */
                    CAMERA_DAMAGED,   /* some of what it gives cannot be read */
                    CAMERA_SLOW,      /* drawing or encoding takes too long */
                    CAMERA_FROZEN,    /* it gives one picture again and again */
                    CAMERA_SILENT,    /* it gives nothing */
                    CAMERA_ENDED,     /* it will give nothing any more */
                    CAMERA_STATES
};

/* "well", "cut_short": for status lines and reports. */
const char *camera_state_word(enum camera_state state);

enum camera_news {
    CAMERA_NO_NEWS,
    CAMERA_WAS_CUT_SHORT,
    CAMERA_IS_DAMAGED,
    CAMERA_SLOWED,
    CAMERA_FROZE,
    CAMERA_FELL_SILENT,
    CAMERA_IS_BACK, /* after silence, a frozen picture, slowness or damage */
    CAMERA_HAS_ENDED
};

struct camera_facts { /* counts since the start */
    uint64_t captured, damaged, loops;
    uint64_t encode_ns; /* not a count: of the newest picture, from capture to finished bytes */
    bool cut_short, frozen, ended;
};

struct camera_watch {
    uint64_t silence_ns_max;
    uint64_t captured, captured_ns; /* pictures, and when the newest was seen */
    uint64_t damaged, damaged_ns;
    uint64_t quick_ns;     /* when it last was */
    uint64_t damaged_loop; /* the round of the film in which damage was first seen */
    bool is_cut_short, is_damaged, is_slow, is_frozen, is_silent, has_ended;
    uint64_t silences, silence_longest_ns;
};

/* `rate`: pictures a second, at least 1. */
void camera_watch_init(struct camera_watch *watch, uint32_t rate, uint64_t now_ns);

/* Takes in the counts; what there is to tell, one thing a call. */
enum camera_news camera_watch_update(struct camera_watch *watch, const struct camera_facts *facts,
                                     uint64_t now_ns);

enum camera_state camera_watch_state(const struct camera_watch *watch);

#endif
