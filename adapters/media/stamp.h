/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A number burnt into a picture as black and white blocks, so that whoever sees the picture at the
 * far end (a test, a camera pointed at the screen) can tell which one it is.
 *
 * One row of 48 blocks in the middle of the bottom edge: four to lock on (white, black, white,
 * black), the 32 bits, most significant first, then 12 bits of check. A block is 1/80 of the
 * picture's width square, a macroblock at 1280, and the row keeps its place in proportion, so it
 * survives scaling. */
#ifndef MEDIA_STAMP_H
#define MEDIA_STAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "media/picture.h"

/* Pictures at least this wide can be stamped: two samples a block. */
enum { STAMP_WIDTH_MIN = 160 };

void stamp_write(struct picture *picture, uint32_t number);

/* True, with `*number` set, when the blocks are there and their check agrees. */
bool stamp_read(const struct picture *picture, uint32_t *number);

#endif
