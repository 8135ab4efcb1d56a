/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Moving a store to its newest data key: what is written moves by itself; this moves the rest, page by page, under
 * the check-point lock, which keeps all others from writing the database file, and from nothing else. */
#include <openssl/crypto.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/care_parts.h"
#include "store/seal_mark.h"
#include "store/seal_moves.h"

/* The locks of a write-ahead log's index (sqlite.org/walformat.html 2.3.1): check-points take this one. */
enum { CHECKPOINT_LOCK = 1 };
enum { LOOK_MAX = 8192 };               /* pages looked at under one lock */
enum { PAUSE_US = 1000, TRIES = 5000 }; /* waits 5 s for a check-point of others */

struct mover {
    struct seal_vfs *vfs;
    sqlite3 *db;
    struct seal_handle *file;
    uint32_t newest;
    struct care_fault *fault;
};

static bool lock(struct mover *mover)
{
    for (int i = 0; i < TRIES; i++) {
        int rc = mover->file->base.pMethods->xShmLock(&mover->file->base, CHECKPOINT_LOCK, 1,
                                                      SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE);
        if (rc == SQLITE_OK)
            return true;
        if (rc != SQLITE_BUSY)
            return care_fail(mover->fault, CARE_ERR_SQLITE, "the check-point lock: %s",
                             sqlite3_errstr(rc));
        usleep(PAUSE_US);
    }
    return care_fail(mover->fault, CARE_ERR_BUSY, "a check-point takes too long");
}

static void unlock(struct mover *mover)
{
    (void)mover->file->base.pMethods->xShmLock(&mover->file->base, CHECKPOINT_LOCK, 1,
                                               SQLITE_SHM_UNLOCK | SQLITE_SHM_EXCLUSIVE);
}

static bool system_fault(struct mover *mover, const char *doing, int rc)
{
    if (rc == SQLITE_IOERR_DATA) {
        struct seal_fault seal = seal_vfs_fault(mover->vfs);
        mover->fault->err = CARE_ERR_SEAL;
        seal_fault_words(&seal, mover->fault->words, sizeof mover->fault->words);
        return false;
    }
    return care_fail(mover->fault, CARE_ERR_SYSTEM, "%s: %s", doing, sqlite3_errstr(rc));
}

/* The number of the key that ends what lies in `under` up to `end`. */
static int key_before(sqlite3_file *under, int64_t end, uint32_t *key)
{
    uint8_t trailer[SEAL_TRAILER_BYTES];
    int rc = under->pMethods->xRead(under, trailer, sizeof trailer, end - SEAL_TRAILER_BYTES);
    *key = seal_trailer_key(trailer);
    return rc;
}

static bool page_count(struct mover *mover, int64_t *pages)
{
    sqlite3_int64 size = 0;
    int rc = mover->file->under->pMethods->xFileSize(mover->file->under, &size);
    *pages = size / mover->file->page_bytes;
    return rc == SQLITE_OK || system_fault(mover, "the database's size", rc);
}

/* Collects up to `most` pages under older keys, from *next on. The lock is held. */
static bool collect(struct mover *mover, struct seal_moves *moves, uint64_t *next, unsigned most,
                    bool *end)
{
    int64_t pages;
    if (!page_count(mover, &pages))
        return false;
    for (int looked = 0; looked < LOOK_MAX && moves->count < most && (int64_t)*next < pages;
         looked++, ++*next) {
        int64_t number = (int64_t)*next + 1;
        uint32_t key;
        int rc = key_before(mover->file->under, number * mover->file->page_bytes, &key);
        if (rc == SQLITE_OK && key != mover->newest)
            rc = seal_moves_add(moves, mover->file, number);
        if (rc != SQLITE_OK)
            return system_fault(mover, "a page cannot be read", rc);
    }
    *end = (int64_t)*next >= pages;
    return true;
}

/* Seals the collected pages anew in their places. The lock is held. */
static bool move(struct mover *mover, struct seal_moves *moves)
{
    struct seal_handle *file = mover->file;
    uint8_t *page = malloc(file->page_bytes);
    int rc = page ? seal_moves_write(moves, file) : SQLITE_NOMEM;

    for (unsigned i = 0; rc == SQLITE_OK && i < moves->count; i++) {
        int64_t at = (seal_moves_number(moves, file, i) - 1) * file->page_bytes;
        rc = file->base.pMethods->xRead(&file->base, page, (int)file->page_bytes, at);
        if (rc == SQLITE_OK)
            rc = file->base.pMethods->xWrite(&file->base, page, (int)file->page_bytes, at);
    }
    if (rc == SQLITE_OK)
        rc = file->under->pMethods->xSync(file->under, SQLITE_SYNC_NORMAL);
    if (rc == SQLITE_OK || rc == SQLITE_IOERR_DATA) /* broken before we came: nothing to put back */
        if (page && seal_moves_empty(file) != SQLITE_OK && rc == SQLITE_OK)
            rc = SQLITE_IOERR_WRITE;
    if (page)
        OPENSSL_cleanse(page, file->page_bytes);
    free(page);
    return rc == SQLITE_OK || system_fault(mover, "pages cannot be moved", rc);
}

