/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/motion/follow_bench.h"

#include <string.h>

static void the_tip_goes_where_the_hand_went_scaled(void **state)
{
    (void)state;
    struct bench bench = moving();
    struct pose base = bench.follow.paths[0].map.base;
    bench.gesture.hands[0].pose.orientation =
        quat_from_rotation_vector((struct vec3){0.05, -0.06, 0.02});
    move(&bench, 0.1, 1);
    move(&bench, 0, 300);
    struct vec3 went = vec3_subtract(tip(&bench), base.position_m);
    assert_true(fabs(went.x - 0.2 * bench.gesture.hands[0].pose.position_m.x) < 1e-9);
    assert_true(fabs(went.y) < 1e-9 && fabs(went.z) < 1e-9);
    struct quat turned =
        quat_multiply(bench.follow.arms[0].tip.orientation, quat_conjugate(base.orientation));
    assert_true(quat_angle_between_rad(turned, bench.gesture.hands[0].pose.orientation) < 1e-9);
}

static void the_lag_behind_a_moving_hand_is_a_few_milliseconds(void **state)
{
    (void)state;
    struct bench bench = moving();
    double goal = bench.follow.arms[0].goal.position_m.x;
    assert_true(goal - tip(&bench).x < 0.02 * 5e-3); /* 20 mm/s at the tip: under 5 ms */
}

/* Clutched in with these settings, and moved along x at 100 mm/s for a second. */
static struct bench moved_with(struct follow_settings settings, struct quat picture)
{
    struct bench bench = ready();
    bench.follow.settings.path = settings.path;
    bench.follow.settings.guard = settings.guard;
    if (settings.guard)
        bench.follow.guard = *settings.guard;
    follow_set_picture(&bench.follow, 0, picture);
    assert_int_equal(send(&bench), FOLLOW_APPLIED);
    tick(&bench);
    pedal(&bench, true);
    move(&bench, 0.1, 1000);
    return bench;
}

static void without_tremor_the_lag_is_longer_by_what_its_header_says(void **state)
{
    (void)state;
    struct follow_settings settings = {.path = {.steadies = true}};
    struct bench steady = moved_with(settings, QUAT_IDENTITY);
    settings.path.steadies = false;
    struct bench plain = moved_with(settings, QUAT_IDENTITY);
    double later_m = tip(&plain).x - tip(&steady).x;
    assert_true(fabs(later_m - 0.02 * (double)TREMOR_DELAY_NS * 1e-9) < 0.02 * 0.5e-3);
}

/* Metres a second, of a hand at 0.9 m/s once the tip has come up with it. */
static double tip_speed_m_s(struct bench *bench)
{
    move(bench, 0.9, 80);
    struct vec3 from = tip(bench);
    move(bench, 0.9, 20);
    return moved_since_m(bench, from) / 0.02;
}

static void h43_near_too_much_force_the_tip_goes_slower_and_as_far(void **state)
{
    (void)state;
    struct bench bench = moving();
    struct vec3 base = bench.follow.paths[0].map.base.position_m;
    const double most_m_s = bench.follow.settings.limits.speed_max_m_s;
    assert_true(fabs(tip_speed_m_s(&bench) - 0.2 * 0.9) < 5e-3); /* as the hand, under the limit */
    gates_read(&bench.follow.gates, GATE_FORCE_NEAR, 1e3, true);
    assert_true(fabs(tip_speed_m_s(&bench) - FOLLOW_SLOW_SHARE * most_m_s) < 1e-3);
    assert_int_equal(bench.follow.reaction, REACTION_SCALE_DOWN);
    move(&bench, 0, 500); /* the scale is the same: it comes where the hand is, later */
    assert_true(fabs(tip(&bench).x - base.x - 0.2 * bench.gesture.hands[0].pose.position_m.x) <
                1e-6);
    gates_read(&bench.follow.gates, GATE_FORCE_NEAR, 0, true);
    assert_true(fabs(tip_speed_m_s(&bench) - 0.2 * 0.9) < 5e-3);
}

