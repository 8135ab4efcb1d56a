/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Our pictures (limited range, ITU-R BT.709) as red, green and blue, three bytes a pixel, rows from the top.
 * Pure. */
#ifndef IGTL_RGB_H
#define IGTL_RGB_H

#include "media/picture.h"

/* `out` holds 3 * width * height bytes. */
void rgb_of(const struct picture *picture, uint8_t *out);

#endif
