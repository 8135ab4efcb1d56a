/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "unit/motion/follow_bench.h"

enum { STOP_MS = 251 + TRACK_SMOOTH_TICKS }; /* CAMERA_DRIVE_STOP_S, and the mean */

/* The camera's pedal goes down, or the foot off every pedal. */
static void camera(struct bench *bench, bool down)
{
    if (down) {
        bench->gesture.clutch_id++;
        bench->gesture.hands[0].pose = POSE_IDENTITY;
    }
    bench->gesture.flags = down ? GESTURE_CAMERA : 0;
}

static double yaw(const struct bench *bench)
{
    return bench->follow.camera.joints[CAMERA_YAW];
}

/* The camera follows the hand. */
static struct bench leading(void)
{
    struct bench bench = ready();
    follow_place_camera(&bench.follow, &LAYOUT_STANDARD, LAYOUT_STANDARD.camera_ready_jp);
    assert_int_equal(send(&bench), FOLLOW_APPLIED);
    tick(&bench);
    camera(&bench, true);
    move(&bench, 0.1, 300);
    assert_true(yaw(&bench) > 0.01);
    assert_int_equal(bench.follow.supervisor.cause, HOLD_CAMERA);
    return bench;
}

/* Within its deceleration it stands, whatever the hand goes on to do, and the instrument never moved. */
static void assert_stands(struct bench *bench)
{
    idle(bench, STOP_MS);
    assert_true(camera_drive_stands(&bench->follow.camera));
    double at = yaw(bench);
    for (int i = 0; i < 100; i++) {
        bench->gesture.hands[0].pose.position_m.x += 1e-4;
        assert_int_equal(send(bench), FOLLOW_REFUSED);
        tick(bench);
    }
    assert_true(fabs(yaw(bench) - at) <= 0);
}

static void h57_the_instruments_stand_while_the_hands_lead_the_camera(void **state)
{
    (void)state;
    struct bench bench = moving();
    follow_place_camera(&bench.follow, &LAYOUT_STANDARD, LAYOUT_STANDARD.camera_ready_jp);
    camera(&bench, true); /* straight from the instruments' pedal */
    move(&bench, 0, 100); /* they come to a stand within their limits */
    assert_true(follow_is_still(&bench.follow));
    struct vec3 at = tip(&bench);
    move(&bench, 0.1, 300);
    assert_true(yaw(&bench) > 0.01);
    assert_true(moved_since_m(&bench, at) <= 0);
}

static void h57_the_pedal_up_stops_the_camera_within_its_limits(void **state)
{
    (void)state;
    struct bench bench = leading();
    camera(&bench, false);
    assert_int_equal(send(&bench), FOLLOW_APPLIED);
    assert_int_equal(bench.follow.supervisor.cause, HOLD_RELEASED);
    double at = yaw(&bench);
    idle(&bench, STOP_MS);
    assert_true(camera_drive_stands(&bench.follow.camera));
    assert_true(yaw(&bench) - at < 0.5 * (CAMERA_DRIVE_STOP_S / 2 + 8e-3));
}

static void h57_after_the_camera_instruments_follow_by_a_fresh_clutch_in_alone(void **state)
{
    (void)state;
    struct bench bench = leading();
    struct vec3 at = tip(&bench);
    bench.gesture.flags = GESTURE_ENGAGED; /* under the camera's number, then under a newer one */
    assert_int_equal(send(&bench), FOLLOW_REFUSED);
    tick(&bench);
    bench.gesture.flags = 0;
    pedal(&bench, true);
    for (int i = 0; i < 100; i++) {
        bench.gesture.hands[0].pose.position_m.x += 1e-4;
        assert_int_equal(send(&bench), FOLLOW_REFUSED);
        tick(&bench);
    }
    assert_true(moved_since_m(&bench, at) <= 0);
    pedal(&bench, false);
    assert_int_equal(send(&bench), FOLLOW_APPLIED);
    tick(&bench);
    pedal(&bench, true);
    move(&bench, 0.1, 100);
    assert_true(moved_since_m(&bench, at) > 1e-3);
}

static void h57_any_gate_that_fails_stops_the_camera_until_a_foot_is_lifted(void **state)
{
    (void)state;
    for (unsigned gate = 0; gate < GATES; gate++) {
        struct bench bench = leading();
        if (supervisor_gates[gate].reaction < REACTION_HOLD || gate == GATE_SILENCE ||
            gate == GATE_AGE || gate == GATE_STEP || gate == GATE_CLOCK || gate == GATE_LOOP ||
            gate == GATE_PRESENCE) /* these are read from gestures and ticks: below */
            continue;
        gates_read(&bench.follow.gates, (enum supervisor_gate)gate, GATE_UNMEASURED, false);
        tick(&bench);
        assert_false(supervisor_leads_camera(&bench.follow.supervisor));
        assert_int_equal(bench.follow.supervisor.cause, supervisor_gates[gate].cause);
        gates_set(&bench.follow.gates, (enum supervisor_gate)gate, true);
        assert_stands(&bench);
    }
}

