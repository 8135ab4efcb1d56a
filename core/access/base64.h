/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Base64 (RFC 4648 section 4) and base64url without padding (section 5, as RFC 7515 has it). Pure. */
#ifndef ACCESS_BASE64_H
#define ACCESS_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buffer.h"
#include "base/text.h"

/* How many bytes of base64url `len` bytes become, and the most that so many characters give. */
#define BASE64URL_LEN(len) (((len)*4 + 2) / 3)
#define BASE64URL_BYTES(len) ((len) / 4 * 3 + 2)

/* With = at the end where it is needed. */
void base64_write(struct buffer *out, const uint8_t *bytes, size_t len);

/* Writes BASE64URL_LEN(len) characters, no terminator. */
void base64url_encode(char *out, const uint8_t *bytes, size_t len);
void base64url_write(struct buffer *out, const uint8_t *bytes, size_t len);

/* The same as a text in the arena; its bytes are NULL where there is no room. */
MUST_USE struct text base64url_text(const uint8_t *bytes, size_t len, struct arena *arena);

/* Strict: no padding, no blank, no bit set beyond the last byte. `out` has room for BASE64URL_BYTES(text.len). False:
 * not base64url. */
MUST_USE bool base64url_decode(struct text text, uint8_t *out, size_t *len);

#endif
