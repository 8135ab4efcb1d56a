/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "unit/cmocka_base.h"

#include <pthread.h>
#include <string.h>

#include "base/latest.h"

enum { PUBLISHED = 300000 };

struct value {
    uint64_t number, twice, thrice;
};

static struct value slots[LATEST_SLOTS];
static struct latest latest;

static void publish(uint64_t number)
{
    struct value *value = latest_slot(&latest);
    *value = (struct value){number, 2 * number, 3 * number};
    latest_publish(&latest);
}

static void start(void)
{
    memset(slots, 0, sizeof slots);
    latest_init(&latest, slots, sizeof *slots);
}

static void the_reader_has_the_newest_and_each_is_new_once(void **state)
{
    (void)state;
    bool is_new = true;
    start();
    const struct value *value = latest_value(&latest, &is_new);
    assert_true(!is_new && value->number == 0);
    publish(1);
    publish(2);
    publish(3);
    value = latest_value(&latest, &is_new);
    assert_true(is_new && value->number == 3);
    value = latest_value(&latest, &is_new);
    assert_true(!is_new && value->number == 3);
}

static void what_the_reader_holds_is_not_written_over(void **state)
{
    (void)state;
    start();
    publish(1);
    const struct value *value = latest_value(&latest, NULL);
    for (uint64_t i = 2; i < 10; i++) {
        publish(i);
        assert_true(value->number == 1 && value->thrice == 3);
    }
    value = latest_value(&latest, NULL);
    assert_true(value->number == 9);
}

static void *publish_many(void *none)
{
    for (uint64_t i = 1; i <= PUBLISHED; i++)
        publish(i);
    return none;
}

static void between_two_threads_values_are_whole_and_never_run_backwards(void **state)
{
    (void)state;
    pthread_t writer;
    uint64_t last = 0;
    start();
    assert_int_equal(pthread_create(&writer, NULL, publish_many, NULL), 0);
    while (last < PUBLISHED) {
        const struct value *value = latest_value(&latest, NULL);
        assert_true(value->number >= last && value->twice == 2 * value->number &&
                    value->thrice == 3 * value->number);
        last = value->number;
    }
    pthread_join(writer, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reader_has_the_newest_and_each_is_new_once),
        cmocka_unit_test(what_the_reader_holds_is_not_written_over),
        cmocka_unit_test(between_two_threads_values_are_whole_and_never_run_backwards),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