static bool step(struct mover *mover, struct care_rekey *rekey, unsigned most, bool *end)
{
    struct seal_moves moves = {0};
    uint64_t next = rekey->next;
    if (!lock(mover))
        return false;
    bool good =
        collect(mover, &moves, &next, most, end) && (moves.count == 0 || move(mover, &moves));
    unlock(mover);
    if (good) {
        rekey->next = next;
        rekey->moved += moves.count;
    }
    seal_moves_free(&moves);
    return good;
}

/* Whether anything, in log or database, is under an older key. The write and the check-point lock are held. */
static bool anything_left(struct mover *mover, bool *left)
{
    struct seal_handle *log = care_log(mover->db);
    int64_t pages, frames = 0;
    uint32_t key = mover->newest;
    int rc = SQLITE_OK;

    if (!page_count(mover, &pages))
        return false;
    if (log)
        rc = seal_log_frames(log, &frames);
    for (int64_t i = 1; rc == SQLITE_OK && key == mover->newest && i <= frames; i++)
        rc = key_before(log->under, seal_log_frame_end(log, i), &key);
    for (int64_t i = 1; rc == SQLITE_OK && key == mover->newest && i <= pages; i++)
        rc = key_before(mover->file->under, i * mover->file->page_bytes, &key);
    *left = key != mover->newest;
    return rc == SQLITE_OK || system_fault(mover, "pages cannot be looked at", rc);
}

/* Empties the log, looks at everything once more while nobody can write, and forgets the older keys. */
static bool finish(struct mover *mover, struct care_rekey *rekey)
{
    struct keys_fault keys;
    bool left = true;

    if (sqlite3_wal_checkpoint_v2(mover->db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) !=
        SQLITE_OK)
        return care_fail_sqlite(mover->fault, mover->vfs, mover->db);
    if (!care_run(mover->vfs, mover->db, "BEGIN IMMEDIATE", mover->fault))
        return false;
    bool good = lock(mover);
    if (good) {
        int rc = seal_mark_renew(mover->file);
        good = rc == SQLITE_OK ? anything_left(mover, &left)
                               : system_fault(mover, "the log's mark cannot be sealed anew", rc);
        if (good && !left)
            good = keys_forget(seal_vfs_keys(mover->vfs), &keys) ||
                   care_fail(mover->fault, CARE_ERR_KEYS, "%s", keys.words);
        seal_moves_remove(mover->file);
        unlock(mover);
    }
    (void)sqlite3_exec(mover->db, "ROLLBACK", NULL, NULL, NULL);
    if (good && left)
        rekey->next = 0; /* a check-point of others brought some back: once more */
    rekey->done = good && !left;
    return good;
}

static bool is_logged(struct mover *mover)
{
    return care_run(mover->vfs, mover->db,
                    "PRAGMA wal_autocheckpoint=0; SELECT count(*) FROM sqlite_schema",
                    mover->fault) &&
           (care_log(mover->db) ||
            care_fail(mover->fault, CARE_ERR_SQLITE,
                      "the store has no write-ahead log: PRAGMA journal_mode=WAL"));
}

bool care_rekey(struct seal_vfs *vfs, const char *path, uint64_t pages_max,
                struct care_rekey *rekey, struct care_fault *fault)
{
    uint8_t key[KEYS_DATA_KEY_BYTES];
    uint64_t until = rekey->moved + pages_max;
    bool end = false, good = true;

    if (keys_count(vfs->keys) == 1) {
        rekey->done = true;
        return true;
    }
    struct mover mover = {.vfs = vfs, .newest = keys_newest(vfs->keys, key), .fault = fault};
    OPENSSL_cleanse(key, sizeof key);
    mover.db = care_open(vfs, path, SQLITE_OPEN_READWRITE, fault);
    if (!mover.db)
        return false;
    mover.file = care_database(mover.db);
    good = is_logged(&mover);
    while (good && !end && rekey->moved < until) {
        uint64_t most = until - rekey->moved;
        good = step(&mover, rekey, most < SEAL_MOVES_MAX ? (unsigned)most : SEAL_MOVES_MAX, &end);
    }
    if (good && end)
        good = finish(&mover, rekey);
    sqlite3_close(mover.db);
    return good;
}
