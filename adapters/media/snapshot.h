/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A picture as a PNG file, for people. Takes its time and its memory: not for a real-time thread. */
#ifndef MEDIA_SNAPSHOT_H
#define MEDIA_SNAPSHOT_H

#include "base/attr.h"
#include "media/err.h"
#include "media/picture.h"

/* Writes `picture` to `path`, replacing what was there. MEDIA_ERR_MISSING: it cannot be written; what was
 * there stays, if it cannot be opened. `reason` does not name the path. */
MUST_USE enum media_err snapshot_write(const char *path, const struct picture *picture,
                                       struct media_reason *reason);

#endif
