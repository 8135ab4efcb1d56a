/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/site_url.h"

#include <stdio.h>
#include <string.h>

enum { ARENA_BYTES_MAX = 1 << 20 };

/* The note's value: a word, a blank, the URL. */
static const char area[] = "site", key[] = "url", said_word[] = "said", found_word[] = "found";

const char site_url_form[] =
    "not a record's URL: as https://record.example.org/fhir, with /fhir at its end";

bool site_url_is(const char *url)
{
    static const char end[] = "/fhir";
    size_t len = strlen(url), scheme = strncmp(url, "https://", 8) == 0  ? 8
                                       : strncmp(url, "http://", 7) == 0 ? 7
                                                                         : 0;
    if (!scheme || len >= SITE_URL_BYTES || len < scheme + sizeof end ||
        strcmp(url + len - (sizeof end - 1), end) != 0)
        return false;
    for (const char *at = url; *at; at++)
        if (*at <= ' ' || *at > '~' || strchr("?#\"'<>\\@`{}|^", *at))
            return false;
    return url[scheme] != '/';
}

void site_url_set(struct site_url *url, const char *text, bool is_said)
{
    *url = (struct site_url){.is_said = is_said};
    snprintf(url->text, sizeof url->text, "%s", text);
}

enum store_err site_url_find(struct store_view *view, struct site_url *kept)
{
    struct store_note note;

    *kept = (struct site_url){.is_said = false};
    enum store_err err = store_note_get(view, area, text_of(key), &note);
    if (err != STORE_OK)
        return err == STORE_ERR_NONE ? STORE_OK : err;
    struct text word = text_cut(&note.value, ' ');
    snprintf(kept->text, sizeof kept->text, "%.*s", (int)note.value.len, note.value.bytes);
    if (!site_url_is(kept->text)) {
        kept->text[0] = '\0';
        return STORE_ERR_DAMAGED;
    }
    kept->is_said = text_is(word, said_word);
    return STORE_OK;
}

static enum store_err look(struct store *store, struct site_url *kept)
{
    struct store_view *view;
    struct arena arena;

    *kept = (struct site_url){.is_said = false};
    arena_init(&arena, ARENA_BYTES_MAX);
    enum store_err err = store_view_begin(store, &arena, &view);
    if (err == STORE_OK) {
        err = site_url_find(view, kept);
        store_view_end(view);
    }
    arena_free(&arena);
    return err;
}

enum store_err site_url_choose(struct store *store, const char *said, struct site_url *url)
{
    enum store_err err = STORE_OK;

    if (said)
        site_url_set(url, said, true);
    else if ((err = look(store, url)) == STORE_OK && !url->text[0])
        site_url_set(url, SITE_URL_USUAL, false);
    return err;
}

static enum store_err put(struct store_write *write, void *context)
{
    const struct site_url *url = context;
    char value[SITE_URL_BYTES + sizeof found_word];
    snprintf(value, sizeof value, "%s %s", url->is_said ? said_word : found_word, url->text);
    return store_note_put(write, area, &(struct store_note){text_of(key), text_of(value), 0});
}

static bool is_same(const struct site_url *one, const struct site_url *other)
{
    return one->is_said == other->is_said && strcmp(one->text, other->text) == 0;
}

enum store_err site_url_keep(struct store *store, const struct site_url *url)
{
    struct site_url kept, wanted = *url;
    struct arena arena;

    enum store_err err = look(store, &kept);
    if (err == STORE_OK && is_same(&kept, url))
        return STORE_OK;
    arena_init(&arena, ARENA_BYTES_MAX);
    err = store_run(store, &arena, put, &wanted);
    arena_free(&arena);
    return err;
}

enum store_err site_url_serve(struct store *store, const char *said, const char *listening,
                              struct site_url *url, struct site_url *before)
{
    enum store_err err = look(store, before);

    if (said || !before->is_said)
        site_url_set(url, said ? said : listening, said);
    else
        *url = *before;
    return err == STORE_OK ? site_url_keep(store, url) : err;
}

bool site_url_is_said(struct store *store)
{
    struct site_url kept;
    return site_url_choose(store, NULL, &kept) != STORE_OK || kept.is_said;
}
