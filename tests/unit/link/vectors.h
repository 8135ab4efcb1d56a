/* SPDX-License-Identifier: GPL-3.0-or-later */
/* docs/protocol-vectors.txt as a test sees it: blocks of values given and values made.
 *
 * A test program calls vectors_begin, runs its cases, and returns what vectors_end makes of their
 * result. Called with --write it puts what the code makes into the file instead of checking it. Anything that is
 * missing or cannot be read fails the running case. Globals; one thread. */
#ifndef UNIT_LINK_VECTORS_H
#define UNIT_LINK_VECTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "link/seal.h"
#include "link/wire.h"

enum { VECTORS_VALUE_BYTES = 2048 };

/* Reads the file, from the source's root; ends the program when it cannot. */
void vectors_begin(int argc, char **argv);
int vectors_end(int failed);

/* Values given in a block: a number, bytes (how many is returned), just so many bytes, or words. */
uint64_t vectors_number(const char *block, const char *name);
size_t vectors_bytes(const char *block, const char *name, uint8_t out[VECTORS_VALUE_BYTES]);
void vectors_exactly(const char *block, const char *name, uint8_t *out, size_t len);
const char *vectors_words(const char *block, const char *name);

/* The code has made these bytes under that name. */
void vectors_made(const char *block, const char *name, const uint8_t *bytes, size_t len);

/* Seals `text` into a datagram at `out`; its length. */
size_t vectors_seal(struct seal *seal, const struct wire_header *header, const uint8_t *text,
                    size_t len, uint8_t *out);

/* Opens a datagram in place; the length of its text, which is behind the header. */
size_t vectors_open(struct seal *seal, struct wire_header *header, uint8_t *bytes, size_t len,
                    bool *renewed);

#endif
