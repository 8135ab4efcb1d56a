/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The site's privacy officer, as who starts or makes a record is reminded of them. */
#ifndef CENTRE_OFFICER_H
#define CENTRE_OFFICER_H

#include <stdbool.h>

struct store;

/* Whether somebody is told of emergency accesses and reviews them; true where it cannot be told. Any thread. */
bool officer_is_named(struct store *store);

#endif
