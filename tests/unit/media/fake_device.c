/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/media/fake_device.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/videodev2.h>

#include "unit/cmocka_base.h"

enum { BUFFERS_MAX = 64 };

struct fake_device fake_device;

static int fake_fd = -1;
static bool is_queued[BUFFERS_MAX];
static uint32_t next_index;

int __real_open64(const char *path, int flags, ...);
int __real_ioctl(int fd, unsigned long request, ...);
int __real_poll(struct pollfd *fds, nfds_t count, int timeout_ms);

int __wrap_open64(const char *path, int flags, ...)
{
    if (strcmp(path, FAKE_DEVICE) != 0) {
        va_list arguments;
        va_start(arguments, flags);
        int mode = flags & O_CREAT ? va_arg(arguments, int) : 0;
        va_end(arguments);
        return __real_open64(path, flags, mode);
    }
    fake_fd = memfd_create("fake-camera", MFD_CLOEXEC);
    assert_true(fake_fd >= 0);
    assert_int_equal(ftruncate(fake_fd, (off_t)BUFFERS_MAX * FAKE_PICTURE_BYTES), 0);
    memset(is_queued, 0, sizeof is_queued);
    next_index = 0;
    fake_device.queued = 0;
    fake_device.is_open = true;
    return fake_fd;
}

static int no(int error)
{
    errno = error;
    return -1;
}

static int set_format(struct v4l2_format *format)
{
    struct v4l2_pix_format *pix = &format->fmt.pix;
    const struct fake_format *has = fake_device.formats;

    for (int i = 0; i < FAKE_FORMATS_MAX && fake_device.formats[i].samples; i++)
        if (fake_device.formats[i].samples == pix->pixelformat)
            has = &fake_device.formats[i];
    fake_device.chosen = *has; /* as drivers do: what is not there becomes the nearest that is */
    pix->pixelformat = has->samples;
    pix->width = has->width;
    pix->height = has->height;
    pix->bytesperline = has->stride;
    pix->sizeimage = FAKE_PICTURE_BYTES;
    return 0;
}

static int set_rate(struct v4l2_streamparm *asked)
{
    struct v4l2_fract *interval = &asked->parm.capture.timeperframe;
    if (interval->denominator > fake_device.chosen.rate)
        interval->denominator = fake_device.chosen.rate;
    return 0;
}

static int give_picture(struct v4l2_buffer *buffer)
{
    if (fake_device.unplugged_from && fake_device.pictures >= fake_device.unplugged_from)
        return no(ENODEV);
    if (!fake_device.waiting || !is_queued[next_index])
        return no(EAGAIN);
    fake_device.waiting--;
    fake_device.pictures++;
    buffer->index = next_index;
    buffer->bytesused = (uint32_t)fake_device.picture_bytes;
    buffer->flags = fake_device.wall_clock ? V4L2_BUF_FLAG_TIMESTAMP_UNKNOWN
                                           : V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
    if (fake_device.torn_every && fake_device.pictures % fake_device.torn_every == 0)
        buffer->flags |= V4L2_BUF_FLAG_ERROR;
    buffer->timestamp.tv_sec = (time_t)(fake_device.captured_ns / 1000000000);
    buffer->timestamp.tv_usec = (suseconds_t)(fake_device.captured_ns % 1000000000 / 1000);
    fake_device.captured_ns += fake_device.interval_ns;
    off_t at = (off_t)next_index * FAKE_PICTURE_BYTES;
    assert_int_equal(pwrite(fake_fd, fake_device.picture, fake_device.picture_bytes, at),
                     fake_device.picture_bytes);
    is_queued[next_index] = false;
    fake_device.queued--;
    next_index = (next_index + 1) % fake_device.buffers_given;
    return 0;
}

static int take_buffer(const struct v4l2_buffer *buffer)
{
    assert_true(buffer->index < fake_device.buffers_given && !is_queued[buffer->index]);
    is_queued[buffer->index] = true;
    fake_device.queued++;
    return 0;
}

static int tell_buffer(struct v4l2_buffer *buffer)
{
    buffer->length = FAKE_PICTURE_BYTES;
    buffer->m.offset = buffer->index * FAKE_PICTURE_BYTES;
    return 0;
}

static int tell_abilities(struct v4l2_capability *able)
{
    *able = (struct v4l2_capability){.capabilities = V4L2_CAP_DEVICE_CAPS | V4L2_CAP_VIDEO_CAPTURE};
    able->device_caps = V4L2_CAP_STREAMING;
    if (fake_device.captures)
        able->device_caps |= V4L2_CAP_VIDEO_CAPTURE;
    return 0;
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
    va_list arguments;
    va_start(arguments, request);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    if (fd != fake_fd)
        return __real_ioctl(fd, request, argument);
    switch (request) {
    case VIDIOC_QUERYCAP:
        return tell_abilities(argument);
    case VIDIOC_S_FMT:
        return set_format(argument);
    case VIDIOC_S_PARM:
        return set_rate(argument);
    case VIDIOC_REQBUFS:
        ((struct v4l2_requestbuffers *)argument)->count = fake_device.buffers_given;
        return 0;
    case VIDIOC_QUERYBUF:
        return tell_buffer(argument);
    case VIDIOC_QBUF:
        return take_buffer(argument);
    case VIDIOC_DQBUF:
        return give_picture(argument);
    case VIDIOC_STREAMON:
        fake_device.streams = true;
        return 0;
    default:
        return no(ENOTTY);
    }
}

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    if (count != 1 || fds->fd != fake_fd)
        return __real_poll(fds, count, timeout_ms);
    fake_device.patience_ms = timeout_ms;
    bool silent = fake_device.silent_from && fake_device.pictures >= fake_device.silent_from;
    if (!silent && !fake_device.waiting)
        fake_device.waiting = 1;
    fds->revents = silent ? 0 : POLLIN;
    return silent ? 0 : 1;
}
