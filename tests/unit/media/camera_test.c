/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "unit/cmocka_base.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libavformat/avformat.h>

#include "base/bytes.h"
#include "media/camera.h"
#include "media/decoder.h"
#include "media/encoder.h"
#include "media/stamp.h"

enum { WIDTH = 640, HEIGHT = 360, FILM_PICTURES = 20, FILM_RATE = 25, PATH_BYTES = 4096 };

static struct media_reason reason;
static char folder[] = "/tmp/jisr-camera-XXXXXX";

static const char *in_folder(const char *name)
{
    static char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const void *bytes, size_t len)
{
    FILE *file = fopen(in_folder(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    fclose(file);
}

static enum media_err try_open(struct camera **camera, const char *spec, uint32_t rate)
{
    struct camera_settings settings = {
        .spec = spec, .width = WIDTH, .height = HEIGHT, .rate = rate, .unpaced = true};
    return camera_open(camera, &settings, &reason);
}

static enum media_err try_file_at(struct camera **camera, const char *name, uint32_t rate)
{
    char spec[PATH_BYTES + 8];
    snprintf(spec, sizeof spec, "file:%s", in_folder(name));
    return try_open(camera, spec, rate);
}

static enum media_err try_file(struct camera **camera, const char *name)
{
    return try_file_at(camera, name, 0);
}

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
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    film_len = make_film(film, sizeof film);
    return 0;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"film.h264", "cut.h264",  "hurt.h264",
                                        "notes.mp4", "sound.wav", "empty.mp4",
                                        "cut.mp4",   "raw.avi",   "film.ts"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(in_folder(names[i]));
    return rmdir(folder);
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
        cmocka_unit_test(the_pattern_counts_its_pictures_in_the_picture),
        cmocka_unit_test(a_film_is_played_over_and_over_in_order),
        cmocka_unit_test(a_film_plays_at_its_own_speed_whatever_rate_is_asked_for),
        cmocka_unit_test(a_stream_begins_again_at_its_first_picture),
        cmocka_unit_test(a_film_cut_off_in_the_middle_plays_what_is_good),
        cmocka_unit_test(a_file_that_cannot_be_played_is_refused_with_its_reason),
        cmocka_unit_test(a_film_that_ends_within_a_picture_is_cut_short),
        cmocka_unit_test(a_picture_that_cannot_be_decoded_is_skipped_and_counted),
        cmocka_unit_test(a_film_is_announced_at_its_own_rate_up_to_60),
        cmocka_unit_test(wrong_names_sizes_and_devices_are_refused_with_their_reason),
        cmocka_unit_test(the_laparoscopic_clip_is_decoded_and_encoded_again),
        cmocka_unit_test(a_clip_cut_anywhere_is_refused_in_words_or_played_and_counted),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
