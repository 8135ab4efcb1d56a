/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <math.h>
#include <string.h>

#include "motion/ghost.h"

static struct ghost ghost;
static struct arm_state state;
static struct gesture gesture;
static struct pose tip;
static double jaw_rad;

static int begin(void **unused)
{
    (void)unused;
    memset(&ghost, 0, sizeof ghost);
    memset(&state, 0, sizeof state);
    state.arm_count = 2;
    state.has_applied = 1;
    state.applied_sequence = 1;
    gesture = (struct gesture){.clutch_id = 1, .flags = GESTURE_ENGAGED, .hand_count = 2};
    for (unsigned i = 0; i < 2; i++) {
        state.arms[i].measured_cp =
            instrument_forward(&INSTRUMENT_LARGE_NEEDLE_DRIVER, INSTRUMENT_READY_JP);
        gesture.hands[i].pose = POSE_IDENTITY;
    }
    return 0;
}

static void send(uint32_t sequence, double x_m)
{
    gesture.hands[1].pose.position_m.x = x_m;
    ghost_sent(&ghost, sequence, &gesture);
}

static bool look(struct quat turn)
{
    return ghost_look(&ghost, &state, 1, 0.2, turn, &tip, &jaw_rad);
}

static void the_ghost_is_ahead_by_what_is_under_way_scaled_and_turned(void **unused)
{
    (void)unused;
    struct vec3 at_m = state.arms[1].measured_cp.position_m;
    struct quat quarter = quat_from_rotation_vector((struct vec3){0, 0, acos(0)}); /* x to y */
    send(1, 0.01);
    send(2, 0.03);
    send(3, 0.06);
    assert_true(look(quarter));
    assert_true(fabs(tip.position_m.x - at_m.x) < 1e-12);
    assert_true(fabs(tip.position_m.y - at_m.y - 0.05 * 0.2) < 1e-12);
    gesture.hands[1].pose.orientation = quat_from_rotation_vector((struct vec3){0.3, 0, 0});
    send(4, 0.06);
    assert_true(look(quarter));
    struct quat turned =
        quat_multiply(tip.orientation, quat_conjugate(state.arms[1].measured_cp.orientation));
    struct vec3 by = quat_to_rotation_vector(turned);
    assert_true(fabs(by.y - 0.3) < 1e-9 && fabs(by.x) < 1e-9);
}

static void with_the_foot_up_or_another_clutch_it_is_where_the_arm_is(void **unused)
{
    (void)unused;
    struct vec3 at_m = state.arms[1].measured_cp.position_m;
    send(1, 0.01);
    gesture.clutch_id = 2;
    send(2, 0.3);
    assert_true(look(QUAT_IDENTITY));
    assert_true(vec3_length(vec3_subtract(tip.position_m, at_m)) == 0);
    gesture.clutch_id = 1;
    gesture.flags = 0;
    send(3, 0.3);
    assert_true(look(QUAT_IDENTITY));
    assert_true(vec3_length(vec3_subtract(tip.position_m, at_m)) == 0);
}

static void what_is_not_known_has_no_ghost(void **unused)
{
    (void)unused;
    assert_false(look(QUAT_IDENTITY)); /* nothing was sent */
    send(1, 0);
    assert_true(look(QUAT_IDENTITY));
    state.applied_sequence = 1 + GHOST_SENT_KEPT; /* another gesture of that place */
    assert_false(look(QUAT_IDENTITY));
    state.applied_sequence = 1;
    state.has_applied = 0;
    assert_false(look(QUAT_IDENTITY));
    state.has_applied = 1;
    state.arm_count = 1;
    assert_false(look(QUAT_IDENTITY));
}

