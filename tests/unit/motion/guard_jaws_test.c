/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jaws and wrist among what they are kept from: what one may not do bars nothing else. */
#include "unit/cmocka_base.h"

#include <string.h>

#include "motion/guard.h"
#include "unit/motion/random_pose.h"

#define MS UINT64_C(1000000)
#define MARGIN_M 1e-3
#define LETS_GO_RAD 0.19 /* of a needle 1 mm thick: motion/fixture.h */

static const struct instrument *const tool = &INSTRUMENT_LARGE_NEEDLE_DRIVER;
static const struct track_limits limits = TRACK_LIMITS_STANDARD;

struct world {
    struct guard guard;
    struct track arms[GUARD_ARMS_MAX];
    unsigned count;
};

static void go_on(struct world *world, int ticks)
{
    const struct track_step step = {tool, &limits, NULL, MS};
    for (int i = 0; i < ticks; i++)
        for (unsigned arm = 0; arm < world->count; arm++) {
            (void)guard_go_ahead(&world->guard, world->arms, world->count, arm, &step, true);
            track_come_after(&world->arms[arm], &step);
        }
}

/* One arm, its remote centre the world's, its jaws so far open. */
static struct world alone(double jaw_rad)
{
    struct world world;
    double joints[INSTRUMENT_AXES];
    memset(&world, 0, sizeof world);
    world.count = 1;
    world.guard.fixtures.margin_m = MARGIN_M;
    world.guard.centres[0] = POSE_IDENTITY;
    memcpy(joints, INSTRUMENT_READY_JP, sizeof joints);
    joints[AXIS_JAW] = jaw_rad;
    track_place(&world.arms[0], tool, joints);
    world.arms[0].goal = world.arms[0].tip;
    world.arms[0].jaw_goal_rad = jaw_rad;
    world.arms[0].jaw_met = true;
    return world;
}

/* From the tip's axes, z along shut jaws and y where they open to, to the arm's. */
static struct vec3 of_tip(const struct track *arm, double x, double y, double z)
{
    return quat_rotate(arm->tip.orientation, (struct vec3){x, y, z});
}

static struct vec3 from_tip(const struct track *arm, double x, double y, double z)
{
    return vec3_add(arm->tip.position_m, of_tip(arm, x, y, z));
}

static void add(struct world *world, struct fixture fixture)
{
    world->guard.fixtures.at[world->guard.fixtures.count++] = fixture;
}

static void push(struct track *arm, double x, double y, double z)
{
    arm->goal.position_m = vec3_add(arm->goal.position_m, of_tip(arm, x, y, z));
}

static void turn(struct track *arm, struct vec3 turn_rad)
{
    arm->goal.orientation =
        quat_multiply(arm->goal.orientation, quat_from_rotation_vector(turn_rad));
}

static double left_to_turn_rad(const struct track *arm)
{
    return quat_angle_between_rad(arm->goal.orientation, arm->tip.orientation);
}

/* How far inside a fixture itself, without its margin, a jaw is at the most, as far open as it is. */
static double room_without_margin_m(const struct world *world, unsigned index)
{
    const struct track *arm = &world->arms[0];
    const struct apart_shaft shaft = apart_shaft(tool, &world->guard.centres[0], arm->joints);
    double least_m = INFINITY;
    for (int jaw = 0; jaw < APART_JAWS; jaw++)
        least_m = fmin(least_m, fixture_look_jaw(&world->guard.fixtures, index, shaft.tip_m,
                                                 shaft.ends_m[jaw], shaft.ends_m[jaw])
                                    .room_m);
    return least_m + MARGIN_M;
}

/* A wall beside the tip, that one jaw opens towards. */
static void add_wall(struct world *world)
{
    const struct track *arm = &world->arms[0];
    add(world, (struct fixture){.kind = FIXTURE_PLANE,
                                .a_m = from_tip(arm, 0, -0.005, 0),
                                .b = of_tip(arm, 0, 1, 0)});
}

static void h31_at_a_wall_and_asked_to_open_a_turn_away_arrives(void **state)
{
    (void)state;
    struct world world = alone(0);
    struct track *arm = &world.arms[0];
    add_wall(&world);
    arm->jaw_goal_rad = tool->most[AXIS_JAW];
    go_on(&world, 500);
    assert_true(arm->joints[AXIS_JAW] < arm->jaw_goal_rad - 0.1); /* barred */
    turn(arm, (struct vec3){0, 0, 1.5});
    go_on(&world, 1500);
    assert_true(left_to_turn_rad(arm) < 1e-3);
    assert_true(fabs(arm->joints[AXIS_JAW] - arm->jaw_goal_rad) < 1e-6);
}

