/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two arms whose goals leap about among random fixtures: what every tick must keep. */
#include "unit/cmocka_base.h"

#include <string.h>

#include "motion/guard.h"
#include "motion/layout.h"
#include "unit/motion/random_pose.h"

#define MS UINT64_C(1000000)
#define MARGIN_M 1e-3

enum { ARMS = 2, TICKS = 4000 };

static const struct instrument *const tool = &INSTRUMENT_LARGE_NEEDLE_DRIVER;
static const struct track_limits limits = TRACK_LIMITS_STANDARD;

struct world {
    uint64_t seed;
    struct random random;
    struct guard guard;
    struct track arms[ARMS];
    double deepest_m,
        nearest_m; /* least that was left of margin, to tip and jaws, and of distance */
    double rod_deepest_m,
        scope_m;      /* likewise of the shafts in forbidden regions, and to the endoscope */
    unsigned touched; /* ticks with a barrier in the way */
};

static struct vec3 random_place(struct random *random, double wide_m)
{
    return (struct vec3){random_between(random, -wide_m, wide_m),
                         random_between(random, -wide_m, wide_m),
                         random_between(random, -wide_m, wide_m)};
}

static struct vec3 in_world(const struct world *world, unsigned arm, struct vec3 in_arm_m)
{
    const struct pose *centre = &world->guard.centres[arm];
    return vec3_add(centre->position_m, quat_rotate(centre->orientation, in_arm_m));
}

/* What is left between a shaft and the margin of a fixture; much where it does not forbid. */
static double shaft_room_m(const struct world *world, unsigned arm, unsigned index)
{
    const struct fixtures *fixtures = &world->guard.fixtures;
    struct apart_shaft shaft =
        apart_shaft(tool, &world->guard.centres[arm], world->arms[arm].joints);
    if (!fixture_forbids(&fixtures->at[index]))
        return 1;
    return fixture_look_rod(fixtures, index, shaft.centre_m, shaft.wrist_m, APART_RADIUS_M).room_m;
}

static double line_room_m(const struct world *world, unsigned index, struct vec3 from_m,
                          struct vec3 to_m)
{
    enum { PLACES = 20 };
    double least_m = INFINITY;
    for (int i = 0; i <= PLACES; i++) {
        struct vec3 way_m = vec3_scale(vec3_subtract(to_m, from_m), (double)i / PLACES);
        struct vec3 at_m = vec3_add(from_m, way_m);
        least_m = fmin(least_m, fixture_look(&world->guard.fixtures, index, at_m).room_m);
    }
    return least_m;
}

/* What is left between tip, jaws and what is between these, and the margin of a fixture, looked at place by place. */
static double jaws_room_m(const struct world *world, unsigned arm, unsigned index)
{
    struct apart_shaft shaft =
        apart_shaft(tool, &world->guard.centres[arm], world->arms[arm].joints);
    struct vec3 reach_m[APART_JAWS];
    guard_reach(&shaft, MARGIN_M, reach_m);
    double least_m = line_room_m(world, index, reach_m[0], reach_m[1]);
    for (int jaw = 0; jaw < APART_JAWS; jaw++)
        least_m = fmin(least_m, line_room_m(world, index, shaft.tip_m, reach_m[jaw]));
    return least_m;
}

/* A fixture of any kind that no instrument is in yet. */
static void add_fixture(struct world *world)
{
    struct fixtures *fixtures = &world->guard.fixtures;
    struct random *random = &world->random;
    struct fixture *fixture = &fixtures->at[fixtures->count];
    bool is_free = false;
    while (!is_free) {
        *fixture = (struct fixture){.kind = (enum fixture_kind)random_below(random, 5),
                                    .a_m = random_place(random, 0.06),
                                    .radius_m = random_between(random, 2e-3, 0.02)};
        fixture->b = vec3_add(fixture->a_m, random_place(random, 0.03));
        if (fixture->kind == FIXTURE_PLANE)
            fixture->b = quat_rotate(random_turn(random), (struct vec3){1, 0, 0});
        if (fixture->kind == FIXTURE_BOX)
            fixture->b = (struct vec3){0.004, 0.008, 0.012};
        if (fixture->kind == FIXTURE_INSIDE)
            fixture->radius_m = random_between(random, 0.08, 0.2);
        is_free = true;
        for (unsigned arm = 0; arm < ARMS; arm++)
            is_free &= jaws_room_m(world, arm, fixtures->count) > 0 &&
                       shaft_room_m(world, arm, fixtures->count) > 0;
    }
    fixtures->count++;
}