static void h39_the_hand_s_way_is_turned_as_the_camera_stood_at_clutch_in(void **state)
{
    (void)state;
    const struct follow_settings settings = {.path = {.steadies = false}};
    struct quat quarter = {sqrt(0.5), 0, 0, sqrt(0.5)}; /* x becomes y */
    struct bench bench = moved_with(settings, quarter);
    struct vec3 base = bench.follow.paths[0].map.base.position_m;
    assert_true(tip(&bench).y - base.y > 0.019 && fabs(tip(&bench).x - base.x) < 1e-9);
    follow_set_picture(&bench.follow, 0, QUAT_IDENTITY); /* the camera moves: not under the hand */
    move(&bench, 0.1, 100);
    assert_true(tip(&bench).y - base.y > 0.021 && fabs(tip(&bench).x - base.x) < 1e-9);
}

static void h31_a_fixture_stops_the_tip_whatever_the_hand_asks(void **state)
{
    (void)state;
    static const struct guard guard = {
        .fixtures = {1e-3, 1, {{.kind = FIXTURE_PLANE, .a_m = {0.01, 0, 0}, .b = {-1, 0, 0}}}},
        .centres = {{.orientation = {1, 0, 0, 0}}, {.orientation = {1, 0, 0, 0}}},
    };
    const struct follow_settings settings = {.guard = &guard};
    struct bench bench = moved_with(settings, QUAT_IDENTITY);
    assert_true(fabs(tip(&bench).x - 0.009) < FIXTURE_SLACK_M);
    assert_int_equal(bench.follow.supervisor.cause, HOLD_NONE);
    assert_int_equal(bench.follow.limits[0], FOLLOW_LIMIT_FIXTURE); /* and it is told */
    assert_true(bench.follow.gates.failing & GATE_BIT(GATE_WORKSPACE));
    double least_mm = bench.follow.gates.records[GATE_WORKSPACE].worst; /* and how near it came */
    assert_true(fabs(least_mm) < FIXTURE_SLACK_M * 1e3);
    pedal(&bench, false);
    assert_int_equal(send(&bench), FOLLOW_APPLIED);
    tick(&bench);
    assert_int_equal(bench.follow.limits[0], 0);
}

static void h36_a_new_scale_moves_nothing_and_holds_for_what_comes(void **state)
{
    (void)state;
    const struct follow_settings settings = {.path = {.steadies = false}};
    struct bench bench = moved_with(settings, QUAT_IDENTITY);
    move(&bench, 0, 100);
    struct vec3 at = tip(&bench);
    for (int i = 0; i < 100; i++) {
        follow_set_scale(&bench.follow, 0.5);
        move(&bench, 0, 1);
    }
    assert_true(moved_since_m(&bench, at) < 1e-9);
    move(&bench, 0.1, 100);
    move(&bench, 0, 100);
    assert_true(fabs(tip(&bench).x - at.x - 0.5 * 0.01) < 1e-9);
}