static void h55_a_ghost_that_was_wrong_is_not_shown_until_it_is_right_for_a_while(void **unused)
{
    (void)unused;
    uint32_t sequence = 1;
    bool shown = true;
    send(sequence, 0);
    for (int i = 0; i < 20; i++) { /* the hand goes on, the arm stands at its limit */
        send(++sequence, 0.005 * i);
        shown = look(QUAT_IDENTITY) && shown;
        state.applied_sequence = sequence - 1;
    }
    assert_true(shown); /* each is foretold from where the arm is: a millimetre at most */
    send(++sequence, 0.2);
    state.applied_sequence = sequence - 1;
    (void)look(QUAT_IDENTITY);
    state.applied_sequence = sequence; /* followed, it says, and has not moved */
    assert_false(look(QUAT_IDENTITY));
    assert_true(ghost.error_m[1] > GHOST_ERROR_MOST_M);
    int looks = 0;
    while (!look(QUAT_IDENTITY) && looks < 1000) {
        send(++sequence, 0.2);
        state.applied_sequence = sequence;
        looks++;
    }
    assert_true(looks > 10 && looks < 200);
}

static void the_standard_arms_are_in_the_picture_left_and_right(void **unused)
{
    (void)unused;
    struct ghost_lines lines[2];
    for (unsigned i = 0; i < 2; i++) {
        assert_true(ghost_project(&LAYOUT_STANDARD, LAYOUT_STANDARD.camera_ready_jp, i,
                                  &state.arms[i].measured_cp, 0.5, 4.0 / 3, &lines[i]));
        assert_true(lines[i].shaft[1].x > 0 && lines[i].shaft[1].x < 1);
        assert_true(lines[i].shaft[1].y > 0 && lines[i].shaft[1].y < 1);
    }
    assert_true(lines[0].shaft[1].x < 0.5 && lines[1].shaft[1].x > 0.5);
    assert_true(lines[0].shaft[0].x < lines[0].shaft[1].x); /* the shafts come from the sides */
    assert_true(lines[1].shaft[0].x > lines[1].shaft[1].x);
}

static void closed_jaws_end_in_one_place_and_open_ones_do_not(void **unused)
{
    (void)unused;
    struct ghost_lines lines;
    const struct pose *at = &state.arms[0].measured_cp;
    const double *camera_jp = LAYOUT_STANDARD.camera_ready_jp;
    assert_true(ghost_project(&LAYOUT_STANDARD, camera_jp, 0, at, 0, 1.5, &lines));
    assert_true(fabs(lines.jaws[0].x - lines.jaws[1].x) < 1e-12);
    assert_true(ghost_project(&LAYOUT_STANDARD, camera_jp, 0, at, 1, 1.5, &lines));
    assert_true(hypot(lines.jaws[0].x - lines.jaws[1].x, lines.jaws[0].y - lines.jaws[1].y) > 0.01);
}

static void h55_what_is_behind_the_lens_is_not_drawn(void **unused)
{
    (void)unused;
    struct ghost_lines lines;
    struct pose camera = layout_camera(&LAYOUT_STANDARD, LAYOUT_STANDARD.camera_ready_jp);
    const struct pose behind = {{0, 0, 0.05}, QUAT_IDENTITY};
    struct pose in_arm = layout_to_arm(&LAYOUT_STANDARD, &camera, 0, &behind);
    assert_false(ghost_project(&LAYOUT_STANDARD, LAYOUT_STANDARD.camera_ready_jp, 0, &in_arm, 0,
                               1.5, &lines));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_ghost_is_ahead_by_what_is_under_way_scaled_and_turned, begin),
        cmocka_unit_test_setup(with_the_foot_up_or_another_clutch_it_is_where_the_arm_is, begin),
        cmocka_unit_test_setup(what_is_not_known_has_no_ghost, begin),
        cmocka_unit_test_setup(
            h55_a_ghost_that_was_wrong_is_not_shown_until_it_is_right_for_a_while, begin),
        cmocka_unit_test_setup(the_standard_arms_are_in_the_picture_left_and_right, begin),
        cmocka_unit_test_setup(closed_jaws_end_in_one_place_and_open_ones_do_not, begin),
        cmocka_unit_test_setup(h55_what_is_behind_the_lens_is_not_drawn, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
