/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "unit/cmocka_base.h"

#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock/clock.h"
#include "media/annexb.h"
#include "media/camera_thread.h"
#include "media/encoder.h"
#include "media/view_thread.h"
#include "station/camera_watch.h"

enum { WIDTH = 640, HEIGHT = 360, RATE = 60, TAG = 4711, PATIENCE_MS = 10000 };

static struct media_reason reason;

static struct camera_thread *start_camera(const char *spec)
{
    struct camera_thread *camera;
    struct camera_thread_settings settings = {
        .camera = {.spec = spec, .width = WIDTH, .height = HEIGHT, .rate = RATE},
        .bit_rate_bps = 4000000};
    assert_int_equal(camera_thread_start(&camera, &settings, &reason), MEDIA_OK);
    return camera;
}

static void wait_for(int fd)
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    assert_int_equal(poll(&ready, 1, PATIENCE_MS), 1);
}

static const struct camera_frame *next_frame(struct camera_thread *camera)
{
    const struct camera_frame *frame;
    while (!(frame = camera_thread_oldest(camera)))
        wait_for(camera_thread_fd(camera));
    return frame;
}

static struct viewed next_result(struct view_thread *view)
{
    struct viewed viewed;
    while (!view_thread_result(view, &viewed))
        wait_for(view_thread_fd(view));
    return viewed;
}

static bool show(struct view_thread *view, const struct camera_frame *frame)
{
    return view_thread_show(view, &(struct view_frame){.number = frame->number,
                                                       .captured_ns = frame->captured_ns,
                                                       .tag = TAG,
                                                       .bytes = frame->bytes,
                                                       .len = frame->len});
}

static void pictures_go_from_one_thread_to_the_other_with_what_belongs_to_them(void **state)
{
    (void)state;
    struct view_thread *view;
    struct camera_thread *camera = start_camera("pattern");
    assert_int_equal(view_thread_start(&view, WIDTH, HEIGHT, &reason), MEDIA_OK);
    assert_int_equal(camera_thread_rate(camera), RATE);
    uint64_t before_ns = 0;
    for (uint32_t i = 0; i < 30; i++) {
        const struct camera_frame *frame = next_frame(camera);
        assert_int_equal(frame->number, i);
        assert_true(frame->captured_ns > before_ns);
        assert_true(frame->captured_ns + frame->encode_ns <= clock_monotonic_ns());
        assert_in_range(frame->raw_ns, 1, frame->encode_ns - 1);
        before_ns = frame->captured_ns;
        assert_true(show(view, frame));
        camera_thread_release(camera);

        struct viewed viewed = next_result(view);
        assert_int_equal(viewed.number, i);
        assert_int_equal(viewed.tag, TAG);
        assert_int_equal(viewed.captured_ns, before_ns);
        assert_int_equal(viewed.err, MEDIA_OK);
        assert_false(viewed.damaged);
        assert_true(viewed.stamped && viewed.stamp >= i);
        assert_true(viewed.decode_ns > 0);
        assert_int_equal(viewed.width, WIDTH);
    }
    struct camera_thread_stats stats = camera_thread_stats(camera);
    assert_true(stats.encoded >= 30 && stats.ended == MEDIA_OK);
    camera_thread_stop(camera);
    view_thread_stop(view);
}

static void a_loop_that_is_away_costs_pictures_but_breaks_none(void **state)
{
    (void)state;
    struct view_thread *view;
    struct camera_thread *camera = start_camera("pattern");
    assert_int_equal(view_thread_start(&view, WIDTH, HEIGHT, &reason), MEDIA_OK);
    while (camera_thread_stats(camera).overrun == 0)
        usleep(10000);
    for (uint32_t i = 0; i < 10; i++) {
        const struct camera_frame *frame = next_frame(camera);
        assert_int_equal(frame->number, i);
        assert_true(show(view, frame));
        camera_thread_release(camera);
        assert_false(next_result(view).damaged);
    }
    camera_thread_stop(camera);
    view_thread_stop(view);
}

