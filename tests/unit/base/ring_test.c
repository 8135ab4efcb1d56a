/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "unit/cmocka_base.h"

#include <pthread.h>
#include <sched.h>

#include "base/ring.h"

enum { SLOTS = 4, HANDED_OVER = 200000 };

struct slot {
    uint64_t number, twice;
};

static struct slot slots[SLOTS];
static struct ring ring;

static void put(uint64_t number)
{
    struct slot *slot;
    while (!(slot = ring_reserve(&ring)))
        sched_yield();
    *slot = (struct slot){.number = number, .twice = 2 * number};
    ring_publish(&ring);
}

static void a_full_ring_lends_no_slot_until_one_is_released(void **state)
{
    (void)state;
    ring_init(&ring, slots, SLOTS, sizeof *slots);
    assert_null(ring_oldest(&ring));
    for (uint64_t i = 0; i < SLOTS; i++)
        put(i);
    assert_null(ring_reserve(&ring));
    assert_int_equal(((struct slot *)ring_oldest(&ring))->number, 0);
    ring_release(&ring);
    assert_non_null(ring_reserve(&ring));
    assert_int_equal(((struct slot *)ring_oldest(&ring))->number, 1);
}

static void a_reserved_slot_is_not_seen_before_it_is_published(void **state)
{
    (void)state;
    ring_init(&ring, slots, SLOTS, sizeof *slots);
    struct slot *slot = ring_reserve(&ring);
    assert_non_null(slot);
    assert_ptr_equal(ring_reserve(&ring), slot);
    assert_null(ring_oldest(&ring));
    ring_publish(&ring);
    assert_ptr_equal(ring_oldest(&ring), slot);
}

static void the_counters_may_wrap(void **state)
{
    (void)state;
    ring_init(&ring, slots, SLOTS, sizeof *slots);
    atomic_store(&ring.published, UINT32_MAX - 1);
    atomic_store(&ring.released, UINT32_MAX - 1);
    for (uint64_t i = 0; i < 10; i++) {
        put(i);
        assert_int_equal(((struct slot *)ring_oldest(&ring))->number, i);
        ring_release(&ring);
    }
    assert_null(ring_oldest(&ring));
}

static void *write_all(void *unused)
{
    for (uint64_t i = 0; i < HANDED_OVER; i++)
        put(i);
    return unused;
}

static void two_threads_hand_over_everything_once_and_in_order(void **state)
{
    (void)state;
    pthread_t writer;
    ring_init(&ring, slots, SLOTS, sizeof *slots);
    assert_int_equal(pthread_create(&writer, NULL, write_all, NULL), 0);
    for (uint64_t i = 0; i < HANDED_OVER; i++) {
        struct slot *slot;
        while (!(slot = ring_oldest(&ring)))
            sched_yield();
        assert_true(slot->number == i && slot->twice == 2 * i);
        ring_release(&ring);
    }
    pthread_join(writer, NULL);
    assert_null(ring_oldest(&ring));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_ring_lends_no_slot_until_one_is_released),
        cmocka_unit_test(a_reserved_slot_is_not_seen_before_it_is_published),
        cmocka_unit_test(the_counters_may_wrap),
        cmocka_unit_test(two_threads_hand_over_everything_once_and_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
