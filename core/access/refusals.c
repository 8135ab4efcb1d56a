/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/refusals.h"

#include <assert.h>

#include "access/digest.h"
#include "base/bytes.h"

enum { SECOND_MS = 1000 };

void refusals_init(struct refusals *refusals, struct refusals_source *sources, size_t count,
                   const uint8_t salt[static 16])
{
    assert(count >= REFUSALS_SOURCES_MIN && (count & (count - 1)) == 0);
    *refusals = (struct refusals){.sources = sources, .count = count};
    memcpy(refusals->salt, salt, sizeof refusals->salt);
    memset(sources, 0, count * sizeof *sources);
}

static bool is_of(const struct refusals_source *source, struct text address)
{
    return source->told && text_equal((struct text){source->address, source->len}, address);
}

/* Nothing is lost where it makes room. */
static bool is_idle(const struct refusals_source *source, int64_t now_ms)
{
    return source->counted == 0 && (!source->told || now_ms - source->second_ms >= SECOND_MS);
}

static struct refusals_source *place_of(struct refusals *refusals, struct text address,
                                        int64_t now_ms)
{
    const struct text salt = {(const char *)refusals->salt, sizeof refusals->salt};
    struct refusals_source *room = NULL;
    uint8_t mac[DIGEST_LEN];

    if (address.len > REFUSALS_SOURCE_LEN_MAX)
        return &refusals->others;
    digest_hmac(salt, address, mac);
    uint64_t at = get_be64(mac);
    for (size_t i = 0; i < REFUSALS_PROBES; i++) {
        struct refusals_source *source = &refusals->sources[(at + i) & (refusals->count - 1)];
        if (is_of(source, address))
            return source;
        if (!room && is_idle(source, now_ms))
            room = source;
    }
    if (!room)
        return &refusals->others;
    *room = (struct refusals_source){.len = (uint8_t)address.len};
    if (address.len)
        memcpy(room->address, address.bytes, address.len);
    return room;
}

bool refusals_add(struct refusals *refusals, struct text source, int64_t now_ms)
{
    struct refusals_source *place = place_of(refusals, source, now_ms);

    if (!place->counted && (!place->told || now_ms - place->second_ms >= SECOND_MS)) {
        place->second_ms = now_ms;
        place->told = 0;
    }
    if (!place->counted && place->told < REFUSALS_EACH) {
        place->told++;
        return true;
    }
    if (!place->counted)
        place->counting_ms = now_ms;
    place->counted++;
    return false;
}

/* The first that there is, from the table's beginning. */
bool refusals_due(struct refusals *refusals, bool all, int64_t now_ms,
                  struct refusals_counted *counted)
{
    for (size_t i = 0; i <= refusals->count; i++) {
        struct refusals_source *place =
            i < refusals->count ? &refusals->sources[i] : &refusals->others;
        if (!place->counted || (!all && now_ms - place->counting_ms < REFUSALS_COUNT_MS))
            continue;
        *counted = (struct refusals_counted){.source = {place->address, place->len},
                                             .count = place->counted,
                                             .for_ms = now_ms - place->counting_ms};
        place->counted = 0;
        return true;
    }
    return false;
}
