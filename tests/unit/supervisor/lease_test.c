/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "supervisor/lease.h"
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <string.h>

#define MS UINT64_C(1000000)
#define START_NS (1000 * MS)

struct theatre {
    struct lease lease;
    uint8_t shanghai, osaka, bedside;
};

static struct theatre open_theatre(void)
{
    struct theatre theatre;
    lease_init(&theatre.lease);
    theatre.shanghai = lease_join(&theatre.lease, "aa", "Shanghai", LEASE_CONSOLE, START_NS);
    theatre.osaka = lease_join(&theatre.lease, "bb", "Osaka", LEASE_CONSOLE, START_NS);
    theatre.bedside = lease_join(&theatre.lease, "cc", "Casablanca", LEASE_BEDSIDE, START_NS);
    assert_int_equal(theatre.lease.owner, LEASE_NOBODY);
    return theatre;
}

/* Shanghai has it, and everybody was heard just now. */
static struct theatre working(void)
{
    struct theatre theatre = open_theatre();
    assert_int_equal(lease_request(&theatre.lease, theatre.shanghai, START_NS), LEASE_GRANTED);
    return theatre;
}

static void h10_who_asks_first_gets_it_and_the_next_waits_for_the_owners_answer(void **state)
{
    (void)state;
    struct theatre at = working();
    assert_int_equal(at.lease.owner, at.shanghai);
    assert_int_equal(lease_request(&at.lease, at.shanghai, START_NS), LEASE_HAS_IT);
    assert_int_equal(lease_request(&at.lease, at.osaka, START_NS), LEASE_ASKED);
    assert_int_equal(at.lease.asking, at.osaka);
    assert_int_equal(at.lease.owner, at.shanghai);
    assert_int_equal(lease_grant(&at.lease, at.osaka, at.osaka), LEASE_DENIED);
    assert_int_equal(lease_refuse(&at.lease, at.osaka), LEASE_DENIED);
    assert_int_equal(lease_grant(&at.lease, at.shanghai, at.osaka), LEASE_GRANTED);
    assert_int_equal(at.lease.owner, at.osaka);
    assert_int_equal(at.lease.asking, LEASE_NOBODY);
}

static void h14_the_number_grows_at_every_change_and_older_ones_allow_nothing(void **state)
{
    (void)state;
    struct theatre at = working();
    uint8_t first = (uint8_t)at.lease.number;
    assert_true(lease_allows(&at.lease, at.shanghai, first));
    assert_false(lease_allows(&at.lease, at.osaka, first));
    assert_false(lease_allows(&at.lease, LEASE_NOBODY, first));
    assert_int_equal(lease_grant(&at.lease, at.shanghai, at.osaka), LEASE_GRANTED);
    assert_false(lease_allows(&at.lease, at.shanghai, first));
    assert_int_equal(lease_grant(&at.lease, at.osaka, at.shanghai), LEASE_GRANTED);
    assert_false(
        lease_allows(&at.lease, at.shanghai, first)); /* sent before it gave the lease away */
    assert_true(lease_allows(&at.lease, at.shanghai, (uint8_t)(first + 2)));
}

static void h14_an_owner_that_was_started_again_keeps_it_under_a_new_number(void **state)
{
    (void)state;
    struct theatre at = working();
    uint32_t before = at.lease.number;
    lease_part(&at.lease, at.shanghai, START_NS);
    assert_int_equal(at.lease.owner, at.shanghai);
    assert_int_equal(lease_join(&at.lease, "aa", "Shanghai", LEASE_CONSOLE, START_NS), at.shanghai);
    assert_int_equal(at.lease.owner, at.shanghai);
    assert_int_equal(at.lease.number, before + 1);
}

static void h15_a_silent_owner_keeps_it_until_somebody_asks(void **state)
{
    (void)state;
    struct theatre at = working();
    uint64_t later_ns = START_NS + LEASE_SILENT_NS;
    assert_false(lease_owner_is_silent(&at.lease, later_ns));
    assert_int_equal(lease_request(&at.lease, at.osaka, later_ns), LEASE_ASKED);
    assert_true(lease_owner_is_silent(&at.lease, later_ns + 1));
    lease_tick(&at.lease, later_ns + 1);
    assert_int_equal(at.lease.owner, at.shanghai); /* that it was asked before gives nothing away */
    assert_int_equal(lease_request(&at.lease, at.osaka, later_ns + 1), LEASE_GRANTED);
    assert_int_equal(at.lease.owner, at.osaka);
    lease_hear(&at.lease, at.shanghai, later_ns + 2); /* the other half of a partition comes back */
    assert_false(lease_allows(&at.lease, at.shanghai, (uint8_t)at.lease.number));
}

