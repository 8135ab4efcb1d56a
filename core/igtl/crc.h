/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The check of an OpenIGTLink message: CRC-64 with the polynomial of ECMA-182, from the highest bit, begun
 * with 0 and not inverted. Source: OpenIGTLink protocol, "CRC"; igtl_util.c's crc64. Pure. */
#ifndef IGTL_CRC_H
#define IGTL_CRC_H

#include <stddef.h>
#include <stdint.h>

uint64_t igtl_crc(const uint8_t *bytes, size_t len);

#endif
