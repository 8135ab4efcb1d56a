/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of two servers has it, in virtual time over a store of the test's own. */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <stdlib.h>

#include "centre/duty.h"
#include "store/sqlite.h"

#define SECOND UINT64_C(1000000000)

static char folder[64];
static struct store *store;
static struct arena arena;
static struct duty one, two;

static int make(void **state)
{
    char path[128], help[STORE_HELP_BYTES];
    (void)state;
    arena_init(&arena, 1 << 20);
    snprintf(folder, sizeof folder, "/tmp/jisr-duty-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/record", folder);
    assert_int_equal(store_sqlite_open(&store, &(struct sqlite_setting){.path = path}, help),
                     STORE_OK);
    assert_true(duty_init(&one, store, "test"));
    assert_true(duty_init(&two, store, "test"));
    return 0;
}

static int unmake(void **state)
{
    char command[128];
    (void)state;
    duty_free(&one);
    duty_free(&two);
    store_close(store);
    arena_free(&arena);
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
    return 0;
}

static enum store_err work(struct store_write *write, void *context)
{
    return duty_hold(write, context);
}

/* What a job of its owner, as he believes, comes to. */
static enum store_err job_of(struct duty *duty)
{
    arena_reset(&arena);
    return store_run(store, &arena, work, duty);
}

static void h147_one_has_it_while_he_renews_it(void **state)
{
    (void)state;
    assert_true(duty_turn(&one, 1 * SECOND));
    for (uint64_t now = 1; now < 30; now++) {
        assert_true(duty_turn(&one, now * SECOND));
        assert_false(duty_turn(&two, now * SECOND));
    }
    assert_int_equal(job_of(&one), STORE_OK);
    assert_int_equal(job_of(&two), STORE_ERR_REFUSED);
}

static void h147_a_silent_owner_stops_before_another_takes_it(void **state)
{
    uint64_t now = 1 * SECOND, stopped = 0, taken = 0;
    (void)state;
    assert_true(duty_turn(&one, now));
    while (!taken && now < 60 * SECOND) { /* the owner is not asked to renew it any more */
        now += SECOND / 4;
        if (!stopped && !duty_is_ours(&one, now))
            stopped = now;
        if (duty_turn(&two, now))
            taken = now;
    }
    assert_true(stopped && taken > stopped + SECOND);
    assert_true(taken <= 10 * SECOND);
    assert_int_equal(two.number, one.number + 1);
    assert_int_equal(job_of(&one), STORE_ERR_REFUSED); /* he does not know yet */
    assert_int_equal(job_of(&two), STORE_OK);
    assert_false(duty_turn(&one, now + SECOND));
    assert_false(one.is_ours);
    assert_true(duty_turn(&two, now + 2 * SECOND));
}

static void an_owner_that_nobody_followed_goes_on(void **state)
{
    (void)state;
    assert_true(duty_turn(&one, 1 * SECOND));
    assert_false(duty_is_ours(&one, 100 * SECOND));
    assert_true(duty_turn(&one, 100 * SECOND));
    assert_int_equal(one.number, 1);
}

static void what_is_given_is_taken_at_once(void **state)
{
    (void)state;
    assert_true(duty_turn(&one, 1 * SECOND));
    assert_false(duty_turn(&two, 1 * SECOND));
    duty_give(&one);
    assert_false(duty_is_ours(&one, 1 * SECOND));
    assert_true(duty_turn(&two, 2 * SECOND));
    assert_int_equal(two.number, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(h147_one_has_it_while_he_renews_it, make, unmake),
        cmocka_unit_test_setup_teardown(h147_a_silent_owner_stops_before_another_takes_it, make,
                                        unmake),
        cmocka_unit_test_setup_teardown(an_owner_that_nobody_followed_goes_on, make, unmake),
        cmocka_unit_test_setup_teardown(what_is_given_is_taken_at_once, make, unmake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