/* Nothing refers to what was left out (hazard H-08). */
static void h08_pictures_left_out_break_none(void **state)
{
    (void)state;
    struct view_thread *view;
    struct camera_thread *camera = start_camera("pattern");
    assert_int_equal(view_thread_start(&view, WIDTH, HEIGHT, &reason), MEDIA_OK);
    for (uint32_t round = 0; round < 3; round++) {
        camera_thread_leave_out(camera, true);
        uint64_t before = camera_thread_stats(camera).left_out;
        while (camera_thread_stats(camera).left_out < before + 2)
            usleep(1000);
        for (const struct camera_frame *frame; (frame = camera_thread_oldest(camera));) {
            assert_true(show(view, frame)); /* encoded before it heard */
            camera_thread_release(camera);
            assert_false(next_result(view).damaged);
        }
        uint64_t encoded = camera_thread_stats(camera).encoded;
        camera_thread_leave_out(camera, false);
        const struct camera_frame *frame = next_frame(camera);
        assert_int_equal(frame->number, encoded);
        assert_true(frame->number == 0 || !frame->stands_alone);
        assert_true(show(view, frame));
        camera_thread_release(camera);
        assert_false(next_result(view).damaged);
    }
    camera_thread_stop(camera);
    view_thread_stop(view);
}

static void a_lost_picture_is_damage_until_the_recovery_asked_for_comes(void **state)
{
    (void)state;
    struct view_thread *view;
    struct camera_thread *camera = start_camera("pattern");
    assert_int_equal(view_thread_start(&view, WIDTH, HEIGHT, &reason), MEDIA_OK);
    bool was_damaged = false, healed = false;
    for (uint32_t i = 0; i < 60 && !healed; i++) {
        const struct camera_frame *frame = next_frame(camera);
        bool stands_alone = frame->stands_alone;
        assert_true(i > 5 || stands_alone == (i == 0));
        if (i == 5) {
            camera_thread_release(camera); /* lost */
            continue;
        }
        assert_true(show(view, frame));
        camera_thread_release(camera);
        struct viewed viewed = next_result(view);
        if (viewed.damaged)
            camera_thread_recover(camera, viewed.captured_ns);
        healed = was_damaged && !viewed.damaged;
        assert_true(!healed || stands_alone);
        was_damaged = viewed.damaged;
    }
    assert_true(healed);
    camera_thread_stop(camera);
    view_thread_stop(view);
}

static void a_new_bit_rate_reaches_the_encoder(void **state)
{
    (void)state;
    struct camera_thread *camera = start_camera("pattern");
    assert_int_equal(next_frame(camera)->width, WIDTH);
    camera_thread_set_bit_rate(camera, 100000);
    uint32_t width = WIDTH;
    for (int i = 0; i < 60 && width == WIDTH; i++) {
        camera_thread_release(camera);
        width = next_frame(camera)->width;
    }
    assert_int_equal(width, WIDTH / 2);
    camera_thread_stop(camera);
}

static void pictures_that_are_none_or_too_many_or_too_large_are_told(void **state)
{
    (void)state;
    static const uint8_t rubbish[64] = {1, 2, 3};
    struct view_thread *view;
    assert_int_equal(view_thread_start(&view, WIDTH, HEIGHT, &reason), MEDIA_OK);
    struct view_frame frame = {.bytes = rubbish, .len = sizeof rubbish};
    assert_true(view_thread_show(view, &frame));
    struct viewed viewed = next_result(view);
    assert_int_equal(viewed.err, MEDIA_ERR_FORMAT);
    assert_true(viewed.damaged);
    frame.len = ENCODED_BYTES_MAX + 1;
    assert_false(view_thread_show(view, &frame));
    view_thread_stop(view);
}

