/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What this process has allocated: our own calls are counted by the linker's --wrap, OpenSSL's through
 * its hooks. Bytes as malloc_usable_size tells them, whether they came from the heap or by mmap. One
 * thread. */
#ifndef SIM_HEAP_H
#define SIM_HEAP_H

#include <stdint.h>

/* Before OpenSSL is first used; aborts when it is too late. */
void heap_watch(void);

uint64_t heap_calls(void); /* of malloc, calloc, realloc and free */
int64_t heap_bytes(void);  /* in use now */

#endif
