/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The write-ahead log of the sealing VFS.
 *
 * SQLite sees the file of sqlite.org/fileformat2.html 4: a head of 32 bytes, then frames of a header of 24 bytes
 * and a page. On the disk the head is sealed at 0, a mark at 4096, and frame n, header and page in one seal, at
 * 8192 + (n - 1) * (24 + page size), its trailer in the page's reserved bytes. The checksums that SQLite keeps in
 * the headers are of what is inside, so they are sealed, too.
 *
 * SQLite takes a frame that does not check for the log's end: right for one that a crash cut short, wrong for one
 * that had been committed and was damaged later. So after each commit's sync the mark says up to where the log is
 * durable (not synced itself: the next commit's sync takes it along, and a killed process leaves it to the
 * system). In recovery a broken frame up to the mark is an error, one behind it is the end. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "store/seal_mark.h"

enum { MARK_AT = 4096 }; /* a block of its own: a torn write of it harms no other */
enum { MARK_BYTES = LOG_SALT_BYTES + 8 }; /* salts, frames u64 */
enum { SALTS_IN_HEAD = 16, SALTS_IN_HEADER = 8, SIZE_IN_HEADER = 4 };

static int64_t frame_bytes(const struct seal_handle *file)
{
    return LOG_SLOT_HEAD_BYTES + (int64_t)file->page_bytes;
}

static int64_t frame_at(const struct seal_handle *file, int64_t frame)
{
    return LOG_FRAMES_AT + (frame - 1) * frame_bytes(file);
}

static int under_read(struct seal_handle *file, void *out, int64_t len, int64_t at)
{
    return file->under->pMethods->xRead(file->under, out, (int)len, at);
}

static int under_write(struct seal_handle *file, const void *in, int64_t len, int64_t at)
{
    return file->under->pMethods->xWrite(file->under, in, (int)len, at);
}

static bool all_zero(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (bytes[i])
            return false;
    return true;
}

/* --- head and mark: small things with a seal of their own --- */

static int small_write(struct seal_handle *file, enum seal_kind kind, const void *in, size_t len,
                       int64_t at)
{
    uint8_t sealed[LOG_HEAD_BYTES + SEAL_TRAILER_BYTES];
    if (!seal_piece_close(&file->sealer, kind, 0, in, len, sealed, sealed + len))
        return SQLITE_IOERR_WRITE;
    return under_write(file, sealed, (int64_t)len + SEAL_TRAILER_BYTES, at);
}

/* All zeros, when it was never written. */
static int small_read(struct seal_handle *file, enum seal_kind kind, void *out, size_t len,
                      int64_t at)
{
    uint8_t sealed[LOG_HEAD_BYTES + SEAL_TRAILER_BYTES];
    int rc = under_read(file, sealed, (int64_t)len + SEAL_TRAILER_BYTES, at);
    if (rc != SQLITE_OK && rc != SQLITE_IOERR_SHORT_READ)
        return rc;
    memset(out, 0, len);
    if (all_zero(sealed, len + SEAL_TRAILER_BYTES))
        return SQLITE_OK;
    enum seal_opened opened =
        seal_piece_open(&file->sealer, kind, 0, sealed, len, out, sealed + len);
    if (opened == SEAL_OPEN_OK)
        return SQLITE_OK;
    memset(out, 0, len);
    return seal_tell_opened(file, opened, 0);
}

/* In salvaging, damage is no error: what comes behind it is given up, and that is noted. */
static int give_up(struct seal_handle *file, int rc)
{
    if (rc != SQLITE_IOERR_DATA || !file->vfs->salvages)
        return rc;
    atomic_store(&file->vfs->loss, SEAL_LOSS_CUT);
    return SQLITE_OK;
}

/* Whether there is room for as many frames as were promised. */
static int hold_promise(struct seal_handle *file)
{
    sqlite3_int64 size = 0;
    struct seal_log *log = &file->log;
    int rc = file->under->pMethods->xFileSize(file->under, &size);
    if (rc == SQLITE_OK && log->durable > 0 && frame_at(file, (int64_t)log->durable + 1) > size)
        return give_up(file, seal_tell(file, SEAL_WHY_SHORT, log->durable));
    return rc;
}