static void set_up(struct world *world, uint64_t seed)
{
    memset(world, 0, sizeof *world);
    world->seed = seed;
    random_seed(&world->random, seed);
    world->guard.keeps_apart = true;
    world->guard.apart_least_m = GUARD_APART_LEAST_M;
    world->guard.fixtures.margin_m = MARGIN_M;
    world->deepest_m = world->nearest_m = world->rod_deepest_m = world->scope_m = 1;
    const struct pose camera = layout_camera(&LAYOUT_STANDARD, LAYOUT_STANDARD.camera_ready_jp);
    world->guard.has_scope = true;
    world->guard.scope = apart_scope(LAYOUT_STANDARD.camera_arm.position_m, camera.position_m);
    for (unsigned arm = 0; arm < ARMS; arm++) {
        world->guard.centres[arm] = LAYOUT_STANDARD.arms[arm];
        track_place(&world->arms[arm], tool, INSTRUMENT_READY_JP);
        world->arms[arm].goal = world->arms[arm].tip;
    }
    for (uint64_t i = 1 + random_below(&world->random, 6); i; i--)
        add_fixture(world);
}

/* Somewhere in the field, or where the other arm's tip is. */
static void leap(struct world *world, unsigned arm)
{
    struct random *random = &world->random;
    struct vec3 place_m = random_place(random, 0.06);
    if (random_chance(random, 0.4))
        place_m = in_world(world, 1 - arm, world->arms[1 - arm].tip.position_m);
    else if (random_chance(random, 0.2))
        place_m = world->guard.scope.tip_m;
    const struct pose *centre = &world->guard.centres[arm];
    world->arms[arm].jaw_goal_rad = random_between(random, -0.3, tool->most[AXIS_JAW]);
    world->arms[arm].goal = (struct pose){
        quat_rotate(quat_conjugate(centre->orientation),
                    vec3_subtract(place_m, centre->position_m)),
        quat_multiply(quat_from_rotation_vector(random_place(random, 0.8)),
                      world->arms[arm].tip.orientation),
    };
}

static void judge(struct world *world)
{
    struct apart_shaft shafts[ARMS];
    for (unsigned arm = 0; arm < ARMS; arm++) {
        for (unsigned i = 0; i < world->guard.fixtures.count; i++)
            world->deepest_m = fmin(world->deepest_m, jaws_room_m(world, arm, i));
        for (unsigned i = 0; i < world->guard.fixtures.count; i++)
            world->rod_deepest_m = fmin(world->rod_deepest_m, shaft_room_m(world, arm, i));
        shafts[arm] = apart_shaft(tool, &world->guard.centres[arm], world->arms[arm].joints);
    }
    for (unsigned arm = 0; arm < ARMS; arm++)
        world->scope_m =
            fmin(world->scope_m, apart_look_scope(&shafts[arm], &world->guard.scope, 0).room_m);
    if (!(world->rod_deepest_m > -FIXTURE_SLACK_M))
        fail_msg("seed %d: a shaft %g mm into a margin", (int)world->seed,
                 -world->rod_deepest_m * 1e3);
    if (!(world->scope_m > GUARD_APART_LEAST_M - 1e-3))
        fail_msg("seed %d: an instrument is %g mm from the endoscope", (int)world->seed,
                 world->scope_m * 1e3);
    double apart_m = apart_look(&shafts[0], &shafts[1], GUARD_APART_LEAST_M).room_m;
    world->nearest_m = fmin(world->nearest_m, apart_m);
    if (!(world->deepest_m > -FIXTURE_SLACK_M))
        fail_msg("seed %d: %g mm into a margin", (int)world->seed, -world->deepest_m * 1e3);
    if (!(world->nearest_m > -1e-3))
        fail_msg("seed %d: the instruments are nearer than they may be by %g mm", (int)world->seed,
                 -apart_m * 1e3);
}

