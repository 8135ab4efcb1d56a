/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file of recorded hands, of either kind (the first byte says which): it is refused with a reason, or each
 * gesture of it has a meaning, time never runs back, and what was refused is counted. */
#include <lz4frame.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "input/hands.h"

enum {
    PACKED_BYTES = 1 << 20,
    SAMPLES = 2000, /* of which the last ones are of a second round, mostly */
    WHY_BYTES = 512
};

#define LEAP_NS_MAX UINT64_C(1000000000) /* between two samples of a file */

static struct hands *open_bytes(const char *kind, const uint8_t *bytes, size_t len)
{
    char spec[64], why[WHY_BYTES] = "";
    int fd = memfd_create("hands", MFD_CLOEXEC);
    if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
        abort();
    snprintf(spec, sizeof spec, "%s:/proc/self/fd/%d", kind, fd);
    struct hands *hands = hands_open(spec, 0, why, sizeof why);
    close(fd);
    if (!hands && !why[0])
        abort();
    return hands;
}

static void play(struct hands *hands)
{
    struct gesture gesture;
    uint64_t last_ns = 0, refused = 0;
    for (int i = 0; i < SAMPLES; i++) {
        uint64_t due_ns = hands_due_ns(hands);
        if (due_ns < last_ns || due_ns - last_ns > LEAP_NS_MAX)
            abort();
        last_ns = due_ns;
        if (!hands_next(hands, due_ns, &gesture) || gesture_check(&gesture) != MOTION_OK)
            abort();
    }
    const struct hands_counts *counts = hands_counts(hands);
    for (int err = 0; err < MOTION_ERRS; err++)
        refused += counts->refused[err];
    if (counts->gestures != SAMPLES || counts->samples > SAMPLES || refused > counts->samples ||
        counts->refused[MOTION_OK] || !isfinite(hands_rate_hz(hands)) || hands_rate_hz(hands) < 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t packed[PACKED_BYTES];
    struct hands *hands = NULL;
    size_t len;
    if (!size)
        return 0;
    switch (data[0]) {
    case 'l': /* an LZ4 frame of ITP records */
        hands = open_bytes("itp", data + 1, size - 1);
        break;
    case 'r': /* the records, packed here, so that what is in them is reached */
        len = LZ4F_compressFrame(packed, sizeof packed, data + 1, size - 1, NULL);
        if (!LZ4F_isError(len))
            hands = open_bytes("itp", packed, len);
        break;
    case 't': /* Taurus, plain or gzip */
        hands = open_bytes("taurus", data + 1, size - 1);
        break;
    default:
        return 0;
    }
    if (hands)
        play(hands);
    hands_close(hands);
    return 0;
}
