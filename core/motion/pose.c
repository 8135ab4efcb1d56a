/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/pose.h"

struct vec3 vec3_limit(struct vec3 a, double length)
{
    double is = vec3_length(a);
    return is > length ? vec3_scale(a, length / is) : a;
}

struct quat quat_multiply(struct quat a, struct quat b)
{
    return (struct quat){
        a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z,
        a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
        a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x,
        a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w,
    };
}

struct quat quat_conjugate(struct quat q)
{
    return (struct quat){q.w, -q.x, -q.y, -q.z};
}

double quat_length(struct quat q)
{
    return sqrt(q.w * q.w + q.x * q.x + q.y * q.y + q.z * q.z);
}

struct quat quat_normalise(struct quat q)
{
    double by = 1 / quat_length(q);
    return (struct quat){q.w * by, q.x * by, q.y * by, q.z * by};
}

struct vec3 quat_rotate(struct quat q, struct vec3 v)
{
    struct vec3 axis = {q.x, q.y, q.z};
    struct vec3 twice = vec3_scale(vec3_cross(axis, v), 2);
    return vec3_add(vec3_add(v, vec3_scale(twice, q.w)), vec3_cross(axis, twice));
}

struct quat quat_from_rotation_vector(struct vec3 v)
{
    double angle = vec3_length(v);
    /* sin(angle / 2) / angle, by its series where the division would lose digits */
    double by = angle > 1e-4 ? sin(angle / 2) / angle : 0.5 - angle * angle / 48;
    return (struct quat){cos(angle / 2), v.x * by, v.y * by, v.z * by};
}

struct vec3 quat_to_rotation_vector(struct quat q)
{
    if (q.w < 0)
        q = (struct quat){-q.w, -q.x, -q.y, -q.z};
    struct vec3 axis = {q.x, q.y, q.z};
    double sine = vec3_length(axis);
    double by = sine > 1e-8 ? 2 * atan2(sine, q.w) / sine : 2;
    return vec3_scale(axis, by);
}

double quat_angle_between_rad(struct quat a, struct quat b)
{
    return vec3_length(quat_to_rotation_vector(quat_multiply(a, quat_conjugate(b))));
}

struct mat3 mat3_from_quat(struct quat q)
{
    double xx = q.x * q.x, yy = q.y * q.y, zz = q.z * q.z;
    double xy = q.x * q.y, xz = q.x * q.z, yz = q.y * q.z;
    double wx = q.w * q.x, wy = q.w * q.y, wz = q.w * q.z;
    return (struct mat3){{
        {1 - 2 * (yy + zz), 2 * (xy - wz), 2 * (xz + wy)},
        {2 * (xy + wz), 1 - 2 * (xx + zz), 2 * (yz - wx)},
        {2 * (xz - wy), 2 * (yz + wx), 1 - 2 * (xx + yy)},
    }};
}

struct quat quat_from_mat3(const struct mat3 *m)
{
    const double(*r)[3] = m->at;
    double trace = r[0][0] + r[1][1] + r[2][2];
    struct quat q;
    if (trace >= r[0][0] && trace >= r[1][1] && trace >= r[2][2])
        q = (struct quat){1 + trace, r[2][1] - r[1][2], r[0][2] - r[2][0], r[1][0] - r[0][1]};
    else if (r[0][0] >= r[1][1] && r[0][0] >= r[2][2])
        q = (struct quat){r[2][1] - r[1][2], 1 + 2 * r[0][0] - trace, r[0][1] + r[1][0],
                          r[0][2] + r[2][0]};
    else if (r[1][1] >= r[2][2])
        q = (struct quat){r[0][2] - r[2][0], r[0][1] + r[1][0], 1 + 2 * r[1][1] - trace,
                          r[1][2] + r[2][1]};
    else
        q = (struct quat){r[1][0] - r[0][1], r[0][2] + r[2][0], r[1][2] + r[2][1],
                          1 + 2 * r[2][2] - trace};
    return quat_normalise(q);
}