static void live(struct world *world, uint64_t seed)
{
    const struct track_step step = {tool, &limits, NULL, MS};
    set_up(world, seed);
    for (int tick = 0; tick < TICKS; tick++)
        for (unsigned arm = 0; arm < ARMS; arm++) {
            if (random_chance(&world->random, 0.01))
                leap(world, arm);
            world->touched +=
                guard_go_ahead(&world->guard, world->arms, ARMS, arm, &step, true).bars != 0;
            track_come_after(&world->arms[arm], &step);
            judge(world);
        }
}

static void h31_h32_no_tip_enters_a_margin_and_no_instrument_meets_the_other(void **state)
{
    (void)state;
    enum { SEEDS = 60 / UNIT_SLOWER + 4 };
    static struct world world;
    double deepest_m = 1, nearest_m = 1, rod_m = 1, scope_m = 1;
    unsigned touched = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        live(&world, seed);
        deepest_m = fmin(deepest_m, world.deepest_m);
        nearest_m = fmin(nearest_m, world.nearest_m);
        rod_m = fmin(rod_m, world.rod_deepest_m);
        scope_m = fmin(scope_m, world.scope_m);
        touched += world.touched;
    }
    print_message(
        "# deepest in a margin %.4f mm, instruments %.3f mm from what they keep, touched %.0f %%\n",
        -deepest_m * 1e3, nearest_m * 1e3, 100.0 * touched / SEEDS / TICKS / ARMS);
    print_message("# shafts %.4f mm into a margin, %.3f mm from the endoscope\n", -rod_m * 1e3,
                  scope_m * 1e3);
    assert_true(rod_m < 1e-4 && scope_m < GUARD_APART_LEAST_M + 1e-3); /* they came so far */
    assert_true(touched > SEEDS * TICKS / 5); /* the runs did meet what they are about */
    assert_true(nearest_m < 1e-3);
}

/* One arm, its remote centre the world's. */
static struct world alone(struct fixture fixture)
{
    struct world world;
    memset(&world, 0, sizeof world);
    world.guard.fixtures = (struct fixtures){MARGIN_M, 1, {fixture}};
    world.guard.centres[0] = POSE_IDENTITY;
    track_place(&world.arms[0], tool, INSTRUMENT_READY_JP);
    world.arms[0].goal = world.arms[0].tip;
    return world;
}

static void h31_it_slides_along_a_plane_to_the_point_nearest_to_its_goal(void **state)
{
    (void)state;
    const struct track_step step = {tool, &limits, NULL, MS};
    struct world world =
        alone((struct fixture){.kind = FIXTURE_PLANE, .a_m = {0, 0, -0.13}, .b = {0, 0, 1}});
    world.arms[0].goal.position_m = (struct vec3){0.02, 0.01, -0.15};
    for (int i = 0; i < 600; i++) {
        (void)guard_go_ahead(&world.guard, world.arms, 1, 0, &step, true);
        track_come_after(&world.arms[0], &step);
    }
    struct vec3 end = {0.02, 0.01, -0.129 + APART_JAWS_M}; /* the jaws point straight down */
    assert_true(vec3_length(vec3_subtract(world.arms[0].tip.position_m, end)) < 1e-5);
}

