/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/seal_mark.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"

/* Blocks of their own, one sector each: a torn write of one harms no other. */
enum { LOG_AT = 0, FIRST_AT = 4096 };
enum { LOG_STATE = 0, LOG_SALTS = 4, LOG_FRAMES = 12, LOG_BYTES = 20 };
enum { FIRST_BYTES = 2 * SEAL_TRAILER_BYTES, SMALL_MAX = FIRST_BYTES };
enum { LOG_END = LOG_AT + LOG_BYTES + SEAL_TRAILER_BYTES };
enum { TRIES = 4, PAUSE_US = 500 }; /* a page that is being written is looked at again */

/* What the log has that the database has not: nothing that was acknowledged; something; nothing, and it may be gone.
 * Written into files: never changed. */
enum log_state { LOG_UNKNOWN = 0, LOG_BEGINS = 1, LOG_FILLED = 2, LOG_EMPTIED = 3 };

struct log_mark {
    enum log_state state;
    uint8_t salts[LOG_SALT_BYTES]; /* LOG_EMPTIED: zeros where its head may not have come to be */
    uint64_t frames;               /* LOG_FILLED: as many were synced, or more */
};

struct marks {
    struct seal_vfs *vfs;
    struct sealer *sealer;
    char path[PATH_MAX];
    int fd; /* locked; -1: there is no such file */
    bool is_made;
};

static const uint8_t zeros[SMALL_MAX];

/* --- the file --- */

static bool path_of(char path[static PATH_MAX], const char *file, bool is_log)
{
    size_t len = file ? strlen(file) : 0, end = is_log ? strlen("-wal") : 0;
    return len > end && snprintf(path, PATH_MAX, "%.*s-mark", (int)(len - end), file) < PATH_MAX;
}

