/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/journal.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "access/digest.h"
#include "base/bytes.h"
#include "centre/journal_standing.h"
#include "clock/clock.h"
#include "log/log.h"

enum {
    PENDING_BYTES_MAX = 64 << 20,
    PIECE_BYTES_MAX = 1 << 20,
    JOB_BYTES_MAX = 64 << 20, /* what counting an older log's pieces looks at */
    CHECKPOINT_MS = 1000,
    /* Between two jobs: each costs a sync, and all that readers keep of the store's pages. Some hundred records of a
     * busy server share one then. As much as would fill a piece waits for no job; ours. */
    GATHER_MS = 20,
    LEN_BYTES = 4, /* before each record that waits */
};

/* What waits to be written, or is on its way: records, each behind its length; and whether a checkpoint follows. */
struct batch {
    struct arena arena;
    struct buffer records;
    bool signs;
    int64_t now_ms;
};

struct journal {
    struct store *store;
    struct signer *signer;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t wakes; /* there is something to write, at once, or a job is done */
    pthread_t thread;     /* that makes the jobs */
    struct batch batches[2];
    unsigned filling; /* the other one is being written */
    bool asks;        /* what waits is to be written */
    bool is_writing, failed;
    bool hurries;    /* without waiting for more */
    bool is_closing; /* a database that is away is not waited for */
    bool ends;       /* no more jobs: nothing asks any longer */
    uint64_t gathers_until_ns;
    int64_t signed_ms;
    struct audit_told told; /* the last checkpoint that the disk has */
    struct store_job job;

    struct digest *digest; /* of what runs in a transaction, as the rest: one at a time */
    struct arena job_arena, left_arena, piece_arena;
    struct audit_told run_told;
};

static struct text bytes_of(const void *bytes, size_t len)
{
    return (struct text){bytes, len};
}

/* --- written ---------------------------------------------------------------------------------------------- */

struct piece {
    struct journal *journal;
    struct store_write *write;
    struct journal_standing standing;
    struct buffer bytes;
};

static void begin_piece(struct piece *piece)
{
    arena_reset(&piece->journal->piece_arena);
    buffer_init(&piece->bytes, &piece->journal->piece_arena);
}

/* Each ends with a frame, so that it can be read by itself. */
static enum store_err end_piece(struct piece *piece)
{
    if (piece->bytes.failed)
        return STORE_ERR_MEMORY;
    if (!piece->bytes.len)
        return STORE_OK;
    enum store_err err =
        store_blob_add(piece->write, text_of(JOURNAL_AREA), buffer_text(&piece->bytes));
    piece->standing.pieces++;
    begin_piece(piece);
    return err;
}

static enum store_err add_records(struct piece *piece, struct text rest)
{
    enum { FRAME_BYTES = AUDIT_FRAME_HEAD_LEN + AUDIT_LINK_LEN };
    enum store_err err = STORE_OK;
    while (rest.len && err == STORE_OK) {
        struct text record = {rest.bytes + LEN_BYTES, get_be32((const uint8_t *)rest.bytes)};
        if (piece->bytes.len + record.len + FRAME_BYTES > PIECE_BYTES_MAX)
            err = end_piece(piece);
        audit_chain_add_bytes(&piece->standing.chain, record, &piece->bytes);
        rest = (struct text){record.bytes + record.len, rest.len - LEN_BYTES - record.len};
    }
    return err;
}

static enum store_err add_checkpoint(struct piece *piece, int64_t now_ms)
{
    struct journal *journal = piece->journal;
    struct audit_chain *chain = &piece->standing.chain;
    enum { FRAME_BYTES = AUDIT_FRAME_HEAD_LEN + AUDIT_CHECKPOINT_LEN + AUDIT_LINK_LEN };
    enum store_err err =
        piece->bytes.len + FRAME_BYTES > PIECE_BYTES_MAX ? end_piece(piece) : STORE_OK;
    journal->run_told.seq = chain->seq;
    memcpy(journal->run_told.hash, chain->hash, DIGEST_LEN);
    audit_chain_sign(chain, journal->signer, now_ms, &piece->bytes);
    return err;
}