static void h36_locks_on_the_wire_keep_place_or_turn_and_nothing_jumps(void **state)
{
    (void)state;
    const struct follow_settings settings = {.path = {.steadies = false}};
    struct bench bench = moved_with(settings, QUAT_IDENTITY);
    move(&bench, 0, 100);
    struct pose at = bench.follow.arms[0].tip;
    struct quat turned = quat_from_rotation_vector((struct vec3){0, 0, 0.06});
    bench.gesture.flags |= GESTURE_LOCK_PLACE;
    bench.gesture.hands[0].pose.orientation = turned;
    move(&bench, 0.1, 200);
    assert_true(moved_since_m(&bench, at.position_m) < 1e-9);
    double off_rad = quat_angle_between_rad(bench.follow.arms[0].tip.orientation, at.orientation);
    assert_true(fabs(off_rad - 0.06) < 1e-3);
    at = bench.follow.arms[0].tip;
    bench.gesture.flags =
        GESTURE_ENGAGED | GESTURE_LOCK_TURN; /* what it did meanwhile is forgotten */
    move(&bench, 0, 100);
    assert_true(moved_since_m(&bench, at.position_m) < 1e-6);
    bench.gesture.hands[0].pose.orientation = QUAT_IDENTITY;
    move(&bench, 0.1, 200);
    move(&bench, 0, 100);
    assert_true(fabs(moved_since_m(&bench, at.position_m) - 0.2 * 0.02) < 1e-6);
    off_rad = quat_angle_between_rad(bench.follow.arms[0].tip.orientation, at.orientation);
    assert_true(off_rad < 1e-3);
    pedal(&bench, false); /* and from a clutch-in on */
    assert_int_equal(send(&bench), FOLLOW_APPLIED);
    pedal(&bench, true);
    bench.gesture.flags |= GESTURE_LOCK_PLACE;
    at = bench.follow.arms[0].tip;
    move(&bench, 0.1, 200);
    assert_true(moved_since_m(&bench, at.position_m) < 1e-9);
}

static void a_second_clutch_moves_on_from_where_the_first_left(void **state)
{
    (void)state;
    struct bench bench = moving();
    move(&bench, 0, 100);
    pedal(&bench, false);
    struct vec3 at = tip(&bench);
    for (int i = 0; i < 100; i++) { /* the hand goes back in the air */
        bench.gesture.hands[0].pose.position_m.x -= 2e-4;
        assert_int_equal(send(&bench), FOLLOW_APPLIED);
        tick(&bench);
    }
    assert_int_equal(bench.follow.supervisor.cause, HOLD_RELEASED);
    assert_true(moved_since_m(&bench, at) < 1e-9);
    pedal(&bench, true);
    move(&bench, 0.1, 100);
    move(&bench, 0, 50);
    assert_true(fabs(tip(&bench).x - at.x - 0.2 * 0.01) < 1e-9);
}

static void h04_a_gesture_is_applied_once_and_in_order(void **state)
{
    (void)state;
    struct bench bench = moving();
    struct follow_sample old = sample_of(&bench);
    assert_int_equal(follow_gesture(&bench.follow, &old, bench.now_ns), FOLLOW_DUPLICATE);
    move(&bench, 0.1, 3);
    struct pose goal = bench.follow.arms[0].goal;
    for (int i = 0; i < 5; i++, old.sequence--)
        assert_int_equal(follow_gesture(&bench.follow, &old, bench.now_ns), FOLLOW_DUPLICATE);
    assert_memory_equal(&goal, &bench.follow.arms[0].goal, sizeof goal);
    assert_int_equal(bench.follow.supervisor.cause, HOLD_NONE);
}

static void h04_a_gesture_of_an_old_clutch_or_from_the_past_is_refused(void **state)
{
    (void)state;
    struct bench bench = moving();
    bench.gesture.clutch_id--;
    assert_int_equal(send(&bench), FOLLOW_REFUSED);
    bench.gesture.clutch_id++;
    bench.now_ns -= 10 * MS;
    assert_int_equal(send(&bench), FOLLOW_REFUSED);
    assert_int_equal(bench.follow.refused[MOTION_ERR_STAMP], 1);
    bench.now_ns += 10 * MS;
    move(&bench, 0.1, 5);
}

static void h04_a_clutch_whose_release_was_lost_starts_from_where_the_arm_is(void **state)
{
    (void)state;
    struct bench bench = moving();
    bench.gesture.clutch_id++;
    bench.gesture.hands[0].pose = POSE_IDENTITY;
    struct vec3 at = tip(&bench);
    move(&bench, 0, 50);
    assert_int_equal(bench.follow.supervisor.cause, HOLD_NONE);
    assert_true(moved_since_m(&bench, at) < 1e-9);
}

