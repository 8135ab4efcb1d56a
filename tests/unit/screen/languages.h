/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every table of texts for people must hold, whichever: nothing is missing in a language, and a text has
 * the same {places} in all. */
#ifndef UNIT_SCREEN_LANGUAGES_H
#define UNIT_SCREEN_LANGUAGES_H

#include <string.h>

#include "screen/words.h"
#include "unit/cmocka_base.h"

/* The places of a text as a set of bits. */
static inline unsigned places_of(const char *text)
{
    unsigned found = 0;
    for (const char *at = text; (at = strchr(at, '{')); at++)
        found |= 1U << (at[1] - '0');
    return found;
}

static inline void assert_languages_agree(unsigned texts,
                                          const char *(*text_of)(unsigned, enum words_language))
{
    for (unsigned i = 0; i < texts; i++)
        for (unsigned language = 0; language < WORDS_LANGUAGES; language++) {
            const char *text = text_of(i, (enum words_language)language);
            if (!text || !*text)
                fail_msg("text %u is missing in language %u", i, language);
            else if (places_of(text) != places_of(text_of(i, WORDS_ENGLISH)))
                fail_msg("text %u has other places in language %u", i, language);
        }
}

#endif
