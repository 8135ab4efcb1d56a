/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For which patient an app is to open. */
#include "pages/frame.h"

void page_patients(struct buffer *out, const struct page *page,
                   const struct page_patients *patients)
{
    struct html html = frame_begin(out, page, WORD_CHOOSE_PATIENT, TEXT(""));

    html_write(&html, "<p>");
    html_word_with(&html, WORD_CHOOSE_PATIENT_FOR, patients->app);
    html_write(&html, "</p>");
    frame_form(&html, page, patients->is_opened ? "/account/open" : "/agree");
    frame_hidden(&html, "query", patients->query);
    html_write(&html,
               "<label for=\"search\">%w</label><input id=\"search\" name=\"search\" "
               "value=\"%t\" type=\"search\" autocomplete=\"off\" dir=\"auto\" maxlength=\"100\" "
               "autofocus><button name=\"answer\" value=\"search\">%w</button>"
               "<ul class=\"choices\">",
               WORD_SEARCH_NAME, patients->search, WORD_SEARCH);
    for (size_t i = 0; i < patients->count; i++) {
        const struct page_patient *patient = &patients->found[i];
        html_write(&html, "<li><button class=\"choice\" name=\"patient\" value=\"%t\"><b>%b</b>",
                   patient->id,
                   patient->name.len ? patient->name
                                     : text_of(page_word(page->language, WORD_NO_NAME)));
        if (patient->birth.len) {
            html_write(&html, " <span class=\"hint\">");
            html_word_with(&html, WORD_BORN, patient->birth);
            html_write(&html, "</span>");
        }
        html_write(&html, "</button></li>");
    }
    html_write(&html, "</ul>");
    if (patients->count == 0)
        html_write(&html, "<p role=\"status\">%w</p>", WORD_NO_PATIENT);
    if (patients->is_more)
        html_write(&html, "<p class=\"hint\">%w</p>", WORD_MORE_PATIENTS);
    html_write(&html,
               "<p class=\"buttons\"><button class=\"second\" name=\"answer\" value=\"deny\">%w"
               "</button></p>",
               patients->is_opened ? WORD_CANCEL : WORD_DENY);
    frame_form_end(&html);
    frame_end(&html);
}
