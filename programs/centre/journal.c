/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/journal.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "access/digest.h"
#include "base/bytes.h"
#include "log/log.h"

enum {
    PENDING_BYTES_MAX = 64 << 20,
    JOB_BYTES_MAX = 1 << 20,
    CHECKPOINT_MS = 1000,
    STATE_LEN = AUDIT_ID_LEN + DIGEST_LEN + 8, /* of the chain: id, hash, next seq */
};

struct journal {
    struct store *store;
    struct signer *signer;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t rests; /* no job is on its way */
    struct audit_chain chain;
    struct arena arenas[2]; /* what waits, and what is being written, by turns */
    unsigned filling;
    struct buffer pending;
    uint8_t state[STATE_LEN];    /* after what is being written */
    uint32_t pieces, run_pieces; /* in the store; that the job on its way adds */
    bool is_writing, failed;
    int64_t signed_ms;
    struct audit_told told; /* the last checkpoint */
    struct text written;
    struct arena job_arena;
    struct store_job job;
};

static void write_state(const struct audit_chain *chain, uint8_t state[static STATE_LEN])
{
    memcpy(state, chain->id, AUDIT_ID_LEN);
    memcpy(state + AUDIT_ID_LEN, chain->hash, DIGEST_LEN);
    put_be64(state + AUDIT_ID_LEN + DIGEST_LEN, chain->seq);
}

static struct text bytes_of(const void *bytes, size_t len)
{
    return (struct text){bytes, len};
}

/* As many whole frames as a piece has room for, so that each piece can be read by itself. */
static size_t piece_len(struct text rest)
{
    size_t len = 0;
    if (rest.len <= JOB_BYTES_MAX)
        return rest.len;
    for (;;) {
        size_t frame_len = 4 + (size_t)get_be32((const uint8_t *)rest.bytes + len);
        if (len + frame_len > JOB_BYTES_MAX)
            return len;
        len += frame_len;
    }
}

static enum store_err run(struct store_write *write, void *context)
{
    struct journal *journal = context;
    struct text rest = journal->written;
    const struct store_note state = {TEXT("chain"), bytes_of(journal->state, STATE_LEN), 0};
    journal->run_pieces = 0;
    while (rest.len) {
        struct text piece = {rest.bytes, piece_len(rest)};
        enum store_err err = store_blob_add(write, text_of(JOURNAL_AREA), piece);
        if (err != STORE_OK)
            return err;
        rest.bytes += piece.len;
        rest.len -= piece.len;
        journal->run_pieces++;
    }
    return store_note_put(write, JOURNAL_AREA, &state);
}

static void done(enum store_err err, const char *help, void *context);

/* The lock is held; nothing is on its way. */
static void submit(struct journal *journal)
{
    if (!journal->failed) { /* else the same again */
        journal->written = buffer_text(&journal->pending);
        write_state(&journal->chain, journal->state);
        journal->filling ^= 1;
        arena_reset(&journal->arenas[journal->filling]);
        buffer_init(&journal->pending, &journal->arenas[journal->filling]);
    }
    arena_reset(&journal->job_arena);
    journal->job = (struct store_job){
        .run = run, .done = done, .context = journal, .arena = &journal->job_arena};
    journal->is_writing = true;
    journal->failed = false;
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
    journal->pieces += journal->failed ? 0 : journal->run_pieces;
    if (journal->failed)
        log_event(LOG_ERROR, "audit_not_written", "why=\"%s\"", store_err_words(err));
    else if (journal->pending.len)
        submit(journal);
    if (!journal->is_writing)
        pthread_cond_signal(&journal->rests);
    pthread_mutex_unlock(&journal->lock);
}

void journal_add(struct journal *journal, const struct audit_record *records, size_t count,
                 int64_t now_ms)
{
    pthread_mutex_lock(&journal->lock);
    for (size_t i = 0; i < count; i++)
        audit_chain_add(&journal->chain, &records[i], &journal->pending);
    if (now_ms - journal->signed_ms >= CHECKPOINT_MS) {
        journal->told.seq = journal->chain.seq;
        memcpy(journal->told.hash, journal->chain.hash, DIGEST_LEN);
        audit_chain_sign(&journal->chain, journal->signer, now_ms, &journal->pending);
        journal->signed_ms = now_ms;
    }
    if (!journal->is_writing)
        submit(journal);
    pthread_mutex_unlock(&journal->lock);
}

bool journal_is_full(struct journal *journal)
{
    pthread_mutex_lock(&journal->lock);
    bool is_full = journal->pending.failed || journal->pending.len > PENDING_BYTES_MAX / 2;
    pthread_mutex_unlock(&journal->lock);
    return is_full;
}

uint32_t journal_pieces(struct journal *journal)
{
    pthread_mutex_lock(&journal->lock);
    uint32_t pieces = journal->pieces;
    pthread_mutex_unlock(&journal->lock);
    return pieces;
}

/* Signs what is there and says it in the program's log, once the disk has it: what is cut off later is noticed. */
static void tell_checkpoint(struct journal *journal, int64_t now_ms)
{
    char hash[JOURNAL_HASH_BYTES];
    journal->signed_ms = INT64_MIN / 2;
    journal_add(journal, NULL, 0, now_ms);
    pthread_mutex_lock(&journal->lock);
    while (journal->is_writing)
        pthread_cond_wait(&journal->rests, &journal->lock);
    bool is_kept = !journal->failed;
    pthread_mutex_unlock(&journal->lock);
    journal_hash_write(&journal->told, hash);
    if (is_kept)
        log_event(LOG_INFO, "audit_checkpoint", "told=%" PRIu64 ":%s", journal->told.seq, hash);
}

