/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a pattern is compiled to. Inside core/fhirpath's regex. */
#ifndef FHIRPATH_REGEX_INSIDE_H
#define FHIRPATH_REGEX_INSIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "fhirpath/regex.h"

enum regex_code {
    REGEX_CHARACTER, /* x */
    REGEX_ANY,
    REGEX_CLASS, /* `y` ranges from `x` on; is_negated */
    REGEX_SPLIT, /* goes on at both x and y, x first */
    REGEX_JUMP,  /* to x */
    REGEX_SAVE,  /* the place, as the beginning or end of a group: slot x */
    REGEX_AT_START,
    REGEX_AT_END,
    REGEX_AT_WORD, /* is_negated: not at a word's edge */
    REGEX_MATCH,
};

/* Where to go on is told from here, so that code can be moved and copied. */
struct regex_part {
    uint8_t code; /* enum regex_code */
    bool is_negated;
    int32_t x, y;
};

struct regex_range {
    uint32_t first, last;
};

struct regex {
    const struct regex_part *parts;
    uint32_t count;
    const struct regex_range *ranges;
};

#endif
