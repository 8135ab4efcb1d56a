/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorded console stream: an LZ4 frame of ITP records (motion/itp.h), unpacked whole at open. */
#include <errno.h>
#include <lz4frame.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/source.h"
#include "motion/itp.h"

#define UNPACKED_BYTES_MAX ((size_t)256 << 20) /* an hour and a half at 500 Hz; a bomb stops here */
#define LEAP_NS UINT64_C(1000000000)    /* longer without a packet and the stamp is doubted */
#define USUAL_STEP_NS UINT64_C(2000000) /* 500 Hz */

struct itp_file {
    struct source source;
    uint8_t *bytes;
    size_t len, at;
    uint64_t stamp_ns, at_ns; /* of the last record: as written, and since the start as told */
    struct itp itp;
};

/* Makes room for more in `*bytes`; false when that is too much. */
static bool grow(uint8_t **bytes, size_t *room, size_t len)
{
    if (len < *room)
        return true;
    size_t more = *room ? 2 * *room : (size_t)1 << 20;
    uint8_t *bigger = more <= UNPACKED_BYTES_MAX ? realloc(*bytes, more) : NULL;
    if (!bigger)
        return false;
    *bytes = bigger;
    *room = more;
    return true;
}

/* Unpacks one frame from `in`. Returns NULL or what is wrong. */
static const char *unpack(FILE *in, LZ4F_dctx *context, uint8_t **bytes, size_t *len)
{
    uint8_t packed[65536];
    size_t room = 0, have = 0, at = 0, hint = 1;
    bool has_read = false;
    while (hint) {
        if (at == have) {
            have = fread(packed, 1, sizeof packed, in);
            at = 0;
            if (have == 0)
                return ferror(in) ? "cannot be read"
                       : has_read ? "ends in the middle of its LZ4 frame: copy it again"
                                  : "is empty";
            has_read = true;
        }
        if (!grow(bytes, &room, *len))
            return "holds more than 256 MiB or more than there is memory: cut it";
        size_t out = room - *len, used = have - at;
        hint = LZ4F_decompress(context, *bytes + *len, &out, packed + at, &used, NULL);
        if (LZ4F_isError(hint))
            return *len ? "is damaged: copy it again"
                        : "is not an LZ4 frame: give a recorded ITP stream (.bin)";
        *len += out;
        at += used;
    }
    return NULL;
}

static const char *load(const char *path, uint8_t **bytes, size_t *len)
{
    LZ4F_dctx *context = NULL;
    FILE *in = fopen(path, "rb");
    if (!in)
        return strerror(errno);
    const char *wrong = "cannot be unpacked: not enough memory";
    if (!LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)))
        wrong = unpack(in, context, bytes, len);
    LZ4F_freeDecompressionContext(context);
    fclose(in);
    return wrong;
}

/* Walks all records. Returns NULL or what is wrong. */
static const char *check_records(const struct itp_file *file)
{
    struct itp_record record;
    if (file->len < ITP_RECORD_BYTES ||
        itp_record_read(&record, file->bytes, file->len) != MOTION_OK)
        return "does not hold records of ITP packets (135 bytes each)";
    for (size_t at = 0; at < file->len; at += ITP_RECORD_BYTES)
        if (itp_record_read(&record, file->bytes + at, file->len - at) != MOTION_OK)
            return file->len - at < ITP_RECORD_BYTES
                       ? "ends in the middle of a record: copy it again"
                       : "has a damaged record: copy it again";
    return NULL;
}

/* The recording's own time, but for stamps that run back or leap. */
static enum motion_err take_stamp(struct itp_file *file, uint64_t stamp_ns)
{
    uint64_t step_ns = stamp_ns - file->stamp_ns; /* wraps to huge when it runs back */
    bool good = step_ns <= LEAP_NS;
    if (file->at > 0)
        file->at_ns += good ? step_ns : USUAL_STEP_NS;
    enum motion_err err = good || file->at == 0 ? MOTION_OK : MOTION_ERR_STAMP;
    file->stamp_ns = stamp_ns;
    return err;
}

static bool itp_next(struct source *source, struct source_sample *sample)
{
    struct itp_file *file = (struct itp_file *)source;
    struct itp_record record;
    if (file->at >= file->len ||
        itp_record_read(&record, file->bytes + file->at, file->len - file->at) != MOTION_OK)
        return false;
    enum motion_err stamp = take_stamp(file, record.stamp_ns);
    enum motion_err packet = itp_take(&file->itp, record.packet, ITP_PACKET_BYTES);
    file->at += ITP_RECORD_BYTES;
    *sample = (struct source_sample){
        .at_ns = file->at_ns, .hands = file->itp.hands, .err = packet ? packet : stamp};
    return true;
}

static void itp_rewind(struct source *source)
{
    struct itp_file *file = (struct itp_file *)source;
    file->at = 0;
    file->at_ns = 0;
    itp_restart(&file->itp);
}

static void itp_close(struct source *source)
{
    struct itp_file *file = (struct itp_file *)source;
    free(file->bytes);
    free(file);
}

/* Plays the whole once to learn its length and that something in it is good. */
static const char *measure(struct itp_file *file)
{
    struct source_sample sample = {0};
    size_t samples = 0, good = 0;
    while (itp_next(&file->source, &sample)) {
        samples++;
        good += sample.err == MOTION_OK;
    }
    if (good == 0)
        return "holds no packet with a meaning: all were refused";
    if (sample.at_ns > 0)
        file->source.rate_hz = (double)(samples - 1) * 1e9 / (double)sample.at_ns;
    itp_init(&file->itp);
    itp_rewind(&file->source);
    return NULL;
}

struct source *source_open_itp(const char *path, char *why, size_t why_bytes)
{
    struct itp_file *file = calloc(1, sizeof *file);
    if (!file) {
        snprintf(why, why_bytes, "not enough memory");
        return NULL;
    }
    file->source = (struct source){.next = itp_next, .rewind = itp_rewind, .close = itp_close};
    itp_init(&file->itp);
    const char *wrong = load(path, &file->bytes, &file->len);
    if (!wrong)
        wrong = check_records(file);
    if (!wrong)
        wrong = measure(file);
    if (!wrong)
        return &file->source;
    snprintf(why, why_bytes, "hands file '%s': %s", path, wrong);
    itp_close(&file->source);
    return NULL;
}
