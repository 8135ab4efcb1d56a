/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <string.h>

#include "task/task.h"

#define MS UINT64_C(1000000)

static struct arm_event told[16];
static unsigned told_count;

static void note(void *context, const struct arm_event *event)
{
    (void)context;
    assert_true(told_count < 16);
    told[told_count++] = *event;
}

static struct task read_task(const char *text)
{
    struct task task;
    char reason[TASK_REASON_BYTES] = "";
    if (!task_read(&task, text, strlen(text), reason))
        fail_msg("%s", reason);
    told_count = 0;
    return task;
}

static unsigned place(const struct task *task, const char *name)
{
    for (unsigned i = 0; i < task->place_count; i++)
        if (!strcmp(task->places[i], name))
            return i;
    fail_msg("no place %s", name);
    return 0;
}

static void assert_told(unsigned i, enum arm_event_kind kind, const char *object, double value)
{
    assert_true(i < told_count);
    assert_int_equal(told[i].kind, kind);
    assert_string_equal(told[i].object, object);
    assert_true(fabs(told[i].value - value) < 1e-9);
}

static void a_step_counts_once_when_it_is_near_and_let_go(void **state)
{
    (void)state;
    struct task task = read_task("step 1 near ring peg 5 free");
    struct task_facts facts = {.moves = true};
    unsigned ring = place(&task, "ring");
    facts.at_m[ring].x = 0.006;
    task_update(&task, &facts, 1 * MS, note, NULL);
    facts.at_m[ring].x = 0.004;
    facts.holders[ring] = 1;
    task_update(&task, &facts, 2 * MS, note, NULL);
    assert_int_equal(told_count, 0);
    facts.holders[ring] = 0;
    task_update(&task, &facts, 1001 * MS, note, NULL);
    task_update(&task, &facts, 1002 * MS, note, NULL);
    assert_int_equal(told_count, 2);
    assert_told(0, ARM_EVENT_STEP, "ring", 1);
    assert_told(1, ARM_EVENT_DONE, "", 1.0);
}

static void handing_over_takes_two_hands_at_once(void **state)
{
    (void)state;
    struct task task = read_task("step 1 far ring peg 10 both");
    struct task_facts facts = {.moves = true};
    unsigned ring = place(&task, "ring");
    facts.at_m[ring].x = 0.02;
    for (uint8_t hands = 0; hands <= 2; hands++) {
        facts.holders[ring] = hands;
        task_update(&task, &facts, (1 + hands) * MS, note, NULL);
        assert_int_equal(told_count, hands == 2 ? 2 : 0);
    }
}

static void a_stage_waits_for_all_of_the_one_before(void **state)
{
    (void)state;
    struct task task = read_task("step 1 near a home 5; step 1 near b home 5; step 2 far a home 9");
    struct task_facts facts = {.moves = true};
    unsigned a = place(&task, "a"), b = place(&task, "b");
    facts.at_m[a].y = facts.at_m[b].y = 0.02;
    task_update(&task, &facts, MS, note, NULL); /* far already: counts for nothing yet */
    assert_int_equal(told_count, 0);
    facts.at_m[a].y = facts.at_m[b].y = 0;
    task_update(&task, &facts, 2 * MS, note, NULL);
    assert_int_equal(told_count, 2);
    facts.at_m[a].y = 0.02;
    task_update(&task, &facts, 3 * MS, note, NULL);
    assert_int_equal(told_count, 4);
    assert_told(2, ARM_EVENT_STEP, "a", 3);
    assert_true(task.is_done);
}

static void a_step_with_a_time_must_last_it_without_a_break(void **state)
{
    (void)state;
    struct task task = read_task("step 1 far flap bed 10 held for 0.5");
    struct task_facts facts = {.moves = true};
    unsigned flap = place(&task, "flap");
    facts.at_m[flap].z = 0.02;
    for (uint64_t ms = 1; ms <= 1300; ms++) {
        facts.holders[flap] = ms != 400;
        task_update(&task, &facts, ms * MS, note, NULL);
        assert_int_equal(told_count, ms < 901 ? 0 : 2);
    }
}

static void a_step_counts_only_while_the_other_distance_is_so_too(void **state)
{
    (void)state;
    struct task task = read_task("step 1 near tip target 5 for 0.1 while far flap target 10");
    struct task_facts facts = {.moves = true};
    unsigned flap = place(&task, "flap");
    for (uint64_t ms = 1; ms <= 400; ms++) {
        facts.at_m[flap].z = ms < 200 || ms == 250 ? 0.009 : 0.011;
        task_update(&task, &facts, ms * MS, note, NULL);
        assert_int_equal(told_count, ms < 351 ? 0 : 2);
    }
}

