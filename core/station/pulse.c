/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "station/pulse.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>

#include "base/bytes.h"

enum {
    AT_VERSION = 0,
    AT_FLAGS = 1,
    AT_PRESS = 2,
    AT_FROZEN = 3,
    AT_LEASE = 4,
    AT_SCALE = 8,
    AT_DELAY = 12,
    AT_SEEN = 16
};
static_assert(AT_SEEN + 8 == PULSE_BYTES, "the last field ends the pulse");

enum { VERSION = 3, FLAGS_KNOWN = PULSE_SEES | PULSE_ESTOP | PULSE_TALKS | PULSE_WATCHES };

enum motion_err pulse_check(const struct pulse *pulse)
{
    float scale = (float)pulse->scale, delay_ms = (float)pulse->delay_ms;
    if (pulse->flags & ~FLAGS_KNOWN)
        return MOTION_ERR_RESERVED;
    if (!isfinite(scale) || !isfinite(delay_ms))
        return MOTION_ERR_NOT_FINITE;
    if ((unsigned)pulse->frozen_by >= FROZEN_BYS)
        return MOTION_ERR_STATE;
    bool is_silent = !(scale > 0) && !(scale < 0);
    if (!is_silent && (scale < (float)PULSE_SCALE_LEAST || scale > (float)PULSE_SCALE_MOST))
        return MOTION_ERR_STATE;
    return MOTION_OK;
}

void pulse_encode(const struct pulse *pulse, uint8_t out[static PULSE_BYTES])
{
    assert(pulse_check(pulse) == MOTION_OK);
    out[AT_VERSION] = VERSION;
    out[AT_FLAGS] = pulse->flags;
    out[AT_PRESS] = pulse->press;
    out[AT_FROZEN] = (uint8_t)pulse->frozen_by;
    put_be32(out + AT_LEASE, pulse->lease);
    put_be_f32(out + AT_SCALE, (float)pulse->scale);
    put_be_f32(out + AT_DELAY, (float)pulse->delay_ms);
    put_be64(out + AT_SEEN, pulse->seen_captured_ns);
}

enum motion_err pulse_decode(struct pulse *pulse, const uint8_t *in, size_t len)
{
    if (len != PULSE_BYTES)
        return MOTION_ERR_LENGTH;
    if (in[AT_VERSION] != VERSION)
        return MOTION_ERR_VERSION;
    struct pulse read = {
        .flags = in[AT_FLAGS],
        .press = in[AT_PRESS],
        .frozen_by = (enum frozen_by)in[AT_FROZEN],
        .lease = get_be32(in + AT_LEASE),
        .scale = (double)get_be_f32(in + AT_SCALE),
        .delay_ms = (double)get_be_f32(in + AT_DELAY),
        .seen_captured_ns = get_be64(in + AT_SEEN),
    };
    enum motion_err err = pulse_check(&read);
    if (!err)
        *pulse = read;
    return err;
}
