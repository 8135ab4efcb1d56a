/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "supervisor/profile.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a limit may be set to, and what it is unless it is set. */
static const struct {
    const char *word; /* of what is no gate */
    const char *unit;
    double least, most, standard;
    const char *source;
} keys[PROFILE_KEYS] = {
    [GATE_ARM] = {NULL, "ms", 5, 500, 100, "our arms' liveness; dVRK's watchdog is 30 ms"},
    [GATE_TRACKING] = {NULL, "mm", 1, 50, 15,
                       "our arms: 5 ms lag and flexible shafts at 0.2 m/s, with reserve"},
    [GATE_BEDSIDE] = {NULL, "ms", 50, 5000, 500, "half a second without anybody able to stop it"},
    [GATE_LOOP] = {NULL, "ms", 2, 500, 100, "below the silence that holds"},
    [GATE_AGE] = {NULL, "ms", 10, 2000, 300, "above 300 ms every source says stop (Xu 2014, A.3)"},
    [GATE_SILENCE] = {NULL, "ms", 10, 2000, 200,
                      "a recorded 500 Hz console stream has gaps of 169 ms"},
    [GATE_PICTURE] = {NULL, "ms", 100, 3000, 700,
                      "the console's 500 ms, and the way back of 200 ms"},
    [GATE_FORCE] = {NULL, "N", 0.5, 50, 8, "tissue tears from about 10 N; a trial's limit"},
    [GATE_FORCE_NEAR] = {NULL, "N", 0.2, 50, 4, "half of the limit that holds"},
    [GATE_TRACKING_NEAR] = {NULL, "mm", 0.5, 50, 6, "two fifths of the limit that stops"},
    [GATE_DELAY] = {NULL, "ms", 20, 2000, 200, "trained surgeons up to 200 ms (A.3)"},
    [PROFILE_GREEN] = {"delay-green", "ms", 1, 2000, 100,
                       "acceptable to 34 surgeons (PLoS One 0274328)"},
    [PROFILE_AMBER] = {"delay-amber", "ms", 1, 2000, 200,
                       "review: total below 200 ms avoids overshoot"},
    [PROFILE_RED] = {"delay-red", "ms", 1, 3000, 300, "all 16 call up to 300 ms safe (Xu 2014)"},
};

const char *profile_key_word(unsigned key)
{
    if (key >= PROFILE_KEYS)
        return "unknown";
    return key < GATES ? supervisor_gates[key].word : keys[key].word;
}

const char *profile_key_unit(unsigned key)
{
    return key < PROFILE_KEYS && keys[key].unit ? keys[key].unit : "";
}

void profile_standard(struct profile *profile)
{
    *profile = (struct profile){.name = "standard"};
    for (unsigned key = 0; key < PROFILE_KEYS; key++) {
        struct profile_limit *limit = &profile->limits[key];
        limit->most = keys[key].standard;
        if (keys[key].source)
            snprintf(limit->source, sizeof limit->source, "%s", keys[key].source);
    }
}

/* A line's words: blanks part them, double quotes hold one together. */
enum { WORDS_MAX = 5, LINE_BYTES = 256 };

