/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The database file of the sealing VFS: page by page, each at its own place, its trailer in the 44 bytes that
 * SQLite leaves at a page's end. */
#include <string.h>
#include <unistd.h>

#include "store/seal_mark.h"
#include "store/seal_moves.h"

/* sqlite.org/fileformat2.html 1.3 */
enum { HEADER_BYTES = 100, AT_PAGE_SIZE = 16, AT_RESERVED = 20 };
static const char sqlite_magic[16] = "SQLite format 3";

/* What SQLite looks at before it knows the page size: enough for it to ask for page 1, whose seal decides. It is
 * also what makes a new file get our page size and reserved bytes. */
static void write_header(const struct seal_handle *file, uint8_t out[static HEADER_BYTES])
{
    memset(out, 0, HEADER_BYTES);
    memcpy(out, sqlite_magic, sizeof sqlite_magic);
    out[AT_PAGE_SIZE] = (uint8_t)(file->page_bytes >> 8);
    out[AT_PAGE_SIZE + 1] = (uint8_t)file->page_bytes;
    out[AT_PAGE_SIZE + 2] = out[AT_PAGE_SIZE + 3] = 2; /* a write-ahead log */
    out[AT_RESERVED] = SEAL_TRAILER_BYTES;
    out[AT_RESERVED + 1] = 64; /* these three are always so */
    out[AT_RESERVED + 2] = out[AT_RESERVED + 3] = 32;
}

/* While care_rekey seals a page anew in its place, a reader may see half of it: look again. */
enum { TRIES = 4, PAUSE_US = 500 };

/* Reads page `number` and opens it into `out`, quietly. SQLITE_IOERR_SHORT_READ: the file ends before it, and
 * `out` is zeros. SQLITE_IOERR_DATA: `*why`. */
static int try_kind(struct seal_handle *file, enum seal_kind kind, int64_t number, uint8_t *out,
                    uint32_t *key, enum seal_why *why)
{
    int64_t at = (number - 1) * file->page_bytes;
    size_t len = file->page_bytes - SEAL_TRAILER_BYTES;
    sqlite3_int64 size = 0;

    int rc = file->under->pMethods->xRead(file->under, out, (int)file->page_bytes, at);
    if (rc == SQLITE_IOERR_SHORT_READ &&
        file->under->pMethods->xFileSize(file->under, &size) == SQLITE_OK && size <= at)
        return rc;
    if (rc != SQLITE_OK && rc != SQLITE_IOERR_SHORT_READ)
        return rc;
    bool plain = number == 1 && memcmp(out, sqlite_magic, sizeof sqlite_magic) == 0;
    enum seal_opened opened =
        seal_piece_open(&file->sealer, kind, (uint64_t)number, out, len, out, out + len);
    *key = seal_trailer_key(out + len);
    if (opened == SEAL_OPEN_OK) {
        memset(out + len, 0, SEAL_TRAILER_BYTES);
        return SQLITE_OK;
    }
    memset(out, 0, file->page_bytes);
    *why = plain ? SEAL_WHY_PLAIN : opened == SEAL_OPEN_KEY ? SEAL_WHY_KEY : SEAL_WHY_TAG;
    return SQLITE_IOERR_DATA;
}

/* The same of either kind that page 1 may be of. */
static int try_page(struct seal_handle *file, int64_t number, uint8_t *out, uint32_t *key,
                    enum seal_why *why)
{
    if (number != 1)
        return try_kind(file, SEAL_PAGE, number, out, key, why);
    int rc = try_kind(file, SEAL_FIRST_PAGE, number, out, key, why);
    file->first_is_logged = rc == SQLITE_OK;
    if (rc == SQLITE_IOERR_DATA && *why == SEAL_WHY_TAG)
        rc = try_kind(file, SEAL_PAGE, number, out, key, why);
    return rc;
}

