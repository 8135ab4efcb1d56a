/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sound/device.h"

#include <stdio.h>
#include <string.h>

#include "sound/source.h"

const char *const sound_forms[] = {"none", "device", "file:IN.wav,OUT.wav", NULL};

bool sound_is_none(const char *spec)
{
    return !strcmp(spec, "none");
}

struct sound_device *sound_open(const char *spec, uint64_t now_ns, char *why, size_t why_bytes)
{
    if (!strncmp(spec, "file:", 5))
        return sound_open_files(spec + 5, now_ns, why, why_bytes);
    if (!strcmp(spec, "device"))
        return sound_open_sdl(why, why_bytes);
    snprintf(why, why_bytes, "no voice '%s': write none, device or file:IN.wav,OUT.wav", spec);
    return NULL;
}
