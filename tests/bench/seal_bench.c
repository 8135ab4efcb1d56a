/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What sealing costs: the same rows through SQLite over the system's VFS and over ours, in one folder of a real disk,
 * slice by slice in turn, so that both meet the same disk and neighbours: medians over the slices, of the time by the
 * clock and by the processor. Rows are as the record's, a body of a kilobyte and six small index rows at random places;
 * caches and check-points are those of its engine (store/sqlite.h). */
#include <inttypes.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "options.h"
#include "store/seal_vfs.h"

enum { SLICES_MAX = 1000, BODY_BYTES = 1024, INDEX_ROWS = 6 };

struct settings {
    const char *folder;
    uint64_t slices, group;
};

static const struct option options[] = {
    {.name = "folder",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct settings, folder),
     .unit = "DIR",
     .standard = "/var/tmp",
     .help = "where the databases are made, and removed"},
    {.name = "slices",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct settings, slices),
     .unit = "N",
     .standard = "100",
     .least = 2,
     .most = SLICES_MAX,
     .help = "turns that each has, for each measure"},
    {.name = "group",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct settings, group),
     .unit = "N",
     .standard = "64",
     .least = 1,
     .most = 100000,
     .help = "rows of a commit"},
    {0},
};

enum { PLAIN, SEALED, KINDS };
enum { GROUPS, SINGLES, POINTS, COLD, SCAN, CASES };
static const struct {
    const char *name;
    int count; /* rows of a slice; groups for GROUPS */
} cases[CASES] = {
    [GROUPS] = {"rows/s, by groups, durable", 10},
    [SINGLES] = {"rows/s, one by one, durable", 20},
    [POINTS] = {"point reads/s, cache of 6 MB", 2000},
    [COLD] = {"point reads/s, no cache", 1000},
    [SCAN] = {"rows/s, scanned", 0},
};
struct spent {
    double clock_s, processor_s;
};
static struct spent spent[KINDS][CASES][SLICES_MAX];
static sqlite3 *stores[KINDS];
static char folder[PATH_MAX / 2];
static struct seal_vfs *vfs;
static uint64_t chance = 88172645463325252u;

static uint64_t next_chance(void)
{
    chance ^= chance << 13;
    chance ^= chance >> 7;
    chance ^= chance << 17;
    return chance;
}

static double now_s(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void must(bool good, sqlite3 *db)
{
    if (good)
        return;
    fprintf(stderr, "bench-seal: %s\n", db ? sqlite3_errmsg(db) : "cannot be set up");
    exit(1);
}

static void run(sqlite3 *db, const char *sql)
{
    must(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, db);
}

static sqlite3 *open_one(int kind)
{
    char path[PATH_MAX];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/%s.db", folder, kind == SEALED ? "sealed" : "plain");
    must(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                         kind == SEALED ? seal_vfs_name(vfs) : NULL) == SQLITE_OK,
         NULL);
    run(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32768;"
            "PRAGMA wal_autocheckpoint=8192;"
            "CREATE TABLE IF NOT EXISTS resource(rid INTEGER PRIMARY KEY, body BLOB);"
            "CREATE TABLE IF NOT EXISTS token(param INTEGER, hash INTEGER, rid INTEGER,"
            " PRIMARY KEY(param, hash, rid)) WITHOUT ROWID");
    return db;
}

static void remove_all(void)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    char path[PATH_MAX];
    for (int kind = 0; kind < KINDS; kind++)
        for (unsigned i = 0; i < 3; i++) {
            snprintf(path, sizeof path, "%s/%s.db%s", folder, kind == SEALED ? "sealed" : "plain",
                     endings[i]);
            unlink(path);
        }
}

static void write_rows(sqlite3 *db, uint64_t rows, uint64_t group)
{
    static char body[BODY_BYTES];
    sqlite3_stmt *resource, *token;
    must(sqlite3_prepare_v2(db, "INSERT INTO resource(body) VALUES(?1)", -1, &resource, NULL) ==
                 SQLITE_OK &&
             sqlite3_prepare_v2(db, "INSERT INTO token VALUES(?1, ?2, last_insert_rowid())", -1,
                                &token, NULL) == SQLITE_OK,
         db);
    for (uint64_t i = 0; i < rows; i++) {
        if (i % group == 0)
            run(db, "BEGIN IMMEDIATE");
        memcpy(body, &i, sizeof i);
        sqlite3_bind_blob(resource, 1, body, sizeof body, SQLITE_STATIC);
        must(sqlite3_step(resource) == SQLITE_DONE, db);
        sqlite3_reset(resource);
        for (int j = 0; j < INDEX_ROWS; j++) {
            sqlite3_bind_int(token, 1, j);
            sqlite3_bind_int64(token, 2, (sqlite3_int64)next_chance());
            must(sqlite3_step(token) == SQLITE_DONE, db);
            sqlite3_reset(token);
        }
        if (i % group == group - 1)
            run(db, "COMMIT");
    }
    sqlite3_finalize(resource);
    sqlite3_finalize(token);
}

static void read_points(sqlite3 *db, uint64_t rows, int count)
{
    sqlite3_stmt *read;
    must(sqlite3_prepare_v2(db, "SELECT body FROM resource WHERE rid = ?1", -1, &read, NULL) ==
             SQLITE_OK,
         db);
    for (int i = 0; i < count; i++) {
        sqlite3_bind_int64(read, 1, (sqlite3_int64)(next_chance() % rows + 1));
        must(sqlite3_step(read) == SQLITE_ROW && sqlite3_column_bytes(read, 0) == BODY_BYTES, db);
        sqlite3_reset(read);
    }
    sqlite3_finalize(read);
}

