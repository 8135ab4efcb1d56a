/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data that nobody here made and the source does not hold: where it is found. */
#ifndef OUTSIDE_H
#define OUTSIDE_H

#include <limits.h>
#include <stdbool.h>

#include "base/attr.h"

enum { OUTSIDE_PATH_BYTES = PATH_MAX };

/* The path of `name`: in the folder that JISR_DATA names, else in ../shared/data seen from the working folder or from
 * the source's root above a build. False: not there. */
MUST_USE bool outside_data(const char *name, char path[static OUTSIDE_PATH_BYTES]);

#endif
