/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "igtl/message.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"
#include "igtl/crc.h"

enum { /* of a header */
       AT_VERSION = 0,
       AT_TYPE = 2,
       AT_DEVICE = 14,
       AT_STAMP_S = 34,
       AT_STAMP_FRACTION = 38,
       AT_BODY_BYTES = 42,
       AT_CRC = 50,
       TYPE_BYTES = 12
};
static_assert(AT_DEVICE == AT_TYPE + TYPE_BYTES, "the device follows the type");
static_assert(AT_CRC + 8 == IGTL_HEAD_BYTES, "the check ends the header");

enum {
    VERSION = 1,
    IMAGE_VERSION = 1,
    UINT8 = 3,
    ENDIAN_BIG = 1,
    COORDINATES_RAS = 1,
    US_ASCII = 3
};
enum { IMAGE_HEAD_BYTES = 72, STATUS_HEAD_BYTES = 30, COLOURS = 3 };

#define NS_PER_S UINT64_C(1000000000)

/* A text of a fixed place, zeros behind it. */
static void put_name(uint8_t *out, size_t room, const char *name)
{
    size_t len = strnlen(name, room - 1);
    memset(out, 0, room);
    memcpy(out, name, len);
}

/* The header of the body that stands behind it. Returns the whole length. */
static size_t finish(uint8_t *out, const char *type, const struct igtl_head *head,
                     size_t body_bytes)
{
    uint64_t rest_ns = head->wall_ns % NS_PER_S;
    put_be16(out + AT_VERSION, VERSION);
    put_name(out + AT_TYPE, TYPE_BYTES, type);
    put_name(out + AT_DEVICE, IGTL_NAME_BYTES, head->device);
    put_be32(out + AT_STAMP_S, (uint32_t)(head->wall_ns / NS_PER_S));
    put_be32(out + AT_STAMP_FRACTION, (uint32_t)((rest_ns << 32) / NS_PER_S));
    put_be64(out + AT_BODY_BYTES, body_bytes);
    put_be64(out + AT_CRC, igtl_crc(out + IGTL_HEAD_BYTES, body_bytes));
    return IGTL_HEAD_BYTES + body_bytes;
}

static uint8_t *put_floats(uint8_t *out, const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++, out += 4)
        put_be_f32(out, (float)values[i]);
    return out;
}

size_t igtl_transform(const struct igtl_head *head, const struct pose *pose,
                      uint8_t out[static IGTL_TRANSFORM_BYTES])
{
    const struct mat3 turn = mat3_from_quat(pose->orientation);
    const struct vec3 at_mm = vec3_scale(pose->position_m, 1e3);
    uint8_t *to = out + IGTL_HEAD_BYTES;
    for (int column = 0; column < 3; column++)
        to = put_floats(
            to, (const double[]){turn.at[0][column], turn.at[1][column], turn.at[2][column]}, 3);
    to = put_floats(to, (const double[]){at_mm.x, at_mm.y, at_mm.z}, 3);
    return finish(out, "TRANSFORM", head, (size_t)(to - out) - IGTL_HEAD_BYTES);
}

size_t igtl_status(const struct igtl_head *head, enum igtl_status_code code, const char *text,
                   uint8_t out[static IGTL_STATUS_BYTES_MAX])
{
    uint8_t *body = out + IGTL_HEAD_BYTES;
    size_t len = strnlen(text, IGTL_TEXT_BYTES_MAX);
    memset(body, 0, STATUS_HEAD_BYTES);
    put_be16(body, (uint16_t)code); /* then a sub-code, 0, and the error's name: none */
    memcpy(body + STATUS_HEAD_BYTES, text, len);
    body[STATUS_HEAD_BYTES + len] = 0;
    return finish(out, "STATUS", head, STATUS_HEAD_BYTES + len + 1);
}

size_t igtl_string(const struct igtl_head *head, const char *text,
                   uint8_t out[static IGTL_STRING_BYTES_MAX])
{
    uint8_t *body = out + IGTL_HEAD_BYTES;
    size_t len = strnlen(text, IGTL_TEXT_BYTES_MAX);
    put_be16(body, US_ASCII);
    put_be16(body + 2, (uint16_t)len);
    memcpy(body + 4, text, len);
    return finish(out, "STRING", head, 4 + len);
}

size_t igtl_image(const struct igtl_head *head, uint16_t width, uint16_t height, uint8_t *out)
{
    /* The way of one pixel along the first, second and third axis, then the middle. */
    static const double matrix[12] = {1, 0, 0, 0, -1, 0, 0, 0, 1, 0, 0, 0};
    uint8_t *body = out + IGTL_HEAD_BYTES;
    put_be16(body, IMAGE_VERSION);
    body[2] = COLOURS;
    body[3] = UINT8;
    body[4] = ENDIAN_BIG;
    body[5] = COORDINATES_RAS;
    put_be16(body + 6, width);
    put_be16(body + 8, height);
    put_be16(body + 10, 1);
    uint8_t *part = put_floats(body + 12, matrix, sizeof matrix / sizeof *matrix);
    memset(part, 0, 6);            /* of the picture, all: from the first pixel on, */
    memcpy(part + 6, body + 6, 6); /* as many as there are */
    static_assert(IGTL_IMAGE_PIXELS_AT == IGTL_HEAD_BYTES + IMAGE_HEAD_BYTES, "then the pixels");
    return finish(out, "IMAGE", head, IMAGE_HEAD_BYTES + (size_t)width * height * COLOURS);
}
