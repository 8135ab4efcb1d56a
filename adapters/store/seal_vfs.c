/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/seal_vfs.h"

#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "log/log.h"
#include "store/seal_mark.h"
#include "store/sqlite_setup.h"

static const char *file_name(const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;
    return slash ? slash + 1 : path ? path : "a temporary file";
}

/* --- faults --- */

static const char *why_word(enum seal_why why)
{
    switch (why) {
    case SEAL_WHY_TAG:
        return "tag";
    case SEAL_WHY_KEY:
        return "key";
    case SEAL_WHY_PLAIN:
        return "plain";
    case SEAL_WHY_SHORT:
        return "short";
    case SEAL_WHY_GONE:
        return "gone";
    case SEAL_WHY_OTHER:
        return "other";
    }
    return "?";
}

void seal_fault_words(const struct seal_fault *fault, char *words, size_t size)
{
    static const char *const reasons[] = {
        [SEAL_WHY_TAG] = "its seal is broken: bytes of it changed",
        [SEAL_WHY_KEY] = "its key is not in this key file: another store's, or an old copy",
        [SEAL_WHY_PLAIN] = "it is a plain SQLite file, not a sealed one",
        [SEAL_WHY_SHORT] = "the file ends before what had been committed",
        [SEAL_WHY_GONE] = "it is gone, or cut to nothing",
        [SEAL_WHY_OTHER] = "it is of another time, or of another record, than the files beside it",
    };
    static const char *const kinds[] = {[SEAL_FILE_DATABASE] = "page",
                                        [SEAL_FILE_LOG] = "frame",
                                        [SEAL_FILE_OTHER] = "block",
                                        [SEAL_FILE_MARK] = "block"};
    if (fault->count == 0)
        snprintf(words, size, "no seal was found broken");
    else if (fault->why >= SEAL_WHY_GONE)
        snprintf(words, size, "%s: %s; put back what belongs together, or repair without it",
                 fault->path, reasons[fault->why]);
    else if (fault->number == 0)
        snprintf(words, size, "the head of %s: %s", fault->path, reasons[fault->why]);
    else
        snprintf(words, size, "%s %llu of %s: %s", kinds[fault->file],
                 (unsigned long long)fault->number, fault->path, reasons[fault->why]);
}

int seal_tell_of(struct seal_vfs *vfs, enum seal_file kind, const char *path, enum seal_why why,
                 uint64_t number)
{
    const char *name = file_name(path);

    if (!vfs->salvages) /* which comes upon it again and again, on its way around */
        log_event(LOG_ERROR, "seal_broken", "file=\"%s\" kind=%d number=%llu why=%s", name,
                  (int)kind, (unsigned long long)number, why_word(why));
    pthread_mutex_lock(&vfs->lock);
    vfs->fault.file = kind;
    vfs->fault.why = why;
    vfs->fault.number = number;
    vfs->fault.count++;
    snprintf(vfs->fault.path, sizeof vfs->fault.path, "%s", name);
    pthread_mutex_unlock(&vfs->lock);
    return SQLITE_IOERR_DATA;
}

int seal_tell(struct seal_handle *file, enum seal_why why, uint64_t number)
{
    return seal_tell_of(file->vfs, file->kind, file->path, why, number);
}

int seal_tell_opened(struct seal_handle *file, enum seal_opened opened, uint64_t number)
{
    return seal_tell(file, opened == SEAL_OPEN_KEY ? SEAL_WHY_KEY : SEAL_WHY_TAG, number);
}

struct seal_fault seal_vfs_fault(const struct seal_vfs *vfs)
{
    struct seal_vfs *ours =
        (struct seal_vfs *)(uintptr_t)vfs; /* its lock is no part of what it says */
    pthread_mutex_lock(&ours->lock);
    struct seal_fault fault = ours->fault;
    pthread_mutex_unlock(&ours->lock);
    return fault;
}

bool seal_sync_folder(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 1,
             slash ? path : ".");
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return good;
}

/* --- methods that are the same for all files --- */

