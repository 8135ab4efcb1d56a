/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "igtl/rgb.h"

enum { SIDE = 64 };

static void colours_come_out_as_they_are(void **state)
{
    (void)state;
    /* BT.709's own values of each, limited range. */
    static const struct {
        uint8_t y, u, v, rgb[3];
    } colours[] = {{16, 128, 128, {0, 0, 0}},       {235, 128, 128, {255, 255, 255}},
                   {63, 102, 240, {255, 0, 0}},     {173, 42, 26, {0, 255, 0}},
                   {32, 240, 118, {0, 0, 255}},     {126, 128, 128, {128, 128, 128}},
                   {255, 255, 255, {255, 255, 255}}};
    static uint8_t out[3 * SIDE * SIDE];
    struct picture picture;
    assert_int_equal(picture_alloc(&picture, SIDE, SIDE), MEDIA_OK);
    for (size_t i = 0; i < sizeof colours / sizeof *colours - 1; i++) {
        picture_fill(&picture, colours[i].y, colours[i].u, colours[i].v);
        rgb_of(&picture, out);
        for (size_t at = 0; at < sizeof out; at++)
            assert_in_range(out[at] + 3, colours[i].rgb[at % 3], colours[i].rgb[at % 3] + 6);
    }
    picture_fill(&picture, 255, 255, 255); /* beyond any colour: nothing wraps */
    rgb_of(&picture, out);
    assert_int_equal(out[0], 255);
    assert_int_equal(out[2], 255);
    picture_fill(&picture, 16, 128, 128);
    picture.planes[0][picture.strides[0]] = 235; /* the second row's first pixel */
    rgb_of(&picture, out);
    assert_int_equal(out[0], 0);
    assert_int_equal(out[3 * SIDE], 255);
    picture_free(&picture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(colours_come_out_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
