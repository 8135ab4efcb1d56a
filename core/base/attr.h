/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the compiler should know about a function. */
#ifndef BASE_ATTR_H
#define BASE_ATTR_H

#define MUST_USE __attribute__((warn_unused_result)) /* ignoring the result is a mistake */
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
#define FORMAT_OF(text) __attribute__((format_arg(text))) /* what is returned has its values */

#endif
