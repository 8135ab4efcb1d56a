/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pages/html.h"

#include <assert.h>
#include <stdarg.h>

#include "base/utf8.h"

/* Characters that no HTML has (controls), and those that embed, override or isolate a direction. */
static bool is_left_out(uint32_t code)
{
    return (code < ' ' && code != '\t' && code != '\n') || (code >= 0x7F && code < 0xA0) ||
           (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) ||
           (code & 0xFFFE) == 0xFFFE || (code >= 0xFDD0 && code <= 0xFDEF);
}

static const char *escape_of(uint32_t code)
{
    switch (code) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '`': /* old browsers end attributes with it */
        return "&#96;";
    default:
        return NULL;
    }
}

void html_text(struct html *html, struct text text)
{
    const char *at = text.bytes, *end = text.len ? text.bytes + text.len : text.bytes;

    while (at < end) {
        uint32_t code;
        size_t len = utf8_read(at, end, &code);
        if (len == 0) {
            buffer_add(html->out, TEXT("\xEF\xBF\xBD"));
            at++;
            continue;
        }
        const char *escape = escape_of(code);
        if (escape)
            buffer_add(html->out, text_of(escape));
        else if (!is_left_out(code))
            buffer_add(html->out, (struct text){at, len});
        at += len;
    }
}

static void write_apart(struct html *html, struct text text)
{
    buffer_add(html->out, TEXT("<bdi>"));
    html_text(html, text);
    buffer_add(html->out, TEXT("</bdi>"));
}

void html_word_with(struct html *html, enum page_word word, struct text value)
{
    const char *words = page_word(html->language, word), *place = strstr(words, "{}");

    assert(place);
    html_text(html, (struct text){words, (size_t)(place - words)});
    write_apart(html, value);
    html_text(html, text_of(place + 2));
}

void html_write(struct html *html, const char *markup, ...)
{
    va_list arguments;

    va_start(arguments, markup);
    for (const char *at = markup; *at;) {
        size_t len = strcspn(at, "%");
        buffer_add(html->out, (struct text){at, len});
        at += len;
        if (*at == '\0')
            break;
        switch (at[1]) {
        case 'w':
            html_text(html, text_of(page_word(html->language, va_arg(arguments, enum page_word))));
            break;
        case 't':
            html_text(html, va_arg(arguments, struct text));
            break;
        case 'b':
            write_apart(html, va_arg(arguments, struct text));
            break;
        case 'u':
            buffer_add_u64(html->out, va_arg(arguments, unsigned));
            break;
        default:
            assert(at[1] == '%');
            buffer_add_byte(html->out, '%');
        }
        at += 2;
    }
    va_end(arguments);
}
