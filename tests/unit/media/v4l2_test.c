/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <stdlib.h>
#include <string.h>

#include <libavcodec/avcodec.h>
#include <linux/videodev2.h>

#include "clock/clock.h"
#include "media/camera.h"
#include "unit/media/fake_device.h"

enum { WIDTH = 320, HEIGHT = 180, LIGHT = 180, TOLERANCE = 3 };

static struct media_reason reason;

static enum media_err try_open(struct camera **camera, uint32_t rate)
{
    struct camera_settings settings = {
        .spec = "v4l2:" FAKE_DEVICE, .width = WIDTH, .height = HEIGHT, .rate = rate};
    return camera_open(camera, &settings, &reason);
}

/* A camera of one format whose pictures are grey, of brightness LIGHT. */
static void plug_in(uint32_t samples, uint32_t stride, size_t picture_bytes)
{
    fake_device = (struct fake_device){
        .formats = {{samples, WIDTH, HEIGHT, stride, 25}},
        .buffers_given = 4,
        .captures = true,
        .picture_bytes = picture_bytes,
    };
    memset(fake_device.picture, 128, picture_bytes);
}

static void assert_grey(const struct picture *picture)
{
    for (uint32_t y = 0; y < HEIGHT; y++)
        for (uint32_t x = 0; x < WIDTH; x++)
            assert_in_range(picture->planes[0][y * (size_t)picture->strides[0] + x],
                            LIGHT - TOLERANCE, LIGHT + TOLERANCE);
    for (int plane = 1; plane < 3; plane++)
        for (uint32_t x = 0; x < WIDTH / 2; x++)
            assert_in_range(picture->planes[plane][x], 128 - TOLERANCE, 128 + TOLERANCE);
}

/* Some more pictures than the driver has buffers: each must have gone back to it. */
static void assert_gives_grey(void)
{
    struct camera *camera;
    struct picture picture;

    if (try_open(&camera, 25) != MEDIA_OK)
        fail_msg("%s", reason.words);
    assert_int_equal(picture_alloc(&picture, WIDTH, HEIGHT), MEDIA_OK);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(camera_next(camera, &picture), MEDIA_OK);
        assert_grey(&picture);
        assert_int_equal(fake_device.queued, fake_device.buffers_given);
    }
    assert_true(fake_device.streams);
    picture_free(&picture);
    camera_close(camera);
}

static void every_plain_format_is_read_as_it_lies(void **state)
{
    (void)state;
    const size_t pixels = (size_t)WIDTH * HEIGHT;

    plug_in(V4L2_PIX_FMT_YUV420, WIDTH, pixels * 3 / 2);
    memset(fake_device.picture, LIGHT, pixels);
    assert_gives_grey();

    plug_in(V4L2_PIX_FMT_NV12, WIDTH, pixels * 3 / 2);
    memset(fake_device.picture, LIGHT, pixels);
    assert_gives_grey();

    plug_in(V4L2_PIX_FMT_YUYV, 2 * WIDTH, 2 * pixels);
    for (size_t i = 0; i < 2 * pixels; i += 2)
        fake_device.picture[i] = LIGHT;
    assert_gives_grey();

    plug_in(V4L2_PIX_FMT_UYVY, 2 * WIDTH, 2 * pixels);
    for (size_t i = 1; i < 2 * pixels; i += 2)
        fake_device.picture[i] = LIGHT;
    assert_gives_grey();

    const int bright =
        191; /* of full-range grey, that is LIGHT in video range: 16 + 191 * 219 / 255 */
    plug_in(V4L2_PIX_FMT_BGR24, 3 * WIDTH, 3 * pixels);
    memset(fake_device.picture, bright, 3 * pixels);
    assert_gives_grey();
}

