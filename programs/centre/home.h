/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the site's address alone shows: where people begin. */
#ifndef CENTRE_HOME_H
#define CENTRE_HOME_H

#include "centre/centre.h"
#include "http/server.h"

/* Leads to where people sign in; of an open record, which nobody signs in to, a page that says so. Workers' threads. */
enum http_turn home_answer(struct centre *centre, struct http_exchange *exchange);

#endif
