/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a cart tells everybody who is there: who leads, what presses, what is drawn, what the robot is. */
#include "ends.h"
#include "station/channels.h"
#include "unit/cmocka_base.h"

#include <math.h>

static const struct follow *follow = &ends.cart.station.follow;

static void h43_what_presses_is_told_to_everybody_and_forgotten_when_it_is_not(void **state)
{
    (void)state;
    ends.pressed_n = 2;
    ends_run(100);
    const struct tip_force *here =
        console_station_force(&ends.console.station, pair_local_ns(ends.pair, PAIR_CONSOLE));
    const struct tip_force *there = console_station_force(&ends.twin, pair_true_ns(ends.pair));
    assert_non_null(here);
    assert_non_null(there);
    assert_true(here->forces_n[0].z > 1.9 && there->forces_n[0].z > 1.9);
    assert_true(supervisor_follows(&follow->supervisor));
    assert_int_equal(follow->reaction,
                     REACTION_WARN); /* of the delay, which nobody measures here */
    ends.pressed_n = 5;
    ends_run(10);
    assert_int_equal(follow->reaction, REACTION_SCALE_DOWN);
    ends.pressed_n = 9;
    ends_run(10);
    assert_int_equal(follow->supervisor.cause, HOLD_FORCE);
    ends.pressed_n = (double)NAN; /* no sensor any more */
    ends_run(500);
    assert_null(
        console_station_force(&ends.console.station, pair_local_ns(ends.pair, PAIR_CONSOLE)));
    ends_clutch_again();
    assert_int_equal(follow->supervisor.cause, HOLD_FORCE);
    ends.pressed_n = 0;
    ends_clutch_again();
    assert_true(supervisor_follows(&follow->supervisor));
}

static void everybody_knows_who_is_there_and_who_has_the_lease(void **state)
{
    (void)state;
    const struct console_station *panel = &ends.twin, *console = &ends.console.station;
    assert_int_equal(panel->standing.owner, console->standing.yours);
    assert_int_equal(panel->standing.lease, console->standing.lease);
    assert_int_not_equal(panel->standing.yours, console->standing.yours);
    assert_string_equal(console->roster.seats[panel->standing.yours].name, "bedside-casablanca");
    assert_int_equal(console->roster.seats[panel->standing.yours].role, LEASE_BEDSIDE);
    assert_int_equal(panel->standing.here, 3);
}

static void what_one_draws_all_see_under_the_name_of_who_drew_it(void **state)
{
    (void)state;
    struct stroke stroke = {.author = 77, .number = 4, .point_count = 1, .points = {{100, 200}}};
    assert_true(console_station_draw(&ends.twin, &stroke, pair_true_ns(ends.pair)));
    assert_int_equal(ends.twin.strokes.count, 1);
    ends_run(100);
    const struct strokes *seen = &ends.console.station.strokes;
    assert_int_equal(seen->count, 1);
    assert_int_equal(seen->kept[0].stroke.author, ends.twin.standing.yours);
    assert_int_equal(seen->kept[0].stroke.points[0].y, 200);
    assert_true(stroke_grow(&stroke, 40000, 200));
    assert_true(console_station_draw(&ends.twin, &stroke, pair_true_ns(ends.pair)));
    struct stroke ours = {.number = 4, .point_count = 1};
    assert_true(console_station_draw(&ends.console.station, &ours, pair_true_ns(ends.pair)));
    ends_run(100);
    assert_int_equal(seen->count, 2); /* the same number of another author is another stroke */
    assert_int_equal(ends.twin.strokes.count, 2);
    assert_true(supervisor_follows(&follow->supervisor));
}

static void what_one_wipes_is_wiped_for_all_and_nothing_else(void **state)
{
    (void)state;
    struct stroke here = {.number = 1, .point_count = 1}, there = {.number = 1, .point_count = 1};
    assert_true(console_station_draw(&ends.twin, &there, pair_true_ns(ends.pair)));
    assert_true(
        console_station_draw(&ends.console.station, &here, pair_local_ns(ends.pair, PAIR_CONSOLE)));
    ends_run(200);
    assert_int_equal(ends.console.station.strokes.count, 2);
    assert_int_equal(ends.twin.strokes.count, 2);
    assert_true(console_station_wipe(&ends.console.station));
    ends_run(200);
    assert_int_equal(ends.console.station.strokes.count, 1);
    assert_int_equal(ends.twin.strokes.count, 1);
    assert_int_equal(ends.twin.strokes.kept[0].stroke.author, ends.twin.standing.yours);
}

