/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Telestration: lines that people at any end draw on the shared picture, to show what they mean.
 *
 * A stroke is sent whole each time it grows, so that one that comes twice, or again after a loss, is
 * the same stroke. It fades by itself after STROKES_KEPT_NS; nobody has to remember to wipe the field
 * (hazard H-52). Places are shares of the picture, 0 to 65535 from left to right and from top to bottom;
 * of the left eye's where there are two.
 *
 * Wire form, big-endian: version u8 | author u8 | number u16 | point_count u8 | zero u8[3], then for
 * each point x u16 | y u16. As a message of the link: STATION_STROKE u8 before it (station/channels.h).
 * Pure: no clock, heap or thread; one owner per struct. */
#ifndef STATION_STROKES_H
#define STATION_STROKES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

enum {
    STROKES_MAX =
        24, /* on the picture at once, all authors' together; one more takes the oldest's place */
    STROKE_POINTS_MAX = 64,
    STROKE_HEAD_BYTES = 8,
    STROKE_BYTES_MAX = STROKE_HEAD_BYTES + STROKE_POINTS_MAX * 4, /* 264 */
    STROKE_MESSAGE_BYTES_MAX = 1 + STROKE_BYTES_MAX
};

#define STROKES_KEPT_NS UINT64_C(10000000000) /* after its last point: long enough to explain */

struct stroke {
    uint8_t author;  /* which end drew it: the ends' own numbering, 0 to 255 */
    uint16_t number; /* of the author's; with `author` it names the stroke */
    uint8_t point_count;
    struct stroke_point {
        uint16_t x, y;
    } points[STROKE_POINTS_MAX];
};

struct strokes {
    unsigned count;
    struct strokes_kept {
        struct stroke stroke;
        uint64_t grown_ns;
    } kept[STROKES_MAX]; /* oldest first */
};

/* Takes a stroke that was begun or has grown. */
void strokes_put(struct strokes *strokes, const struct stroke *stroke, uint64_t now_ns);

/* Lets go of what is older than STROKES_KEPT_NS. */
void strokes_fade(struct strokes *strokes, uint64_t now_ns);

/* Wipes what `author` drew. */
void strokes_wipe(struct strokes *strokes, uint8_t author);

/* Goes on with `stroke` to a place, where that is worth a point. False: it is full, begin another. */
MUST_USE bool stroke_grow(struct stroke *stroke, uint16_t x, uint16_t y);

/* Writes a stroke of 1 to STROKE_POINTS_MAX points; returns the bytes written. */
size_t stroke_encode(const struct stroke *stroke, uint8_t out[static STROKE_BYTES_MAX]);

/* False, and nothing written: not a stroke of a version we speak. */
MUST_USE bool stroke_decode(struct stroke *stroke, const uint8_t *in, size_t len);

/* That an author has wiped what they drew: STATION_WIPE u8 | author u8. */
enum { WIPE_MESSAGE_BYTES = 2 };
void wipe_message_encode(uint8_t author, uint8_t out[static WIPE_MESSAGE_BYTES]);
MUST_USE bool wipe_message_decode(uint8_t *author, const uint8_t *in, size_t len);

/* The same as a message of the link. */
size_t stroke_message_encode(const struct stroke *stroke,
                             uint8_t out[static STROKE_MESSAGE_BYTES_MAX]);
MUST_USE bool stroke_message_decode(struct stroke *stroke, const uint8_t *in, size_t len);

#endif
