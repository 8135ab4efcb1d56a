/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One connection to the store's file: the writer's, or one that a view uses; and what the files of the SQLite
 * engine share. A connection is one thread's at a time. */
#ifndef STORE_SQLITE_CONN_H
#define STORE_SQLITE_CONN_H

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "store/find.h"
#include "store/jobs.h"
#include "store/names.h"
#include "store/noted.h"
#include "store/sqlite.h"
#include "store/sqlite_sql.h"
#include "store/store.h"

enum { WORDS_KEPT = 1024, WORD_KEPT_BYTES = 116 };

struct conn {
    struct store_write write; /* first: a view is its first member */
    struct sqlite *store;
    sqlite3 *db;
    sqlite3_stmt *statements[SQL_COUNT];
    struct arena levels[FIND_LEVELS];
    uint64_t steps_left; /* of a search; 0: none runs */
    bool is_out_of_steps;
    int64_t over_ns; /* when it has had enough, by this thread's use of the processor */
    struct find_allowance allowance; /* of this view's searches, or of a job's */
    uint64_t commits;                /* of the store, that a view shows at least */
    struct place *recalled;          /* notes, sqlite_recall.c; NULL: none yet */
    int64_t version;                 /* of the file's data, as this view shows it */
    bool has_version;                /* it was asked for */
    bool has_last_seq;
    int64_t last_seq_version; /* of the data that `last_seq` is of */
    uint64_t last_seq;
    struct conn *next; /* of the free ones */
};

struct word_kept { /* a system's number, so that the writer need not ask for it */
    int64_t number;
    uint32_t len; /* 0: empty */
    char text[WORD_KEPT_BYTES];
};

struct sqlite {
    struct store store; /* first */
    struct sqlite_setting setting;
    char *path;
    struct arena arena; /* names, for as long as the store is open */
    struct store_names names;

    pthread_mutex_t views_lock;
    struct conn *free_views;
    unsigned views;           /* open connections, free or not */
    _Atomic uint64_t commits; /* by the writer, since it was opened */

    /* the writer's thread alone */
    struct conn writer;
    uint64_t next_seq;
    int64_t last_ms;
    struct word_kept *words;     /* WORDS_KEPT */
    struct waiting_row *waiting; /* index rows of the open transaction: sqlite_rows.c */
    size_t waiting_count;
    int64_t settled;            /* changes by such rows, so far */
    struct arena waiting_texts; /* of these rows */
    struct noted noted;
    size_t group_bytes;
    int log_frames;

    struct jobs jobs;
    pthread_t thread;
    bool has_thread;
    struct store_listener listener;
    struct store_ending ending;
};

static inline struct conn *conn_of(struct store_view *view)
{
    return (struct conn *)view;
}

/* Opens the file for `conn`, whose store is set. */
MUST_USE enum store_err conn_open(struct conn *conn, bool is_writer);
void conn_close(struct conn *conn);

/* The statement, prepared, reset, nothing bound. NULL: SQLite would not; conn_error says why. */
MUST_USE sqlite3_stmt *conn_statement(struct conn *conn, enum sqlite_sql which);

/* What SQLite's last failure on this connection means; sets the view's help. */
enum store_err conn_error(struct conn *conn);
enum store_err conn_help(struct conn *conn, enum store_err err, const char *help);

/* Runs a statement that gives no rows. */
MUST_USE enum store_err conn_run(struct conn *conn, enum sqlite_sql which);
/* The same of one that has its values, and resets it. */
MUST_USE enum store_err conn_finish(struct conn *conn, sqlite3_stmt *statement);
/* The next row: true. False: *err is STORE_OK at the end, and the statement is reset. */
MUST_USE bool conn_step(struct conn *conn, sqlite3_stmt *statement, enum store_err *err);

/* The text is used until the statement is reset. */
void bind_text(sqlite3_stmt *statement, int place, struct text text);
void bind_blob(sqlite3_stmt *statement, int place, struct text bytes);

/* A copy in the arena; .bytes NULL: no memory. An SQL NULL is "". */
MUST_USE struct text column_text(sqlite3_stmt *statement, int place, struct arena *arena);

/* What this thread has used of a processor. */
int64_t thread_ns(void);