/* A panel of another make, or a forged one: its messages say that the surgeon draws and wipes. */
static void h62_who_draws_or_wipes_under_anothers_name_does_so_under_its_own(void **state)
{
    (void)state;
    const struct strokes *seen = &ends.console.station.strokes;
    uint8_t surgeon = ends.console.station.standing.yours, panel = ends.twin.standing.yours;
    struct stroke ours = {.number = 1, .point_count = 1};
    assert_true(
        console_station_draw(&ends.console.station, &ours, pair_local_ns(ends.pair, PAIR_CONSOLE)));
    uint8_t message[STROKE_MESSAGE_BYTES_MAX];
    const struct stroke forged = {.author = surgeon, .number = 1, .point_count = 1};
    size_t len = stroke_message_encode(&forged, message);
    assert_int_equal(link_send_message(ends.twin.peer, message, len), LINK_OK);
    ends_run(100);
    assert_int_equal(seen->count, 2);
    assert_int_equal(seen->kept[0].stroke.author, surgeon);
    assert_int_equal(seen->kept[1].stroke.author, panel);
    wipe_message_encode(surgeon, message);
    assert_int_equal(link_send_message(ends.twin.peer, message, WIPE_MESSAGE_BYTES), LINK_OK);
    ends_run(100);
    assert_int_equal(seen->count, 1);
    assert_int_equal(seen->kept[0].stroke.author, surgeon);
}

static void h58_everybody_is_told_what_the_robot_is(void **state)
{
    (void)state;
    ends_run(100);
    assert_true(ends.console.station.has_about && ends.twin.has_about);
    assert_string_equal(ends.twin.about.profile, "standard");
    assert_true(ends.twin.about.force_n > 0);
    ends.cart.station.is_blind = ends.cart.station.records = true;
    ends_run(100);
    assert_true(ends.console.station.standing.flags & STANDING_BLIND);
    assert_true(ends.twin.standing.flags & STANDING_RECORDS);
}

/* A robot whose arms stand otherwise than the standard ones, and whose endoscope looks down by 30 degrees. */
static struct layout another_layout(void)
{
    struct layout layout = LAYOUT_STANDARD;
    layout.arms[0].position_m.x = -0.25;
    layout.camera_arm = (struct pose){{0, -0.5, 0.25}, {0.5, 0.5, 0.5, 0.5}};
    layout.lens.tilt_rad = 0.5;
    return layout;
}

static void tell_console(const uint8_t *bytes, size_t len)
{
    assert_int_equal(link_send_message(ends.cart.station.peer, bytes, len), LINK_OK);
    ends_run(200);
}

static void h58_everybody_is_told_where_arms_and_camera_stand(void **state)
{
    (void)state;
    const struct console_station *console = &ends.console.station;
    ends_run(100);
    assert_null(console_station_layout(console)); /* this cart has no robot */
    struct profile profile;
    struct about about;
    uint8_t bytes[ABOUT_BYTES_MAX];
    const struct layout sent = another_layout();
    profile_standard(&profile);
    about_make(&about, "", &profile, &sent);
    tell_console(bytes, about_encode(&about, bytes));
    assert_ptr_equal(console_station_layout(console), &console->about.layout);
    const struct layout *told = &console->about.layout;
    assert_true(fabs(told->arms[0].position_m.x + 0.25) < 1e-6);
    assert_true(fabs(told->camera_arm.orientation.x - 0.5) < 1e-6);
    assert_true(fabs(told->lens.tilt_rad - 0.5) < 1e-6);
    assert_true(vec3_length(vec3_subtract(told->arms[1].position_m, sent.arms[1].position_m)) <
                1e-6);
    assert_int_equal(console->about_refused, 0);
}

