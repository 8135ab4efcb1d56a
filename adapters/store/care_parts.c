/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/care_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool care_fail(struct care_fault *fault, enum care_err err, const char *words, ...)
{
    va_list args;
    va_start(args, words);
    fault->err = err;
    vsnprintf(fault->words, sizeof fault->words, words, args);
    va_end(args);
    return false;
}

bool care_fail_sqlite(struct care_fault *fault, const struct seal_vfs *vfs, sqlite3 *db)
{
    int rc = sqlite3_extended_errcode(db);
    if (rc == SQLITE_IOERR_DATA) {
        struct seal_fault seal = seal_vfs_fault(vfs);
        fault->err = CARE_ERR_SEAL;
        seal_fault_words(&seal, fault->words, sizeof fault->words);
        return false;
    }
    bool busy = (rc & 0xff) == SQLITE_BUSY;
    return care_fail(fault, busy ? CARE_ERR_BUSY : CARE_ERR_SQLITE, "SQLite: %s",
                     sqlite3_errmsg(db));
}

sqlite3 *care_open(const struct seal_vfs *vfs, const char *path, int flags,
                   struct care_fault *fault)
{
    enum { WAIT_MS = 5000 };
    sqlite3 *db = NULL;
    int rc = seal_vfs_open(vfs, path, flags, &db);
    if (rc != SQLITE_OK) {
        (void)care_fail(fault, CARE_ERR_SYSTEM, "%s cannot be opened: %s", path,
                        db ? sqlite3_errmsg(db) : sqlite3_errstr(rc));
        sqlite3_close(db);
        return NULL;
    }
    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, WAIT_MS);
    return db;
}

bool care_run(const struct seal_vfs *vfs, sqlite3 *db, const char *sql, struct care_fault *fault)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK || care_fail_sqlite(fault, vfs, db);
}

static struct seal_handle *file_of(sqlite3 *db, int which, const sqlite3_io_methods *methods)
{
    sqlite3_file *file = NULL;
    if (sqlite3_file_control(db, "main", which, &file) == SQLITE_OK && file &&
        file->pMethods == methods)
        return seal_handle_of(file);
    return NULL;
}

struct seal_handle *care_database(sqlite3 *db)
{
    return file_of(db, SQLITE_FCNTL_FILE_POINTER, &seal_database_methods);
}

struct seal_handle *care_log(sqlite3 *db)
{
    return file_of(db, SQLITE_FCNTL_JOURNAL_POINTER, &seal_log_methods);
}

bool care_is_free(const char *path, struct care_fault *fault)
{
    if (strlen(path) >= PATH_MAX - 16)
        return care_fail(fault, CARE_ERR_SYSTEM, "the file's name is too long");
    if (access(path, F_OK) == 0)
        return care_fail(fault, CARE_ERR_EXISTS, "%s is there already", path);
    return errno == ENOENT || care_fail(fault, CARE_ERR_SYSTEM, "%s: %s", path, strerror(errno));
}

static bool sync_path(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool good = fsync(fd) == 0;
    close(fd);
    return good;
}

bool care_settle(const char *from, const char *to, struct care_fault *fault)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(to, '/');
    if (slash)
        snprintf(folder, sizeof folder, "%.*s/", (int)(slash - to), to);
    else
        snprintf(folder, sizeof folder, ".");
    if (sync_path(from, O_RDWR) && renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0 &&
        sync_path(folder, O_RDONLY | O_DIRECTORY))
        return true;
    return care_fail(fault, errno == EEXIST ? CARE_ERR_EXISTS : CARE_ERR_SYSTEM, "%s: %s", to,
                     strerror(errno));
}
