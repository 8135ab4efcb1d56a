/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "unit/cmocka_base.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "media/annexb.h"
#include "media/camera.h"
#include "media/decoder.h"
#include "media/encoder.h"
#include "media/stamp.h"

enum { WIDTH = 1280, HEIGHT = 720 };

struct rig {
    struct camera *camera;
    struct encoder *encoder;
    struct decoder *decoder;
    struct picture picture;
    uint32_t number; /* of the next encoded picture */
};

static struct media_reason reason;

static struct rig rig_open(uint32_t rate, uint32_t bit_rate_bps)
{
    struct rig rig = {0};
    struct camera_settings camera = {
        .spec = "pattern", .width = WIDTH, .height = HEIGHT, .rate = rate, .unpaced = true};
    struct encoder_settings encoder = {
        .width = WIDTH, .height = HEIGHT, .rate = rate, .bit_rate_bps = bit_rate_bps};
    assert_int_equal(camera_open(&rig.camera, &camera, &reason), MEDIA_OK);
    assert_int_equal(encoder_open(&rig.encoder, &encoder, &reason), MEDIA_OK);
    assert_int_equal(decoder_open(&rig.decoder, WIDTH, HEIGHT, &reason), MEDIA_OK);
    assert_int_equal(picture_alloc(&rig.picture, WIDTH, HEIGHT), MEDIA_OK);
    return rig;
}

static void rig_close(struct rig *rig)
{
    camera_close(rig->camera);
    encoder_close(rig->encoder);
    decoder_close(rig->decoder);
    picture_free(&rig->picture);
}

/* The next picture, encoded; its length is 0 when the ladder left it out. */
static struct encoded rig_encode(struct rig *rig)
{
    struct encoded encoded;
    assert_int_equal(camera_next(rig->camera, &rig->picture), MEDIA_OK);
    assert_int_equal(encoder_encode(rig->encoder, &rig->picture, &encoded), MEDIA_OK);
    assert_true(encoded.len <= ENCODED_BYTES_MAX);
    if (encoded.len > 0)
        rig->number++;
    return encoded;
}

static struct decoded rig_decode(struct rig *rig, const struct encoded *encoded)
{
    struct decoded decoded;
    assert_int_equal(
        decoder_decode(rig->decoder, encoded->bytes, encoded->len, rig->number - 1, &decoded),
        MEDIA_OK);
    return decoded;
}

static void a_hundred_pictures_come_through_each_with_its_own_number(void **state)
{
    (void)state;
    struct rig rig = rig_open(25, 6000000);
    for (uint32_t i = 0; i < 100; i++) {
        uint32_t sent = 0, seen = 0;
        struct encoded encoded = rig_encode(&rig);
        struct decoded decoded = rig_decode(&rig, &encoded);
        assert_true(stamp_read(&rig.picture, &sent));
        assert_true(stamp_read(&decoded.picture, &seen));
        assert_int_equal(sent, i);
        assert_int_equal(seen, i);
        assert_false(decoded.damaged);
        assert_int_equal(decoded.picture.width, WIDTH);
        assert_int_equal(decoded.picture.height, HEIGHT);
    }
    rig_close(&rig);
}

/* Bit rate of the next `pictures`, and the largest of them against its share. */
static double rate_of_next(struct rig *rig, int pictures, uint32_t rate, size_t *largest)
{
    size_t total = 0;
    *largest = 0;
    for (int i = 0; i < pictures; i++) {
        size_t len = rig_encode(rig).len;
        total += len;
        if (len > *largest)
            *largest = len;
    }
    return (double)total * 8 * rate / pictures;
}

static void sizes_keep_to_the_target_and_stay_even(void **state)
{
    (void)state;
    static const struct {
        uint32_t rate, bps;
    } cases[] = {{25, 4000000}, {25, 8000000}, {60, 4000000}, {60, 8000000}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig rig = rig_open(cases[i].rate, cases[i].bps);
        size_t largest;
        double bps = rate_of_next(&rig, 75, cases[i].rate, &largest);
        assert_true(bps > 0.7 * cases[i].bps && bps < 1.05 * cases[i].bps);
        assert_true((double)largest < 1.15 * cases[i].bps / 8 / cases[i].rate);
        rig_close(&rig);
    }
}

