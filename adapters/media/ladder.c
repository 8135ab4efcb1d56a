/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/ladder.h"

enum {
    FLOOR_MILLIBITS = 25, /* per sample of luma: 720p25 needs 576 kbit/s, 720p60 1.4 Mbit/s */
    SMOOTH_RATE = 24,     /* pictures a second that still look like motion */
    STEPS_MAX = 4
};

/* The steps of a camera of this rate, best first; answers how many. */
static unsigned steps_of(const struct ladder *ladder, struct ladder_step steps[static STEPS_MAX])
{
    uint8_t smooth = ladder->rate >= 2 * SMOOTH_RATE ? 2 : 1;
    unsigned count = 0;
    steps[count++] = (struct ladder_step){1, 1};
    if (smooth > 1)
        steps[count++] = (struct ladder_step){1, smooth};
    steps[count++] = (struct ladder_step){2, smooth};
    steps[count++] = (struct ladder_step){2, (uint8_t)(2 * smooth)};
    return count;
}

/* The least bit rate at which a step is worth using. */
static uint64_t floor_bps(const struct ladder *ladder, struct ladder_step step)
{
    uint64_t samples = (uint64_t)(ladder->width / step.size_divisor) *
                       (ladder->height / step.size_divisor) * ladder->rate / step.rate_divisor;
    return samples * FLOOR_MILLIBITS / 1000;
}

void ladder_init(struct ladder *ladder, uint32_t width, uint32_t height, uint32_t rate)
{
    *ladder = (struct ladder){.width = width, .height = height, .rate = rate};
}

struct ladder_step ladder_update(struct ladder *ladder, uint32_t bit_rate_bps)
{
    struct ladder_step steps[STEPS_MAX];
    unsigned count = steps_of(ladder, steps);
    while (ladder->at + 1 < count && bit_rate_bps < floor_bps(ladder, steps[ladder->at]))
        ladder->at++;
    while (ladder->at > 0 && bit_rate_bps >= floor_bps(ladder, steps[ladder->at - 1]) * 5 / 4)
        ladder->at--;
    return steps[ladder->at];
}
