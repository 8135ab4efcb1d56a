/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <string.h>
#include <time.h>

#include "unit/motion/random_pose.h"

static const struct instrument *const tool = &INSTRUMENT_LARGE_NEEDLE_DRIVER;

enum { RANDOM_POSES = 1000000 / UNIT_SLOWER };
#define PLACE_WITHIN_M 5e-6
#define TURN_WITHIN_RAD (0.001 * 3.14159265358979323846 / 180)
#define STEP_RAD 0.003
#define NARROW_MISS_RAD 0.5e-3
#define JUMP_RAD 0.03
#define DEPTH_M 5e-3 /* the wrist's pitch axis at least this far past the remote centre */

static double place_error_m(const struct pose *a, const struct pose *b)
{
    return vec3_length(vec3_subtract(a->position_m, b->position_m));
}

static double turn_error_rad(const struct pose *a, const struct pose *b)
{
    return quat_angle_between_rad(a->orientation, b->orientation);
}

static void forward_agrees_with_the_published_check_poses(void **state)
{
    (void)state;
    static const struct {
        double joints[INSTRUMENT_AXES];
        struct vec3 tip_mm;
    } checks[] = {
        {{0, 0, 0.1, 0, 0, 0, 0}, {0, 0, -93.5}},
        {{0.3, -0.2, 0.15, 0.5, -0.4, 0.25, 0}, {42.794255, 31.414240, -132.593198}},
        {{-1.0, 0.6, 0.2, -2.0, 1.0, -1.0, 0}, {-129.231731, -104.266267, -91.253346}},
    };
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        struct pose tip = instrument_forward(tool, checks[i].joints);
        struct vec3 expected_m = vec3_scale(checks[i].tip_mm, 1e-3);
        assert_true(vec3_length(vec3_subtract(tip.position_m, expected_m)) < 1e-6);
    }
}

static void inverse_of_forward_returns_for_random_reachable_poses(void **state)
{
    (void)state;
    struct random random;
    double worst_m = 0, worst_rad = 0;
    random_seed(&random, 2024);
    for (int i = 0; i < RANDOM_POSES; i++) {
        double joints[INSTRUMENT_AXES], hint[INSTRUMENT_AXES], found[INSTRUMENT_AXES];
        random_joints(&random, tool, DEPTH_M, joints);
        for (int axis = 0; axis < INSTRUMENT_AXES; axis++)
            hint[axis] = joints[axis] + random_between(&random, -0.1, 0.1);
        instrument_clamp(tool, hint);
        struct pose goal = instrument_forward(tool, joints);
        assert_int_equal(instrument_inverse(tool, &goal, hint, found), 0);
        struct pose reached = instrument_forward(tool, found);
        worst_m = fmax(worst_m, place_error_m(&reached, &goal));
        worst_rad = fmax(worst_rad, turn_error_rad(&reached, &goal));
        for (int axis = 0; axis < INSTRUMENT_POSE_AXES; axis++)
            assert_true(fabs(found[axis] - joints[axis]) < 1e-6);
    }
    print_message("# worst: %.3g m, %.3g rad\n", worst_m, worst_rad);
    assert_true(worst_m < PLACE_WITHIN_M);
    assert_true(worst_rad < TURN_WITHIN_RAD);
}

/* Of the wrist's pitch, as the joints have it. */
static struct vec3 pitch_axis(const double joints[static INSTRUMENT_AXES])
{
    double jacobian[INSTRUMENT_POSE_AXES][INSTRUMENT_POSE_AXES];
    instrument_jacobian(tool, joints, jacobian);
    return (struct vec3){jacobian[3][AXIS_WRIST_PITCH], jacobian[4][AXIS_WRIST_PITCH],
                         jacobian[5][AXIS_WRIST_PITCH]};
}

static bool is_of_branch(const double joints[static INSTRUMENT_AXES],
                         const double hint[static INSTRUMENT_AXES])
{
    const double half_turn = 3.14159265358979323846;
    return vec3_dot(pitch_axis(joints), pitch_axis(hint)) > 0 &&
           fabs(joints[AXIS_YAW] - hint[AXIS_YAW]) < half_turn &&
           fabs(joints[AXIS_ROLL] - hint[AXIS_ROLL]) < half_turn;
}

