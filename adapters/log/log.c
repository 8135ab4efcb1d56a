/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "log/log.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/ring.h"
#include "log/stamp.h"

#define NS_PER_S UINT64_C(1000000000)

enum { LINE_BYTES = 1024, LINES = 256, FLUSH_NS = 200 * 1000000 };

struct
    line { /* the time's place in `text` is filled when it is written: the loop formats no dates */
    struct timespec at;
    size_t len;
    char text[LINE_BYTES - sizeof(struct timespec) - sizeof(size_t)];
};

static _Atomic enum log_level level_shown = LOG_INFO;

struct lines {
    struct ring ring;
    struct line memory[LINES];
};

/* Stays as it is when log_stop gives up: the writer may then be in a write that never ends. */
static struct {
    _Atomic bool started;
    _Atomic bool stopping;
    _Atomic uint64_t lost;
    pthread_t writer;
    pthread_mutex_t filling; /* a ring has one writer: of `others`, whoever holds this */
    sem_t posted;            /* once for each line, and to stop */
    sem_t ended;             /* the writer has */
    struct lines loop, others;
} queue;

static _Thread_local bool
    is_loop; /* this thread called log_start: its lines have a ring to themselves */

void log_set_level(enum log_level level)
{
    level_shown = level;
}

/* A line that cannot be written is given up: there is nobody left to tell. */
static void write_line(struct line *line)
{
    log_stamp_write(line->text, &line->at);
    for (size_t done = 0; done < line->len;) {
        ssize_t written = write(STDERR_FILENO, line->text + done, line->len - done);
        if (written > 0)
            done += (size_t)written;
        else if (written < 0 && errno == EAGAIN) /* somebody else made it non-blocking */
            poll(&(struct pollfd){.fd = STDERR_FILENO, .events = POLLOUT}, 1, -1);
        else if (written == 0 || errno != EINTR)
            return;
    }
}

static void begin_line(struct line *line)
{
    clock_gettime(CLOCK_REALTIME, &line->at);
    line->len = LOG_STAMP_BYTES;
}

static void tell_lost(void)
{
    struct line line;
    uint64_t lost = atomic_exchange_explicit(&queue.lost, 0, memory_order_relaxed);
    if (lost == 0)
        return;
    begin_line(&line);
    line.len += (size_t)snprintf(line.text + line.len, sizeof line.text - line.len,
                                 "warn log_lost count=%" PRIu64 "\n", lost);
    write_line(&line);
}

static bool is_before(const struct timespec *one, const struct timespec *other)
{
    return one->tv_sec != other->tv_sec ? one->tv_sec < other->tv_sec
                                        : one->tv_nsec < other->tv_nsec;
}

/* The ring whose oldest line is the oldest of all; NULL: both are empty. */
static struct ring *oldest_ring(void)
{
    const struct line *of_loop = ring_oldest(&queue.loop.ring);
    const struct line *of_others = ring_oldest(&queue.others.ring);
    if (!of_loop)
        return of_others ? &queue.others.ring : NULL;
    return of_others && is_before(&of_others->at, &of_loop->at) ? &queue.others.ring
                                                                : &queue.loop.ring;
}

/* At most a ring's worth, so that under a flood the losses are told too. */
static void drain(void)
{
    struct ring *ring;
    for (int i = 0; i < LINES && (ring = oldest_ring()); i++) {
        write_line(ring_oldest(ring));
        ring_release(ring);
    }
    tell_lost();
}

static void *writer_run(void *unused)
{
    for (bool over = false; !over;) {
        while (sem_wait(&queue.posted) != 0)
            continue;
        over = atomic_load_explicit(&queue.stopping, memory_order_acquire);
        drain();
    }
    sem_post(&queue.ended);
    return unused;
}

/* One thread may be ahead of another and have to wait for its copy: that one then inherits. */
static void make_lock(void)
{
    pthread_mutexattr_t kind;
    pthread_mutexattr_init(&kind);
    pthread_mutexattr_setprotocol(&kind, PTHREAD_PRIO_INHERIT);
    pthread_mutex_init(&queue.filling, &kind);
    pthread_mutexattr_destroy(&kind);
}