/* Nothing is ever written between head, mark and frames. */
static int look_between(struct seal_handle *file)
{
    enum { HEAD_END = LOG_HEAD_BYTES + SEAL_TRAILER_BYTES };
    enum { MARK_END = MARK_AT + MARK_BYTES + SEAL_TRAILER_BYTES };
    uint8_t start[LOG_FRAMES_AT] = {0};
    int rc = under_read(file, start, sizeof start, 0);
    if (file->vfs->salvages || rc == SQLITE_IOERR_SHORT_READ)
        return SQLITE_OK;
    if (rc == SQLITE_OK && !(all_zero(start + HEAD_END, MARK_AT - HEAD_END) &&
                             all_zero(start + MARK_END, LOG_FRAMES_AT - MARK_END)))
        rc = seal_tell(file, SEAL_WHY_TAG, 0);
    return rc;
}

/* Recovery begins by reading the head. One that does not open is salvaged as zeros: a log of no frames. */
static int read_head(struct seal_handle *file, uint8_t *out)
{
    struct seal_log *log = &file->log;
    uint8_t mark[MARK_BYTES];

    int rc = give_up(file, small_read(file, SEAL_HEAD, out, LOG_HEAD_BYTES, 0));
    if (rc == SQLITE_OK)
        rc = give_up(file, small_read(file, SEAL_MARK, mark, sizeof mark, MARK_AT));
    if (rc == SQLITE_OK)
        rc = look_between(file);
    if (rc != SQLITE_OK)
        return rc;
    log->recovering = true;
    log->durable = memcmp(mark, out + SALTS_IN_HEAD, LOG_SALT_BYTES) == 0
                       ? get_be64(mark + LOG_SALT_BYTES)
                       : 0;
    return SQLITE_OK;
}

/* The same for SQLite, that finds a log of no frames where all it has is in the database. */
static int recover_head(struct seal_handle *file, uint8_t *out)
{
    bool is_read = false;
    uint64_t frames = 0;
    int rc = read_head(file, out);
    if (rc == SQLITE_OK)
        rc = seal_mark_head(file, out + SALTS_IN_HEAD, &is_read, &frames);
    if (rc != SQLITE_OK)
        return rc;
    if (!is_read) {
        memset(out, 0, LOG_HEAD_BYTES);
        file->log.durable = 0;
    } else if (file->log.durable < frames) {
        file->log.durable = frames;
    }
    return hold_promise(file);
}

/* SQLite goes on from the head's checksum when it sums the frames anew. */
static int read_in_head(struct seal_handle *file, void *out, int len, int64_t at)
{
    uint8_t head[LOG_HEAD_BYTES];
    if (len < 0 || at + len > LOG_HEAD_BYTES)
        return SQLITE_IOERR_READ;
    int rc = small_read(file, SEAL_HEAD, head, sizeof head, 0);
    memcpy(out, head + at, (size_t)len);
    return rc;
}

static int write_mark(struct seal_handle *file)
{
    struct seal_log *log = &file->log;
    uint8_t mark[MARK_BYTES];

    if (log->committed == 0 || (log->committed == log->marked &&
                                memcmp(log->salts, log->marked_salts, LOG_SALT_BYTES) == 0))
        return SQLITE_OK;
    memcpy(mark, log->salts, LOG_SALT_BYTES);
    put_be64(mark + LOG_SALT_BYTES, log->committed);
    int rc = small_write(file, SEAL_MARK, mark, sizeof mark, MARK_AT);
    if (rc == SQLITE_OK) {
        log->marked = log->committed;
        memcpy(log->marked_salts, log->salts, LOG_SALT_BYTES);
    }
    return rc;
}

/* --- frames --- */

