/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Integers and IEEE 754 numbers as bytes, big-endian unless named otherwise.
 *
 * Pure and total: every function reads or writes exactly the width in its name. The caller
 * has checked that the bytes are there. No alignment is asked of them. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdint.h>
#include <string.h>

static inline void put_be16(uint8_t *out, uint16_t value)
{
    out[0] = (uint8_t)(value >> 8);
    out[1] = (uint8_t)value;
}

static inline void put_be32(uint8_t *out, uint32_t value)
{
    put_be16(out, (uint16_t)(value >> 16));
    put_be16(out + 2, (uint16_t)value);
}

static inline void put_be64(uint8_t *out, uint64_t value)
{
    put_be32(out, (uint32_t)(value >> 32));
    put_be32(out + 4, (uint32_t)value);
}

static inline uint16_t get_be16(const uint8_t *in)
{
    return (uint16_t)(in[0] << 8 | in[1]);
}

static inline uint32_t get_be32(const uint8_t *in)
{
    return (uint32_t)get_be16(in) << 16 | get_be16(in + 2);
}

static inline uint64_t get_be64(const uint8_t *in)
{
    return (uint64_t)get_be32(in) << 32 | get_be32(in + 4);
}

static inline uint32_t get_le32(const uint8_t *in)
{
    return (uint32_t)in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16 | (uint32_t)in[3] << 24;
}

static inline uint64_t get_le64(const uint8_t *in)
{
    return get_le32(in) | (uint64_t)get_le32(in + 4) << 32;
}

static inline void put_be_f32(uint8_t *out, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_be32(out, bits);
}

static inline float get_be_f32(const uint8_t *in)
{
    uint32_t bits = get_be32(in);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline double get_le_f64(const uint8_t *in)
{
    uint64_t bits = get_le64(in);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

#endif
