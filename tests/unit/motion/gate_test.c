/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "motion/gate.h"

#define MS UINT64_C(1000000)
#define START_NS (1000 * MS)
#define LIMIT_NS (200 * MS)

static struct gate gate;

static enum gate_state look(bool foot_down, uint64_t now_ns, bool *passes)
{
    struct gesture gesture = {.flags = foot_down ? GESTURE_ENGAGED : 0, .hand_count = 1};
    enum gate_state state = gate_hands(&gate, &gesture, now_ns);
    *passes = gesture.flags & GESTURE_ENGAGED;
    assert_int_equal((gesture.flags & GESTURE_FROZEN) != 0, state != GATE_OPEN);
    return state;
}

static void h08_hands_are_frozen_until_a_picture_was_seen(void **state)
{
    (void)state;
    bool passes;
    gate_init(&gate, LIMIT_NS);
    assert_int_equal(look(true, START_NS, &passes), GATE_NO_PICTURE);
    assert_false(passes);
    gate_picture(&gate, 10 * MS, false, START_NS); /* not measured counts as old */
    assert_int_equal(look(true, START_NS, &passes), GATE_NO_PICTURE);
    assert_true(gate_picture_age_ns(&gate, START_NS) == UINT64_MAX);
    gate_picture(&gate, 10 * MS, true, START_NS);
    assert_int_equal(look(true, START_NS, &passes), GATE_AWAITS_FOOT);
    assert_int_equal(look(false, START_NS, &passes), GATE_OPEN);
    assert_int_equal(look(true, START_NS, &passes), GATE_OPEN);
    assert_true(passes);
}

static void h08_an_old_picture_freezes_until_it_is_young_and_the_foot_was_up(void **state)
{
    (void)state;
    bool passes;
    uint64_t now = START_NS;
    gate_init(&gate, LIMIT_NS);
    gate_picture(&gate, 150 * MS, true, now);
    assert_int_equal(look(false, now, &passes), GATE_OPEN);
    assert_int_equal(look(true, now + 50 * MS, &passes), GATE_OPEN);
    assert_true(passes);
    assert_int_equal(look(true, now + 50 * MS + 1, &passes), GATE_OLD_PICTURE);
    assert_false(passes);
    assert_int_equal(look(false, now + 60 * MS, &passes), GATE_OLD_PICTURE);
    assert_int_equal(look(true, now + 70 * MS, &passes), GATE_OLD_PICTURE);
    gate_picture(&gate, 100 * MS, true, now + 80 * MS);
    assert_int_equal(look(true, now + 80 * MS, &passes), GATE_AWAITS_FOOT);
    assert_false(passes);
    assert_int_equal(look(true, now + 90 * MS, &passes), GATE_AWAITS_FOOT);
    assert_int_equal(look(false, now + 100 * MS, &passes), GATE_OPEN);
    assert_int_equal(look(true, now + 110 * MS, &passes), GATE_OPEN);
    assert_true(passes);
}

static void h03_a_foot_that_lifts_by_itself_opens_nothing(void **state)
{
    (void)state;
    bool passes;
    struct gesture unasked = {.flags = GESTURE_UNASKED, .hand_count = 1};
    gate_init(&gate, LIMIT_NS);
    gate_picture(&gate, 10 * MS, true, START_NS);
    assert_int_equal(gate_hands(&gate, &unasked, START_NS), GATE_AWAITS_FOOT);
    assert_int_equal(unasked.flags, GESTURE_UNASKED | GESTURE_FROZEN);
    assert_int_equal(look(true, START_NS, &passes), GATE_AWAITS_FOOT);
    assert_int_equal(look(false, START_NS, &passes), GATE_OPEN);
    unasked.flags = GESTURE_UNASKED;
    assert_int_equal(gate_hands(&gate, &unasked, START_NS), GATE_OPEN);
    assert_int_equal(unasked.flags, GESTURE_UNASKED);
}

static void h08_a_frozen_picture_goes_on_ageing_and_an_older_one_makes_it_no_younger(void **state)
{
    (void)state;
    bool passes;
    gate_init(&gate, LIMIT_NS);
    gate_picture(&gate, 50 * MS, true, START_NS);
    gate_picture(&gate, 190 * MS, true, START_NS + 100 * MS); /* captured before that one */
    assert_true(gate_picture_age_ns(&gate, START_NS + 100 * MS) == 150 * MS);
    assert_int_equal(look(false, START_NS + 100 * MS, &passes), GATE_OPEN);
    gate_forget(&gate);
    assert_int_equal(look(true, START_NS + 100 * MS, &passes), GATE_NO_PICTURE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h08_hands_are_frozen_until_a_picture_was_seen),
        cmocka_unit_test(h08_an_old_picture_freezes_until_it_is_young_and_the_foot_was_up),
        cmocka_unit_test(h03_a_foot_that_lifts_by_itself_opens_nothing),
        cmocka_unit_test(h08_a_frozen_picture_goes_on_ageing_and_an_older_one_makes_it_no_younger),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
