/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/grants.h"

static enum oauth_found get(void *context, const char *area, struct text key, struct arena *arena,
                            struct text *value)
{
    const struct grants *grants = context;
    struct store_note note;
    enum store_err err = store_note_get(grants->view, area, key, &note);

    if (err == STORE_ERR_NONE || (err == STORE_OK && note.due_ms && note.due_ms <= grants->now_ms))
        return OAUTH_NONE;
    if (err != STORE_OK)
        return OAUTH_FAILED;
    *value = arena_copy(arena, note.value);
    return value->bytes ? OAUTH_FOUND : OAUTH_FAILED;
}

static bool put(void *context, const char *area, struct text key, struct text value, int64_t due_ms)
{
    const struct grants *grants = context;
    const struct store_note note = {key, value, due_ms};
    return grants->write && store_note_put(grants->write, area, &note) == STORE_OK;
}

static bool take_away(void *context, const char *area, struct text key)
{
    const struct grants *grants = context;
    return grants->write && store_note_remove(grants->write, area, key) == STORE_OK;
}

void grants_read(struct grants *grants, struct store_view *view, int64_t now_ms)
{
    *grants =
        (struct grants){.store = {get, put, take_away, grants}, .view = view, .now_ms = now_ms};
}

void grants_write(struct grants *grants, struct store_write *write, int64_t now_ms)
{
    grants_read(grants, &write->view, now_ms);
    grants->write = write;
}

struct sweep {
    const char *area;
    int64_t now_ms;
};

static enum store_err sweep_area(struct store_write *write, void *context)
{
    const struct sweep *sweep = context;
    return store_notes_sweep(write, sweep->area, sweep->now_ms);
}

bool grants_sweep(struct store *store, int64_t now_ms)
{
    enum { ARENA_BYTES_MAX = 1 << 20 };
    struct arena arena;
    bool is_done = true;

    arena_init(&arena, ARENA_BYTES_MAX);
    for (const char *const *area = oauth_ending_areas; *area; area++) {
        struct sweep sweep = {*area, now_ms};
        is_done &= store_run(store, &arena, sweep_area, &sweep) == STORE_OK;
        arena_reset(&arena);
    }
    arena_free(&arena);
    return is_done;
}
