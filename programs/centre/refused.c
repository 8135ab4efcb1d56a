/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/refused.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "access/digest.h"
#include "access/lockout.h"
#include "access/refusals.h"
#include "clock/clock.h"

enum { SOURCES = 1024 }; /* 100 kB; with all of them at it, some hundred records a second */

struct refused {
    struct journal *journal;
    pthread_mutex_t lock; /* of what follows */
    struct refusals refusals;
    struct refusals_source sources[SOURCES];
};

static int64_t wall_ms(void)
{
    return (int64_t)(clock_wall_ns() / 1000000);
}

static int64_t steady_ms(void)
{
    return (int64_t)(clock_monotonic_ns() / 1000000);
}

struct refused *refused_open(struct journal *journal)
{
    struct refused *refused = calloc(1, sizeof *refused);
    uint8_t salt[16];
    if (!refused || !digest_random(salt, sizeof salt)) {
        free(refused);
        return NULL;
    }
    refused->journal = journal;
    pthread_mutex_init(&refused->lock, NULL);
    refusals_init(&refused->refusals, refused->sources, SOURCES, salt);
    return refused;
}

void refused_tell(struct refused *refused, const struct audit_record *record)
{
    char room[LOCKOUT_SOURCE_LEN_MAX];
    struct text source = lockout_source(record->texts[AUDIT_ADDRESS], room);
    pthread_mutex_lock(&refused->lock);
    bool is_told = refusals_add(&refused->refusals, source, steady_ms());
    pthread_mutex_unlock(&refused->lock);
    if (is_told)
        journal_add(refused->journal, record, 1, record->at_ms);
}

static void tell_number(struct refused *refused, const struct refusals_counted *counted)
{
    char words[80];
    int len = snprintf(words, sizeof words, "%" PRIu64 " in %" PRId64 " s", counted->count,
                       (counted->for_ms + 999) / 1000);
    struct audit_record record = {.at_ms = wall_ms(), .effect = ACCESS_REFUSED};
    for (size_t i = 0; i < AUDIT_TEXTS; i++)
        record.texts[i] = TEXT("");
    record.texts[AUDIT_INTERACTION] = TEXT("refusals");
    record.texts[AUDIT_REASON] = TEXT("counted");
    record.texts[AUDIT_ADDRESS] = counted->source;
    record.texts[AUDIT_WORDS] = (struct text){words, (size_t)len};
    journal_add(refused->journal, &record, 1, record.at_ms);
}

static void tell_numbers(struct refused *refused, bool all)
{
    struct refusals_counted counted;
    pthread_mutex_lock(&refused->lock);
    while (refusals_due(&refused->refusals, all, steady_ms(), &counted))
        tell_number(refused, &counted);
    pthread_mutex_unlock(&refused->lock);
}

void refused_look(struct refused *refused)
{
    tell_numbers(refused, false);
}

void refused_close(struct refused *refused)
{
    if (!refused)
        return;
    tell_numbers(refused, true);
    pthread_mutex_destroy(&refused->lock);
    free(refused);
}
