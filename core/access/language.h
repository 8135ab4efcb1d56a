/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The languages that we speak, by their tags: for pages and for what the API says to people.
 *
 * Pure. Source: RFC 9110 12.5.4 (Accept-Language) and 12.4.2 (q); RFC 4647 3.3.1: "ar-MA" is Arabic. */
#ifndef ACCESS_LANGUAGE_H
#define ACCESS_LANGUAGE_H

#include "access/access.h" /* enum access_language */
#include "base/text.h"

/* "fr". */
struct text access_language_tag(enum access_language language);

/* "rtl" or "ltr", as `dir` of HTML has it. */
struct text access_language_direction(enum access_language language);

/* The language of a tag, letters of any case ("ar", "ar-MA"); ACCESS_LANGUAGES: none of ours. */
enum access_language access_language_of(struct text tag);

/* The one of ours that an Accept-Language header wants most, the first of equals; ACCESS_LANGUAGES: none. */
enum access_language access_language_accepted(struct text accepts);

/* Likewise; English where it wants none of ours. */
enum access_language access_language_spoken(struct text accepts);

#endif
