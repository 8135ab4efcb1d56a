/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A camera of this machine through Video4Linux2 (kernel documentation, userspace-api/media/v4l):
 * four buffers mapped from the driver, pictures as plain YUYV or, where that is all there is, as JPEG. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <libavcodec/avcodec.h>
#include <linux/videodev2.h>

#include "clock/clock.h"
#include "media/camera_source.h"
#include "media/scaler.h"

enum { BUFFERS = 4, SILENCE_MS = 1000, NS_PER_US = 1000, NS_PER_S = 1000000000 };

struct device {
    int fd;
    uint32_t width, height, stride;
    bool jpeg; /* else YUYV */
    void *maps[BUFFERS];
    size_t map_bytes[BUFFERS];
    AVCodecContext *codec; /* for JPEG */
    AVPacket *packet;
    AVFrame *frame;
    struct scaler scaler;
};

static int control(int fd, unsigned long request, void *argument)
{
    int result;
    do
        result = ioctl(fd, request, argument);
    while (result < 0 && errno == EINTR);
    return result;
}

static void close_device(void *state)
{
    struct device *device = state;
    for (int i = 0; i < BUFFERS; i++)
        if (device->maps[i])
            munmap(device->maps[i], device->map_bytes[i]);
    if (device->fd >= 0)
        close(device->fd);
    avcodec_free_context(&device->codec);
    av_packet_free(&device->packet);
    av_frame_free(&device->frame);
    scaler_close(&device->scaler);
    free(device);
}