static void h05_a_gesture_without_meaning_moves_nothing_and_stops_nothing(void **state)
{
    (void)state;
    struct bench bench = moving();
    struct pose goal = bench.follow.arms[0].goal;
    struct gesture kept = bench.gesture;
    bench.gesture.hands[0].pose.position_m.y = (double)NAN;
    assert_int_equal(send(&bench), FOLLOW_REFUSED);
    bench.gesture = kept;
    bench.gesture.hands[0].pose.orientation.w = 1.5;
    assert_int_equal(send(&bench), FOLLOW_REFUSED);
    follow_refuse(&bench.follow, MOTION_ERR_LENGTH);
    assert_int_equal(bench.follow.refused[MOTION_ERR_NOT_FINITE], 1);
    assert_int_equal(bench.follow.refused[MOTION_ERR_NOT_UNIT], 1);
    assert_int_equal(bench.follow.refused[MOTION_ERR_LENGTH], 1);
    assert_int_equal(bench.follow.outcomes[FOLLOW_REFUSED], 3);
    assert_memory_equal(&goal, &bench.follow.arms[0].goal, sizeof goal);
    bench.gesture = kept;
    move(&bench, 0.1, 5);
}

/* What was left of a limit at the worst. */
static bool leaves(const struct bench *bench, unsigned key, double margin)
{
    return fabs(gates_margin(&bench->follow.gates, key) - margin) < 1e-6;
}

static void h06_a_leap_of_the_hand_is_refused_and_holds(void **state)
{
    (void)state;
    struct bench bench = moving();
    bench.gesture.hands[0].pose.position_m.y += 0.02; /* 20 mm in 1 ms; 7 are allowed */
    assert_int_equal(send(&bench), FOLLOW_REFUSED);
    assert_int_equal(bench.follow.gates.records[GATE_STEP].trips, 1);
    assert_true(leaves(&bench, GATE_STEP, 1 - 20.0 / 7));
    assert_holds(&bench, HOLD_STEP);
    assert_int_equal(bench.follow.gates.records[GATE_STEP].trips, 1); /* told once */
}

static void h06_how_near_a_step_came_to_its_limits_is_measured(void **state)
{
    (void)state;
    const double degree = 3.14159265358979323846 / 180, allowed_deg = 5 + 0.02 / degree;
    struct bench bench = moving(); /* 0.1 mm in each millisecond */
    assert_true(leaves(&bench, GATE_STEP, 1 - 0.1 / 7) && leaves(&bench, PROFILE_TURN, 1));
    bench.gesture.hands[0].pose.position_m.y += 6.9e-3;
    bench.gesture.hands[0].pose.orientation =
        quat_from_rotation_vector((struct vec3){0, 0.9 * allowed_deg * degree, 0});
    assert_int_equal(send(&bench), FOLLOW_APPLIED);
    assert_true(leaves(&bench, GATE_STEP, 0.1 / 7) && leaves(&bench, PROFILE_TURN, 0.1));
}

static void h06_the_site_says_how_far_a_hand_goes(void **state)
{
    (void)state;
    struct bench bench = moving();
    bench.follow.gates.profile.limits[GATE_STEP].most = 1; /* 5 mm and 1 */
    bench.gesture.hands[0].pose.position_m.y += 5.9e-3;
    assert_int_equal(send(&bench), FOLLOW_APPLIED);
    tick(&bench);
    bench.follow.gates.profile.limits[PROFILE_STEP_SLACK].most = 2;
    bench.gesture.hands[0].pose.position_m.y += 3.1e-3;
    assert_int_equal(send(&bench), FOLLOW_REFUSED);
    assert_holds(&bench, HOLD_STEP);
}

static void h06_a_turn_no_hand_makes_is_refused_and_holds(void **state)
{
    (void)state;
    struct bench bench = moving();
    bench.gesture.hands[0].pose.orientation = quat_from_rotation_vector((struct vec3){0, 0.5, 0});
    assert_int_equal(send(&bench), FOLLOW_REFUSED);
    assert_holds(&bench, HOLD_STEP);
}

