/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/travel.h"

void travel_note(struct travel *travel, struct vec3 position_m)
{
    double gone_m = vec3_length(vec3_subtract(position_m, travel->place_m));

    if (travel->has_place && gone_m < TRAVEL_LEAST_M)
        return;
    if (travel->has_place)
        travel->length_m += gone_m;
    travel->has_place = true;
    travel->place_m = position_m;
}
