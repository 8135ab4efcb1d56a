/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/heap.h"

#include <malloc.h>
#include <stdlib.h>

#include <openssl/crypto.h>

static uint64_t calls;
static int64_t bytes_in_use;

void *__real_malloc(size_t len);
void *__real_calloc(size_t count, size_t len);
void *__real_realloc(void *bytes, size_t len);
void __real_free(void *bytes);
void *__wrap_malloc(size_t len);
void *__wrap_calloc(size_t count, size_t len);
void *__wrap_realloc(void *bytes, size_t len);
void __wrap_free(void *bytes);

static void *taken(void *bytes)
{
    calls++;
    bytes_in_use += (int64_t)malloc_usable_size(bytes);
    return bytes;
}

void *__wrap_malloc(size_t len)
{
    return taken(__real_malloc(len));
}

void *__wrap_calloc(size_t count, size_t len)
{
    return taken(__real_calloc(count, len));
}

void *__wrap_realloc(void *bytes, size_t len)
{
    bytes_in_use -= (int64_t)malloc_usable_size(bytes);
    return taken(__real_realloc(bytes, len));
}

void __wrap_free(void *bytes)
{
    calls++;
    bytes_in_use -= (int64_t)malloc_usable_size(bytes);
    __real_free(bytes);
}

static void *openssl_malloc(size_t len, const char *file, int line)
{
    (void)file, (void)line;
    return malloc(len);
}

static void *openssl_realloc(void *bytes, size_t len, const char *file, int line)
{
    (void)file, (void)line;
    return realloc(bytes, len);
}

static void openssl_free(void *bytes, const char *file, int line)
{
    (void)file, (void)line;
    free(bytes);
}

void heap_watch(void)
{
    if (!CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free))
        abort();
}

uint64_t heap_calls(void)
{
    return calls;
}

int64_t heap_bytes(void)
{
    return bytes_in_use;
}
