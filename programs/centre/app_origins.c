/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/app_origins.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/arena.h"
#include "centre/clients.h"
#include "clock/clock.h"
#include "http/cors.h"
#include "log/log.h"
#include "store/store.h"

enum { ORIGINS_MAX = 4096, KEPT_BYTES_MAX = 4 << 20 };
#define LOOK_NS UINT64_C(10000000000)

struct app_origins {
    struct store *store;
    pthread_mutex_t lock; /* of what follows */
    struct arena arena;
    struct text *redirects;
    size_t count;
    uint64_t looked_ns; /* 0: never */
};

struct app_origins *app_origins_open(struct store *store)
{
    struct app_origins *origins = calloc(1, sizeof *origins);
    if (!origins)
        return NULL;
    origins->store = store;
    pthread_mutex_init(&origins->lock, NULL);
    arena_init(&origins->arena, KEPT_BYTES_MAX);
    return origins;
}

static bool add(void *context, const struct oauth_client *client)
{
    struct app_origins *origins = context;
    for (size_t i = 0; i < client->redirect_count && origins->count < ORIGINS_MAX; i++) {
        struct text copy = arena_copy(&origins->arena, client->redirects[i]);
        if (copy.bytes)
            origins->redirects[origins->count++] = copy;
    }
    return origins->count < ORIGINS_MAX;
}

/* What cannot be read leaves the list as far as it came: a page that is not on it is told so, and may ask again. */
static void look(struct app_origins *origins)
{
    struct store_view *view;
    arena_reset(&origins->arena);
    origins->count = 0;
    origins->redirects = arena_take(&origins->arena, ORIGINS_MAX * sizeof *origins->redirects);
    if (!origins->redirects || store_view_begin(origins->store, &origins->arena, &view) != STORE_OK)
        return;
    enum store_err err = clients_each(view, add, origins);
    if (err != STORE_OK)
        log_event(LOG_INFO, "app_origins_short", "why=\"%s\"", store_err_words(err));
    store_view_end(view);
}

bool app_origins_know(void *of, struct text origin)
{
    struct app_origins *origins = of;
    bool knows = false;
    uint64_t now_ns = clock_monotonic_ns();
    pthread_mutex_lock(&origins->lock);
    if (origins->looked_ns == 0 || now_ns - origins->looked_ns >= LOOK_NS) {
        look(origins);
        origins->looked_ns = now_ns;
    }
    for (size_t i = 0; i < origins->count && !knows; i++)
        knows = http_cors_is_of(origin, origins->redirects[i]);
    pthread_mutex_unlock(&origins->lock);
    return knows;
}

void app_origins_free(struct app_origins *origins)
{
    if (!origins)
        return;
    pthread_mutex_destroy(&origins->lock);
    arena_free(&origins->arena);
    free(origins);
}