static void h06_a_clutch_in_far_from_zero_is_refused_and_holds(void **state)
{
    (void)state;
    struct bench bench = moving();
    pedal(&bench, false);
    assert_int_equal(send(&bench), FOLLOW_APPLIED);
    tick(&bench);
    pedal(&bench, true);
    bench.gesture.hands[0].pose.position_m.z = 0.1;
    assert_int_equal(send(&bench), FOLLOW_REFUSED);
    assert_holds(&bench, HOLD_STEP);
}

static void h06_the_same_way_in_the_time_of_a_gap_is_no_leap(void **state)
{
    (void)state;
    struct bench bench = moving();
    idle(&bench, 150);
    bench.gesture.hands[0].pose.position_m.x += 0.1; /* 150 ms at 0.67 m/s */
    assert_int_equal(send(&bench), FOLLOW_APPLIED);
}

static void
what_a_joint_s_limit_leaves_is_measured_until_it_keeps_the_tip_from_its_goal(void **state)
{
    (void)state;
    struct bench bench = moving();
    const struct gates *gates = &bench.follow.gates;
    double room_mm = track_room_m(&bench.follow.arms[0], bench.follow.instrument) * 1e3;
    assert_true(fabs(gates->records[GATE_WORKSPACE].worst - room_mm) < 0.1);
    assert_false(gates->failing & GATE_BIT(GATE_WORKSPACE));
    bench.follow.arms[0].limited = 1;
    tick(&bench);
    assert_true(gates->failing & GATE_BIT(GATE_WORKSPACE));
    assert_true(fabs(gates_margin(gates, GATE_WORKSPACE) + 1) < 1e-9);
    tick(&bench);
    assert_false(gates->failing & GATE_BIT(GATE_WORKSPACE));
}

static void h07_a_goal_outside_the_limits_stops_at_them(void **state)
{
    (void)state;
    struct bench bench = ready();
    follow_set_scale(&bench.follow, 1);
    assert_int_equal(send(&bench), FOLLOW_APPLIED);
    pedal(&bench, true);
    for (int i = 0; i < 900; i++) { /* the hand pushes 450 mm in: insertion ends at 240 */
        bench.gesture.hands[0].pose.position_m.z -= 5e-4;
        assert_int_equal(send(&bench), FOLLOW_APPLIED);
        tick(&bench);
    }
    idle(&bench, 190);
    const struct track *arm = &bench.follow.arms[0];
    assert_true(arm->joints[AXIS_INSERTION] <= 0.24);
    assert_true(arm->joints[AXIS_INSERTION] > 0.24 - 1e-6);
    assert_true(arm->limited & 1 << AXIS_INSERTION);
}

static void the_jaw_chases_slowly_until_it_has_met_the_hand(void **state)
{
    (void)state;
    struct bench bench = ready();
    assert_int_equal(send(&bench), FOLLOW_APPLIED);
    pedal(&bench, true);
    bench.gesture.hands[0].jaw_rad = 0.3;
    move(&bench, 0, 100);
    double slow = bench.follow.arms[0].joints[AXIS_JAW];
    assert_true(slow > 0.05 && slow < 0.07); /* 0.2 pi rad/s */
    move(&bench, 0, 500);
    assert_true(bench.follow.arms[0].jaw_met);
    bench.gesture.hands[0].jaw_rad = 0.9;
    move(&bench, 0, 60);
    assert_true(fabs(bench.follow.arms[0].joints[AXIS_JAW] - 0.9) < 1e-9);
}

