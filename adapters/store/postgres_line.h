/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One connection to the database: a writer's, or one that a view uses; and what the files of the PostgreSQL engine
 * share. A connection is one thread's at a time.
 *
 * All is pipelined: what needs no answer is sent and looked at with the next answer that is needed. A view's BEGIN
 * goes with its first question, its COMMIT is not waited for. */
#ifndef STORE_POSTGRES_LINE_H
#define STORE_POSTGRES_LINE_H

#include <libpq-fe.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "store/find.h"
#include "store/jobs.h"
#include "store/names.h"
#include "store/noted.h"
#include "store/postgres.h"
#include "store/postgres_batch.h"
#include "store/postgres_sql.h"
#include "store/store.h"

enum {
    PARAMS_MAX = 8,
    CACHE_RESULTS = 24,      /* answers that records are kept in */
    CACHE_AT_A_TIME = 32,    /* records asked for at once */
    RECENT_MAX = 4096,       /* rids that an index gave, to know which come next */
    TOUCHED_SLOTS = 1 << 12, /* of names that are to be written: a set of hashes */
    KEY_BYTES_MAX = 1000,    /* of a text in an index: PostgreSQL's limit is about 2,700 */
};

struct params {
    int count;
    const char *values[PARAMS_MAX];
    int lens[PARAMS_MAX], formats[PARAMS_MAX];
    uint8_t numbers[PARAMS_MAX][8];
};

void param_number(struct params *params, int64_t number);
void param_real(struct params *params, double real);
void param_bytes(struct params *params, struct text bytes);

struct postgres;

struct line {
    struct store_write write; /* first: a view is its first member */
    struct postgres *store;
    const char *conninfo;
    PGconn *db;
    bool is_writer;
    bool has_begun;  /* a transaction */
    bool is_outside; /* of any: what is asked now */
    bool is_fresh;   /* nothing was asked in it yet */
    bool is_broken;  /* the connection, or its transaction: of no use */
    bool is_away;    /* the connection */
    unsigned waits;  /* syncs whose answers are to come */
    char state[6];   /* SQLSTATE of the last error */
    struct arena levels[FIND_LEVELS];
    struct find_allowance allowance; /* of this view's searches, or of a job's */
    int64_t over_ms;                 /* when one has had enough; CLOCK_MONOTONIC */

    /* Records and bodies that were asked for ahead; of a writer, until it writes. */
    PGresult *results[CACHE_RESULTS];
    size_t result_count;
    int64_t *recent; /* in the order that they will be asked for in */
    size_t recent_count, ahead;

    /* A writer's. */
    struct batch batches[BATCHES];
    uint64_t *touched; /* TOUCHED_SLOTS; 0: empty */
    size_t touched_count;
    bool in_job, job_is_saved;
    struct arena claims; /* of the job */
    struct postgres_claimed *claimed;
    uint64_t next_seq, job_seq;
    int64_t last_ms, job_ms;
    size_t group_bytes;
    int64_t writer, number; /* its mark */
    struct noted noted;

    struct line *next; /* of the free ones */
};

struct line_pool {
    pthread_mutex_t lock;
    struct line *free;
    unsigned lines; /* open, free or not */
    bool is_away;   /* the database did not answer last: */
    int64_t due_ms; /* until then nobody tries; CLOCK_MONOTONIC */
};

struct postgres {
    struct store store; /* first */
    struct postgres_setting setting;
    char *conninfo, *replica;
    struct arena arena; /* names, for as long as the store is open */
    struct store_names names;
    unsigned parts;
    struct line_pool primary, mirror;

    struct jobs jobs;
    pthread_mutex_t turn; /* who gathers and writes; the other waits for its commit */
    struct postgres_writer {
        struct line line;
        pthread_t thread;
        bool has_thread;
    } writers[POSTGRES_WRITERS];

