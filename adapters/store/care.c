/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/care.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "store/care_parts.h"

enum { STEP_PAGES = 256 }; /* between two calls of the caller's progress */

/* --- check --- */

/* Reads every page of the database; counts in `report`. */
static bool check_pages(const struct seal_vfs *vfs, sqlite3 *db, struct care_report *report,
                        care_progress *progress, void *context, struct care_fault *fault)
{
    struct seal_handle *file = care_database(db);
    sqlite3_int64 size = 0;
    uint8_t unused[KEYS_DATA_KEY_BYTES];
    uint32_t newest = keys_newest(vfs->keys, unused);
    OPENSSL_cleanse(unused, sizeof unused);

    if (!file || file->base.pMethods->xFileSize(&file->base, &size) != SQLITE_OK)
        return care_fail(fault, CARE_ERR_SYSTEM, "the database's size cannot be told");
    report->pages = (uint64_t)size / file->page_bytes;
    for (uint64_t page = 1; page <= report->pages; page++) {
        uint32_t key = 0;
        int rc = seal_database_look(file, (int64_t)page, &key);
        if (rc == SQLITE_IOERR_SHORT_READ)
            break; /* cut by a check-point meanwhile */
        if (rc != SQLITE_OK) {
            report->broken++;
            if (!report->first_broken)
                report->first_broken = page;
        } else if (key != newest) {
            report->under_old_keys++;
        }
        if (page % STEP_PAGES == 0 && progress && !progress(context, page, report->pages))
            return care_fail(fault, CARE_ERR_STOPPED, "stopped");
    }
    if ((uint64_t)size % file->page_bytes != 0)
        report->broken++; /* a page that was not written whole */
    return true;
}

/* The log up to its mark. A writer may begin it anew meanwhile: then its frames are not those that were promised. */
static void check_log(sqlite3 *db, struct care_report *report)
{
    struct seal_handle *file = care_log(db);
    uint64_t promised = 0, now = 0;
    uint8_t salts[LOG_SALT_BYTES], salts_now[LOG_SALT_BYTES];

    if (!file)
        return;
    if (seal_log_promised(file, &promised, salts) != SQLITE_OK) {
        report->frames_broken++;
        return;
    }
    uint64_t broken = 0;
    for (uint64_t frame = 1; frame <= promised; frame++)
        broken += seal_log_look(file, (int64_t)frame) != SQLITE_OK;
    if (broken && seal_log_promised(file, &now, salts_now) == SQLITE_OK &&
        memcmp(salts, salts_now, sizeof salts) != 0)
        broken = 0;
    report->frames = promised;
    report->frames_broken = broken;
}

static void complain(struct care_report *report, const char *words)
{
    if (report->complaints++ == 0)
        snprintf(report->complaint, sizeof report->complaint, "%s", words);
}

static void check_inside(const struct seal_vfs *vfs, sqlite3 *db, struct care_report *report)
{
    static const char *const checks[] = {
        "SELECT integrity_check FROM pragma_integrity_check(20) WHERE integrity_check <> 'ok'",
        "SELECT 'a row of ' || \"table\" || ' points to one that is not in ' || parent "
        "FROM pragma_foreign_key_check LIMIT 20"};
    for (unsigned i = 0; i < sizeof checks / sizeof *checks; i++) {
        sqlite3_stmt *statement = NULL;
        int rc = sqlite3_prepare_v2(db, checks[i], -1, &statement, NULL);
        while (rc == SQLITE_OK && (rc = sqlite3_step(statement)) == SQLITE_ROW) {
            complain(report, (const char *)sqlite3_column_text(statement, 0));
            rc = SQLITE_OK;
        }
        if (rc != SQLITE_DONE) {
            struct care_fault fault;
            (void)care_fail_sqlite(&fault, vfs, db);
            complain(report, fault.words);
        }
        sqlite3_finalize(statement);
    }
}

bool care_check(const struct seal_vfs *vfs, const char *path, struct care_report *report,
                care_progress *progress, void *context, struct care_fault *fault)
{
    struct care_report found = {0};
    sqlite3 *db = care_open(vfs, path, SQLITE_OPEN_READWRITE, fault);
    if (!db)
        return false;
    bool good = check_pages(vfs, db, &found, progress, context, fault);
    if (good) {
        struct care_fault first;
        if (care_run(vfs, db, "BEGIN; SELECT count(*) FROM sqlite_schema", &first))
            check_log(db, &found);
        else
            complain(&found, first.words);
        (void)sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
        check_inside(vfs, db, &found);
        *report = found;
    }
    sqlite3_close(db);
    return good;
}

/* --- back-up --- */

static bool copy(const struct seal_vfs *from, sqlite3 *source, const struct seal_vfs *to,
                 sqlite3 *target, care_progress *progress, void *context, struct care_fault *fault)
{
    /* a read transaction that stays: all steps see one commit, and no writer makes them begin anew */
    if (!care_run(from, source, "BEGIN; SELECT count(*) FROM sqlite_schema", fault) ||
        !care_run(to, target, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", fault))
        return false;
    sqlite3_backup *backup = sqlite3_backup_init(target, "main", source, "main");
    if (!backup)
        return care_fail_sqlite(fault, to, target);
    int rc;
    bool stopped = false;
    while ((rc = sqlite3_backup_step(backup, STEP_PAGES)) == SQLITE_OK && !stopped) {
        uint64_t all = (uint64_t)sqlite3_backup_pagecount(backup);
        stopped =
            progress && !progress(context, all - (uint64_t)sqlite3_backup_remaining(backup), all);
    }
    sqlite3_backup_finish(backup);
    if (stopped)
        return care_fail(fault, CARE_ERR_STOPPED, "stopped");
    if (rc == SQLITE_DONE)
        return true;
    if (rc == SQLITE_IOERR_DATA) { /* the source's; the target was only written */
        struct seal_fault seal = seal_vfs_fault(from);
        fault->err = CARE_ERR_SEAL;
        seal_fault_words(&seal, fault->words, sizeof fault->words);
        return false;
    }
    return care_fail_sqlite(fault, to, target);
}

/* Whether all of what was written can be read: the disk's word for it, before it gets its name. */
static bool read_back(const struct seal_vfs *to, sqlite3 *target, struct care_fault *fault)
{
    struct care_report report = {0};
    if (!check_pages(to, target, &report, NULL, NULL, fault))
        return false;
    return report.broken == 0 ||
           care_fail(fault, CARE_ERR_SEAL, "page %llu of the copy cannot be read back",
                     (unsigned long long)report.first_broken);
}

bool care_backup(const struct seal_vfs *from, const char *from_path, const struct seal_vfs *to,
                 const char *path, care_progress *progress, void *context, struct care_fault *fault)
{
    char part[PATH_MAX];
    if (keys_page_bytes(from->keys) != keys_page_bytes(to->keys))
        return care_fail(fault, CARE_ERR_KEYS, "the two key files have different page sizes");
    if (!care_is_free(path, fault))
        return false;
    snprintf(part, sizeof part, "%s.part", path);
    unlink(part); /* of a back-up that was stopped */

    sqlite3 *source = care_open(from, from_path, SQLITE_OPEN_READWRITE, fault);
    sqlite3 *target =
        source ? care_open(to, part, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, fault) : NULL;
    bool good = target && copy(from, source, to, target, progress, context, fault) &&
                read_back(to, target, fault);
    sqlite3_close(source);
    sqlite3_close(target);
    good = good && care_settle(part, path, fault);
    if (!good)
        unlink(part);
    return good;
}