static void h31_while_a_turn_is_barred_jaws_open_beside_and_shut(void **state)
{
    (void)state;
    struct world world = alone(0);
    struct track *arm = &world.arms[0];
    add(&world, (struct fixture){.kind = FIXTURE_PLANE,
                                 .a_m = from_tip(arm, -0.003, 0, 0),
                                 .b = of_tip(arm, 1, 0, 0)});
    turn(arm, (struct vec3){0, -1, 0});
    go_on(&world, 1000);
    assert_true(left_to_turn_rad(arm) > 0.5); /* barred */
    arm->jaw_goal_rad = 1;
    go_on(&world, 500);
    assert_true(fabs(arm->joints[AXIS_JAW] - 1) < 1e-6);
    arm->jaw_goal_rad = 0.1;
    go_on(&world, 500);
    assert_true(fabs(arm->joints[AXIS_JAW] - 0.1) < 1e-6);
    assert_true(left_to_turn_rad(arm) > 0.5);
}

static void h31_what_is_pushed_along_a_wall_can_be_let_go(void **state)
{
    (void)state;
    struct world world = alone(0);
    struct track *arm = &world.arms[0];
    add_wall(&world);
    push(arm, 0.01, -0.01, 0);
    go_on(&world, 1000);
    assert_true(fabs(room_without_margin_m(&world, 0) - MARGIN_M) < FIXTURE_SLACK_M);
    arm->jaw_goal_rad = tool->most[AXIS_JAW];
    go_on(&world, 1000);
    assert_true(arm->joints[AXIS_JAW] > LETS_GO_RAD);
    assert_true(room_without_margin_m(&world, 0) > 0);
    world.guard.fixtures.margin_m = FIXTURE_MARGIN_LEAST_M; /* never more than the margin */
    push(arm, 0, -0.01, 0);
    go_on(&world, 1000);
    double room_m = room_without_margin_m(&world, 0) - MARGIN_M + FIXTURE_MARGIN_LEAST_M;
    assert_true(room_m > -FIXTURE_SLACK_M / 2);
}

/* Open jaws that are pushed at what they point to, straight or aslant. */
static void h31_jaws_that_point_at_a_fixture_can_shut(void **state)
{
    (void)state;
    for (int kind = FIXTURE_PLANE; kind <= FIXTURE_BOX; kind++)
        for (int aslant = -2; aslant <= 2; aslant++) {
            struct world world = alone(1.2);
            struct track *arm = &world.arms[0];
            double y = 0.3 * aslant, ahead_m = kind == FIXTURE_PLANE ? 0.014 : 0.034;
            struct vec3 at_m = from_tip(arm, 0, -y * ahead_m, ahead_m);
            struct fixture fixture = {
                .kind = (enum fixture_kind)kind, .a_m = at_m, .radius_m = 0.02};
            fixture.b = vec3_add(at_m, of_tip(arm, 0.01, 0, 0));
            if (kind == FIXTURE_PLANE)
                fixture.b = of_tip(arm, 0, sin(y), -cos(y));
            if (kind == FIXTURE_INSIDE)
                fixture.a_m = arm->tip.position_m;
            if (kind == FIXTURE_BOX)
                fixture.b = (struct vec3){0.01, 0.01, 0.014};
            add(&world, fixture);
            push(arm, 0, -0.03 * y, 0.03);
            go_on(&world, 1000);
            assert_true(vec3_length(vec3_subtract(arm->tip.position_m, arm->goal.position_m)) >
                        5e-3); /* barred */
            arm->jaw_goal_rad = 0;
            go_on(&world, 1000);
            if (!(arm->joints[AXIS_JAW] < 1e-6))
                fail_msg("kind %d, %d aslant: open by %g rad", kind, aslant, arm->joints[AXIS_JAW]);
        }
}

