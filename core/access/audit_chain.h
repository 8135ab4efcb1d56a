/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audit's log: records one behind the other, each bound to all before it, with signed checkpoints.
 *
 * A log begins with a header. Then come frames: a record, or a checkpoint. Each frame ends with the first half of
 * the SHA-256 of the whole hash before it and of the frame, so that the first changed byte is found; a checkpoint
 * has the whole hash, signed with the site's Ed25519 key, so that nobody without the key can change what was before
 * it and make the chain anew. What is cut off behind the last checkpoint that was told elsewhere can be noticed by
 * that one alone: docs/audit.md says where to tell them. Bytes: docs/audit.md; test vectors: docs/audit-vectors.txt.
 *
 * Pure: who appends to a disk, in groups, is the caller. One owner per struct. */
#ifndef ACCESS_AUDIT_CHAIN_H
#define ACCESS_AUDIT_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access/audit.h"
#include "access/digest.h"
#include "base/attr.h"
#include "base/buffer.h"

enum {
    AUDIT_ID_LEN = 16,         /* of a log, random */
    AUDIT_HEADER_LEN = 64,     /* magic, version, id, public key */
    AUDIT_LINK_LEN = 16,       /* the half hash that ends a frame */
    AUDIT_FRAME_HEAD_LEN = 13, /* length u32, kind u8, seq u64 */
    AUDIT_CHECKPOINT_LEN = 8 + DIGEST_LEN + DIGEST_SIGNATURE_LEN, /* time, hash, signature */
    AUDIT_FRAME_LEN_MAX = AUDIT_FRAME_HEAD_LEN + AUDIT_BODY_LEN_MAX + AUDIT_LINK_LEN,
};

enum audit_kind { AUDIT_RECORD = 1, AUDIT_CHECKPOINT = 2 };

/* Where a chain stands: what the next frame is bound to. */
struct audit_chain {
    uint8_t id[AUDIT_ID_LEN];
    uint8_t hash[DIGEST_LEN];
    uint64_t seq;          /* of the next frame, from 1 */
    struct digest *digest; /* of its own */
};

/* Begins a log: writes its header. */
void audit_chain_begin(struct audit_chain *chain, const uint8_t id[static AUDIT_ID_LEN],
                       const struct signer *signer, struct buffer *out);

/* Gives back what it holds. */
void audit_chain_end(struct audit_chain *chain);

/* Appends a record's frame. */
void audit_chain_add(struct audit_chain *chain, const struct audit_record *record,
                     struct buffer *out);
/* The same of a record whose bytes audit_write has made. */
void audit_chain_add_bytes(struct audit_chain *chain, struct text record, struct buffer *out);

/* Appends a checkpoint: after each group, or every few seconds; about 60 µs. */
void audit_chain_sign(struct audit_chain *chain, const struct signer *signer, int64_t now_ms,
                      struct buffer *out);

enum audit_fault {
    AUDIT_GOOD = 0,
    AUDIT_UNFINISHED,     /* the log ends within a frame: what a crash leaves; cut it there */
    AUDIT_NO_LOG,         /* not a header of ours */
    AUDIT_OTHER_KEY,      /* of another site: the header's key is not the one expected */
    AUDIT_BAD_FRAME,      /* a length or kind that none has */
    AUDIT_BAD_SEQ,        /* frames are missing, or twice, or in another order */
    AUDIT_BAD_LINK,       /* changed since it was written, or the one before it */
    AUDIT_BAD_SIGNATURE,  /* made anew without the key */
    AUDIT_BAD_CHECKPOINT, /* not the checkpoint that was told elsewhere */
    AUDIT_CUT,            /* the log ends before that one */
};

/* In English, for `jisr centre audit --check`. */
const char *audit_fault_words(enum audit_fault fault);

/* A frame as it was read. */
struct audit_frame {
    enum audit_kind kind;
    uint64_t seq;
    struct text body;         /* of a record: audit_read; points into what was given */
    int64_t signed_ms;        /* of a checkpoint */
    uint8_t hash[DIGEST_LEN]; /* of a checkpoint: of all before it */
};

/* A checkpoint as it was told elsewhere: in the program's log, on paper, to another centre. */
struct audit_told {
    uint64_t seq;             /* of the checkpoint's frame; 0: none was told */
    uint8_t hash[DIGEST_LEN]; /* that it signed */
};

/* Reads a log from its start and checks it. After the end `chain` stands where the next frame can be added. */
struct audit_reader {
    struct audit_chain chain;
    uint8_t public_key[DIGEST_KEY_LEN];
    struct audit_told told;
    uint64_t signed_seq; /* of the last checkpoint; 0: none yet */
    uint8_t
        signed_hash[DIGEST_LEN]; /* that it signed: told elsewhere, it proves what is before it */
    uint64_t at;                 /* bytes read: of the first frame that is not good */
};

/* Reads the header. `expected_key` NULL: the header's own is believed, which proves no more than that nothing was
 * changed by chance. `told` may be NULL. */
MUST_USE enum audit_fault audit_reader_begin(struct audit_reader *reader, struct text header,
                                             const uint8_t *expected_key,
                                             const struct audit_told *told);
void audit_reader_end(struct audit_reader *reader);

/* Reads and checks the frame at the start of `bytes`; `*used` is its length. AUDIT_UNFINISHED: `bytes` ends within
 * it. On any fault nothing moves, and reader->at and reader->chain.seq say where. */
MUST_USE enum audit_fault audit_reader_next(struct audit_reader *reader, struct text bytes,
                                            struct audit_frame *frame, size_t *used);

/* The frame at the start of `bytes`, unchecked: for one who looks something up in a log and does not judge it.
 * `*used` is its length. False: none begins there, or not the whole of it is there. */
MUST_USE bool audit_frame_read(struct text bytes, struct audit_frame *frame, size_t *used);

/* There is no more: AUDIT_GOOD, or AUDIT_CUT. */
MUST_USE enum audit_fault audit_reader_finish(const struct audit_reader *reader);

#endif
