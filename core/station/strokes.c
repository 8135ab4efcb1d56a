/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "station/strokes.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "station/channels.h"

enum { VERSION = 1 };
enum { AT_VERSION = 0, AT_AUTHOR = 1, AT_NUMBER = 2, AT_COUNT = 4, AT_ZERO = 5 };
enum { POINT_BYTES = 4 };
enum { STEP_LEAST = 328 /* half a hundredth of the picture: closer points are not seen as two */ };

static void forget(struct strokes *strokes, unsigned at)
{
    strokes->count--;
    memmove(&strokes->kept[at], &strokes->kept[at + 1],
            (strokes->count - at) * sizeof *strokes->kept);
}

void strokes_put(struct strokes *strokes, const struct stroke *stroke, uint64_t now_ns)
{
    unsigned at = 0;
    while (at < strokes->count && (strokes->kept[at].stroke.author != stroke->author ||
                                   strokes->kept[at].stroke.number != stroke->number))
        at++;
    if (at < strokes->count)
        forget(strokes, at);
    else if (strokes->count == STROKES_MAX)
        forget(strokes, 0);
    strokes->kept[strokes->count++] = (struct strokes_kept){*stroke, now_ns};
}

void strokes_fade(struct strokes *strokes, uint64_t now_ns)
{
    while (strokes->count > 0 && now_ns - strokes->kept[0].grown_ns > STROKES_KEPT_NS)
        forget(strokes, 0);
}

void strokes_wipe(struct strokes *strokes, uint8_t author)
{
    for (unsigned at = strokes->count; at-- > 0;)
        if (strokes->kept[at].stroke.author == author)
            forget(strokes, at);
}

bool stroke_grow(struct stroke *stroke, uint16_t x, uint16_t y)
{
    if (stroke->point_count > 0) {
        const struct stroke_point *last = &stroke->points[stroke->point_count - 1];
        if (abs(x - last->x) < STEP_LEAST && abs(y - last->y) < STEP_LEAST)
            return true;
    }
    if (stroke->point_count == STROKE_POINTS_MAX)
        return false;
    stroke->points[stroke->point_count++] = (struct stroke_point){x, y};
    return true;
}

size_t stroke_encode(const struct stroke *stroke, uint8_t out[static STROKE_BYTES_MAX])
{
    assert(stroke->point_count >= 1 && stroke->point_count <= STROKE_POINTS_MAX);
    memset(out, 0, STROKE_HEAD_BYTES);
    out[AT_VERSION] = VERSION;
    out[AT_AUTHOR] = stroke->author;
    put_be16(out + AT_NUMBER, stroke->number);
    out[AT_COUNT] = stroke->point_count;
    for (size_t i = 0; i < stroke->point_count; i++) {
        put_be16(out + STROKE_HEAD_BYTES + POINT_BYTES * i, stroke->points[i].x);
        put_be16(out + STROKE_HEAD_BYTES + POINT_BYTES * i + 2, stroke->points[i].y);
    }
    return STROKE_HEAD_BYTES + (size_t)POINT_BYTES * stroke->point_count;
}

bool stroke_decode(struct stroke *stroke, const uint8_t *in, size_t len)
{
    if (len < STROKE_HEAD_BYTES || in[AT_VERSION] != VERSION || in[AT_ZERO] || in[AT_ZERO + 1] ||
        in[AT_ZERO + 2])
        return false;
    unsigned count = in[AT_COUNT];
    if (count < 1 || count > STROKE_POINTS_MAX || len != STROKE_HEAD_BYTES + POINT_BYTES * count)
        return false;
    *stroke = (struct stroke){
        .author = in[AT_AUTHOR], .number = get_be16(in + AT_NUMBER), .point_count = (uint8_t)count};
    for (size_t i = 0; i < count; i++)
        stroke->points[i] =
            (struct stroke_point){get_be16(in + STROKE_HEAD_BYTES + POINT_BYTES * i),
                                  get_be16(in + STROKE_HEAD_BYTES + POINT_BYTES * i + 2)};
    return true;
}

size_t stroke_message_encode(const struct stroke *stroke,
                             uint8_t out[static STROKE_MESSAGE_BYTES_MAX])
{
    out[0] = STATION_STROKE;
    return 1 + stroke_encode(stroke, out + 1);
}

bool stroke_message_decode(struct stroke *stroke, const uint8_t *in, size_t len)
{
    return len >= 1 && in[0] == STATION_STROKE && stroke_decode(stroke, in + 1, len - 1);
}

void wipe_message_encode(uint8_t author, uint8_t out[static WIPE_MESSAGE_BYTES])
{
    out[0] = STATION_WIPE;
    out[1] = author;
}

bool wipe_message_decode(uint8_t *author, const uint8_t *in, size_t len)
{
    if (len != WIPE_MESSAGE_BYTES || in[0] != STATION_WIPE)
        return false;
    *author = in[1];
    return true;
}
