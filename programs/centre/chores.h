/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a centre does by itself beside what it is asked: a thread that makes the index anew where another program's
 * extractor made it, then does the imports that were asked for.
 *
 * A chore is done in steps, each a job of the store and a fraction of a second; where it has come to is kept with the
 * step, so that a stop or a kill costs nothing. Nobody waits for the index: as long a pause follows each step of it. */
#ifndef CENTRE_CHORES_H
#define CENTRE_CHORES_H

#include "base/attr.h"

struct centre;
struct chores;

/* Begins, once the centre's record is prepared. NULL: no memory, or no thread. Main thread, as chores_stop. */
MUST_USE struct chores *chores_start(struct centre *centre);

/* Ends the thread, within a step, and frees all. Harmless on NULL. */
void chores_stop(struct chores *chores);

#endif
