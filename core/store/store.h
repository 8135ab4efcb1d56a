/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the record is kept: resources with all of their versions, what they are found by, and small notes of
 * other parts. One interface; the engines (SQLite, PostgreSQL) are in adapters/store.
 *
 * Reading goes through a view: one state of the store, which no later write changes. Writing goes through jobs: many
 * jobs share one transaction, each is whole or not at all, and `done` is called when the disk has it. Within a
 * job the same reads see what the job wrote.
 *
 * Each version of a resource has a `seq`, a number over the whole store that only grows: history, paging, sync
 * and subscriptions stand on it. Times never go back from one seq to the next, whatever the clock does.
 *
 * Types are indices into fhir_types (fhir/model.h) of resources; an engine keeps their names, so that tables of
 * another build read the same. `_id`, `_lastUpdated` and `_type` are the store's own and need no rows.
 *
 * Threads: a store is shared by all; a view belongs to the thread that began it; `run`, `done` and `committed`
 * are called by threads of the engine and must not wait for a job. Whatever is read is in the view's arena. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buffer.h"
#include "base/text.h"
#include "search/row.h"

struct search_query; /* search/query.h */

enum store_err {
    STORE_OK = 0,
    STORE_ERR_NONE,     /* there is no such thing, and never was */
    STORE_ERR_GONE,     /* it was deleted */
    STORE_ERR_CONFLICT, /* it has another version than the one that was expected */
    STORE_ERR_QUERY,    /* a search, or a cursor, that this store cannot follow; `help` says why */
    STORE_ERR_COSTLY,   /* more rows than one request may look at; `help` says what to add */
    STORE_ERR_BUSY,     /* too many wait, or another program holds the store: try again */
    STORE_ERR_AWAY,     /* the database does not answer: try again; nothing of this job is kept */
    STORE_ERR_FULL,     /* no room on the disk; nothing of this job is kept */
    STORE_ERR_IO,       /* the disk or the database's line failed; nothing of this job is kept */
    STORE_ERR_DAMAGED,  /* a page is not what was written; `help` names it */
    STORE_ERR_KEY,      /* the key is not the store's */
    STORE_ERR_NEWER,    /* a later program's store */
    STORE_ERR_MEMORY,   /* the arena's limit, or the heap's */
    STORE_ERR_REFUSED,  /* of `run`, for reasons of its own: the job is undone */
};

/* In English, for logs and diagnostics; a constant. */
const char *store_err_words(enum store_err err);

enum store_change { STORE_CREATED, STORE_UPDATED, STORE_DELETED };

struct store_row {
    uint16_t type;
    uint8_t change;   /* enum store_change */
    bool is_included; /* by _include or _revinclude: no match itself */
    struct text id;
    uint64_t version; /* from 1 */
    uint64_t seq;     /* from 1 */
    int64_t updated_ms;
    struct text body; /* JSON as it was put; "" of a deletion */
};

/* A cursor of its own kind for each list: what `next` gave, handed back as it is. Hostile ones are
 * STORE_ERR_QUERY. "" begins. */
struct store_page {
    struct store_row *rows; /* matches first, then what they include */
    size_t count, match_count;
    int64_t total;    /* of matches; -1: not asked for, or too costly to count */
    struct text next; /* letters, digits, - and _ ; "": this was the last page */
};

struct store_history {
    uint16_t type;                 /* FHIR_NONE: of all types */
    struct text id;                /* "": of the whole type */
    int64_t since_ms;              /* versions at or after; INT64_MIN: all */
    int64_t at_low_ms, at_high_ms; /* those current at some time between; INT64_MIN: all */
    uint64_t after_seq;            /* only later ones */
    bool oldest_first;             /* else the newest first, as R4's history */
    bool without_bodies;
    size_t count; /* on a page; 1 to STORE_COUNT_MAX */
    struct text cursor;
};

enum { STORE_INCLUDED_MAX = 5000 }; /* more included resources on a page: STORE_ERR_COSTLY; ours */
enum { STORE_COUNT_MAX = 5000 };    /* rows on a page: what fits in an answer; ours */

