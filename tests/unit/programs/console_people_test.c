/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people order at the panel beside the patient, and what its status line says, with a cart that hears it. The
 * status line's writer is the stand-in below. */
#include "unit/cmocka_base.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "console_people.h"
#include "station/channels.h"
#include "unit/station/ends.h"

static const struct supervisor *supervisor = &ends.cart.station.follow.supervisor;

void status_put(struct status *status, const char *text, ...)
{
    va_list args;
    va_start(args, text);
    int len = vsnprintf(status->text + status->len, sizeof status->text - status->len, text, args);
    va_end(args);
    status->len += (size_t)len;
}

static uint64_t now_ns(void)
{
    return pair_true_ns(ends.pair);
}

static const char *panel_orders(enum order order, const char *name)
{
    const char *why = people_order(&ends.twin, order, name, now_ns());
    ends_run(60);
    return why;
}

static const char *panel_button(bool is_down)
{
    const char *why = people_estop(&ends.twin, is_down, now_ns());
    ends_run(200);
    return why;
}

static void what_is_ordered_comes_about_or_says_why_not(void **state)
{
    (void)state;
    assert_null(panel_orders(ORDER_DISABLE, NULL));
    assert_int_equal(supervisor->state, SUPERVISOR_DISABLED);
    assert_null(panel_orders(ORDER_ENABLE, NULL));
    assert_int_equal(supervisor->state, SUPERVISOR_READY);
    assert_non_null(panel_orders(ORDER_GRANT, "nobody there"));
    const char *name = lease_seat_name(&ends.twin.roster, ends.console.station.standing.yours);
    assert_null(panel_orders(ORDER_REQUEST, NULL));
    assert_true(console_station_has_lease(&ends.twin));
    assert_null(panel_orders(ORDER_GRANT, name));
    assert_true(console_station_has_lease(&ends.console.station));
    assert_string_equal(lease_seat_name(&ends.twin.roster, LEASE_NOBODY), "nobody");
}

static void h20_nothing_begins_before_it_is_known_how_things_stand(void **state)
{
    (void)state;
    ends.twin.has_standing = false;
    const char *why = people_order(&ends.twin, ORDER_ENABLE, NULL, now_ns());
    assert_non_null(strstr(why, "has not said yet"));
    ends.twin.unreadable = 1U << STATION_PULSE; /* and never will say so that it can be read */
    why = people_order(&ends.twin, ORDER_ENABLE, NULL, now_ns());
    assert_non_null(strstr(why, "update the older"));
    ends.twin.has_standing = true; /* nor of an arm whose state cannot be read */
    ends.twin.unreadable = 1U << STATION_STATE;
    why = people_order(&ends.twin, ORDER_ENABLE, NULL, now_ns());
    assert_non_null(strstr(why, "update the older"));
    assert_null(
        people_order(&ends.twin, ORDER_STOP, NULL, now_ns())); /* what ends something goes */
    struct link_peer *peer = ends.twin.peer;
    ends.twin.peer = NULL;
    why = people_order(&ends.twin, ORDER_STOP, NULL, now_ns());
    ends.twin.peer = peer;
    assert_non_null(strstr(why, "no session"));
}

static void h12_the_button_is_the_bedsides_and_whoever_finds_it_down_presses_first(void **state)
{
    (void)state;
    assert_non_null(people_estop(&ends.console.station, true, now_ns()));
    assert_null(panel_button(true));
    assert_int_equal(supervisor->state, SUPERVISOR_OFF);
    ends.twin.pulse.flags &= (uint8_t)~PULSE_ESTOP; /* the panel crashed, and is started again */
    ends.twin.estop_ends = false;
    assert_true(ends.twin.standing.flags & STANDING_ESTOP);
    assert_non_null(strstr(panel_button(false), "estop on, then estop off"));
    assert_null(panel_button(true));
    assert_true(supervisor->estop);
    assert_null(panel_button(false));
    assert_false(supervisor->estop);
    assert_null(panel_button(false)); /* out already: nothing to say */
}

static void h12_a_button_counts_as_heard_only_when_the_cart_says_so(void **state)
{
    (void)state;
    struct people_estop told = {.is_unheard = false};
    struct link_peer *peer = ends.twin.peer;
    ends.twin.peer = NULL;
    console_station_estop(&ends.twin, true, now_ns());
    people_watch_estop(&told, &ends.twin, now_ns());
    assert_true(told.is_unheard);
    ends.twin.peer = peer; /* a session is back, and it may be on its way */
    assert_false(console_station_estop_is_unheard(&ends.twin, now_ns()));
    people_watch_estop(&told, &ends.twin, now_ns());
    assert_true(told.is_unheard);
    ends_run(60);
    people_watch_estop(&told, &ends.twin, now_ns());
    assert_false(told.is_unheard);
}

/* As long as that, asking each millisecond. */
static void enable_for(struct people_enable *enable, unsigned ms)
{
    for (unsigned i = 0; i < ms; i++) {
        people_enable_once(enable, &ends.twin, now_ns());
        ends_run(1);
    }
}

static void h12_enabling_by_itself_is_done_once_in_a_life(void **state)
{
    (void)state;
    struct people_enable enable = {.is_done = false};
    ends_order(ORDER_DISABLE, LEASE_NOBODY);
    enable_for(&enable, 100);
    assert_int_equal(supervisor->state, SUPERVISOR_READY);
    enable_for(&enable, 100);
    assert_true(enable.is_done);
    ends_order(ORDER_DISABLE, LEASE_NOBODY); /* a person: it stays so */
    enable_for(&enable, 1200);
    assert_int_equal(supervisor->state, SUPERVISOR_DISABLED);
}