/* Sideways beside a wall, with jaws that are asked to open into it; then the hand goes on and they may. */
static void h31_jaws_open_only_as_far_as_there_is_room_and_the_tip_goes_on(void **state)
{
    (void)state;
    const struct track_step step = {tool, &limits, NULL, MS};
    struct world world = alone((struct fixture){.kind = FIXTURE_PLANE});
    struct track *arm = &world.arms[0];
    struct fixture *wall = &world.guard.fixtures.at[0];
    struct vec3 along = quat_rotate(arm->tip.orientation, (struct vec3){1, 0, 0});
    wall->b = quat_rotate(arm->tip.orientation, (struct vec3){0, 1, 0}); /* where jaws open to */
    wall->a_m = vec3_add(arm->tip.position_m, vec3_scale(wall->b, -0.003));
    arm->jaw_goal_rad = tool->most[AXIS_JAW];
    for (int i = 0; i < 2000; i++) {
        if (i == 1000) /* they are asked to open all the while */
            arm->goal.position_m = vec3_add(arm->goal.position_m, vec3_scale(along, 0.02));
        (void)guard_go_ahead(&world.guard, world.arms, 1, 0, &step, true);
        track_come_after(arm, &step);
        assert_true(jaws_room_m(&world, 0, 0) > -FIXTURE_SLACK_M);
    }
    /* 2 mm aside, each by half the angle */
    assert_true(fabs(arm->joints[AXIS_JAW] - 2 * asin(0.002 / APART_JAWS_M)) < 0.01);
    assert_true(vec3_length(vec3_subtract(arm->tip.position_m, arm->goal.position_m)) < 1e-5);
    arm->goal.position_m = vec3_add(arm->goal.position_m, vec3_scale(wall->b, 0.02));
    for (int i = 0; i < 3000; i++) {
        (void)guard_go_ahead(&world.guard, world.arms, 1, 0, &step, true);
        track_come_after(arm, &step);
    }
    assert_true(fabs(arm->joints[AXIS_JAW] - tool->most[AXIS_JAW]) < 1e-9);
}

/* A vessel that lies across the way of a jaw, between its two ends. */
static void h31_no_part_of_a_jaw_passes_through_a_region(void **state)
{
    (void)state;
    const struct track_step step = {tool, &limits, NULL, MS};
    double half_m = APART_JAWS_M / 2;
    struct world world = alone((struct fixture){.kind = FIXTURE_CAPSULE, .radius_m = 2e-3});
    struct track *arm = &world.arms[0];
    struct fixture *vessel = &world.guard.fixtures.at[0];
    vessel->a_m = vec3_add(arm->tip.position_m, (struct vec3){0.01, -0.03, -half_m});
    vessel->b = vec3_add(vessel->a_m, (struct vec3){0, 0.06, 0});
    arm->goal.position_m.x += 0.02;
    for (int i = 0; i < 1000; i++) {
        (void)guard_go_ahead(&world.guard, world.arms, 1, 0, &step, true);
        track_come_after(arm, &step);
        assert_true(jaws_room_m(&world, 0, 0) > -FIXTURE_SLACK_M);
    }
    assert_true(arm->tip.position_m.x < vessel->a_m.x);
}

static void h31_a_tip_that_begins_inside_may_only_leave(void **state)
{
    (void)state;
    const struct track_step step = {tool, &limits, NULL, MS};
    struct world world =
        alone((struct fixture){.kind = FIXTURE_OUTSIDE, .a_m = {0, 0, -0.1135}, .radius_m = 0.01});
    struct pose start = world.arms[0].tip;
    world.arms[0].goal.position_m.x += 0.02;
    double before_m = -1, room_m = -1;
    for (int i = 0; i < 300; i++) {
        (void)guard_go_ahead(&world.guard, world.arms, 1, 0, &step, true);
        track_come_after(&world.arms[0], &step);
        room_m = fixture_look(&world.guard.fixtures, 0, world.arms[0].tip.position_m).room_m;
        assert_true(room_m >= before_m - 1e-6);
        before_m = fmin(room_m, 0);
    }
    assert_true(room_m > 0 && world.arms[0].tip.position_m.x > start.position_m.x + 0.01);
}

/* An instrument with shut jaws. */
static struct apart_shaft straight(struct vec3 centre_m, struct vec3 wrist_m, struct vec3 tip_m,
                                   struct vec3 end_m)
{
    return (struct apart_shaft){centre_m, wrist_m, tip_m, end_m, {end_m, end_m}};
}

