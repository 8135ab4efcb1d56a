/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/nearest.h"

#include <string.h>

enum { LETTERS_MAX = 40 }; /* longer words are compared by their beginning */

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static size_t length(const char *word, char end)
{
    const char *stop = strchr(word, end);
    return strnlen(word, stop && stop - word < LETTERS_MAX ? (size_t)(stop - word) : LETTERS_MAX);
}

/* Of what stands before `end` in either, or before their ends. */
static unsigned distance(const char *a, const char *b, char end)
{
    unsigned rows[3][LETTERS_MAX + 1];
    size_t a_len = length(a, end);
    size_t b_len = length(b, end);

    for (size_t j = 0; j <= b_len; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a_len; i++) {
        unsigned *here = rows[i % 3];
        const unsigned *before = rows[(i + 2) % 3];
        here[0] = (unsigned)i;
        for (size_t j = 1; j <= b_len; j++) {
            unsigned replaced = before[j - 1] + (a[i - 1] != b[j - 1]);
            here[j] = least(least(before[j], here[j - 1]) + 1, replaced);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                here[j] = least(here[j], rows[(i + 1) % 3][j - 2] + 1);
        }
    }
    return rows[a_len % 3][b_len];
}

static const char *nearest(const char *word, const char *const *words, char end)
{
    const char *best = NULL;
    unsigned best_distance = (unsigned)length(word, end) / 3;

    if (best_distance == 0)
        best_distance = 1;
    for (; *words; words++) {
        unsigned here = distance(word, *words, end);
        if (here < best_distance || (here == best_distance && !best)) {
            best = *words;
            best_distance = here;
        }
    }
    return best;
}

const char *nearest_word(const char *word, const char *const *words)
{
    return nearest(word, words, '\0');
}

const char *nearest_form_of(const char *text, const char *const *forms)
{
    for (; *forms; forms++) {
        const char *colon = strchr(*forms, ':');
        size_t len = colon ? (size_t)(colon + 1 - *forms) : strlen(*forms) + 1;
        if (strncmp(text, *forms, len) == 0 && (!colon || text[len]))
            return *forms;
    }
    return NULL;
}

const char *nearest_form(const char *text, const char *const *forms)
{
    return nearest(text, forms, ':');
}
