/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that are not whole, and the outside clip. */

#include "unit/cmocka_base.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "media/decoder.h"
#include "media/encoder.h"
#include "unit/media/folder.h"

/* Raw pictures as an AVI file without an index. Of picture `hurt` there is half; -1: of none. */
enum {
    RAW_WIDTH = 64,
    RAW_HEIGHT = 48,
    RAW_BYTES = RAW_WIDTH * RAW_HEIGHT * 3 / 2,
    RAW_PICTURES = 8
};

struct raw_file {
    size_t len;
    uint8_t bytes[RAW_PICTURES * (RAW_BYTES + 8) + 512];
};

static void put_words(struct raw_file *file, const uint32_t *words, size_t count)
{
    for (size_t i = 0; i < 4 * count; i++) /* little-endian, as RIFF is */
        file->bytes[file->len++] = (uint8_t)(words[i / 4] >> 8 * (i % 4));
}

static void put_text(struct raw_file *file, const char *text)
{
    memcpy(file->bytes + file->len, text, strlen(text));
    file->len += strlen(text);
}

static void put_head(struct raw_file *file, const char *name, uint32_t bytes)
{
    put_text(file, name);
    put_words(file, &bytes, 1);
}

static void make_raw(struct raw_file *file, int hurt, uint32_t rate)
{
    enum {
        AVIH = 56,
        STRH = 56,
        STRF = 40,
        STRL = 4 + 8 + STRH + 8 + STRF,
        HDRL = 4 + 8 + AVIH + 8 + STRL,
        MOVI = 4 + RAW_PICTURES * (8 + RAW_BYTES)
    };
    file->len = 0;
    put_head(file, "RIFF", 4 + 8 + HDRL + 8 + MOVI);
    put_text(file, "AVI ");
    put_head(file, "LIST", HDRL);
    put_text(file, "hdrl");
    put_head(file, "avih", AVIH);
    put_words(file, (uint32_t[14]){40000, [4] = RAW_PICTURES, [6] = 1, [8] = RAW_WIDTH, RAW_HEIGHT},
              14);
    put_head(file, "LIST", STRL);
    put_text(file, "strl");
    put_head(file, "strh", STRH);
    put_text(file, "vidsI420");
    put_words(file, (uint32_t[12]){[3] = 1, rate, [6] = RAW_PICTURES, RAW_BYTES, [9] = RAW_BYTES},
              12);
    put_head(file, "strf", STRF);
    put_words(file, (uint32_t[4]){STRF, RAW_WIDTH, RAW_HEIGHT, 12 << 16 | 1}, 4);
    put_text(file, "I420");
    put_words(file, (uint32_t[5]){RAW_BYTES}, 5);
    put_head(file, "LIST", MOVI);
    put_text(file, "movi");
    for (int i = 0; i < RAW_PICTURES; i++) {
        uint32_t bytes = i == hurt ? RAW_BYTES / 2 : RAW_BYTES;
        put_head(file, "00dc", bytes);
        memset(file->bytes + file->len, 16 * (i + 1), bytes);
        file->len += bytes;
    }
}

static struct camera_stats play(const char *name, int pictures)
{
    struct camera *camera;
    struct picture picture;
    assert_int_equal(try_file(&camera, name), MEDIA_OK);
    assert_int_equal(picture_alloc(&picture, WIDTH, HEIGHT), MEDIA_OK);
    for (int i = 0; i < pictures; i++)
        assert_int_equal(camera_next(camera, &picture), MEDIA_OK);
    struct camera_stats stats = camera_stats(camera);
    picture_free(&picture);
    camera_close(camera);
    return stats;
}

static void a_film_that_ends_within_a_picture_is_cut_short(void **state)
{
    (void)state;
    static struct raw_file file;
    make_raw(&file, -1, FILM_RATE);
    write_file("raw.avi", file.bytes, file.len);
    struct camera_stats whole = play("raw.avi", 2 * RAW_PICTURES + 1);
    assert_false(whole.cut_short);
    assert_int_equal(whole.damaged, 0);
    assert_int_equal(whole.loops, 2);

    write_file("raw.avi", file.bytes, file.len - RAW_BYTES / 2);
    struct camera_stats cut = play("raw.avi", 2 * RAW_PICTURES);
    assert_true(cut.cut_short);
    assert_int_equal(cut.damaged, 0);
    assert_int_equal(cut.loops, 2);
}

static void a_picture_that_cannot_be_decoded_is_skipped_and_counted(void **state)
{
    (void)state;
    static struct raw_file file;
    make_raw(&file, RAW_PICTURES / 2, FILM_RATE);
    write_file("raw.avi", file.bytes, file.len);
    struct camera_stats hurt = play("raw.avi", RAW_PICTURES);
    assert_false(hurt.cut_short);
    assert_int_equal(hurt.damaged, 1);
}