/* The same, again where another connection may be writing that very page. */
static int read_page(struct seal_handle *file, int64_t number, uint8_t *out, uint32_t *key,
                     enum seal_why *why)
{
    int rc = try_page(file, number, out, key, why);
    for (int i = 1; i < TRIES && rc == SQLITE_IOERR_DATA && !file->vfs->salvages; i++) {
        usleep(PAUSE_US);
        rc = try_page(file, number, out, key, why);
    }
    return rc;
}

int seal_database_look(struct seal_handle *file, int64_t number, uint32_t *key)
{
    enum seal_why why;
    return read_page(file, number, file->slot, key, &why);
}

/* Locks of the log's index (sqlite.org/walformat.html 2.3.1): of who writes the log, and of who writes the database
 * file from it. */
enum { WRITE_LOCK = 0, CHECKPOINT_LOCK = 1 };

/* A page is broken, and somebody was moving pages: if he died of it, they are put back. */
static bool recover_moves(struct seal_handle *file)
{
    const sqlite3_io_methods *under = file->under->pMethods;
    if (!file->has_index || under->xShmLock(file->under, CHECKPOINT_LOCK, 1,
                                            SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE) != SQLITE_OK)
        return false;
    bool good = seal_moves_recover(file) == SQLITE_OK;
    (void)under->xShmLock(file->under, CHECKPOINT_LOCK, 1,
                          SQLITE_SHM_UNLOCK | SQLITE_SHM_EXCLUSIVE);
    return good;
}

static int database_read(sqlite3_file *base, void *out, int len, sqlite3_int64 at)
{
    struct seal_handle *file = seal_handle_of(base);
    int64_t number = at / file->page_bytes + 1, inside = at % file->page_bytes;
    bool is_whole = inside == 0 && len == (int)file->page_bytes;
    bool is_header = at == 0 && len <= HEADER_BYTES;
    uint8_t *to = is_whole ? out : file->slot;
    uint32_t key;
    enum seal_why why = SEAL_WHY_TAG;

    if (len < 0 || inside + len > file->page_bytes)
        return SQLITE_IOERR_READ;
    int rc = read_page(file, number, to, &key, &why);
    if (rc == SQLITE_IOERR_DATA && seal_moves_left(file) && recover_moves(file))
        rc = read_page(file, number, to, &key, &why);
    if (is_header && rc != SQLITE_OK) {
        write_header(file, file->slot);
        rc = SQLITE_OK;
    }
    if (rc == SQLITE_IOERR_DATA)
        rc = seal_tell(file, why, (uint64_t)number);
    if (!is_whole)
        memcpy(out, file->slot + inside, (size_t)len);
    return rc;
}

static int write_page(struct seal_handle *file, int64_t number, const uint8_t *page)
{
    size_t len = file->page_bytes - SEAL_TRAILER_BYTES;
    enum seal_kind kind = number == 1 && file->other ? SEAL_FIRST_PAGE : SEAL_PAGE;
    if (!seal_piece_close(&file->sealer, kind, (uint64_t)number, page, len, file->slot,
                          file->slot + len))
        return SQLITE_IOERR_WRITE;
    int rc = number == 1 ? seal_mark_first_page(file, file->slot + len) : SQLITE_OK;
    if (rc != SQLITE_OK)
        return rc;
    return file->under->pMethods->xWrite(file->under, file->slot, (int)file->page_bytes,
                                         (number - 1) * file->page_bytes);
}

/* Pages that SQLite skips on its way to `number`, free ones, are sealed as well: what is not sealed is broken. */
static int fill_gap(struct seal_handle *file, int64_t number)
{
    sqlite3_int64 size = 0;

    if (number <= file->pages)
        return SQLITE_OK;
    int rc = file->under->pMethods->xFileSize(file->under, &size);
    file->pages = size / file->page_bytes;
    if (rc != SQLITE_OK || number <= file->pages + 1)
        return rc;
    uint8_t *zeros = sqlite3_malloc((int)file->page_bytes);
    if (!zeros)
        return SQLITE_NOMEM;
    memset(zeros, 0, file->page_bytes);
    for (; rc == SQLITE_OK && file->pages + 1 < number; file->pages++)
        rc = write_page(file, file->pages + 1, zeros);
    sqlite3_free(zeros);
    return rc;
}

