/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The word somebody probably meant, for error messages. Pure. */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

/* The word of the NULL-ended list nearest to `word`, or NULL when none is near enough to be a
 * likely slip: at most a third of its letters wrong, and always allowing one. Distance: optimal
 * string alignment (insert, delete, replace, swap of neighbours: Damerau, CACM 7(3), 1964). */
const char *nearest_word(const char *word, const char *const *words);

/* Of forms such as "pattern" or "file:PATH", where what follows the colon is free: the one that `text` has,
 * or NULL. */
const char *nearest_form_of(const char *text, const char *const *forms);

/* The form that `text` was probably meant to have, or NULL: what stands before the colon is compared. */
const char *nearest_form(const char *text, const char *const *forms);

#endif
