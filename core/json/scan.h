/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/json: where a run of bytes of one kind ends, sixteen at a time where there is SSE2 (every
 * x86-64 has it), one by one elsewhere. Never reads at or past `end`. JSON_SCAN_BYTEWISE, for
 * tests: one by one here, too. */
#ifndef JSON_SCAN_H
#define JSON_SCAN_H

#include <stdbool.h>

#if defined __SSE2__ && !defined JSON_SCAN_BYTEWISE
#define JSON_SCAN_SSE2
#include <emmintrin.h>
#endif

/* Bytes within a string that mean themselves and need no look: ASCII but controls, quote, backslash. */
static inline bool json_is_plain(char byte)
{
    unsigned char u = (unsigned char)byte;
    return u >= 0x20 && u < 0x80 && u != '"' && u != '\\';
}

/* RFC 8259 section 2 */
static inline bool json_is_blank(char byte)
{
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

#ifdef JSON_SCAN_SSE2
enum { SCAN_STEP = 16, SCAN_ALL = 0xFFFF };

/* A bit for each of sixteen bytes that is not plain. Signed, bytes from 0x80 on are below 0x20, too. */
static inline unsigned scan_not_plain(const char *at)
{
    const __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
    const __m128i odd = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                                  _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))),
                                     _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)));
    return (unsigned)_mm_movemask_epi8(odd);
}

/* A bit for each of sixteen bytes that is not blank. */
static inline unsigned scan_not_blank(const char *at)
{
    const __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
    const __m128i blank = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(' ')),
                                                    _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n'))),
                                       _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\r')),
                                                    _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\t'))));
    return (unsigned)_mm_movemask_epi8(blank) ^ SCAN_ALL;
}
#endif

/* The first byte from `at` on that is not plain, or `end`. */
static inline const char *json_skip_plain(const char *at, const char *end)
{
#ifdef JSON_SCAN_SSE2
    for (; end - at >= SCAN_STEP; at += SCAN_STEP) {
        unsigned found = scan_not_plain(at);
        if (found)
            return at + __builtin_ctz(found);
    }
#endif
    while (at < end && json_is_plain(*at))
        at++;
    return at;
}

/* The first byte from `at` on that is not blank, or `end`. */
static inline const char *json_skip_blank(const char *at, const char *end)
{
    if (at < end && !json_is_blank(*at)) /* the most frequent of all: compact text */
        return at;
#ifdef JSON_SCAN_SSE2
    for (; end - at >= SCAN_STEP; at += SCAN_STEP) {
        unsigned found = scan_not_blank(at);
        if (found)
            return at + __builtin_ctz(found);
    }
#endif
    while (at < end && json_is_blank(*at))
        at++;
    return at;
}

#endif