/* Behind what any server has written: jobs take turns. `signed_ms` INT64_MIN: no checkpoint follows. */
static enum store_err append(struct journal *journal, struct store_write *write,
                             struct text records, int64_t signed_ms)
{
    struct piece piece = {.journal = journal, .write = write};
    enum store_err err = journal_standing_get(&write->view, &piece.standing);
    if (err != STORE_OK)
        return err == STORE_ERR_NONE ? STORE_ERR_DAMAGED : err;
    piece.standing.chain.digest = journal->digest;
    begin_piece(&piece);
    err = add_records(&piece, records);
    if (err == STORE_OK && signed_ms != INT64_MIN)
        err = add_checkpoint(&piece, signed_ms);
    if (err == STORE_OK)
        err = end_piece(&piece);
    return err == STORE_OK ? journal_standing_put(write, &piece.standing) : err;
}

static enum store_err run(struct store_write *write, void *context)
{
    struct journal *journal = context;
    const struct batch *batch = &journal->batches[journal->filling ^ 1];
    return append(journal, write, buffer_text(&batch->records),
                  batch->signs ? batch->now_ms : INT64_MIN);
}

static enum store_err run_left(struct store_write *write, struct text left, void *context)
{
    return append(context, write, left, INT64_MIN);
}

static void done(enum store_err err, const char *help, void *context);

static void begin_batch(struct batch *batch)
{
    arena_reset(&batch->arena);
    buffer_init(&batch->records, &batch->arena);
    batch->signs = false;
}

static bool is_empty(const struct batch *batch)
{
    return !batch->records.len && !batch->signs;
}

/* The lock is held; nothing is on its way. */
static void submit(struct journal *journal)
{
    if (!journal->failed) { /* else the same again */
        journal->filling ^= 1;
        begin_batch(&journal->batches[journal->filling]);
    }
    arena_reset(&journal->job_arena);
    journal->job = (struct store_job){
        .run = run, .done = done, .context = journal, .arena = &journal->job_arena};
    journal->is_writing = true;
    journal->failed = journal->asks = false;
    journal->gathers_until_ns = clock_monotonic_ns() + GATHER_MS * UINT64_C(1000000);
    if (store_submit(journal->store, &journal->job) != STORE_OK) {
        journal->is_writing = false;
        journal->failed = true; /* with the next record it is tried again */
    }
}

static void done(enum store_err err, const char *help, void *context)
{
    struct journal *journal = context;
    (void)help;
    pthread_mutex_lock(&journal->lock);
    journal->is_writing = false;
    journal->failed = err != STORE_OK;
    if (journal->failed)
        log_event(LOG_ERROR, "audit_not_written", "why=\"%s\"", store_err_words(err));
    else if (journal->batches[journal->filling ^ 1].signs)
        journal->told = journal->run_told;
    bool is_worth_it = !journal->failed || (err == STORE_ERR_AWAY && !journal->is_closing);
    journal->asks =
        is_worth_it && (journal->failed || !is_empty(&journal->batches[journal->filling]));
    pthread_cond_broadcast(&journal->wakes);
    pthread_mutex_unlock(&journal->lock);
}

static bool is_full_piece(const struct journal *journal)
{
    return journal->batches[journal->filling].records.len >= PIECE_BYTES_MAX;
}

/* The first record after a pause is written at once, what comes then some milliseconds later, together. The lock is
 * held. */
static void wait_for_more(struct journal *journal)
{
    const struct timespec until = {
        .tv_sec = (time_t)(journal->gathers_until_ns / 1000000000),
        .tv_nsec = (long)(journal->gathers_until_ns % 1000000000),
    };
    while (!journal->hurries && !is_full_piece(journal) &&
           clock_monotonic_ns() < journal->gathers_until_ns)
        pthread_cond_timedwait(&journal->wakes, &journal->lock, &until);
}

