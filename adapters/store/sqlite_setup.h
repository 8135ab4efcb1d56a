/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How SQLite is set up in this process, before anything else is asked of it. */
#ifndef STORE_SQLITE_SETUP_H
#define STORE_SQLITE_SETUP_H

/* No counters behind a lock that all threads share, and what a savepoint sets aside stays in memory. From any thread,
 * as often as one likes. SQLite takes such settings only before it is first used, and registering a VFS is a use
 * (sqlite.org/c3ref/config.html): whoever does that calls this first. Later than that nothing is changed. */
void sqlite_set_up(void);

#endif
