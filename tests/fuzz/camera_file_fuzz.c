/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever bytes a camera's file has, it is refused in words, or it plays: every picture is of the size asked
 * for and all there to be read, one after the other in time; what is counted never goes back, nor is a file
 * whole again that was cut short; and it takes no more than a bounded time. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include "media/camera.h"

enum {
    BYTES_MAX = 64 * 1024,
    WIDTH = 64,
    HEIGHT = 64,
    PICTURES = 40,   /* more than are in such a file, mostly: it goes round */
    SECONDS_MAX = 20 /* of processor, under sanitizers; 0.05 is usual */
};

static volatile uint32_t sum; /* so that the samples are really read */

static void check_picture(const struct picture *picture, uint64_t before_ns)
{
    if (picture->width != WIDTH || picture->height != HEIGHT || picture->captured_ns < before_ns)
        abort();
    for (uint32_t row = 0; row < HEIGHT; row++)
        for (uint32_t column = 0; column < WIDTH; column++) {
            sum += picture->planes[0][(size_t)row * picture->strides[0] + column];
            sum += picture->planes[1][(size_t)(row / 2) * picture->strides[1] + column / 2];
            sum += picture->planes[2][(size_t)(row / 2) * picture->strides[2] + column / 2];
        }
}

static void play(struct camera *camera)
{
    struct picture picture;
    struct camera_stats before = camera_stats(camera);
    uint64_t captured_ns = 0, pictures = 0;

    if (camera_rate(camera) == 0 || picture_alloc(&picture, WIDTH, HEIGHT) != MEDIA_OK)
        abort();
    for (int i = 0; i < PICTURES; i++) {
        if (camera_next(camera, &picture) != MEDIA_OK)
            break;
        pictures++;
        check_picture(&picture, captured_ns);
        captured_ns = picture.captured_ns;
        struct camera_stats stats = camera_stats(camera);
        if (stats.pictures < pictures || stats.damaged < before.damaged ||
            stats.loops < before.loops || stats.cut_short < before.cut_short || stats.skipped)
            abort();
        before = stats;
    }
    picture_free(&picture);
}

static void give_up(int signal)
{
    (void)signal;
    abort(); /* so that the input is kept */
}

/* SIGPROF after so many seconds of processor; 0: never. */
static void bound(time_t seconds)
{
    const struct itimerval timer = {.it_value.tv_sec = seconds};
    if (signal(SIGPROF, give_up) == SIG_ERR || setitimer(ITIMER_PROF, &timer, NULL))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char spec[64];
    struct camera_settings settings = {
        .spec = spec, .width = WIDTH, .height = HEIGHT, .unpaced = true};
    struct media_reason reason = {0};
    struct camera *camera;
    int fd = memfd_create("camera", MFD_CLOEXEC);

    if (size > BYTES_MAX)
        size = BYTES_MAX;
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    snprintf(spec, sizeof spec, "file:/proc/self/fd/%d", fd);
    bound(SECONDS_MAX);
    switch (camera_open(&camera, &settings, &reason)) {
    case MEDIA_OK:
        play(camera);
        camera_close(camera);
        break;
    case MEDIA_ERR_FORMAT:
    case MEDIA_ERR_NO_VIDEO:
    case MEDIA_ERR_CODEC:
        if (!reason.words[0])
            abort();
        break;
    default: /* nothing that a file's bytes may bring about */
        abort();
    }
    bound(0);
    close(fd);
    return 0;
}
