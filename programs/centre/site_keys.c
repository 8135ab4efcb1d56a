/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/site_keys.h"

#include <stdlib.h>

#include "access/digest.h"
#include "base/bytes.h"

/* Notes by kid: from when it signs, in seconds, big-endian; then PKCS #8 in DER. */
static const char area[] = "site-key";
enum { FROM_BYTES = 8, ARENA_BYTES_MAX = 1 << 20 };

static int64_t from_of(struct text value)
{
    return value.len > FROM_BYTES ? (int64_t)get_be64((const uint8_t *)value.bytes) : 0;
}

static int64_t until_of(int64_t from_s)
{
    return from_s + SITE_KEY_SIGNS_S + SITE_KEY_AROUND_S;
}

/* --- a new one ------------------------------------------------------------------------------------------ */

struct making {
    const struct jose_key *key;
    struct arena *arena;
    int64_t now_s;
};

/* When the next key is to sign; 0: none is lacking. */
static int64_t next_from(const struct store_notes *notes, int64_t now_s)
{
    int64_t last = 0;
    for (size_t i = 0; i < notes->count; i++)
        if (from_of(notes->notes[i].value) > last)
            last = from_of(notes->notes[i].value);
    if (last == 0 || last + SITE_KEY_SIGNS_S <= now_s)
        return now_s;
    return last + SITE_KEY_SIGNS_S - SITE_KEY_AROUND_S <= now_s ? last + SITE_KEY_SIGNS_S : 0;
}

/* Unless another server was first. */
static enum store_err keep(struct store_write *write, void *context)
{
    const struct making *making = context;
    struct store_notes notes;
    struct buffer value;
    uint8_t from[FROM_BYTES];

    enum store_err err =
        store_note_list(&write->view, area, TEXT(""), false, SITE_KEYS_MAX, &notes);
    if (err != STORE_OK)
        return err;
    int64_t from_s = next_from(&notes, making->now_s);
    if (from_s == 0)
        return STORE_OK;
    put_be64(from, (uint64_t)from_s);
    buffer_init(&value, making->arena);
    buffer_add(&value, (struct text){(const char *)from, sizeof from});
    if (!jose_key_write_private(&value, making->key) || value.failed)
        return STORE_ERR_REFUSED;
    const struct store_note note = {jose_key_id(making->key), buffer_text(&value),
                                    until_of(from_s) * 1000};
    err = store_notes_sweep(write, area, making->now_s * 1000);
    if (err == STORE_OK)
        err = store_note_put(write, area, &note);
    digest_wipe(value.bytes, value.len);
    return err;
}

static bool make(struct store *store, int64_t now_s)
{
    struct jose_key *key = jose_key_make(JOSE_RS256);
    struct arena arena;
    struct making making = {key, &arena, now_s};

    if (!key)
        return false;
    arena_init(&arena, ARENA_BYTES_MAX);
    enum store_err err = store_run(store, &arena, keep, &making);
    arena_free(&arena);
    jose_key_free(key);
    return err == STORE_OK;
}

/* --- reading -------------------------------------------------------------------------------------------- */

static void free_set(struct site_key_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        jose_key_free(set->keys[i]);
    free(set);
}

/* False: one of them cannot be read. */
static bool fill(struct site_key_set *set, const struct store_notes *notes, int64_t now_s)
{
    int64_t newest = 0;

    for (size_t i = 0; i < notes->count; i++) {
        struct text value = notes->notes[i].value;
        int64_t from_s = from_of(value);
        if (from_s == 0 || until_of(from_s) <= now_s)
            continue;
        struct text der = {value.bytes + FROM_BYTES, value.len - FROM_BYTES};
        struct jose_key *key = jose_key_read_private(der, JOSE_RS256);
        if (!key)
            return false;
        set->keys[set->count++] = key;
        if (from_s <= now_s && from_s >= newest) {
            newest = from_s;
            set->signing = key;
        }
    }
    return true;
}

/* Two sets of the same keys sign alike. */
static bool is_same(const struct site_key_set *a, const struct site_key_set *b)
{
    if (!a || a->count != b->count || !a->signing != !b->signing ||
        (a->signing && !text_equal(jose_key_id(a->signing), jose_key_id(b->signing))))
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!text_equal(jose_key_id(a->keys[i]), jose_key_id(b->keys[i])))
            return false;
    return true;
}

static bool read_all(struct site_keys *keys, struct store *store, int64_t now_s, bool *is_lacking)
{
    struct site_key_set *set = calloc(1, sizeof *set);
    struct store_view *view;
    struct store_notes notes;
    struct arena arena;

    arena_init(&arena, ARENA_BYTES_MAX);
    bool is_good = set && store_view_begin(store, &arena, &view) == STORE_OK;
    if (is_good) {
        is_good = store_note_list(view, area, TEXT(""), false, SITE_KEYS_MAX, &notes) == STORE_OK &&
                  fill(set, &notes, now_s);
        *is_lacking = is_good && next_from(&notes, now_s) != 0;
        store_view_end(view);
    }
    arena_free(&arena);
    struct site_key_set *before = atomic_load(&keys->set);
    if (!is_good || is_same(before, set)) {
        if (set)
            free_set(set);
        return is_good;
    }
    set->before = before;
    atomic_store(&keys->set, set);
    return true;
}

bool site_keys_look(struct site_keys *keys, struct store *store, int64_t now_s)
{
    bool is_lacking = false;

    return read_all(keys, store, now_s, &is_lacking) &&
           (!is_lacking || (make(store, now_s) && read_all(keys, store, now_s, &is_lacking)));
}

void site_keys_of(struct site_keys *keys, struct oauth_site *site)
{
    struct site_key_set *set = atomic_load(&keys->set);

    if (!set)
        return;
    site->key = set->signing;
    site->keys = set->keys;
    site->key_count = set->count;
}

void site_keys_free(struct site_keys *keys)
{
    struct site_key_set *set = atomic_load(&keys->set);

    while (set) {
        struct site_key_set *before = set->before;
        free_set(set);
        set = before;
    }
    atomic_store(&keys->set, NULL);
}
