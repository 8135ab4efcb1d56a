/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The programs that are registered here (access/oauth.h), all of them. */
#ifndef CENTRE_CLIENTS_H
#define CENTRE_CLIENTS_H

#include "access/oauth.h"
#include "base/attr.h"
#include "store/store.h"

/* Gives each to `take`, which ends it by false; its texts are in the view's arena. What is no client is passed over.
 * Any thread. */
MUST_USE enum store_err clients_each(struct store_view *view,
                                     bool (*take)(void *context, const struct oauth_client *client),
                                     void *context);

#endif
