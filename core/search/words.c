/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "search/words.h"

#include "base/buffer.h"
#include "base/utf8.h"
#include "search/fold.h"

enum { REFERENCE_LEN_MAX = 10 }; /* of &...; with what is between */

/* What stands between & and ; as a character; 0: none that we read. */
static uint32_t referred(struct text name)
{
    static const struct {
        const char *name;
        uint32_t code;
    } named[] = {{"amp", '&'},  {"lt", '<'},    {"gt", '>'},
                 {"quot", '"'}, {"apos", '\''}, {"nbsp", ' '}};
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (text_is(name, named[i].name))
            return named[i].code;
    bool is_hex = name.len > 1 && (name.bytes[1] | 0x20) == 'x';
    uint32_t code = 0;
    if (name.len < 2 || *name.bytes != '#')
        return 0;
    for (size_t i = is_hex ? 2 : 1; i < name.len; i++) {
        char byte = (char)(name.bytes[i] | 0x20);
        unsigned digit = byte >= '0' && byte <= '9'             ? (unsigned)(byte - '0')
                         : is_hex && byte >= 'a' && byte <= 'f' ? (unsigned)(byte - 'a' + 10)
                                                                : 16;
        if (digit == 16)
            return 0;
        code = (is_hex ? 16 : 10) * code + digit;
    }
    return code > UTF8_CODE_MAX || (code >= 0xd800 && code <= 0xdfff) ? 0 : code;
}

/* Adds the character that a reference at `at` is; returns the bytes it takes. */
static size_t add_reference(struct buffer *buffer, struct text text, size_t at)
{
    struct text rest = {text.bytes + at + 1, text.len - at - 1};
    if (rest.len > REFERENCE_LEN_MAX)
        rest.len = REFERENCE_LEN_MAX;
    const char *end = rest.len ? memchr(rest.bytes, ';', rest.len) : NULL;
    uint32_t code = end ? referred((struct text){rest.bytes, (size_t)(end - rest.bytes)}) : 0;
    char bytes[UTF8_LEN_MAX];
    if (code == 0) {
        buffer_add_byte(buffer, ' ');
        return 1;
    }
    buffer_add(buffer, (struct text){bytes, utf8_write(bytes, code)});
    return (size_t)(end - text.bytes) + 1 - at;
}

/* The end of the tag or comment that begins at `at`. */
static size_t tag_end(struct text text, size_t at)
{
    struct text rest = {text.bytes + at, text.len - at};
    bool is_comment = text_starts(rest, TEXT("<!--"));
    const char *end =
        is_comment ? memmem(rest.bytes, rest.len, "-->", 3) : memchr(rest.bytes, '>', rest.len);
    return end ? (size_t)(end - text.bytes) + (is_comment ? 3 : 1) : text.len;
}

static void add_narrative(struct buffer *buffer, struct text div)
{
    for (size_t i = 0; i < div.len;) {
        if (div.bytes[i] == '<') {
            buffer_add_byte(buffer, ' ');
            i = tag_end(div, i);
        } else if (div.bytes[i] == '&') {
            i += add_reference(buffer, div, i);
        } else {
            buffer_add_byte(buffer, div.bytes[i++]);
        }
    }
}

/* The narrative as it is written; "" where there is none. */
static struct text div_of(const struct json *json, uint32_t resource, struct arena *arena)
{
    uint32_t text = json_member(json, resource, TEXT("text"));
    uint32_t div = text == JSON_NONE ? JSON_NONE : json_member(json, text, TEXT("div"));
    if (div == JSON_NONE || json_type(json, div) != JSON_STRING)
        return TEXT("");
    return json_string(json, div, arena);
}

static void add_string(struct buffer *buffer, const struct json *json, uint32_t node)
{
    struct text text = json_string(json, node, buffer->arena);
    if (!text.bytes) {
        buffer->failed = true;
        return;
    }
    bool is_unbroken = text.len && !memchr(text.bytes, ' ', text.len);
    if (is_unbroken && (text.len > WORDS_UNBROKEN_MAX || memchr(text.bytes, ':', text.len) ||
                        memchr(text.bytes, '/', text.len)))
        return;
    buffer_add_byte(buffer, ' ');
    buffer_add(buffer, text);
}

/* All strings within a value, but for narratives' divs. As deep as the reader lets a document be. */
static void add_strings(struct buffer *buffer, const struct json *json, uint32_t node)
{
    if (json_type(json, node) == JSON_STRING)
        add_string(buffer, json, node);
    if (json_type(json, node) == JSON_ARRAY)
        for (uint32_t at = json_first(json, node); at != json_end(json, node);
             at = json_next(json, at))
            add_strings(buffer, json, at);
    if (json_type(json, node) == JSON_OBJECT)
        for (uint32_t key = json_first(json, node); key != json_end(json, node);
             key = json_next(json, key + 1))
            if (!json_string_is(json, key, TEXT("div")))
                add_strings(buffer, json, key + 1);
}

static void add_marked(struct buffer *buffer, struct text folded)
{
    while (folded.len) {
        if (buffer->len)
            buffer_add_byte(buffer, ' ');
        buffer_add(buffer, WORDS_MARK);
        buffer_add(buffer, text_cut(&folded, ' '));
    }
}

/* .bytes is NULL where there was no room; "" is no fault. */
static struct text written(const struct buffer *buffer)
{
    if (buffer->failed)
        return (struct text){NULL, 0};
    return buffer->len ? buffer_text(buffer) : TEXT("");
}

struct text search_words_marked(struct text folded, struct arena *arena)
{
    struct buffer buffer;
    buffer_init(&buffer, arena);
    add_marked(&buffer, folded);
    return written(&buffer);
}

struct text search_words(const struct json *json, uint32_t resource, struct arena *arena)
{
    struct buffer said, words;
    struct text div = div_of(json, resource, arena);
    if (!div.bytes)
        return div;
    buffer_init(&said, arena);
    add_narrative(&said, div);
    struct text narrative = said.failed ? TEXT("") : fold_text(arena, buffer_text(&said));
    add_strings(&said, json, resource);
    struct text all = said.failed ? TEXT("") : fold_text(arena, buffer_text(&said));
    if (said.failed || !narrative.bytes || !all.bytes)
        return (struct text){NULL, 0};
    buffer_init(&words, arena);
    buffer_add(&words, narrative);
    add_marked(&words, all);
    return written(&words);
}
