/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OpenIGTLink messages, written: what 3D Slicer and others read of poses and pictures.
 *
 * A message is a header of 58 bytes, then its body; all big-endian. Version 1 of the protocol, which every
 * reader knows. Each function writes a whole message to `out`, which has room for it, and returns its length.
 * Nothing is read. Source: OpenIGTLink protocol version 1 and 2 (openigtlink.org, "Protocol"; igtl_header.h,
 * igtl_transform.h, igtl_image.h, igtl_status.h and igtl_string.h of libopenigtlink 1.11).
 * Pure values; any thread. */
#ifndef IGTL_MESSAGE_H
#define IGTL_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "motion/pose.h"

enum {
    IGTL_HEAD_BYTES = 58,
    IGTL_NAME_BYTES = 20, /* a device's name; longer ones are cut */
    IGTL_TRANSFORM_BYTES = IGTL_HEAD_BYTES + 48,
    IGTL_IMAGE_PIXELS_AT = IGTL_HEAD_BYTES + 72,
    IGTL_TEXT_BYTES_MAX = 256, /* of a status or string; longer ones are cut */
    IGTL_STATUS_BYTES_MAX = IGTL_HEAD_BYTES + 30 + IGTL_TEXT_BYTES_MAX + 1,
    IGTL_STRING_BYTES_MAX = IGTL_HEAD_BYTES + 4 + IGTL_TEXT_BYTES_MAX
};

enum igtl_status_code {
    IGTL_OK = 1,
    IGTL_NOT_READY = 13
}; /* of the protocol's table, those we use */

/* What every message says of itself. */
struct igtl_head {
    const char *device;
    uint64_t wall_ns; /* when the source was so, nanoseconds since 1970 */
};

/* A pose, metres in, millimetres out. */
size_t igtl_transform(const struct igtl_head *head, const struct pose *pose,
                      uint8_t out[static IGTL_TRANSFORM_BYTES]);

/* `code`: IGTL_OK or why not, in words in `text`. */
size_t igtl_status(const struct igtl_head *head, enum igtl_status_code code, const char *text,
                   uint8_t out[static IGTL_STATUS_BYTES_MAX]);

size_t igtl_string(const struct igtl_head *head, const char *text,
                   uint8_t out[static IGTL_STRING_BYTES_MAX]);

/* A picture of `width` x `height` pixels of 3 bytes (red, green, blue), rows from the top, which stand at
 * `out` + IGTL_IMAGE_PIXELS_AT already. A pixel is 1 mm, the first axis to the right, the second down. */
size_t igtl_image(const struct igtl_head *head, uint16_t width, uint16_t height, uint8_t *out);

#endif