struct line {
    char text[LINE_BYTES];
    char *words[WORDS_MAX];
    unsigned count;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* False: a quote that does not end, or too many words. */
static bool split(struct line *line)
{
    char *at = line->text;
    line->count = 0;
    for (;;) {
        while (is_blank(*at))
            at++;
        if (*at == '\0' || *at == '#')
            return true;
        if (line->count == WORDS_MAX)
            return false;
        bool quoted = *at == '"';
        line->words[line->count++] = at += quoted;
        while (*at && (quoted ? *at != '"' : !is_blank(*at)))
            at++;
        if (quoted && !*at)
            return false;
        if (*at)
            *at++ = '\0';
    }
}

static bool PRINTF_LIKE(2, 3) refuse(char why[static PROFILE_REASON_BYTES], const char *text, ...)
{
    va_list args;
    va_start(args, text);
    vsnprintf(why, PROFILE_REASON_BYTES, text, args);
    va_end(args);
    return false;
}

static unsigned find_key(const char *word)
{
    unsigned key = 0;
    while (key < PROFILE_KEYS && strcmp(profile_key_word(key), word) != 0)
        key++;
    return key;
}

static bool copy(char *out, size_t bytes, const char *text)
{
    size_t len = strlen(text);
    if (len == 0 || len >= bytes)
        return false;
    memcpy(out, text, len + 1);
    return true;
}

static bool take_line(struct profile *profile, const struct line *line, unsigned number,
                      char why[static PROFILE_REASON_BYTES])
{
    char *const *words = line->words;
    if (line->count == 2 && strcmp(words[0], "name") == 0)
        return copy(profile->name, sizeof profile->name, words[1]) ||
               refuse(why, "line %u: a name has 1 to %d bytes", number, PROFILE_NAME_BYTES - 1);
    if (line->count != 4)
        return refuse(why, "line %u: wants a key, a number, its unit and a source in quotes",
                      number);

    unsigned key = find_key(words[0]);
    if (key == PROFILE_KEYS || !keys[key].unit)
        return refuse(why, "line %u: no limit is called \"%.40s\"", number, words[0]);
    char *end;
    double value = strtod(words[1], &end);
    if (*end || end == words[1] || !isfinite(value))
        return refuse(why, "line %u: \"%.40s\" is not a number", number, words[1]);
    if (strcmp(words[2], keys[key].unit) != 0)
        return refuse(why, "line %u: %s is in %s, not \"%.20s\"", number, words[0], keys[key].unit,
                      words[2]);
    if (value < keys[key].least || value > keys[key].most)
        return refuse(why, "line %u: %s may be %g to %g %s", number, words[0], keys[key].least,
                      keys[key].most, keys[key].unit);
    profile->limits[key].most = value;
    return copy(profile->limits[key].source, PROFILE_SOURCE_BYTES, words[3]) ||
           refuse(why, "line %u: a source has 1 to %d bytes", number, PROFILE_SOURCE_BYTES - 1);
}

/* Limits that only make sense in one order. */
static bool is_in_order(const struct profile *profile, char why[static PROFILE_REASON_BYTES])
{
    static const unsigned pairs[][2] = {{PROFILE_GREEN, PROFILE_AMBER},
                                        {PROFILE_AMBER, PROFILE_RED},
                                        {GATE_FORCE_NEAR, GATE_FORCE},
                                        {GATE_TRACKING_NEAR, GATE_TRACKING}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (profile->limits[pairs[i][0]].most > profile->limits[pairs[i][1]].most)
            return refuse(why, "%s is more than %s", profile_key_word(pairs[i][0]),
                          profile_key_word(pairs[i][1]));
    return true;
}

bool profile_read(struct profile *profile, const char *text, size_t len,
                  char why[static PROFILE_REASON_BYTES])
{
    struct line line;
    unsigned number = 0;

    profile_standard(profile);
    for (size_t at = 0; at < len;) {
        const char *end = memchr(text + at, '\n', len - at);
        size_t bytes = end ? (size_t)(end - text) - at : len - at;
        number++;
        if (bytes >= sizeof line.text || memchr(text + at, '\0', bytes))
            return refuse(why, "line %u: longer than %d bytes, or not text", number,
                          LINE_BYTES - 1);
        memcpy(line.text, text + at, bytes);
        line.text[bytes] = '\0';
        if (!split(&line))
            return refuse(why, "line %u: a quote does not end, or too many words", number);
        if (line.count && !take_line(profile, &line, number, why))
            return false;
        at += bytes + 1;
    }
    return is_in_order(profile, why);
}

enum profile_band profile_band(const struct profile *profile, double delay_ms)
{
    if (delay_ms <= profile->limits[PROFILE_GREEN].most)
        return BAND_GREEN;
    if (delay_ms <= profile->limits[PROFILE_AMBER].most)
        return BAND_AMBER;
    return delay_ms <= profile->limits[PROFILE_RED].most ? BAND_RED : BAND_STOP;
}