static void make_ring(struct lines *lines)
{
    ring_init(&lines->ring, lines->memory, LINES, sizeof *lines->memory);
}

/* The thread takes no signal: those are the loop's, and a reader that has gone raises SIGPIPE. */
bool log_start(void)
{
    sigset_t all, before;

    assert(!queue.started);
    make_ring(&queue.loop);
    make_ring(&queue.others);
    is_loop = true;
    make_lock();
    sem_init(&queue.posted, 0, 0);
    sem_init(&queue.ended, 0, 0);
    queue.stopping = false;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    queue.started = pthread_create(&queue.writer, NULL, writer_run, NULL) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return queue.started;
}

void log_stop(void)
{
    struct timespec until;

    if (!queue.started)
        return;
    atomic_store_explicit(&queue.stopping, true, memory_order_release);
    sem_post(&queue.posted);
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += FLUSH_NS;
    if (until.tv_nsec >= (long)NS_PER_S) {
        until.tv_nsec -= (long)NS_PER_S;
        until.tv_sec++;
    }
    if (sem_clockwait(&queue.ended, CLOCK_MONOTONIC, &until) != 0) {
        pthread_detach(queue.writer);
        return;
    }
    pthread_join(queue.writer, NULL);
    sem_destroy(&queue.ended);
    sem_destroy(&queue.posted);
    pthread_mutex_destroy(&queue.filling);
    queue.started = false;
}

/* False: the ring is full. */
static bool put(struct ring *ring, const struct line *line)
{
    struct line *slot = ring_reserve(ring);
    if (!slot)
        return false;
    slot->at = line->at;
    slot->len = line->len;
    memcpy(slot->text + LOG_STAMP_BYTES, line->text + LOG_STAMP_BYTES, line->len - LOG_STAMP_BYTES);
    ring_publish(ring);
    return true;
}

static bool put_locked(const struct line *line)
{
    pthread_mutex_lock(&queue.filling);
    bool has_room = put(&queue.others.ring, line);
    pthread_mutex_unlock(&queue.filling);
    return has_room;
}

static void push(const struct line *line)
{
    if (is_loop ? put(&queue.loop.ring, line) : put_locked(line))
        sem_post(&queue.posted);
    else
        atomic_fetch_add_explicit(&queue.lost, 1, memory_order_relaxed);
}

void log_event(enum log_level level, const char *event, const char *fields, ...)
{
    static const char *const words[] = {
        [LOG_ERROR] = "error", [LOG_WARN] = "warn", [LOG_INFO] = "info", [LOG_DEBUG] = "debug"};
    struct line line;

    if (level > level_shown)
        return;
    begin_line(&line);
    int at =
        LOG_STAMP_BYTES + snprintf(line.text + LOG_STAMP_BYTES, sizeof line.text - LOG_STAMP_BYTES,
                                   "%s %s ", words[level], event);
    va_list args;
    va_start(args, fields);
    int added = vsnprintf(line.text + at, sizeof line.text - (size_t)at, fields, args);
    va_end(args);
    line.len = (size_t)at + (size_t)(added < 0 ? 0 : added);
    if (line.len > sizeof line.text - 2)
        line.len = sizeof line.text - 2;
    while (line.len > 0 && line.text[line.len - 1] == ' ')
        line.len--;
    line.text[line.len++] = '\n';
    if (queue.started)
        push(&line);
    else
        write_line(&line);
}

bool log_quota_take(struct log_quota *quota, uint64_t now_ns)
{
    if (now_ns < quota->next_ns) {
        quota->left_out++;
        return false;
    }
    quota->next_ns = now_ns + NS_PER_S;
    return true;
}

uint64_t log_quota_told(struct log_quota *quota, uint64_t now_ns)
{
    uint64_t left_out = quota->left_out;
    if (now_ns < quota->next_ns)
        return 0;
    quota->left_out = 0;
    return left_out;
}