/* Reads frame `frame` and opens it in file->slot; the page's reserved bytes are zeros then. */
static int read_frame(struct seal_handle *file, int64_t frame, enum seal_opened *opened)
{
    size_t len = (size_t)frame_bytes(file) - SEAL_TRAILER_BYTES;
    int rc = under_read(file, file->slot, frame_bytes(file), frame_at(file, frame));
    if (rc != SQLITE_OK)
        return rc;
    *opened = seal_piece_open(&file->sealer, SEAL_FRAME, (uint64_t)frame, file->slot, len,
                              file->slot, file->slot + len);
    memset(file->slot + len, 0, SEAL_TRAILER_BYTES);
    if (*opened == SEAL_OPEN_OK)
        return SQLITE_OK;
    memset(file->slot, 0, len);
    return SQLITE_IOERR_DATA;
}

/* Writes the frames that wait, which lie one behind the other. When it fails they wait on, for their transaction may:
 * its end, the write lock's, forgets them (seal_log_abandon). */
static int flush_frames(struct seal_handle *file)
{
    struct seal_log *log = &file->log;
    if (log->waiting == 0)
        return SQLITE_OK;
    int rc = under_write(file, log->frames, log->waiting * frame_bytes(file),
                         frame_at(file, log->first_waiting));
    if (rc == SQLITE_OK)
        log->waiting = 0;
    return rc;
}

/* Where frame `frame` is to be sealed; NULL: what waits cannot be written, or there is no memory, as *rc says. */
static uint8_t *place_of(struct seal_handle *file, int64_t frame, int *rc)
{
    struct seal_log *log = &file->log;
    int64_t most = LOG_WAITING_BYTES_MAX / frame_bytes(file);
    if (!log->frames)
        log->frames = malloc((size_t)(most * frame_bytes(file)));
    *rc = log->frames ? SQLITE_OK : SQLITE_NOMEM;
    if (log->waiting == most || (log->waiting > 0 && frame != log->first_waiting + log->waiting))
        *rc = flush_frames(file);
    if (*rc != SQLITE_OK)
        return NULL;
    if (log->waiting == 0)
        log->first_waiting = frame;
    return log->frames + log->waiting * frame_bytes(file);
}

/* Seals the header and page in file->slot. They wait for those behind them, so that one call writes many; a
 * transaction's last frame does not, for with it the others' readers begin to read them. */
static int write_frame(struct seal_handle *file, int64_t frame)
{
    struct seal_log *log = &file->log;
    size_t len = (size_t)frame_bytes(file) - SEAL_TRAILER_BYTES;
    bool commits = get_be32(file->slot + SIZE_IN_HEADER) != 0;
    int rc;

    /* what reads back as zeros must have been zeros: SQLite's checksums go over them */
    if (!all_zero(file->slot + len, SEAL_TRAILER_BYTES))
        return SQLITE_IOERR_WRITE;
    uint8_t *place = place_of(file, frame, &rc);
    if (!place)
        return rc;
    if (!seal_piece_close(&file->sealer, SEAL_FRAME, (uint64_t)frame, file->slot, len, place,
                          place + len))
        return SQLITE_IOERR_WRITE;
    log->waiting++;
    if (!commits)
        return SQLITE_OK;
    rc = flush_frames(file);
    if (rc == SQLITE_OK) {
        log->committed = (uint64_t)frame;
        memcpy(log->salts, file->slot + SALTS_IN_HEADER, LOG_SALT_BYTES);
    }
    return rc;
}

/* Writes all that waits. A header whose page is not coming replaces the one that is there. */
static int settle(struct seal_handle *file)
{
    struct seal_log *log = &file->log;
    enum seal_opened opened = SEAL_OPEN_OK;

    int rc = flush_frames(file);
    if (rc != SQLITE_OK || !log->header_waits)
        return rc;
    log->header_waits = false;
    rc = read_frame(file, log->header_frame, &opened);
    if (rc == SQLITE_IOERR_DATA)
        return seal_tell_opened(file, opened, (uint64_t)log->header_frame);
    if (rc != SQLITE_OK)
        return rc;
    memcpy(file->slot, log->header, LOG_SLOT_HEAD_BYTES);
    rc = write_frame(file, log->header_frame);
    return rc == SQLITE_OK ? flush_frames(file) : rc;
}

