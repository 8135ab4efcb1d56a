/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where an operation on one machine takes place: a temporary folder with throw-away identities, free
 * ports of the loopback, and the outside data if it is there. Main thread. */
#ifndef OPERATE_PLACE_H
#define OPERATE_PLACE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

enum { PLACE_PATH_BYTES = PATH_MAX, PLACE_PORTS_MAX = 17, PLACE_WHY_BYTES = 300 };

/* Makes the folder and, in it, `cart` and `console`: what their --identity wants. Its path goes to
 * `folder`. False: `why` says why, and nothing is left. */
MUST_USE bool place_make(char folder[static PLACE_PATH_BYTES], char why[static PLACE_WHY_BYTES]);

/* Removes the folder and all in it; harmless for "". */
void place_remove(const char *folder);

/* Makes a folder that `program` is asked for, unless it is there or NULL. False, and said on standard error in its name
 * why. */
MUST_USE bool place_make_folder(const char *program, const char *folder);

/* Finds `count` different UDP ports of 127.0.0.1 that nobody holds at this moment. */
MUST_USE bool place_ports(uint16_t *ports, size_t count);

enum { PLACE_SOURCE_BYTES = PLACE_PATH_BYTES + 16 }; /* "file:" and a path */

/* The source asked for, else "`kind`:" and the recorded one where it is, in `text`; else the built-in one. */
const char *place_source(const char *asked, const char *kind, const char *recorded,
                         const char *built_in, char text[static PLACE_SOURCE_BYTES]);

#endif