static int database_write(sqlite3_file *base, const void *in, int len, sqlite3_int64 at)
{
    struct seal_handle *file = seal_handle_of(base);
    int64_t number = at / file->page_bytes + 1;
    const uint8_t *page = in;

    if (len != (int)file->page_bytes || at % file->page_bytes != 0)
        return SQLITE_IOERR_WRITE;
    if (number == 1 && page[AT_RESERVED] != SEAL_TRAILER_BYTES)
        return SQLITE_IOERR_WRITE; /* a back-up from a file of another shape */
    int rc = fill_gap(file, number);
    if (rc == SQLITE_OK)
        rc = write_page(file, number, page);
    if (rc == SQLITE_OK && number > file->pages)
        file->pages = number;
    return rc;
}

static int database_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct seal_handle *file = seal_handle_of(base);
    file->pages = 0;
    return file->under->pMethods->xTruncate(file->under, size);
}

static int database_sync(sqlite3_file *base, int flags)
{
    struct seal_handle *file = seal_handle_of(base);
    int rc = file->under->pMethods->xSync(file->under, flags);
    if (rc == SQLITE_OK)
        seal_mark_first_page_synced(file);
    return rc;
}

static int database_size(sqlite3_file *base, sqlite3_int64 *size)
{
    struct seal_handle *file = seal_handle_of(base);
    return file->under->pMethods->xFileSize(file->under, size);
}

static int shm_map(sqlite3_file *base, int region, int size, int extend, void volatile **out)
{
    struct seal_handle *file = seal_handle_of(base);
    int rc = file->under->pMethods->xShmMap(file->under, region, size, extend, out);
    file->has_index = file->has_index || rc == SQLITE_OK;
    return rc;
}

static int shm_lock(sqlite3_file *base, int offset, int count, int flags)
{
    struct seal_handle *file = seal_handle_of(base);
    bool ends_writing = offset == WRITE_LOCK && (flags & SQLITE_SHM_UNLOCK);
    bool checkpoints = offset <= CHECKPOINT_LOCK && offset + count > CHECKPOINT_LOCK &&
                       flags == (SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE);

    if (ends_writing && file->other)
        seal_log_abandon(file->other);
    file->pages = 0; /* another check-pointer may have cut the file since */
    int rc = file->under->pMethods->xShmLock(file->under, offset, count, flags);
    if (rc == SQLITE_OK && checkpoints && seal_moves_left(file)) {
        rc = seal_moves_recover(file);
        if (rc != SQLITE_OK)
            (void)file->under->pMethods->xShmLock(file->under, offset, count,
                                                  SQLITE_SHM_UNLOCK | SQLITE_SHM_EXCLUSIVE);
    }
    return rc;
}

static void shm_barrier(sqlite3_file *base)
{
    struct seal_handle *file = seal_handle_of(base);
    file->under->pMethods->xShmBarrier(file->under);
}

static int shm_unmap(sqlite3_file *base, int erase)
{
    struct seal_handle *file = seal_handle_of(base);
    file->has_index = false;
    return file->under->pMethods->xShmUnmap(file->under, erase);
}

const sqlite3_io_methods seal_database_methods = {
    .iVersion = 2, /* no mapping of pages into memory */
    .xClose = seal_file_close,
    .xRead = database_read,
    .xWrite = database_write,
    .xTruncate = database_truncate,
    .xSync = database_sync,
    .xFileSize = database_size,
    .xLock = seal_file_lock,
    .xUnlock = seal_file_unlock,
    .xCheckReservedLock = seal_file_check_reserved,
    .xFileControl = seal_file_control,
    .xSectorSize = seal_file_sector_size,
    .xDeviceCharacteristics = seal_file_characteristics,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};