/* A snapshot of the pattern's first picture: how that went. */
static enum media_err take_snapshot(const char *path)
{
    enum media_err err;
    struct view_thread *view;
    struct camera_thread *camera = start_camera("pattern");
    assert_int_equal(view_thread_start(&view, WIDTH, HEIGHT, &reason), MEDIA_OK);
    view_thread_snapshot(view, path);
    view_thread_snapshot(view, "/no/such/folder"); /* one at a time */
    assert_false(view_thread_snapshot_over(view, &err, &reason));
    assert_true(show(view, next_frame(camera)));
    (void)next_result(view);
    assert_true(view_thread_snapshot_over(view, &err, &reason));
    enum media_err unset;
    assert_false(view_thread_snapshot_over(view, &unset, &reason)); /* told once */
    camera_thread_stop(camera);
    view_thread_stop(view);
    return err;
}

static void a_snapshot_is_taken_of_the_next_whole_picture(void **state)
{
    (void)state;
    char path[] = "/tmp/jisr-view-XXXXXX";
    uint8_t head[4] = {0};
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(take_snapshot(path), MEDIA_OK);
    assert_int_equal(read(fd, head, sizeof head), sizeof head);
    assert_memory_equal(head, "\x89PNG", 4);
    close(fd);
    unlink(path);
}

static void a_snapshot_that_cannot_be_written_says_why_and_removes_nothing(void **state)
{
    (void)state;
    static char folder[] = "/tmp/jisr-view-XXXXXX", path[64], long_name[5000];
    struct stat found;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.png", folder);
    assert_int_equal(symlink("/no/such/folder/a.png", path), 0); /* there, but cannot be opened */
    assert_int_equal(take_snapshot(path), MEDIA_ERR_MISSING);
    assert_string_equal(reason.words, "No such file or directory");
    assert_int_equal(lstat(path, &found), 0);
    unlink(path);
    rmdir(folder);

    memset(long_name, 'x', sizeof long_name - 1);
    assert_int_equal(take_snapshot(long_name), MEDIA_ERR_MISSING);
    assert_string_equal(reason.words, "File name too long");
    assert_int_equal(take_snapshot("/dev/full"), MEDIA_ERR_MISSING);
    assert_string_equal(reason.words, "No space left on device");
    assert_int_equal(stat("/dev/full", &found), 0);
}

/* A film of one picture, played again and again. */
static void make_still(const char *path)
{
    struct encoder *encoder;
    struct picture picture;
    struct encoded encoded;
    const struct encoder_settings settings = {
        .width = WIDTH, .height = HEIGHT, .rate = RATE, .bit_rate_bps = 4000000};
    assert_int_equal(encoder_open(&encoder, &settings, &reason), MEDIA_OK);
    assert_int_equal(picture_alloc(&picture, WIDTH, HEIGHT), MEDIA_OK);
    assert_int_equal(encoder_encode(encoder, &picture, &encoded), MEDIA_OK);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(encoded.bytes, 1, encoded.len, file), encoded.len);
    fclose(file);
    picture_free(&picture);
    encoder_close(encoder);
}

static void h08_a_camera_frozen_for_a_second_gives_no_more_pictures(void **state)
{
    (void)state;
    char spec[] = "file:/tmp/jisr-still-XXXXXX";
    int fd = mkstemp(strchr(spec, '/'));
    assert_true(fd >= 0);
    make_still(strchr(spec, '/'));
    struct camera_thread *camera = start_camera(spec);
    uint64_t first_ns = 0, last_ns = 0;
    while (!camera_thread_stats(camera).frozen) {
        const struct camera_frame *frame = camera_thread_oldest(camera);
        usleep(1000);
        if (!frame)
            continue;
        first_ns = first_ns ? first_ns : frame->captured_ns;
        last_ns = frame->captured_ns;
        camera_thread_release(camera);
    }
    while (camera_thread_oldest(camera))
        camera_thread_release(camera);
    uint64_t captured = camera_thread_stats(camera).captured;
    while (camera_thread_stats(camera).captured < captured + 5)
        usleep(1000);
    assert_null(camera_thread_oldest(camera));
    assert_true(last_ns > first_ns && last_ns - first_ns <= CAMERA_STILL_NS);
    camera_thread_stop(camera);
    close(fd);
    unlink(strchr(spec, '/'));
}

/* What draws or encodes is held up for so long at each picture, until it is quick again. */
struct heavy {
    _Atomic uint32_t us;
    _Atomic bool is_stuck;
};

