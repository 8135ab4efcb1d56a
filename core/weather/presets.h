/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines by name, as settings in words, with the source of each number beside it (presets.c). */
#ifndef WEATHER_PRESETS_H
#define WEATHER_PRESETS_H

/* NULL-ended. */
extern const char *const preset_names[];

/* The preset's settings, or NULL when there is none of that name. */
const char *preset_settings(const char *name);

#endif
