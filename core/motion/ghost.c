/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/ghost.h"

#include <math.h>

#define JAW_M 0.01   /* of a large needle driver */
#define SHAFT_M 0.06 /* of it that is drawn */
#define SHAFT_LEAST_M 0.01
#define ERROR_KEPT 0.95 /* of the error before, at each of some twenty looks a second */

void ghost_sent(struct ghost *ghost, uint32_t sequence, const struct gesture *gesture)
{
    struct ghost_sent *sent = &ghost->sent[sequence % GHOST_SENT_KEPT];
    *sent = (struct ghost_sent){.sequence = sequence,
                                .clutch_id = gesture->clutch_id,
                                .engaged = gesture->flags & GESTURE_ENGAGED,
                                .locks = gesture->flags & GESTURE_LOCKS};
    for (unsigned i = 0; i < gesture->hand_count; i++)
        sent->hands[i] = gesture->hands[i];
    ghost->newest = sequence;
}

/* How far off what was foretold of this gesture was. */
static void judge(struct ghost *ghost, const struct ghost_sent *applied, unsigned index,
                  struct vec3 measured_m)
{
    double *error_m = &ghost->error_m[index];
    *error_m *= ERROR_KEPT;
    if (applied->is_foretold[index])
        *error_m =
            fmax(*error_m, vec3_length(vec3_subtract(applied->foretold_m[index], measured_m)));
    ghost->is_off[index] =
        *error_m > (ghost->is_off[index] ? GHOST_ERROR_MOST_M / 2 : GHOST_ERROR_MOST_M);
}

bool ghost_look(struct ghost *ghost, const struct arm_state *state, unsigned index, double scale,
                struct quat turn, struct pose *tip, double *jaw_rad)
{
    struct ghost_sent *applied = &ghost->sent[state->applied_sequence % GHOST_SENT_KEPT];
    struct ghost_sent *newest = &ghost->sent[ghost->newest % GHOST_SENT_KEPT];
    if (!state->has_applied || index >= state->arm_count || ghost->newest == 0 ||
        applied->sequence != state->applied_sequence)
        return false;
    *tip = state->arms[index].measured_cp;
    judge(ghost, applied, index, tip->position_m);
    *jaw_rad = newest->hands[index].jaw_rad;
    if (newest->engaged && applied->engaged && newest->clutch_id == applied->clutch_id &&
        newest->locks == applied->locks) { /* else only the cart knows where it began */
        const struct pose *from = &applied->hands[index].pose, *to = &newest->hands[index].pose;
        struct vec3 step = vec3_scale(vec3_subtract(to->position_m, from->position_m), scale);
        struct quat round = quat_multiply(to->orientation, quat_conjugate(from->orientation));
        struct quat in_arm = quat_multiply(quat_multiply(turn, round), quat_conjugate(turn));
        if (!(newest->locks & GESTURE_LOCK_PLACE))
            tip->position_m = vec3_add(tip->position_m, quat_rotate(turn, step));
        if (!(newest->locks & GESTURE_LOCK_TURN))
            tip->orientation = quat_normalise(quat_multiply(in_arm, tip->orientation));
        newest->foretold_m[index] = tip->position_m;
        newest->is_foretold[index] = true;
    }
    return !ghost->is_off[index];
}

static bool project(const struct layout *layout, const struct pose *camera, unsigned index,
                    struct vec3 in_arm_m, double aspect, struct ghost_point *point)
{
    const struct pose place = {in_arm_m, QUAT_IDENTITY};
    struct vec3 seen_m = layout_to_camera(layout, camera, index, &place).position_m;
    double right, up;
    if (!layout_project(&layout->lens, seen_m, &right, &up))
        return false;
    *point = (struct ghost_point){0.5 + right / (2 * aspect), 0.5 - up / 2};
    return true;
}

/* The shaft comes from the remote centre, the arm's origin. What is behind the lens is left out. */
static bool project_shaft(const struct layout *layout, const struct pose *camera, unsigned index,
                          struct vec3 tip_m, double aspect, struct ghost_point *point)
{
    double depth_m = vec3_length(tip_m);
    for (double back_m = fmin(SHAFT_M, depth_m); back_m >= SHAFT_LEAST_M; back_m /= 2)
        if (project(layout, camera, index, vec3_scale(tip_m, 1 - back_m / depth_m), aspect, point))
            return true;
    return false;
}

bool ghost_project(const struct layout *layout, const double camera_jp[static CAMERA_AXES],
                   unsigned index, const struct pose *tip, double jaw_rad, double aspect,
                   struct ghost_lines *lines)
{
    struct pose camera = layout_camera(layout, camera_jp);
    for (int side = 0; side < 2; side++) { /* the tip frame's z is along the jaws, x their axis */
        double half_rad = (side ? -0.5 : 0.5) * jaw_rad;
        struct vec3 along = {0, -sin(half_rad) * JAW_M, cos(half_rad) * JAW_M};
        struct vec3 end_m = vec3_add(tip->position_m, quat_rotate(tip->orientation, along));
        if (!project(layout, &camera, index, end_m, aspect, &lines->jaws[side]))
            return false;
    }
    return project(layout, &camera, index, tip->position_m, aspect, &lines->shaft[1]) &&
           project_shaft(layout, &camera, index, tip->position_m, aspect, &lines->shaft[0]);
}