int seal_file_close(sqlite3_file *base)
{
    struct seal_handle *file = seal_handle_of(base);
    if (file->other)
        file->other->other = NULL;
    int rc = file->under->pMethods->xClose(file->under);
    if (file->slot) {
        OPENSSL_cleanse(file->slot, file->page_bytes + LOG_SLOT_HEAD_BYTES);
        free(file->slot);
    }
    free(file->log.frames); /* sealed; what waits was of no commit */
    sealer_free(&file->sealer);
    return rc;
}

int seal_file_lock(sqlite3_file *base, int level)
{
    struct seal_handle *file = seal_handle_of(base);
    file->pages = 0;
    return file->under->pMethods->xLock(file->under, level);
}

int seal_file_unlock(sqlite3_file *base, int level)
{
    struct seal_handle *file = seal_handle_of(base);
    return file->under->pMethods->xUnlock(file->under, level);
}

int seal_file_check_reserved(sqlite3_file *base, int *out)
{
    struct seal_handle *file = seal_handle_of(base);
    return file->under->pMethods->xCheckReservedLock(file->under, out);
}

int seal_file_control(sqlite3_file *base, int op, void *arg)
{
    struct seal_handle *file = seal_handle_of(base);
    switch (op) {
    case SQLITE_FCNTL_SIZE_HINT: /* would grow the file by pages that nobody sealed */
    case SQLITE_FCNTL_CHUNK_SIZE:
    case SQLITE_FCNTL_MMAP_SIZE:
        return SQLITE_OK;
    default:
        return file->under->pMethods->xFileControl(file->under, op, arg);
    }
}

int seal_file_sector_size(sqlite3_file *base)
{
    struct seal_handle *file = seal_handle_of(base);
    return file->under->pMethods->xSectorSize(file->under);
}

/* No atomic writes, since a page is not written as SQLite gave it; but a write does not harm its neighbours, as
 * SQLite assumes of the system below. That also keeps it from padding the log. */
