/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kinds of sound devices; for device.c alone. Each returns NULL with what is wrong and what to do. */
#ifndef SOUND_SOURCE_H
#define SOUND_SOURCE_H

#include "sound/device.h"

/* `files`: "IN.wav,OUT.wav". */
struct sound_device *sound_open_files(const char *files, uint64_t now_ns, char *why,
                                      size_t why_bytes);
struct sound_device *sound_open_sdl(char *why, size_t why_bytes);

#endif
