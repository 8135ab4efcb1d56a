/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Of any bytes: what a picture needs is told by what stands before its first slice and by nothing after it; a
 * recovery point that stands before them is found, and its count is what any 16 bits can say at most. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "media/annexb.h"

enum { RECOVERY_PICTURES_MOST = (1 << 17) - 2 }; /* 16 zeros, a one, 16 ones: ue(v) */

static const uint8_t recovery[] = {0, 0, 1, 6, 6, 1, 0x2c, 0x80}; /* of 4 pictures, ue(v) 00101 */
static const uint8_t slice[] = {0, 0, 1, 0x41, 0x9a};
static const uint8_t idr_slice[] = {0, 0, 0, 1, 0x65, 0x88};

static bool is_same(struct annexb_entry a, struct annexb_entry b)
{
    return a.idr == b.idr && a.recovery_point == b.recovery_point &&
           a.recovery_pictures == b.recovery_pictures;
}

/* What `head` says, then a slice, then `data`. */
static struct annexb_entry read_after(const uint8_t *head, size_t head_len, const uint8_t *end,
                                      size_t end_len, const uint8_t *data, size_t size)
{
    uint8_t *bytes = malloc(head_len + end_len + size);
    if (!bytes)
        abort();
    memcpy(bytes, head, head_len);
    memcpy(bytes + head_len, end, end_len);
    if (size)
        memcpy(bytes + head_len + end_len, data, size);
    struct annexb_entry entry = annexb_entry_of(bytes, head_len + end_len + size);
    free(bytes);
    return entry;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct annexb_entry entry = annexb_entry_of(data, size);
    if (entry.recovery_pictures > RECOVERY_PICTURES_MOST ||
        (entry.recovery_pictures && !entry.recovery_point))
        abort();
    if (entry.idr &&
        !is_same(entry, read_after(data, size, recovery, sizeof recovery, slice, sizeof slice)))
        abort();
    struct annexb_entry told =
        read_after(recovery, sizeof recovery, slice, sizeof slice, data, size);
    if (!is_same(told, (struct annexb_entry){.recovery_point = true, .recovery_pictures = 4}))
        abort();
    told = read_after(recovery, sizeof recovery, idr_slice, sizeof idr_slice, data, size);
    if (!told.idr || !told.recovery_point)
        abort();
    return 0;
}