static void a_new_bit_rate_is_followed_within_a_second_of_pictures(void **state)
{
    (void)state;
    struct rig rig = rig_open(25, 8000000);
    static const uint32_t targets[] = {8000000, 1000000, 8000000, 150000, 4000000};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        size_t largest;
        encoder_set_bit_rate(rig.encoder, targets[i]);
        rate_of_next(&rig, 25, 25, &largest); /* the second it may take */
        double bps = rate_of_next(&rig, 25, 25, &largest);
        assert_true(bps > 0.6 * targets[i] && bps < 1.1 * targets[i]);
    }
    rig_close(&rig);
}

static void a_very_low_rate_gives_smaller_and_fewer_pictures_that_still_decode(void **state)
{
    (void)state;
    struct rig rig = rig_open(60, 150000);
    uint32_t shown = 0, read = 0, number;
    for (int i = 0; i < 120; i++) {
        struct encoded encoded = rig_encode(&rig);
        if (encoded.len == 0)
            continue;
        struct decoded decoded = rig_decode(&rig, &encoded);
        assert_int_equal(decoded.picture.width, WIDTH / 2);
        shown++;
        read += stamp_read(&decoded.picture, &number);
    }
    assert_int_equal(shown, 30);
    assert_true(read >= 28);
    rig_close(&rig);
}

static void without_asking_damage_heals_within_two_refreshes(void **state)
{
    (void)state;
    struct rig rig = rig_open(25, 6000000);
    for (int i = 0; i < 30; i++) {
        struct encoded encoded = rig_encode(&rig);
        assert_false(rig_decode(&rig, &encoded).damaged);
    }
    (void)rig_encode(&rig); /* lost */
    int damaged = 0;
    bool healed = false;
    for (int i = 0; i < 2 * 25 * ENCODER_REFRESH_MS / 1000 + 2; i++) {
        struct encoded encoded = rig_encode(&rig);
        bool now = rig_decode(&rig, &encoded).damaged;
        assert_false(healed && now);
        healed = !now;
        damaged += now;
    }
    assert_true(healed);
    assert_true(damaged > 0);
    rig_close(&rig);
}

static void every_tenth_lost_and_asked_for_costs_one_picture_each(void **state)
{
    (void)state;
    struct rig rig = rig_open(25, 6000000);
    int damaged = 0;
    for (int i = 1; i <= 100; i++) {
        struct encoded encoded = rig_encode(&rig);
        if (i % 10 == 0) {
            encoder_recover(rig.encoder, rig.picture.captured_ns);
            continue;
        }
        damaged += rig_decode(&rig, &encoded).damaged;
    }
    assert_int_equal(damaged, 0); /* the very next one is an IDR */
    rig_close(&rig);
}

static void a_recovery_picture_is_no_larger_than_twice_its_share(void **state)
{
    (void)state;
    struct rig rig = rig_open(25, 6000000);
    for (int i = 0; i < 30; i++)
        (void)rig_encode(&rig);
    uint64_t damaged_ns = rig.picture.captured_ns;
    encoder_recover(rig.encoder, damaged_ns);
    struct encoded encoded = rig_encode(&rig);
    assert_true(annexb_entry_of(encoded.bytes, encoded.len).idr);
    assert_true(encoded.len < 2 * 6000000 / 8 / 25);
    encoder_recover(rig.encoder, damaged_ns); /* again, before the IDR can have come */
    encoded = rig_encode(&rig);
    assert_false(annexb_entry_of(encoded.bytes, encoded.len).idr);
    encoder_recover(rig.encoder, rig.picture.captured_ns); /* the IDR did not help */
    encoded = rig_encode(&rig);
    assert_true(annexb_entry_of(encoded.bytes, encoded.len).idr);
    rig_close(&rig);
}

