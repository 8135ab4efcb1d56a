/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trace.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/ring.h"
#include "keep.h"
#include "log/log.h"

enum {
    ROWS = 16384,           /* in the ring: 8 s of 2 kHz while the disk is busy */
    ROW_BYTES_MAX = 160,    /* six numbers of 20 digits, a word, commas */
    BUFFER_BYTES = 65536,   /* written at once */
    WAKE_NS = 100 * 1000000 /* what a kill -9 may cost */
};

struct row {
    uint64_t columns[5]; /* in the file's order, the word left out */
    const char *outcome;
};

struct trace {
    enum trace_rows kind;
    const char *path;
    int file;
    off_t good_bytes; /* of whole rows in the file; -1 when it cannot be cut back */
    pthread_t writer;
    _Atomic bool stopping;
    _Atomic uint64_t lost;
    bool lost_told;
    struct ring ring;
    struct row rows[ROWS];
    size_t used; /* of buffer */
    uint64_t buffered;
    char buffer[BUFFER_BYTES];
};

static const struct {
    const char *names;
    int outcome_at; /* columns before the word */
} kinds[] = {
    [TRACE_GESTURES] = {"sequence,sampled_ns,received_ns,applied_ns,line,outcome\n", 5},
    [TRACE_PICTURES] = {"frame,captured_ns,shown_ns,outcome,gesture_sequence,bytes\n", 3},
};

static bool write_all(int file, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t written = write(file, bytes, len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes += written;
        len -= (size_t)written;
    }
    return true;
}

static void lose(struct trace *trace, uint64_t rows)
{
    atomic_fetch_add_explicit(&trace->lost, rows, memory_order_relaxed);
}

/* The first loss of either kind is told by the writer: the loop never waits for a log. */
static void tell_first_loss(struct trace *trace, const char *why)
{
    if (trace->lost_told || trace_rows_lost(trace) == 0)
        return;
    trace->lost_told = true;
    log_event(LOG_ERROR, "trace_rows_lost",
              "file=\"%s\" why=\"%s\" meaning=\"the operation goes on, the trace has holes\"",
              trace->path, why);
}

static void flush(struct trace *trace)
{
    if (trace->used == 0)
        return;
    if (write_all(trace->file, trace->buffer, trace->used)) {
        trace->good_bytes += trace->good_bytes < 0 ? 0 : (off_t)trace->used;
    } else {
        int why = errno;
        if (trace->good_bytes >= 0 && ftruncate(trace->file, trace->good_bytes) != 0)
            trace->good_bytes = -1; /* a half row may stay behind */
        lose(trace, trace->buffered);
        tell_first_loss(trace, strerror(why));
    }
    trace->used = 0;
    trace->buffered = 0;
}

static void append(struct trace *trace, const struct row *row)
{
    enum { COLUMNS = sizeof row->columns / sizeof *row->columns };

    if (trace->used > BUFFER_BYTES - ROW_BYTES_MAX)
        flush(trace);
    char *at = trace->buffer + trace->used;
    for (int i = 0; i <= COLUMNS; i++) {
        int column = i < kinds[trace->kind].outcome_at ? i : i - 1;
        if (i == kinds[trace->kind].outcome_at)
            at = stpcpy(at, row->outcome);
        else if (row->columns[column] != TRACE_NONE)
            at += sprintf(at, "%" PRIu64, row->columns[column]);
        *at++ = i < COLUMNS ? ',' : '\n';
    }
    trace->used = (size_t)(at - trace->buffer);
    trace->buffered++;
}

static void drain(struct trace *trace)
{
    for (struct row *row; (row = ring_oldest(&trace->ring)); ring_release(&trace->ring))
        append(trace, row);
    flush(trace);
    tell_first_loss(trace, "the disk is slower than the rows come");
}

static void *writer_run(void *argument)
{
    struct trace *trace = argument;
    const struct timespec nap = {.tv_nsec = WAKE_NS};

    while (!atomic_load_explicit(&trace->stopping, memory_order_acquire)) {
        drain(trace);
        nanosleep(&nap, NULL);
    }
    drain(trace);
    return NULL;
}

/* The thread takes no signal: those are the loop's. */
static int start_writer(struct trace *trace)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int err = pthread_create(&trace->writer, NULL, writer_run, trace);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return err;
}

static struct trace *fail(struct trace *trace, const char *path, int err)
{
    log_event(LOG_ERROR, "trace_failed", "file=\"%s\" why=\"%s\"", path, strerror(err));
    if (trace && trace->file >= 0)
        close(trace->file);
    free(trace);
    return NULL;
}

/* What was in it before is not ours to cut. */
static bool is_new(int file)
{
    struct stat status;
    return fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 0;
}

struct trace *trace_open(const char *path, enum trace_rows kind)
{
    struct trace *trace = calloc(1, sizeof *trace);
    if (!trace)
        return fail(NULL, path, ENOMEM);

    trace->kind = kind;
    trace->path = path;
    trace->file = keep_open(path);
    if (trace->file < 0)
        return fail(trace, path, errno);
    trace->good_bytes = is_new(trace->file) ? 0 : -1;
    ring_init(&trace->ring, trace->rows, ROWS, sizeof *trace->rows);
    trace->used = strlen(kinds[kind].names);
    memcpy(trace->buffer, kinds[kind].names, trace->used);
    flush(trace);

    int err = start_writer(trace);
    return err ? fail(trace, path, err) : trace;
}

static void push(struct trace *trace, const struct row *row)
{
    struct row *slot = ring_reserve(&trace->ring);
    if (!slot) {
        lose(trace, 1);
        return;
    }
    *slot = *row;
    ring_publish(&trace->ring);
}

void trace_gesture(struct trace *trace, const struct trace_gesture *row)
{
    assert(trace->kind == TRACE_GESTURES);
    push(trace, &(struct row){
                    {row->sequence, row->sampled_ns, row->received_ns, row->applied_ns, row->line},
                    row->outcome});
}

void trace_picture(struct trace *trace, const struct trace_picture *row)
{
    assert(trace->kind == TRACE_PICTURES);
    push(trace, &(struct row){{row->frame, row->captured_ns, row->shown_ns, row->gesture_sequence,
                               row->bytes},
                              row->outcome});
}

uint64_t trace_rows_lost(const struct trace *trace)
{
    return atomic_load_explicit(&trace->lost, memory_order_relaxed);
}

uint64_t trace_close(struct trace *trace)
{
    if (!trace)
        return 0;
    atomic_store_explicit(&trace->stopping, true, memory_order_release);
    pthread_join(trace->writer, NULL);

    bool closed = close(trace->file) == 0;
    uint64_t lost = trace_rows_lost(trace);
    if (lost > 0 || !closed)
        log_event(LOG_ERROR, "trace_incomplete", "file=\"%s\" rows_lost=%" PRIu64, trace->path,
                  lost);
    free(trace);
    return lost;
}