static void rows_may_be_padded(void **state)
{
    (void)state;
    enum { STRIDE = WIDTH + 64 };
    plug_in(V4L2_PIX_FMT_NV12, STRIDE, (size_t)STRIDE * HEIGHT * 3 / 2);
    memset(fake_device.picture, 0, fake_device.picture_bytes);
    for (size_t y = 0; y < HEIGHT * 3 / 2; y++)
        memset(fake_device.picture + y * STRIDE, y < HEIGHT ? LIGHT : 128, WIDTH);
    assert_gives_grey();
}

/* A grey picture as a camera's JPEG; its length. */
static size_t make_jpeg(uint8_t *out)
{
    const AVCodec *codec = avcodec_find_encoder(AV_CODEC_ID_MJPEG);
    AVCodecContext *encoder = avcodec_alloc_context3(codec);
    AVFrame *frame = av_frame_alloc();
    AVPacket *packet = av_packet_alloc();
    encoder->width = frame->width = WIDTH;
    encoder->height = frame->height = HEIGHT;
    encoder->pix_fmt = AV_PIX_FMT_YUVJ422P;
    frame->format = AV_PIX_FMT_YUVJ422P;
    encoder->time_base = (AVRational){1, 25};
    assert_int_equal(avcodec_open2(encoder, codec, NULL), 0);
    assert_int_equal(av_frame_get_buffer(frame, 0), 0);
    memset(frame->data[0], 191, (size_t)frame->linesize[0] * HEIGHT);
    memset(frame->data[1], 128, (size_t)frame->linesize[1] * HEIGHT);
    memset(frame->data[2], 128, (size_t)frame->linesize[2] * HEIGHT);
    assert_int_equal(avcodec_send_frame(encoder, frame), 0);
    assert_int_equal(avcodec_receive_packet(encoder, packet), 0);
    size_t len = (size_t)packet->size;
    memcpy(out, packet->data, len);
    av_packet_free(&packet);
    av_frame_free(&frame);
    avcodec_free_context(&encoder);
    return len;
}

static void jpeg_is_decoded(void **state)
{
    (void)state;
    plug_in(V4L2_PIX_FMT_MJPEG, 0, 0);
    fake_device.picture_bytes = make_jpeg(fake_device.picture);
    assert_gives_grey();
}

static void the_format_nearest_to_what_was_asked_is_taken(void **state)
{
    (void)state;
    struct camera *camera;

    plug_in(V4L2_PIX_FMT_YUYV, 2 * WIDTH, 2 * WIDTH * HEIGHT);
    fake_device.formats[0].rate = 10; /* a slow bus: plain pictures are small, or few */
    fake_device.formats[1] = (struct fake_format){V4L2_PIX_FMT_MJPEG, WIDTH, HEIGHT, 0, 25};
    fake_device.formats[2] =
        (struct fake_format){V4L2_PIX_FMT_NV12, WIDTH / 2, HEIGHT / 2, WIDTH / 2, 25};
    fake_device.picture_bytes = make_jpeg(fake_device.picture);
    assert_int_equal(try_open(&camera, 25), MEDIA_OK);
    assert_int_equal(fake_device.chosen.samples, V4L2_PIX_FMT_MJPEG);
    assert_int_equal(camera_rate(camera), 25);
    camera_close(camera);

    fake_device.formats[0].rate = 25; /* as good as JPEG, and cheaper to read */
    fake_device.picture_bytes = 2 * WIDTH * HEIGHT;
    assert_int_equal(try_open(&camera, 25), MEDIA_OK);
    assert_int_equal(fake_device.chosen.samples, V4L2_PIX_FMT_YUYV);
    camera_close(camera);
}

static void a_camera_that_gives_fewer_pictures_says_so(void **state)
{
    (void)state;
    struct camera *camera;
    plug_in(V4L2_PIX_FMT_YUYV, 2 * WIDTH, 2 * WIDTH * HEIGHT);
    fake_device.formats[0].rate = 15;
    assert_int_equal(try_open(&camera, 50), MEDIA_OK);
    assert_int_equal(camera_rate(camera), 15);
    camera_close(camera);
}

