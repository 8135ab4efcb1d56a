/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options of `jisr cart`. */
#ifndef CART_SETTINGS_H
#define CART_SETTINGS_H

#include <stdint.h>

#include "cart_gates.h"
#include "cart_motion.h"
#include "options.h"
#include "station.h"
#include "voice.h"

struct cart_settings {
    struct station_settings station;
    struct voice_settings voice;
    struct option_list listen;
    const char *camera, *size, *igtl;
    const char *arm, *scene, *renderer;
    uint64_t arms;
    uint64_t core; /* 0: any */
    uint64_t picture_rate;
    struct cart_gates_settings gates;
    double scale;
    struct cart_motion_settings motion;
    uint64_t bitrate_kbit_max;
};

/* Fills in what follows from the rest where it was not given: a robot with physics is seen, others by a pattern; a
 * built-in scene brings its fixtures. */
void cart_settings_complete(struct cart_settings *settings);

/* What `--size` says; else of a scene 640x480, of others 1280x720. */
void cart_size(const struct cart_settings *settings, uint32_t *width, uint32_t *height);

extern const struct option CART_OPTIONS[]; /* of a struct cart_settings */
extern const struct options_usage CART_USAGE;

#endif