static void weigh(void *context, const struct picture *picture)
{
    struct heavy *heavy = context;
    (void)picture;
    usleep(atomic_load(&heavy->us));
    while (atomic_load(&heavy->is_stuck))
        usleep(1000);
}

static struct camera_thread *start_heavy(struct heavy *heavy)
{
    struct camera_thread *camera;
    struct camera_thread_settings settings = {
        .camera = {.spec = "pattern", .width = WIDTH, .height = HEIGHT, .rate = RATE},
        .bit_rate_bps = 4000000,
        .seen = weigh,
        .seen_context = heavy};
    assert_int_equal(camera_thread_start(&camera, &settings, &reason), MEDIA_OK);
    return camera;
}

/* What the watch, which looks every tenth of a second, comes to within so many; pictures are taken as they come. */
static enum camera_state watch_for(struct camera_thread *camera, unsigned tenths)
{
    struct camera_watch watch;
    camera_watch_init(&watch, RATE, 0);
    for (unsigned i = 1; i <= tenths; i++) {
        for (unsigned ms = 0; ms < 100; ms += 10) {
            usleep(10000);
            while (camera_thread_oldest(camera))
                camera_thread_release(camera);
        }
        const struct camera_thread_stats stats = camera_thread_stats(camera);
        const struct camera_facts facts = {.captured = stats.captured,
                                           .encode_ns = stats.encode_ns};
        (void)camera_watch_update(&watch, &facts, i * UINT64_C(100000000));
    }
    return camera_watch_state(&watch);
}

static void h71_an_encoder_that_is_slow_is_seen_as_slow(void **state)
{
    (void)state;
    struct heavy heavy = {.us = 250000};
    struct camera_thread *camera = start_heavy(&heavy);
    assert_int_equal(watch_for(camera, 18), CAMERA_SLOW);
    camera_thread_stop(camera);
}

static void h72_a_renderer_that_stalls_is_seen_as_silent_and_the_loop_goes_on(void **state)
{
    (void)state;
    struct heavy heavy = {.is_stuck = true};
    struct camera_thread *camera = start_heavy(&heavy);
    assert_int_equal(watch_for(camera, 15), CAMERA_SILENT);
    assert_null(camera_thread_oldest(camera));
    atomic_store(&heavy.is_stuck, false);
    assert_int_equal(watch_for(camera, 3), CAMERA_WELL);
    camera_thread_stop(camera);
}

static void what_cannot_be_opened_is_refused_before_a_thread_starts(void **state)
{
    (void)state;
    struct camera_thread *camera;
    struct camera_thread_settings settings = {
        .camera = {.spec = "file:/no/such.mp4", .width = WIDTH, .height = HEIGHT}};
    assert_int_equal(camera_thread_start(&camera, &settings, &reason), MEDIA_ERR_MISSING);
    assert_non_null(strstr(reason.words, "/no/such.mp4"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_go_from_one_thread_to_the_other_with_what_belongs_to_them),
        cmocka_unit_test(a_loop_that_is_away_costs_pictures_but_breaks_none),
        cmocka_unit_test(h08_pictures_left_out_break_none),
        cmocka_unit_test(a_lost_picture_is_damage_until_the_recovery_asked_for_comes),
        cmocka_unit_test(a_new_bit_rate_reaches_the_encoder),
        cmocka_unit_test(pictures_that_are_none_or_too_many_or_too_large_are_told),
        cmocka_unit_test(a_snapshot_is_taken_of_the_next_whole_picture),
        cmocka_unit_test(a_snapshot_that_cannot_be_written_says_why_and_removes_nothing),
        cmocka_unit_test(h08_a_camera_frozen_for_a_second_gives_no_more_pictures),
        cmocka_unit_test(h71_an_encoder_that_is_slow_is_seen_as_slow),
        cmocka_unit_test(h72_a_renderer_that_stalls_is_seen_as_silent_and_the_loop_goes_on),
        cmocka_unit_test(what_cannot_be_opened_is_refused_before_a_thread_starts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