/* All postures inside the limits, all hints: what is not reached is told. */
static void h07_from_far_hints_a_posture_is_found_or_told_as_out_of_reach(void **state)
{
    (void)state;
    struct random random;
    int shallow = 0, near = 0;
    random_seed(&random, 31);
    for (int i = 0; i < RANDOM_POSES; i++) {
        double joints[INSTRUMENT_AXES], hint[INSTRUMENT_AXES], found[INSTRUMENT_AXES];
        double depth_at_zero_m = tool->insertion_offset_m + tool->shaft_m;
        random_joints(&random, tool, depth_at_zero_m, joints); /* from insertion 0 on */
        random_joints(&random, tool, depth_at_zero_m, hint);
        struct pose goal = instrument_forward(tool, joints);
        uint32_t limited = instrument_inverse(tool, &goal, hint, found);
        struct pose reached = instrument_forward(tool, found);
        if (joints[AXIS_INSERTION] + depth_at_zero_m < INSTRUMENT_DEPTH_LEAST_M) {
            assert_int_not_equal(limited, 0);
            shallow++;
            continue;
        }
        if (is_of_branch(joints, hint)) {
            assert_int_equal(limited, 0);
            near++;
            for (int axis = 0; axis < INSTRUMENT_POSE_AXES; axis++)
                assert_true(fabs(found[axis] - joints[axis]) < 1e-5);
        }
        if (limited == 0) {
            assert_true(place_error_m(&reached, &goal) < PLACE_WITHIN_M);
            assert_true(turn_error_rad(&reached, &goal) < TURN_WITHIN_RAD);
        }
    }
    assert_in_range(shallow, RANDOM_POSES * 0.065, RANDOM_POSES * 0.073);
    assert_true(near > RANDOM_POSES / 5);
}

/* Of the processor that the thread had: others' turns do not count. */
static double cpu_ns(void)
{
    struct timespec now;
    assert_int_equal(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now), 0);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* The 5 microseconds, in a build that optimizes. What checks its own code, or is built for a debugger, gets
 * UNIT_SLOWER, or as much. */
#ifdef __OPTIMIZE__
#define CALL_MOST_NS (5e3 * UNIT_SLOWER)
#else
#define CALL_MOST_NS 50e3
#endif

/* The least that a call costs, as the mean of a batch: batches take a millisecond, and what the machine does beside
 * does not hit every one. The inverse's goals are all over the field, each with a hint that is near. */
static void forward_and_inverse_cost_5_microseconds_at_most(void **state)
{
    enum { BATCHES = 200, CALLS = 500 };
    static double joints[CALLS][INSTRUMENT_AXES], hints[CALLS][INSTRUMENT_AXES];
    static struct pose goals[CALLS];
    double found[INSTRUMENT_AXES], sum = 0, forward_ns = INFINITY, inverse_ns = INFINITY;
    struct random random;
    (void)state;
    random_seed(&random, 11);
    for (int i = 0; i < CALLS; i++) {
        random_joints(&random, tool, DEPTH_M, joints[i]);
        memcpy(hints[i], joints[i], sizeof hints[i]);
        for (int axis = 0; axis < INSTRUMENT_POSE_AXES; axis++)
            hints[i][axis] += random_between(&random, -1e-3, 1e-3);
        (void)instrument_clamp(tool, hints[i]);
        goals[i] = instrument_forward(tool, joints[i]);
    }
    for (int batch = 0; batch < BATCHES; batch++) {
        double start_ns = cpu_ns();
        for (int i = 0; i < CALLS; i++)
            sum += instrument_forward(tool, joints[i]).position_m.x;
        double between_ns = cpu_ns();
        for (int i = 0; i < CALLS; i++)
            sum += instrument_inverse(tool, &goals[i], hints[i], found) + found[AXIS_YAW];
        inverse_ns = fmin(inverse_ns, (cpu_ns() - between_ns) / CALLS);
        forward_ns = fmin(forward_ns, (between_ns - start_ns) / CALLS);
    }
    print_message("# forward %.0f ns, inverse %.0f ns\n", forward_ns, inverse_ns);
    assert_true(isfinite(sum));
    assert_true(forward_ns > 0 && inverse_ns > 0);
    assert_true(forward_ns < CALL_MOST_NS && inverse_ns < CALL_MOST_NS);
}

