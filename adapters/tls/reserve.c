/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tls/reserve.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

/* What the smallest piece takes: most of a certificate's parts are smaller. */
enum { LEAST_BYTES = 32 };

static bool is_open; /* set once, before there is a second thread */

static void *take(size_t bytes, const char *file, int line)
{
    void *memory = is_open ? CRYPTO_secure_malloc(bytes, file, line) : NULL;
    return memory ? memory : malloc(bytes);
}

static void give(void *memory, const char *file, int line)
{
    if (!memory)
        return;
    if (is_open && CRYPTO_secure_allocated(memory))
        CRYPTO_secure_free(memory, file, line);
    else
        free(memory);
}

static void *resize(void *memory, size_t bytes, const char *file, int line)
{
    if (!is_open || !memory || !CRYPTO_secure_allocated(memory))
        return memory || !is_open ? realloc(memory, bytes) : take(bytes, file, line);
    size_t had = CRYPTO_secure_actual_size(memory);
    void *moved = take(bytes, file, line);
    if (!moved)
        return NULL;
    memcpy(moved, memory, had < bytes ? had : bytes);
    give(memory, file, line);
    return moved;
}

bool tls_reserve_open(void)
{
    if (!CRYPTO_set_mem_functions(take, resize, give))
        return false; /* OpenSSL has allocated already */
    if (CRYPTO_secure_malloc_init(TLS_RESERVE_BYTES, LEAST_BYTES) == 0)
        return false;
    is_open = true;
    return true;
}
