/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON read the slow, obvious way: a function for each rule of RFC 8259, one byte after another, each key compared
 * with each. What the fast reader is held against. */
#ifndef UNIT_JSON_SLOW_H
#define UNIT_JSON_SLOW_H

#include <stdbool.h>

#include "base/text.h"
#include "json/json.h"

/* Whether `text` is JSON within `limits`. */
bool slow_accepts(struct text text, const struct json_limits *limits);

/* What must hold of any bytes: the two readers agree; what is taken is, written without white space and read again,
 * the same tape; and each string's characters, written and read, are the same. Aborts where it does not. */
void json_property(struct text text, const struct json_limits *limits);

#endif
