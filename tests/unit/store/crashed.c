/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/store/crashed.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int crashed_transactions(sqlite3 *db)
{
    int64_t rows = sealed_number(db, "SELECT count(*) FROM t");
    assert_int_equal(rows % 3, 0);
    assert_int_equal(
        sealed_number(db, "SELECT count(*) FROM t WHERE double <> 2 * n OR length(body) <> 700"),
        0);
    assert_int_equal(sealed_number(db, "SELECT coalesce(max(n) + 1, 0) FROM t"), rows);
    return (int)(rows / 3);
}

void crashed_leave_from(const struct sealed *sealed, int from, int count)
{
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* it ends with us, whatever becomes of the test */
        sqlite3 *db = sealed_open(sealed);
        sealed_run(db, "PRAGMA wal_autocheckpoint=0; " CRASHED_CREATE);
        for (int n = from; n < from + count; n++)
            sealed_run(db, CRASHED_COMMIT, n, n);
        sealed_run(db, "PRAGMA cache_size=2; BEGIN; UPDATE t SET body = body || 'b';"
                       "UPDATE t SET body = substr(body, 1, 700); COMMIT");
        _exit(0);
    }
    int status = -1;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
}

void crashed_leave(const struct sealed *sealed, int count)
{
    crashed_leave_from(sealed, 0, count);
}

static void copy_if_there(const char *from, const char *to)
{
    if (access(from, F_OK) == 0)
        sealed_copy(from, to);
    else
        unlink(to);
}

struct crashed crashed_save(const struct sealed *sealed, const char *name)
{
    static const char *const ends[] = {"", "-wal", "-mark"};
    struct crashed saved;
    for (int i = 0; i < CRASHED_FILES; i++) {
        snprintf(saved.path[i], sizeof saved.path[i], "%s%s", sealed->path, ends[i]);
        snprintf(saved.copy[i], PATH_MAX, "%s.%s", saved.path[i], name);
        copy_if_there(saved.path[i], saved.copy[i]);
    }
    return saved;
}

void crashed_restore_file(const struct crashed *saved, enum crashed_file file)
{
    copy_if_there(saved->copy[file], saved->path[file]);
}

void crashed_restore(const struct crashed *saved)
{
    for (int i = 0; i < CRASHED_FILES; i++)
        crashed_restore_file(saved, (enum crashed_file)i);
}

int crashed_count(const struct sealed *sealed)
{
    sqlite3 *db;
    int count = -1;
    assert_int_equal(seal_vfs_open(sealed->vfs, sealed->path, SQLITE_OPEN_READWRITE, &db),
                     SQLITE_OK);
    sqlite3_extended_result_codes(db, 1);
    int rc = sealed_try(db, "SELECT * FROM t");
    if (rc == SQLITE_OK)
        count = crashed_transactions(db);
    else
        assert_int_equal(rc, SQLITE_IOERR_DATA);
    sqlite3_close(db);
    return count;
}