struct store_list {
    uint16_t type;     /* FHIR_NONE: of all types */
    int64_t since_ms;  /* lastUpdated at or after; INT64_MIN: all */
    uint64_t upto_seq; /* not what was written later; UINT64_MAX: all */
    size_t count;      /* on a page; 1 to STORE_COUNT_MAX */
    struct text cursor;
};

struct store_search {
    const struct search_query *query; /* the page has query->count matches */
    struct text cursor;               /* "": the query's own */
    /* Where not NULL: whether a match or an included resource may be shown. Others are passed over, the page is
     * filled all the same, and total counts what may be shown (-1 where that would be costly). */
    bool (*may_show)(const struct store_row *row, void *context);
    void *context;
};

struct store_change_note { /* of one committed version */
    uint64_t seq, version;
    int64_t updated_ms;
    uint16_t type;
    uint8_t change; /* enum store_change */
    struct text id;
};

/* --- reading -------------------------------------------------------------------------------------- */

struct store;
struct store_view {
    const struct store_engine *engine;
    struct arena *arena; /* of all that is read */
    const char *help; /* of the last error, in the arena or a constant; NULL where there is none */
};

/* One state of the store, until store_view_end; the arena must live until then. A view held for long keeps old
 * pages: end it before waiting for anybody. STORE_ERR_BUSY: too many views. STORE_ERR_AWAY: that of any question,
 * too. */
MUST_USE enum store_err store_view_begin(struct store *store, struct arena *arena,
                                         struct store_view **view);
void store_view_end(struct store_view *view);

/* For the next of a thread's questions: what the store has acknowledged by now, as a new view would show it, read into
 * `arena` from here on. Costs next to nothing where nothing was committed since. Another process's commits may be
 * left out, as they would be of the view before. On an error that has ended, and *view is NULL. */
MUST_USE enum store_err store_view_renew(struct store_view **view, struct arena *arena);

/* The current version (`version` 0) or an earlier one. STORE_ERR_GONE: that version is a deletion; `*row` is then
 * set all the same. STORE_ERR_NONE: no such resource or version. */
MUST_USE enum store_err store_get(struct store_view *view, uint16_t type, struct text id,
                                  uint64_t version, struct store_row *row);

/* The current version; of what is deleted the one before. */
MUST_USE enum store_err store_get_last(struct store_view *view, uint16_t type, struct text id,
                                       struct store_row *row);

/* STORE_ERR_NONE: of an instance that never was. */
MUST_USE enum store_err store_history(struct store_view *view, const struct store_history *asked,
                                      struct store_page *page);

MUST_USE enum store_err store_search(struct store_view *view, const struct store_search *asked,
                                     struct store_page *page);

/* Current resources, undeleted, in the order of seq, with bodies: for exports. Over several views, what is updated
 * meanwhile comes again, or not at all where that is later than upto_seq; nothing else is missed. */
MUST_USE enum store_err store_list(struct store_view *view, const struct store_list *asked,
                                   struct store_page *page);

/* The seq of the newest version in this view; 0: none yet. */
MUST_USE enum store_err store_last_seq(struct store_view *view, uint64_t *seq);

/* Notes: bytes under a key within an area, for sessions, clients, the audit's chain, jobs. Keys are ordered by
 * bytes. An area is a constant word. */
struct store_note {
    struct text key, value;
    int64_t due_ms; /* when store_notes_sweep removes it; 0: never */
};
struct store_notes {
    struct store_note *notes;
    size_t count;
};

MUST_USE enum store_err store_note_get(struct store_view *view, const char *area, struct text key,
                                       struct store_note *note);

/* Up to `count` notes with keys after `after` ("": from the first), or before it where `backwards` ("": from the
 * last). */
MUST_USE enum store_err store_note_list(struct store_view *view, const char *area,
                                        struct text after, bool backwards, size_t count,
                                        struct store_notes *notes);

/* Piece `number` (from 0) of a blob: Binary's contents, export files. STORE_ERR_NONE: it has no such piece. */
MUST_USE enum store_err store_blob_piece(struct store_view *view, struct text name, uint32_t number,
                                         struct text *bytes);

/* --- writing -------------------------------------------------------------------------------------- */

struct store_write {
    struct store_view view; /* reads that see this job's writes */
    struct buffer left;     /* the engine's: store_leave */
};

