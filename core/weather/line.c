/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weather/line.h"

#include <assert.h>
#include <string.h>

static bool is_before(const struct line_place *a, const struct line_place *b)
{
    return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->order < b->order;
}

static void heap_add(struct line_place *places, size_t at, struct line_place added)
{
    while (at > 0 && is_before(&added, &places[(at - 1) / 2])) {
        places[at] = places[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    places[at] = added;
}

/* Closes the hole at the top of a heap of `count` with `moved`, which was its last. */
static void heap_close(struct line_place *places, size_t count, struct line_place moved)
{
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= count)
            break;
        if (child + 1 < count && is_before(&places[child + 1], &places[child]))
            child++;
        if (!is_before(&places[child], &moved))
            break;
        places[at] = places[child];
        at = child;
    }
    places[at] = moved;
}

void line_init(struct line *line, const struct line_storage *storage,
               const struct weather_settings *settings, uint64_t seed, enum weather_way way,
               uint64_t start_ns)
{
    assert(storage->capacity > 0);
    memset(line, 0, sizeof *line);
    weather_init(&line->weather, settings, seed, way, start_ns);
    line->storage = *storage;
    for (size_t i = storage->capacity; i-- > 0;) /* parcel 0 is used first: memory stays small */
        line_give_back(line, &storage->parcels[i]);
}

static void put(struct line *line, const uint8_t *bytes, size_t len, uint32_t tag,
                const struct weather_verdict *verdict, unsigned copy)
{
    struct line_storage *storage = &line->storage;

    if (line->idle == 0) {
        line->crowded++;
        return;
    }
    struct line_parcel *parcel = storage->places[storage->capacity - line->idle].parcel;
    line->idle--;
    parcel->sent_ns = line->weather.last_ns;
    parcel->due_ns = verdict->arrival_ns[copy];
    parcel->tag = tag;
    parcel->len = (uint32_t)len;
    memcpy(parcel->bytes, bytes, len);
    if (verdict->corrupt_mask)
        parcel->bytes[verdict->corrupt_at] ^= verdict->corrupt_mask;
    heap_add(storage->places, line->waiting++,
             (struct line_place){parcel->due_ns, line->order++, parcel});
}

struct weather_verdict line_send(struct line *line, const uint8_t *bytes, size_t len, uint32_t tag,
                                 uint64_t now_ns)
{
    if (len > LINE_DATAGRAM_MAX) {
        line->weather.counts.fates[WEATHER_LOST_MTU]++;
        return (struct weather_verdict){.fate = WEATHER_LOST_MTU};
    }
    struct weather_verdict verdict = weather_judge(&line->weather, len, now_ns);
    for (unsigned copy = 0; copy < verdict.copies; copy++)
        put(line, bytes, len, tag, &verdict, copy);
    return verdict;
}

uint64_t line_next_ns(const struct line *line)
{
    return line->waiting ? line->storage.places[0].due_ns : LINE_NEVER;
}

struct line_parcel *line_take(struct line *line, uint64_t now_ns)
{
    struct line_place *places = line->storage.places;

    if (line_next_ns(line) > now_ns || line->waiting == 0)
        return NULL;
    struct line_parcel *parcel = places[0].parcel;
    line->waiting--;
    if (line->waiting > 0)
        heap_close(places, line->waiting, places[line->waiting]);
    return parcel;
}

void line_give_back(struct line *line, struct line_parcel *parcel)
{
    assert(line->waiting + line->idle < line->storage.capacity);
    line->idle++;
    line->storage.places[line->storage.capacity - line->idle].parcel = parcel;
}

bool line_receive(struct line *line, uint64_t now_ns, uint8_t out[static LINE_DATAGRAM_MAX],
                  size_t *len, uint32_t *tag)
{
    struct line_parcel *parcel = line_take(line, now_ns);
    if (!parcel)
        return false;
    memcpy(out, parcel->bytes, parcel->len);
    *len = parcel->len;
    *tag = parcel->tag;
    line_give_back(line, parcel);
    return true;
}
