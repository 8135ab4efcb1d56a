/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <math.h>
#include <string.h>

#include "console_ghost.h"

#define ASPECT (4.0 / 3)

static struct console_station operation;
static struct ghost ghost;
static struct view_ghost ghosts[VIEW_ARMS];

static int begin(void **state)
{
    (void)state;
    struct gesture gesture = {.clutch_id = 1, .flags = GESTURE_ENGAGED, .hand_count = 2};
    memset(&operation, 0, sizeof operation);
    memset(&ghost, 0, sizeof ghost);
    operation.has_state = operation.has_standing = operation.has_about = true;
    operation.standing.scale = 0.2;
    memcpy(operation.standing.camera_jp, LAYOUT_STANDARD.camera_ready_jp,
           sizeof operation.standing.camera_jp);
    operation.state.arm_count = 2;
    operation.state.has_applied = 1;
    operation.state.applied_sequence = 1;
    for (unsigned i = 0; i < 2; i++) {
        operation.state.arms[i].measured_cp =
            instrument_forward(&INSTRUMENT_LARGE_NEEDLE_DRIVER, INSTRUMENT_READY_JP);
        gesture.hands[i].pose = POSE_IDENTITY;
    }
    ghost_sent(&ghost, 1, &gesture);
    gesture.hands[0].pose.position_m.x = 0.05; /* under way: 10 mm to the picture's right */
    ghost_sent(&ghost, 2, &gesture);
    operation.about.has_layout = true;
    operation.about.layout = LAYOUT_STANDARD;
    return 0;
}

/* Where the left one's tip is drawn must be where that layout's camera sees it. */
static void assert_drawn_by(const struct layout *layout)
{
    double right, up;
    assert_false(console_ghost_fill(ghosts, &ghost, &operation, ASPECT));
    assert_true(ghosts[0].is_shown && ghosts[1].is_shown);
    const struct pose camera = layout_camera(layout, operation.standing.camera_jp);
    struct pose tip = operation.state.arms[0].measured_cp;
    tip = layout_to_camera(layout, &camera, 0, &tip);
    tip.position_m.x += 0.01;
    assert_true(layout_project(&layout->lens, tip.position_m, &right, &up));
    assert_true(fabs(ghosts[0].shaft[1].x - (0.5 + right / ASPECT / 2)) < 1e-6);
    assert_true(fabs(ghosts[0].shaft[1].y - (0.5 - up / 2)) < 1e-6);
}

static void h58_the_ghost_is_drawn_by_the_carts_own_layout(void **state)
{
    (void)state;
    assert_drawn_by(&LAYOUT_STANDARD);
    struct layout *told = &operation.about.layout;
    const double standard_x = ghosts[0].shaft[1].x;
    told->arms[0].position_m.x += 0.01;
    told->arms[1].position_m.y -= 0.01;
    told->camera_arm.position_m = (struct vec3){-0.01, -0.12, 0.15};
    told->lens.field_rad = 1.2;
    told->lens.tilt_rad = 0.1;
    assert_drawn_by(told);
    assert_true(fabs(ghosts[0].shaft[1].x - standard_x) > 0.01);
}

static void h58_until_the_cart_has_told_where_all_stand_there_is_none_and_that_is_told(void **state)
{
    (void)state;
    operation.about.has_layout = false;
    assert_true(console_ghost_fill(ghosts, &ghost, &operation, ASPECT));
    assert_false(ghosts[0].is_shown || ghosts[1].is_shown);
    operation.about.has_layout = true;
    operation.has_about = false; /* of another session */
    assert_true(console_ghost_fill(ghosts, &ghost, &operation, ASPECT));
    assert_false(ghosts[0].is_shown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(h58_the_ghost_is_drawn_by_the_carts_own_layout, begin),
        cmocka_unit_test_setup(
            h58_until_the_cart_has_told_where_all_stand_there_is_none_and_that_is_told, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