static void *make_jobs(void *context)
{
    struct journal *journal = context;
    pthread_mutex_lock(&journal->lock);
    while (true) {
        while (journal->is_writing || (!journal->asks && !journal->ends))
            pthread_cond_wait(&journal->wakes, &journal->lock);
        if (!journal->asks)
            break;
        wait_for_more(journal);
        submit(journal);
    }
    pthread_mutex_unlock(&journal->lock);
    return NULL;
}

static void add(struct buffer *records, const struct audit_record *record)
{
    uint8_t len[LEN_BYTES] = {0};
    size_t start = records->len;
    buffer_add(records, bytes_of(len, sizeof len));
    audit_write(records, record);
    if (records->failed) /* and so the journal is full */
        records->len = start;
    else
        put_be32((uint8_t *)records->bytes + start, (uint32_t)(records->len - start - LEN_BYTES));
}

enum store_err journal_leave(struct store_write *write, const struct audit_record *records,
                             size_t count)
{
    struct buffer bytes;
    buffer_init(&bytes, write->view.arena);
    for (size_t i = 0; i < count; i++)
        add(&bytes, &records[i]);
    return bytes.failed ? STORE_ERR_MEMORY : store_leave(write, buffer_text(&bytes));
}

void journal_add(struct journal *journal, const struct audit_record *records, size_t count,
                 int64_t now_ms)
{
    pthread_mutex_lock(&journal->lock);
    struct batch *batch = &journal->batches[journal->filling];
    for (size_t i = 0; i < count; i++)
        add(&batch->records, &records[i]);
    if (now_ms - journal->signed_ms >= CHECKPOINT_MS) {
        batch->signs = true;
        batch->now_ms = journal->signed_ms = now_ms;
    }
    bool was_asked = journal->asks;
    journal->asks = journal->failed || !is_empty(batch);
    if (journal->asks && (!was_asked || is_full_piece(journal)))
        pthread_cond_broadcast(&journal->wakes);
    pthread_mutex_unlock(&journal->lock);
}

bool journal_is_full(struct journal *journal)
{
    pthread_mutex_lock(&journal->lock);
    const struct buffer *waits = &journal->batches[journal->filling].records;
    bool is_full = waits->failed || waits->len > PENDING_BYTES_MAX / 2;
    pthread_mutex_unlock(&journal->lock);
    return is_full;
}

/* Signs what is there and says it in the program's log, once the disk has it: what is cut off later is noticed. */
static void tell_checkpoint(struct journal *journal, int64_t now_ms)
{
    char hash[JOURNAL_HASH_BYTES];
    journal->signed_ms = INT64_MIN / 2;
    journal_add(journal, NULL, 0, now_ms);
    pthread_mutex_lock(&journal->lock);
    journal->hurries = true;
    pthread_cond_broadcast(&journal->wakes);
    while (journal->is_writing || journal->asks)
        pthread_cond_wait(&journal->wakes, &journal->lock);
    journal->hurries = false;
    bool is_kept = !journal->failed;
    pthread_mutex_unlock(&journal->lock);
    journal_hash_write(&journal->told, hash);
    if (is_kept)
        log_event(LOG_INFO, "audit_checkpoint", "told=%" PRIu64 ":%s", journal->told.seq, hash);
}

/* --- opening ---------------------------------------------------------------------------------------------- */