/* A place in the record that a job has taken for a resource's next version. */
struct store_claim {
    uint16_t type;
    struct text id;     /* the caller's, until the put */
    uint64_t version;   /* that the next put or delete will have */
    uint64_t seq;       /* likewise */
    int64_t updated_ms; /* likewise: to be written into the body */
    uint64_t current;   /* the version before; 0: none */
    bool was_deleted;   /* the version before is a deletion */
    int64_t rid;        /* the engine's */
};

struct store_expect {
    enum {
        STORE_ANY,    /* whatever there is */
        STORE_ABSENT, /* nothing, or a deletion: else STORE_ERR_CONFLICT */
        STORE_NEW, /* nothing ever, as the id was made of random bytes just now: an engine may take that for
                      granted. Where it was wrong, the claim or the whole job is STORE_ERR_CONFLICT */
        STORE_VERSION, /* `version` is current: else STORE_ERR_CONFLICT */
        STORE_PRESENT  /* a current version: else STORE_ERR_NONE or STORE_ERR_GONE */
    } kind;
    uint64_t version;
};

struct store_put {
    struct text body;               /* as it will be read */
    const struct search_rows *rows; /* what it is found by; NULL: nothing */
    struct text words; /* search/words.h, for _text and _content; "" where it has none */
};

/* Takes the next version of a resource. Each claim is followed by one put or delete before the next claim of the
 * same resource. `*claim` is set on STORE_ERR_CONFLICT too, with `current`. */
MUST_USE enum store_err store_claim(struct store_write *write, uint16_t type, struct text id,
                                    struct store_expect expect, int64_t now_ms,
                                    struct store_claim *claim);

MUST_USE enum store_err store_put(struct store_write *write, const struct store_claim *claim,
                                  const struct store_put *put);

/* Deletes what is claimed; the claim's current version must be there and no deletion. */
MUST_USE enum store_err store_delete(struct store_write *write, const struct store_claim *claim);

/* Makes the way free for all current resources to be found by what is extracted anew, one after the other by
 * store_reindex: what is not yet is found by its old rows, and by no words. */
MUST_USE enum store_err store_reindex_begin(struct store_write *write);

/* A current resource, as store_list gave it in this job's view, is found by these rows and words instead of those it
 * had; index rows that were lost are put back. Its version stays. STORE_ERR_CONFLICT: it has another version. */
MUST_USE enum store_err store_reindex(struct store_write *write, const struct store_row *row,
                                      const struct search_rows *rows, struct text words);

MUST_USE enum store_err store_note_put(struct store_write *write, const char *area,
                                       const struct store_note *note);
/* No error where there is none. */
MUST_USE enum store_err store_note_remove(struct store_write *write, const char *area,
                                          struct text key);
/* Removes notes that were due at or before `now_ms`. */
MUST_USE enum store_err store_notes_sweep(struct store_write *write, const char *area,
                                          int64_t now_ms);

/* Pieces are added one behind the other; up to STORE_PIECE_BYTES_MAX each. */
enum { STORE_PIECE_BYTES_MAX = 1 << 20 };
MUST_USE enum store_err store_blob_add(struct store_write *write, struct text name,
                                       struct text bytes);
MUST_USE enum store_err store_blob_remove(struct store_write *write, struct text name);

/* Leaves bytes for the end of the transaction, where all that its kept jobs left is written together: store_end_with.
 * STORE_ERR_MEMORY: no room, the job is to be undone. */
MUST_USE enum store_err store_leave(struct store_write *write, struct text bytes);

struct store_job {
    /* STORE_OK: keep what was written, if the commit succeeds. Anything else undoes this job alone. May be called
     * more than once (another job's disk error, a serialization failure): it begins afresh each time; the arena is
     * not reset between. Looks at no clock that could make it take long: others wait behind it. */
    enum store_err (*run)(struct store_write *write, void *context);
    /* What `run` returned, once that is durable; or why it is not. `help` as in store_view, until done returns; or
     * NULL. The job's memory is the caller's again. */
    void (*done)(enum store_err err, const char *help, void *context);
    void *context;
    struct arena *arena;    /* of what it reads; no other thread uses it until `done` */
    struct store_job *next; /* the store's */
};

