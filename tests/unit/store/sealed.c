/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/store/sealed.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log/log.h"

int sealed_make(void **state)
{
    struct sealed *sealed = calloc(1, sizeof *sealed);
    struct keys_fault fault = {0};

    log_set_level(LOG_ERROR);
    snprintf(sealed->folder, sizeof sealed->folder, "%s/jisr-seal-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    *state = sealed;
    if (!mkdtemp(sealed->folder))
        return -1;
    snprintf(sealed->keys_path, sizeof sealed->keys_path, "%s/record.keys", sealed->folder);
    snprintf(sealed->secret_path, sizeof sealed->secret_path, "%s/secret", sealed->folder);
    snprintf(sealed->path, sizeof sealed->path, "%s/record.db", sealed->folder);
    sealed->secret = (struct keys_secret){.method = KEYS_BY_FILE, .path = sealed->secret_path};
    if (!keys_make_file(sealed->secret_path, &fault) ||
        !keys_create(sealed->keys_path, &sealed->secret, NULL, KEYS_PAGE_BYTES_USUAL, &sealed->keys,
                     &fault)) {
        print_error("%s\n", fault.words);
        return -1;
    }
    sealed->vfs = seal_vfs_new(sealed->keys);
    return sealed->vfs ? 0 : -1;
}

int sealed_remove(void **state)
{
    struct sealed *sealed = *state;
    char command[PATH_MAX];
    seal_vfs_free(sealed->vfs);
    keys_close(sealed->keys);
    snprintf(command, sizeof command, "rm -rf %s", sealed->folder);
    int rc = system(command);
    free(sealed);
    return rc;
}

static int run(sqlite3 *db, const char *sql, va_list args)
{
    char *text = sqlite3_vmprintf(sql, args);
    assert_non_null(text);
    int rc = sqlite3_exec(db, text, NULL, NULL, NULL);
    sqlite3_free(text);
    return rc;
}

void sealed_run(sqlite3 *db, const char *sql, ...)
{
    va_list args;
    va_start(args, sql);
    int rc = run(db, sql, args);
    va_end(args);
    if (rc != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
}

int sealed_try(sqlite3 *db, const char *sql, ...)
{
    va_list args;
    va_start(args, sql);
    (void)run(db, sql, args);
    va_end(args);
    return sqlite3_extended_errcode(db);
}

int64_t sealed_number(sqlite3 *db, const char *sql, ...)
{
    sqlite3_stmt *statement = NULL;
    va_list args;
    va_start(args, sql);
    char *text = sqlite3_vmprintf(sql, args);
    va_end(args);
    int64_t number = -1;
    if (sqlite3_prepare_v2(db, text, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_free(text);
    return number;
}

sqlite3 *sealed_open(const struct sealed *sealed)
{
    sqlite3 *db = NULL;
    assert_int_equal(
        seal_vfs_open(sealed->vfs, sealed->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &db),
        SQLITE_OK);
    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, 5000);
    sealed_run(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
    return db;
}

static char *read_whole(const char *path, size_t *len)
{
    FILE *in = fopen(path, "rb");
    assert_non_null(in);
    char *bytes = NULL;
    *len = 0;
    FILE *out = open_memstream(&bytes, len);
    for (int byte; (byte = fgetc(in)) != EOF;)
        fputc(byte, out);
    fclose(out);
    fclose(in);
    return bytes;
}

static int files_with(const char *name, const char *text, int *looked_at)
{
    DIR *folder = opendir(name);
    assert_non_null(folder);
    int found = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        char path[PATH_MAX];
        struct stat facts;
        size_t len;
        snprintf(path, sizeof path, "%s/%s", name, entry->d_name);
        if (stat(path, &facts) || !S_ISREG(facts.st_mode))
            continue;
        char *bytes = read_whole(path, &len);
        if (memmem(bytes, len, text, strlen(text))) {
            print_message("%s holds it\n", path);
            found++;
        }
        ++*looked_at;
        free(bytes);
    }
    closedir(folder);
    return found;
}

int sealed_files_with(const struct sealed *sealed, const char *text, int *looked_at)
{
    *looked_at = 0;
    return files_with(sealed->folder, text, looked_at) +
           files_with("/proc/self/fd", text, looked_at); /* temporary files have no name any more */
}

bool sealed_flip(const char *path, int64_t bit)
{
    uint8_t byte;
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    bool there = pread(fd, &byte, 1, bit / 8) == 1;
    byte ^= (uint8_t)(1 << bit % 8);
    there = there && pwrite(fd, &byte, 1, bit / 8) == 1;
    close(fd);
    return there;
}

int64_t sealed_size(const char *path)
{
    struct stat facts;
    return stat(path, &facts) ? -1 : facts.st_size;
}

void sealed_copy(const char *from, const char *to)
{
    size_t len;
    char *bytes = read_whole(from, &len);
    FILE *out = fopen(to, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, len, out), len);
    fclose(out);
    free(bytes);
}

bool sealed_same(const char *one, const char *other)
{
    size_t lens[2];
    char *bytes[] = {read_whole(one, &lens[0]), read_whole(other, &lens[1])};
    bool same = lens[0] == lens[1] && memcmp(bytes[0], bytes[1], lens[0]) == 0;
    free(bytes[0]);
    free(bytes[1]);
    return same;
}

int64_t sealed_draw(struct random *random, uint64_t limit)
{
    return (int64_t)random_below(random, limit);
}
