/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose pages may call besides those that --origin names: those of registered apps, by where they are sent back to. */
#ifndef CENTRE_APP_ORIGINS_H
#define CENTRE_APP_ORIGINS_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/text.h"

struct app_origins;
struct store;

/* NULL: no memory. */
MUST_USE struct app_origins *app_origins_open(struct store *store);

/* For struct http_origins, whose `context` is a struct app_origins: whether a registered app has a redirect URI there.
 * One that was registered counts within ten seconds, as does its end. Any thread. */
bool app_origins_know(void *origins, struct text origin);

/* Harmless on NULL. */
void app_origins_free(struct app_origins *origins);

#endif