static void h58_a_layout_without_meaning_is_refused_and_counted(void **state)
{
    (void)state;
    const struct console_station *console = &ends.console.station;
    struct profile profile;
    struct about about;
    uint8_t bytes[ABOUT_BYTES_MAX];
    profile_standard(&profile);
    about_make(&about, "", &profile, &LAYOUT_STANDARD);
    size_t len = about_encode(&about, bytes);
    bytes[ABOUT_HEAD_BYTES] = 0x7f; /* the left arm's x: NaN */
    bytes[ABOUT_HEAD_BYTES + 1] = 0xff;
    ends_run(100);
    tell_console(bytes, len);
    assert_null(console_station_layout(console));
    assert_int_equal(console->about_refused, 1);
    tell_console(bytes, len - 1);
    assert_int_equal(console->about_refused, 2);
    assert_true(supervisor_follows(&follow->supervisor)); /* and it stops nothing */
}

static enum console_news told_standing(uint8_t version, const struct standing *standing)
{
    uint8_t bytes[STANDING_BYTES];
    standing_encode(standing, bytes);
    bytes[0] += version;
    const struct link_event event = {.kind = LINK_EVENT_SAMPLE,
                                     .channel = STATION_PULSE,
                                     .peer = ends.console.station.peer,
                                     .bytes = bytes,
                                     .len = sizeof bytes};
    return console_station_event(&ends.console.station, &event,
                                 pair_local_ns(ends.pair, PAIR_CONSOLE));
}

static void h17_a_cart_of_another_version_is_counted_and_told_once(void **state)
{
    (void)state;
    const struct console_station *console = &ends.console.station;
    const struct standing standing = console->standing;
    assert_int_equal(console->standing_refused, 0);
    assert_int_equal(told_standing(1, &standing), CONSOLE_OF_ANOTHER_VERSION);
    assert_int_equal(told_standing(1, &standing), CONSOLE_NOTHING);
    assert_int_equal(console->standing_refused, 2);
    assert_false(console_station_is_told(console));
    assert_int_equal(told_standing(0, &standing), CONSOLE_NOTHING);
    assert_true(console_station_is_told(console));
    assert_int_equal(told_standing(1, &standing), CONSOLE_OF_ANOTHER_VERSION);
}

/* A cart that was updated is not blamed for the one before it. */
static void h17_what_could_not_be_read_is_forgotten_with_its_session(void **state)
{
    (void)state;
    struct console_station *console = &ends.console.station;
    const struct standing standing = console->standing;
    const struct link_event up = {.kind = LINK_EVENT_UP, .peer = console->peer};
    assert_int_equal(told_standing(1, &standing), CONSOLE_OF_ANOTHER_VERSION);
    assert_int_not_equal(console->unreadable, 0);
    assert_int_equal(console_station_event(console, &up, pair_local_ns(ends.pair, PAIR_CONSOLE)),
                     CONSOLE_MET);
    assert_int_equal(console->unreadable, 0);
    assert_int_equal(told_standing(1, &standing), CONSOLE_OF_ANOTHER_VERSION);
}

static enum console_news told_state(uint8_t version, const struct arm_state *arms)
{
    uint8_t bytes[ARM_STATE_BYTES_MAX];
    size_t len = arm_state_encode(arms, bytes);
    bytes[0] += version;
    const struct link_event event = {.kind = LINK_EVENT_SAMPLE,
                                     .channel = STATION_STATE,
                                     .peer = ends.console.station.peer,
                                     .bytes = bytes,
                                     .len = len,
                                     .received_ns = pair_local_ns(ends.pair, PAIR_CONSOLE)};
    return console_station_event(&ends.console.station, &event,
                                 pair_local_ns(ends.pair, PAIR_CONSOLE));
}

/* Sends a gesture of hands at rest: whether it went. */
static bool sends(void)
{
    uint64_t now_ns = pair_local_ns(ends.pair, PAIR_CONSOLE);
    struct gesture gesture = {.hand_count = 1, .hands = {{.pose = POSE_IDENTITY}}};
    uint8_t bytes[GESTURE_BYTES_MAX];
    uint32_t sequence;
    return console_station_send(&ends.console.station, &gesture, now_ns, now_ns, bytes, &sequence);
}

