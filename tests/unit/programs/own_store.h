/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A store in a folder of its own for each case of a test: what cmocka calls before it and after. */
#ifndef UNIT_PROGRAMS_OWN_STORE_H
#define UNIT_PROGRAMS_OWN_STORE_H

#include <stdio.h>
#include <stdlib.h>

#include "store/sqlite.h"
#include "unit/cmocka_base.h"

static char folder[64];
static struct store *store;

static int make(void **state)
{
    char path[128], help[STORE_HELP_BYTES];
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/jisr-store-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/record", folder);
    assert_int_equal(store_sqlite_open(&store, &(struct sqlite_setting){.path = path}, help),
                     STORE_OK);
    return 0;
}

static int unmake(void **state)
{
    char command[128];
    (void)state;
    store_close(store);
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
    return 0;
}

#endif
