/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever is read as sound lies inside the file, and is written and read again alike. */
#include <stdlib.h>
#include <string.h>

#include "sound/wav.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *samples, *again;
    size_t count, count_again;
    if (wav_read(data, size, &samples, &count))
        return 0;
    if (count == 0 || samples < data || 2 * count > size - (size_t)(samples - data))
        abort();
    uint8_t *copy = malloc(WAV_HEAD_BYTES + 2 * count);
    if (!copy)
        return 0;
    wav_head((uint32_t)count, copy);
    memcpy(copy + WAV_HEAD_BYTES, samples, 2 * count);
    if (wav_read(copy, WAV_HEAD_BYTES + 2 * count, &again, &count_again) || count_again != count ||
        memcmp(again, samples, 2 * count) != 0)
        abort();
    free(copy);
    return 0;
}