static void h12_enabling_by_itself_never_follows_a_stop(void **state)
{
    (void)state;
    struct people_enable enable = {.is_done = false};
    assert_null(panel_button(true));
    enable_for(&enable, 100);
    assert_true(enable.is_done);
    assert_null(panel_button(false));
    enable_for(&enable, 1200);
    assert_int_equal(supervisor->state, SUPERVISOR_OFF);
    enable = (struct people_enable){.is_done = false};
    ends_order(ORDER_ENABLE, LEASE_NOBODY);
    ends_order(ORDER_STOP, LEASE_NOBODY);
    enable_for(&enable, 10);
    assert_true(enable.is_done);
}

static void h13_nothing_is_enabled_before_the_cart_hears_the_panel(void **state)
{
    (void)state;
    struct people_enable enable = {.is_done = false};
    ends_order(ORDER_DISABLE, LEASE_NOBODY);
    ends.twin.standing.failing |= GATE_BIT(GATE_BEDSIDE);
    people_enable_once(&enable, &ends.twin, now_ns());
    assert_true(enable.next_ns == 0);
    ends.twin.standing.failing = 0;
    people_enable_once(&enable, &ends.twin, now_ns());
    uint64_t next_ns = enable.next_ns;
    assert_true(next_ns > now_ns());
    people_enable_once(&enable, &ends.twin, next_ns - 1); /* the cart may refuse it for a moment: */
    assert_true(enable.next_ns == next_ns);
    people_enable_once(&enable, &ends.twin, next_ns);
    assert_true(enable.next_ns > next_ns);
}

static void h17_the_status_line_says_who_leads_and_who_ends_what(void **state)
{
    (void)state;
    struct status status = {.len = 0};
    ends_order(ORDER_STOP, LEASE_NOBODY);
    people_put(&ends.twin, &status, now_ns());
    assert_non_null(strstr(status.text, " ours=no "));
    assert_non_null(strstr(status.text, " asking=nobody "));
    assert_non_null(
        strstr(status.text, " supervisor=stopped clears=bedside:cause-over,reset,enable "));
    assert_null(strstr(status.text, "astray="));
    assert_null(strstr(status.text, "barred="));
    struct standing *standing = &ends.twin.standing;
    standing->astray = 1U << STANDING_LEFT | 1U << STANDING_CAMERA;
    standing->arm_limits[1] = FOLLOW_LIMIT_FIXTURE;
    standing->fixture = 1;
    ends.twin.fixtures = (struct fixture_names){.count = 2, .at = {"table", "liver"}};
    status.len = 0;
    people_put(&ends.twin, &status, now_ns());
    assert_non_null(strstr(status.text, " astray=left,camera barred=right:liver "));
    ends.twin.has_standing = false;
    status.len = 0;
    people_put(&ends.twin, &status, now_ns());
    assert_string_equal(status.text,
                        "estop=up owner=- lease=- ours=- asking=- supervisor=- clears=- "
                        "reaction=- recorded=- ");
    ends.twin.state_refused = 2;
    ends.twin.standing_refused = 3;
    ends.twin.about_refused = 1;
    status.len = 0;
    people_put(&ends.twin, &status, now_ns());
    assert_ptr_equal(
        strstr(status.text, "state_refused=2 standing_refused=3 about_refused=1 estop=up "),
        status.text);
}

static void
h59_the_status_line_of_a_cart_that_is_not_heard_says_so_and_nothing_of_its_state(void **state)
{
    (void)state;
    struct status status = {.len = 0};
    bool told[ORDERS] = {false};
    ends.visitor_is_cut = true;
    assert_null(people_order(&ends.twin, ORDER_STOP, NULL, now_ns()));
    ends_run(300);
    people_put(&ends.twin, &status, now_ns());
    assert_non_null(strstr(status.text, " supervisor=- clears=- reaction=- recorded=- "));
    assert_non_null(strstr(status.text, "silent_ms="));
    assert_non_null(strstr(status.text, " unanswered=stop owner="));
    people_watch_orders(told, &ends.twin, now_ns());
    assert_true(told[ORDER_STOP] && !told[ORDER_MARK]);
    ends.visitor_is_cut = false;
    ends_run(800);
    people_watch_orders(told, &ends.twin, now_ns());
    assert_false(told[ORDER_STOP]);
    status.len = 0;
    people_put(&ends.twin, &status, now_ns());
    assert_null(strstr(status.text, "silent_ms="));
    assert_null(strstr(status.text, "unanswered="));
    assert_non_null(strstr(status.text, " supervisor=stopped "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_ordered_comes_about_or_says_why_not,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(h20_nothing_begins_before_it_is_known_how_things_stand,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(
            h12_the_button_is_the_bedsides_and_whoever_finds_it_down_presses_first,
            ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(h12_a_button_counts_as_heard_only_when_the_cart_says_so,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(h12_enabling_by_itself_is_done_once_in_a_life,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(h12_enabling_by_itself_never_follows_a_stop,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(h13_nothing_is_enabled_before_the_cart_hears_the_panel,
                                        ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(
            h59_the_status_line_of_a_cart_that_is_not_heard_says_so_and_nothing_of_its_state,
            ends_bedside_begins, ends_end),
        cmocka_unit_test_setup_teardown(h17_the_status_line_says_who_leads_and_who_ends_what,
                                        ends_bedside_begins, ends_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
