/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "unit/cmocka_base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "media/annexb.h"
#include "media/ladder.h"
#include "media/picture.h"
#include "media/scaler.h"
#include "media/snapshot.h"
#include "media/stamp.h"

static void sides_that_are_odd_small_or_large_are_refused(void **state)
{
    (void)state;
    static const uint32_t wrong[][2] = {{0, 0}, {641, 480}, {640, 481}, {32, 480}, {8192, 480}};
    struct picture picture;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(picture_alloc(&picture, wrong[i][0], wrong[i][1]), MEDIA_ERR_SETTING);
}

static void every_row_of_every_plane_is_aligned(void **state)
{
    (void)state;
    struct picture picture;
    assert_int_equal(picture_alloc(&picture, 854, 480), MEDIA_OK);
    for (int plane = 0; plane < 3; plane++) {
        assert_int_equal((uintptr_t)picture.planes[plane] % PICTURE_ALIGN_BYTES, 0);
        assert_int_equal(picture.strides[plane] % PICTURE_ALIGN_BYTES, 0);
    }
    picture_free(&picture);
}

static void a_stamp_reads_back_and_survives_halving(void **state)
{
    (void)state;
    static const uint32_t numbers[] = {0, 1, 0xaaaaaaaa, 0x12345678, UINT32_MAX};
    struct picture picture, half;
    struct scaler scaler = {0};
    assert_int_equal(picture_alloc(&picture, 1280, 720), MEDIA_OK);
    assert_int_equal(picture_alloc(&half, 640, 360), MEDIA_OK);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        uint32_t read = 0, read_half = 0;
        stamp_write(&picture, numbers[i]);
        assert_true(stamp_read(&picture, &read));
        assert_int_equal(scaler_fit_picture(&scaler, &half, &picture), MEDIA_OK);
        assert_true(stamp_read(&half, &read_half));
        assert_true(read == numbers[i] && read_half == numbers[i]);
    }
    scaler_close(&scaler);
    picture_free(&picture);
    picture_free(&half);
}

static void a_picture_without_a_stamp_or_with_a_wrong_block_gives_none(void **state)
{
    (void)state;
    struct picture picture;
    uint32_t number = 7;
    assert_int_equal(picture_alloc(&picture, 1280, 720), MEDIA_OK);
    assert_false(stamp_read(&picture, &number));
    stamp_write(&picture, 99);
    for (uint32_t row = 704; row < 720; row++) /* one of the 32 bits */
        for (uint32_t column = 256 + 10 * 16; column < 256 + 11 * 16; column++)
            picture.planes[0][row * picture.strides[0] + column] ^= 0xff;
    assert_false(stamp_read(&picture, &number));
    assert_int_equal(number, 7);
    picture_free(&picture);
}

static void fitting_keeps_the_shape_with_black_around(void **state)
{
    (void)state;
    struct picture square, wide;
    struct scaler scaler = {0};
    assert_int_equal(picture_alloc(&square, 320, 320), MEDIA_OK);
    assert_int_equal(picture_alloc(&wide, 1280, 720), MEDIA_OK);
    picture_fill(&square, 200, 128, 128);
    picture_fill(&wide, 90, 90, 90);
    assert_int_equal(scaler_fit_picture(&scaler, &wide, &square), MEDIA_OK);
    const uint8_t *middle = wide.planes[0] + (size_t)360 * wide.strides[0];
    assert_int_equal(middle[640], 200);
    assert_int_equal(middle[300], 200);
    assert_int_equal(middle[260], PICTURE_BLACK_LUMA);
    assert_int_equal(middle[1279], PICTURE_BLACK_LUMA);
    scaler_close(&scaler);
    picture_free(&square);
    picture_free(&wide);
}