    pthread_mutex_t told_lock; /* of what the listener was told */
    struct store_listener listener;
    struct store_ending ending; /* in a turn */
    uint64_t told_seq;
    struct line ear;
    pthread_t ear_thread;
    bool has_ear;
    int ear_pipe[2]; /* closed to end it */
};

static inline struct line *pg_line_of(struct store_view *view)
{
    return (struct line *)view;
}

/* FNV-1a, 64 bits: it stands in the tables, and must stay as it is. */
static inline int64_t hash_of(struct text text)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (uint8_t)text.bytes[i]) * UINT64_C(1099511628211);
    return (int64_t)hash;
}

/* Of a resource that is set aside: flush_touch. */
static inline int64_t hash_of_name(struct text id, int64_t type)
{
    return (int64_t)((uint64_t)hash_of(id) + (uint64_t)type);
}

static inline struct text key_text(struct text text)
{
    return (struct text){text.bytes, text.len > KEY_BYTES_MAX ? KEY_BYTES_MAX : text.len};
}

/* --- the connection ------------------------------------------------------------------------------- */

/* Sets up, without connecting. */
void pg_line_init(struct line *line, struct postgres *store, const char *conninfo, bool is_writer);
/* Connects; `prepares`: all statements, which need the tables. */
MUST_USE enum store_err pg_line_open(struct line *line, bool prepares);
/* Ends the connection; what is set aside stays. */
void pg_line_close(struct line *line);
void pg_line_free(struct line *line);

/* Sends, and waits for nothing. */
MUST_USE enum store_err pg_line_send(struct line *line, enum postgres_sql which,
                                     const struct params *params);
/* Sends, and waits for all that was sent. `*result` of the last is the caller's to clear; NULL: not wanted. */
MUST_USE enum store_err pg_line_ask(struct line *line, enum postgres_sql which,
                                    const struct params *params, PGresult **result);
/* Marks the end of what was sent, and does not wait. */
MUST_USE enum store_err pg_line_sync(struct line *line);
/* Waits for what was sent before the last pg_line_sync. */
MUST_USE enum store_err pg_line_wait(struct line *line, PGresult **result);
/* A place in a view that pg_line_go_back leads to, so that a question which took too long is not the view's end. */
void pg_line_save(struct line *line);
void pg_line_go_back(struct line *line);
/* Of one use, by a connection that prepared nothing; several statements in one string. */
MUST_USE enum store_err pg_line_say(struct line *line, const char *sql);

enum store_err pg_line_help(struct line *line, enum store_err err, const char *help);
/* Whether what failed may succeed if it is done again. */
bool pg_line_may_retry(const struct line *line);

int64_t result_number(const PGresult *result, int row, int column);
/* In the result. */
struct text result_bytes(const PGresult *result, int row, int column);
/* A copy in the arena; .bytes NULL: no memory. */
MUST_USE struct text result_copy(const PGresult *result, int row, int column, struct arena *arena);

/* --- the engine's files --------------------------------------------------------------------------- */

/* postgres.c: what a connection told of its database. Where it is away, those that are free are of no use either. */
void postgres_note_away(struct postgres *store, struct line_pool *pool, bool is_away);

/* postgres_cache.c */
void cache_clear(struct line *line);
/* `streams`: they are looked at in this order, else in that of their numbers. */
void cache_recent(struct line *line, const int64_t *rids, size_t count, bool streams);
/* The record's place, asked for if it is not there. *result NULL: there is no such. */
MUST_USE enum store_err cache_record(struct line *line, int64_t rid, const PGresult **result,
                                     int *row);
bool cache_body(struct line *line, uint64_t seq, struct text *body);

/* postgres_find.c */
enum store_err postgres_search(struct store_view *view, const struct store_search *asked,
                               struct store_page *page);

/* postgres_read.c */
enum store_err postgres_get(struct store_view *view, uint16_t type, struct text id,
                            uint64_t version, struct store_row *row);
