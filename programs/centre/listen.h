/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a server may listen, and how it is said that it cannot. Main thread. */
#ifndef CENTRE_LISTEN_H
#define CENTRE_LISTEN_H

#include <stdbool.h>

#include "http/server.h"

/* Says why a server cannot listen there. Returns what the verb returns. */
int listen_failed(const char *address, enum http_err err);

/* Whether it may, before anything is opened or made: DONE, or what the verb returns; it has said why. */
int listen_check(const char *address, bool has_certificate, bool plain_http);

#endif