static bool open_file(struct marks *marks, bool make)
{
    marks->fd = open(marks->path, O_RDWR | O_CLOEXEC);
    marks->is_made = make && marks->fd < 0 && errno == ENOENT;
    if (marks->is_made)
        marks->fd = open(marks->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (marks->fd < 0)
        return errno == ENOENT && !make;
    int rc;
    while ((rc = flock(marks->fd, LOCK_EX)) < 0 && errno == EINTR)
        ;
    if (rc < 0)
        close(marks->fd);
    return rc == 0;
}

/* False: neither there nor to be made. */
static bool open_marks(struct marks *marks, struct seal_handle *file, bool make)
{
    *marks = (struct marks){.vfs = file->vfs, .sealer = &file->sealer, .fd = -1};
    return path_of(marks->path, file->path, file->kind == SEAL_FILE_LOG) && open_file(marks, make);
}

static void close_marks(struct marks *marks)
{
    if (marks->fd >= 0)
        close(marks->fd);
}

static int keep(struct marks *marks)
{
    bool good = fsync(marks->fd) == 0 && (!marks->is_made || seal_sync_folder(marks->path));
    return good ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

static int read_mark(struct marks *marks, enum seal_kind kind, uint8_t *out, size_t len, off_t at)
{
    uint8_t sealed[SMALL_MAX + SEAL_TRAILER_BYTES] = {0};
    memset(out, 0, len);
    if (marks->fd < 0)
        return SQLITE_OK;
    if (pread(marks->fd, sealed, len + SEAL_TRAILER_BYTES, at) < 0)
        return SQLITE_IOERR_READ;
    if (memcmp(sealed, zeros, len) == 0)
        return SQLITE_OK; /* never written, or taken back */
    enum seal_opened opened =
        seal_piece_open(marks->sealer, kind, 0, sealed, len, out, sealed + len);
    if (opened == SEAL_OPEN_OK)
        return SQLITE_OK;
    memset(out, 0, len);
    return seal_tell_of(marks->vfs, SEAL_FILE_MARK, marks->path,
                        opened == SEAL_OPEN_KEY ? SEAL_WHY_KEY : SEAL_WHY_TAG,
                        at == LOG_AT ? 1 : 2);
}

/* Nothing is ever written between the two. */
static int look_between(struct marks *marks)
{
    uint8_t between[FIRST_AT - LOG_END] = {0};
    if (marks->fd < 0 || marks->vfs->salvages)
        return SQLITE_OK;
    if (pread(marks->fd, between, sizeof between, LOG_END) < 0)
        return SQLITE_IOERR_READ;
    for (size_t i = 0; i < sizeof between; i++)
        if (between[i])
            return seal_tell_of(marks->vfs, SEAL_FILE_MARK, marks->path, SEAL_WHY_TAG, 1);
    return SQLITE_OK;
}

static int write_mark(struct marks *marks, enum seal_kind kind, const uint8_t *in, size_t len,
                      off_t at)
{
    uint8_t sealed[SMALL_MAX + SEAL_TRAILER_BYTES] = {0};
    ssize_t all = (ssize_t)len + SEAL_TRAILER_BYTES;
    if (memcmp(in, zeros, len) != 0 &&
        !seal_piece_close(marks->sealer, kind, 0, in, len, sealed, sealed + len))
        return SQLITE_IOERR_WRITE;
    errno = 0;
    if (pwrite(marks->fd, sealed, (size_t)all, at) == all)
        return SQLITE_OK;
    return errno == ENOSPC ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int read_log(struct marks *marks, struct log_mark *log)
{
    uint8_t bytes[LOG_BYTES];
    int rc = read_mark(marks, SEAL_LOG_MARK, bytes, sizeof bytes, LOG_AT);
    *log = (struct log_mark){.state = (enum log_state)get_be32(bytes + LOG_STATE),
                             .frames = get_be64(bytes + LOG_FRAMES)};
    memcpy(log->salts, bytes + LOG_SALTS, LOG_SALT_BYTES);
    return rc;
}

static int write_log(struct marks *marks, const struct log_mark *log)
{
    uint8_t bytes[LOG_BYTES];
    put_be32(bytes + LOG_STATE, log->state);
    memcpy(bytes + LOG_SALTS, log->salts, LOG_SALT_BYTES);
    put_be64(bytes + LOG_FRAMES, log->frames);
    return write_mark(marks, SEAL_LOG_MARK, bytes, sizeof bytes, LOG_AT);
}

/* The trailers that page 1 may have: what it had, and what it was being given. */
static int read_first(struct marks *marks, uint8_t first[static FIRST_BYTES])
{
    return read_mark(marks, SEAL_FIRST_MARK, first, FIRST_BYTES, FIRST_AT);
}

static int write_first(struct marks *marks, const uint8_t first[static FIRST_BYTES])
{
    return write_mark(marks, SEAL_FIRST_MARK, first, FIRST_BYTES, FIRST_AT);
}

static bool is_set(const uint8_t first[static FIRST_BYTES])
{
    return memcmp(first, zeros, FIRST_BYTES) != 0;
}

static int trailer_on_disk(struct seal_handle *database, uint8_t trailer[static SEAL_TRAILER_BYTES])
{
    sqlite3_file *under = database->under;
    return under->pMethods->xRead(under, trailer, SEAL_TRAILER_BYTES,
                                  database->page_bytes - (sqlite3_int64)SEAL_TRAILER_BYTES);
}

/* --- of the log --- */

/* Where nothing is known of page 1 yet, as it lies there. */
static int meet_first_page(struct marks *marks, struct seal_handle *database)
{
    uint8_t first[FIRST_BYTES];
    int rc = read_first(marks, first);
    if (rc != SQLITE_OK || is_set(first) || !database ||
        trailer_on_disk(database, first) != SQLITE_OK)
        return rc;
    memcpy(first + SEAL_TRAILER_BYTES, first, SEAL_TRAILER_BYTES);
    return write_first(marks, first);
}

static int put_log(struct seal_handle *file, const struct log_mark *log)
{
    struct marks marks;
    if (!open_marks(&marks, file, true))
        return SQLITE_IOERR_WRITE;
    int rc = meet_first_page(&marks, file->other);
    if (rc == SQLITE_OK)
        rc = write_log(&marks, log);
    if (rc == SQLITE_OK)
        rc = keep(&marks);
    close_marks(&marks);
    return rc;
}

int seal_mark_begin(struct seal_handle *log, const uint8_t salts[static LOG_SALT_BYTES])
{
    struct log_mark mark = {.state = LOG_BEGINS};
    memcpy(mark.salts, salts, LOG_SALT_BYTES);
    return put_log(log, &mark);
}

int seal_mark_fill(struct seal_handle *file)
{
    struct seal_log *log = &file->log;
    struct marks marks;
    struct log_mark mark;

    if (log->committed == 0 ||
        (log->is_filled && memcmp(log->filled, log->salts, LOG_SALT_BYTES) == 0))
        return SQLITE_OK;
    if (!open_marks(&marks, file, false))
        return SQLITE_IOERR_READ;
    int rc = read_log(&marks, &mark);
    close_marks(&marks);
    bool is_known = mark.state == LOG_FILLED && memcmp(mark.salts, log->salts, LOG_SALT_BYTES) == 0;
    mark = (struct log_mark){.state = LOG_FILLED, .frames = log->committed};
    memcpy(mark.salts, log->salts, LOG_SALT_BYTES);
    if (rc == SQLITE_OK && !is_known)
        rc = put_log(file, &mark);
    log->is_filled = rc == SQLITE_OK;
    memcpy(log->filled, log->salts, LOG_SALT_BYTES);
    return rc;
}

static int empty_log(struct marks *marks, const char *database)
{
    struct stat facts;
    struct log_mark mark;
    int rc = read_log(marks, &mark);
    if (rc != SQLITE_OK)
        return rc;
    if (mark.state != LOG_UNKNOWN && stat(database, &facts) == 0 && facts.st_size == 0)
        return seal_tell_of(marks->vfs, SEAL_FILE_DATABASE, database, SEAL_WHY_GONE, 0);
    if (mark.state != LOG_BEGINS && mark.state != LOG_FILLED)
        return SQLITE_OK;
    if (mark.state == LOG_BEGINS)
        memset(mark.salts, 0, sizeof mark.salts);
    mark.state = LOG_EMPTIED;
    mark.frames = 0;
    rc = write_log(marks, &mark);
    return rc == SQLITE_OK ? keep(marks) : rc;
}

int seal_mark_empty(struct seal_vfs *vfs, const char *path)
{
    struct sealer sealer;
    struct marks marks = {.vfs = vfs, .sealer = &sealer};
    char database[PATH_MAX];

    if (!path_of(marks.path, path, true) || !open_file(&marks, false))
        return SQLITE_IOERR_READ;
    if (marks.fd < 0)
        return SQLITE_OK;
    snprintf(database, sizeof database, "%.*s", (int)(strlen(path) - strlen("-wal")), path);
    int rc = SQLITE_NOMEM;
    if (sealer_init(&sealer, vfs->keys)) {
        rc = empty_log(&marks, database);
        sealer_free(&sealer);
    }
    close_marks(&marks);
    return rc;
}

/* --- of page 1 --- */

int seal_mark_first_page(struct seal_handle *database,
                         const uint8_t trailer[static SEAL_TRAILER_BYTES])
{
    struct marks marks;
    uint8_t first[FIRST_BYTES];

    if (!database->path)
        return SQLITE_OK;
    if (!open_marks(&marks, database, database->other != NULL))
        return SQLITE_IOERR_WRITE;
    if (marks.fd < 0)
        return SQLITE_OK;
    if (trailer_on_disk(database, first) != SQLITE_OK)
        memset(first, 0, SEAL_TRAILER_BYTES);
    memcpy(first + SEAL_TRAILER_BYTES, trailer, SEAL_TRAILER_BYTES);
    int rc = write_first(&marks, first);
    if (rc == SQLITE_OK)
        rc = keep(&marks);
    close_marks(&marks);
    database->first_waits = rc == SQLITE_OK;
    memcpy(database->first, trailer, SEAL_TRAILER_BYTES);
    return rc;
}

/* Not synced itself: until the system has it on the disk, the page before is taken, too. */
void seal_mark_first_page_synced(struct seal_handle *database)
{
    struct marks marks;
    uint8_t first[FIRST_BYTES];

    if (!database->first_waits || !open_marks(&marks, database, false))
        return;
    memcpy(first, database->first, SEAL_TRAILER_BYTES);
    memcpy(first + SEAL_TRAILER_BYTES, database->first, SEAL_TRAILER_BYTES);
    if (marks.fd >= 0)
        (void)write_first(&marks, first);
    close_marks(&marks);
    database->first_waits = false;
}

/* --- opening --- */

struct met {
    struct seal_handle *log, *database;
    struct marks marks;
    bool has_frames; /* the log */
    bool is_logged;  /* page 1 was written beside a log */
    bool is_marked;  /* there is a mark of page 1 */
    bool is_other;   /* page 1 is not the one of the mark */
};

static int object(struct met *met, enum seal_file kind, enum seal_why why, enum seal_loss loss)
{
    struct seal_handle *log = met->log;
    const char *path = kind == SEAL_FILE_LOG        ? log->path
                       : kind == SEAL_FILE_DATABASE ? met->database->path
                                                    : met->marks.path;
    if (!log->vfs->salvages)
        return seal_tell_of(log->vfs, kind, path, why, 0);
    atomic_store(&log->vfs->loss, loss);
    log->log.left_out = loss == SEAL_LOSS_OTHER;
    return SQLITE_OK;
}

/* What lies there as page 1. One whose seal is broken may be whole in the log: SQLite finds out. */
static int look_at_first_page(struct met *met)
{
    uint8_t trailer[SEAL_TRAILER_BYTES], first[FIRST_BYTES];
    uint32_t key;
    int rc = read_first(&met->marks, first);

    met->is_marked = is_set(first);
    for (int i = 0; rc == SQLITE_OK && i < TRIES; i++) {
        if (i > 0)
            usleep(PAUSE_US);
        if (seal_database_look(met->database, 1, &key) != SQLITE_OK ||
            trailer_on_disk(met->database, trailer) != SQLITE_OK)
            return SQLITE_OK;
        met->is_logged = met->database->first_is_logged;
        met->is_other = met->is_marked && memcmp(trailer, first, SEAL_TRAILER_BYTES) != 0 &&
                        memcmp(trailer, first + SEAL_TRAILER_BYTES, SEAL_TRAILER_BYTES) != 0;
        if (!met->is_other)
            break;
    }
    return rc;
}

/* A back-up, whole by itself, was put here: what the marks say is of the record before it. */
static int forget(struct met *met)
{
    if (met->log->vfs->salvages)
        return SQLITE_OK;
    int rc = write_mark(&met->marks, SEAL_LOG_MARK, zeros, LOG_BYTES, LOG_AT);
    if (rc == SQLITE_OK)
        rc = write_first(&met->marks, zeros);
    return rc == SQLITE_OK ? keep(&met->marks) : rc;
}

static int judge(struct met *met, const struct log_mark *mark)
{
    if (met->is_logged && !met->is_marked)
        return object(met, SEAL_FILE_MARK, SEAL_WHY_GONE,
                      met->has_frames ? SEAL_LOSS_UNSURE : SEAL_LOSS_GONE);
    if (met->is_other && !met->is_logged && !met->has_frames)
        return forget(met);
    if (met->is_other)
        return object(met, SEAL_FILE_DATABASE, SEAL_WHY_OTHER, SEAL_LOSS_OTHER);
    if (mark->state == LOG_FILLED && !met->has_frames)
        return object(met, SEAL_FILE_LOG, SEAL_WHY_GONE, SEAL_LOSS_GONE);
    return SQLITE_OK;
}

int seal_mark_meet(struct seal_handle *log)
{
    struct met met = {.log = log, .database = log->other};
    struct log_mark mark;
    struct stat facts;

    if (!met.database)
        return SQLITE_OK;
    if (!open_marks(&met.marks, log, false))
        return SQLITE_IOERR_READ;
    met.has_frames = stat(log->path, &facts) == 0 && facts.st_size > LOG_FRAMES_AT;
    int rc = look_between(&met.marks);
    if (rc == SQLITE_OK)
        rc = look_at_first_page(&met);
    if (rc == SQLITE_OK)
        rc = read_log(&met.marks, &mark);
    if (rc == SQLITE_OK)
        rc = judge(&met, &mark);
    close_marks(&met.marks);
    return rc;
}

int seal_mark_head(struct seal_handle *log, const uint8_t salts[static LOG_SALT_BYTES],
                   bool *is_read, uint64_t *frames)
{
    struct met met = {.log = log, .database = log->other};
    struct log_mark mark;

    *is_read = false;
    *frames = 0;
    if (log->log.left_out)
        return SQLITE_OK;
    if (!open_marks(&met.marks, log, false))
        return SQLITE_IOERR_READ;
    int rc = read_log(&met.marks, &mark);
    close_marks(&met.marks);
    if (rc != SQLITE_OK)
        return rc;
    bool is_it = memcmp(mark.salts, salts, LOG_SALT_BYTES) == 0;
    bool is_none = memcmp(salts, zeros, LOG_SALT_BYTES) == 0;
    switch (mark.state) {
    case LOG_UNKNOWN:
        *is_read = true;
        return SQLITE_OK;
    case LOG_BEGINS:
        *is_read = is_it;
        return SQLITE_OK;
    case LOG_FILLED:
        *is_read = is_it;
        *frames = mark.frames;
        if (is_it)
            return SQLITE_OK;
        return is_none ? object(&met, SEAL_FILE_LOG, SEAL_WHY_GONE, SEAL_LOSS_GONE)
                       : object(&met, SEAL_FILE_LOG, SEAL_WHY_OTHER, SEAL_LOSS_OTHER);
    case LOG_EMPTIED:
        if (is_it || is_none || memcmp(mark.salts, zeros, LOG_SALT_BYTES) == 0)
            return SQLITE_OK;
        return object(&met, SEAL_FILE_LOG, SEAL_WHY_OTHER, SEAL_LOSS_OTHER);
    }
    return SQLITE_OK;
}

int seal_mark_renew(struct seal_handle *database)
{
    struct marks marks;
    struct log_mark log;
    uint8_t first[FIRST_BYTES];

    if (!open_marks(&marks, database, false))
        return SQLITE_IOERR_READ;
    if (marks.fd < 0)
        return SQLITE_OK;
    int rc = read_log(&marks, &log);
    if (rc == SQLITE_OK)
        rc = read_first(&marks, first);
    if (rc == SQLITE_OK && log.state != LOG_UNKNOWN)
        rc = write_log(&marks, &log);
    if (rc == SQLITE_OK && is_set(first))
        rc = write_first(&marks, first);
    if (rc == SQLITE_OK)
        rc = keep(&marks);
    close_marks(&marks);
    return rc;
}
