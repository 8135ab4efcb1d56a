/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What sealing costs: the same rows through SQLite over the system's VFS and over ours, in turn, in one folder of a
 * real disk; the median of the rounds. Rows are as the record's: a body of a kilobyte and six small index rows. */
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

enum { ROUNDS_MAX = 100, BODY_BYTES = 1024, INDEX_ROWS = 6 };

struct settings {
    const char *folder;
    uint64_t rounds, rows, group;
};

static const struct option options[] = {
    {.name = "folder",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct settings, folder),
     .unit = "DIR",
     .standard = "/var/tmp",
     .help = "where the databases are made, and removed"},
    {.name = "rounds",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct settings, rounds),
     .unit = "N",
     .standard = "5",
     .least = 1,
     .most = ROUNDS_MAX,
     .help = "times that everything is measured"},
    {.name = "rows",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct settings, rows),
     .unit = "N",
     .standard = "30000",
     .least = 1000,
     .most = 10000000,
     .help = "rows of a database"},
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
static const char *const case_names[CASES] = {
    "rows/s, by groups, durable", "rows/s, one by one, durable", "point reads/s, cache of 2 MB",
    "point reads/s, no cache", "rows/s, scanned"};
static double figures[KINDS][CASES][ROUNDS_MAX];
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

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
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
    run(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=OFF;"
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

static double write_rows(sqlite3 *db, uint64_t rows, uint64_t group)
{
    static char body[BODY_BYTES];
    sqlite3_stmt *resource, *token;
    must(sqlite3_prepare_v2(db, "INSERT INTO resource(body) VALUES(?1)", -1, &resource, NULL) ==
                 SQLITE_OK &&
             sqlite3_prepare_v2(db, "INSERT INTO token VALUES(?1, ?2, last_insert_rowid())", -1,
                                &token, NULL) == SQLITE_OK,
         db);
    double start = now_s();
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
        if (i % group == group - 1 || i == rows - 1)
            run(db, "COMMIT");
    }
    double took_s = now_s() - start;
    sqlite3_finalize(resource);
    sqlite3_finalize(token);
    return (double)rows / took_s;
}

static double read_points(sqlite3 *db, uint64_t rows, uint64_t count)
{
    sqlite3_stmt *read;
    must(sqlite3_prepare_v2(db, "SELECT body FROM resource WHERE rid = ?1", -1, &read, NULL) ==
             SQLITE_OK,
         db);
    double start = now_s();
    for (uint64_t i = 0; i < count; i++) {
        sqlite3_bind_int64(read, 1, (sqlite3_int64)(next_chance() % rows + 1));
        must(sqlite3_step(read) == SQLITE_ROW && sqlite3_column_bytes(read, 0) == BODY_BYTES, db);
        sqlite3_reset(read);
    }
    double took_s = now_s() - start;
    sqlite3_finalize(read);
    return (double)count / took_s;
}

static double scan(sqlite3 *db, uint64_t rows)
{
    double start = now_s();
    run(db, "SELECT sum(length(body)), sum(rid) FROM resource WHERE substr(body, 1, 1) <> 'q'");
    return (double)rows / (now_s() - start);
}

static void measure(int kind, uint64_t round, const struct settings *settings)
{
    sqlite3 *db = open_one(kind);
    double *into[CASES];
    for (int i = 0; i < CASES; i++)
        into[i] = &figures[kind][i][round];
    *into[GROUPS] = write_rows(db, settings->rows, settings->group);
    *into[SINGLES] = write_rows(db, settings->rows / 30, 1);
    run(db, "PRAGMA wal_checkpoint(TRUNCATE)");
    *into[POINTS] = read_points(db, settings->rows, 100000);
    run(db, "PRAGMA cache_size=0");
    *into[COLD] = read_points(db, settings->rows, 50000);
    run(db, "PRAGMA cache_size=-2000");
    *into[SCAN] = scan(db, settings->rows);
    sqlite3_close(db);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, uint64_t count)
{
    qsort(values, count, sizeof *values, by_value);
    return values[count / 2];
}

static void print(uint64_t rounds)
{
    printf("| | plain | sealed | cost |\n| --- | --- | --- | --- |\n");
    for (int i = 0; i < CASES; i++) {
        double ratios[ROUNDS_MAX]; /* of what ran side by side */
        for (uint64_t round = 0; round < rounds; round++)
            ratios[round] = figures[PLAIN][i][round] / figures[SEALED][i][round];
        double cost = median(ratios, rounds);
        printf("| %s | %.0f | %.0f | %.1f %% |\n", case_names[i], median(figures[PLAIN][i], rounds),
               median(figures[SEALED][i], rounds), (cost - 1) * 100);
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
    for (uint64_t round = 0; round < settings.rounds; round++)
        for (int turn = 0; turn < KINDS; turn++) { /* who goes first takes turns, too */
            measure((int)(round + (uint64_t)turn) % KINDS, round, &settings);
            remove_all();
        }
    print(settings.rounds);
    seal_vfs_free(vfs);
    keys_close(keys);
    unlink(secret_path);
    unlink(keys_path);
    unlink(lock_path);
    rmdir(folder);
    return 0;
}
