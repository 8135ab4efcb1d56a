/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/coding.h"
#include "http/coding_levels.h"

#include <limits.h>
#define ZLIB_CONST /* zlib does not write what it reads */
#include <zlib.h>
#include <zstd.h>

/* What grows while it is unpacked. */
struct sink {
    struct arena *arena;
    char *bytes;
    size_t len, room;
    size_t bytes_max;
};

static size_t bytes_max_of(const struct coding_limits *limits, size_t packed)
{
    size_t by_ratio = packed > limits->bytes_max / limits->ratio_max ? limits->bytes_max
                                                                     : packed * limits->ratio_max;
    if (by_ratio < CODING_FREE_BYTES)
        by_ratio = CODING_FREE_BYTES;
    return by_ratio < limits->bytes_max ? by_ratio : limits->bytes_max;
}

/* Twice the room, and a byte for the terminator. */
static enum coding_result sink_grow(struct sink *sink)
{
    enum { FIRST = 16 * 1024 };
    if (sink->room > sink->bytes_max)
        return CODING_TOO_LARGE;
    size_t room = sink->room ? 2 * sink->room : FIRST;
    if (room > sink->bytes_max + 1)
        room = sink->bytes_max + 1; /* one more than may be: whether it is too much shows */
    char *grown = arena_grow(sink->arena, sink->bytes, sink->room ? sink->room + 1 : 0, room + 1);
    if (!grown)
        return CODING_NO_MEMORY;
    sink->bytes = grown;
    sink->room = room;
    return CODING_OK;
}

static enum coding_result unpack_gzip(struct sink *sink, struct text packed)
{
    z_stream z = {0};
    enum coding_result result = CODING_OK;
    if (packed.len > UINT_MAX)
        return CODING_TOO_LARGE;
    if (inflateInit2(&z, PACK_GZIP_WINDOW) != Z_OK)
        return CODING_NO_MEMORY;
    z.next_in = (const Bytef *)packed.bytes;
    z.avail_in = (uInt)packed.len;
    for (;;) {
        if (sink->len == sink->room && (result = sink_grow(sink)) != CODING_OK)
            break;
        size_t room = sink->room - sink->len;
        z.next_out = (Bytef *)sink->bytes + sink->len;
        z.avail_out = room < UINT_MAX ? (uInt)room : UINT_MAX;
        uInt before = z.avail_out;
        int status = inflate(&z, Z_NO_FLUSH);
        sink->len += before - z.avail_out;
        if (status == Z_STREAM_END) {
            result = z.avail_in ? CODING_MALFORMED : CODING_OK;
            break;
        }
        if (status != Z_OK || (z.avail_out && !z.avail_in)) {
            result = status == Z_MEM_ERROR ? CODING_NO_MEMORY : CODING_MALFORMED;
            break;
        }
    }
    inflateEnd(&z);
    return result;
}

static enum coding_result unpack_zstd(struct sink *sink, struct text packed)
{
    enum { WINDOW_LOG_MAX = 23 }; /* 8 MiB: RFC 8878 3.1.1.1.2 asks that much of every decoder */
    enum coding_result result = CODING_OK;
    ZSTD_DCtx *context = ZSTD_createDCtx();
    if (!context)
        return CODING_NO_MEMORY;
    ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
    ZSTD_inBuffer in = {packed.bytes, packed.len, 0};
    for (;;) {
        if (sink->len == sink->room && (result = sink_grow(sink)) != CODING_OK)
            break;
        ZSTD_outBuffer out = {sink->bytes, sink->room, sink->len};
        size_t left = ZSTD_decompressStream(context, &out, &in);
        sink->len = out.pos;
        if (ZSTD_isError(left) || (left && in.pos == in.size && out.pos < out.size)) {
            result = CODING_MALFORMED;
            break;
        }
        if (!left) {
            result = in.pos == in.size ? CODING_OK : CODING_MALFORMED;
            break;
        }
    }
    ZSTD_freeDCtx(context);
    return result;
}

enum coding_result coding_unpack(enum http_coding coding, struct text packed,
                                 const struct coding_limits *limits, struct arena *arena,
                                 struct text *plain)
{
    struct sink sink = {.arena = arena, .bytes_max = bytes_max_of(limits, packed.len)};
    enum coding_result result = CODING_OK;
    switch (coding) {
    case HTTP_IDENTITY:
        *plain = packed;
        return CODING_OK;
    case HTTP_GZIP:
        result = unpack_gzip(&sink, packed);
        break;
    case HTTP_ZSTD:
        result = unpack_zstd(&sink, packed);
        break;
    }
    if (result == CODING_OK && sink.len > sink.bytes_max)
        result = CODING_TOO_LARGE;
    if (result != CODING_OK)
        return result;
    sink.bytes[sink.len] = '\0';
    *plain = (struct text){sink.bytes, sink.len};
    return CODING_OK;
}

static size_t pack_gzip(char *out, size_t room, struct text plain)
{
    z_stream z = {0};
    if (plain.len > UINT_MAX || deflateInit2(&z, PACK_GZIP_LEVEL, Z_DEFLATED, PACK_GZIP_WINDOW, 8,
                                             Z_DEFAULT_STRATEGY) != Z_OK)
        return 0;
    z.next_in = (const Bytef *)plain.bytes;
    z.avail_in = (uInt)plain.len;
    z.next_out = (Bytef *)out;
    z.avail_out = (uInt)room;
    size_t len = deflate(&z, Z_FINISH) == Z_STREAM_END ? room - z.avail_out : 0;
    deflateEnd(&z);
    return len;
}

struct text coding_pack(enum http_coding coding, struct text plain, struct arena *arena)
{
    size_t room = plain.len, len = 0; /* what would be no smaller finds no room */
    char *out = room ? arena_take(arena, room) : NULL;
    if (!out)
        return (struct text){0};
    if (coding == HTTP_GZIP)
        len = pack_gzip(out, room, plain);
    else if (coding == HTTP_ZSTD)
        len = ZSTD_compress(out, room, plain.bytes, plain.len, PACK_ZSTD_LEVEL);
    if (len == 0 || ZSTD_isError(len) || len >= plain.len)
        return (struct text){0};
    return (struct text){out, len};
}