static void h57_an_old_gesture_a_leap_and_an_empty_seat_stop_the_camera(void **state)
{
    (void)state;
    struct bench bench = leading();
    bench.now_ns += 400 * MS; /* sampling times do not run back */
    bench.age_ns = 400 * MS;
    assert_int_equal(send(&bench), FOLLOW_LATE);
    assert_int_equal(bench.follow.supervisor.cause, HOLD_AGE);
    bench.age_ns = AGE_NS;
    assert_stands(&bench);

    bench = leading();
    bench.gesture.hands[0].pose.position_m.x += 0.2;
    assert_int_equal(send(&bench), FOLLOW_REFUSED);
    assert_int_equal(bench.follow.supervisor.cause, HOLD_STEP);
    assert_stands(&bench);

    bench = leading();
    idle(&bench, 250);
    assert_int_equal(bench.follow.supervisor.cause, HOLD_SILENCE);
    assert_stands(&bench);

    bench = leading();
    bench.gesture.flags = GESTURE_ABSENT | GESTURE_UNASKED;
    assert_int_equal(send(&bench), FOLLOW_APPLIED);
    assert_false(supervisor_leads_camera(&bench.follow.supervisor));
    bench.gesture.flags = GESTURE_CAMERA;
    assert_stands(&bench);
}

static void h57_the_camera_does_not_begin_before_a_foot_was_lifted(void **state)
{
    (void)state;
    struct bench bench = ready();
    follow_place_camera(&bench.follow, &LAYOUT_STANDARD, LAYOUT_STANDARD.camera_ready_jp);
    camera(&bench, true); /* from the first gesture on */
    assert_stands(&bench);
    assert_true(fabs(yaw(&bench)) <= 0);
    follow_order(&bench.follow, SUPERVISOR_DISABLE, bench.now_ns);
    camera(&bench, false);
    assert_int_equal(send(&bench), FOLLOW_APPLIED);
    camera(&bench, true); /* nor while the bedside has not enabled it */
    assert_stands(&bench);
    assert_true(fabs(yaw(&bench)) <= 0);
}

static void a_hand_out_of_reach_goes_on_with_the_camera_where_it_took_it_anew(void **state)
{
    (void)state;
    struct bench bench = leading();
    double at = yaw(&bench);
    bench.gesture.flags = GESTURE_UNASKED;
    assert_int_equal(send(&bench), FOLLOW_APPLIED);
    idle(&bench, 20);
    camera(&bench, true);
    move(&bench, 0.1, 300);
    assert_true(yaw(&bench) > at + 0.01);
}

/* The hand pushes the camera in, on its way past the instrument's tip. Whatever bars it, each joint keeps within the
 * limits that its acceleration's mean of eight ticks sets. */
static void push_in(struct bench *bench, double speed_m_s, int ms)
{
    static const struct layout *layout = &LAYOUT_STANDARD;
    double at[4][CAMERA_AXES];
    for (int i = 0; i < ms; i++) {
        bench->gesture.hands[0].pose.position_m.z -= speed_m_s * 1e-3;
        assert_int_equal(send(bench), FOLLOW_APPLIED);
        tick(bench);
        memmove(at[1], at[0], 3 * sizeof at[0]);
        memcpy(at[0], bench->follow.camera.joints, sizeof at[0]);
        for (int axis = 0; i >= 3 && axis < CAMERA_AXES; axis++) {
            double acceleration_most = layout->camera_speed_max[axis] / CAMERA_DRIVE_STOP_S;
            double acceleration = (at[0][axis] - 2 * at[1][axis] + at[2][axis]) / 1e-6;
            double jerk = (at[0][axis] - 3 * at[1][axis] + 3 * at[2][axis] - at[3][axis]) / 1e-9;
            assert_true(fabs(acceleration) <= acceleration_most + 1e-6);
            assert_true(fabs(jerk) <= 2 * acceleration_most / 8e-3 + 1e-3);
        }
    }
}

static struct bench leading_beside(const struct guard *guard)
{
    struct bench bench = leading();
    bench.follow.settings.guard = guard;
    bench.follow.guard = *guard;
    return bench;
}

static struct apart_shaft scope_of(const struct bench *bench)
{
    return apart_scope(LAYOUT_STANDARD.camera_arm.position_m,
                       layout_camera(&LAYOUT_STANDARD, bench->follow.camera.joints).position_m);
}

/* Of its left instrument's shaft and the endoscope. */
static double room_m(const struct bench *bench, const struct guard *guard)
{
    const struct follow *follow = &bench->follow;
    const struct apart_shaft scope = scope_of(bench);
    struct apart_shaft shaft =
        apart_shaft(follow->instrument, &guard->centres[0], follow->arms[0].joints);
    return apart_look_scope(&shaft, &scope, guard->apart_least_m).room_m;
}