static void the_ladder_goes_down_at_the_floors_and_up_with_a_margin(void **state)
{
    (void)state;
    static const struct {
        uint32_t bps;
        struct ladder_step step;
    } sixty[] = {
        {4000000, {1, 1}}, {1300000, {1, 2}}, {1500000, {1, 2}}, /* within the margin */
        {1800000, {1, 1}}, {600000, {2, 2}},  {150000, {2, 4}},  {64000, {2, 4}}, {8000000, {1, 1}},
    };
    struct ladder ladder;
    ladder_init(&ladder, 1280, 720, 60);
    for (size_t i = 0; i < sizeof sixty / sizeof *sixty; i++) {
        struct ladder_step step = ladder_update(&ladder, sixty[i].bps);
        assert_int_equal(step.size_divisor, sixty[i].step.size_divisor);
        assert_int_equal(step.rate_divisor, sixty[i].step.rate_divisor);
    }
    ladder_init(&ladder, 1280, 720, 25); /* already sparse: made smaller first */
    assert_int_equal(ladder_update(&ladder, 400000).size_divisor, 2);
    assert_int_equal(ladder_update(&ladder, 400000).rate_divisor, 1);
    assert_int_equal(ladder_update(&ladder, 100000).rate_divisor, 2);
}

static void annexb_finds_idr_slices_and_recovery_points(void **state)
{
    (void)state;
    static const uint8_t idr[] = {0, 0, 0, 1, 0x67, 1, 2, 0, 0, 1, 0x65, 0x88};
    /* recovery point: ue(11) = 0001100, then flags */
    static const uint8_t refresh[] = {0, 0, 1, 0x06, 6, 2, 0x18, 0x48, 0x80, 0, 0, 1, 0x41, 0x9a};
    static const uint8_t plain[] = {0, 0, 0, 1, 0x41, 0x9a, 0, 0, 1, 0x65};
    assert_true(annexb_entry_of(idr, sizeof idr).idr);
    assert_false(annexb_entry_of(idr, sizeof idr).recovery_point);
    assert_true(annexb_entry_of(refresh, sizeof refresh).recovery_point);
    assert_int_equal(annexb_entry_of(refresh, sizeof refresh).recovery_pictures, 11);
    assert_false(annexb_entry_of(refresh, sizeof refresh).idr);
    assert_false(annexb_entry_of(plain, sizeof plain).idr);
    for (size_t len = 0; len < sizeof refresh; len++) /* cut anywhere: no harm */
        (void)annexb_entry_of(refresh, len);
}

static void pictures_are_the_same_to_the_last_sample_or_not(void **state)
{
    (void)state;
    struct picture a, b;
    assert_int_equal(picture_alloc(&a, 320, 240), MEDIA_OK);
    assert_int_equal(picture_alloc(&b, 320, 240), MEDIA_OK);
    b.captured_ns = 1;
    assert_true(picture_is_same(&a, &b));
    uint8_t *last = &b.planes[2][119 * b.strides[2] + 159];
    last[0]++;
    assert_false(picture_is_same(&a, &b));
    last[0]--;
    last[1]++; /* beside the picture */
    assert_true(picture_is_same(&a, &b));
    picture_free(&a);
    picture_free(&b);
}

static void a_snapshot_is_a_png_file_or_a_reason(void **state)
{
    (void)state;
    struct picture picture;
    struct media_reason reason;
    char path[] = "/tmp/jisr-snapshot-XXXXXX";
    uint8_t head[8];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(picture_alloc(&picture, 320, 240), MEDIA_OK);
    assert_int_equal(snapshot_write(path, &picture, &reason), MEDIA_OK);
    assert_int_equal(read(fd, head, sizeof head), sizeof head);
    assert_memory_equal(head, "\x89PNG\r\n\x1a\n", 8);
    close(fd);
    unlink(path);
    assert_int_equal(snapshot_write("/nowhere/at/all.png", &picture, &reason), MEDIA_ERR_MISSING);
    assert_non_null(strstr(reason.words, "No such file"));
    picture_free(&picture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sides_that_are_odd_small_or_large_are_refused),
        cmocka_unit_test(every_row_of_every_plane_is_aligned),
        cmocka_unit_test(a_stamp_reads_back_and_survives_halving),
        cmocka_unit_test(a_picture_without_a_stamp_or_with_a_wrong_block_gives_none),
        cmocka_unit_test(fitting_keeps_the_shape_with_black_around),
        cmocka_unit_test(the_ladder_goes_down_at_the_floors_and_up_with_a_margin),
        cmocka_unit_test(annexb_finds_idr_slices_and_recovery_points),
        cmocka_unit_test(pictures_are_the_same_to_the_last_sample_or_not),
        cmocka_unit_test(a_snapshot_is_a_png_file_or_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
