/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small files that must never be seen half-written: read whole, and written several at once.
 *
 * A file is first written under a temporary name beside its own, and synced; only when all of a
 * set have been are they renamed into place. A full disk or a crash before that leaves the
 * folder as it was. Main thread. */
#ifndef TLS_SMALL_FILES_H
#define TLS_SMALL_FILES_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/attr.h"
#include "tls/certificates.h"

struct identity_error {
    char text[256]; /* one line in words, with what to do */
};

void identity_error_set(struct identity_error *error, const char *text, ...) PRINTF_LIKE(2, 3);

enum {
    SMALL_FILE_BYTES_MAX = 1 << 24,
    STAGED_FILES_MAX = 4,
};

/* Reads folder/name whole, with a zero after it. A file that `is_secret` must not be readable or
 * writable by group or others. The caller frees `*text` by pem_free. */
MUST_USE bool small_file_read(struct pem *text, const char *folder, const char *name,
                              bool is_secret, struct identity_error *error);

bool small_file_exists(const char *folder, const char *name);

/* Makes the folder, and those above it, with mode 0700 where they are missing. */
MUST_USE bool small_folder_make(const char *folder, struct identity_error *error);

/* Takes the folder for ourselves until the descriptor is closed: one writer at a time.
 * -1 on failure. */
MUST_USE int small_folder_lock(const char *folder, struct identity_error *error);

struct staged_file {
    char path[PATH_MAX];
    char temporary[PATH_MAX]; /* "": none, or renamed already */
    bool may_replace;
};

struct staged_files { /* the caller's memory, zeroed at first */
    int count;
    struct staged_file files[STAGED_FILES_MAX];
};

/* Writes the text under a temporary name. On failure nothing of this file is left. */
MUST_USE bool staged_files_add(struct staged_files *staged, const char *folder, const char *name,
                               const struct pem *text, mode_t mode, bool may_replace,
                               struct identity_error *error);

/* Renames them all into place, in the order they were added. */
MUST_USE bool staged_files_commit(struct staged_files *staged, struct identity_error *error);

/* Removes what has not been renamed; harmless after a commit. */
void staged_files_abandon(struct staged_files *staged);

#endif
