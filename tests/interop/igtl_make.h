/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The same messages as core/igtl writes, made by Debian's libopenigtlink, for igtl_bytes_test.c.
 *
 * Each function writes a whole message, header and body, to `out` of `room` bytes and returns its length; 0: it does
 * not fit, or the library refuses it. The device is `device`, the time `wall_ns` since 1970. */
#ifndef INTEROP_IGTL_MAKE_H
#define INTEROP_IGTL_MAKE_H

#ifdef __cplusplus
#include <cstddef>
#include <cstdint>
using std::size_t;
extern "C" {
#else
#include <stddef.h>
#include <stdint.h>
#endif

struct made {
    const char *device;
    uint64_t wall_ns;
    uint8_t *out;
    size_t room;
};

/* `rows`: three of four, a rotation and, in the fourth column, a place in millimetres. */
size_t made_transform(const struct made *made, const float rows[12]);
size_t made_status(const struct made *made, int code, const char *text);
size_t made_string(const struct made *made, const char *text);
/* `pixels`: rows of red, green, blue from the top. */
size_t made_image(const struct made *made, int width, int height, const uint8_t *pixels);

#ifdef __cplusplus
}
#endif
#endif
