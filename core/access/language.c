/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/language.h"

#include <strings.h>

static const struct {
    const char *tag, *direction;
} languages[ACCESS_LANGUAGES] = {
    [ACCESS_ENGLISH] = {"en", "ltr"},
    [ACCESS_FRENCH] = {"fr", "ltr"},
    [ACCESS_ARABIC] = {"ar", "rtl"},
};

struct text access_language_tag(enum access_language language)
{
    return text_of(languages[language].tag);
}

struct text access_language_direction(enum access_language language)
{
    return text_of(languages[language].direction);
}

enum access_language access_language_of(struct text tag)
{
    enum access_language language = 0;
    for (; language < ACCESS_LANGUAGES; language++) {
        const size_t len = strlen(languages[language].tag);
        bool is_same = tag.len >= len && strncasecmp(tag.bytes, languages[language].tag, len) == 0;
        if (is_same && (tag.len == len || tag.bytes[len] == '-'))
            break;
    }
    return language;
}

static struct text trimmed(struct text text)
{
    while (text.len && (text.bytes[0] == ' ' || text.bytes[0] == '\t'))
        text = (struct text){text.bytes + 1, text.len - 1};
    while (text.len && (text.bytes[text.len - 1] == ' ' || text.bytes[text.len - 1] == '\t'))
        text.len--;
    return text;
}

/* "q=0.8" as 800; 1000 where there is none, 0 where it cannot be read. */
static int weight_of(struct text parameter)
{
    static const int units[] = {1000, 100, 10, 1};
    int weight = 0;
    size_t digits = 0;
    parameter = trimmed(parameter);
    if (parameter.len < 3 || strncasecmp(parameter.bytes, "q=", 2) != 0)
        return units[0];
    for (size_t i = 2; i < parameter.len; i++) {
        char c = parameter.bytes[i];
        if (c == '.' && i == 3)
            continue;
        if (c < '0' || c > '9' || digits == sizeof units / sizeof *units)
            return 0;
        weight += units[digits++] * (c - '0');
    }
    return weight <= units[0] ? weight : 0;
}

enum access_language access_language_accepted(struct text accepts)
{
    enum access_language best = ACCESS_LANGUAGES;
    int most = 0;
    while (accepts.len) {
        struct text weight = text_cut(&accepts, ','), tag = trimmed(text_cut(&weight, ';'));
        enum access_language language = access_language_of(tag);
        if (language == ACCESS_LANGUAGES || weight_of(weight) <= most)
            continue;
        best = language;
        most = weight_of(weight);
    }
    return best;
}

enum access_language access_language_spoken(struct text accepts)
{
    enum access_language language = access_language_accepted(accepts);
    return language == ACCESS_LANGUAGES ? ACCESS_ENGLISH : language;
}
