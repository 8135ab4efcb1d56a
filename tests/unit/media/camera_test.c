/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "unit/cmocka_base.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include <libavformat/avformat.h>

#include "media/encoder.h"
#include "media/stamp.h"
#include "unit/media/folder.h"

enum { FILM_PICTURES = 20 };

/* Refused for this reason, said in words that contain these. */
static void assert_refused(enum media_err got, enum media_err wanted, const char *words)
{
    assert_int_equal(got, wanted);
    if (!strstr(reason.words, words))
        fail_msg("'%s' does not say '%s'", reason.words, words);
}

static size_t film_ends[FILM_PICTURES]; /* of each of its pictures */

/* The pattern's first pictures as a raw H.264 file; answers its length. */
static size_t make_film(uint8_t *out, size_t room)
{
    struct camera *camera;
    struct encoder *encoder;
    struct picture picture;
    struct encoder_settings settings = {
        .width = WIDTH, .height = HEIGHT, .rate = FILM_RATE, .bit_rate_bps = 4000000};
    size_t len = 0;
    assert_int_equal(try_open(&camera, "pattern", FILM_RATE), MEDIA_OK);
    assert_int_equal(encoder_open(&encoder, &settings, &reason), MEDIA_OK);
    assert_int_equal(picture_alloc(&picture, WIDTH, HEIGHT), MEDIA_OK);
    for (int i = 0; i < FILM_PICTURES; i++) {
        struct encoded encoded;
        assert_int_equal(camera_next(camera, &picture), MEDIA_OK);
        assert_int_equal(encoder_encode(encoder, &picture, &encoded), MEDIA_OK);
        assert_true(len + encoded.len <= room);
        memcpy(out + len, encoded.bytes, encoded.len);
        len += encoded.len;
        film_ends[i] = len;
    }
    camera_close(camera);
    encoder_close(encoder);
    picture_free(&picture);
    return len;
}

static uint8_t film[4 << 20];
static size_t film_len;

static int set_up(void **state)
{
    if (folder_make(state))
        return -1;
    film_len = make_film(film, sizeof film);
    return 0;
}

static void the_pattern_counts_its_pictures_in_the_picture(void **state)
{
    (void)state;
    struct camera *camera;
    struct picture picture;
    assert_int_equal(try_open(&camera, "pattern", 60), MEDIA_OK);
    assert_int_equal(camera_rate(camera), 60);
    assert_int_equal(picture_alloc(&picture, WIDTH, HEIGHT), MEDIA_OK);
    for (uint32_t i = 0; i < 10; i++) {
        uint32_t number;
        assert_int_equal(camera_next(camera, &picture), MEDIA_OK);
        assert_true(stamp_read(&picture, &number));
        assert_int_equal(number, i);
    }
    picture_free(&picture);
    camera_close(camera);
}

/* Every picture of the film in order, and again, and again. */
static void assert_plays_three_rounds(struct camera *camera)
{
    struct picture picture;
    assert_int_equal(picture_alloc(&picture, WIDTH, HEIGHT), MEDIA_OK);
    for (uint32_t i = 0; i < 3 * FILM_PICTURES; i++) {
        uint32_t number;
        assert_int_equal(camera_next(camera, &picture), MEDIA_OK);
        assert_true(stamp_read(&picture, &number));
        assert_int_equal(number, i % FILM_PICTURES);
    }
    picture_free(&picture);
}

static void a_film_is_played_over_and_over_in_order(void **state)
{
    (void)state;
    struct camera *camera;
    write_file("film.h264", film, film_len);
    assert_int_equal(try_file(&camera, "film.h264"), MEDIA_OK);
    assert_plays_three_rounds(camera);
    assert_int_equal(camera_stats(camera).loops, 2);
    assert_int_equal(camera_stats(camera).damaged, 0);
    assert_false(camera_stats(camera).cut_short);
    camera_close(camera);
}

/* Four seconds at a rate that is asked for: every picture given is the film's nearest to its time. */
static void assert_keeps_its_speed(const char *name, uint32_t rate)
{
    struct camera *camera;
    struct picture picture;
    assert_int_equal(try_file_at(&camera, name, rate), MEDIA_OK);
    assert_int_equal(camera_rate(camera), rate);
    assert_int_equal(picture_alloc(&picture, WIDTH, HEIGHT), MEDIA_OK);
    for (uint32_t i = 0; i < 4 * rate; i++) {
        uint32_t number;
        assert_int_equal(camera_next(camera, &picture), MEDIA_OK);
        assert_true(stamp_read(&picture, &number));
        double shown = (double)(camera_stats(camera).loops * FILM_PICTURES + number);
        double due = (double)i * FILM_RATE / rate;
        if (fabs(shown - due) > 0.51)
            fail_msg("picture %u at %u a second: the film's %.1f instead of %.1f", i, rate, shown,
                     due);
    }
    picture_free(&picture);
    camera_close(camera);
}

static void a_film_plays_at_its_own_speed_whatever_rate_is_asked_for(void **state)
{
    (void)state;
    write_file("film.h264", film, film_len);
    assert_keeps_its_speed("film.h264", 5);
    assert_keeps_its_speed("film.h264", FILM_RATE);
    assert_keeps_its_speed("film.h264", 30);
    assert_keeps_its_speed("film.h264", 60);
}

