/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "station/order_waits.h"

#include "unit/cmocka_base.h"

#define START_NS UINT64_C(5000000000)

static struct order_waits waits;
static struct order_wait taken;

static int begin(void **state)
{
    (void)state;
    waits = (struct order_waits){.count = 0};
    return 0;
}

static bool keep(enum order order, uint64_t now_ns)
{
    const struct order_message message = {order, LEASE_NOBODY, now_ns};
    return order_waits_keep(&waits, &message, now_ns);
}

static void h20_what_waits_is_taken_in_its_order_once_the_clock_is_measured(void **state)
{
    (void)state;
    assert_true(keep(ORDER_RESET, START_NS) && keep(ORDER_ENABLE, START_NS + 1));
    assert_false(order_waits_take(&waits, false, START_NS + 2, &taken));
    assert_true(order_waits_take(&waits, true, START_NS + 2, &taken));
    assert_int_equal(taken.message.order, ORDER_RESET);
    assert_true(order_waits_take(&waits, true, START_NS + 2, &taken));
    assert_int_equal(taken.message.order, ORDER_ENABLE);
    assert_int_equal(taken.message.ordered_ns, START_NS + 1);
    assert_false(taken.is_overtaken);
    assert_false(order_waits_take(&waits, true, START_NS + 2, &taken));
}

static void h20_no_order_waits_for_longer_than_it_would_be_young(void **state)
{
    (void)state;
    assert_true(keep(ORDER_ENABLE, START_NS));
    assert_false(order_waits_take(&waits, false, START_NS + ORDER_YOUNG_NS, &taken));
    assert_true(order_waits_take(&waits, false, START_NS + ORDER_YOUNG_NS + 1, &taken));
    assert_false(taken.is_overtaken);
}

static void no_more_wait_than_there_is_room_for(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ORDER_WAITS_MAX; i++)
        assert_true(keep(ORDER_ENABLE, START_NS));
    assert_false(keep(ORDER_DOCK, START_NS));
    assert_int_equal(waits.count, ORDER_WAITS_MAX);
}

static bool is_overtaken(enum order waiting, enum order by)
{
    waits.count = 0;
    assert_true(keep(waiting, START_NS));
    order_waits_overtake(&waits, by);
    return order_waits_take(&waits, false, START_NS, &taken) && taken.is_overtaken;
}

static void h20_what_ends_something_is_never_followed_by_what_it_has_ended(void **state)
{
    (void)state;
    static const enum order stops[] = {ORDER_STOP, ORDER_DISABLE, ORDER_UNDOCK_STOP};
    static const enum order begins[] = {ORDER_ENABLE, ORDER_RESET, ORDER_UNDOCK, ORDER_DOCK,
                                        ORDER_GRANT};
    static const enum order lease[] = {ORDER_REQUEST, ORDER_RELEASE, ORDER_REFUSE};
    for (size_t waiting = 0; waiting < 5; waiting++)
        for (size_t by = 0; by < 3; by++) {
            assert_true(is_overtaken(begins[waiting], stops[by]));
            assert_int_equal(is_overtaken(begins[waiting], lease[by]),
                             begins[waiting] == ORDER_GRANT);
            assert_false(is_overtaken(begins[waiting], ORDER_MARK));
            assert_false(is_overtaken(ORDER_REQUEST, stops[by]));
        }
}

static void who_lets_the_lease_go_asks_for_it_no_more(void **state)
{
    (void)state;
    assert_true(keep(ORDER_REQUEST, START_NS) && keep(ORDER_ENABLE, START_NS));
    order_waits_withdraw(&waits);
    assert_true(order_waits_take(&waits, false, START_NS, &taken) && taken.is_overtaken);
    assert_false(order_waits_take(&waits, false, START_NS, &taken)); /* the other waits on */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(h20_what_waits_is_taken_in_its_order_once_the_clock_is_measured,
                               begin),
        cmocka_unit_test_setup(h20_no_order_waits_for_longer_than_it_would_be_young, begin),
        cmocka_unit_test_setup(no_more_wait_than_there_is_room_for, begin),
        cmocka_unit_test_setup(h20_what_ends_something_is_never_followed_by_what_it_has_ended,
                               begin),
        cmocka_unit_test_setup(who_lets_the_lease_go_asks_for_it_no_more, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
