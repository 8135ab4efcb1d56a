/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/audit_chain.h"

#include <assert.h>

#include "base/bytes.h"

static const char magic[8] = {'J', 'I', 'S', 'R', 'A', 'U', 'D', '1'};
enum { AT_ID = 8, AT_ZERO = 24, AT_KEY = 32 };
static_assert((int)AT_KEY + (int)DIGEST_KEY_LEN == (int)AUDIT_HEADER_LEN,
              "the key ends the header");

/* What a checkpoint's signature is of: these words with their zero, the log's id, its seq, its time, the hash. */
static const char signed_words[] = "Jisr audit checkpoint 1";
enum { SIGNED_LEN = sizeof signed_words + AUDIT_ID_LEN + 8 + 8 + DIGEST_LEN };

static struct text bytes_of(const void *bytes, size_t len)
{
    return (struct text){bytes, len};
}

void audit_chain_begin(struct audit_chain *chain, const uint8_t id[static AUDIT_ID_LEN],
                       const struct signer *signer, struct buffer *out)
{
    uint8_t header[AUDIT_HEADER_LEN] = {0};

    memcpy(header, magic, sizeof magic);
    memcpy(header + AT_ID, id, AUDIT_ID_LEN);
    signer_public_key(signer, header + AT_KEY);
    buffer_add(out, bytes_of(header, sizeof header));

    *chain = (struct audit_chain){.seq = 1, .digest = digest_create()};
    memcpy(chain->id, id, AUDIT_ID_LEN);
    digest_two(chain->digest, bytes_of(header, sizeof header), TEXT(""), chain->hash);
}

void audit_chain_end(struct audit_chain *chain)
{
    digest_destroy(chain->digest);
    chain->digest = NULL;
}

/* The hash with this frame in it. */
static void hash_with(const struct audit_chain *chain, struct text frame,
                      uint8_t out[static DIGEST_LEN])
{
    digest_two(chain->digest, bytes_of(chain->hash, DIGEST_LEN), frame, out);
}

static void signed_text(const struct audit_chain *chain, int64_t now_ms,
                        uint8_t out[static SIGNED_LEN])
{
    uint8_t *at = out;
    memcpy(at, signed_words, sizeof signed_words);
    at += sizeof signed_words;
    memcpy(at, chain->id, AUDIT_ID_LEN);
    at += AUDIT_ID_LEN;
    put_be64(at, chain->seq);
    put_be64(at + 8, (uint64_t)now_ms);
    memcpy(at + 16, chain->hash, DIGEST_LEN);
}

/* Where the frame begins; its head is written once its length is known. */
static size_t begin_frame(struct buffer *out)
{
    static const char head[AUDIT_FRAME_HEAD_LEN];
    buffer_add(out, bytes_of(head, sizeof head));
    return out->len - sizeof head;
}

static void end_frame(struct audit_chain *chain, enum audit_kind kind, struct buffer *out,
                      size_t start)
{
    uint8_t hash[DIGEST_LEN];

    if (out->failed)
        return;
    uint8_t *head = (uint8_t *)out->bytes + start;
    size_t len = out->len - start;
    put_be32(head, (uint32_t)(len - 4 + AUDIT_LINK_LEN));
    head[4] = (uint8_t)kind;
    put_be64(head + 5, chain->seq);
    hash_with(chain, bytes_of(head, len), hash);
    buffer_add(out, bytes_of(hash, AUDIT_LINK_LEN));
    if (out->failed)
        return;
    memcpy(chain->hash, hash, DIGEST_LEN);
    chain->seq++;
}

void audit_chain_add(struct audit_chain *chain, const struct audit_record *record,
                     struct buffer *out)
{
    size_t start = begin_frame(out);
    audit_write(out, record);
    end_frame(chain, AUDIT_RECORD, out, start);
}

void audit_chain_add_bytes(struct audit_chain *chain, struct text record, struct buffer *out)
{
    size_t start = begin_frame(out);
    buffer_add(out, record);
    end_frame(chain, AUDIT_RECORD, out, start);
}

void audit_chain_sign(struct audit_chain *chain, const struct signer *signer, int64_t now_ms,
                      struct buffer *out)
{
    uint8_t text[SIGNED_LEN], body[AUDIT_CHECKPOINT_LEN];
    size_t start = begin_frame(out);

    signed_text(chain, now_ms, text);
    put_be64(body, (uint64_t)now_ms);
    memcpy(body + 8, chain->hash, DIGEST_LEN);
    signer_sign(signer, bytes_of(text, sizeof text), body + 8 + DIGEST_LEN);
    buffer_add(out, bytes_of(body, sizeof body));
    end_frame(chain, AUDIT_CHECKPOINT, out, start);
}

enum audit_fault audit_reader_begin(struct audit_reader *reader, struct text header,
                                    const uint8_t *expected_key, const struct audit_told *told)
{
    static const uint8_t zeros[AT_KEY - AT_ZERO];
    const uint8_t *bytes = (const uint8_t *)header.bytes;

    if (header.len < AUDIT_HEADER_LEN)
        return AUDIT_UNFINISHED;
    if (memcmp(bytes, magic, sizeof magic) != 0 ||
        memcmp(bytes + AT_ZERO, zeros, sizeof zeros) != 0)
        return AUDIT_NO_LOG;
    if (expected_key && memcmp(bytes + AT_KEY, expected_key, DIGEST_KEY_LEN) != 0)
        return AUDIT_OTHER_KEY;
    *reader = (struct audit_reader){.at = AUDIT_HEADER_LEN};
    if (told)
        reader->told = *told;
    memcpy(reader->public_key, bytes + AT_KEY, DIGEST_KEY_LEN);
    reader->chain = (struct audit_chain){.seq = 1, .digest = digest_create()};
    memcpy(reader->chain.id, bytes + AT_ID, AUDIT_ID_LEN);
    digest_two(reader->chain.digest, bytes_of(bytes, AUDIT_HEADER_LEN), TEXT(""),
               reader->chain.hash);
    return AUDIT_GOOD;
}

