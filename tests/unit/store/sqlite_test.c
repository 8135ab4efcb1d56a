/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store's suite on SQLite. */
#include "store/sqlite.h"

#include "unit/store/suite.h"

static struct store *open_sqlite(const char *folder)
{
    char path[128], help[STORE_HELP_BYTES];
    struct store *store = NULL;
    snprintf(path, sizeof path, "%s/record.db", folder);
    struct sqlite_setting setting = {.path = path};
    if (store_sqlite_open(&store, &setting, help) != STORE_OK)
        print_message("# %s\n", help);
    return store;
}

static const struct record_engine sqlite_engine = {open_sqlite};
const struct record_engine *record_engine = &sqlite_engine;

int main(void)
{
    return suite_run(NULL, 0);
}
