/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/journal.h"

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

static const char area[] = "audit";

struct journal {
    struct store *store;
    struct signer *signer;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t rests; /* no job is on its way */
    struct audit_chain chain;
    struct arena arenas[2]; /* what waits, and what is being written, by turns */
    unsigned filling;
    struct buffer pending;
    uint8_t state[STATE_LEN]; /* after what is being written */
    bool is_writing, failed;
    int64_t signed_ms;
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

static enum store_err run(struct store_write *write, void *context)
{
    struct journal *journal = context;
    struct text rest = journal->written;
    const struct store_note state = {TEXT("chain"), bytes_of(journal->state, STATE_LEN), 0};
    while (rest.len) {
        struct text piece = {rest.bytes, rest.len < JOB_BYTES_MAX ? rest.len : JOB_BYTES_MAX};
        enum store_err err = store_blob_add(write, text_of(area), piece);
        if (err != STORE_OK)
            return err;
        rest.bytes += piece.len;
        rest.len -= piece.len;
    }
    return store_note_put(write, area, &state);
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
    enum store_err err = store_note_get(&write->view, area, TEXT("signer"), &key);
    if (err == STORE_OK && key.value.len == DIGEST_KEY_LEN) {
        journal->signer = signer_create((const uint8_t *)key.value.bytes);
        err = store_note_get(&write->view, area, TEXT("chain"), &state);
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
    err = store_note_put(write, area, &made);
    digest_wipe(seed, sizeof seed);
    audit_chain_begin(&journal->chain, id, journal->signer, &journal->pending);
    journal->written = buffer_text(&journal->pending);
    write_state(&journal->chain, journal->state);
    return err == STORE_OK ? run(write, journal) : err;
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
    if (*err != STORE_OK) {
        free_journal(journal);
        return NULL;
    }
    journal->filling = 1;
    buffer_init(&journal->pending, &journal->arenas[1]);
    return journal;
}

void journal_close(struct journal *journal, int64_t now_ms)
{
    if (!journal)
        return;
    journal->signed_ms = 0;
    journal_add(journal, NULL, 0, now_ms); /* a checkpoint */
    pthread_mutex_lock(&journal->lock);
    while (journal->is_writing)
        pthread_cond_wait(&journal->rests, &journal->lock);
    pthread_mutex_unlock(&journal->lock);
    free_journal(journal);
}

/* --- checking ---------------------------------------------------------------------------------------------- */

struct checking {
    struct audit_reader reader;
    struct journal_report *report;
    struct audit_site site;
    FILE *out;
    bool has_begun;
    struct arena arena, pieces; /* of one record, of one piece */
    char *bytes;                /* not read yet */
    size_t len, room;
};

static void show(struct checking *checking, const struct audit_frame *frame)
{
    struct audit_record record;
    struct buffer line;
    arena_reset(&checking->arena);
    if (!checking->out || !audit_read(&record, frame->body, &checking->arena))
        return;
    for (size_t i = 0; i < record.patient_count || i == 0; i++) {
        buffer_init(&line, &checking->arena);
        audit_write_event(&line, &record, frame->seq, i, &checking->site);
        fprintf(checking->out, "%.*s\n", (int)line.len, line.bytes);
    }
}

static enum audit_fault take_frames(struct checking *checking)
{
    size_t at = 0;
    enum audit_fault fault = AUDIT_GOOD;
    if (!checking->has_begun) {
        struct text header = {checking->bytes, AUDIT_HEADER_LEN};
        if (checking->len < AUDIT_HEADER_LEN)
            return AUDIT_GOOD;
        if ((fault = audit_reader_begin(&checking->reader, header, NULL, NULL)) != AUDIT_GOOD)
            return fault;
        checking->has_begun = true;
        at = AUDIT_HEADER_LEN;
    }
    while (at < checking->len) {
        struct audit_frame frame;
        size_t used;
        struct text rest = {checking->bytes + at, checking->len - at};
        fault = audit_reader_next(&checking->reader, rest, &frame, &used);
        if (fault != AUDIT_GOOD)
            break;
        at += used;
        checking->report->records += frame.kind == AUDIT_RECORD;
        checking->report->checkpoints += frame.kind == AUDIT_CHECKPOINT;
        if (frame.kind == AUDIT_RECORD)
            show(checking, &frame);
    }
    memmove(checking->bytes, checking->bytes + at, checking->len - at);
    checking->len -= at;
    return fault;
}

static bool add_piece(struct checking *checking, struct text piece)
{
    if (checking->len + piece.len > checking->room) {
        char *grown = realloc(checking->bytes, checking->len + piece.len);
        if (!grown)
            return false;
        checking->bytes = grown;
        checking->room = checking->len + piece.len;
    }
    memcpy(checking->bytes + checking->len, piece.bytes, piece.len);
    checking->len += piece.len;
    checking->report->bytes += piece.len;
    return true;
}

/* Piece `number`, from a view of its own: the log only grows. */
static enum store_err read_piece(struct checking *checking, struct store *store, uint32_t number)
{
    struct store_view *view;
    struct text piece;
    arena_reset(&checking->pieces);
    enum store_err err = store_view_begin(store, &checking->pieces, &view);
    if (err != STORE_OK)
        return err;
    err = store_blob_piece(view, text_of(area), number, &piece);
    if (err == STORE_OK && !add_piece(checking, piece))
        err = STORE_ERR_MEMORY;
    store_view_end(view);
    return err;
}

static enum store_err read_all(struct checking *checking, struct store *store)
{
    enum audit_fault fault = AUDIT_UNFINISHED;
    enum store_err err = STORE_OK;
    for (uint32_t number = 0; err == STORE_OK; number++) {
        err = read_piece(checking, store, number);
        if (err != STORE_OK)
            break;
        fault = take_frames(checking);
        if (fault != AUDIT_GOOD && fault != AUDIT_UNFINISHED)
            break;
    }
    checking->report->fault = fault;
    if (fault != AUDIT_GOOD && checking->has_begun)
        checking->report->bad_seq = checking->reader.chain.seq;
    return err == STORE_ERR_NONE ? STORE_OK : err;
}

enum store_err journal_check(struct store *store, struct text url, struct journal_report *report,
                             FILE *out)
{
    enum { RECORD_BYTES_MAX = 64 << 20 };
    struct checking checking = {.report = report, .site = {TEXT("Device/centre"), url}, .out = out};
    *report = (struct journal_report){.fault = AUDIT_UNFINISHED};
    arena_init(&checking.arena, RECORD_BYTES_MAX);
    arena_init(&checking.pieces, RECORD_BYTES_MAX);
    enum store_err err = read_all(&checking, store);
    if (checking.has_begun)
        audit_reader_end(&checking.reader);
    arena_free(&checking.arena);
    arena_free(&checking.pieces);
    free(checking.bytes);
    return err;
}
