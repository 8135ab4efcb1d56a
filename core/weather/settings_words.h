/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of words that settings are read and written by; inside weather only. */
#ifndef WEATHER_SETTINGS_WORDS_H
#define WEATHER_SETTINGS_WORDS_H

#include "weather/settings.h"
#include "weather/units.h"

enum word_kind {
    WORD_NUMBER, /* uint64_t in the unit */
    WORD_TIMED,  /* struct weather_timetable of such */
    WORD_CHOICE, /* uint64_t: which of `choices` */
    WORD_QUEUE,  /* queue_ns or queue_bytes */
    WORD_OUTAGE, /* one more outage */
    WORD_TRACE   /* one more file */
};

struct settings_word {
    const char *name;
    enum word_kind kind;
    enum unit_kind unit;
    size_t offset;        /* into struct weather_settings */
    uint64_t least, most; /* in the unit's integers */
    const char *const *choices;
};

enum { SETTINGS_WORDS = 16 };

extern const struct settings_word settings_words[SETTINGS_WORDS];

extern const char *const way_prefixes[WEATHER_WAYS]; /* "up.", "down." */

#endif
