/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/tip_force.h"

#include <assert.h>

#include "base/bytes.h"

enum { AT_VERSION = 0, AT_COUNT = 1, AT_ZERO = 2, HEAD_BYTES = 4, ARM_BYTES = 12 };
enum { VERSION = 1 };

enum motion_err tip_force_check(const struct tip_force *force)
{
    if (force->arm_count < 1 || force->arm_count > TIP_FORCE_ARMS_MAX)
        return MOTION_ERR_COUNT;
    for (unsigned i = 0; i < force->arm_count; i++) {
        enum motion_err err = vec3_check(force->forces_n[i]);
        if (err)
            return err;
        if (vec3_length(force->forces_n[i]) > TIP_FORCE_MOST_N)
            return MOTION_ERR_TOO_FAR;
    }
    return MOTION_OK;
}

double tip_force_most_n(const struct tip_force *force)
{
    double most = 0;
    for (unsigned i = 0; i < force->arm_count; i++)
        most = fmax(most, vec3_length(force->forces_n[i]));
    return most;
}

size_t tip_force_encode(const struct tip_force *force, uint8_t out[static TIP_FORCE_BYTES_MAX])
{
    assert(tip_force_check(force) == MOTION_OK);
    out[AT_VERSION] = VERSION;
    out[AT_COUNT] = (uint8_t)force->arm_count;
    out[AT_ZERO] = out[AT_ZERO + 1] = 0;
    size_t at = HEAD_BYTES;
    for (unsigned i = 0; i < force->arm_count; i++, at += ARM_BYTES) {
        put_be_f32(out + at, (float)force->forces_n[i].x);
        put_be_f32(out + at + 4, (float)force->forces_n[i].y);
        put_be_f32(out + at + 8, (float)force->forces_n[i].z);
    }
    return at;
}

enum motion_err tip_force_decode(struct tip_force *force, const uint8_t *in, size_t len)
{
    if (len < HEAD_BYTES)
        return MOTION_ERR_LENGTH;
    if (in[AT_VERSION] != VERSION)
        return MOTION_ERR_VERSION;
    if (in[AT_ZERO] || in[AT_ZERO + 1])
        return MOTION_ERR_RESERVED;
    struct tip_force read = {.arm_count = in[AT_COUNT]};
    if (read.arm_count < 1 || read.arm_count > TIP_FORCE_ARMS_MAX)
        return MOTION_ERR_COUNT;
    if (len != HEAD_BYTES + (size_t)ARM_BYTES * read.arm_count)
        return MOTION_ERR_LENGTH;
    for (unsigned i = 0; i < read.arm_count; i++) {
        const uint8_t *at = in + HEAD_BYTES + (size_t)ARM_BYTES * i;
        read.forces_n[i] = (struct vec3){(double)get_be_f32(at), (double)get_be_f32(at + 4),
                                         (double)get_be_f32(at + 8)};
    }
    enum motion_err err = tip_force_check(&read);
    if (!err)
        *force = read;
    return err;
}
