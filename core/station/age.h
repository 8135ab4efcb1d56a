/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The age that safety goes by: the greatest that the link's clock allows. Pure. */
#ifndef STATION_AGE_H
#define STATION_AGE_H

#include <stdint.h>

#include "link/link.h"

/* Of an age that is measured; without meaning otherwise. */
static inline uint64_t age_most_ns(const struct link_age *age)
{
    return age->ns > 0 ? (uint64_t)age->ns + age->bound_ns : age->bound_ns;
}

#endif
