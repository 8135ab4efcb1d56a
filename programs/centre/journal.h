/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audit's log (docs/audit.md), kept in the store and so sealed as the rest: pieces of the blob "audit".
 *
 * Records are handed over and written by jobs of the store, many to one: while one job is on its way to the disk, what
 * comes waits for the next. An answer is sent once its records were handed over. A job reads where the chain stands and
 * leaves where it has brought it: jobs take turns, whichever server they are of, and so all servers of one record make
 * one chain. Where it stands and the site's key that signs checkpoints are notes of the store.
 *
 * What is written leaves its records with it (journal_leave): what was done has its record, whatever happens
 * next, and what was not has none.
 *
 * journal_leave: in a job. journal_add, journal_is_full, journal_pieces: any thread. Others: main thread. */
#ifndef CENTRE_JOURNAL_H
#define CENTRE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "access/audit.h"
#include "access/audit_chain.h"
#include "base/attr.h"
#include "store/store.h"

struct journal;

/* Opens the log of the store, or begins one, with a checkpoint that the program's log is told. NULL: `*err` says
 * why. */
MUST_USE struct journal *journal_open(struct store *store, int64_t now_ms, enum store_err *err);

/* Hands records over; with none, it only sees to a checkpoint that is due. */
void journal_add(struct journal *journal, const struct audit_record *records, size_t count,
                 int64_t now_ms);

/* Has records written in the transaction of the job that does what they tell of, while a journal of its store is open.
 * An error undoes the job. A checkpoint follows with the next journal_add. */
MUST_USE enum store_err journal_leave(struct store_write *write, const struct audit_record *records,
                                      size_t count);

/* Whether so much waits, since the disk does not take it, that nothing more may be done unrecorded. */
bool journal_is_full(struct journal *journal);

/* How many pieces of the log this view has; 0: there is no log. */
MUST_USE enum store_err journal_pieces(struct store_view *view, uint32_t *pieces);

/* Writes what waits, with a checkpoint behind it that the program's log is told, and frees the journal. Harmless on
 * NULL. */
void journal_close(struct journal *journal, int64_t now_ms);

/* Where in the store: the blob's name, and the area of its notes. */
#define JOURNAL_AREA "audit"

/* A checkpoint's hash in hexadecimal digits, as it is told elsewhere. */
enum { JOURNAL_HASH_BYTES = 2 * DIGEST_LEN + 1 };
void journal_hash_write(const struct audit_told *told, char out[static JOURNAL_HASH_BYTES]);

/* Reads SEQ:HEX. False: it is none. */
MUST_USE bool journal_told_read(const char *text, struct audit_told *told);

struct journal_asked {
    struct text url;        /* of the site, in AuditEvents */
    struct audit_told told; /* a checkpoint as it was told elsewhere; seq 0: none */
    struct text patient;    /* an id: only what concerns them is shown; "": all */
    bool as_lines;          /* for people; else AuditEvents */
    FILE *out;              /* a line for each; NULL: nothing is shown */
};

struct journal_report {
    uint64_t records, checkpoints, bytes;
    struct audit_told last; /* checkpoint, to be told elsewhere; seq 0: there is none */
    uint64_t bad_seq;       /* the frame that is not good; 0: none */
    enum audit_fault fault;
};

/* Reads the log from its start and checks it, under the site's own key. A store without a log is AUDIT_UNFINISHED. */
MUST_USE enum store_err journal_check(struct store *store, const struct journal_asked *asked,
                                      struct journal_report *report);

#endif