static void a_film_is_announced_at_its_own_rate_up_to_60(void **state)
{
    (void)state;
    static struct raw_file file;
    struct camera *camera;
    struct picture picture;
    make_raw(&file, -1, 30);
    write_file("raw.avi", file.bytes, file.len);
    assert_int_equal(try_file(&camera, "raw.avi"), MEDIA_OK);
    assert_int_equal(camera_rate(camera), 30);
    camera_close(camera);

    make_raw(&file, -1, 120); /* every second picture of it */
    write_file("raw.avi", file.bytes, file.len);
    assert_int_equal(try_file(&camera, "raw.avi"), MEDIA_OK);
    assert_int_equal(camera_rate(camera), 60);
    assert_int_equal(picture_alloc(&picture, WIDTH, HEIGHT), MEDIA_OK);
    for (int i = 0; i < 2 * RAW_PICTURES; i++) {
        int grey = 16 * (2 * i % RAW_PICTURES + 1);
        assert_int_equal(camera_next(camera, &picture), MEDIA_OK);
        size_t middle = HEIGHT / 2 * (size_t)picture.strides[0] + WIDTH / 2;
        assert_in_range(picture.planes[0][middle], grey - 2, grey + 2);
    }
    picture_free(&picture);
    camera_close(camera);
}

/* The laparoscopic clip of the outside data; NULL when this machine has none. */
static const char *clip_path(void)
{
    static char path[PATH_BYTES];
    const char *data = getenv("JISR_DATA");
    snprintf(path, sizeof path, "%s/video/laparoscopic-cholecystectomy-720p25-10s.mp4",
             data ? data : "../shared/data");
    return access(path, R_OK) == 0 ? path : NULL;
}

static void the_laparoscopic_clip_is_decoded_and_encoded_again(void **state)
{
    (void)state;
    struct camera *camera;
    struct encoder *encoder;
    struct decoder *decoder;
    struct picture picture;
    char spec[PATH_BYTES + 8];
    if (!clip_path())
        skip();
    snprintf(spec, sizeof spec, "file:%s", clip_path());
    assert_int_equal(try_open(&camera, spec, 0), MEDIA_OK);
    assert_int_equal(camera_rate(camera), 25);
    struct encoder_settings settings = {
        .width = WIDTH, .height = HEIGHT, .rate = 25, .bit_rate_bps = 2000000};
    assert_int_equal(encoder_open(&encoder, &settings, &reason), MEDIA_OK);
    assert_int_equal(decoder_open(&decoder, WIDTH, HEIGHT, &reason), MEDIA_OK);
    assert_int_equal(picture_alloc(&picture, WIDTH, HEIGHT), MEDIA_OK);
    for (uint32_t i = 0; i < 260; i++) { /* 250 and round again */
        struct encoded encoded;
        struct decoded decoded;
        assert_int_equal(camera_next(camera, &picture), MEDIA_OK);
        assert_int_equal(encoder_encode(encoder, &picture, &encoded), MEDIA_OK);
        assert_int_equal(decoder_decode(decoder, encoded.bytes, encoded.len, i, &decoded),
                         MEDIA_OK);
        assert_false(decoded.damaged);
    }
    assert_int_equal(camera_stats(camera).loops, 1);
    assert_int_equal(camera_stats(camera).damaged, 0);
    assert_false(camera_stats(camera).cut_short);
    decoder_close(decoder);
    encoder_close(encoder);
    picture_free(&picture);
    camera_close(camera);
}

/* Every way of cutting the clip either is refused in words, or plays and is counted. */
static void a_clip_cut_anywhere_is_refused_in_words_or_played_and_counted(void **state)
{
    (void)state;
    static uint8_t clip[8 << 20];
    if (!clip_path())
        skip();
    FILE *file = fopen(clip_path(), "rb");
    assert_non_null(file);
    size_t len = fread(clip, 1, sizeof clip, file);
    fclose(file);
    for (size_t eighths = 1; eighths < 8; eighths += 3) {
        struct camera *camera;
        struct picture picture;
        write_file("cut.mp4", clip, len * eighths / 8);
        reason.words[0] = 0;
        if (try_file(&camera, "cut.mp4") != MEDIA_OK) {
            assert_true(strlen(reason.words) > 0);
            continue;
        }
        assert_int_equal(picture_alloc(&picture, WIDTH, HEIGHT), MEDIA_OK);
        for (int i = 0; i < 260; i++)
            assert_int_equal(camera_next(camera, &picture), MEDIA_OK);
        assert_true(camera_stats(camera).cut_short);
        assert_int_equal(camera_stats(camera).damaged, 0);
        picture_free(&picture);
        camera_close(camera);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_film_that_ends_within_a_picture_is_cut_short),
        cmocka_unit_test(a_picture_that_cannot_be_decoded_is_skipped_and_counted),
        cmocka_unit_test(a_film_is_announced_at_its_own_rate_up_to_60),
        cmocka_unit_test(the_laparoscopic_clip_is_decoded_and_encoded_again),
        cmocka_unit_test(a_clip_cut_anywhere_is_refused_in_words_or_played_and_counted),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
