/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A console that leads the cart's camera, and what stops it. */
#include "ends.h"
#include "unit/cmocka_base.h"

static const struct follow *follow = &ends.cart.station.follow;

/* The camera is led from the console; so long that it has gone somewhere. */
static void lead_camera(void)
{
    cart_station_look(&ends.cart.station, &LAYOUT_STANDARD, LAYOUT_STANDARD.camera_ready_jp);
    ends.camera_foot = true;
    ends_run(500);
    assert_true(supervisor_leads_camera(&follow->supervisor));
    assert_false(camera_drive_stands(&follow->camera));
}

static void assert_camera_stands(enum hold_cause cause)
{
    assert_int_equal(follow->supervisor.cause, cause);
    ends_run((unsigned)(1000 * CAMERA_DRIVE_STOP_S));
    assert_true(camera_drive_stands(&follow->camera));
    double at = follow->camera.joints[CAMERA_YAW];
    ends_run(500);
    assert_true(follow->camera.joints[CAMERA_YAW] == at);
}

static void h57_the_camera_is_led_from_afar_and_then_a_foot_must_be_lifted(void **state)
{
    (void)state;
    struct vec3 at = {0, 0, 0};
    lead_camera();
    at = follow->arms[0].tip.position_m;
    ends_run(500);
    assert_true(vec3_length(vec3_subtract(follow->arms[0].tip.position_m, at)) <= 0);
    ends.camera_foot = false; /* the other foot is on its pedal still */
    ends_run(100);
    assert_camera_stands(HOLD_START);
    ends_clutch_again();
    assert_true(supervisor_follows(&follow->supervisor));
}

static void h57_an_old_picture_or_another_s_lease_stops_the_camera(void **state)
{
    (void)state;
    lead_camera();
    ends.camera = false; /* no pictures come: the console freezes the hands */
    ends_run(700);
    assert_camera_stands(HOLD_FROZEN);
    ends.camera = true;
    ends.camera_foot = false;
    ends_run(200);
    ends_clutch_again();
    lead_camera();
    assert_true(
        console_station_order(&ends.twin, ORDER_REQUEST, LEASE_NOBODY, pair_true_ns(ends.pair)));
    ends_run(50); /* the bedside takes over */
    assert_camera_stands(HOLD_LEASE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            h57_the_camera_is_led_from_afar_and_then_a_foot_must_be_lifted, ends_bedside_begins,
            ends_end),
        cmocka_unit_test_setup_teardown(h57_an_old_picture_or_another_s_lease_stops_the_camera,
                                        ends_bedside_begins, ends_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
