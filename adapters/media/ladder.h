/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which picture a bit rate can pay for: the full one, fewer a second, or a smaller one.
 *
 * An H.264 picture cannot shrink below the cost of saying "nothing moved" for every macroblock plus
 * the part being refreshed; under that the encoder would overrun its target and delay would grow.
 * So below a floor of bits per sample of luma the ladder is stepped down: from 48 pictures a second
 * first half as many (24 still look smooth), then half the width and height, then half as many
 * again. It is stepped up only with a quarter to spare, so that a rate near a floor does not flap.
 *
 * Pure; the floor was measured with our encoder on the laparoscopic clip and the pattern. */
#ifndef MEDIA_LADDER_H
#define MEDIA_LADDER_H

#include <stdint.h>

struct ladder_step {
    uint8_t size_divisor; /* of width and of height: 1 or 2 */
    uint8_t rate_divisor; /* every how-manieth picture is sent: 1, 2 or 4 */
};

struct ladder {
    uint32_t width, height; /* of the full picture */
    uint32_t rate;          /* pictures a second */
    unsigned at;            /* which step */
};

void ladder_init(struct ladder *ladder, uint32_t width, uint32_t height, uint32_t rate);

/* Takes the target and answers the step to use from now on. */
struct ladder_step ladder_update(struct ladder *ladder, uint32_t bit_rate_bps);

#endif