static void h17_an_arm_of_another_version_is_told_once_and_neither_led_nor_shown(void **state)
{
    (void)state;
    struct console_station *console = &ends.console.station;
    const struct arm_state arms = console->state;
    const struct standing standing = console->standing;
    uint64_t now_ns = pair_local_ns(ends.pair, PAIR_CONSOLE);
    assert_true(console_station_has_lease(console) && sends());
    assert_int_equal(console->state_refused, 0);
    assert_int_equal(told_state(1, &arms), CONSOLE_OF_ANOTHER_VERSION);
    assert_int_equal(told_state(1, &arms), CONSOLE_NOTHING);
    assert_int_equal(told_standing(1, &standing), CONSOLE_NOTHING); /* it is known already */
    assert_int_equal(told_standing(0, &standing), CONSOLE_NOTHING);
    assert_int_equal(console->state_refused, 2);
    assert_int_equal(console->heard_ns, now_ns); /* it is not silent */
    assert_false(console->has_state);
    assert_false(console_station_is_told(console) || sends());
    assert_false(console_station_order(console, ORDER_REQUEST, LEASE_NOBODY, now_ns));
    assert_true(console_station_order(console, ORDER_STOP, LEASE_NOBODY, now_ns));
    console->has_asked = false;
    (void)console_station_turn(console, now_ns);
    assert_false(console->has_asked); /* a lease that is of no use here is left to others */
    assert_int_equal(told_state(0, &arms), CONSOLE_NOTHING);
    assert_true(console->has_state && sends());
}

static void h31_everybody_is_told_what_the_fixtures_are_called(void **state)
{
    (void)state;
    const struct console_station *console = &ends.console.station;
    struct fixtures fixtures = {.count = 2, .at = {{.name = "table"}, {.name = "the \"liver\""}}};
    uint8_t bytes[FIXTURE_NAMES_BYTES_MAX];
    ends_run(100);
    assert_int_equal(console->fixtures.count, 0); /* this cart has none */
    assert_string_equal(console_station_fixture(console), "");
    ends.cart.station.follow.guard.fixtures = fixtures;
    uint64_t meetings = console->meetings;
    link_close(console->peer, "again", pair_local_ns(ends.pair, PAIR_CONSOLE));
    for (unsigned ms = 0; console->meetings == meetings || !console->fixtures.count; ms++) {
        assert_true(ms < 5000);
        ends_run(1);
    }
    assert_int_equal(console->fixtures.count, 2);
    assert_string_equal(console->fixtures.at[0], "table");
    assert_string_equal(console->fixtures.at[1], "the ?liver?");
    assert_int_equal(console->about_refused, 0);
    size_t len = fixture_names_encode(&fixtures, bytes);
    tell_console(bytes, len - 1);
    bytes[1] = 1;
    tell_console(bytes, len);
    bytes[1] = FIXTURES_MAX + 1;
    tell_console(bytes, len);
    bytes[1] = 2;
    bytes[3] = '\n';
    tell_console(bytes, len);
    assert_int_equal(console->about_refused, 4);
    assert_string_equal(console->fixtures.at[1], "the ?liver?"); /* what was told before */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(h31_everybody_is_told_what_the_fixtures_are_called,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(
            h43_what_presses_is_told_to_everybody_and_forgotten_when_it_is_not, ends_bedside_begins,
            ends_end),
        cmocka_unit_test_setup_teardown(everybody_knows_who_is_there_and_who_has_the_lease,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(what_one_draws_all_see_under_the_name_of_who_drew_it,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(what_one_wipes_is_wiped_for_all_and_nothing_else,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(
            h62_who_draws_or_wipes_under_anothers_name_does_so_under_its_own, ends_bedside_begins,
            ends_end),
        cmocka_unit_test_setup_teardown(h58_everybody_is_told_what_the_robot_is,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(h58_everybody_is_told_where_arms_and_camera_stand,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(h17_a_cart_of_another_version_is_counted_and_told_once,
                                        ends_begin, ends_end),
        cmocka_unit_test_setup_teardown(h17_what_could_not_be_read_is_forgotten_with_its_session,
                                        ends_begin, ends_end),
        cmocka_unit_test_setup_teardown(
            h17_an_arm_of_another_version_is_told_once_and_neither_led_nor_shown, ends_begin,
            ends_end),
        cmocka_unit_test_setup_teardown(h58_a_layout_without_meaning_is_refused_and_counted,
                                        ends_bedside_begins, ends_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
