/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which language somebody reads: the one they just asked for, else the one this browser was set to, else their
 * account's, else the first of what the browser accepts that we have, else French. Pure. */
#ifndef PAGES_LANGUAGE_H
#define PAGES_LANGUAGE_H

#include "access/language.h"

/* What its readers call it. */
struct text page_language_name(enum access_language language);

/* What is known of the reader; "" of each where it is not. */
struct page_reader {
    struct text asked;   /* ?lang= */
    struct text cookie;  /* what this browser was set to */
    struct text account; /* what the account was set to */
    struct text accepts; /* Accept-Language */
};
enum access_language page_language_choose(const struct page_reader *reader);

#endif