static void h15_the_bedside_takes_it_at_once_and_gives_it_back(void **state)
{
    (void)state;
    struct theatre at = working();
    assert_int_equal(lease_request(&at.lease, at.osaka, START_NS), LEASE_ASKED);
    assert_int_equal(lease_request(&at.lease, at.bedside, START_NS), LEASE_GRANTED);
    assert_int_equal(at.lease.owner, at.bedside);
    assert_int_equal(at.lease.asking, LEASE_NOBODY);
    assert_int_equal(lease_grant(&at.lease, at.bedside, at.shanghai), LEASE_GRANTED);
    assert_int_equal(lease_request(&at.lease, at.osaka, START_NS), LEASE_ASKED);
    assert_int_equal(lease_refuse(&at.lease, at.bedside), LEASE_DONE);
    assert_int_equal(lease_grant(&at.lease, at.bedside, at.osaka), LEASE_GRANTED);
    lease_part(&at.lease, at.shanghai, START_NS);
    assert_int_equal(lease_grant(&at.lease, at.bedside, at.shanghai),
                     LEASE_DENIED); /* it is not here */
}

static void a_request_is_forgotten_after_half_a_minute_or_when_who_asked_goes(void **state)
{
    (void)state;
    struct theatre at = working();
    assert_int_equal(lease_request(&at.lease, at.osaka, START_NS), LEASE_ASKED);
    uint8_t tangier = lease_join(&at.lease, "dd", "Tangier", LEASE_CONSOLE, START_NS);
    assert_int_equal(lease_request(&at.lease, tangier, START_NS), LEASE_BUSY);
    lease_tick(&at.lease, START_NS + LEASE_ASK_NS);
    assert_int_equal(at.lease.asking, at.osaka);
    lease_tick(&at.lease, START_NS + LEASE_ASK_NS + 1);
    assert_int_equal(at.lease.asking, LEASE_NOBODY);
    assert_int_equal(lease_request(&at.lease, tangier, START_NS), LEASE_ASKED);
    lease_part(&at.lease, tangier, START_NS);
    assert_int_equal(at.lease.asking, LEASE_NOBODY);
}

static void only_its_owner_lets_it_go_and_then_whoever_asks_gets_it(void **state)
{
    (void)state;
    struct theatre at = working();
    uint32_t before = at.lease.number;
    assert_int_equal(lease_release(&at.lease, at.osaka), LEASE_DENIED);
    assert_int_equal(lease_release(&at.lease, at.shanghai), LEASE_DONE);
    assert_int_equal(at.lease.owner, LEASE_NOBODY);
    assert_int_equal(at.lease.number, before + 1);
    assert_int_equal(lease_request(&at.lease, at.osaka, START_NS), LEASE_GRANTED);
}

static const char *name_of(const struct theatre *at, uint8_t seat)
{
    return at->lease.seats[seat].name;
}

static void h10_sites_of_one_name_are_told_apart_and_keep_what_they_are_called(void **state)
{
    (void)state;
    struct theatre at = working();
    uint8_t second = lease_join(&at.lease, "dd", "Shanghai", LEASE_CONSOLE, START_NS);
    uint8_t third = lease_join(&at.lease, "ee", "Shanghai", LEASE_CONSOLE, START_NS);
    assert_string_equal(name_of(&at, at.shanghai), "Shanghai");
    assert_string_equal(name_of(&at, second), "Shanghai (2)");
    assert_string_equal(name_of(&at, third), "Shanghai (3)");
    lease_part(&at.lease, at.shanghai, START_NS); /* they come back the other way round */
    lease_part(&at.lease, second, START_NS);
    assert_int_equal(lease_join(&at.lease, "dd", "Shanghai", LEASE_CONSOLE, START_NS), second);
    assert_int_equal(lease_join(&at.lease, "aa", "Shanghai", LEASE_CONSOLE, START_NS), at.shanghai);
    assert_string_equal(name_of(&at, second), "Shanghai (2)");
    assert_string_equal(name_of(&at, at.shanghai), "Shanghai");
}

