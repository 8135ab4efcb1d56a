/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/loader.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock/clock.h"
#include "rest/load.h"

enum { GROUP_BYTES_MAX = 48 << 20 };

struct group {
    struct loader *loader;
    struct load load;
    struct arena arena;
    struct store_job job;
    bool is_written_to; /* the store has it */
};

struct loader {
    struct store *store;
    const struct rest *rest;
    bool is_exact;
    struct group groups[2];
    unsigned filling; /* which of them */
    pthread_mutex_t lock;
    pthread_cond_t written;
    enum store_err err; /* the first */
    struct loader_sum sum;
};

static void begin(struct loader *loader, struct group *group)
{
    arena_reset(&group->arena);
    load_init(&group->load, loader->rest, &group->arena, (int64_t)(clock_wall_ns() / 1000000));
    group->load.is_exact = loader->is_exact;
}

struct loader *loader_open(struct store *store, const struct rest *rest, bool is_exact)
{
    struct loader *loader = calloc(1, sizeof *loader);
    if (!loader)
        return NULL;
    loader->store = store;
    loader->rest = rest;
    loader->is_exact = is_exact;
    pthread_mutex_init(&loader->lock, NULL);
    pthread_cond_init(&loader->written, NULL);
    for (unsigned i = 0; i < 2; i++) {
        loader->groups[i].loader = loader;
        arena_init(&loader->groups[i].arena, GROUP_BYTES_MAX);
        begin(loader, &loader->groups[i]);
    }
    return loader;
}

/* The writer's thread. */
static void done(enum store_err err, const char *help, void *context)
{
    struct group *group = (struct group *)((char *)context - offsetof(struct group, load));
    struct loader *loader = group->loader;
    pthread_mutex_lock(&loader->lock);
    if (err == STORE_OK) {
        loader->sum.loaded += group->load.count;
        loader->sum.labelled += group->load.labelled;
    } else if (loader->err == STORE_OK) {
        loader->err = err;
        snprintf(loader->sum.words, sizeof loader->sum.words, "%s%s%s", store_err_words(err),
                 help ? ": " : "", help ? help : "");
    }
    group->is_written_to = false;
    pthread_cond_signal(&loader->written);
    pthread_mutex_unlock(&loader->lock);
}

/* Until the store has given the group back. False: the store takes no more. */
static bool await(struct loader *loader, const struct group *group)
{
    pthread_mutex_lock(&loader->lock);
    while (group->is_written_to)
        pthread_cond_wait(&loader->written, &loader->lock);
    bool is_well = loader->err == STORE_OK;
    pthread_mutex_unlock(&loader->lock);
    return is_well;
}

static void count_told(struct loader *loader, const struct load *load)
{
    if (load->unheard && loader->sum.unheard == 0)
        snprintf(loader->sum.unheard_words, sizeof loader->sum.unheard_words, "%.*s",
                 (int)load->unheard_one.len, load->unheard_one.bytes);
    loader->sum.unheard += load->unheard;
    if (load->refused && !loader->sum.words[0])
        snprintf(loader->sum.words, sizeof loader->sum.words, "%.*s", (int)load->told[0].len,
                 load->told[0].bytes);
    loader->sum.refused += load->refused;
}

/* Gives what was filled to the store and goes on with the other group, once that is back. */
static bool turn(struct loader *loader)
{
    struct group *group = &loader->groups[loader->filling];
    pthread_mutex_lock(&loader->lock);
    count_told(loader, &group->load);
    group->is_written_to = group->load.count > 0;
    pthread_mutex_unlock(&loader->lock);
    if (group->load.count) {
        group->job = (struct store_job){
            .run = load_run, .done = done, .context = &group->load, .arena = &group->arena};
        enum store_err err = store_submit(loader->store, &group->job);
        if (err != STORE_OK)
            done(err, NULL, &group->load);
    }
    loader->filling = 1 - loader->filling;
    bool is_well = await(loader, &loader->groups[loader->filling]);
    begin(loader, &loader->groups[loader->filling]);
    return is_well;
}

bool loader_add(struct loader *loader, struct text resource)
{
    for (int tries = 0; tries < 2; tries++) {
        struct load *load = &loader->groups[loader->filling].load;
        struct text copy = load->count < LOAD_ITEMS_MAX ? arena_copy(load->arena, resource)
                                                        : (struct text){NULL, 0};
        if (copy.bytes && load_add(load, copy))
            return true;
        if (!turn(loader))
            return false;
    }
    loader->sum.refused++; /* larger than a group may be */
    return true;
}

bool loader_close(struct loader *loader, struct loader_sum *sum)
{
    bool is_well = turn(loader);
    is_well = await(loader, &loader->groups[1 - loader->filling]) && is_well;
    *sum = loader->sum;
    for (unsigned i = 0; i < 2; i++)
        arena_free(&loader->groups[i].arena);
    pthread_cond_destroy(&loader->written);
    pthread_mutex_destroy(&loader->lock);
    free(loader);
    return is_well;
}