static void the_jacobian_is_the_derivative_of_forward(void **state)
{
    (void)state;
    struct random random;
    random_seed(&random, 7);
    for (int i = 0; i < 1000; i++) {
        double joints[INSTRUMENT_AXES], jacobian[INSTRUMENT_POSE_AXES][INSTRUMENT_POSE_AXES];
        const double h = 1e-6;
        random_joints(&random, tool, DEPTH_M, joints);
        instrument_jacobian(tool, joints, jacobian);
        for (int axis = 0; axis < INSTRUMENT_POSE_AXES; axis++) {
            double before[INSTRUMENT_AXES], after[INSTRUMENT_AXES];
            memcpy(before, joints, sizeof before);
            memcpy(after, joints, sizeof after);
            before[axis] -= h;
            after[axis] += h;
            struct pose a = instrument_forward(tool, before), b = instrument_forward(tool, after);
            struct vec3 v = vec3_scale(vec3_subtract(b.position_m, a.position_m), 1 / (2 * h));
            struct vec3 w = vec3_scale(quat_to_rotation_vector(quat_multiply(
                                           b.orientation, quat_conjugate(a.orientation))),
                                       1 / (2 * h));
            const double numeric[] = {v.x, v.y, v.z, w.x, w.y, w.z};
            for (int row = 0; row < INSTRUMENT_POSE_AXES; row++)
                assert_true(fabs(numeric[row] - jacobian[row][axis]) < 1e-6);
        }
    }
}

static void h07_the_inverse_never_leaves_the_limits(void **state)
{
    (void)state;
    struct random random;
    random_seed(&random, 99);
    for (int i = 0; i < RANDOM_POSES; i++) {
        double hint[INSTRUMENT_AXES], found[INSTRUMENT_AXES], inside[INSTRUMENT_AXES];
        random_joints(&random, tool, 0, hint);
        struct pose goal = {
            .position_m = {random_between(&random, -0.4, 0.4), random_between(&random, -0.4, 0.4),
                           random_between(&random, -0.4, 0.4)},
            .orientation = random_turn(&random),
        };
        if (i % 10 == 0)
            goal.position_m = vec3_scale(goal.position_m, 0.01);
        uint32_t limited = instrument_inverse(tool, &goal, hint, found);
        memcpy(inside, found, sizeof inside);
        assert_int_equal(instrument_clamp(tool, inside), 0);
        if (limited == 0) {
            struct pose reached = instrument_forward(tool, found);
            assert_true(place_error_m(&reached, &goal) < PLACE_WITHIN_M);
            assert_true(turn_error_rad(&reached, &goal) < TURN_WITHIN_RAD);
        }
    }
}

/* From where the tip is, towards `goal` by at most `most_rad`: how follow.c walks. */
static struct pose step_towards(const struct pose *tip, const struct pose *goal, double most_rad)
{
    struct vec3 turn =
        quat_to_rotation_vector(quat_multiply(goal->orientation, quat_conjugate(tip->orientation)));
    struct quat step = quat_from_rotation_vector(vec3_limit(turn, most_rad));
    return (struct pose){goal->position_m, quat_multiply(step, tip->orientation)};
}

/* Tips the goal about the wrist's pitch axis from 0 to 140 degrees and back, past the singularity
 * at 90 by more or less: the joints follow smoothly, stop at the limit, keep the tip in place. */
