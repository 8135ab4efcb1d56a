/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <string.h>

#include "station/strokes.h"

static struct stroke drawn(uint8_t author, uint16_t number, uint16_t x)
{
    return (struct stroke){
        .author = author, .number = number, .point_count = 1, .points = {{x, 7}}};
}

static void a_stroke_is_read_as_it_was_written(void **state)
{
    (void)state;
    struct stroke stroke = drawn(3, 700, 65535), read;
    uint8_t bytes[STROKE_BYTES_MAX];
    assert_true(stroke_grow(&stroke, 1, 2));
    size_t len = stroke_encode(&stroke, bytes);
    assert_int_equal(len, STROKE_HEAD_BYTES + 8);
    assert_true(stroke_decode(&read, bytes, len));
    assert_memory_equal(&read, &stroke, sizeof stroke);
}

static void a_message_of_another_kind_is_no_stroke(void **state)
{
    (void)state;
    struct stroke stroke = drawn(3, 700, 65535), read;
    uint8_t bytes[STROKE_MESSAGE_BYTES_MAX];
    size_t len = stroke_message_encode(&stroke, bytes);
    assert_true(stroke_message_decode(&read, bytes, len));
    assert_memory_equal(&read, &stroke, sizeof stroke);
    bytes[0]++;
    assert_false(stroke_message_decode(&read, bytes, len));
    assert_false(stroke_message_decode(&read, bytes, 0));
}

static void what_is_no_stroke_is_refused(void **state)
{
    (void)state;
    struct stroke stroke = drawn(1, 1, 1), read;
    uint8_t bytes[STROKE_BYTES_MAX];
    size_t len = stroke_encode(&stroke, bytes);
    assert_false(stroke_decode(&read, bytes, len - 1));
    assert_false(stroke_decode(&read, bytes, 0));
    bytes[4] = 0; /* no points */
    assert_false(stroke_decode(&read, bytes, STROKE_HEAD_BYTES));
    bytes[4] = 1;
    bytes[7] = 1; /* must be zero */
    assert_false(stroke_decode(&read, bytes, len));
    bytes[7] = 0;
    bytes[0] = 2; /* a later version */
    assert_false(stroke_decode(&read, bytes, len));
}

static void points_that_are_too_close_to_be_seen_are_left_out(void **state)
{
    (void)state;
    struct stroke stroke = drawn(1, 1, 1000);
    assert_true(stroke_grow(&stroke, 1100, 100));
    assert_int_equal(stroke.point_count, 1);
    for (uint16_t x = 2000; stroke.point_count < STROKE_POINTS_MAX; x = (uint16_t)(x + 500))
        assert_true(stroke_grow(&stroke, x, 100));
    assert_false(stroke_grow(&stroke, 50, 60000));
}

static void a_stroke_that_grows_or_comes_twice_is_one(void **state)
{
    (void)state;
    struct strokes strokes = {0};
    struct stroke one = drawn(1, 5, 10), two = drawn(2, 5, 20);
    strokes_put(&strokes, &one, 1);
    strokes_put(&strokes, &two, 2);
    assert_true(stroke_grow(&one, 5000, 5000));
    strokes_put(&strokes, &one, 3);
    strokes_put(&strokes, &one, 4);
    assert_int_equal(strokes.count, 2);
    assert_int_equal(strokes.kept[1].stroke.point_count, 2);
}

static void h52_strokes_fade_by_themselves(void **state)
{
    (void)state;
    struct strokes strokes = {0};
    struct stroke one = drawn(1, 1, 10), two = drawn(1, 2, 20);
    strokes_put(&strokes, &one, 0);
    strokes_put(&strokes, &two, 1000);
    strokes_fade(&strokes, STROKES_KEPT_NS);
    assert_int_equal(strokes.count, 2);
    strokes_fade(&strokes, STROKES_KEPT_NS + 1);
    assert_int_equal(strokes.count, 1);
    assert_int_equal(strokes.kept[0].stroke.number, 2);
    strokes_fade(&strokes, STROKES_KEPT_NS + 1001);
    assert_int_equal(strokes.count, 0);
}

static void h52_no_more_strokes_than_there_is_room_for(void **state)
{
    (void)state;
    struct strokes strokes = {0};
    for (uint16_t i = 0; i <= STROKES_MAX; i++) {
        struct stroke stroke = drawn(i % 2, i, 10);
        strokes_put(&strokes, &stroke, i);
    }
    assert_int_equal(strokes.count, STROKES_MAX);
    assert_int_equal(strokes.kept[0].stroke.number, 1);
    strokes_wipe(&strokes, 0);
    assert_int_equal(strokes.count, STROKES_MAX / 2);
    for (unsigned i = 0; i < strokes.count; i++)
        assert_int_equal(strokes.kept[i].stroke.author, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stroke_is_read_as_it_was_written),
        cmocka_unit_test(a_message_of_another_kind_is_no_stroke),
        cmocka_unit_test(what_is_no_stroke_is_refused),
        cmocka_unit_test(points_that_are_too_close_to_be_seen_are_left_out),
        cmocka_unit_test(a_stroke_that_grows_or_comes_twice_is_one),
        cmocka_unit_test(h52_strokes_fade_by_themselves),
        cmocka_unit_test(h52_no_more_strokes_than_there_is_room_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
