/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "station/reclutch.h"

#define MS UINT64_C(1000000)
#define START_NS (1000 * MS)

static const struct reclutch_facts well = {
    .hold = HOLD_SILENCE, .heard = true, .clock_measured = true, .gate = GATE_OPEN};

static void it_is_due_once_when_all_has_been_well_for_a_moment(void **state)
{
    (void)state;
    struct reclutch reclutch;
    reclutch_session(&reclutch);
    assert_false(reclutch_is_due(&reclutch, &well, START_NS));
    assert_false(reclutch_is_due(&reclutch, &well, START_NS + RECLUTCH_WELL_NS - 1));
    assert_true(reclutch_is_due(&reclutch, &well, START_NS + RECLUTCH_WELL_NS));
    uint64_t asked_ns = START_NS + RECLUTCH_WELL_NS;
    assert_false(reclutch_is_due(&reclutch, &well, asked_ns + MS));
    assert_false(reclutch_is_due(&reclutch, &well, asked_ns + RECLUTCH_AGAIN_NS - 1));
    assert_true(reclutch_is_due(&reclutch, &well, asked_ns + RECLUTCH_AGAIN_NS));
}

static void whatever_is_wrong_the_moment_counts_anew(void **state)
{
    (void)state;
    struct reclutch_facts wrongs[] = {well, well, well};
    wrongs[0].heard = false;
    wrongs[1].clock_measured = false;
    wrongs[2].gate = GATE_OLD_PICTURE;
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        struct reclutch reclutch;
        reclutch_session(&reclutch);
        assert_false(reclutch_is_due(&reclutch, &well, START_NS));
        assert_false(reclutch_is_due(&reclutch, &wrongs[i], START_NS + RECLUTCH_WELL_NS));
        assert_false(reclutch_is_due(&reclutch, &well, START_NS + RECLUTCH_WELL_NS + MS));
        assert_true(reclutch_is_due(&reclutch, &well, START_NS + 2 * RECLUTCH_WELL_NS + MS));
    }
}

static void only_what_waits_for_a_clutch_in_asks_for_one(void **state)
{
    (void)state;
    for (int hold = 0; hold < HOLD_CAUSES; hold++)
        for (int gate = GATE_OPEN; gate <= GATE_AWAITS_FOOT; gate++) {
            struct reclutch reclutch;
            struct reclutch_facts facts = well;
            facts.hold = (enum hold_cause)hold;
            facts.gate = (enum gate_state)gate;
            reclutch_session(&reclutch);
            assert_false(reclutch_is_due(&reclutch, &facts, START_NS));
            bool rests = hold == HOLD_NONE || hold == HOLD_RELEASED ||
                         hold == HOLD_CAMERA; /* as hand and foot want it */
            bool theirs =
                hold >= HOLD_TRACKING && hold != HOLD_LINE && !rests; /* the bedside's to end */
            bool due = gate != GATE_NO_PICTURE && gate != GATE_OLD_PICTURE &&
                       (rests ? gate == GATE_AWAITS_FOOT : !theirs);
            assert_int_equal(reclutch_is_due(&reclutch, &facts, START_NS + RECLUTCH_WELL_NS), due);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_due_once_when_all_has_been_well_for_a_moment),
        cmocka_unit_test(whatever_is_wrong_the_moment_counts_anew),
        cmocka_unit_test(only_what_waits_for_a_clutch_in_asks_for_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