static void
h10_a_new_certificate_leaves_a_site_its_name_and_a_former_one_does_not_take_it(void **state)
{
    (void)state;
    struct theatre at = working();
    lease_part(&at.lease, at.osaka, START_NS);
    uint8_t renewed = lease_join(&at.lease, "dd", "Osaka", LEASE_CONSOLE, START_NS);
    assert_string_equal(name_of(&at, renewed), "Osaka");
    assert_int_equal(lease_join(&at.lease, "bb", "Osaka", LEASE_CONSOLE, START_NS), at.osaka);
    assert_string_equal(name_of(&at, at.osaka), "Osaka (2)"); /* both are here */
    assert_string_equal(name_of(&at, renewed), "Osaka");
    lease_part(&at.lease, at.shanghai, START_NS); /* an owner's name is taken though it is gone */
    uint8_t second = lease_join(&at.lease, "ee", "Shanghai", LEASE_CONSOLE, START_NS);
    assert_string_equal(name_of(&at, second), "Shanghai (2)");
}

static void h10_a_long_name_is_told_apart_too_and_stays_whole_characters(void **state)
{
    (void)state;
    struct theatre at = working();
    char name[LEASE_NAME_BYTES], expected[LEASE_NAME_BYTES];
    memset(name, 'a', LEASE_NAME_BYTES - 1);
    name[LEASE_NAME_BYTES - 1] = '\0';
    memcpy(name + LEASE_NAME_BYTES - 6, "\xc3\xa9",
           2); /* e with an acute accent, where it is cut */
    uint8_t first = lease_join(&at.lease, "dd", name, LEASE_CONSOLE, START_NS);
    uint8_t second = lease_join(&at.lease, "ee", name, LEASE_CONSOLE, START_NS);
    assert_string_equal(name_of(&at, first), name);
    memset(expected, 'a', sizeof expected);
    snprintf(expected + LEASE_NAME_BYTES - 6, 6, " (2)");
    assert_string_equal(name_of(&at, second), expected);
}

static void seats_of_those_who_left_are_given_again_but_never_the_owners(void **state)
{
    (void)state;
    struct theatre at = working();
    char print[2] = "A";
    lease_part(&at.lease, at.shanghai, START_NS);
    for (; print[0] < 'A' + 20; print[0]++) {
        uint8_t seat = lease_join(&at.lease, print, "visitor", LEASE_CONSOLE, START_NS);
        assert_true(seat < LEASE_SEATS && seat != at.shanghai);
        lease_part(&at.lease, seat, START_NS);
    }
    for (; print[0] < 'A' + 25; print[0]++)
        assert_true(lease_join(&at.lease, print, "visitor", LEASE_CONSOLE, START_NS) < LEASE_SEATS);
    assert_int_equal(lease_join(&at.lease, "zz", "late", LEASE_CONSOLE, START_NS), LEASE_NOBODY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h10_who_asks_first_gets_it_and_the_next_waits_for_the_owners_answer),
        cmocka_unit_test(h14_the_number_grows_at_every_change_and_older_ones_allow_nothing),
        cmocka_unit_test(h14_an_owner_that_was_started_again_keeps_it_under_a_new_number),
        cmocka_unit_test(h15_a_silent_owner_keeps_it_until_somebody_asks),
        cmocka_unit_test(h15_the_bedside_takes_it_at_once_and_gives_it_back),
        cmocka_unit_test(a_request_is_forgotten_after_half_a_minute_or_when_who_asked_goes),
        cmocka_unit_test(only_its_owner_lets_it_go_and_then_whoever_asks_gets_it),
        cmocka_unit_test(seats_of_those_who_left_are_given_again_but_never_the_owners),
        cmocka_unit_test(h10_sites_of_one_name_are_told_apart_and_keep_what_they_are_called),
        cmocka_unit_test(
            h10_a_new_certificate_leaves_a_site_its_name_and_a_former_one_does_not_take_it),
        cmocka_unit_test(h10_a_long_name_is_told_apart_too_and_stays_whole_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
