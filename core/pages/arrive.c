/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An invitation, and the second factor set up. */
#include "pages/frame.h"

void page_invite(struct buffer *out, const struct page *page, struct text token,
                 const struct account *account)
{
    struct html html = frame_begin(out, page, WORD_WELCOME, account->display);

    html_write(&html, "<p>%w <strong>%b</strong></p><p>%w</p>", WORD_NAME, account->name,
               WORD_INVITE_WHY);
    frame_form(&html, page, "/invite");
    frame_hidden(&html, "token", token);
    html_write(&html,
               "<input type=\"text\" name=\"name\" value=\"%t\" autocomplete=\"username\" "
               "readonly hidden>",
               account->name);
    frame_new_password(&html);
    html_write(&html, "<button>%w</button>", WORD_CONTINUE);
    frame_form_end(&html);
    frame_end(&html);
}

void page_password(struct buffer *out, const struct page *page)
{
    struct html html = frame_begin(out, page, WORD_PASSWORD_CHANGE, TEXT(""));

    frame_form(&html, page, "/account/password");
    html_write(&html,
               "<label for=\"password\">%w</label><input id=\"password\" name=\"password\" "
               "type=\"password\" autocomplete=\"current-password\" dir=\"ltr\" required>",
               WORD_PASSWORD_NOW);
    frame_new_password(&html);
    html_write(&html,
               "<p class=\"buttons\"><button>%w</button><a class=\"button second\" "
               "href=\"/account\">%w</a></p>",
               WORD_SAVE, WORD_CANCEL);
    frame_form_end(&html);
    frame_end(&html);
}

void page_second_factor(struct buffer *out, const struct page *page, struct text uri,
                        struct text key, bool may_skip)
{
    struct html html = frame_begin(out, page, WORD_SECOND_FACTOR, TEXT(""));

    html_write(&html, "<p>%w</p><figure class=\"qr\" role=\"img\" aria-label=\"%w\">",
               WORD_SECOND_FACTOR_WHY, WORD_QR);
    out->failed |= !page_qr(out, uri);
    html_write(&html, "</figure><p>%w <code dir=\"ltr\" class=\"key\">", WORD_KEY_TEXT);
    for (size_t i = 0; i < key.len; i += 4)
        html_write(&html, "%t%t", i ? TEXT(" ") : TEXT(""),
                   ((struct text){key.bytes + i, key.len - i < 4 ? key.len - i : 4}));
    html_write(&html, "</code></p>");
    frame_form(&html, page, "/account/codes");
    html_write(&html,
               "<label for=\"code\">%w</label><input id=\"code\" name=\"code\" class=\"code\" "
               "inputmode=\"numeric\" autocomplete=\"one-time-code\" dir=\"ltr\" maxlength=\"12\" "
               "required><p class=\"buttons\"><button>%w</button>",
               WORD_CODE_OF_APP, WORD_CONTINUE);
    if (may_skip)
        html_write(&html, "<a class=\"button second\" href=\"%t\">%w</a>",
                   page->go.len ? page->go : TEXT("/account"), WORD_LATER);
    html_write(&html, "</p>");
    frame_form_end(&html);
    if (!may_skip && page->has_passkeys)
        html_write(&html, "<p class=\"or\">%w</p>", WORD_OR);
    if (!may_skip)
        frame_passkey(&html, page, true);
    frame_end(&html);
}

void page_recovery(struct buffer *out, const struct page *page,
                   const char codes[static RECOVERY_CODES][RECOVERY_LEN])
{
    struct html html = frame_begin(out, page, WORD_RECOVERY, TEXT(""));

    html_write(&html, "<p>%w</p><ol class=\"codes\" dir=\"ltr\">", WORD_RECOVERY_WHY);
    for (size_t i = 0; i < RECOVERY_CODES; i++)
        html_write(&html, "<li><code>%t</code></li>", ((struct text){codes[i], RECOVERY_LEN}));
    html_write(&html, "</ol><p><a class=\"button\" href=\"%t\">%w</a></p>",
               page->go.len ? page->go : TEXT("/account"), WORD_RECOVERY_KEPT);
    frame_end(&html);
}