static int take_header(struct seal_handle *file, int64_t frame, const uint8_t *header)
{
    struct seal_log *log = &file->log;
    bool rewrites =
        log->read_frame == frame; /* SQLite sums a frame anew: reads it, writes its header */

    memcpy(log->header, header, LOG_SLOT_HEAD_BYTES);
    log->header_frame = frame;
    log->header_waits = true;
    return rewrites ? settle(file) : SQLITE_OK;
}

static int take_page(struct seal_handle *file, int64_t frame, const uint8_t *page)
{
    struct seal_log *log = &file->log;
    enum seal_opened opened = SEAL_OPEN_OK;

    if (log->header_waits && log->header_frame == frame) {
        memcpy(file->slot, log->header, LOG_SLOT_HEAD_BYTES);
        log->header_waits = false;
    } else { /* a page that is written again within its transaction keeps its header for now */
        int rc = settle(file);
        if (rc == SQLITE_OK)
            rc = read_frame(file, frame, &opened);
        if (rc == SQLITE_IOERR_DATA)
            return seal_tell_opened(file, opened, (uint64_t)frame);
        if (rc != SQLITE_OK)
            return rc;
    }
    memcpy(file->slot + LOG_SLOT_HEAD_BYTES, page, file->page_bytes);
    return write_frame(file, frame);
}

void seal_log_abandon(struct seal_handle *file)
{
    file->log.waiting = 0;
    file->log.header_waits = false;
}

/* --- for store/care.h --- */

int seal_log_promised(struct seal_handle *file, uint64_t *frames,
                      uint8_t salts[static LOG_SALT_BYTES])
{
    uint8_t head[LOG_HEAD_BYTES] = {0};
    int rc = read_head(file, head);
    if (rc == SQLITE_OK)
        rc = hold_promise(file);
    file->log.recovering = false; /* SQLite is not */
    *frames = file->log.durable;
    memcpy(salts, head + SALTS_IN_HEAD, LOG_SALT_BYTES);
    return rc;
}

int seal_log_look(struct seal_handle *file, int64_t frame)
{
    enum seal_opened opened;
    return read_frame(file, frame, &opened);
}

int seal_log_frames(struct seal_handle *file, int64_t *frames)
{
    sqlite3_int64 size = 0;
    int rc = file->under->pMethods->xFileSize(file->under, &size);
    *frames = size > LOG_FRAMES_AT ? (size - LOG_FRAMES_AT) / frame_bytes(file) : 0;
    return rc;
}

int64_t seal_log_frame_end(const struct seal_handle *file, int64_t frame)
{
    return frame_at(file, frame + 1);
}

/* --- methods --- */

static int read_whole(struct seal_handle *file, int64_t frame, uint8_t *out)
{
    struct seal_log *log = &file->log;
    enum seal_opened opened = SEAL_OPEN_OK;
    int rc = read_frame(file, frame, &opened);

    if (rc == SQLITE_OK)
        log->read_frame = frame;
    else if (rc == SQLITE_IOERR_DATA && !(log->recovering && (uint64_t)frame > log->durable))
        rc = give_up(file, seal_tell_opened(file, opened, (uint64_t)frame));
    else if (rc == SQLITE_IOERR_DATA)
        rc = SQLITE_OK; /* zeros: SQLite takes them for the log's end */
    if (rc == SQLITE_OK)
        memcpy(out, file->slot, (size_t)frame_bytes(file));
    return rc;
}

static int log_read(sqlite3_file *base, void *out, int len, sqlite3_int64 at)
{
    struct seal_handle *file = seal_handle_of(base);
    struct seal_log *log = &file->log;
    int64_t frame = (at - LOG_HEAD_BYTES) / frame_bytes(file) + 1;
    int64_t inside = (at - LOG_HEAD_BYTES) % frame_bytes(file);
    enum seal_opened opened = SEAL_OPEN_OK;

    int rc = settle(file);
    log->read_frame = 0;
    if (rc != SQLITE_OK)
        return rc;
    if (at == 0 && len == LOG_HEAD_BYTES)
        return recover_head(file, out);
    if (at < LOG_HEAD_BYTES)
        return read_in_head(file, out, len, at);
    if (len < 0 || inside + len > frame_bytes(file))
        return SQLITE_IOERR_READ;
    if (inside == 0 && len == frame_bytes(file))
        return read_whole(file, frame, out);

    log->recovering = false;
    rc = read_frame(file, frame, &opened);
    if (rc == SQLITE_IOERR_DATA)
        return seal_tell_opened(file, opened, (uint64_t)frame);
    if (rc == SQLITE_OK || rc == SQLITE_IOERR_SHORT_READ)
        memcpy(out, file->slot + inside, (size_t)len);
    return rc;
}

