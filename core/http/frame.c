/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/frame.h"

enum {
    CONTROLS = 0x08, /* of the opcode */
    LENGTH = 0x7f,
    LENGTH_IN_2 = 126,
    LENGTH_IN_8 = 127,
};

bool http_frame_declares(const uint8_t *head, size_t len, uint64_t *payload_bytes)
{
    if (len < 2 || (head[0] & CONTROLS))
        return false;
    unsigned length = head[1] & LENGTH;
    size_t more = length == LENGTH_IN_8 ? 8 : length == LENGTH_IN_2 ? 2 : 0;
    if (len < 2 + more)
        return false;
    *payload_bytes = more ? 0 : length;
    for (size_t i = 0; i < more; i++)
        *payload_bytes = *payload_bytes << 8 | head[2 + i];
    return true;
}