/* A key for the site, and a log that has its header. */
static enum store_err begin_log(struct store_write *write, struct journal *journal)
{
    uint8_t seed[DIGEST_KEY_LEN], id[AUDIT_ID_LEN];
    struct piece piece = {.journal = journal, .write = write};
    if (!digest_random(seed, sizeof seed) || !digest_random(id, sizeof id))
        return STORE_ERR_REFUSED;
    journal->signer = signer_create(seed);
    const struct store_note made = {TEXT("signer"), bytes_of(seed, sizeof seed), 0};
    enum store_err err = store_note_put(write, JOURNAL_AREA, &made);
    digest_wipe(seed, sizeof seed);
    if (err != STORE_OK)
        return err;
    begin_piece(&piece);
    audit_chain_begin(&piece.standing.chain, id, journal->signer, &piece.bytes);
    audit_chain_end(&piece.standing.chain);
    err = end_piece(&piece);
    return err == STORE_OK ? journal_standing_put(write, &piece.standing) : err;
}

/* Reads the site's key and where the chain stands; makes both, with the log's header, where there are none. */
static enum store_err open_run(struct store_write *write, void *context)
{
    struct journal *journal = context;
    struct store_note key;
    struct journal_standing standing;
    signer_destroy(journal->signer); /* of a run that was undone */
    journal->signer = NULL;
    enum store_err err = store_note_get(&write->view, JOURNAL_AREA, TEXT("signer"), &key);
    if (err == STORE_ERR_NONE)
        return begin_log(write, journal);
    if (err == STORE_OK && key.value.len != DIGEST_KEY_LEN)
        err = STORE_ERR_DAMAGED;
    if (err != STORE_OK)
        return err;
    journal->signer = signer_create((const uint8_t *)key.value.bytes);
    err = journal_standing_get(&write->view, &standing);
    return err == STORE_OK ? journal_standing_put(write, &standing) : err;
}

static void init_threads(struct journal *journal)
{
    pthread_condattr_t monotonic;
    pthread_mutex_init(&journal->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&journal->wakes, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

static void free_journal(struct journal *journal)
{
    signer_destroy(journal->signer);
    digest_destroy(journal->digest);
    for (size_t i = 0; i < 2; i++)
        arena_free(&journal->batches[i].arena);
    arena_free(&journal->job_arena);
    arena_free(&journal->left_arena);
    arena_free(&journal->piece_arena);
    pthread_cond_destroy(&journal->wakes);
    pthread_mutex_destroy(&journal->lock);
    free(journal);
}

static void end_jobs(struct journal *journal)
{
    pthread_mutex_lock(&journal->lock);
    journal->ends = true;
    pthread_cond_broadcast(&journal->wakes);
    pthread_mutex_unlock(&journal->lock);
    pthread_join(journal->thread, NULL);
}

struct journal *journal_open(struct store *store, int64_t now_ms, enum store_err *err)
{
    struct journal *journal = calloc(1, sizeof *journal);
    *err = STORE_ERR_MEMORY;
    if (!journal)
        return NULL;
    journal->store = store;
    journal->digest = digest_create();
    init_threads(journal);
    for (size_t i = 0; i < 2; i++) {
        arena_init(&journal->batches[i].arena, PENDING_BYTES_MAX);
        begin_batch(&journal->batches[i]);
    }
    arena_init(&journal->job_arena, JOB_BYTES_MAX);
    arena_init(&journal->left_arena, JOB_BYTES_MAX);
    arena_init(&journal->piece_arena, 4 * PIECE_BYTES_MAX);
    *err = store_run(store, &journal->job_arena, open_run, journal);
    if (*err == STORE_OK && pthread_create(&journal->thread, NULL, make_jobs, journal) != 0)
        *err = STORE_ERR_MEMORY;
    if (*err != STORE_OK) {
        free_journal(journal);
        return NULL;
    }
    store_end_with(store, (struct store_ending){run_left, journal, &journal->left_arena});
    tell_checkpoint(journal, now_ms);
    return journal;
}

void journal_close(struct journal *journal, int64_t now_ms)
{
    if (!journal)
        return;
    pthread_mutex_lock(&journal->lock);
    journal->is_closing = true;
    pthread_mutex_unlock(&journal->lock);
    tell_checkpoint(journal, now_ms);
    end_jobs(journal);
    store_end_with(journal->store, (struct store_ending){.run = NULL});
    free_journal(journal);
}
