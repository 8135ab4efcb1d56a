/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/store/fault_vfs.h"

#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

struct fault_disk fault_disk;

struct fault_file {
    sqlite3_file base;
    bool is_log;
    sqlite3_file *real; /* behind this */
};

static sqlite3_file *real(sqlite3_file *file)
{
    return ((struct fault_file *)file)->real;
}

static int file_close(sqlite3_file *file)
{
    return real(file)->pMethods->xClose(real(file));
}

static int file_read(sqlite3_file *file, void *out, int len, sqlite3_int64 at)
{
    return real(file)->pMethods->xRead(real(file), out, len, at);
}

static int file_write(sqlite3_file *file, const void *in, int len, sqlite3_int64 at)
{
    if (atomic_load(&fault_disk.writes_left) == 0)
        return SQLITE_FULL;
    if (atomic_load(&fault_disk.writes_left) > 0)
        atomic_fetch_sub(&fault_disk.writes_left, 1);
    return real(file)->pMethods->xWrite(real(file), in, len, at);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return real(file)->pMethods->xTruncate(real(file), size);
}

static int file_sync(sqlite3_file *file, int flags)
{
    while (atomic_load(&fault_disk.sync_waits))
        usleep(100);
    if (atomic_load(&fault_disk.sync_fails))
        return SQLITE_IOERR_FSYNC;
    int code = real(file)->pMethods->xSync(real(file), flags);
    if (((struct fault_file *)file)->is_log && code == SQLITE_OK)
        atomic_fetch_add(&fault_disk.syncs, 1);
    return code;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return real(file)->pMethods->xFileSize(real(file), size);
}

static int file_lock(sqlite3_file *file, int kind)
{
    return real(file)->pMethods->xLock(real(file), kind);
}

static int file_unlock(sqlite3_file *file, int kind)
{
    return real(file)->pMethods->xUnlock(real(file), kind);
}

static int file_check(sqlite3_file *file, int *is_held)
{
    return real(file)->pMethods->xCheckReservedLock(real(file), is_held);
}

static int file_control(sqlite3_file *file, int what, void *argument)
{
    return real(file)->pMethods->xFileControl(real(file), what, argument);
}

static int file_sector(sqlite3_file *file)
{
    return real(file)->pMethods->xSectorSize(real(file));
}

static int file_traits(sqlite3_file *file)
{
    return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

static int file_map(sqlite3_file *file, int page, int size, int extend, void volatile **memory)
{
    return real(file)->pMethods->xShmMap(real(file), page, size, extend, memory);
}

static int file_map_lock(sqlite3_file *file, int first, int count, int flags)
{
    return real(file)->pMethods->xShmLock(real(file), first, count, flags);
}

static void file_barrier(sqlite3_file *file)
{
    real(file)->pMethods->xShmBarrier(real(file));
}

static int file_unmap(sqlite3_file *file, int is_deleted)
{
    return real(file)->pMethods->xShmUnmap(real(file), is_deleted);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
    .xShmMap = file_map,
    .xShmLock = file_map_lock,
    .xShmBarrier = file_barrier,
    .xShmUnmap = file_unmap,
};

static sqlite3_vfs fault_vfs, *below;

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                     int *out_flags)
{
    struct fault_file *fault = (struct fault_file *)file;
    (void)vfs;
    *fault = (struct fault_file){.is_log = flags & SQLITE_OPEN_WAL,
                                 .real = (sqlite3_file *)(void *)(fault + 1)};
    int code = below->xOpen(below, name, fault->real, flags, out_flags);
    if (fault->real->pMethods)
        fault->base.pMethods = &methods;
    return code;
}

void fault_vfs_register(void)
{
    atomic_store(&fault_disk.writes_left, -1);
    atomic_store(&fault_disk.sync_fails, false);
    atomic_store(&fault_disk.sync_waits, false);
    if (below)
        return;
    below = sqlite3_vfs_find(NULL);
    fault_vfs = *below;
    fault_vfs.zName = FAULT_VFS;
    fault_vfs.szOsFile = (int)sizeof(struct fault_file) + below->szOsFile;
    fault_vfs.xOpen = open_file;
    fault_vfs.pNext = NULL;
    sqlite3_vfs_register(&fault_vfs, 0);
}
