/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages that are being sealed anew in their place, so that a power failure in the middle of it loses none.
 *
 * Before a page is written over, its bytes as they are go to a file beside the database, `PATH-moves`, synced.
 * Who finds such a file while holding the check-point lock, which whoever moves pages holds as long as the file has
 * something in it, knows that the mover died: pages that do not open are put back from it, and it is emptied.
 * docs/seal.md has its bytes. */
#ifndef STORE_SEAL_MOVES_H
#define STORE_SEAL_MOVES_H

#include "store/seal_file.h"

enum { SEAL_MOVES_MAX = 64 }; /* pages at a time */

struct seal_moves { /* zeroed at first; seal_moves_free */
    uint8_t *bytes; /* the file's, with room for SEAL_MOVES_MAX pages */
    unsigned count;
};

/* Whether there is such a file, with something in it. */
bool seal_moves_left(const struct seal_handle *file);

/* Adds page `number` as it lies on the disk. SQLite's result. */
int seal_moves_add(struct seal_moves *moves, struct seal_handle *file, int64_t number);
int64_t seal_moves_number(const struct seal_moves *moves, const struct seal_handle *file,
                          unsigned i);

/* Writes and syncs the file; only then may the pages be written over. */
int seal_moves_write(struct seal_moves *moves, const struct seal_handle *file);

/* Empties the file, synced: the pages that were moved are on the disk. */
int seal_moves_empty(const struct seal_handle *file);

/* Removes the file, empty as it is. The check-point lock is held. */
void seal_moves_remove(const struct seal_handle *file);

/* Puts back what a mover that died left broken. The check-point lock is held. */
int seal_moves_recover(struct seal_handle *file);

void seal_moves_free(struct seal_moves *moves);

#endif
