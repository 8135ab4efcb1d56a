/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pages/language.h"

struct text page_language_name(enum access_language language)
{
    static const char *const names[ACCESS_LANGUAGES] = {
        [ACCESS_FRENCH] = "Français", [ACCESS_ARABIC] = "العربية", [ACCESS_ENGLISH] = "English"};
    return text_of(names[language]);
}

enum access_language page_language_choose(const struct page_reader *reader)
{
    const enum access_language found[] = {
        access_language_of(reader->asked), access_language_of(reader->cookie),
        access_language_of(reader->account), access_language_accepted(reader->accepts)};

    for (size_t i = 0; i < sizeof found / sizeof *found; i++)
        if (found[i] < ACCESS_LANGUAGES)
            return found[i];
    return ACCESS_FRENCH;
}