static uint64_t rows_written(const struct settings *settings)
{
    return settings->slices *
           ((uint64_t)cases[GROUPS].count * settings->group + (uint64_t)cases[SINGLES].count);
}

static void work(sqlite3 *db, int which, const struct settings *settings)
{
    switch (which) {
    case GROUPS:
        write_rows(db, (uint64_t)cases[which].count * settings->group, settings->group);
        break;
    case SINGLES:
        write_rows(db, (uint64_t)cases[which].count, 1);
        break;
    case POINTS:
    case COLD:
        read_points(db, rows_written(settings), cases[which].count);
        break;
    default:
        run(db, "SELECT sum(length(body)) FROM resource WHERE substr(body, 1, 1) <> 'q'");
    }
}

static void prepare(sqlite3 *db, int which)
{
    if (which == POINTS)
        run(db, "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA cache_size=-6144");
    if (which == COLD)
        run(db, "PRAGMA cache_size=0");
    if (which == SCAN)
        run(db, "PRAGMA cache_size=-6144");
}

static uint64_t slices_of(int which, const struct settings *settings)
{
    return which == SCAN ? (settings->slices + 9) / 10 : settings->slices;
}

static void measure(const struct settings *settings)
{
    for (int which = 0; which < CASES; which++) {
        for (int kind = 0; kind < KINDS; kind++)
            prepare(stores[kind], which);
        for (uint64_t slice = 0; slice < slices_of(which, settings); slice++)
            for (int turn = 0; turn < KINDS; turn++) { /* who goes first takes turns, too */
                int kind = (int)(slice + (uint64_t)turn) % KINDS;
                double clock_s = now_s(CLOCK_MONOTONIC),
                       processor_s = now_s(CLOCK_THREAD_CPUTIME_ID);
                work(stores[kind], which, settings);
                spent[kind][which][slice] = (struct spent){
                    now_s(CLOCK_MONOTONIC) - clock_s, now_s(CLOCK_THREAD_CPUTIME_ID) - processor_s};
            }
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(int kind, int which, bool by_clock, uint64_t count)
{
    double values[SLICES_MAX] = {0};
    for (uint64_t i = 0; i < count; i++)
        values[i] = by_clock ? spent[kind][which][i].clock_s : spent[kind][which][i].processor_s;
    qsort(values, count, sizeof *values, by_value);
    return values[count / 2];
}

static void print(const struct settings *settings)
{
    printf("| | plain | sealed | more time | plain, us of processor | sealed | more |\n"
           "| --- | --- | --- | --- | --- | --- | --- |\n");
    for (int which = 0; which < CASES; which++) {
        uint64_t count = slices_of(which, settings);
        double clock_s[KINDS], processor_s[KINDS];
        double rows = which == GROUPS ? (double)cases[which].count * (double)settings->group
                      : which == SCAN ? (double)rows_written(settings)
                                      : cases[which].count;
        for (int kind = 0; kind < KINDS; kind++) {
            clock_s[kind] = median(kind, which, true, count);
            processor_s[kind] = median(kind, which, false, count);
        }
        printf("| %s | %.0f | %.0f | %.1f %% | %.2f | %.2f | %.1f %% |\n", cases[which].name,
               rows / clock_s[PLAIN], rows / clock_s[SEALED],
               (clock_s[SEALED] / clock_s[PLAIN] - 1) * 100, processor_s[PLAIN] / rows * 1e6,
               processor_s[SEALED] / rows * 1e6,
               (processor_s[SEALED] / processor_s[PLAIN] - 1) * 100);
    }
}

int main(int argc, char **argv)
{
    static const struct options_usage usage = {.command = "bench-seal",
                                               .summary = "measure what sealing a store costs"};
    struct settings settings = {0};
    int status = options_alone(&usage, options, &settings, argc, argv);
    if (status >= 0)
        return status;

    char secret_path[PATH_MAX], keys_path[PATH_MAX], lock_path[PATH_MAX + 8];
    struct store_keys *keys = NULL;
    struct keys_fault fault = {.words = "no folder"};
    snprintf(folder, sizeof folder, "%s/jisr-seal-XXXXXX", settings.folder);
    bool good = mkdtemp(folder) != NULL;
    snprintf(secret_path, sizeof secret_path, "%s/secret", folder);
    snprintf(keys_path, sizeof keys_path, "%s/keys", folder);
    snprintf(lock_path, sizeof lock_path, "%s.lock", keys_path);
    struct keys_secret secret = {.method = KEYS_BY_FILE, .path = secret_path};
    good = good && keys_make_file(secret_path, &fault) &&
           keys_create(keys_path, &secret, NULL, KEYS_PAGE_BYTES_USUAL, &keys, &fault);
    if (!good)
        fprintf(stderr, "bench-seal: %s\n", fault.words);
    must(good && (vfs = seal_vfs_new(keys)), NULL);
    for (int kind = 0; kind < KINDS; kind++)
        stores[kind] = open_one(kind);
    measure(&settings);
    for (int kind = 0; kind < KINDS; kind++)
        sqlite3_close(stores[kind]);
    remove_all();
    print(&settings);
    seal_vfs_free(vfs);
    keys_close(keys);
    unlink(secret_path);
    unlink(keys_path);
    unlink(lock_path);
    rmdir(folder);
    return 0;
}
