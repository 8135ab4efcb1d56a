/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Resources in great number into a store: one group is checked and indexed while the one before is written.
 *
 * One thread calls; the store's writer writes. What is added has been copied when loader_add returns. */
#ifndef CENTRE_LOADER_H
#define CENTRE_LOADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"
#include "rest/rest.h"
#include "store/store.h"

struct loader;

struct loader_sum {
    uint64_t loaded, refused;
    uint64_t labelled; /* of those loaded: with security labels that they left out: rest/load.h */
    uint64_t unheard;  /* Consents of those loaded that refuse everybody: rest/consent_heard.h */
    char words[512];   /* of the first that was refused, or of what ended it all */
    char unheard_words[512]; /* of the first of those */
};

/* `is_exact`: labels, too, are as they come. NULL: no memory. */
struct loader *loader_open(struct store *store, const struct rest *rest, bool is_exact);

/* False: the store takes no more; loader_close says why. */
MUST_USE bool loader_add(struct loader *loader, struct text resource);

/* Writes what is left. False: something could not be written; `sum` is set all the same. */
MUST_USE bool loader_close(struct loader *loader, struct loader_sum *sum);

#endif
