/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever an app's name, a patient's, a browser's or a search says, the page has as many tags as without it, and reads
 * back as text; and a language is always one of ours. */
#include <stdint.h>
#include <stdlib.h>

#include "pages/pages.h"

static size_t tags(struct text html)
{
    size_t count = 0;
    for (size_t i = 0; i < html.len; i++)
        count += html.bytes[i] == '<' || html.bytes[i] == '>' || html.bytes[i] == '"';
    return count;
}

/* A page of patients in which all is `words`; how many marks of markup it has. */
static size_t write(struct arena *arena, struct text words)
{
    const struct page page = {
        .language = ACCESS_ARABIC, .csrf = words, .who = words, .here = words, .go = words};
    const struct page_patients patients = {.app = words,
                                           .query = words,
                                           .search = words,
                                           .found = {{words, words, words}},
                                           .count = 1};
    struct buffer out;

    buffer_init(&out, arena);
    page_patients(&out, &page, &patients);
    return out.failed ? 0 : tags(buffer_text(&out));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct text words = {(const char *)data, size};
    const struct page_reader reader = {.asked = words, .cookie = words, .accepts = words};
    struct arena arena;

    arena_init(&arena, 16 << 20);
    size_t with = size ? write(&arena, words) : 0;
    if (with && with != write(&arena, TEXT("x")))
        abort();
    if (page_language_choose(&reader) >= ACCESS_LANGUAGES)
        abort();
    arena_free(&arena);
    return 0;
}
