/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who looked into the demonstration's records: so that its audit shows something. Main thread. */
#ifndef CENTRE_DEMO_READS_H
#define CENTRE_DEMO_READS_H

#include <stdbool.h>

#include "base/attr.h"
#include "centre/centre.h"
#include "demo/demo.h"

/* The first of the demonstration's `patients` are read as they would be over HTTP: by their doctor, their nurse and
 * themselves, and by a doctor of others, who is refused. False: the audit's log cannot be written. */
MUST_USE bool demo_read(struct centre *centre, const struct demo *demo, uint64_t patients);

#endif
