/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text as it is compared: the same for what is stored, what is asked and the words of the full text.
 *
 * fold_text: lower case; no accents (é, ø, Ł are e, o, l); of Arabic and Hebrew no vowel signs and no tatweel,
 * one alef (أ إ آ ٱ are ا), ya for alef maqsura, ha for ta marbuta, the Arabic kaf and ya for the Persian ones;
 * digits of any script as 0 to 9; apostrophes gone, other punctuation a space; one space between words, none at the
 * ends. Folding twice changes nothing.
 *
 * fold_code: ASCII letters in lower case, all else as it is.
 *
 * Pure. Text that is folded already is not copied: the result then points to where `text` does. */
#ifndef SEARCH_FOLD_H
#define SEARCH_FOLD_H

#include "base/arena.h"
#include "base/attr.h"
#include "base/text.h"

/* `text` is UTF-8. .bytes is NULL when the arena had no room (never for what folds to nothing). */
MUST_USE struct text fold_text(struct arena *arena, struct text text);
MUST_USE struct text fold_code(struct arena *arena, struct text text);

#endif
