/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/seal_moves.h"

#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"

/* magic 8 | page bytes u32 | pages u32 | pages: number u64, bytes | SHA-256 of all before */
enum { AT_PAGE_BYTES = 8, AT_COUNT = 12, HEAD_BYTES = 16, NUMBER_BYTES = 8, SUM_BYTES = 32 };
static const uint8_t magic[8] = {'J', 'I', 'S', 'R', 'M', 'O', 'V', 'E'};

static size_t entry_bytes(const struct seal_handle *file)
{
    return NUMBER_BYTES + file->page_bytes;
}

static size_t room(const struct seal_handle *file)
{
    return HEAD_BYTES + SEAL_MOVES_MAX * entry_bytes(file) + SUM_BYTES;
}

static bool path_of(const struct seal_handle *file, char path[static PATH_MAX])
{
    return file->path && snprintf(path, PATH_MAX, "%s-moves", file->path) < PATH_MAX;
}

bool seal_moves_left(const struct seal_handle *file)
{
    char path[PATH_MAX];
    struct stat facts;
    return path_of(file, path) && stat(path, &facts) == 0 && facts.st_size > 0;
}

int seal_moves_add(struct seal_moves *moves, struct seal_handle *file, int64_t number)
{
    if (!moves->bytes && !(moves->bytes = malloc(room(file))))
        return SQLITE_NOMEM;
    uint8_t *entry = moves->bytes + HEAD_BYTES + moves->count * entry_bytes(file);
    put_be64(entry, (uint64_t)number);
    moves->count++;
    return file->under->pMethods->xRead(file->under, entry + NUMBER_BYTES, (int)file->page_bytes,
                                        (number - 1) * file->page_bytes);
}

int64_t seal_moves_number(const struct seal_moves *moves, const struct seal_handle *file,
                          unsigned i)
{
    return (int64_t)get_be64(moves->bytes + HEAD_BYTES + i * entry_bytes(file));
}

void seal_moves_free(struct seal_moves *moves)
{
    free(moves->bytes);
    *moves = (struct seal_moves){0};
}

static bool sum(const uint8_t *bytes, size_t len, uint8_t out[static SUM_BYTES])
{
    return EVP_Digest(bytes, len, out, NULL, EVP_sha256(), NULL) == 1;
}

int seal_moves_write(struct seal_moves *moves, const struct seal_handle *file)
{
    char path[PATH_MAX];
    size_t len = HEAD_BYTES + moves->count * entry_bytes(file);

    memcpy(moves->bytes, magic, sizeof magic);
    put_be32(moves->bytes + AT_PAGE_BYTES, file->page_bytes);
    put_be32(moves->bytes + AT_COUNT, moves->count);
    if (!path_of(file, path) || !sum(moves->bytes, len, moves->bytes + len))
        return SQLITE_IOERR_WRITE;
    len += SUM_BYTES;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool good = fd >= 0 && write(fd, moves->bytes, len) == (ssize_t)len && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return good && seal_sync_folder(path) ? SQLITE_OK : SQLITE_IOERR_WRITE;
}

int seal_moves_empty(const struct seal_handle *file)
{
    char path[PATH_MAX];
    int fd = path_of(file, path) ? open(path, O_WRONLY | O_TRUNC | O_CLOEXEC) : -1;
    bool good = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return good ? SQLITE_OK : SQLITE_IOERR_WRITE;
}

void seal_moves_remove(const struct seal_handle *file)
{
    char path[PATH_MAX];
    if (!seal_moves_left(file) && path_of(file, path))
        unlink(path);
}

/* Reads the file. False: it was not written whole, so no page had been written over yet. */
static bool read_moves(struct seal_moves *moves, const struct seal_handle *file)
{
    char path[PATH_MAX];
    uint8_t found[SUM_BYTES];
    int fd = path_of(file, path) ? open(path, O_RDONLY | O_CLOEXEC) : -1;

    if (fd < 0)
        return false;
    moves->bytes = malloc(room(file));
    ssize_t len = moves->bytes ? read(fd, moves->bytes, room(file)) : -1;
    close(fd);
    if (len < HEAD_BYTES + SUM_BYTES || memcmp(moves->bytes, magic, sizeof magic) != 0 ||
        get_be32(moves->bytes + AT_PAGE_BYTES) != file->page_bytes)
        return false;
    moves->count = get_be32(moves->bytes + AT_COUNT);
    size_t summed = (size_t)len - SUM_BYTES;
    return moves->count <= SEAL_MOVES_MAX &&
           summed == HEAD_BYTES + moves->count * entry_bytes(file) &&
           sum(moves->bytes, summed, found) && memcmp(found, moves->bytes + summed, SUM_BYTES) == 0;
}

int seal_moves_recover(struct seal_handle *file)
{
    struct seal_moves moves = {0};
    int rc = SQLITE_OK;
    bool whole = read_moves(&moves, file);

    for (unsigned i = 0; whole && rc == SQLITE_OK && i < moves.count; i++) {
        int64_t number = seal_moves_number(&moves, file, i);
        const uint8_t *page = moves.bytes + HEAD_BYTES + i * entry_bytes(file) + NUMBER_BYTES;
        uint32_t key;
        if (number < 1 || number > UINT32_MAX) /* SQLite has no such page */
            continue;
        if (seal_database_look(file, number, &key) == SQLITE_IOERR_DATA)
            rc = file->under->pMethods->xWrite(file->under, page, (int)file->page_bytes,
                                               (number - 1) * file->page_bytes);
    }
    if (rc == SQLITE_OK && whole)
        rc = file->under->pMethods->xSync(file->under, SQLITE_SYNC_NORMAL);
    seal_moves_free(&moves);
    return rc == SQLITE_OK ? seal_moves_empty(file) : rc;
}
