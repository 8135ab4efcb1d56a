/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the head of a WebSocket's frame declares, as far as it has come: how much would follow is known before any of it
 * is here. Pure. Source: RFC 6455 5.2. */
#ifndef HTTP_FRAME_H
#define HTTP_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

enum { HTTP_FRAME_HEAD_MAX = 2 + 8 + 4 /* bytes, with the longest length and a mask */ };

/* How long the message's next piece is that the `len` bytes at `head`, the first of a frame, tell of. False: they do
 * not tell yet, or the frame is no piece of a message but controls, which are short. */
MUST_USE bool http_frame_declares(const uint8_t *head, size_t len, uint64_t *payload_bytes);

#endif