/* --- opening ---------------------------------------------------------------------------------------------- */

struct opening {
    struct journal *journal;
    int64_t now_ms;
};

/* Reads the site's key and where the chain stands; makes both, with the log's header, where there are none. */
static enum store_err open_run(struct store_write *write, void *context)
{
    struct journal *journal = ((struct opening *)context)->journal;
    struct store_note key, state;
    uint8_t seed[DIGEST_KEY_LEN], id[AUDIT_ID_LEN];
    enum store_err err = store_note_get(&write->view, JOURNAL_AREA, TEXT("signer"), &key);
    if (err == STORE_OK && key.value.len == DIGEST_KEY_LEN) {
        journal->signer = signer_create((const uint8_t *)key.value.bytes);
        err = store_note_get(&write->view, JOURNAL_AREA, TEXT("chain"), &state);
        if (err == STORE_OK && state.value.len == STATE_LEN) {
            const uint8_t *bytes = (const uint8_t *)state.value.bytes;
            memcpy(journal->chain.id, bytes, AUDIT_ID_LEN);
            memcpy(journal->chain.hash, bytes + AUDIT_ID_LEN, DIGEST_LEN);
            journal->chain.seq = get_be64(bytes + AUDIT_ID_LEN + DIGEST_LEN);
            journal->chain.digest = digest_create();
        }
        return err;
    }
    if (err != STORE_ERR_NONE)
        return err == STORE_OK ? STORE_ERR_DAMAGED : err;
    if (!digest_random(seed, sizeof seed) || !digest_random(id, sizeof id))
        return STORE_ERR_REFUSED;
    journal->signer = signer_create(seed);
    const struct store_note made = {TEXT("signer"), bytes_of(seed, sizeof seed), 0};
    err = store_note_put(write, JOURNAL_AREA, &made);
    digest_wipe(seed, sizeof seed);
    audit_chain_begin(&journal->chain, id, journal->signer, &journal->pending);
    journal->written = buffer_text(&journal->pending);
    write_state(&journal->chain, journal->state);
    return err == STORE_OK ? run(write, journal) : err;
}

/* Whether the store has piece `number`. */
static bool has_piece(struct journal *journal, struct store_view *view, uint32_t number,
                      enum store_err *err)
{
    struct text piece;
    arena_reset(&journal->arenas[1]);
    view->arena = &journal->arenas[1];
    *err = store_blob_piece(view, text_of(JOURNAL_AREA), number, &piece);
    return *err == STORE_OK;
}

/* How many pieces there are, by a few looks. */
static enum store_err count_pieces(struct journal *journal)
{
    struct store_view *view;
    uint32_t low = 0, high = 1; /* piece 0 is there */
    enum store_err err = store_view_begin(journal->store, &journal->job_arena, &view);
    if (err != STORE_OK)
        return err;
    struct arena *arena = view->arena;
    while (high < UINT32_MAX / 2 && has_piece(journal, view, high, &err)) {
        low = high;
        high *= 2;
    }
    while (high - low > 1 && (err == STORE_OK || err == STORE_ERR_NONE)) {
        uint32_t middle = low + (high - low) / 2;
        if (has_piece(journal, view, middle, &err))
            low = middle;
        else
            high = middle;
    }
    view->arena = arena;
    store_view_end(view);
    journal->pieces = low + 1;
    return err == STORE_ERR_NONE ? STORE_OK : err;
}

static void free_journal(struct journal *journal)
{
    if (journal->signer)
        signer_destroy(journal->signer);
    audit_chain_end(&journal->chain);
    for (size_t i = 0; i < 2; i++)
        arena_free(&journal->arenas[i]);
    arena_free(&journal->job_arena);
    pthread_cond_destroy(&journal->rests);
    pthread_mutex_destroy(&journal->lock);
    free(journal);
}

struct journal *journal_open(struct store *store, int64_t now_ms, enum store_err *err)
{
    struct journal *journal = calloc(1, sizeof *journal);
    *err = STORE_ERR_MEMORY;
    if (!journal)
        return NULL;
    journal->store = store;
    pthread_mutex_init(&journal->lock, NULL);
    pthread_cond_init(&journal->rests, NULL);
    arena_init(&journal->arenas[0], PENDING_BYTES_MAX);
    arena_init(&journal->arenas[1], PENDING_BYTES_MAX);
    arena_init(&journal->job_arena, JOB_BYTES_MAX);
    buffer_init(&journal->pending, &journal->arenas[0]);
    struct opening opening = {journal, now_ms};
    *err = store_run(store, &journal->job_arena, open_run, &opening);
    if (*err == STORE_OK)
        *err = count_pieces(journal);
    if (*err != STORE_OK) {
        free_journal(journal);
        return NULL;
    }
    journal->filling = 1;
    buffer_init(&journal->pending, &journal->arenas[1]);
    tell_checkpoint(journal, now_ms);
    return journal;
}

void journal_close(struct journal *journal, int64_t now_ms)
{
    if (!journal)
        return;
    tell_checkpoint(journal, now_ms);
    free_journal(journal);
}