enum store_err postgres_history(struct store_view *view, const struct store_history *asked,
                                struct store_page *page);
enum store_err postgres_list(struct store_view *view, const struct store_list *asked,
                             struct store_page *page);
enum store_err postgres_last_seq(struct store_view *view, uint64_t *seq);
/* The first seq whose time is at least `ms`; INT64_MAX where there is none. */
MUST_USE enum store_err postgres_seq_at(struct line *line, int64_t ms, int64_t *seq);

/* postgres_note.c */
enum store_err postgres_note_get(struct store_view *view, const char *area, struct text key,
                                 struct store_note *note);
enum store_err postgres_note_list(struct store_view *view, const char *area, struct text after,
                                  bool backwards, size_t count, struct store_notes *notes);
enum store_err postgres_note_put(struct store_write *write, const char *area,
                                 const struct store_note *note);
enum store_err postgres_note_remove(struct store_write *write, const char *area, struct text key);
enum store_err postgres_notes_sweep(struct store_write *write, const char *area, int64_t now_ms);
enum store_err postgres_blob_piece(struct store_view *view, struct text name, uint32_t number,
                                   struct text *bytes);
enum store_err postgres_blob_add(struct store_write *write, struct text name, struct text bytes);
enum store_err postgres_blob_remove(struct store_write *write, struct text name);

/* postgres_rows.c: index rows, set aside to be put in or taken out. */
MUST_USE enum store_err postgres_rows(struct line *line, uint16_t type, int64_t rid,
                                      const struct search_rows *rows, bool is_cut);
MUST_USE enum store_err postgres_words(struct line *line, int64_t rid, struct text words);
/* The next word, lower case as it is: letters, digits and all that is not ASCII. .len 0: no more. */
struct text words_next(struct text *rest);

/* postgres_write.c */
enum store_err postgres_claim(struct store_write *write, uint16_t type, struct text id,
                              struct store_expect expect, int64_t now_ms,
                              struct store_claim *claim);
enum store_err postgres_put(struct store_write *write, const struct store_claim *claim,
                            const struct store_put *put);
enum store_err postgres_delete(struct store_write *write, const struct store_claim *claim);
enum store_err postgres_reindex_begin(struct store_write *write);
enum store_err postgres_reindex(struct store_write *write, const struct store_row *row,
                                const struct search_rows *rows, struct text words);

/* postgres_flush.c: what is set aside, sent. */
/* All of it, behind the job's savepoint; nothing where nothing is set aside. */
MUST_USE enum store_err flush_all(struct line *line);
/* The same before something is written at once: the savepoint stands in any case. */
MUST_USE enum store_err flush_to_write(struct line *line);
/* Before something is read or written by name that may be set aside. */
MUST_USE enum store_err flush_if_touched(struct line *line, int64_t hash);
void flush_touch(struct line *line, int64_t hash);
void flush_begin_job(struct line *line);
MUST_USE enum store_err flush_end_job(struct line *line, bool keeps);
/* Nothing is set aside any more. */
void flush_forget(struct line *line);

/* postgres_writer.c */
enum store_err postgres_submit(struct store *store, struct store_job *job);
MUST_USE bool postgres_writers_start(struct postgres *store);
void postgres_writers_stop(struct postgres *store);

/* postgres_told.c: who wants to hear of commits, also of other processes. */
void postgres_listen(struct store *store, struct store_listener listener);
void postgres_end_with(struct store *store, struct store_ending ending);
void postgres_listen_end(struct postgres *store);
/* Where telling begins. */
MUST_USE enum store_err postgres_last_told(struct line *line);
/* Tells of all up to `seq`; `notes` are the last ones of them, where they are all that is new. By a connection that
 * is in no transaction. */
void postgres_tell(struct line *line, uint64_t seq, const struct store_change_note *notes,
                   size_t count);

/* postgres_schema.c */
MUST_USE enum store_err postgres_schema_open(struct line *line);

#endif