/* Pushed on, it has stopped, and is led back out. */
static void assert_stopped_and_goes_back(struct bench *bench, uint32_t bar)
{
    double *at_m = &bench->follow.camera.joints[CAMERA_INSERTION], stood_m = *at_m;
    push_in(bench, 0.1, 200);
    assert_true(fabs(*at_m - stood_m) < 1e-5);
    assert_int_equal(bench->follow.camera.limited, bar); /* and it is told by what */
    for (int i = 0; *at_m >= stood_m - 0.01 && i < 40; i++)
        push_in(bench, -0.2, 100);
    assert_true(*at_m < stood_m - 0.01);
    assert_int_equal(bench->follow.camera.limited, 0);
}

static void h32_h38_the_camera_stops_smoothly_before_an_instrument_and_may_go_back(void **state)
{
    (void)state;
    const struct guard guard = {
        .keeps_apart = true, .apart_least_m = 0.025, .centres = {LAYOUT_STANDARD.arms[0]}};
    struct bench bench = leading_beside(&guard);
    for (int i = 0; i < 20; i++) {
        push_in(&bench, 0.2, 100); /* 50 mm/s, its full speed, and faster */
        assert_true(room_m(&bench, &guard) >= 0);
    }
    assert_true(room_m(&bench, &guard) < 1e-4);
    assert_stopped_and_goes_back(&bench, CAMERA_BARRED_INSTRUMENT);
}

static void h31_h38_the_camera_stops_smoothly_before_a_forbidden_region(void **state)
{
    (void)state;
    const struct guard guard = {
        .fixtures = {.margin_m = 1e-3,
                     .count = 2,
                     .at = {{.kind = FIXTURE_OUTSIDE, .radius_m = 0.02},
                            {.kind = FIXTURE_OUTSIDE, .a_m = {0.5, 0, 0}, .radius_m = 0.02}}}};
    struct bench bench = leading_beside(&guard);
    assert_null(follow_barring(&bench.follow));
    for (int i = 0; i < 20; i++) {
        push_in(&bench, 0.2, 100);
        const struct apart_shaft scope = scope_of(&bench);
        assert_true(
            fixture_look_rod(&guard.fixtures, 0, scope.centre_m, scope.tip_m, APART_SCOPE_RADIUS_M)
                .room_m >= 0);
    }
    assert_ptr_equal(follow_barring(&bench.follow), &bench.follow.guard.fixtures.at[0]);
    assert_stopped_and_goes_back(&bench, CAMERA_BARRED_FIXTURE);
}

static void h32_a_camera_pushed_near_an_instrument_by_hand_is_led_out_again(void **state)
{
    (void)state;
    const struct guard guard = {
        .keeps_apart = true, .apart_least_m = 0.025, .centres = {LAYOUT_STANDARD.arms[0]}};
    struct bench bench = leading_beside(&guard);
    push_in(&bench, 0.1, 4000); /* as near as it may be */
    follow_order(&bench.follow, SUPERVISOR_STOP, bench.now_ns);
    double pushed[CAMERA_AXES];
    memcpy(pushed, bench.follow.camera.joints, sizeof pushed);
    pushed[CAMERA_INSERTION] += 0.005;
    follow_camera_measured(&bench.follow, pushed);
    tick(&bench);
    assert_true(room_m(&bench, &guard) < -1e-3);

    follow_order(&bench.follow, SUPERVISOR_RESET, bench.now_ns);
    bedside_enable(&bench.follow, bench.now_ns);
    camera(&bench, false);
    assert_int_equal(send(&bench), FOLLOW_APPLIED);
    tick(&bench);
    camera(&bench, true);
    push_in(&bench, 0.1, 500); /* no nearer */
    assert_true(bench.follow.camera.joints[CAMERA_INSERTION] <= pushed[CAMERA_INSERTION] + 1e-12);
    push_in(&bench, -0.2, 2000);
    assert_true(bench.follow.camera.joints[CAMERA_INSERTION] < pushed[CAMERA_INSERTION] - 0.02);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h57_the_instruments_stand_while_the_hands_lead_the_camera),
        cmocka_unit_test(h57_the_pedal_up_stops_the_camera_within_its_limits),
        cmocka_unit_test(h57_after_the_camera_instruments_follow_by_a_fresh_clutch_in_alone),
        cmocka_unit_test(h57_any_gate_that_fails_stops_the_camera_until_a_foot_is_lifted),
        cmocka_unit_test(h57_an_old_gesture_a_leap_and_an_empty_seat_stop_the_camera),
        cmocka_unit_test(h57_the_camera_does_not_begin_before_a_foot_was_lifted),
        cmocka_unit_test(a_hand_out_of_reach_goes_on_with_the_camera_where_it_took_it_anew),
        cmocka_unit_test(h32_h38_the_camera_stops_smoothly_before_an_instrument_and_may_go_back),
        cmocka_unit_test(h31_h38_the_camera_stops_smoothly_before_a_forbidden_region),
        cmocka_unit_test(h32_a_camera_pushed_near_an_instrument_by_hand_is_led_out_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
