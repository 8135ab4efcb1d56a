/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/store.h"

const char *store_err_words(enum store_err err)
{
    switch (err) {
    case STORE_OK:
        return "done";
    case STORE_ERR_NONE:
        return "there is no such thing";
    case STORE_ERR_GONE:
        return "it was deleted";
    case STORE_ERR_CONFLICT:
        return "it has another version than the one expected";
    case STORE_ERR_QUERY:
        return "the store cannot follow this search";
    case STORE_ERR_COSTLY:
        return "the search would look at too much";
    case STORE_ERR_BUSY:
        return "too many wait already";
    case STORE_ERR_AWAY:
        return "the database does not answer: it is tried again; try later";
    case STORE_ERR_FULL:
        return "the disk is full";
    case STORE_ERR_IO:
        return "the disk or database failed";
    case STORE_ERR_DAMAGED:
        return "the store is damaged";
    case STORE_ERR_KEY:
        return "the key is not the store's";
    case STORE_ERR_NEWER:
        return "the store was made by a later program";
    case STORE_ERR_MEMORY:
        return "there is not enough memory";
    case STORE_ERR_REFUSED:
        return "refused";
    }
    return "unknown";
}

enum store_err store_meets(const struct store_claim *claim, struct store_expect expect)
{
    bool is_there = claim->current && !claim->was_deleted;
    switch (expect.kind) {
    case STORE_ANY:
        return STORE_OK;
    case STORE_ABSENT:
        return is_there ? STORE_ERR_CONFLICT : STORE_OK;
    case STORE_NEW:
        return claim->current ? STORE_ERR_CONFLICT : STORE_OK;
    case STORE_VERSION:
        return claim->current == expect.version && is_there ? STORE_OK : STORE_ERR_CONFLICT;
    case STORE_PRESENT:
        if (claim->current == 0)
            return STORE_ERR_NONE;
        return claim->was_deleted ? STORE_ERR_GONE : STORE_OK;
    }
    return STORE_ERR_CONFLICT;
}

enum store_err store_view_begin(struct store *store, struct arena *arena, struct store_view **view)
{
    return store->engine->view_begin(store, arena, view);
}

void store_view_end(struct store_view *view)
{
    view->engine->view_end(view);
}

enum store_err store_view_renew(struct store_view **view, struct arena *arena)
{
    return (*view)->engine->view_renew(view, arena);
}

enum store_err store_get(struct store_view *view, uint16_t type, struct text id, uint64_t version,
                         struct store_row *row)
{
    return view->engine->get(view, type, id, version, row);
}

enum store_err store_get_last(struct store_view *view, uint16_t type, struct text id,
                              struct store_row *row)
{
    enum store_err err = store_get(view, type, id, 0, row);
    return err == STORE_ERR_GONE && row->version > 1
               ? store_get(view, type, id, row->version - 1, row)
               : err;
}

enum store_err store_history(struct store_view *view, const struct store_history *asked,
                             struct store_page *page)
{
    return view->engine->history(view, asked, page);
}

enum store_err store_search(struct store_view *view, const struct store_search *asked,
                            struct store_page *page)
{
    return view->engine->search(view, asked, page);
}

enum store_err store_list(struct store_view *view, const struct store_list *asked,
                          struct store_page *page)
{
    return view->engine->list(view, asked, page);
}

enum store_err store_last_seq(struct store_view *view, uint64_t *seq)
{
    return view->engine->last_seq(view, seq);
}

enum store_err store_note_get(struct store_view *view, const char *area, struct text key,
                              struct store_note *note)
{
    return view->engine->note_get(view, area, key, note);
}

enum store_err store_note_list(struct store_view *view, const char *area, struct text after,
                               bool backwards, size_t count, struct store_notes *notes)
{
    return view->engine->note_list(view, area, after, backwards, count, notes);
}

enum store_err store_blob_piece(struct store_view *view, struct text name, uint32_t number,
                                struct text *bytes)
{
    return view->engine->blob_piece(view, name, number, bytes);
}

enum store_err store_claim(struct store_write *write, uint16_t type, struct text id,
                           struct store_expect expect, int64_t now_ms, struct store_claim *claim)
{
    return write->view.engine->claim(write, type, id, expect, now_ms, claim);
}

enum store_err store_put(struct store_write *write, const struct store_claim *claim,
                         const struct store_put *put)
{
    return write->view.engine->put(write, claim, put);
}

enum store_err store_delete(struct store_write *write, const struct store_claim *claim)
{
    return write->view.engine->remove(write, claim);
}

enum store_err store_reindex_begin(struct store_write *write)
{
    return write->view.engine->reindex_begin(write);
}

enum store_err store_reindex(struct store_write *write, const struct store_row *row,
                             const struct search_rows *rows, struct text words)
{
    return write->view.engine->reindex(write, row, rows, words);
}

enum store_err store_note_put(struct store_write *write, const char *area,
                              const struct store_note *note)
{
    return write->view.engine->note_put(write, area, note);
}

enum store_err store_note_remove(struct store_write *write, const char *area, struct text key)
{
    return write->view.engine->note_remove(write, area, key);
}

enum store_err store_notes_sweep(struct store_write *write, const char *area, int64_t now_ms)
{
    return write->view.engine->notes_sweep(write, area, now_ms);
}

enum store_err store_blob_add(struct store_write *write, struct text name, struct text bytes)
{
    return write->view.engine->blob_add(write, name, bytes);
}

enum store_err store_blob_remove(struct store_write *write, struct text name)
{
    return write->view.engine->blob_remove(write, name);
}

enum store_err store_submit(struct store *store, struct store_job *job)
{
    return store->engine->submit(store, job);
}

enum store_err store_run(struct store *store, struct arena *arena,
                         enum store_err (*run)(struct store_write *write, void *context),
                         void *context)
{
    return store->engine->run(store, arena, run, context);
}

void store_listen(struct store *store, struct store_listener listener)
{
    store->engine->listen(store, listener);
}

void store_end_with(struct store *store, struct store_ending ending)
{
    store->engine->end_with(store, ending);
}

enum store_err store_leave(struct store_write *write, struct text bytes)
{
    buffer_add(&write->left, bytes);
    return write->left.failed ? STORE_ERR_MEMORY : STORE_OK;
}

enum store_err store_left_write(struct store_write *write, const struct store_ending *ending)
{
    if (!write->left.len)
        return STORE_OK;
    if (!ending->run)
        return STORE_ERR_REFUSED;
    arena_reset(ending->arena);
    write->view.arena = ending->arena;
    write->view.help = NULL;
    return ending->run(write, buffer_text(&write->left), ending->context);
}

void store_close(struct store *store)
{
    store->engine->close(store);
}
