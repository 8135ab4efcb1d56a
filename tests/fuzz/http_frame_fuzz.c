/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Once a frame's length is told, no byte that follows changes it, and it is the one that libwslay reads in a whole
 * frame: else a message were refused that may come, or the other way round. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wslay/wslay.h>

#include "http/frame.h"

struct input {
    const uint8_t *bytes;
    size_t left;
};

static ssize_t give(uint8_t *bytes, size_t room, int flags, void *context)
{
    struct input *input = context;
    size_t len = input->left < room ? input->left : room;
    (void)flags;
    if (!len)
        return -1;
    memcpy(bytes, input->bytes, len);
    input->bytes += len;
    input->left -= len;
    return (ssize_t)len;
}

/* What libwslay reads; false: no piece of a message, or not a whole head. */
static bool read_by_wslay(const uint8_t *data, size_t size, uint64_t *payload_bytes)
{
    const struct wslay_frame_callbacks callbacks = {.recv_callback = give};
    struct input input = {data, size};
    struct wslay_frame_iocb frame = {0};
    wslay_frame_context_ptr context;
    if (wslay_frame_context_init(&context, &callbacks, &input) < 0)
        abort();
    bool is_read = wslay_frame_recv(context, &frame) >= 0 && !wslay_is_ctrl_frame(frame.opcode);
    wslay_frame_context_free(context);
    *payload_bytes = frame.payload_length;
    return is_read;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t told = 0, again, theirs;
    bool is_told = false;
    for (size_t len = 0; len <= size && len <= HTTP_FRAME_HEAD_MAX; len++) {
        bool is_again = http_frame_declares(data, len, &again);
        if (is_told && (!is_again || again != told))
            abort();
        is_told |= is_again;
        told = is_again ? again : told;
    }
    if (read_by_wslay(data, size, &theirs) && (!is_told || theirs != told))
        abort();
    return 0;
}