/* A plane that was put where the arm is: one jaw leaves, the other comes no deeper than that one was. */
static void h31_jaws_that_begin_inside_can_shut(void **state)
{
    (void)state;
    struct world world = alone(0.8);
    struct track *arm = &world.arms[0];
    add(&world, (struct fixture){.kind = FIXTURE_PLANE,
                                 .a_m = arm->tip.position_m,
                                 .b = of_tip(arm, 0, 0.6, -0.8)});
    arm->jaw_goal_rad = 0;
    go_on(&world, 500);
    assert_true(arm->joints[AXIS_JAW] < 1e-6);
}

static void h31_open_jaws_slide_over_a_ball(void **state)
{
    (void)state;
    struct world world = alone(1.2);
    struct track *arm = &world.arms[0];
    add(&world, (struct fixture){
                    .kind = FIXTURE_OUTSIDE, .a_m = from_tip(arm, 0, 0, 0.044), .radius_m = 0.03});
    push(arm, 0.015, 0, 0.01);
    go_on(&world, 2000);
    assert_true(vec3_dot(vec3_subtract(arm->tip.position_m, world.guard.fixtures.at[0].a_m),
                         of_tip(arm, 1, 0, 0)) > 0.015);
    assert_true(room_without_margin_m(&world, 0) > MARGIN_M - FIXTURE_SLACK_M);
}

/* Both jaws reach the wall of a workspace: two barriers, less than 56 degrees from one another. */
static void h31_open_jaws_slide_along_the_inside_of_a_workspace(void **state)
{
    (void)state;
    struct world world = alone(1.2);
    struct track *arm = &world.arms[0];
    add(&world, (struct fixture){
                    .kind = FIXTURE_INSIDE, .a_m = from_tip(arm, 0, 0, -0.005), .radius_m = 0.018});
    struct vec3 start_m = arm->tip.position_m;
    push(arm, 0.006, 0, 0.006);
    go_on(&world, 2000);
    struct vec3 went_m = vec3_subtract(arm->tip.position_m, start_m);
    assert_true(vec3_dot(went_m, of_tip(arm, 1, 0, 0)) > 0.003);
    assert_true(room_without_margin_m(&world, 0) > MARGIN_M - FIXTURE_SLACK_M);
}

static void h32_jaws_that_meet_can_open_to_let_go(void **state)
{
    (void)state;
    struct world world = alone(0);
    world.count = 2;
    world.guard.keeps_apart = true;
    world.guard.apart_least_m = GUARD_APART_LEAST_M;
    world.arms[1] = world.arms[0];
    /* Upside down beside it, where its jaws open to; their jaws overlap by a fifth */
    const struct track *first = &world.arms[0];
    struct pose half_turn = {{0, 0, 0}, quat_from_rotation_vector((struct vec3){3.14159265, 0, 0})};
    struct vec3 at_m = from_tip(first, 0, 0.006, 1.8 * APART_JAWS_M);
    world.guard.centres[1] = half_turn;
    world.guard.centres[1].position_m =
        vec3_subtract(at_m, quat_rotate(half_turn.orientation, world.arms[1].tip.position_m));
    push(&world.arms[0], 0, 0.004, 0);
    go_on(&world, 1000);
    struct apart_shaft shafts[2];
    for (int i = 0; i < 2; i++)
        shafts[i] = apart_shaft(tool, &world.guard.centres[i], world.arms[i].joints);
    double room_m = apart_look(&shafts[0], &shafts[1], GUARD_APART_LEAST_M).room_m;
    assert_true(room_m < 1e-4); /* they touch */
    for (int i = 0; i < 2; i++) {
        world.arms[i].jaw_goal_rad = 0.4;
        go_on(&world, 1000);
        assert_true(fabs(world.arms[i].joints[AXIS_JAW] - 0.4) < 1e-6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h31_at_a_wall_and_asked_to_open_a_turn_away_arrives),
        cmocka_unit_test(h31_while_a_turn_is_barred_jaws_open_beside_and_shut),
        cmocka_unit_test(h31_what_is_pushed_along_a_wall_can_be_let_go),
        cmocka_unit_test(h31_jaws_that_point_at_a_fixture_can_shut),
        cmocka_unit_test(h31_jaws_that_begin_inside_can_shut),
        cmocka_unit_test(h31_open_jaws_slide_over_a_ball),
        cmocka_unit_test(h31_open_jaws_slide_along_the_inside_of_a_workspace),
        cmocka_unit_test(h32_jaws_that_meet_can_open_to_let_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
