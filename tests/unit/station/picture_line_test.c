/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "station/picture_line.h"

#define MS UINT64_C(1000000)
#define GATE_NS (700 * MS)
#define BEGIN_NS (10000 * MS)

enum { POOR_BPS = 100000, GOOD_BPS = 400000 };

static struct picture_line line;
static struct picture_line_facts facts;
static uint64_t now_ns;
static unsigned asked;

static int begin(void **state)
{
    (void)state;
    now_ns = BEGIN_NS;
    asked = 0;
    line = (struct picture_line){.is_poor = false};
    facts = (struct picture_line_facts){.room_bps = POOR_BPS,
                                        .late_ns = GATE_NS,
                                        .is_well = true,
                                        .sees = true,
                                        .seen_captured_ns = now_ns};
    return 0;
}

/* So many milliseconds, in which nothing newer is seen. */
static void pass(unsigned ms)
{
    for (unsigned i = 0; i < ms; i++) {
        now_ns += MS;
        picture_line_judge(&line, &facts, now_ns);
        asked += picture_line_asks(&line);
    }
}

/* Likewise, with pictures that are seen at once. */
static void see(unsigned ms)
{
    for (unsigned i = 0; i < ms; i++) {
        facts.seen_captured_ns = now_ns;
        pass(1);
    }
}

static bool gives(bool stands_alone)
{
    return picture_line_gives(&line, now_ns, stands_alone);
}

static void become_poor(void)
{
    pass(GATE_NS / 2 / MS + 1 + PICTURE_LINE_LATE_NS / MS);
    assert_true(line.is_poor);
}

static void h74_pictures_that_stay_late_on_a_line_without_room_are_sent_no_more(void **state)
{
    (void)state;
    pass(GATE_NS / 2 / MS + PICTURE_LINE_LATE_NS / MS);
    assert_true(gives(false) && !line.is_poor);
    pass(1);
    assert_true(line.is_poor);
    assert_false(gives(false));
    assert_false(gives(true));
    assert_int_equal(asked, 0);
}

static void pictures_that_come_in_time_go_however_little_room_there_is(void **state)
{
    (void)state;
    facts.room_bps = 0;
    see(5000);
    assert_true(gives(false) && !line.is_poor);
}

static void what_is_late_for_another_reason_stops_nothing(void **state)
{
    (void)state;
    facts.room_bps = PICTURE_LINE_BPS;
    pass(5000);
    assert_true(gives(false) && !line.is_poor);
    facts.room_bps = POOR_BPS;
    facts.is_well = false; /* the line is cut, or the camera frozen */
    pass(5000);
    assert_true(gives(false) && !line.is_poor);
}

static void h74_a_line_that_never_showed_a_picture_is_found_poor_as_well(void **state)
{
    (void)state;
    facts.sees = false;
    pass(PICTURE_LINE_LATE_NS / MS);
    assert_false(line.is_poor);
    pass(1);
    assert_true(line.is_poor);
}

static void h74_one_picture_that_stands_alone_is_tried_and_the_rest_waits_for_it(void **state)
{
    (void)state;
    become_poor();
    pass(PICTURE_LINE_TRY_NS / MS);
    assert_int_equal(asked, 1);
    assert_false(gives(false));
    assert_true(gives(true));
    assert_false(gives(true));
    facts.seen_captured_ns = now_ns;
    pass(GATE_NS / MS);
    assert_int_equal(asked, 2); /* those since the one that was tried were not sent */
    assert_false(gives(false));
    assert_true(gives(true));
    assert_true(gives(false));
}

static void h74_a_trial_that_is_not_seen_in_time_is_repeated_more_and_more_seldom(void **state)
{
    (void)state;
    static const unsigned rests_s[] = {1, 2, 4, 4, 4};
    become_poor();
    for (unsigned i = 0; i < sizeof rests_s / sizeof *rests_s; i++) {
        pass(rests_s[i] * 1000 - 1);
        assert_int_equal(asked, i);
        pass(1);
        assert_int_equal(asked, i + 1);
        assert_true(gives(true));
        pass(GATE_NS / MS);
        assert_false(gives(true));
    }
}

