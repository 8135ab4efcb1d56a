/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who signs in to the demonstration: an administrator, the first patient, their doctor and nurse, the desk, an auditor.
 * Main thread. */
#ifndef CENTRE_DEMO_PEOPLE_H
#define CENTRE_DEMO_PEOPLE_H

#include "base/attr.h"
#include "centre/vault.h"
#include "options.h"

/* Makes the accounts that are not there yet, and prints a line of each, with a new one-time link where they have
 * nothing to sign in with. `url`: of the record. Returns what the verb returns; it has said why not. */
MUST_USE int demo_people(struct vault *vault, const char *url, const struct options_usage *usage);

#endif
