/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Journals and temporary files of the sealing VFS: blocks of 4096 bytes, each followed by its trailer; the last one
 * may be shorter. SQLite writes and reads them at any place and of any length, so a write that covers part of a
 * block opens it first and seals it anew. */
#include <string.h>

#include "store/seal_file.h"

enum { SLOT_BYTES = SEAL_BLOCK_BYTES + SEAL_TRAILER_BYTES };

/* How many bytes SQLite sees in a file of `size`. */
static int64_t inner_size(int64_t size)
{
    int64_t rest = size % SLOT_BYTES;
    return size / SLOT_BYTES * SEAL_BLOCK_BYTES +
           (rest > SEAL_TRAILER_BYTES ? rest - SEAL_TRAILER_BYTES : 0);
}

static int size_of(struct seal_handle *file, int64_t *size)
{
    sqlite3_int64 raw = 0;
    int rc = file->under->pMethods->xFileSize(file->under, &raw);
    *size = inner_size(raw);
    return rc;
}

static size_t block_len(int64_t block, int64_t size)
{
    int64_t rest = size - block * SEAL_BLOCK_BYTES;
    return rest <= 0 ? 0 : rest < SEAL_BLOCK_BYTES ? (size_t)rest : SEAL_BLOCK_BYTES;
}

/* Opens block `block` (from 0), of `len` bytes, in file->slot; the rest of the slot is zeros. */
static int read_block(struct seal_handle *file, int64_t block, size_t len)
{
    memset(file->slot, 0, SLOT_BYTES);
    if (len == 0)
        return SQLITE_OK;
    int rc = file->under->pMethods->xRead(file->under, file->slot, (int)len + SEAL_TRAILER_BYTES,
                                          block * SLOT_BYTES);
    if (rc != SQLITE_OK)
        return rc == SQLITE_IOERR_SHORT_READ ? SQLITE_IOERR_READ : rc;
    enum seal_opened opened = seal_piece_open(&file->sealer, SEAL_BLOCK, (uint64_t)block + 1,
                                              file->slot, len, file->slot, file->slot + len);
    memset(file->slot + len, 0, SLOT_BYTES - len);
    return opened == SEAL_OPEN_OK ? SQLITE_OK : seal_tell_opened(file, opened, (uint64_t)block + 1);
}

static int write_block(struct seal_handle *file, int64_t block, size_t len)
{
    if (!seal_piece_close(&file->sealer, SEAL_BLOCK, (uint64_t)block + 1, file->slot, len,
                          file->slot, file->slot + len))
        return SQLITE_IOERR_WRITE;
    return file->under->pMethods->xWrite(file->under, file->slot, (int)len + SEAL_TRAILER_BYTES,
                                         block * SLOT_BYTES);
}

static int blocks_read(sqlite3_file *base, void *out, int len, sqlite3_int64 at)
{
    struct seal_handle *file = seal_handle_of(base);
    uint8_t *to = out;
    int64_t size = 0;
    int rc = size_of(file, &size);

    memset(out, 0, (size_t)len);
    int64_t end = at + len < size ? at + len : size;
    for (int64_t from = at; rc == SQLITE_OK && from < end;) {
        int64_t block = from / SEAL_BLOCK_BYTES, inside = from % SEAL_BLOCK_BYTES;
        int64_t part =
            SEAL_BLOCK_BYTES - inside < end - from ? SEAL_BLOCK_BYTES - inside : end - from;
        rc = read_block(file, block, block_len(block, size));
        if (rc == SQLITE_OK)
            memcpy(to + (from - at), file->slot + inside, (size_t)part);
        from += part;
    }
    return rc == SQLITE_OK && at + len > size ? SQLITE_IOERR_SHORT_READ : rc;
}

/* Writes `len` bytes, of zeros where `in` is NULL, at `at`, which is not behind the file's end at `size`. */
static int write_span(struct seal_handle *file, const uint8_t *in, int64_t len, int64_t at,
                      int64_t size)
{
    int rc = SQLITE_OK;
    for (int64_t from = at; rc == SQLITE_OK && from < at + len;) {
        int64_t block = from / SEAL_BLOCK_BYTES, inside = from % SEAL_BLOCK_BYTES;
        int64_t part = SEAL_BLOCK_BYTES - inside;
        size_t old = block_len(block, size);
        if (part > at + len - from)
            part = at + len - from;
        if (inside == 0 && (size_t)part >= old)
            memset(file->slot, 0, SLOT_BYTES); /* all of it is new */
        else
            rc = read_block(file, block, old);
        if (rc != SQLITE_OK)
            return rc;
        if (in)
            memcpy(file->slot + inside, in + (from - at), (size_t)part);
        rc =
            write_block(file, block, (size_t)(inside + part) > old ? (size_t)(inside + part) : old);
        from += part;
    }
    return rc;
}

static int blocks_write(sqlite3_file *base, const void *in, int len, sqlite3_int64 at)
{
    struct seal_handle *file = seal_handle_of(base);
    int64_t size = 0;
    int rc = size_of(file, &size);

    if (rc == SQLITE_OK && at > size) {
        rc = write_span(file, NULL, at - size, size, size);
        size = at;
    }
    return rc == SQLITE_OK ? write_span(file, in, len, at, size) : rc;
}

static int blocks_truncate(sqlite3_file *base, sqlite3_int64 to)
{
    struct seal_handle *file = seal_handle_of(base);
    int64_t size = 0, block = to / SEAL_BLOCK_BYTES, rest = to % SEAL_BLOCK_BYTES;
    int rc = size_of(file, &size);

    if (rc != SQLITE_OK)
        return rc;
    if (to > size)
        return write_span(file, NULL, to - size, size, size);
    if (rest) { /* the last block becomes shorter: its seal is another */
        rc = read_block(file, block, block_len(block, size));
        if (rc == SQLITE_OK)
            rc = write_block(file, block, (size_t)rest);
    }
    if (rc != SQLITE_OK)
        return rc;
    return file->under->pMethods->xTruncate(
        file->under, block * SLOT_BYTES + (rest ? rest + SEAL_TRAILER_BYTES : 0));
}

static int blocks_sync(sqlite3_file *base, int flags)
{
    struct seal_handle *file = seal_handle_of(base);
    return file->under->pMethods->xSync(file->under, flags);
}

static int blocks_size(sqlite3_file *base, sqlite3_int64 *size)
{
    int64_t inner = 0;
    int rc = size_of(seal_handle_of(base), &inner);
    *size = inner;
    return rc;
}

const sqlite3_io_methods seal_block_methods = {
    .iVersion = 1,
    .xClose = seal_file_close,
    .xRead = blocks_read,
    .xWrite = blocks_write,
    .xTruncate = blocks_truncate,
    .xSync = blocks_sync,
    .xFileSize = blocks_size,
    .xLock = seal_file_lock,
    .xUnlock = seal_file_unlock,
    .xCheckReservedLock = seal_file_check_reserved,
    .xFileControl = seal_file_control,
    .xSectorSize = seal_file_sector_size,
    .xDeviceCharacteristics = seal_file_characteristics,
};
