/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the pages' sources share. For these alone. */
#ifndef PAGES_FRAME_H
#define PAGES_FRAME_H

#include "pages/html.h"
#include "pages/pages.h"

/* From the doctype to the notice; with `title_value` the title's {} is it. */
struct html frame_begin(struct buffer *out, const struct page *page, enum page_word title,
                        struct text title_value);
void frame_end(struct html *html);

/* A form that posts to `action`, with what each form carries. Ends with frame_form_end. */
void frame_form(struct html *html, const struct page *page, const char *action);
void frame_form_end(struct html *html);
void frame_hidden(struct html *html, const char *name, struct text value);

/* A form that is one button, about the thing of this id. `look`: its class in style.css. */
void frame_button(struct html *html, const struct page *page, const char *action, struct text id,
                  enum page_word word, const char *look);

/* The new password, twice. */
void frame_new_password(struct html *html);

/* The button by which one signs in with a passkey, or makes a new one; the script shows it where there can be some. */
void frame_passkey(struct html *html, const struct page *page, bool is_new);

/* "2026-05-17". */
struct text frame_date(int64_t seconds, char out[static 11]);

#endif
