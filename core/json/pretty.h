/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON for people's eyes: a member or element a line, two spaces deeper within. Pure. */
#ifndef JSON_PRETTY_H
#define JSON_PRETTY_H

#include <stdint.h>

#include "base/buffer.h"
#include "json/json.h"

/* Writes the value at `node`, without a line's end behind it. */
void json_write_pretty(struct buffer *buffer, const struct json *json, uint32_t node);

#endif