static void h74_where_there_is_room_again_a_trial_that_was_lost_is_repeated_soon(void **state)
{
    (void)state;
    become_poor();
    facts.room_bps = GOOD_BPS;
    for (unsigned trial = 1; trial < 5; trial++) {
        pass(PICTURE_LINE_TRY_NS / MS);
        assert_int_equal(asked, trial);
        assert_true(gives(true));
        pass(2 * GATE_NS / MS - 1);
        assert_int_equal(line.state, PICTURE_LINE_TRIES);
        pass(1);
        assert_int_equal(line.state, PICTURE_LINE_RESTS);
    }
}

static void h74_the_line_is_told_as_poor_until_pictures_have_stayed_young(void **state)
{
    (void)state;
    line = (struct picture_line){
        .state = PICTURE_LINE_GOES, .is_poor = true, .rest_ns = PICTURE_LINE_TRY_MOST_NS};
    see(1000);
    pass(GATE_NS / 2 / MS + 100); /* one that is late: from the beginning */
    see(PICTURE_LINE_WELL_NS / MS);
    assert_true(line.is_poor);
    see(1);
    assert_false(line.is_poor);
    assert_int_equal(line.rest_ns, 0); /* the next time it is tried as soon as the first */
}

/* A camera that froze since, or a window out of sight: what is old for that is no line's doing. */
static void h74_a_line_that_has_room_again_is_not_told_for_another_fault(void **state)
{
    (void)state;
    become_poor();
    pass(PICTURE_LINE_TRY_NS / MS);
    assert_true(gives(true));
    facts.seen_captured_ns = now_ns;
    pass(1); /* the trial is seen, and nothing after it */
    facts.room_bps = PICTURE_LINE_BPS;
    pass(GATE_NS / MS);
    facts.is_well = false;
    facts.room_bps = PICTURE_LINE_BPS - 1; /* for a moment: from the beginning */
    pass(1);
    facts.room_bps = PICTURE_LINE_BPS;
    pass(PICTURE_LINE_WELL_NS / MS);
    assert_true(line.is_poor);
    pass(1);
    assert_false(line.is_poor);
    facts.room_bps = POOR_BPS;
    facts.is_well = true;
    pass(PICTURE_LINE_LATE_NS / MS + 1);
    assert_true(line.is_poor); /* it is the line's doing after all */
}

static void a_cut_line_is_not_tried_but_when_it_is_back(void **state)
{
    (void)state;
    become_poor();
    facts.is_well = false;
    pass(10000);
    assert_int_equal(asked, 0);
    facts.is_well = true;
    pass(1);
    assert_int_equal(asked, 1);
}

/* Pictures 40 ms apart, each seen `late_ms` after it was captured, unless what comes is lost; a whole number of them
 * after `begin`. */
static void send(unsigned count, unsigned late_ms, bool lost)
{
    for (unsigned ms = 0; ms < 40 * count; ms++) {
        uint64_t since_ns = now_ns - BEGIN_NS;
        if (since_ns % (40 * MS) == 0)
            assert_true(gives(false));
        if (since_ns >= late_ms * MS && !lost)
            facts.seen_captured_ns = now_ns - late_ms * MS - (since_ns - late_ms * MS) % (40 * MS);
        pass(1);
    }
}

static void h08_a_picture_that_is_missed_is_asked_for_once(void **state)
{
    (void)state;
    facts.room_bps = GOOD_BPS;
    send(100, 90, false); /* what is usual is learnt */
    asked = 0;
    send(100, 90, false);
    assert_int_equal(asked, 0);
    uint64_t began_ns = now_ns;
    send(4, 90,
         true); /* that of 80 ms ago is the first: seen after 90 ms, and missed after 60 more */
    assert_int_equal(asked, 1);
    assert_in_range(line.asked_ns - began_ns, 70 * MS, 75 * MS);
    send(5, 90, true);
    assert_int_equal(asked, 1); /* one that stands alone is on its way, captured since */
    send(2, 90, true);
    assert_int_equal(asked, 2); /* that was lost as well: after twice as long */
}

