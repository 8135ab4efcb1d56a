/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A PostgreSQL of the test's own: in a temporary folder, by a Unix socket there, as nobody in particular where the test
 * is root; away with it at the end. */
#ifndef TESTS_STORE_SERVER_H
#define TESTS_STORE_SERVER_H

#include <stdbool.h>

/* False: PostgreSQL 15 or later is not installed here, or does not start; `server_why` says so. */
bool server_start(void);
void server_stop(void);
extern const char *server_why;
extern bool
    server_syncs; /* before it is started: a commit waits for the disk, as benches want it */

/* Ends it at once, as a power cut would; and starts it again. */
void server_kill(void);
bool server_again(void);

/* libpq's words for a schema of this name, which is made where it is not. In a place of its own that the next one
 * overwrites. */
const char *server_schema(const char *name);

/* One statement, as the administrator; the first value of its answer as a number, or 0. */
long server_say(const char *sql);

/* A transaction that stays open behind that statement; and its end. */
void server_hold(const char *sql);
void server_release(void);

#endif
