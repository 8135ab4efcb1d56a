/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pages/words.h"

#include "pages/word_tables.h"

const char *page_word(enum access_language language, enum page_word word)
{
    static const char *const *const tables[ACCESS_LANGUAGES] = {
        [ACCESS_FRENCH] = page_words_french,
        [ACCESS_ARABIC] = page_words_arabic,
        [ACCESS_ENGLISH] = page_words_english,
    };
    return tables[language][word];
}