static void h32_the_shafts_are_where_the_instrument_is(void **state)
{
    (void)state;
    struct pose centre = {{0.1, 0.2, 0.3}, {1, 0, 0, 0}};
    const double joints[INSTRUMENT_AXES] = {0.3, -0.2, 0.15, 0.5, 0, 0, 0};
    struct apart_shaft shaft = apart_shaft(tool, &centre, joints);
    struct vec3 whole = vec3_subtract(shaft.tip_m, shaft.centre_m);
    struct vec3 wrist = vec3_subtract(shaft.wrist_m, shaft.centre_m);
    assert_true(fabs(vec3_length(whole) - vec3_length(wrist) - tool->wrist_m) < 1e-9);
    assert_true(vec3_length(vec3_cross(whole, wrist)) < 1e-9); /* straight: one line */
    struct vec3 jaws = vec3_subtract(shaft.ends_m[0], shaft.tip_m);
    assert_true(fabs(vec3_length(jaws) - APART_JAWS_M) < 1e-12);
    assert_true(fabs(vec3_dot(jaws, wrist) - APART_JAWS_M * vec3_length(wrist)) < 1e-9); /* ahead */
    assert_true(vec3_length(vec3_subtract(shaft.ends_m[1], shaft.ends_m[0])) < 1e-12);   /* shut */

    const struct apart_shaft upright =
        straight((struct vec3){0, 0, 0}, (struct vec3){0, 0, -0.1}, (struct vec3){0, 0, -0.11},
                 (struct vec3){0, 0, -0.12});
    const struct apart_shaft level =
        straight((struct vec3){0.03, -0.1, -0.05}, (struct vec3){0.03, 0.1, -0.05},
                 (struct vec3){0.03, 0.11, -0.05}, (struct vec3){0.03, 0.12, -0.05});
    struct barrier barrier = apart_look(&upright, &level, 0.005);
    assert_true(fabs(barrier.room_m - (0.03 - 0.008 - 0.005)) < 1e-12);
    assert_true(fabs(barrier.away.x + 1) < 1e-12);
}

/* Two level instruments whose wrists bend towards one another. */
static void h32_jaws_may_meet_and_nothing_else_may(void **state)
{
    (void)state;
    const struct vec3 nowhere = {0, 0, 0};
    const struct apart_shaft left = straight((struct vec3){-0.2, 0, 0}, (struct vec3){-0.01, 0, 0},
                                             nowhere, (struct vec3){0.01, 0, 0});
    struct apart_shaft right = straight((struct vec3){0.2, 0, 0}, (struct vec3){0.033, 0, 0},
                                        (struct vec3){0.024, 0, 0}, (struct vec3){0.0145, 0, 0});
    assert_true(fabs(apart_look(&left, &right, 0.005).room_m - 0.0005) < 1e-9);
    const struct apart_shaft scope = apart_scope((struct vec3){0.2, 0, 0}, right.tip_m);
    assert_true(fabs(apart_look_scope(&left, &scope, 0.005).room_m - 0.001) < 1e-9);
    right = straight((struct vec3){-0.05, 0.2, 0}, (struct vec3){-0.05, 0.03, 0},
                     (struct vec3){-0.05, 0.021, 0}, (struct vec3){-0.05, 0.0105, 0});
    assert_true(fabs(apart_look(&left, &right, 0.005).room_m + 0.0005) < 1e-9); /* jaws at shaft */
    assert_true(fabs(apart_look(&right, &left, 0.005).room_m + 0.0005) < 1e-9);
    right.ends_m[1] = (struct vec3){-0.05, 0.0085, 0}; /* one of them reaches further */
    assert_true(fabs(apart_look(&left, &right, 0.005).room_m + 0.0025) < 1e-9);
    assert_true(fabs(apart_look(&right, &left, 0.005).room_m + 0.0025) < 1e-9);
    right = straight((struct vec3){0, 0.2, 0}, (struct vec3){0, 0.03, 0},
                     (struct vec3){0, 0.021, 0}, /* beside the other's head */
                     (struct vec3){0, 0.0055, 0});
    assert_true(fabs(apart_look(&left, &right, 0.005).room_m + 0.0005) < 1e-9);
    right = straight((struct vec3){-0.05, 0.2, 0.01}, (struct vec3){-0.05, -0.1, 0.01},
                     (struct vec3){-0.05, -0.11, 0.01}, (struct vec3){-0.05, -0.12, 0.01});
    assert_true(fabs(apart_look(&left, &right, 0.005).room_m + 0.003) < 1e-9); /* shafts */
}