static void nothing_is_done_before_an_arm_moves(void **state)
{
    (void)state;
    struct task task = read_task("step 1 near a b 5");
    struct task_facts facts = {.moves = false};
    task_update(&task, &facts, MS, note, NULL);
    assert_int_equal(told_count, 0);
    facts.moves = true;
    task_update(&task, &facts, 2 * MS, note, NULL);
    assert_int_equal(told_count, 2);
}

static void a_grasp_a_drop_and_a_tear_are_told_as_they_happen(void **state)
{
    (void)state;
    struct task task = read_task("");
    struct task_facts facts = {.held = {NULL, "ring1"}};
    task_update(&task, &facts, MS, note, NULL);
    task_update(&task, &facts, 2 * MS, note, NULL);
    assert_int_equal(told_count, 1);
    assert_told(0, ARM_EVENT_GRASP, "ring1", 0);
    assert_int_equal(told[0].arm, 1);
    facts.held[1] = NULL;
    facts.is_torn[1] = true;
    task_update(&task, &facts, 3 * MS, note, NULL);
    assert_int_equal(told_count, 2);
    assert_told(1, ARM_EVENT_DROP, "ring1", 1);
}

static void h43_force_over_the_limit_is_told_when_it_begins_and_again_after_a_rest(void **state)
{
    (void)state;
    struct task task = read_task("force 4");
    struct task_facts facts = {.force_n = {3.9, 0}};
    task_update(&task, &facts, MS, note, NULL);
    assert_int_equal(told_count, 0);
    facts.force_n[0] = 4.5;
    for (uint64_t ms = 2; ms < 1000; ms++) {
        facts.force_n[0] = ms % 100 < 50 ? 4.5 : 0; /* trembling is one event */
        task_update(&task, &facts, ms * MS, note, NULL);
    }
    assert_int_equal(told_count, 1);
    assert_told(0, ARM_EVENT_FORCE, "", 4.5);
    facts.force_n[0] = 0;
    task_update(&task, &facts, 2000 * MS, note, NULL);
    facts.force_n[0] = 9;
    task_update(&task, &facts, 2001 * MS, note, NULL);
    assert_int_equal(told_count, 2);
}

static void a_touch_of_what_is_not_to_be_touched_is_told_once(void **state)
{
    (void)state;
    struct task task = read_task("");
    struct task_facts facts = {.touched = {"wire", NULL}};
    for (uint64_t ms = 1; ms < 100; ms++)
        task_update(&task, &facts, ms * MS, note, NULL);
    assert_int_equal(told_count, 1);
    assert_told(0, ARM_EVENT_COLLISION, "wire", 0);
}

static void h42_a_task_that_is_wrong_says_which_sentence_and_why(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"force", "sentence 1: force must be a number from 0 to 1000, not ''"},
        {"force 5 N", "sentence 1: 'N' is one word too many"},
        {"force 5; leap 1", "sentence 2: 'leap': force or step"},
        {"step 1 by a b 5", "sentence 1: 'by': near or far"},
        {"step 1 near a", "sentence 1: the name of a place is missing"},
        {"step 1 near a b nan",
         "sentence 1: the distance must be a number from 0 to 1000, not 'nan'"},
        {"step 2 near a b 1; step 1 near a b 1",
         "sentence 2: the stage must be a number from 2 to 99, not '1'"},
        {"step 1 near a b 5 loose", "sentence 1: 'loose': free, held, both, for SECONDS or while"},
        {"step 1 near a b 5 while c d 5", "sentence 1: 'c': near or far"},
        {"step 1 near a b 5 while far c", "sentence 1: the name of a place is missing"},
        {"step 1 near a b 5 while far c d 5 while near c d 9",
         "sentence 1: 'while': free, held, both, for SECONDS or while"},
        {"step 1 near a b 5 for x", "sentence 1: for must be a number from 0 to 3600, not 'x'"},
    };
    struct task task;
    char reason[TASK_REASON_BYTES];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(task_read(&task, wrong[i][0], strlen(wrong[i][0]), reason));
        assert_string_equal(reason, wrong[i][1]);
        assert_int_equal(task.sentence_count, reason[strlen("sentence ")] - '0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_counts_once_when_it_is_near_and_let_go),
        cmocka_unit_test(handing_over_takes_two_hands_at_once),
        cmocka_unit_test(a_stage_waits_for_all_of_the_one_before),
        cmocka_unit_test(a_step_with_a_time_must_last_it_without_a_break),
        cmocka_unit_test(a_step_counts_only_while_the_other_distance_is_so_too),
        cmocka_unit_test(nothing_is_done_before_an_arm_moves),
        cmocka_unit_test(a_grasp_a_drop_and_a_tear_are_told_as_they_happen),
        cmocka_unit_test(h43_force_over_the_limit_is_told_when_it_begins_and_again_after_a_rest),
        cmocka_unit_test(a_touch_of_what_is_not_to_be_touched_is_told_once),
        cmocka_unit_test(h42_a_task_that_is_wrong_says_which_sentence_and_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
