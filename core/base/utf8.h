/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-8, strictly: no overlong form, no surrogate, nothing past U+10FFFF.
 *
 * Pure. Source: RFC 3629, its table of well-formed sequences in section 4. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

enum { UTF8_LEN_MAX = 4, UTF8_CODE_MAX = 0x10FFFF };

/* Reads the character that begins at `at`, before `end` (at least a byte). Returns its bytes, 1 to 4;
 * 0: no well-formed character begins here, and `*code` is unset. */
size_t utf8_read(const char *at, const char *end, uint32_t *code);

/* Writes a character, which is no surrogate and at most UTF8_CODE_MAX. Returns its bytes, 1 to 4. */
size_t utf8_write(char out[static UTF8_LEN_MAX], uint32_t code);

#endif