/* sqlite_find.c: what core's search asks of this engine. */
extern const struct find_source sqlite_source;
enum store_err sqlite_search(struct store_view *view, const struct store_search *asked,
                             struct store_page *page);
/* The first seq whose time is at least `ms`; one past the last where there is none. */
MUST_USE enum store_err sqlite_seq_at(struct conn *conn, int64_t ms, int64_t *seq);

/* sqlite_read.c */
enum store_err sqlite_get(struct store_view *view, uint16_t type, struct text id, uint64_t version,
                          struct store_row *row);
enum store_err sqlite_history(struct store_view *view, const struct store_history *asked,
                              struct store_page *page);
enum store_err sqlite_last_seq(struct store_view *view, uint64_t *seq);

/* sqlite_list.c */
enum store_err sqlite_list(struct store_view *view, const struct store_list *asked,
                           struct store_page *page);

/* sqlite_note.c */
enum store_err sqlite_note_get(struct store_view *view, const char *area, struct text key,
                               struct store_note *note);
enum store_err sqlite_note_list(struct store_view *view, const char *area, struct text after,
                                bool backwards, size_t count, struct store_notes *notes);
enum store_err sqlite_note_put(struct store_write *write, const char *area,
                               const struct store_note *note);
enum store_err sqlite_note_remove(struct store_write *write, const char *area, struct text key);
enum store_err sqlite_notes_sweep(struct store_write *write, const char *area, int64_t now_ms);
enum store_err sqlite_blob_piece(struct store_view *view, struct text name, uint32_t number,
                                 struct text *bytes);
enum store_err sqlite_blob_add(struct store_write *write, struct text name, struct text bytes);
enum store_err sqlite_blob_remove(struct store_write *write, struct text name);

/* sqlite_recall.c: what a view was asked a moment ago, and nothing was committed since. Notes that are found are in
 * the view's arena. Of the writer's connection nothing is kept. */
struct recall_asked {
    enum { RECALL_GET, RECALL_UP, RECALL_DOWN } kind;
    const char *area;
    struct text key;
    size_t count;
};
MUST_USE bool recall_find(struct conn *conn, const struct recall_asked *asked,
                          struct store_notes *notes);
void recall_keep(struct conn *conn, const struct recall_asked *asked,
                 const struct store_notes *notes);
MUST_USE bool recall_last_seq(struct conn *conn, uint64_t *seq);
void recall_keep_last_seq(struct conn *conn, uint64_t seq);

/* sqlite_rows.c: the index rows of a resource, put in or taken out. What is put in waits until sqlite_rows_settle,
 * which whoever reads an index table in the writer's transaction, or ends one, calls first; of another connection than
 * the writer's it does nothing. After a rollback they are forgotten. */
MUST_USE enum store_err sqlite_rows_add(struct conn *conn, uint16_t type, int64_t rid,
                                        const struct search_rows *rows);
MUST_USE enum store_err sqlite_rows_cut(struct conn *conn, uint16_t type, int64_t rid,
                                        const struct search_rows *rows);
MUST_USE enum store_err sqlite_rows_settle(struct conn *conn);
void sqlite_rows_forget(struct sqlite *store);
/* Forgets the numbers of words: after a rollback they may not be there. */
void sqlite_words_forget(struct sqlite *store);

/* sqlite_write.c */
MUST_USE enum store_err sqlite_words_add(struct conn *conn, uint64_t seq, struct text words);
enum store_err sqlite_claim(struct store_write *write, uint16_t type, struct text id,
                            struct store_expect expect, int64_t now_ms, struct store_claim *claim);
enum store_err sqlite_put(struct store_write *write, const struct store_claim *claim,
                          const struct store_put *put);
enum store_err sqlite_delete(struct store_write *write, const struct store_claim *claim);

/* sqlite_reindex.c */
enum store_err sqlite_reindex_begin(struct store_write *write);
enum store_err sqlite_reindex(struct store_write *write, const struct store_row *row,
                              const struct search_rows *rows, struct text words);

/* sqlite_writer.c */
enum store_err sqlite_submit(struct store *store, struct store_job *job);
MUST_USE bool sqlite_writer_start(struct sqlite *store);
void sqlite_writer_stop(struct sqlite *store);

/* sqlite_schema.c: makes the tables, or brings them up to date; fills store->names. */
MUST_USE enum store_err sqlite_schema_open(struct conn *conn);

#endif