static enum media_err check_camera(struct device *device, const char *name,
                                   struct media_reason *reason)
{
    struct v4l2_capability able;
    device->fd = open(name, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (device->fd < 0)
        return media_fail(reason, MEDIA_ERR_MISSING, "%s: %s", name, strerror(errno));
    if (control(device->fd, VIDIOC_QUERYCAP, &able) < 0)
        return media_fail(reason, MEDIA_ERR_DEVICE, "%s is not a camera", name);
    uint32_t flags =
        able.capabilities & V4L2_CAP_DEVICE_CAPS ? able.device_caps : able.capabilities;
    if (!(flags & V4L2_CAP_VIDEO_CAPTURE) || !(flags & V4L2_CAP_STREAMING))
        return media_fail(reason, MEDIA_ERR_DEVICE, "%s cannot stream pictures", name);
    return MEDIA_OK;
}

/* Asks for a format; the driver answers with the nearest it has. */
static bool choose_format(struct device *device, const struct camera_settings *settings,
                          uint32_t samples)
{
    struct v4l2_format format = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    format.fmt.pix.width = settings->width;
    format.fmt.pix.height = settings->height;
    format.fmt.pix.pixelformat = samples;
    format.fmt.pix.field = V4L2_FIELD_NONE;
    if (control(device->fd, VIDIOC_S_FMT, &format) < 0 || format.fmt.pix.pixelformat != samples)
        return false;
    device->width = format.fmt.pix.width;
    device->height = format.fmt.pix.height;
    device->stride = format.fmt.pix.bytesperline;
    device->jpeg = samples == V4L2_PIX_FMT_MJPEG;
    return true;
}

/* Pictures a second that the driver agreed to. */
static uint32_t choose_rate(struct device *device, uint32_t rate)
{
    struct v4l2_streamparm asked = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    asked.parm.capture.timeperframe.numerator = 1;
    asked.parm.capture.timeperframe.denominator = rate;
    struct v4l2_fract *got = &asked.parm.capture.timeperframe;
    if (control(device->fd, VIDIOC_S_PARM, &asked) < 0 || !got->numerator || !got->denominator)
        return rate;
    uint32_t agreed = (got->denominator + got->numerator - 1) / got->numerator;
    return agreed > 0 ? agreed : rate;
}

static bool start_stream(struct device *device)
{
    struct v4l2_requestbuffers request = {
        .count = BUFFERS, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
    if (control(device->fd, VIDIOC_REQBUFS, &request) < 0 || request.count != BUFFERS)
        return false;
    for (uint32_t i = 0; i < BUFFERS; i++) {
        struct v4l2_buffer buffer = {.index = i, .type = request.type, .memory = request.memory};
        if (control(device->fd, VIDIOC_QUERYBUF, &buffer) < 0)
            return false;
        void *map = mmap(NULL, buffer.length, PROT_READ | PROT_WRITE, MAP_SHARED, device->fd,
                         (off_t)buffer.m.offset);
        if (map == MAP_FAILED)
            return false;
        device->maps[i] = map;
        device->map_bytes[i] = buffer.length;
        if (control(device->fd, VIDIOC_QBUF, &buffer) < 0)
            return false;
    }
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    return control(device->fd, VIDIOC_STREAMON, &type) == 0;
}

static bool open_jpeg(struct device *device)
{
    const AVCodec *jpeg = avcodec_find_decoder(AV_CODEC_ID_MJPEG);
    device->codec = jpeg ? avcodec_alloc_context3(jpeg) : NULL;
    device->packet = av_packet_alloc();
    device->frame = av_frame_alloc();
    return device->codec && device->packet && device->frame &&
           avcodec_open2(device->codec, jpeg, NULL) == 0;
}

static enum media_err convert_jpeg(struct device *device, struct picture *picture,
                                   const uint8_t *bytes, size_t len)
{
    if (av_new_packet(device->packet, (int)len) < 0)
        return MEDIA_ERR_MEMORY;
    memcpy(device->packet->data, bytes, len);
    bool decoded = avcodec_send_packet(device->codec, device->packet) == 0 &&
                   avcodec_receive_frame(device->codec, device->frame) == 0;
    av_packet_unref(device->packet);
    if (!decoded)
        return MEDIA_ERR_FORMAT;
    struct scaler_source source = {.planes = (const uint8_t *const *)device->frame->data,
                                   .strides = device->frame->linesize,
                                   .width = device->frame->width,
                                   .height = device->frame->height,
                                   .format = device->frame->format};
    return scaler_fit(&device->scaler, picture, &source);
}

static enum media_err convert(struct device *device, struct picture *picture, const uint8_t *bytes,
                              size_t len)
{
    if (device->jpeg)
        return convert_jpeg(device, picture, bytes, len);
    if (len < (size_t)device->stride * device->height)
        return MEDIA_ERR_FORMAT;
    const uint8_t *planes[4] = {bytes};
    int strides[4] = {(int)device->stride};
    struct scaler_source source = {.planes = planes,
                                   .strides = strides,
                                   .width = (int)device->width,
                                   .height = (int)device->height,
                                   .format = AV_PIX_FMT_YUYV422};
    return scaler_fit(&device->scaler, picture, &source);
}

/* The driver's time of capture where it is by our clock, else now. */
static uint64_t captured_ns(const struct v4l2_buffer *buffer)
{
    if ((buffer->flags & V4L2_BUF_FLAG_TIMESTAMP_MASK) != V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC)
        return clock_monotonic_ns();
    return (uint64_t)buffer->timestamp.tv_sec * NS_PER_S +
           (uint64_t)buffer->timestamp.tv_usec * NS_PER_US;
}

static enum media_err next(void *state, struct picture *picture, struct camera_shot *shot,
                           struct camera_stats *stats)
{
    struct device *device = state;
    for (;;) {
        struct pollfd ready = {.fd = device->fd, .events = POLLIN};
        int count = poll(&ready, 1, SILENCE_MS);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return count ? MEDIA_ERR_DEVICE : MEDIA_ERR_SILENT;
        struct v4l2_buffer buffer = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
                                     .memory = V4L2_MEMORY_MMAP};
        if (control(device->fd, VIDIOC_DQBUF, &buffer) < 0 || buffer.index >= BUFFERS)
            return MEDIA_ERR_DEVICE;
        enum media_err err =
            buffer.flags & V4L2_BUF_FLAG_ERROR
                ? MEDIA_ERR_FORMAT
                : convert(device, picture, device->maps[buffer.index], buffer.bytesused);
        picture->captured_ns = captured_ns(&buffer);
        if (control(device->fd, VIDIOC_QBUF, &buffer) < 0)
            return MEDIA_ERR_DEVICE;
        shot->interval_ns = 0;
        if (err != MEDIA_ERR_FORMAT)
            return err;
        stats->damaged++; /* cables do that; the next one is on its way */
    }
}

static enum media_err set_up(struct device *device, const char *name,
                             const struct camera_settings *settings, struct media_reason *reason)
{
    enum media_err err = check_camera(device, name, reason);
    if (err)
        return err;
    if (!choose_format(device, settings, V4L2_PIX_FMT_YUYV) &&
        !choose_format(device, settings, V4L2_PIX_FMT_MJPEG))
        return media_fail(reason, MEDIA_ERR_DEVICE, "%s gives neither YUYV nor MJPEG", name);
    if (device->jpeg && !open_jpeg(device))
        return media_fail(reason, MEDIA_ERR_CODEC, "libavcodec has no JPEG decoder for %s", name);
    return MEDIA_OK;
}

enum media_err camera_v4l2_open(struct camera_source *source, const char *name,
                                const struct camera_settings *settings, struct media_reason *reason)
{
    struct device *device = calloc(1, sizeof *device);
    if (!device)
        return media_fail(reason, MEDIA_ERR_MEMORY, "no memory for %s", name);
    enum media_err err = set_up(device, name, settings, reason);
    uint32_t rate = settings->rate ? settings->rate : CAMERA_RATE_STANDARD;
    if (!err) {
        rate = choose_rate(device, rate);
        if (!start_stream(device))
            err = media_fail(reason, MEDIA_ERR_DEVICE, "%s does not start: %s", name,
                             strerror(errno));
    }
    if (err) {
        close_device(device);
        return err;
    }
    *source =
        (struct camera_source){.state = device, .rate = rate, .next = next, .close = close_device};
    return MEDIA_OK;
}
