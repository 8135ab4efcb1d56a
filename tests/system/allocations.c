/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loaded before a program (LD_PRELOAD), counts what its first thread, the loop's, asks of the heap and gives
 * back: in the first eight bytes of the file that ALLOCATIONS names, which a test reads meanwhile.
 *
 * glibc's own entries are called, so that nothing has to be looked up while the program starts. */
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

extern void *__libc_malloc(size_t bytes);
extern void *__libc_calloc(size_t count, size_t bytes);
extern void *__libc_realloc(void *memory, size_t bytes);
extern void *__libc_memalign(size_t alignment, size_t bytes);
extern void __libc_free(void *memory);

static _Atomic uint64_t before_it_is_open;
static _Atomic uint64_t *counted = &before_it_is_open;

static void count(void)
{
    static _Thread_local enum { UNKNOWN, FIRST, OTHER } thread;
    if (thread == UNKNOWN)
        thread = gettid() == getpid() ? FIRST : OTHER;
    if (thread == FIRST)
        atomic_fetch_add_explicit(counted, 1, memory_order_relaxed);
}

__attribute__((constructor)) static void open_file(void)
{
    const char *name = getenv("ALLOCATIONS");
    int file = name ? open(name, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *memory = mmap(NULL, sizeof *counted, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory != MAP_FAILED)
        counted = memory;
}

void *malloc(size_t bytes)
{
    count();
    return __libc_malloc(bytes);
}

void *calloc(size_t items, size_t bytes)
{
    count();
    return __libc_calloc(items, bytes);
}

void *realloc(void *memory, size_t bytes)
{
    count();
    return __libc_realloc(memory, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
    count();
    return __libc_memalign(alignment, bytes);
}

void free(void *memory)
{
    if (memory) /* else nothing is asked: the library's own sort gives NULL back */
        count();
    __libc_free(memory);
}
