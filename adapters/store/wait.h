/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A job that its caller waits for, over an engine's submit: `run` of both engines. */
#ifndef STORE_WAIT_H
#define STORE_WAIT_H

#include "base/attr.h"
#include "store/store.h"

/* As store_run has it. Any thread but the engine's own. */
MUST_USE enum store_err store_run_waiting(struct store *store, struct arena *arena,
                                          enum store_err (*run)(struct store_write *, void *),
                                          void *context);

#endif
