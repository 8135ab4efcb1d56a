/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SQLite over a disk that fails when told to. */
#ifndef TESTS_STORE_FAULT_VFS_H
#define TESTS_STORE_FAULT_VFS_H

#include <stdatomic.h>
#include <stdbool.h>

#define FAULT_VFS "faulty"

struct fault_disk {
    atomic_int syncs;       /* of the write-ahead log, that succeeded */
    atomic_int writes_left; /* then each write finds the disk full; below 0: never */
    atomic_bool sync_fails;
    atomic_bool sync_waits; /* until it is taken back */
};

extern struct fault_disk fault_disk;

/* Registers the VFS; may be called again. */
void fault_vfs_register(void);

#endif