/* Puts a job in the queue, behind those that wait; never waits itself. STORE_ERR_BUSY: the queue is full, or the
 * store is closing; `done` is not called then. */
MUST_USE enum store_err store_submit(struct store *store, struct store_job *job);

/* For callers with nothing else to do: the job's outcome, when it is durable. */
MUST_USE enum store_err store_run(struct store *store, struct arena *arena,
                                  enum store_err (*run)(struct store_write *write, void *context),
                                  void *context);

/* Who wants to hear of each commit, in the order of seq, before the jobs' `done`; by the writer's thread. One
 * listener; set before the first job. */
struct store_listener {
    void (*committed)(const struct store_change_note *notes, size_t count, void *context);
    void *context;
};
void store_listen(struct store *store, struct store_listener listener);

/* What runs last in each transaction whose jobs left something, and is kept with them or not at all: an error undoes
 * all of them. One; set before the first job that leaves anything. By the writer's thread, one at a time; what it reads
 * is in `arena`, which is reset before. */
struct store_ending {
    enum store_err (*run)(struct store_write *write, struct text left, void *context);
    void *context;
    struct arena *arena;
};
void store_end_with(struct store *store, struct store_ending ending);

/* Jobs that wait are done first; no view may be open. Frees the store. */
void store_close(struct store *store);

/* --- engines -------------------------------------------------------------------------------------- */

/* Whether a claim, its `current` and `was_deleted` set, is what was expected. */
enum store_err store_meets(const struct store_claim *claim, struct store_expect expect);

/* For an engine's writer: what a job that is undone left is forgotten. `mark`: how much there was before it. */
static inline void store_left_undo(struct store_write *write, size_t mark)
{
    write->left.len = mark;
    write->left.failed = false;
}

/* For an engine's writer, as the last of a transaction's jobs: writes what they left. */
MUST_USE enum store_err store_left_write(struct store_write *write,
                                         const struct store_ending *ending);

/* What an engine does for the functions above, one each. */
struct store_engine {
    enum store_err (*view_begin)(struct store *, struct arena *, struct store_view **);
    void (*view_end)(struct store_view *);
    enum store_err (*view_renew)(struct store_view **, struct arena *);
    enum store_err (*get)(struct store_view *, uint16_t, struct text, uint64_t, struct store_row *);
    enum store_err (*history)(struct store_view *, const struct store_history *,
                              struct store_page *);
    enum store_err (*search)(struct store_view *, const struct store_search *, struct store_page *);
    enum store_err (*list)(struct store_view *, const struct store_list *, struct store_page *);
    enum store_err (*last_seq)(struct store_view *, uint64_t *);
    enum store_err (*note_get)(struct store_view *, const char *, struct text, struct store_note *);
    enum store_err (*note_list)(struct store_view *, const char *, struct text, bool, size_t,
                                struct store_notes *);
    enum store_err (*blob_piece)(struct store_view *, struct text, uint32_t, struct text *);
    enum store_err (*claim)(struct store_write *, uint16_t, struct text, struct store_expect,
                            int64_t, struct store_claim *);
    enum store_err (*put)(struct store_write *, const struct store_claim *,
                          const struct store_put *);
    enum store_err (*remove)(struct store_write *, const struct store_claim *);
    enum store_err (*reindex_begin)(struct store_write *);
    enum store_err (*reindex)(struct store_write *, const struct store_row *,
                              const struct search_rows *, struct text);
    enum store_err (*note_put)(struct store_write *, const char *, const struct store_note *);
    enum store_err (*note_remove)(struct store_write *, const char *, struct text);
    enum store_err (*notes_sweep)(struct store_write *, const char *, int64_t);
    enum store_err (*blob_add)(struct store_write *, struct text, struct text);
    enum store_err (*blob_remove)(struct store_write *, struct text);
    enum store_err (*submit)(struct store *, struct store_job *);
    enum store_err (*run)(struct store *, struct arena *,
                          enum store_err (*)(struct store_write *, void *), void *);
    void (*listen)(struct store *, struct store_listener);
    void (*end_with)(struct store *, struct store_ending);
    void (*close)(struct store *);
};

struct store { /* the first member of an engine's own */
    const struct store_engine *engine;
};

#endif
