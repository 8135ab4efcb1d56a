/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A Video4Linux2 camera without a kernel behind it, for tests that are linked with open, ioctl and
 * poll wrapped: /dev/fake-camera answers as a driver does, and gives what the test says. */
#ifndef UNIT_FAKE_DEVICE_H
#define UNIT_FAKE_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAKE_DEVICE "/dev/fake-camera"

enum { FAKE_FORMATS_MAX = 4, FAKE_PICTURE_BYTES = 1 << 21 };

struct fake_format {
    uint32_t samples; /* V4L2_PIX_FMT_*; 0: no more */
    uint32_t width, height, stride, rate;
};

/* How the camera is; set before it is opened. */
struct fake_device {
    struct fake_format formats[FAKE_FORMATS_MAX];
    uint32_t buffers_given;  /* whatever is asked for */
    uint64_t silent_from;    /* pictures until it is silent; 0: never */
    uint64_t unplugged_from; /* pictures until it is pulled out; 0: never */
    uint64_t torn_every;     /* each so manieth picture has V4L2_BUF_FLAG_ERROR; 0: none */
    bool captures;           /* else it is no capture device */
    bool wall_clock;         /* stamps pictures with a clock that is not ours */
    uint64_t captured_ns;    /* the next stamp, unless by the wall clock, */
    uint64_t interval_ns;    /* and how much later each one after it is */
    uint32_t waiting;        /* pictures taken while nobody asked; one when asked and none waits */
    uint8_t picture[FAKE_PICTURE_BYTES];
    size_t picture_bytes;

    /* What happened. */
    struct fake_format chosen;
    uint64_t pictures; /* given */
    int patience_ms;   /* of the last poll */
    uint32_t queued;   /* buffers that the driver holds */
    bool streams, is_open;
};

extern struct fake_device fake_device;

#endif
