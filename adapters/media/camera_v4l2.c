/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A camera of this machine through Video4Linux2 (kernel documentation, userspace-api/media/v4l):
 * buffers mapped from the driver. Of the formats that we read, the one is taken that comes nearest to the
 * size and rate asked for: a camera on a slow bus gives large pictures often as JPEG only. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
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

enum {
    BUFFERS = 4, /* asked for; the driver may need more, or give fewer */
    BUFFERS_LEAST = 2,
    BUFFERS_MOST = 32, /* the kernel's own limit was this until 2023 (VIDEO_MAX_FRAME) */
    SILENCE_MS = 1000,
    START_MS = 5000, /* lights, exposure and link training before the first picture */
    NS_PER_US = 1000,
    NS_PER_S = 1000000000
};

/* In the order of what costs less to read, for those that are as near. */
static const struct format {
    uint32_t samples; /* by the driver's name */
    int as;           /* an AVPixelFormat; AV_PIX_FMT_NONE: JPEG */
    unsigned planes;  /* one behind the other in the buffer */
} formats[] = {
    {V4L2_PIX_FMT_YUV420, AV_PIX_FMT_YUV420P, 3}, {V4L2_PIX_FMT_NV12, AV_PIX_FMT_NV12, 2},
    {V4L2_PIX_FMT_YUYV, AV_PIX_FMT_YUYV422, 1},   {V4L2_PIX_FMT_UYVY, AV_PIX_FMT_UYVY422, 1},
    {V4L2_PIX_FMT_BGR24, AV_PIX_FMT_BGR24, 1},    {V4L2_PIX_FMT_RGB24, AV_PIX_FMT_RGB24, 1},
    {V4L2_PIX_FMT_MJPEG, AV_PIX_FMT_NONE, 0},     {V4L2_PIX_FMT_JPEG, AV_PIX_FMT_NONE, 0},
};

struct device {
    int fd;
    const struct format *format;
    uint32_t width, height, stride, rate;
    bool running; /* has given a picture */
    uint32_t buffers;
    void *maps[BUFFERS_MOST];
    size_t map_bytes[BUFFERS_MOST];
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
    for (uint32_t i = 0; i < device->buffers; i++)
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

/* Asks for a size in a format; the driver answers with the nearest it has. */
static bool try_format(struct device *device, const struct camera_settings *settings,
                       const struct format *format)
{
    struct v4l2_format asked = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    asked.fmt.pix.width = settings->width;
    asked.fmt.pix.height = settings->height;
    asked.fmt.pix.pixelformat = format->samples;
    asked.fmt.pix.field = V4L2_FIELD_NONE;
    if (control(device->fd, VIDIOC_S_FMT, &asked) < 0 ||
        asked.fmt.pix.pixelformat != format->samples)
        return false;
    device->format = format;
    device->width = asked.fmt.pix.width;
    device->height = asked.fmt.pix.height;
    device->stride = asked.fmt.pix.bytesperline;
    return device->width > 0 && device->height > 0;
}

/* Pictures a second that the driver agrees to in the format it has. */
static uint32_t try_rate(const struct device *device, uint32_t rate)
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

/* How much of what was asked for a format gives, 0 to 1: the share of the pixels, and of the pictures. */
static double worth(const struct device *device, const struct camera_settings *settings,
                    uint32_t rate)
{
    double width = fmin(1, (double)device->width / settings->width);
    double height = fmin(1, (double)device->height / settings->height);
    return width * height * fmin(1, (double)device->rate / rate);
}

static bool choose_format(struct device *device, const struct camera_settings *settings)
{
    uint32_t rate = settings->rate ? settings->rate : CAMERA_RATE_STANDARD;
    const struct format *best = NULL;
    double best_worth = 0;

    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (!try_format(device, settings, &formats[i]))
            continue;
        device->rate = try_rate(device, rate);
        double this_worth = worth(device, settings, rate);
        if (this_worth > best_worth) {
            best = &formats[i];
            best_worth = this_worth;
        }
    }
    if (!best || !try_format(device, settings, best))
        return false;
    device->rate = try_rate(device, rate);
    return true;
}

static bool is_jpeg(const struct device *device)
{
    return device->format->as == AV_PIX_FMT_NONE;
}