static void the_drivers_time_of_capture_counts_if_it_is_by_our_clock(void **state)
{
    (void)state;
    struct camera *camera;
    struct picture picture;
    uint64_t before_ns = clock_monotonic_ns();

    plug_in(V4L2_PIX_FMT_YUYV, 2 * WIDTH, 2 * WIDTH * HEIGHT);
    fake_device.captured_ns = before_ns / 1000 * 1000 - 30000000;
    assert_int_equal(picture_alloc(&picture, WIDTH, HEIGHT), MEDIA_OK);
    assert_int_equal(try_open(&camera, 25), MEDIA_OK);
    assert_int_equal(camera_next(camera, &picture), MEDIA_OK);
    assert_int_equal(picture.captured_ns, fake_device.captured_ns);
    fake_device.wall_clock = true;
    assert_int_equal(camera_next(camera, &picture), MEDIA_OK);
    assert_true(picture.captured_ns >= before_ns && picture.captured_ns <= clock_monotonic_ns());
    picture_free(&picture);
    camera_close(camera);
}

/* They came while the one before was decoded and encoded. */
static void of_several_that_wait_the_newest_is_taken(void **state)
{
    (void)state;
    enum { INTERVAL_NS = 40000000 };
    struct camera *camera;
    struct picture picture;

    plug_in(V4L2_PIX_FMT_YUYV, 2 * WIDTH, 2 * WIDTH * HEIGHT);
    fake_device.captured_ns = 1000000000;
    fake_device.interval_ns = INTERVAL_NS;
    assert_int_equal(picture_alloc(&picture, WIDTH, HEIGHT), MEDIA_OK);
    assert_int_equal(try_open(&camera, 25), MEDIA_OK);
    assert_int_equal(camera_next(camera, &picture), MEDIA_OK); /* the one that open read */
    assert_int_equal(picture.captured_ns, 1000000000);
    assert_int_equal(camera_next(camera, &picture), MEDIA_OK);
    assert_int_equal(picture.captured_ns, 1000000000 + INTERVAL_NS);
    assert_int_equal(camera_stats(camera).skipped, 0);

    for (uint32_t waiting = 1; waiting <= fake_device.buffers_given; waiting++) {
        uint64_t newest_ns = fake_device.captured_ns + (waiting - 1) * INTERVAL_NS;
        uint64_t skipped = camera_stats(camera).skipped;
        fake_device.waiting = waiting;
        assert_int_equal(camera_next(camera, &picture), MEDIA_OK);
        assert_int_equal(picture.captured_ns, newest_ns);
        assert_int_equal(camera_stats(camera).skipped, skipped + waiting - 1);
        assert_int_equal(fake_device.queued, fake_device.buffers_given);
    }
    fake_device.waiting = 2; /* pulled out between two that waited */
    fake_device.unplugged_from = fake_device.pictures + 1;
    assert_int_equal(camera_next(camera, &picture), MEDIA_ERR_DEVICE);
    picture_free(&picture);
    camera_close(camera);
}

static void torn_and_short_pictures_are_skipped_and_counted(void **state)
{
    (void)state;
    struct camera *camera;
    struct picture picture;

    plug_in(V4L2_PIX_FMT_YUYV, 2 * WIDTH, 2 * WIDTH * HEIGHT);
    fake_device.torn_every = 3;
    assert_int_equal(picture_alloc(&picture, WIDTH, HEIGHT), MEDIA_OK);
    assert_int_equal(try_open(&camera, 25), MEDIA_OK);
    for (int i = 0; i < 8; i++)
        assert_int_equal(camera_next(camera, &picture), MEDIA_OK);
    assert_int_equal(camera_stats(camera).pictures, 8);
    assert_int_equal(camera_stats(camera).damaged, fake_device.pictures - 8);
    assert_true(camera_stats(camera).damaged >= 3);
    assert_int_equal(fake_device.queued, fake_device.buffers_given);

    fake_device.picture_bytes--; /* cut short on its way, then nothing more */
    fake_device.silent_from = fake_device.pictures + 1;
    assert_int_equal(camera_next(camera, &picture), MEDIA_ERR_SILENT);
    picture_free(&picture);
    camera_close(camera);
}

