/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the sealing VFS share: for store/seal_*.c only. */
#ifndef STORE_SEAL_FILE_H
#define STORE_SEAL_FILE_H

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

#include "store/seal.h"
#include "store/seal_vfs.h"

struct seal_vfs {
    sqlite3_vfs base; /* first: SQLite's pointer is ours */
    sqlite3_vfs *under;
    struct store_keys *keys;
    char name[32];
    pthread_mutex_t lock; /* of `fault` */
    struct seal_fault fault;
    bool salvages;    /* for care_repair: the log's first damage is its end */
    atomic_uint loss; /* and what that was: enum seal_loss */
};

enum {
    LOG_SLOT_HEAD_BYTES = 24,
    LOG_HEAD_BYTES = 32,
    LOG_SALT_BYTES = 8
}; /* sqlite.org/fileformat2.html 4.1 */

/* A log's frames begin there; a shorter one has none. */
enum { LOG_FRAMES_AT = 8192 };

/* SQLite's own VFS writes that many bytes at a time, and none of a multiple of them (seekAndWriteFd in os_unix.c). */
enum { LOG_WAITING_BYTES_MAX = 0x1ffff };

struct seal_log { /* of a write-ahead log */
    /* A frame's header waits for its page, so that both are sealed and written at once. */
    bool header_waits;
    int64_t header_frame; /* from 1 */
    uint8_t header[LOG_SLOT_HEAD_BYTES];

    /* Sealed frames that wait to be written by one call; made when the first does. */
    uint8_t *frames;
    int64_t first_waiting, waiting;

    int64_t read_frame; /* last read whole, and lies opened in `slot`; 0: none */
    bool recovering;    /* the head was read and nothing but whole frames since */
    uint64_t durable;   /* frames that the mark on the disk promised, when the head was read */

    uint64_t committed, marked; /* frames: the newest commit of this handle; what it marked last */
    uint8_t salts[LOG_SALT_BYTES]; /* of the newest commit */
    uint8_t marked_salts[LOG_SALT_BYTES];
    bool is_filled; /* store/seal_mark.h knows of a commit in a log of these salts */
    uint8_t filled[LOG_SALT_BYTES];
    bool left_out; /* in salvaging: it is another's */
};

struct seal_handle {
    sqlite3_file base;   /* first */
    sqlite3_file *under; /* behind this struct */
    struct seal_vfs *vfs;
    const char *path; /* SQLite's, or NULL for a temporary file */
    enum seal_file kind;
    struct sealer sealer;
    uint32_t page_bytes;
    uint8_t *slot; /* scratch: a frame with its header, a page, or a block with its trailer */
    int64_t pages; /* database: pages known to be in the file, 0 after each lock */
    struct seal_handle *other; /* of a database its log, of a log its database; NULL: not open */
    bool has_index;            /* database: that of its log is mapped, which has the locks */
    bool first_is_logged;      /* database: page 1, as last read, was written beside a log */
    bool first_waits;          /* page 1 was written, and not synced yet, with this trailer */
    uint8_t first[SEAL_TRAILER_BYTES];
    struct seal_log log;
};

extern const sqlite3_io_methods seal_database_methods, seal_log_methods, seal_block_methods;

enum { SEAL_BLOCK_BYTES = 4096 };

/* Tells of a broken seal and returns SQLITE_IOERR_DATA. */
int seal_tell(struct seal_handle *file, enum seal_why why, uint64_t number);

/* The same of a file at `path`. */
int seal_tell_of(struct seal_vfs *vfs, enum seal_file kind, const char *path, enum seal_why why,
                 uint64_t number);

/* Syncs the folder that the file at `path` is in. */
MUST_USE bool seal_sync_folder(const char *path);

/* seal_tell's for what seal_piece_open found. */
int seal_tell_opened(struct seal_handle *file, enum seal_opened opened, uint64_t number);

/* For store/care*.c, quietly: page `number` of a database: SQLITE_OK and the number of the key it is under,
 * SQLITE_IOERR_DATA, or SQLITE_IOERR_SHORT_READ behind the end. It lies opened in file->slot then. */
int seal_database_look(struct seal_handle *file, int64_t number, uint32_t *key);

/* How many frames the log's mark promises, and of which salts. Anything but SQLITE_OK: head or mark is broken. */
int seal_log_promised(struct seal_handle *file, uint64_t *frames,
                      uint8_t salts[static LOG_SALT_BYTES]);

/* Frame `frame`: SQLITE_OK, or SQLITE_IOERR_DATA. */
int seal_log_look(struct seal_handle *file, int64_t frame);

/* Forgets what waits to be written: its transaction came to nothing, and others may write in its place now. */
void seal_log_abandon(struct seal_handle *file);

/* Frames that there is room for in the log's file, written in this round of it or not; and where one ends in it. */
int seal_log_frames(struct seal_handle *file, int64_t *frames);
int64_t seal_log_frame_end(const struct seal_handle *file, int64_t frame);

/* Methods that are the same for all. */
int seal_file_close(sqlite3_file *base);
int seal_file_lock(sqlite3_file *base, int level);
int seal_file_unlock(sqlite3_file *base, int level);
int seal_file_check_reserved(sqlite3_file *base, int *out);
int seal_file_control(sqlite3_file *base, int op, void *arg);
int seal_file_sector_size(sqlite3_file *base);
int seal_file_characteristics(sqlite3_file *base);

static inline struct seal_handle *seal_handle_of(sqlite3_file *base)
{
    return (struct seal_handle *)base;
}

#endif