static void a_broken_slice_is_concealed_and_called_damaged(void **state)
{
    (void)state;
    static uint8_t bytes[ENCODED_BYTES_MAX];
    struct rig rig = rig_open(25, 6000000);
    for (int i = 0; i < 5; i++) {
        struct encoded encoded = rig_encode(&rig);
        assert_false(rig_decode(&rig, &encoded).damaged);
    }
    struct encoded encoded = rig_encode(&rig);
    memcpy(bytes, encoded.bytes, encoded.len);
    memset(bytes + encoded.len / 2, 0xff, encoded.len / 8);
    encoded.bytes = bytes;
    assert_true(rig_decode(&rig, &encoded).damaged);
    assert_true(decoder_is_damaged(rig.decoder));
    rig_close(&rig);
}

static void bytes_that_are_no_picture_are_an_error_and_do_no_harm(void **state)
{
    (void)state;
    struct rig rig = rig_open(25, 6000000);
    struct decoded decoded;
    static uint8_t noise[5000];
    struct random random;
    random_seed(&random, 1);
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (uint8_t)random_u64(&random);
    assert_int_equal(decoder_decode(rig.decoder, noise, sizeof noise, 0, &decoded),
                     MEDIA_ERR_FORMAT);
    assert_int_equal(decoder_decode(rig.decoder, noise, 0, 1, &decoded), MEDIA_ERR_FORMAT);
    struct encoded encoded = rig_encode(&rig);
    assert_false(rig_decode(&rig, &encoded).damaged);
    rig_close(&rig);
}

static void pictures_larger_than_allowed_are_refused(void **state)
{
    (void)state;
    struct rig rig = rig_open(25, 6000000);
    struct decoder *small;
    struct decoded decoded;
    assert_int_equal(decoder_open(&small, WIDTH / 2, HEIGHT / 2, &reason), MEDIA_OK);
    for (uint32_t i = 0; i < 5; i++) {
        struct encoded encoded = rig_encode(&rig);
        assert_int_equal(decoder_decode(small, encoded.bytes, encoded.len, i, &decoded),
                         MEDIA_ERR_FORMAT);
    }
    decoder_close(small);
    rig_close(&rig);
}

static void pictures_of_pure_noise_stay_below_the_link_s_limit(void **state)
{
    (void)state;
    struct rig rig = rig_open(25, ENCODER_BIT_RATE_MAX_BPS);
    struct random random;
    random_seed(&random, 2);
    for (int n = 0; n < 6; n++) {
        struct encoded encoded;
        for (int plane = 0; plane < 3; plane++) {
            size_t bytes = (size_t)rig.picture.strides[plane] * (HEIGHT >> (plane > 0));
            for (size_t i = 0; i + 8 <= bytes; i += 8) {
                uint64_t value = random_u64(&random);
                memcpy(rig.picture.planes[plane] + i, &value, 8);
            }
        }
        enum media_err err = encoder_encode(rig.encoder, &rig.picture, &encoded);
        assert_true(err == MEDIA_ERR_TOO_BIG ||
                    (err == MEDIA_OK && encoded.len <= ENCODED_BYTES_MAX));
    }
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hundred_pictures_come_through_each_with_its_own_number),
        cmocka_unit_test(sizes_keep_to_the_target_and_stay_even),
        cmocka_unit_test(a_new_bit_rate_is_followed_within_a_second_of_pictures),
        cmocka_unit_test(a_very_low_rate_gives_smaller_and_fewer_pictures_that_still_decode),
        cmocka_unit_test(without_asking_damage_heals_within_two_refreshes),
        cmocka_unit_test(every_tenth_lost_and_asked_for_costs_one_picture_each),
        cmocka_unit_test(a_recovery_picture_is_no_larger_than_twice_its_share),
        cmocka_unit_test(a_broken_slice_is_concealed_and_called_damaged),
        cmocka_unit_test(bytes_that_are_no_picture_are_an_error_and_do_no_harm),
        cmocka_unit_test(pictures_larger_than_allowed_are_refused),
        cmocka_unit_test(pictures_of_pure_noise_stay_below_the_link_s_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
