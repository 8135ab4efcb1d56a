/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report in words that ends an operation, in the language of its page: figures of the whole, the
 * delays and what they are made of, each line, each hold, each phase, then the verdict.
 *
 * Pure but for the stream printed to. Times are the timetable's. */
#ifndef OPERATE_CLOSING_H
#define OPERATE_CLOSING_H

#include <stdio.h>

#include "operate/verdict.h"

void closing_print(FILE *out, const struct verdict *verdict,
                   const struct verdict_evidence *evidence, enum words_language language);

#endif