int seal_file_characteristics(sqlite3_file *base)
{
    struct seal_handle *file = seal_handle_of(base);
    return (file->under->pMethods->xDeviceCharacteristics(file->under) &
            SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN) |
           SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

/* --- the VFS --- */

static struct seal_vfs *vfs_of(sqlite3_vfs *base)
{
    return (struct seal_vfs *)base;
}

static const sqlite3_io_methods *methods_of(int flags, enum seal_file *kind)
{
    if (flags & SQLITE_OPEN_MAIN_DB) {
        *kind = SEAL_FILE_DATABASE;
        return &seal_database_methods;
    }
    if (flags & SQLITE_OPEN_WAL) {
        *kind = SEAL_FILE_LOG;
        return &seal_log_methods;
    }
    *kind = SEAL_FILE_OTHER;
    return &seal_block_methods;
}

static size_t handle_bytes(void)
{
    size_t align = _Alignof(max_align_t);
    return (sizeof(struct seal_handle) + align - 1) / align * align;
}

static int meet_database(struct seal_handle *log)
{
    sqlite3_file *database = sqlite3_database_file_object(log->path);
    if (!database || database->pMethods != &seal_database_methods)
        return SQLITE_OK;
    log->other = seal_handle_of(database);
    log->other->other = log;
    return seal_mark_meet(log);
}

static int vfs_open(sqlite3_vfs *base, const char *path, sqlite3_file *out, int flags,
                    int *out_flags)
{
    struct seal_vfs *vfs = vfs_of(base);
    struct seal_handle *file = seal_handle_of(out);
    const sqlite3_io_methods *methods;

    memset(file, 0, sizeof *file); /* no methods: SQLite does not close what failed to open */
    file->vfs = vfs;
    file->path = path;
    file->under = (sqlite3_file *)((char *)file + handle_bytes());
    file->page_bytes = keys_page_bytes(vfs->keys);
    methods = methods_of(flags, &file->kind);
    if (file->kind == SEAL_FILE_OTHER)
        file->page_bytes = SEAL_BLOCK_BYTES + SEAL_TRAILER_BYTES;

    memset(file->under, 0, (size_t)vfs->under->szOsFile);
    file->slot = malloc(file->page_bytes + LOG_SLOT_HEAD_BYTES);
    bool is_ready = file->slot && sealer_init(&file->sealer, vfs->keys);
    int rc = is_ready ? SQLITE_OK : SQLITE_NOMEM;
    if (rc == SQLITE_OK && file->kind == SEAL_FILE_LOG)
        rc = meet_database(file);
    if (rc == SQLITE_OK)
        rc = vfs->under->xOpen(vfs->under, path, file->under, flags, out_flags);
    if (rc == SQLITE_OK) {
        file->base.pMethods = methods;
        return rc;
    }
    if (file->other)
        file->other->other = NULL;
    if (is_ready)
        sealer_free(&file->sealer);
    free(file->slot);
    return rc;
}

static bool is_log(const char *path)
{
    size_t len = strlen(path), end = strlen("-wal");
    return len > end && strcmp(path + len - end, "-wal") == 0;
}

static int vfs_delete(sqlite3_vfs *base, const char *path, int sync)
{
    int rc = is_log(path) ? seal_mark_empty(vfs_of(base), path) : SQLITE_OK;
    return rc == SQLITE_OK ? vfs_of(base)->under->xDelete(vfs_of(base)->under, path, sync) : rc;
}

static int vfs_access(sqlite3_vfs *base, const char *path, int flags, int *out)
{
    return vfs_of(base)->under->xAccess(vfs_of(base)->under, path, flags, out);
}

static int vfs_full_path(sqlite3_vfs *base, const char *path, int size, char *out)
{
    return vfs_of(base)->under->xFullPathname(vfs_of(base)->under, path, size, out);
}

static int vfs_randomness(sqlite3_vfs *base, int size, char *out)
{
    return vfs_of(base)->under->xRandomness(vfs_of(base)->under, size, out);
}

static int vfs_sleep(sqlite3_vfs *base, int us)
{
    return vfs_of(base)->under->xSleep(vfs_of(base)->under, us);
}

static int vfs_time(sqlite3_vfs *base, double *out)
{
    return vfs_of(base)->under->xCurrentTime(vfs_of(base)->under, out);
}

static int vfs_last_error(sqlite3_vfs *base, int size, char *out)
{
    return vfs_of(base)->under->xGetLastError(vfs_of(base)->under, size, out);
}

static int vfs_time_ms(sqlite3_vfs *base, sqlite3_int64 *out)
{
    return vfs_of(base)->under->xCurrentTimeInt64(vfs_of(base)->under, out);
}

struct seal_vfs *seal_vfs_new(struct store_keys *keys)
{
    static atomic_uint made;
    sqlite_set_up();
    sqlite3_vfs *under = sqlite3_vfs_find("unix");
    struct seal_vfs *vfs = under && under->iVersion >= 2 ? calloc(1, sizeof *vfs) : NULL;

    if (!vfs)
        return NULL;
    vfs->under = under;
    vfs->keys = keys;
    snprintf(vfs->name, sizeof vfs->name, "jisr-seal-%u", atomic_fetch_add(&made, 1));
    vfs->base = (sqlite3_vfs){
        .iVersion = 2, /* no system calls to replace */
        .szOsFile = (int)handle_bytes() + under->szOsFile,
        .mxPathname = under->mxPathname,
        .zName = vfs->name,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_path,
        .xRandomness = vfs_randomness,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_time,
        .xGetLastError = vfs_last_error,
        .xCurrentTimeInt64 = vfs_time_ms,
    };
    pthread_mutex_init(&vfs->lock, NULL);
    if (sqlite3_vfs_register(&vfs->base, 0) == SQLITE_OK)
        return vfs;
    pthread_mutex_destroy(&vfs->lock);
    free(vfs);
    return NULL;
}

void seal_vfs_free(struct seal_vfs *vfs)
{
    if (!vfs)
        return;
    sqlite3_vfs_unregister(&vfs->base);
    pthread_mutex_destroy(&vfs->lock);
    free(vfs);
}

const char *seal_vfs_name(const struct seal_vfs *vfs)
{
    return vfs->name;
}

struct store_keys *seal_vfs_keys(const struct seal_vfs *vfs)
{
    return vfs->keys;
}

int seal_vfs_open(const struct seal_vfs *vfs, const char *path, int flags, sqlite3 **db)
{
    return sqlite3_open_v2(path, db, flags, vfs->name);
}
