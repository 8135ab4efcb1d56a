/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/accept.h"

#include "http/words.h"

enum { QUALITY_MAX = 1000 }; /* q=1, in thousandths */

/* "0", "0.5", "1.000"; anything else counts as 0: RFC 9110 12.4.2 */
static unsigned read_quality(struct text value)
{
    unsigned quality = 0, unit = QUALITY_MAX;
    if (!value.len || value.len > 5 || (value.len > 1 && value.bytes[1] != '.'))
        return 0;
    for (size_t i = 0; i < value.len; i++) {
        if (i == 1)
            continue;
        if (value.bytes[i] < '0' || value.bytes[i] > '9')
            return 0;
        quality += (unsigned)(value.bytes[i] - '0') * unit;
        unit /= 10;
    }
    return quality <= QUALITY_MAX ? quality : 0;
}

/* The q of "word;a=b;q=0.5"; what stands before the parameters goes to `*word`. */
static unsigned quality_of(struct text element, struct text *word)
{
    unsigned quality = QUALITY_MAX;
    *word = http_before(&element, ';');
    while (element.len) {
        struct text value = http_before(&element, ';');
        struct text name = http_before(&value, '=');
        if (http_same(name, TEXT("q")))
            quality = read_quality(http_trim(value));
    }
    return quality;
}

enum http_coding http_coding_wanted(struct text accept_encoding)
{
    enum { UNSAID = QUALITY_MAX + 1 };
    unsigned qualities[] = {[HTTP_IDENTITY] = UNSAID, [HTTP_GZIP] = UNSAID, [HTTP_ZSTD] = 0};
    unsigned others = 0;
    struct text element, name;
    while (http_next(&accept_encoding, &element)) {
        unsigned q = quality_of(element, &name);
        if (text_is(name, "*"))
            others = q;
        for (enum http_coding coding = HTTP_IDENTITY; coding <= HTTP_ZSTD; coding++)
            if (http_same(name, text_of(http_coding_word(coding))))
                qualities[coding] = q;
    }
    if (qualities[HTTP_GZIP] == UNSAID)
        qualities[HTTP_GZIP] = others;
    if (qualities[HTTP_IDENTITY] == UNSAID) /* good enough, but rather smaller */
        qualities[HTTP_IDENTITY] = 0;
    enum http_coding wanted = HTTP_ZSTD;
    if (qualities[HTTP_GZIP] > qualities[wanted] || !qualities[wanted])
        wanted = HTTP_GZIP;
    return qualities[wanted] && qualities[wanted] >= qualities[HTTP_IDENTITY] ? wanted
                                                                              : HTTP_IDENTITY;
}

const char *http_coding_word(enum http_coding coding)
{
    switch (coding) {
    case HTTP_GZIP:
        return "gzip";
    case HTTP_ZSTD:
        return "zstd";
    case HTTP_IDENTITY:
        break;
    }
    return "identity";
}

static struct text without_weakness(struct text etag)
{
    if (text_starts(etag, TEXT("W/")))
        return (struct text){etag.bytes + 2, etag.len - 2};
    return etag;
}

bool http_etag_listed(struct text list, struct text etag)
{
    struct text one;
    while (http_next(&list, &one))
        if (text_is(one, "*") || text_equal(without_weakness(one), without_weakness(etag)))
            return true;
    return false;
}