static void h07_the_inverse_is_continuous_through_the_wrist_singularity(void **state)
{
    (void)state;
    struct random random;
    random_seed(&random, 5);
    for (int path = 0; path < 200; path++) {
        double joints[INSTRUMENT_AXES], found[INSTRUMENT_AXES];
        random_joints(&random, tool, 0.05, joints);
        joints[AXIS_YAW] *= 0.8;
        joints[AXIS_PITCH] *= 0.7;
        joints[AXIS_INSERTION] = fmin(joints[AXIS_INSERTION], 0.22);
        joints[AXIS_ROLL] *= 0.6;
        joints[AXIS_WRIST_PITCH] = 0;
        joints[AXIS_WRIST_YAW] *= 0.5;
        struct pose start = instrument_forward(tool, joints);
        double jacobian[INSTRUMENT_POSE_AXES][INSTRUMENT_POSE_AXES];
        instrument_jacobian(tool, joints, jacobian);
        double miss = pow(10, -4 + path % 4);
        struct vec3 axis = {jacobian[3][AXIS_WRIST_PITCH] + random_normal(&random) * miss,
                            jacobian[4][AXIS_WRIST_PITCH] + random_normal(&random) * miss,
                            jacobian[5][AXIS_WRIST_PITCH] + random_normal(&random) * miss};
        double sign = path % 2 ? 1 : -1;
        for (int i = 0; i <= 2800; i++) {
            double angle = sign * (i <= 1400 ? i : 2800 - i) * 0.1 * acos(-1) / 180;
            struct pose goal = {
                .position_m = start.position_m,
                .orientation = quat_multiply(quat_from_rotation_vector(vec3_scale(axis, angle)),
                                             start.orientation),
            };
            struct pose tip = instrument_forward(tool, joints);
            struct pose step = step_towards(&tip, &goal, STEP_RAD);
            uint32_t limited = instrument_inverse(tool, &step, joints, found);
            for (int j = 0; j < INSTRUMENT_POSE_AXES; j++)
                if (!(fabs(found[j] - joints[j]) < JUMP_RAD))
                    fail_msg("path %d step %d: joint %d jumps from %g to %g", path, i, j, joints[j],
                             found[j]);
            struct pose reached = instrument_forward(tool, found);
            if (!(limited & 0xf)) /* yaw, pitch, insertion and roll are free */
                assert_true(place_error_m(&reached, &goal) < PLACE_WITHIN_M);
            memcpy(joints, found, sizeof joints);
        }
        if (miss > NARROW_MISS_RAD)
            continue; /* the way round goes through the yaw limit: it may end on the other side */
        struct pose back = instrument_forward(tool, joints);
        assert_true(place_error_m(&back, &start) < PLACE_WITHIN_M);
        assert_true(turn_error_rad(&back, &start) < TURN_WITHIN_RAD);
    }
}

static void h07_roll_stops_at_its_limit_and_never_spins_round(void **state)
{
    (void)state;
    double joints[INSTRUMENT_AXES], found[INSTRUMENT_AXES];
    memcpy(joints, INSTRUMENT_READY_JP, sizeof joints);
    struct pose start = instrument_forward(tool, joints);
    bool stopped = false;
    for (int i = 0; i <= 300; i++) { /* the tip about the shaft, towards 300 degrees */
        struct pose goal = start;
        double angle = i * acos(-1) / 180;
        goal.orientation = quat_multiply(quat_from_rotation_vector((struct vec3){0, 0, -angle}),
                                         start.orientation);
        uint32_t limited = instrument_inverse(tool, &goal, joints, found);
        assert_true(fabs(found[AXIS_ROLL] - joints[AXIS_ROLL]) < 0.02);
        stopped |= (limited & 1 << AXIS_ROLL) != 0;
        memcpy(joints, found, sizeof joints);
    }
    assert_true(stopped);
    assert_true(joints[AXIS_ROLL] == tool->most[AXIS_ROLL]);
}

static void a_goal_in_the_remote_centre_gives_the_hint_back(void **state)
{
    (void)state;
    double found[INSTRUMENT_AXES];
    struct pose goal = POSE_IDENTITY;
    assert_int_equal(instrument_inverse(tool, &goal, INSTRUMENT_READY_JP, found), 0x3f);
    assert_memory_equal(found, INSTRUMENT_READY_JP, sizeof found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forward_agrees_with_the_published_check_poses),
        cmocka_unit_test(inverse_of_forward_returns_for_random_reachable_poses),
        cmocka_unit_test(h07_from_far_hints_a_posture_is_found_or_told_as_out_of_reach),
        cmocka_unit_test(forward_and_inverse_cost_5_microseconds_at_most),
        cmocka_unit_test(the_jacobian_is_the_derivative_of_forward),
        cmocka_unit_test(h07_the_inverse_never_leaves_the_limits),
        cmocka_unit_test(h07_the_inverse_is_continuous_through_the_wrist_singularity),
        cmocka_unit_test(h07_roll_stops_at_its_limit_and_never_spins_round),
        cmocka_unit_test(a_goal_in_the_remote_centre_gives_the_hint_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
