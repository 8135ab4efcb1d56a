/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables behind page_word. For words.c alone. */
#ifndef PAGES_WORD_TABLES_H
#define PAGES_WORD_TABLES_H

#include "pages/words.h"

extern const char *const page_words_french[PAGE_WORDS];
extern const char *const page_words_arabic[PAGE_WORDS];
extern const char *const page_words_english[PAGE_WORDS];

#endif
