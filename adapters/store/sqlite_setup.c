/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/sqlite_setup.h"

#include <pthread.h>
#include <sqlite3.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void set_up(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, -1);
}

void sqlite_set_up(void)
{
    pthread_once(&once, set_up);
}