/* An open jaw reaches where a shut one does not: its end is where the finger's is. */
static void h32_an_open_jaw_counts_as_far_open_as_it_is(void **state)
{
    (void)state;
    struct pose centre = {{0.1, 0.2, 0.3}, quat_from_rotation_vector((struct vec3){0.2, 0.5, 0})};
    const double half_rad = 0.6;
    const double joints[INSTRUMENT_AXES] = {0.3, -0.2, 0.15, 0.5, 0.4, -0.3, 2 * half_rad};
    struct apart_shaft shaft = apart_shaft(tool, &centre, joints);
    struct pose tip = instrument_forward(tool, joints);
    tip = pose_from_frame(&centre, &tip);
    for (int jaw = 0; jaw < APART_JAWS; jaw++) {
        struct vec3 along = vec3_subtract(shaft.ends_m[jaw], shaft.tip_m);
        along = quat_rotate(quat_conjugate(tip.orientation), along);
        assert_true(fabs(vec3_length(along) - APART_JAWS_M) < 1e-12);
        assert_true(fabs(along.z - cos(half_rad) * APART_JAWS_M) < 1e-12);
        assert_true(fabs(along.y - (jaw ? 1 : -1) * sin(half_rad) * APART_JAWS_M) < 1e-12);
    }
}

static void h31_an_arm_that_begins_inside_is_told_of_by_the_fixture(void **state)
{
    (void)state;
    static const char text[] = "fixtures 1\n"
                               "margin 1mm\n"
                               "plane floor 0mm 0mm 0mm 0 0 1\n"
                               "sphere work inside 0mm 0mm 100mm 300mm\n"
                               "sphere left outside -80mm -10mm 120mm 5mm\n"
                               "sphere tips outside 0mm 0mm 0mm 60mm\n"
                               "sphere far outside 0mm 500mm 0mm 60mm\n"
                               "plane roof 0mm 0mm 300mm 0 0 1\n";
    static const bool is_inside[ARMS][6] = {{false, false, true, true, false, true},
                                            {false, false, false, true, false, true}};
    struct guard guard = {0};
    struct sheet_fault fault;
    assert_true(fixtures_read(&guard.fixtures, text, sizeof text - 1, &fault));
    for (unsigned arm = 0; arm < ARMS; arm++) {
        guard.centres[arm] = LAYOUT_STANDARD.arms[arm];
        for (unsigned i = 0; i < guard.fixtures.count; i++)
            if (guard_is_inside(&guard, tool, arm, INSTRUMENT_READY_JP, i) != is_inside[arm][i])
                fail_msg("arm %u, '%s'", arm + 1, guard.fixtures.at[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h31_h32_no_tip_enters_a_margin_and_no_instrument_meets_the_other),
        cmocka_unit_test(h32_jaws_may_meet_and_nothing_else_may),
        cmocka_unit_test(h32_an_open_jaw_counts_as_far_open_as_it_is),
        cmocka_unit_test(h31_jaws_open_only_as_far_as_there_is_room_and_the_tip_goes_on),
        cmocka_unit_test(h31_no_part_of_a_jaw_passes_through_a_region),
        cmocka_unit_test(h31_it_slides_along_a_plane_to_the_point_nearest_to_its_goal),
        cmocka_unit_test(h31_a_tip_that_begins_inside_may_only_leave),
        cmocka_unit_test(h32_the_shafts_are_where_the_instrument_is),
        cmocka_unit_test(h31_an_arm_that_begins_inside_is_told_of_by_the_fixture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
