/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A long answer, packed while it is sent. */
#include <stdlib.h>
#define ZLIB_CONST /* zlib does not write what it reads */
#include <zlib.h>
#include <zstd.h>

#include "http/coding.h"
#include "http/coding_levels.h"

enum {
    PLAIN_BYTES = 64 * 1024
}; /* taken at a time: others of the thread wait while it is packed */

struct packing {
    struct http_stream of; /* the first, so that one is the other */
    struct http_stream *plain;
    z_stream gzip;
    ZSTD_CCtx *zstd; /* NULL: gzip */
    size_t at, len;  /* of `bytes`, what is not packed yet */
    bool is_last;    /* `plain` has no more */
    bool is_done;
    char bytes[PLAIN_BYTES];
};

/* Packs what there is as far as `room` goes; how much it wrote, below 0: it failed. */
static ptrdiff_t pack_gzip(struct packing *packing, char *out, size_t room)
{
    z_stream *z = &packing->gzip;
    z->next_in = (const Bytef *)packing->bytes + packing->at;
    z->avail_in = (uInt)packing->len;
    z->next_out = (Bytef *)out;
    z->avail_out = (uInt)room;
    int status = deflate(z, packing->is_last ? Z_FINISH : Z_NO_FLUSH);
    packing->at += packing->len - z->avail_in;
    packing->len = z->avail_in;
    packing->is_done = status == Z_STREAM_END;
    return status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR
               ? (ptrdiff_t)(room - z->avail_out)
               : -1;
}

static ptrdiff_t pack_zstd(struct packing *packing, char *out, size_t room)
{
    ZSTD_inBuffer from = {packing->bytes + packing->at, packing->len, 0};
    ZSTD_outBuffer to = {out, room, 0};
    size_t left = ZSTD_compressStream2(packing->zstd, &to, &from,
                                       packing->is_last ? ZSTD_e_end : ZSTD_e_continue);
    packing->at += from.pos;
    packing->len -= from.pos;
    packing->is_done = packing->is_last && left == 0;
    return ZSTD_isError(left) ? -1 : (ptrdiff_t)to.pos;
}

/* False: `plain` ended before it should. */
static bool take_more(struct packing *packing)
{
    ptrdiff_t len = packing->plain->next(packing->plain, packing->bytes, PLAIN_BYTES);
    packing->at = 0;
    packing->len = len > 0 ? (size_t)len : 0;
    packing->is_last = len == 0;
    return len >= 0;
}

static ptrdiff_t next(struct http_stream *stream, char *bytes, size_t room)
{
    enum { ROOM_MAX = 1 << 30 }; /* zlib counts in 32 bits */
    struct packing *packing = (struct packing *)stream;
    ptrdiff_t len = 0;
    room = room < ROOM_MAX ? room : ROOM_MAX;
    while (len == 0 && !packing->is_done) {
        if (!packing->len && !packing->is_last && !take_more(packing))
            return -1;
        len = packing->zstd ? pack_zstd(packing, bytes, room) : pack_gzip(packing, bytes, room);
    }
    return len;
}

static void end(struct http_stream *stream)
{
    struct packing *packing = (struct packing *)stream;
    packing->plain->end(packing->plain);
    if (packing->zstd)
        ZSTD_freeCCtx(packing->zstd);
    else
        deflateEnd(&packing->gzip);
    free(packing);
}

static bool begin(struct packing *packing, enum http_coding coding)
{
    switch (coding) {
    case HTTP_GZIP:
        return deflateInit2(&packing->gzip, PACK_GZIP_LEVEL, Z_DEFLATED, PACK_GZIP_WINDOW, 8,
                            Z_DEFAULT_STRATEGY) == Z_OK;
    case HTTP_ZSTD:
        packing->zstd = ZSTD_createCCtx();
        return packing->zstd && !ZSTD_isError(ZSTD_CCtx_setParameter(
                                    packing->zstd, ZSTD_c_compressionLevel, PACK_ZSTD_LEVEL));
    case HTTP_IDENTITY:
        break;
    }
    return false;
}

struct http_stream *coding_stream(enum http_coding coding, struct http_stream *plain)
{
    struct packing *packing = malloc(sizeof *packing);
    if (!packing)
        return NULL;
    packing->of = (struct http_stream){next, end};
    packing->plain = plain;
    packing->gzip = (z_stream){0};
    packing->zstd = NULL;
    packing->at = packing->len = 0;
    packing->is_last = packing->is_done = false;
    if (begin(packing, coding))
        return &packing->of;
    ZSTD_freeCCtx(packing->zstd); /* harmless on NULL */
    free(packing);
    return NULL;
}
