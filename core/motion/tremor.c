/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/tremor.h"

#include <stdbool.h>

#define PI 3.14159265358979323846
#define QUALITY 2.0

static const double notch_hz[TREMOR_NOTCHES] = {8.6, 11.4};

static struct tremor_notch make_notch(double at_hz)
{
    double k = tan(PI * at_hz * (double)TREMOR_STEP_NS * 1e-9);
    double by = 1 / (1 + k / QUALITY + k * k);
    return (struct tremor_notch){
        .b0 = (1 + k * k) * by,
        .b1 = 2 * (k * k - 1) * by,
        .a2 = (1 - k / QUALITY + k * k) * by,
    };
}

static void spread(const struct pose *pose, double axes[static TREMOR_AXES])
{
    const struct vec3 *p = &pose->position_m;
    const struct quat *q = &pose->orientation;
    const double all[TREMOR_AXES] = {p->x, p->y, p->z, q->w, q->x, q->y, q->z};
    for (int i = 0; i < TREMOR_AXES; i++)
        axes[i] = all[i];
}

void tremor_begin(struct tremor *tremor, const struct pose *pose)
{
    double axes[TREMOR_AXES];
    spread(pose, axes);
    for (int n = 0; n < TREMOR_NOTCHES; n++) {
        struct tremor_notch *notch = &tremor->notches[n];
        *notch = make_notch(notch_hz[n]);
        for (int i = 0; i < TREMOR_AXES; i++) /* what a constant input leaves there */
            notch->kept[i][0] = notch->kept[i][1] = (notch->b0 - notch->a2) * axes[i];
    }
    tremor->turned = pose->orientation;
}

/* One axis of one notch, direct form II transposed. */
static double step(const struct tremor_notch *notch, double kept[static 2], double in)
{
    double out = notch->b0 * in + kept[0];
    kept[0] = notch->b1 * (in - out) + kept[1];
    kept[1] = notch->b0 * in - notch->a2 * out;
    return out;
}

struct pose tremor_step(struct tremor *tremor, const struct pose *pose)
{
    struct pose in = *pose;
    struct quat *q = &in.orientation, was = tremor->turned;
    if (q->w * was.w + q->x * was.x + q->y * was.y + q->z * was.z < 0)
        *q = (struct quat){-q->w, -q->x, -q->y, -q->z};
    tremor->turned = *q;

    double axes[TREMOR_AXES];
    spread(&in, axes);
    for (int n = 0; n < TREMOR_NOTCHES; n++)
        for (int i = 0; i < TREMOR_AXES; i++)
            axes[i] = step(&tremor->notches[n], tremor->notches[n].kept[i], axes[i]);
    struct quat turn = {axes[3], axes[4], axes[5], axes[6]};
    bool is_turn = quat_length(turn) > 0.1; /* less only if the hand spins as no hand does */
    return (struct pose){
        .position_m = {axes[0], axes[1], axes[2]},
        .orientation = is_turn ? quat_normalise(turn) : quat_normalise(*q),
    };
}
