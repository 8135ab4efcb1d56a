/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pages/frame.h"

#include <stdio.h>
#include <time.h>

#include "access/password.h"

static void write_title(struct html *html, enum page_word title, struct text value)
{
    const char *words = page_word(html->language, title), *place = strstr(words, "{}");

    if (!place) {
        html_text(html, text_of(words));
        return;
    }
    html_text(html, (struct text){words, (size_t)(place - words)});
    html_text(html, value);
    html_text(html, text_of(place + 2));
}

static void write_languages(struct html *html, const struct page *page)
{
    static const enum access_language order[ACCESS_LANGUAGES] = {ACCESS_ARABIC, ACCESS_FRENCH,
                                                                 ACCESS_ENGLISH};
    if (page->here.len == 0)
        return;
    bool has_query = memchr(page->here.bytes, '?', page->here.len) != NULL;
    html_write(html, "<nav class=\"languages\" aria-label=\"%w\">", WORD_LANGUAGE);
    for (size_t i = 0; i < ACCESS_LANGUAGES; i++) {
        enum access_language language = order[i];
        struct text tag = access_language_tag(language);
        if (language == page->language)
            html_write(html, "<span lang=\"%t\" aria-current=\"true\">%t</span>", tag,
                       page_language_name(language));
        else
            html_write(html, "<a href=\"%t%t%t\" lang=\"%t\" hreflang=\"%t\">%t</a>", page->here,
                       has_query ? TEXT("&lang=") : TEXT("?lang="), tag, tag, tag,
                       page_language_name(language));
    }
    html_write(html, "</nav>");
}

static void write_own(struct html *html, const struct page *page)
{
    if (page->who.len == 0)
        return;
    html_write(html, "<nav class=\"own\" aria-label=\"%w\"><span class=\"who\">", WORD_MY_ACCOUNT);
    html_word_with(html, WORD_SIGNED_IN_AS, page->who);
    html_write(html, "</span>");
    if (page->is_open)
        html_write(html, "<a href=\"/account\">%w</a>", WORD_MY_ACCOUNT);
    if (page->is_open && page->may_people)
        html_write(html, "<a href=\"/people\">%w</a>", WORD_PEOPLE);
    frame_form(html, page, "/sign-out");
    html_write(html, "<button class=\"link\">%w</button>", WORD_SIGN_OUT);
    frame_form_end(html);
    html_write(html, "</nav>");
}

static void write_notice(struct html *html, const struct page_notice *notice)
{
    if (notice->tone == PAGE_QUIET)
        return;
    html_write(html, notice->tone == PAGE_ERROR ? "<p class=\"notice error\" role=\"alert\">"
                                                : "<p class=\"notice done\" role=\"status\">");
    if (strstr(page_word(html->language, notice->word), "{}"))
        html_word_with(html, notice->word, notice->value);
    else
        html_write(html, "%w", notice->word);
    html_write(html, "</p>");
}

struct html frame_begin(struct buffer *out, const struct page *page, enum page_word title,
                        struct text title_value)
{
    struct html html = {.out = out, .language = page->language};

    html_write(&html,
               "<!doctype html>\n<html lang=\"%t\" dir=\"%t\"><head><meta charset=\"utf-8\">"
               "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>",
               access_language_tag(page->language), access_language_direction(page->language));
    write_title(&html, title, title_value);
    html_write(&html,
               " · %w</title><link rel=\"icon\" href=\"data:,\">"
               "<link rel=\"stylesheet\" href=\"/pages/style.css\">",
               WORD_SITE);
    if (page->has_passkeys)
        html_write(&html, "<script src=\"/pages/passkey.js\" defer></script>");
    html_write(&html,
               "</head>\n<body><a class=\"skip\" href=\"#main\">%w</a>"
               "<header><p class=\"site\"><b>Jisr</b> <span>%w</span></p>",
               WORD_SKIP, WORD_SITE);
    write_languages(&html, page);
    write_own(&html, page);
    html_write(&html, "</header>\n<main id=\"main\"><h1>");
    if (strstr(page_word(page->language, title), "{}"))
        html_word_with(&html, title, title_value);
    else
        html_write(&html, "%w", title);
    html_write(&html, "</h1>\n");
    write_notice(&html, &page->notice);
    return html;
}

void frame_end(struct html *html)
{
    html_write(html, "</main></body></html>\n");
}

void frame_hidden(struct html *html, const char *name, struct text value)
{
    html_write(html, "<input type=\"hidden\" name=\"%t\" value=\"%t\">", text_of(name), value);
}

void frame_form(struct html *html, const struct page *page, const char *action)
{
    html_write(html, "<form method=\"post\" action=\"%t\">", text_of(action));
    frame_hidden(html, "csrf", page->csrf);
    if (page->go.len)
        frame_hidden(html, "go", page->go);
}

void frame_form_end(struct html *html)
{
    html_write(html, "</form>\n");
}

void frame_button(struct html *html, const struct page *page, const char *action, struct text id,
                  enum page_word word, const char *look)
{
    frame_form(html, page, action);
    frame_hidden(html, "id", id);
    html_write(html, "<button class=\"%t\">%w</button>", text_of(look), word);
    frame_form_end(html);
}

void frame_new_password(struct html *html)
{
    char least[12];

    snprintf(least, sizeof least, "%d", PASSWORD_CHARACTERS_MIN);
    html_write(html,
               "<label for=\"fresh\">%w</label><input id=\"fresh\" name=\"fresh\" "
               "type=\"password\" autocomplete=\"new-password\" required "
               "aria-describedby=\"fresh-hint\"><p class=\"hint\" id=\"fresh-hint\">",
               WORD_NEW_PASSWORD);
    html_word_with(html, WORD_NEW_PASSWORD_HINT, text_of(least));
    html_write(html,
               "</p><label for=\"twice\">%w</label><input id=\"twice\" name=\"twice\" "
               "type=\"password\" autocomplete=\"new-password\" required>",
               WORD_AGAIN);
}

void frame_passkey(struct html *html, const struct page *page, bool is_new)
{
    if (!page->has_passkeys)
        return;
    html_write(html, "<div class=\"passkey\" hidden>");
    if (is_new)
        html_write(html,
                   "<label for=\"passkey-name\">%w</label><input id=\"passkey-name\" "
                   "data-passkey-name maxlength=\"40\" autocomplete=\"off\">",
                   WORD_PASSKEY_NAME);
    html_write(html,
               "<button type=\"button\" class=\"second\" data-passkey=\"%t\" data-csrf=\"%t\" "
               "data-next=\"%t\">%w</button><p class=\"hint\">%w</p>",
               is_new ? TEXT("new") : TEXT("sign-in"), page->csrf,
               page->go.len ? page->go : TEXT("/account"),
               is_new ? WORD_PASSKEY_ADD : WORD_WITH_PASSKEY, WORD_PASSKEY_HINT);
    html_write(html,
               "<p class=\"error\" role=\"alert\" data-passkey-fault hidden "
               "data-refused=\"%w\" data-cancelled=\"%w\"></p></div>\n",
               WORD_PASSKEY_FAILED, WORD_PASSKEY_CANCELLED);
}

struct text frame_date(int64_t seconds, char out[static 11])
{
    time_t time = (time_t)seconds;
    struct tm parts;

    if (!gmtime_r(&time, &parts) || strftime(out, 11, "%Y-%m-%d", &parts) == 0)
        out[0] = '\0';
    return text_of(out);
}