static void h08_where_no_newer_one_is_seen_it_is_asked_for_more_and_more_seldom(void **state)
{
    (void)state;
    facts.room_bps = GOOD_BPS;
    send(100, 90, false);
    uint64_t apart_ns = 150 * MS, before_ns = 0; /* usual, and a miss */
    asked = 0;
    for (unsigned i = 0; i < 8; i++) { /* the window is out of sight, its pulses come */
        while (asked == i)
            send(1, 90, true);
        if (before_ns) {
            apart_ns *= 2;
            if (apart_ns > PICTURE_LINE_ASK_MOST_NS)
                apart_ns = PICTURE_LINE_ASK_MOST_NS;
            assert_in_range(line.asked_ns - before_ns, apart_ns, apart_ns + apart_ns / 50);
        }
        before_ns = line.asked_ns;
    }
    assert_int_equal(apart_ns, PICTURE_LINE_ASK_MOST_NS);
    send(100, 90, false); /* in sight again */
    asked = 0;
    send(4, 90, true);
    assert_int_equal(asked, 1); /* as soon as the first */
    send(7, 90, true);
    assert_int_equal(asked, 2);
}

static void pictures_whose_way_differs_much_are_missed_later(void **state)
{
    (void)state;
    facts.room_bps = GOOD_BPS;
    for (unsigned i = 0; i < 50; i++)
        send(1, i % 2 ? 30 : 150, false);
    assert_true(line.differs_ns > 15e6);
    uint64_t began_ns = now_ns;
    asked = 0;
    send(5, 150, true); /* without the difference missed after 70 ms */
    assert_int_equal(asked, 0);
    send(5, 150, true);
    assert_in_range(line.asked_ns - began_ns, 200 * MS, 400 * MS);
}

static void where_nothing_was_seen_yet_nothing_is_missed(void **state)
{
    (void)state;
    facts.sees = false;
    facts.room_bps = GOOD_BPS;
    send(50, 0, true);
    assert_int_equal(asked, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(h74_pictures_that_stay_late_on_a_line_without_room_are_sent_no_more,
                               begin),
        cmocka_unit_test_setup(pictures_that_come_in_time_go_however_little_room_there_is, begin),
        cmocka_unit_test_setup(what_is_late_for_another_reason_stops_nothing, begin),
        cmocka_unit_test_setup(h74_a_line_that_never_showed_a_picture_is_found_poor_as_well, begin),
        cmocka_unit_test_setup(h74_one_picture_that_stands_alone_is_tried_and_the_rest_waits_for_it,
                               begin),
        cmocka_unit_test_setup(
            h74_a_trial_that_is_not_seen_in_time_is_repeated_more_and_more_seldom, begin),
        cmocka_unit_test_setup(h74_where_there_is_room_again_a_trial_that_was_lost_is_repeated_soon,
                               begin),
        cmocka_unit_test_setup(h74_the_line_is_told_as_poor_until_pictures_have_stayed_young,
                               begin),
        cmocka_unit_test_setup(h74_a_line_that_has_room_again_is_not_told_for_another_fault, begin),
        cmocka_unit_test_setup(h08_a_picture_that_is_missed_is_asked_for_once, begin),
        cmocka_unit_test_setup(h08_where_no_newer_one_is_seen_it_is_asked_for_more_and_more_seldom,
                               begin),
        cmocka_unit_test_setup(pictures_whose_way_differs_much_are_missed_later, begin),
        cmocka_unit_test_setup(where_nothing_was_seen_yet_nothing_is_missed, begin),
        cmocka_unit_test_setup(a_cut_line_is_not_tried_but_when_it_is_back, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