/* The jaws were told to shut and hold something; the next hands are wide open, and have chosen no scale. */
static void h25_h35_other_hands_begin_with_the_jaws_as_they_are_and_at_the_carts_scale(void **state)
{
    (void)state;
    struct bench bench = ready();
    double holds[INSTRUMENT_AXES];
    assert_int_equal(send(&bench), FOLLOW_APPLIED);
    pedal(&bench, true);
    bench.gesture.hands[0].jaw_rad = -0.17;
    follow_set_scale(&bench.follow, 1);
    move(&bench, 0, 600);
    const double *told = bench.follow.arms[0].joints;
    assert_true(fabs(told[AXIS_JAW] + 0.17) < 1e-9);
    memcpy(holds, told, sizeof holds);
    holds[AXIS_JAW] = 0.12;
    follow_measured(&bench.follow, 0, holds, 0);

    follow_lease_changed(&bench.follow, bench.now_ns);
    assert_true(fabs(bench.follow.scale - FOLLOW_STANDARD.scale) < 1e-12);
    idle(&bench, 300);
    pedal(&bench, false);
    bench.gesture.hands[0].jaw_rad = 1;
    move(&bench, 0, 10);
    pedal(&bench, true);
    move(&bench, 0, 1000);
    assert_true(supervisor_follows(&bench.follow.supervisor));
    assert_true(fabs(told[AXIS_JAW] + 0.17) < 1e-9);
    bench.gesture.hands[0].jaw_rad = 0.12; /* it feels what is held */
    move(&bench, 0, 100);
    assert_true(fabs(told[AXIS_JAW] + 0.17) < 1e-9);
    bench.gesture.hands[0].jaw_rad = 0.5;
    move(&bench, 0, 1500);
    assert_true(fabs(told[AXIS_JAW] - 0.5) < 1e-9);
}

/* The way out and in again moves the jaws, whatever the surgeon's grip was left at. */
static void h25_after_undocking_and_docking_jaws_wait_for_the_hand(void **state)
{
    (void)state;
    struct bench bench = ready();
    const double *told = bench.follow.arms[0].joints;
    assert_int_equal(send(&bench), FOLLOW_APPLIED);
    pedal(&bench, true);
    bench.gesture.hands[0].jaw_rad = 0.9;
    move(&bench, 0, 2000);
    assert_true(fabs(told[AXIS_JAW] - 0.9) < 1e-9);
    pedal(&bench, false);
    move(&bench, 0, 10);
    follow_order(&bench.follow, SUPERVISOR_UNDOCK, bench.now_ns);
    while (bench.follow.supervisor.state == SUPERVISOR_UNDOCKING)
        tick(&bench);
    follow_order(&bench.follow, SUPERVISOR_RESET, bench.now_ns);
    follow_order(&bench.follow, SUPERVISOR_ENABLE, bench.now_ns);
    follow_order(&bench.follow, SUPERVISOR_DOCK, bench.now_ns);
    while (bench.follow.supervisor.state == SUPERVISOR_DOCKING)
        tick(&bench);
    follow_order(&bench.follow, SUPERVISOR_ENABLE, bench.now_ns);
    assert_true(fabs(told[AXIS_JAW]) < 1e-9);
    move(&bench, 0, 10);
    pedal(&bench, true);
    move(&bench, 0, 1000);
    assert_true(supervisor_follows(&bench.follow.supervisor));
    assert_true(fabs(told[AXIS_JAW]) < 1e-9);
    bench.gesture.hands[0].jaw_rad = 0;
    move(&bench, 0, 100);
    bench.gesture.hands[0].jaw_rad = 0.3;
    move(&bench, 0, 1000);
    assert_true(fabs(told[AXIS_JAW] - 0.3) < 1e-9);
}