static bool start_stream(struct device *device)
{
    struct v4l2_requestbuffers request = {
        .count = BUFFERS, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
    if (control(device->fd, VIDIOC_REQBUFS, &request) < 0)
        return false;
    if (request.count < BUFFERS_LEAST || request.count > BUFFERS_MOST) {
        errno = ENOBUFS;
        return false;
    }
    device->buffers = request.count;
    for (uint32_t i = 0; i < device->buffers; i++) {
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
    av_log_set_level(AV_LOG_QUIET); /* it would write into the middle of our log */
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

/* Where the planes of a picture lie in the buffer, and how many bytes they need there. */
static size_t lay_out(const struct device *device, const uint8_t *bytes, const uint8_t *planes[4],
                      int strides[4])
{
    bool full = device->format->as == AV_PIX_FMT_NV12; /* its second plane holds both colours */
    size_t at = 0;

    for (unsigned i = 0; i < device->format->planes; i++) {
        uint32_t rows = i == 0 ? device->height : device->height / 2;
        uint32_t stride = i == 0 || full ? device->stride : device->stride / 2;
        planes[i] = bytes + at;
        strides[i] = (int)stride;
        at += (size_t)stride * rows;
    }
    return at;
}

static enum media_err convert(struct device *device, struct picture *picture, const uint8_t *bytes,
                              size_t len)
{
    const uint8_t *planes[4] = {NULL};
    int strides[4] = {0};

    if (is_jpeg(device))
        return convert_jpeg(device, picture, bytes, len);
    if (len < lay_out(device, bytes, planes, strides))
        return MEDIA_ERR_FORMAT;
    struct scaler_source source = {.planes = planes,
                                   .strides = strides,
                                   .width = (int)device->width,
                                   .height = (int)device->height,
                                   .format = device->format->as};
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

enum take { TAKEN, NONE_WAITS, TAKE_FAILED };

static enum take take_buffer(struct device *device, struct v4l2_buffer *buffer)
{
    *buffer = (struct v4l2_buffer){.type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
    if (control(device->fd, VIDIOC_DQBUF, buffer) < 0)
        return errno == EAGAIN ? NONE_WAITS : TAKE_FAILED;
    return buffer->index < device->buffers ? TAKEN : TAKE_FAILED;
}

/* The newest picture that waits: while we were away the driver went on, and the surgeon is not shown the
 * past. Those before it go back unread. */
static enum take take_newest(struct device *device, struct v4l2_buffer *buffer,
                             struct camera_stats *stats)
{
    enum take take = take_buffer(device, buffer);
    for (uint32_t i = 1; take == TAKEN && i < device->buffers; i++) {
        struct v4l2_buffer newer;
        enum take again = take_buffer(device, &newer);
        if (again == NONE_WAITS)
            break;
        if (again == TAKE_FAILED || control(device->fd, VIDIOC_QBUF, buffer) < 0)
            return TAKE_FAILED;
        *buffer = newer;
        stats->skipped++;
    }
    return take;
}

static enum media_err next(void *state, struct picture *picture, struct camera_shot *shot,
                           struct camera_stats *stats)
{
    struct device *device = state;
    for (;;) {
        struct pollfd ready = {.fd = device->fd, .events = POLLIN};
        int count = poll(&ready, 1, device->running ? SILENCE_MS : START_MS);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return count ? MEDIA_ERR_DEVICE : MEDIA_ERR_SILENT;
        struct v4l2_buffer buffer;
        enum take take = take_newest(device, &buffer, stats);
        if (take == NONE_WAITS)
            continue;
        if (take == TAKE_FAILED)
            return MEDIA_ERR_DEVICE;
        enum media_err err =
            buffer.flags & V4L2_BUF_FLAG_ERROR
                ? MEDIA_ERR_FORMAT
                : convert(device, picture, device->maps[buffer.index], buffer.bytesused);
        picture->captured_ns = captured_ns(&buffer);
        if (control(device->fd, VIDIOC_QBUF, &buffer) < 0)
            return MEDIA_ERR_DEVICE;
        shot->interval_ns = 0;
        device->running = true;
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
    if (!choose_format(device, settings))
        return media_fail(reason, MEDIA_ERR_DEVICE,
                          "%s gives none of YUV420, NV12, YUYV, UYVY, BGR24, RGB24, MJPEG, JPEG",
                          name);
    if (is_jpeg(device) && !open_jpeg(device))
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
    if (!err && !start_stream(device))
        err = media_fail(reason, MEDIA_ERR_DEVICE, "%s does not start: %s", name, strerror(errno));
    if (err) {
        close_device(device);
        return err;
    }
    *source = (struct camera_source){
        .state = device, .rate = device->rate, .next = next, .close = close_device};
    return MEDIA_OK;
}
