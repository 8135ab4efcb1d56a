/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "station/standing.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/bytes.h"

enum {
    AT_VERSION = 0,
    AT_FLAGS = 1,
    AT_STATE = 2,
    AT_CAUSE = 3,
    AT_HEARD_PRESS = 4,
    AT_OWNER = 5,
    AT_ASKING = 6,
    AT_YOURS = 7,
    AT_LEASE = 8,
    AT_FAILING = 12,
    AT_HERE = 16,
    AT_LIMITS = 17,
    AT_CAMERA_LIMITS = 19,
    AT_SCALE = 20,
    AT_CAMERA = 24
};
static_assert(AT_CAMERA + 4 * STANDING_CAMERA_AXES == STANDING_BYTES, "the camera ends it");
static_assert((int)SUPERVISOR_STATES <= 16 && (int)REACTIONS <= 16, "they share a byte");
static_assert(AT_LIMITS + STANDING_ARMS == AT_CAMERA_LIMITS, "an octet for each arm");
static_assert((int)STANDING_CAMERA_AXES == (int)CAMERA_AXES, "the camera's own limits come first");
static_assert((int)FROZEN_BYS <= 8, "three bits for why the hands are frozen");
static_assert(LEASE_SEATS <= 8, "a bit for each seat");

enum { ASTRAY_SHIFT = 29, FIXTURE_SHIFT = 24, FIXTURE_MASK = 0x1f, FAILING_MASK = 0xffffff };
static_assert((int)GATES <= FIXTURE_SHIFT && (int)FIXTURES_MAX <= FIXTURE_MASK &&
                  ASTRAY_SHIFT + STANDING_PARTS <= 32,
              "parts and gates have room in 32 bits");

enum {
    FLAGS_MASK = 0x1f, /* of the octet that has `frozen_by` above them */
    FROZEN_SHIFT = 5,
    VERSION = 6,
    CAMERA_LIMITS_KNOWN =
        CAMERA_BARRED_FIXTURE | CAMERA_BARRED_INSTRUMENT | (CAMERA_BARRED_INSTRUMENT - 1),
    FLAGS_KNOWN =
        STANDING_OWNER_SILENT | STANDING_ESTOP | STANDING_ALONE | STANDING_BLIND | STANDING_RECORDS
};

const char *standing_part_word(enum standing_part part)
{
    static const char *const words[STANDING_PARTS] = {"left", "right", "camera"};
    return (unsigned)part < STANDING_PARTS ? words[part] : "unknown";
}

static bool is_seat(uint8_t seat)
{
    return seat < LEASE_SEATS || seat == LEASE_NOBODY;
}

enum motion_err standing_check(const struct standing *standing)
{
    if (standing->flags & ~FLAGS_KNOWN || standing->failing >> GATES ||
        standing->camera_limits & ~CAMERA_LIMITS_KNOWN || standing->astray >> STANDING_PARTS ||
        (standing->fixture >= FIXTURES_MAX && standing->fixture != STANDING_NO_FIXTURE))
        return MOTION_ERR_RESERVED;
    for (int i = 0; i < STANDING_ARMS; i++)
        if (standing->arm_limits[i] & ~FOLLOW_LIMITS)
            return MOTION_ERR_RESERVED;
    if ((unsigned)standing->state >= SUPERVISOR_STATES ||
        (unsigned)standing->cause >= HOLD_CAUSES || (unsigned)standing->reaction >= REACTIONS ||
        (unsigned)standing->frozen_by >= FROZEN_BYS || !is_seat(standing->owner) ||
        !is_seat(standing->asking) || !is_seat(standing->yours))
        return MOTION_ERR_STATE;
    if (!isfinite((float)standing->scale))
        return MOTION_ERR_NOT_FINITE;
    for (int i = 0; i < STANDING_CAMERA_AXES; i++)
        if (!isfinite((float)standing->camera_jp[i]))
            return MOTION_ERR_NOT_FINITE;
    return MOTION_OK;
}

void standing_encode(const struct standing *standing, uint8_t out[static STANDING_BYTES])
{
    assert(standing_check(standing) == MOTION_OK);
    out[AT_VERSION] = VERSION;
    out[AT_FLAGS] = (uint8_t)((unsigned)standing->frozen_by << FROZEN_SHIFT | standing->flags);
    out[AT_STATE] = (uint8_t)((unsigned)standing->state << 4 | (unsigned)standing->reaction);
    out[AT_CAUSE] = (uint8_t)standing->cause;
    out[AT_HEARD_PRESS] = standing->heard_press;
    out[AT_OWNER] = standing->owner;
    out[AT_ASKING] = standing->asking;
    out[AT_YOURS] = standing->yours;
    put_be32(out + AT_LEASE, standing->lease);
    uint32_t fixture = standing->fixture == STANDING_NO_FIXTURE ? 0 : standing->fixture + 1U;
    put_be32(out + AT_FAILING, (uint32_t)standing->astray << ASTRAY_SHIFT |
                                   fixture << FIXTURE_SHIFT | standing->failing);
    out[AT_HERE] = standing->here;
    memcpy(out + AT_LIMITS, standing->arm_limits, STANDING_ARMS);
    out[AT_CAMERA_LIMITS] = standing->camera_limits;
    put_be_f32(out + AT_SCALE, (float)standing->scale);
    for (size_t i = 0; i < STANDING_CAMERA_AXES; i++)
        put_be_f32(out + AT_CAMERA + 4 * i, (float)standing->camera_jp[i]);
}

enum motion_err standing_decode(struct standing *standing, const uint8_t *in, size_t len)
{
    if (len != STANDING_BYTES)
        return MOTION_ERR_LENGTH;
    if (in[AT_VERSION] != VERSION)
        return MOTION_ERR_VERSION;
    uint32_t failing = get_be32(in + AT_FAILING), fixture = failing >> FIXTURE_SHIFT & FIXTURE_MASK;
    struct standing read = {
        .flags = in[AT_FLAGS] & FLAGS_MASK,
        .frozen_by = (enum frozen_by)(in[AT_FLAGS] >> FROZEN_SHIFT),
        .state = (enum supervisor_state)(in[AT_STATE] >> 4),
        .cause = (enum hold_cause)in[AT_CAUSE],
        .reaction = (enum reaction)(in[AT_STATE] & 0xf),
        .heard_press = in[AT_HEARD_PRESS],
        .owner = in[AT_OWNER],
        .asking = in[AT_ASKING],
        .yours = in[AT_YOURS],
        .here = in[AT_HERE],
        .arm_limits = {in[AT_LIMITS], in[AT_LIMITS + 1]},
        .camera_limits = in[AT_CAMERA_LIMITS],
        .lease = get_be32(in + AT_LEASE),
        .failing = failing & FAILING_MASK,
        .scale = (double)get_be_f32(in + AT_SCALE),
        .astray = (uint8_t)(failing >> ASTRAY_SHIFT),
        .fixture = (uint8_t)(fixture ? fixture - 1 : STANDING_NO_FIXTURE),
    };
    for (size_t i = 0; i < STANDING_CAMERA_AXES; i++)
        read.camera_jp[i] = (double)get_be_f32(in + AT_CAMERA + 4 * i);
    enum motion_err err = standing_check(&read);
    if (!err)
        *standing = read;
    return err;
}