void audit_reader_end(struct audit_reader *reader)
{
    audit_chain_end(&reader->chain);
}

/* What a checkpoint says of the chain before it. */
static enum audit_fault check_checkpoint(const struct audit_reader *reader, const uint8_t *body,
                                         struct audit_frame *frame)
{
    uint8_t text[SIGNED_LEN];

    frame->signed_ms = (int64_t)get_be64(body);
    memcpy(frame->hash, body + 8, DIGEST_LEN);
    if (memcmp(frame->hash, reader->chain.hash, DIGEST_LEN) != 0)
        return AUDIT_BAD_LINK;
    signed_text(&reader->chain, frame->signed_ms, text);
    if (!signer_verify(reader->public_key, bytes_of(text, sizeof text), body + 8 + DIGEST_LEN))
        return AUDIT_BAD_SIGNATURE;
    bool is_told =
        frame->seq != reader->told.seq || memcmp(frame->hash, reader->told.hash, DIGEST_LEN) == 0;
    return is_told ? AUDIT_GOOD : AUDIT_BAD_CHECKPOINT;
}

static bool is_frame(uint64_t len, uint8_t kind)
{
    if (kind == AUDIT_CHECKPOINT)
        return len == AUDIT_FRAME_HEAD_LEN + AUDIT_CHECKPOINT_LEN + AUDIT_LINK_LEN;
    return kind == AUDIT_RECORD && len > AUDIT_FRAME_HEAD_LEN + AUDIT_LINK_LEN &&
           len <= AUDIT_FRAME_LEN_MAX;
}

enum audit_fault audit_reader_next(struct audit_reader *reader, struct text bytes,
                                   struct audit_frame *frame, size_t *used)
{
    struct audit_chain *chain = &reader->chain;
    const uint8_t *head = (const uint8_t *)bytes.bytes;
    uint8_t hash[DIGEST_LEN];

    if (bytes.len < AUDIT_FRAME_HEAD_LEN)
        return AUDIT_UNFINISHED;
    uint64_t len = (uint64_t)get_be32(head) + 4;
    if (!is_frame(len, head[4]))
        return AUDIT_BAD_FRAME;
    if (get_be64(head + 5) != chain->seq)
        return AUDIT_BAD_SEQ;
    if (bytes.len < len)
        return AUDIT_UNFINISHED;
    size_t body_len = (size_t)len - AUDIT_FRAME_HEAD_LEN - AUDIT_LINK_LEN;
    hash_with(chain, bytes_of(head, len - AUDIT_LINK_LEN), hash);
    if (memcmp(hash, head + len - AUDIT_LINK_LEN, AUDIT_LINK_LEN) != 0)
        return AUDIT_BAD_LINK;

    *frame = (struct audit_frame){
        .kind = (enum audit_kind)head[4],
        .seq = chain->seq,
        .body = bytes_of(head + AUDIT_FRAME_HEAD_LEN, body_len),
    };
    if (frame->kind == AUDIT_CHECKPOINT) {
        enum audit_fault fault = check_checkpoint(reader, head + AUDIT_FRAME_HEAD_LEN, frame);
        if (fault != AUDIT_GOOD)
            return fault;
        reader->signed_seq = chain->seq;
        memcpy(reader->signed_hash, frame->hash, DIGEST_LEN);
    } else if (frame->seq == reader->told.seq) {
        return AUDIT_BAD_CHECKPOINT;
    }
    memcpy(chain->hash, hash, DIGEST_LEN);
    chain->seq++;
    reader->at += len;
    *used = (size_t)len;
    return AUDIT_GOOD;
}

bool audit_frame_read(struct text bytes, struct audit_frame *frame, size_t *used)
{
    const uint8_t *head = (const uint8_t *)bytes.bytes;
    if (bytes.len < AUDIT_FRAME_HEAD_LEN)
        return false;
    uint64_t len = (uint64_t)get_be32(head) + 4;
    if (!is_frame(len, head[4]) || bytes.len < len)
        return false;
    *frame = (struct audit_frame){
        .kind = (enum audit_kind)head[4],
        .seq = get_be64(head + 5),
        .body = bytes_of(head + AUDIT_FRAME_HEAD_LEN,
                         (size_t)len - AUDIT_FRAME_HEAD_LEN - AUDIT_LINK_LEN),
    };
    *used = (size_t)len;
    return true;
}

enum audit_fault audit_reader_finish(const struct audit_reader *reader)
{
    return reader->chain.seq > reader->told.seq ? AUDIT_GOOD : AUDIT_CUT;
}

const char *audit_fault_words(enum audit_fault fault)
{
    switch (fault) {
    case AUDIT_GOOD:
        return "nothing was changed";
    case AUDIT_UNFINISHED:
        return "the log ends within a record, as after a crash";
    case AUDIT_NO_LOG:
        return "this is no audit log";
    case AUDIT_OTHER_KEY:
        return "the log was begun under another key";
    case AUDIT_BAD_FRAME:
        return "bytes that are no record";
    case AUDIT_BAD_SEQ:
        return "records are missing, twice, or in another order";
    case AUDIT_BAD_LINK:
        return "this record was changed after it was written";
    case AUDIT_BAD_SIGNATURE:
        return "this checkpoint was not signed by the site's key";
    case AUDIT_BAD_CHECKPOINT:
        return "this is not the checkpoint that was told";
    case AUDIT_CUT:
        return "the log ends before the checkpoint that was told";
    }
    return "";
}
