/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhirpath/lexer.h"

#include <stdint.h>

#include "base/utf8.h"

static bool is_letter(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || byte == '_';
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static char peek(const struct lexer *lexer, size_t ahead)
{
    size_t at = lexer->at + ahead;
    return at < lexer->source.len ? lexer->source.bytes[at] : '\0';
}

/* Goes past white space and comments. False: a comment does not end. */
static bool skip_blank(struct lexer *lexer)
{
    for (;;) {
        char byte = peek(lexer, 0);
        if (byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n') {
            lexer->at++;
        } else if (byte == '/' && peek(lexer, 1) == '/') {
            while (lexer->at < lexer->source.len && peek(lexer, 0) != '\n')
                lexer->at++;
        } else if (byte == '/' && peek(lexer, 1) == '*') {
            for (lexer->at += 2; peek(lexer, 0) != '*' || peek(lexer, 1) != '/'; lexer->at++)
                if (lexer->at >= lexer->source.len)
                    return false;
            lexer->at += 2;
        } else {
            return true;
        }
    }
}

/* The four hexadecimal digits at `at`, or -1. */
static int32_t hex4(struct text source, size_t at)
{
    int32_t number = 0;
    if (source.len - at < 4)
        return -1;
    for (size_t i = at; i < at + 4; i++) {
        char byte = source.bytes[i], lower = (char)(byte | 0x20);
        if (is_digit(byte))
            number = number * 16 + (byte - '0');
        else if (lower >= 'a' && lower <= 'f')
            number = number * 16 + (lower - 'a' + 10);
        else
            return -1;
    }
    return number;
}

/* Resolves the \u escape whose digits are at *at; a pair of surrogates is one character. 0: it is none. */
static size_t read_unicode(struct text source, size_t *at, char *out)
{
    int32_t code = hex4(source, *at);
    *at += 4;
    if (code >= 0xD800 && code < 0xDC00 && source.len - *at >= 6 && source.bytes[*at] == '\\' &&
        source.bytes[*at + 1] == 'u') {
        int32_t low = hex4(source, *at + 2);
        if (low < 0xDC00 || low > 0xDFFF)
            return 0;
        *at += 6;
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    if (code <= 0 || (code >= 0xD800 && code <= 0xDFFF))
        return 0;
    return utf8_write(out, (uint32_t)code);
}

/* The character that stands for itself, or for a control character, behind a backslash; '\0': none does. */
static char plain_escape(char byte)
{
    static const char from[] = "'\"`\\/rntf", to[] = "'\"`\\/\r\n\t\f";
    for (size_t i = 0; from[i]; i++)
        if (from[i] == byte)
            return to[i];
    return '\0';
}

static struct token unescape(struct lexer *lexer, struct token token)
{
    struct text raw = token.text;
    char *out = arena_take(lexer->arena, raw.len + 1);
    size_t len = 0;
    if (!out) {
        token.kind = TOKEN_NO_MEMORY;
        return token;
    }
    for (size_t at = 0; at < raw.len;) {
        if (raw.bytes[at] != '\\') {
            out[len++] = raw.bytes[at++];
            continue;
        }
        char escape =
            raw.bytes[at + 1]; /* there is one: the closing quote was no part of an escape */
        size_t added = 1;
        at += 2;
        if (escape == 'u')
            added = read_unicode(raw, &at, out + len);
        else if (!(out[len] = plain_escape(escape)))
            added = 0;
        if (!added) {
            token.kind = TOKEN_WRONG;
            return token;
        }
        len += added;
    }
    token.text = (struct text){out, len};
    return token;
}

/* From the quote that the lexer stands on to the next of its kind. */
static struct token read_quoted(struct lexer *lexer, enum token_kind kind)
{
    char quote = peek(lexer, 0);
    struct token token = {.kind = kind, .at = lexer->at};
    size_t start = ++lexer->at;
    bool has_escape = false;
    while (lexer->at < lexer->source.len && peek(lexer, 0) != quote) {
        if (peek(lexer, 0) == '\\') {
            has_escape = true;
            lexer->at++;
        }
        lexer->at++;
    }
    if (lexer->at >= lexer->source.len) {
        token.kind = TOKEN_WRONG;
        return token;
    }
    token.text = (struct text){lexer->source.bytes + start, lexer->at - start};
    lexer->at++;
    return has_escape ? unescape(lexer, token) : token;
}

static struct token read_name(struct lexer *lexer, enum token_kind kind)
{
    size_t start = lexer->at;
    while (is_letter(peek(lexer, 0)) || is_digit(peek(lexer, 0)))
        lexer->at++;
    struct text name = {lexer->source.bytes + start, lexer->at - start};
    return (struct token){name.len ? kind : TOKEN_WRONG, start, name};
}

static struct token read_number(struct lexer *lexer)
{
    size_t start = lexer->at;
    while (is_digit(peek(lexer, 0)))
        lexer->at++;
    if (peek(lexer, 0) == '.' && is_digit(peek(lexer, 1))) {
        lexer->at++;
        while (is_digit(peek(lexer, 0)))
            lexer->at++;
    }
    return (struct token){TOKEN_NUMBER, start, {lexer->source.bytes + start, lexer->at - start}};
}

/* @2015-02-07T13:28:17.239+02:00: a point belongs to it only before a digit of its seconds. */
static struct token read_date(struct lexer *lexer)
{
    size_t start = ++lexer->at;
    bool has_clock = false;
    for (;; lexer->at++) {
        char byte = peek(lexer, 0);
        if (byte == 'T')
            has_clock = true;
        else if (!is_digit(byte) && byte != '-' && !(has_clock && (byte == ':' || byte == '+')) &&
                 !(has_clock && byte == '.' && is_digit(peek(lexer, 1))))
            break;
    }
    if (has_clock && peek(lexer, 0) == 'Z')
        lexer->at++;
    return (struct token){TOKEN_DATE, start - 1, {lexer->source.bytes + start, lexer->at - start}};
}

static struct token read_constant(struct lexer *lexer)
{
    size_t start = lexer->at++;
    char byte = peek(lexer, 0);
    struct token token = byte == '`' || byte == '\'' ? read_quoted(lexer, TOKEN_CONSTANT)
                                                     : read_name(lexer, TOKEN_CONSTANT);
    token.at = start;
    return token;
}

static struct token read_variable(struct lexer *lexer)
{
    size_t start = lexer->at++;
    struct token token = read_name(lexer, TOKEN_VARIABLE);
    token.at = start;
    return token;
}

static struct token read_sign(struct lexer *lexer)
{
    static const char *const signs[] = {"<=", ">=", "!=", "!~", "<", ">", "=", "~", "+", "-", "*",
                                        "/",  "&",  "|",  ".",  ",", "(", ")", "[", "]", "{", "}"};
    struct text rest = {lexer->source.bytes + lexer->at, lexer->source.len - lexer->at};
    struct token token = {.kind = TOKEN_WRONG, .at = lexer->at};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (!text_starts(rest, text_of(signs[i])))
            continue;
        token.kind = TOKEN_SIGN;
        token.text = text_of(signs[i]);
        lexer->at += token.text.len;
        break;
    }
    return token;
}

struct token lexer_next(struct lexer *lexer)
{
    if (!skip_blank(lexer))
        return (struct token){.kind = TOKEN_WRONG, .at = lexer->at};
    if (lexer->at >= lexer->source.len)
        return (struct token){.kind = TOKEN_END, .at = lexer->source.len};

    char byte = peek(lexer, 0);
    if (is_letter(byte))
        return read_name(lexer, TOKEN_NAME);
    if (is_digit(byte))
        return read_number(lexer);
    switch (byte) {
    case '\'':
        return read_quoted(lexer, TOKEN_STRING);
    case '`':
        return read_quoted(lexer, TOKEN_QUOTED);
    case '@':
        return read_date(lexer);
    case '%':
        return read_constant(lexer);
    case '$':
        return read_variable(lexer);
    default:
        return read_sign(lexer);
    }
}
