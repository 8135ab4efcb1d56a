/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/form.h"
#include "pages/frame.h"

/* A link each, to where their own people sign in. */
static void write_partners(struct html *html, const struct page *page)
{
    for (size_t i = 0; i < page->partner_count; i++) {
        struct buffer url;
        buffer_init(&url, html->out->arena);
        buffer_add(&url, TEXT("/partner"));
        form_add(&url, '?', "id", page->partners[i].id);
        if (page->go.len)
            form_add(&url, '&', "go", page->go);
        html->out->failed |= url.failed;
        html_write(html, "<p><a class=\"button second\" href=\"%t\">", buffer_text(&url));
        html_word_with(html, WORD_WITH_PARTNER, page->partners[i].name);
        html_write(html, "</a></p>");
    }
}

void page_sign_in(struct buffer *out, const struct page *page, struct text name, struct text app)
{
    struct html html = frame_begin(out, page, WORD_SIGN_IN, TEXT(""));

    if (app.len) {
        html_write(&html, "<p>");
        html_word_with(&html, WORD_SIGN_IN_FOR, app);
        html_write(&html, "</p>");
    }
    frame_form(&html, page, "/sign-in");
    html_write(&html,
               "<label for=\"name\">%w</label><input id=\"name\" name=\"name\" value=\"%t\" "
               "autocomplete=\"username\" autocapitalize=\"none\" spellcheck=\"false\" "
               "dir=\"auto\" required%t>",
               WORD_NAME, name, name.len ? TEXT("") : TEXT(" autofocus"));
    html_write(&html,
               "<label for=\"password\">%w</label><input id=\"password\" name=\"password\" "
               "type=\"password\" autocomplete=\"current-password\" dir=\"ltr\" required%t>"
               "<button>%w</button>",
               WORD_PASSWORD, name.len ? TEXT(" autofocus") : TEXT(""), WORD_SIGN_IN);
    frame_form_end(&html);
    frame_passkey(&html, page, false);
    write_partners(&html, page);
    html_write(&html, "<p class=\"hint\">%w</p>", WORD_NO_ACCOUNT);
    frame_end(&html);
}

void page_code(struct buffer *out, const struct page *page)
{
    struct html html = frame_begin(out, page, WORD_SECOND_STEP, TEXT(""));

    html_write(&html, "<p id=\"why\">%w</p>", WORD_SECOND_STEP_WHY);
    frame_form(&html, page, "/sign-in/code");
    html_write(&html,
               "<label for=\"code\">%w</label><input id=\"code\" name=\"code\" class=\"code\" "
               "autocomplete=\"one-time-code\" autocapitalize=\"characters\" spellcheck=\"false\" "
               "dir=\"ltr\" maxlength=\"32\" required autofocus aria-describedby=\"hint\">"
               "<p class=\"hint\" id=\"hint\">%w</p><button>%w</button>",
               WORD_CODE, WORD_CODE_HINT, WORD_CONTINUE);
    frame_form_end(&html);
    frame_passkey(&html, page, false);
    frame_end(&html);
}

void page_again(struct buffer *out, const struct page *page)
{
    struct html html = frame_begin(out, page, WORD_AGAIN_TITLE, TEXT(""));

    html_write(&html, "<p>%w</p>", WORD_AGAIN_WHY);
    frame_form(&html, page, "/sign-in/again");
    html_write(&html,
               "<label for=\"password\">%w</label><input id=\"password\" name=\"password\" "
               "type=\"password\" autocomplete=\"current-password\" dir=\"ltr\" required "
               "autofocus><button>%w</button>",
               WORD_PASSWORD, WORD_CONTINUE);
    frame_form_end(&html);
    frame_passkey(&html, page, false);
    frame_end(&html);
}

void page_message(struct buffer *out, const struct page *page, enum page_word title,
                  enum page_word words, struct text detail, const char *on_to,
                  enum page_word on_words)
{
    struct html html = frame_begin(out, page, title, TEXT(""));

    html_write(&html, "<p>%w</p>", words);
    if (detail.len) {
        html_write(&html, "<p class=\"hint\">");
        html_word_with(&html, WORD_APP_REASON, detail);
        html_write(&html, "</p>");
    }
    if (on_to)
        html_write(&html, "<p><a class=\"button\" href=\"%t\">%w</a></p>", text_of(on_to),
                   on_words);
    frame_end(&html);
}
