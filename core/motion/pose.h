/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Vectors, unit quaternions, rotation matrices and poses.
 *
 * Metres and radians. Frames are right-handed; a rotation turns vectors of the moving frame into
 * the fixed one: fixed = R moving. Quaternions are Hamilton's, w first, and q and -q are the same
 * rotation. Pure values: nothing here keeps memory, locks or fails, except the checks. */
#ifndef MOTION_POSE_H
#define MOTION_POSE_H

#include <math.h>

#include "base/attr.h"
#include "motion/err.h"

struct vec3 {
    double x, y, z;
};

struct quat {
    double w, x, y, z;
};

struct mat3 {
    double at[3][3]; /* [row][column] */
};

struct pose {
    struct vec3 position_m;
    struct quat orientation; /* unit */
};

/* How far from 1 the length of a quaternion may be and still be taken as rounding. */
#define QUAT_UNIT_TOLERANCE 1e-3

static const struct quat QUAT_IDENTITY = {1, 0, 0, 0};
static const struct pose POSE_IDENTITY = {{0, 0, 0}, {1, 0, 0, 0}};

static inline struct vec3 vec3_add(struct vec3 a, struct vec3 b)
{
    return (struct vec3){a.x + b.x, a.y + b.y, a.z + b.z};
}

static inline struct vec3 vec3_subtract(struct vec3 a, struct vec3 b)
{
    return (struct vec3){a.x - b.x, a.y - b.y, a.z - b.z};
}

static inline struct vec3 vec3_scale(struct vec3 a, double factor)
{
    return (struct vec3){a.x * factor, a.y * factor, a.z * factor};
}

static inline double vec3_dot(struct vec3 a, struct vec3 b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

static inline struct vec3 vec3_cross(struct vec3 a, struct vec3 b)
{
    return (struct vec3){a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}

static inline double vec3_length(struct vec3 a)
{
    return sqrt(vec3_dot(a, a));
}

/* `a` shortened to at most `length`, its direction kept. */
struct vec3 vec3_limit(struct vec3 a, double length);

/* First `b`, then `a`. */
struct quat quat_multiply(struct quat a, struct quat b);
struct quat quat_conjugate(struct quat q);
double quat_length(struct quat q);

/* `q` made exactly unit. The caller has checked that it is nearly so. */
struct quat quat_normalise(struct quat q);

struct vec3 quat_rotate(struct quat q, struct vec3 v);

/* The rotation about the direction of `v` by its length in radians, and back: the shorter way
 * round, length at most pi. */
struct quat quat_from_rotation_vector(struct vec3 v);
struct vec3 quat_to_rotation_vector(struct quat q);

/* The angle between two orientations, 0 to pi. */
double quat_angle_between_rad(struct quat a, struct quat b);

struct mat3 mat3_from_quat(struct quat q);

/* `m` must be a rotation (mat3_check). Shepperd's method: pivots on the largest element. */
struct quat quat_from_mat3(const struct mat3 *m);

struct mat3 mat3_multiply(const struct mat3 *a, const struct mat3 *b);
struct mat3 mat3_transpose(const struct mat3 *m);
struct vec3 mat3_rotate(const struct mat3 *m, struct vec3 v);
struct vec3 mat3_column(const struct mat3 *m, int column);

/* MOTION_ERR_NOT_FINITE: NaN or infinity. */
MUST_USE enum motion_err vec3_check(struct vec3 v);

/* MOTION_ERR_NOT_FINITE, or MOTION_ERR_NOT_UNIT: length off by more than QUAT_UNIT_TOLERANCE. */
MUST_USE enum motion_err quat_check(struct quat q);

/* MOTION_ERR_NOT_FINITE, or MOTION_ERR_NOT_UNIT: rows that are not orthonormal within
 * QUAT_UNIT_TOLERANCE, or a mirror. */
MUST_USE enum motion_err mat3_check(const struct mat3 *m);

MUST_USE enum motion_err pose_check(const struct pose *pose);

/* A pose given in the frame `frame`, in the frame that `frame` is given in. */
struct pose pose_from_frame(const struct pose *frame, const struct pose *inside);

/* A pose given in the frame that `frame` is given in, in the frame `frame`. */
struct pose pose_into_frame(const struct pose *frame, const struct pose *outside);

/* At `share` of the way, 0 to 1: straight on, turning evenly by the shorter way. Both pass pose_check. */
struct pose pose_between(const struct pose *from, const struct pose *to, double share);

#endif
