/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small reader of JSON (RFC 8259): each value that is not an array or object is handed over with
 * its path, "lines.0.delay_in_ms". Pure, no heap; any thread. */
#ifndef OPERATE_JSON_H
#define OPERATE_JSON_H

#include <stdbool.h>

#include "base/attr.h"

enum {
    JSON_DEPTH_MAX = 8,   /* arrays and objects within each other */
    JSON_TEXT_BYTES = 256 /* of a key, a string or a path; longer ones are an error */
};

struct json_value {
    const char *text; /* a string's; NULL for all others */
    double number;    /* null: NAN; true and false: 1 and 0 */
};

typedef void json_visit(void *context, const char *path, const struct json_value *value);

/* Reads the whole of `text`. False: not JSON, or past a limit; values before that were visited. */
MUST_USE bool json_read(const char *text, json_visit *visit, void *context);

#endif