static void holds_are_recorded_with_cause_start_and_length(void **state)
{
    (void)state;
    struct bench bench = moving();
    uint64_t released_ns = bench.now_ns;
    pedal(&bench, false);
    assert_int_equal(send(&bench), FOLLOW_APPLIED);
    idle(&bench, 50);
    pedal(&bench, true);
    move(&bench, 0.1, 10);
    assert_int_equal(bench.follow.holds.count,
                     3); /* the start, the release before the first clutch-in, this */
    const struct hold_record *first = hold_log_at(&bench.follow.holds, 0);
    const struct hold_record *second = hold_log_at(&bench.follow.holds, 2);
    assert_int_equal(first->cause, HOLD_START);
    assert_int_equal(second->cause, HOLD_RELEASED);
    assert_true(second->start_ns == released_ns);
    assert_true(second->length_ns == 50 * MS);
    assert_false(second->open);
    assert_null(hold_log_at(&bench.follow.holds, 3));
}

static void a_report_says_what_was_applied_and_why_it_holds(void **state)
{
    (void)state;
    struct bench bench = moving();
    struct arm_state report;
    memset(&report, 0, sizeof report);
    follow_report(&bench.follow, &report);
    assert_int_equal(report.operating_state, OPERATING_ENABLED);
    assert_int_equal(report.hold_cause, HOLD_NONE);
    assert_int_equal(report.applied_sequence, bench.sequence);
    assert_int_equal(report.has_applied, 1);
    idle(&bench, 201);
    follow_report(&bench.follow, &report);
    assert_int_equal(report.operating_state, OPERATING_PAUSED);
    assert_int_equal(report.hold_cause, HOLD_SILENCE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tip_goes_where_the_hand_went_scaled),
        cmocka_unit_test(the_lag_behind_a_moving_hand_is_a_few_milliseconds),
        cmocka_unit_test(without_tremor_the_lag_is_longer_by_what_its_header_says),
        cmocka_unit_test(h39_the_hand_s_way_is_turned_as_the_camera_stood_at_clutch_in),
        cmocka_unit_test(h31_a_fixture_stops_the_tip_whatever_the_hand_asks),
        cmocka_unit_test(h36_a_new_scale_moves_nothing_and_holds_for_what_comes),
        cmocka_unit_test(h36_locks_on_the_wire_keep_place_or_turn_and_nothing_jumps),
        cmocka_unit_test(a_second_clutch_moves_on_from_where_the_first_left),
        cmocka_unit_test(h04_a_gesture_is_applied_once_and_in_order),
        cmocka_unit_test(h04_a_gesture_of_an_old_clutch_or_from_the_past_is_refused),
        cmocka_unit_test(h04_a_clutch_whose_release_was_lost_starts_from_where_the_arm_is),
        cmocka_unit_test(h05_a_gesture_without_meaning_moves_nothing_and_stops_nothing),
        cmocka_unit_test(h06_a_leap_of_the_hand_is_refused_and_holds),
        cmocka_unit_test(h06_how_near_a_step_came_to_its_limits_is_measured),
        cmocka_unit_test(h06_the_site_says_how_far_a_hand_goes),
        cmocka_unit_test(h06_a_turn_no_hand_makes_is_refused_and_holds),
        cmocka_unit_test(h06_a_clutch_in_far_from_zero_is_refused_and_holds),
        cmocka_unit_test(h06_the_same_way_in_the_time_of_a_gap_is_no_leap),
        cmocka_unit_test(
            what_a_joint_s_limit_leaves_is_measured_until_it_keeps_the_tip_from_its_goal),
        cmocka_unit_test(h07_a_goal_outside_the_limits_stops_at_them),
        cmocka_unit_test(the_jaw_chases_slowly_until_it_has_met_the_hand),
        cmocka_unit_test(
            h25_h35_other_hands_begin_with_the_jaws_as_they_are_and_at_the_carts_scale),
        cmocka_unit_test(h25_after_undocking_and_docking_jaws_wait_for_the_hand),
        cmocka_unit_test(holds_are_recorded_with_cause_start_and_length),
        cmocka_unit_test(a_report_says_what_was_applied_and_why_it_holds),
        cmocka_unit_test(h43_near_too_much_force_the_tip_goes_slower_and_as_far),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