static void a_camera_that_stops_is_told_apart_from_one_that_is_pulled_out(void **state)
{
    (void)state;
    struct camera *camera;
    struct picture picture;

    plug_in(V4L2_PIX_FMT_YUYV, 2 * WIDTH, 2 * WIDTH * HEIGHT);
    assert_int_equal(picture_alloc(&picture, WIDTH, HEIGHT), MEDIA_OK);
    fake_device.silent_from = 3;
    assert_int_equal(try_open(&camera, 25), MEDIA_OK);
    assert_int_equal(fake_device.patience_ms, 5000); /* lights and exposure, at first */
    for (int i = 0; i < 3; i++)
        assert_int_equal(camera_next(camera, &picture), MEDIA_OK);
    assert_int_equal(camera_next(camera, &picture), MEDIA_ERR_SILENT);
    assert_int_equal(fake_device.patience_ms, 1000);
    fake_device.silent_from = 0; /* and comes back */
    assert_int_equal(camera_next(camera, &picture), MEDIA_OK);
    fake_device.unplugged_from = fake_device.pictures;
    assert_int_equal(camera_next(camera, &picture), MEDIA_ERR_DEVICE);
    picture_free(&picture);
    camera_close(camera);
}

static void assert_refused(const char *words)
{
    struct camera *camera;
    assert_int_equal(try_open(&camera, 25), MEDIA_ERR_DEVICE);
    if (!strstr(reason.words, words))
        fail_msg("'%s' does not say '%s'", reason.words, words);
}

static void a_device_that_cannot_be_used_is_refused_with_its_reason(void **state)
{
    (void)state;
    plug_in(V4L2_PIX_FMT_YUYV, 2 * WIDTH, 2 * WIDTH * HEIGHT);
    fake_device.captures = false;
    assert_refused("cannot stream pictures");
    plug_in(V4L2_PIX_FMT_H264, 0, 1000);
    assert_refused("gives none of");
    plug_in(V4L2_PIX_FMT_YUYV, 2 * WIDTH, 2 * WIDTH * HEIGHT);
    fake_device.buffers_given = 1;
    assert_refused("does not start");
    fake_device.buffers_given = 60;
    assert_refused("does not start");
}

static void a_driver_may_need_more_buffers_than_were_asked_for(void **state)
{
    (void)state;
    plug_in(V4L2_PIX_FMT_YUV420, WIDTH, (size_t)WIDTH * HEIGHT * 3 / 2);
    memset(fake_device.picture, LIGHT, (size_t)WIDTH * HEIGHT);
    fake_device.buffers_given = 7;
    assert_gives_grey();
    fake_device.buffers_given = 2;
    assert_gives_grey();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_plain_format_is_read_as_it_lies),
        cmocka_unit_test(rows_may_be_padded),
        cmocka_unit_test(jpeg_is_decoded),
        cmocka_unit_test(the_format_nearest_to_what_was_asked_is_taken),
        cmocka_unit_test(a_camera_that_gives_fewer_pictures_says_so),
        cmocka_unit_test(the_drivers_time_of_capture_counts_if_it_is_by_our_clock),
        cmocka_unit_test(of_several_that_wait_the_newest_is_taken),
        cmocka_unit_test(torn_and_short_pictures_are_skipped_and_counted),
        cmocka_unit_test(a_camera_that_stops_is_told_apart_from_one_that_is_pulled_out),
        cmocka_unit_test(a_device_that_cannot_be_used_is_refused_with_its_reason),
        cmocka_unit_test(a_driver_may_need_more_buffers_than_were_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