struct mat3 mat3_multiply(const struct mat3 *a, const struct mat3 *b)
{
    struct mat3 out;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            out.at[i][j] =
                a->at[i][0] * b->at[0][j] + a->at[i][1] * b->at[1][j] + a->at[i][2] * b->at[2][j];
    return out;
}

struct mat3 mat3_transpose(const struct mat3 *m)
{
    struct mat3 out;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            out.at[i][j] = m->at[j][i];
    return out;
}

struct vec3 mat3_rotate(const struct mat3 *m, struct vec3 v)
{
    const double(*r)[3] = m->at;
    return (struct vec3){r[0][0] * v.x + r[0][1] * v.y + r[0][2] * v.z,
                         r[1][0] * v.x + r[1][1] * v.y + r[1][2] * v.z,
                         r[2][0] * v.x + r[2][1] * v.y + r[2][2] * v.z};
}

struct vec3 mat3_column(const struct mat3 *m, int column)
{
    return (struct vec3){m->at[0][column], m->at[1][column], m->at[2][column]};
}

enum motion_err vec3_check(struct vec3 v)
{
    return isfinite(v.x) && isfinite(v.y) && isfinite(v.z) ? MOTION_OK : MOTION_ERR_NOT_FINITE;
}

enum motion_err quat_check(struct quat q)
{
    if (!isfinite(q.w) || !isfinite(q.x) || !isfinite(q.y) || !isfinite(q.z))
        return MOTION_ERR_NOT_FINITE;
    if (!(fabs(quat_length(q) - 1) <= QUAT_UNIT_TOLERANCE))
        return MOTION_ERR_NOT_UNIT;
    return MOTION_OK;
}

enum motion_err mat3_check(const struct mat3 *m)
{
    struct vec3 rows[3];
    for (int i = 0; i < 3; i++) {
        rows[i] = (struct vec3){m->at[i][0], m->at[i][1], m->at[i][2]};
        if (vec3_check(rows[i]))
            return MOTION_ERR_NOT_FINITE;
    }
    for (int i = 0; i < 3; i++)
        for (int j = i; j < 3; j++)
            if (!(fabs(vec3_dot(rows[i], rows[j]) - (i == j)) <= QUAT_UNIT_TOLERANCE))
                return MOTION_ERR_NOT_UNIT;
    return vec3_dot(vec3_cross(rows[0], rows[1]), rows[2]) > 0 ? MOTION_OK : MOTION_ERR_NOT_UNIT;
}

enum motion_err pose_check(const struct pose *pose)
{
    enum motion_err err = vec3_check(pose->position_m);
    return err ? err : quat_check(pose->orientation);
}

struct pose pose_from_frame(const struct pose *frame, const struct pose *inside)
{
    return (struct pose){
        vec3_add(frame->position_m, quat_rotate(frame->orientation, inside->position_m)),
        quat_normalise(quat_multiply(frame->orientation, inside->orientation)),
    };
}

struct pose pose_into_frame(const struct pose *frame, const struct pose *outside)
{
    struct quat back = quat_conjugate(frame->orientation);
    return (struct pose){
        quat_rotate(back, vec3_subtract(outside->position_m, frame->position_m)),
        quat_normalise(quat_multiply(back, outside->orientation)),
    };
}

struct pose pose_between(const struct pose *from, const struct pose *to, double share)
{
    struct quat start = quat_normalise(from->orientation), end = quat_normalise(to->orientation);
    struct vec3 way_m = vec3_subtract(to->position_m, from->position_m);
    struct vec3 turn_rad = quat_to_rotation_vector(quat_multiply(end, quat_conjugate(start)));
    return (struct pose){
        vec3_add(from->position_m, vec3_scale(way_m, share)),
        quat_normalise(
            quat_multiply(quat_from_rotation_vector(vec3_scale(turn_rad, share)), start)),
    };
}