static int log_write(sqlite3_file *base, const void *in, int len, sqlite3_int64 at)
{
    struct seal_handle *file = seal_handle_of(base);
    struct seal_log *log = &file->log;
    int64_t frame = (at - LOG_HEAD_BYTES) / frame_bytes(file) + 1;
    int64_t inside = (at - LOG_HEAD_BYTES) % frame_bytes(file);
    bool is_page =
        at >= LOG_HEAD_BYTES && inside == LOG_SLOT_HEAD_BYTES && len == (int)file->page_bytes;

    log->recovering = false;
    if (is_page) {
        log->read_frame = 0;
        return take_page(file, frame, in);
    }
    int rc = log->header_waits || at == 0 ? settle(file) : SQLITE_OK;
    if (rc != SQLITE_OK)
        return rc;
    if (at == 0 && len == LOG_HEAD_BYTES) {
        keys_refresh(
            file->vfs->keys); /* a log begins anew: a good time to hear of a new data key */
        log->committed = log->marked = 0;
        rc = seal_mark_begin(file, (const uint8_t *)in + SALTS_IN_HEAD);
        return rc == SQLITE_OK ? small_write(file, SEAL_HEAD, in, LOG_HEAD_BYTES, 0) : rc;
    }
    if (at >= LOG_HEAD_BYTES && inside == 0 && len == LOG_SLOT_HEAD_BYTES)
        return take_header(file, frame, in);
    return SQLITE_IOERR_WRITE; /* SQLite 3.40 writes nothing else */
}

static int log_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct seal_handle *file = seal_handle_of(base);
    int rc = settle(file);
    file->log.read_frame = 0;
    if (rc != SQLITE_OK)
        return rc;
    if (size == 0)
        rc = seal_mark_empty(file->vfs, file->path);
    if (rc != SQLITE_OK)
        return rc;
    if (size > 0)
        size = size > LOG_HEAD_BYTES ? size - LOG_HEAD_BYTES + LOG_FRAMES_AT : LOG_FRAMES_AT;
    return file->under->pMethods->xTruncate(file->under, size);
}

static int log_sync(sqlite3_file *base, int flags)
{
    struct seal_handle *file = seal_handle_of(base);
    int rc = settle(file);
    if (rc == SQLITE_OK)
        rc = file->under->pMethods->xSync(file->under, flags);
    if (rc == SQLITE_OK)
        rc = seal_mark_fill(file);
    if (rc == SQLITE_OK)
        (void)write_mark(file); /* the commit holds without it */
    return rc;
}

static int log_size(sqlite3_file *base, sqlite3_int64 *size)
{
    struct seal_handle *file = seal_handle_of(base);
    int rc = file->under->pMethods->xFileSize(file->under, size);
    if (rc == SQLITE_OK && *size > 0)
        *size = *size > LOG_FRAMES_AT ? *size - LOG_FRAMES_AT + LOG_HEAD_BYTES : LOG_HEAD_BYTES;
    return rc;
}

const sqlite3_io_methods seal_log_methods = {
    .iVersion = 1,
    .xClose = seal_file_close,
    .xRead = log_read,
    .xWrite = log_write,
    .xTruncate = log_truncate,
    .xSync = log_sync,
    .xFileSize = log_size,
    .xLock = seal_file_lock,
    .xUnlock = seal_file_unlock,
    .xCheckReservedLock = seal_file_check_reserved,
    .xFileControl = seal_file_control,
    .xSectorSize = seal_file_sector_size,
    .xDeviceCharacteristics = seal_file_characteristics,
};