/* The film as an MPEG transport stream, whose pictures are shown after they are decoded. */
static void write_stream(const char *name)
{
    enum { TICKS = 3600, SHOWN_AFTER = 2 * TICKS }; /* of 90 kHz */
    AVFormatContext *out = NULL;
    AVPacket *packet = av_packet_alloc();
    assert_true(avformat_alloc_output_context2(&out, NULL, "mpegts", in_folder(name)) >= 0);
    AVStream *stream = avformat_new_stream(out, NULL);
    assert_true(packet && stream);
    stream->codecpar->codec_type = AVMEDIA_TYPE_VIDEO;
    stream->codecpar->codec_id = AV_CODEC_ID_H264;
    stream->codecpar->width = WIDTH;
    stream->codecpar->height = HEIGHT;
    assert_true(avio_open(&out->pb, in_folder(name), AVIO_FLAG_WRITE) >= 0);
    assert_true(avformat_write_header(out, NULL) >= 0);
    for (int i = 0; i < FILM_PICTURES; i++) {
        size_t begin = i > 0 ? film_ends[i - 1] : 0;
        assert_int_equal(av_new_packet(packet, (int)(film_ends[i] - begin)), 0);
        memcpy(packet->data, film + begin, film_ends[i] - begin);
        packet->dts = i * TICKS;
        packet->pts = packet->dts + SHOWN_AFTER;
        packet->flags = i == 0 ? AV_PKT_FLAG_KEY : 0;
        assert_int_equal(av_write_frame(out, packet), 0);
        av_packet_unref(packet);
    }
    assert_int_equal(av_write_trailer(out), 0);
    avio_closep(&out->pb);
    avformat_free_context(out);
    av_packet_free(&packet);
}

static void a_stream_begins_again_at_its_first_picture(void **state)
{
    (void)state;
    struct camera *camera;
    write_stream("film.ts");
    assert_int_equal(try_file(&camera, "film.ts"), MEDIA_OK);
    assert_plays_three_rounds(camera);
    camera_close(camera);
}

static void a_film_cut_off_in_the_middle_plays_what_is_good(void **state)
{
    (void)state;
    struct camera *camera;
    struct picture picture;
    write_file("cut.h264", film, film_len / 2);
    assert_int_equal(try_file(&camera, "cut.h264"), MEDIA_OK);
    assert_int_equal(picture_alloc(&picture, WIDTH, HEIGHT), MEDIA_OK);
    for (uint32_t i = 0; i < 2 * FILM_PICTURES; i++)
        assert_int_equal(camera_next(camera, &picture), MEDIA_OK);
    assert_true(camera_stats(camera).loops >= 2);
    picture_free(&picture);
    camera_close(camera);
}

static void a_file_that_cannot_be_played_is_refused_with_its_reason(void **state)
{
    (void)state;
    struct camera *camera;
    assert_refused(try_file(&camera, "absent.mp4"), MEDIA_ERR_MISSING, "No such file");
    static const char notes[] = "Dear colleague, please find the video attached.\n";
    write_file("notes.mp4", notes, sizeof notes - 1);
    assert_refused(try_file(&camera, "notes.mp4"), MEDIA_ERR_FORMAT, "not a video file");
    write_file("empty.mp4", notes, 0);
    assert_refused(try_file(&camera, "empty.mp4"), MEDIA_ERR_FORMAT, "not a video file");

    uint8_t sound[44 + 8000] = "RIFF....WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0"
                               "\x01\0\x08\0data\x40\x1f\0\0";
    memcpy(sound + 4, "\x64\x1f\0\0", 4);
    write_file("sound.wav", sound, sizeof sound);
    assert_refused(try_file(&camera, "sound.wav"), MEDIA_ERR_NO_VIDEO, "no video stream");
}

static void wrong_names_sizes_and_devices_are_refused_with_their_reason(void **state)
{
    (void)state;
    struct camera *camera;
    assert_refused(try_open(&camera, "webcam", 0), MEDIA_ERR_SETTING, "no camera 'webcam'");
    assert_refused(try_open(&camera, "file:", 0), MEDIA_ERR_SETTING, "file:PATH");
    assert_refused(try_open(&camera, "pattern", 1000), MEDIA_ERR_SETTING, "at most");
    assert_refused(try_open(&camera, "v4l2:/dev/no-such-camera", 0), MEDIA_ERR_MISSING,
                   "No such file");
    assert_refused(try_open(&camera, "v4l2:/dev/null", 0), MEDIA_ERR_DEVICE, "is not a camera");
    struct camera_settings odd = {.spec = "pattern", .width = 641, .height = 360};
    assert_refused(camera_open(&camera, &odd, &reason), MEDIA_ERR_SETTING, "even sides");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pattern_counts_its_pictures_in_the_picture),
        cmocka_unit_test(a_film_is_played_over_and_over_in_order),
        cmocka_unit_test(a_film_plays_at_its_own_speed_whatever_rate_is_asked_for),
        cmocka_unit_test(a_stream_begins_again_at_its_first_picture),
        cmocka_unit_test(a_film_cut_off_in_the_middle_plays_what_is_good),
        cmocka_unit_test(a_file_that_cannot_be_played_is_refused_with_its_reason),
        cmocka_unit_test(wrong_names_sizes_and_devices_are_refused_with_their_reason),
    };
    return cmocka_run_group_tests(tests, set_up, folder_remove);
}
