/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weather/weather.h"

#include <string.h>

#include "weather/delay.h"
#include "weather/units.h"

/* Which stream of random numbers: mixed into the seed. */
enum { STREAM_LOSS = 1, STREAM_DELAY, STREAM_MISHAP, STREAMS };

static const uint64_t STREAM_STEP = UINT64_C(0x9e3779b97f4a7c15);

void weather_init(struct weather *weather, const struct weather_settings *settings, uint64_t seed,
                  enum weather_way way, uint64_t start_ns)
{
    uint64_t base = seed + STREAM_STEP * STREAMS * (uint64_t)way;

    memset(weather, 0, sizeof *weather);
    weather->settings = *settings;
    weather->start_ns = start_ns;
    weather->last_ns = start_ns;
    random_seed(&weather->loss_random, base + STREAM_STEP * STREAM_LOSS);
    random_seed(&weather->delay_random, base + STREAM_STEP * STREAM_DELAY);
    random_seed(&weather->mishap_random, base + STREAM_STEP * STREAM_MISHAP);
}

void weather_use_traces(struct weather *weather, const struct weather_traces *traces)
{
    capacity_use_trace(&weather->capacity, &traces->capacity);
    weather->path = traces->path;
}

void weather_change(struct weather *weather, const struct weather_settings *settings)
{
    weather->settings = *settings;
}

void weather_cut(struct weather *weather, bool cut)
{
    weather->cut = cut;
}

static bool in_outage(const struct weather *weather, uint64_t elapsed_ns)
{
    const struct weather_settings *settings = &weather->settings;
    for (uint32_t i = 0; i < settings->outage_count; i++) {
        const struct weather_outage *outage = &settings->outages[i];
        if (elapsed_ns < outage->start_ns)
            continue;
        uint64_t since_ns = elapsed_ns - outage->start_ns;
        if (outage->every_ns)
            since_ns %= outage->every_ns;
        if (since_ns < outage->length_ns)
            return true;
    }
    return weather->cut;
}

static bool lost_in_trace(struct weather *weather, uint64_t elapsed_ns)
{
    if (weather->path.count == 0)
        return false;
    double loss = (double)trace_path_at(&weather->path, elapsed_ns)->loss_ppb;
    return random_chance(&weather->loss_random, loss / UNIT_SHARE_WHOLE);
}

/* Random loss is drawn for every datagram, so that what else befalls one does not shift the rest. */
static enum weather_fate judge_fate(struct weather *weather, size_t len, uint64_t elapsed_ns,
                                    uint64_t *departure_ns)
{
    const struct weather_settings *settings = &weather->settings;
    uint64_t loss_ppb = weather_timetable_at(&settings->loss, elapsed_ns, NULL);
    uint64_t mtu = weather_timetable_at(&settings->mtu, elapsed_ns, NULL);
    bool lost = loss_step(&weather->chain, settings, loss_ppb, &weather->loss_random);
    bool lost_recorded = lost_in_trace(weather, elapsed_ns);
    size_t packet_bytes = len + WEATHER_HEADER_BYTES;

    if (mtu && packet_bytes > mtu)
        return WEATHER_LOST_MTU;
    if (in_outage(weather, elapsed_ns))
        return WEATHER_LOST_OUTAGE;
    if (!capacity_admit(&weather->capacity, settings, (uint32_t)packet_bytes, elapsed_ns,
                        departure_ns))
        return WEATHER_LOST_QUEUE;
    if (lost)
        return settings->burst_milli ? WEATHER_LOST_BURST : WEATHER_LOST_RANDOM;
    return lost_recorded ? WEATHER_LOST_TRACE : WEATHER_DELIVERED;
}

/* Fixed delay, that of the recorded line, and jitter. */
static uint64_t draw_delay_ns(struct weather *weather, uint64_t elapsed_ns)
{
    uint64_t delay_ns = weather_timetable_at(&weather->settings.delay, elapsed_ns, NULL);
    if (weather->path.count > 0)
        delay_ns += trace_path_at(&weather->path, elapsed_ns)->delay_ns;
    return delay_ns + delay_draw_ns(&weather->settings, &weather->delay_random);
}

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* The mishaps that may befall a datagram, drawn for every one of them. */
static void draw_mishaps(struct weather *weather, size_t len, struct weather_verdict *verdict)
{
    const struct weather_settings *settings = &weather->settings;
    struct random *random = &weather->mishap_random;

    verdict->copies = 1;
    verdict->held_back = random_unit(random) * UNIT_SHARE_WHOLE < (double)settings->reorder_ppb;
    if (random_unit(random) * UNIT_SHARE_WHOLE < (double)settings->duplicate_ppb)
        verdict->copies = 2;
    bool corrupt = random_unit(random) * UNIT_SHARE_WHOLE < (double)settings->corrupt_ppb;
    uint64_t where = random_u64(random);
    if (corrupt && len > 0) {
        verdict->corrupt_mask = (uint8_t)(1 + (where >> 32) % 255);
        verdict->corrupt_at = (size_t)((where & UINT32_MAX) % len);
    }
}

static void count(struct weather *weather, size_t len, const struct weather_verdict *verdict)
{
    struct weather_counts *counts = &weather->counts;

    counts->fates[verdict->fate]++;
    counts->bytes += len;
    if (verdict->fate != WEATHER_DELIVERED)
        return;
    counts->duplicated += verdict->copies > 1;
    counts->corrupted += verdict->corrupt_mask != 0;
    counts->held_back += verdict->held_back;
}

struct weather_verdict weather_judge(struct weather *weather, size_t len, uint64_t now_ns)
{
    const struct weather_settings *settings = &weather->settings;
    struct weather_verdict verdict = {0};

    now_ns = weather->last_ns = later(now_ns, weather->last_ns);
    uint64_t elapsed_ns = now_ns - weather->start_ns;
    uint64_t departure_ns = elapsed_ns;
    verdict.fate = judge_fate(weather, len, elapsed_ns, &departure_ns);
    draw_mishaps(weather, len, &verdict);

    uint64_t delay_ns = draw_delay_ns(weather, elapsed_ns);
    uint64_t copy_delay_ns = delay_ns;
    if (verdict.copies > 1)
        copy_delay_ns = draw_delay_ns(weather, elapsed_ns);
    uint64_t own_ns = now_ns + delay_ns;
    uint64_t arrival_ns = weather->start_ns + departure_ns + delay_ns;
    if (!settings->order_free) {
        own_ns = later(own_ns, weather->own_floor_ns);
        arrival_ns = later(arrival_ns, weather->floor_ns);
    }
    uint64_t back_ns = settings->reorder_by_ns ? settings->reorder_by_ns : WEATHER_REORDER_BY_NS;
    if (!verdict.held_back)
        back_ns = 0;
    verdict.own_delay_ns = own_ns + back_ns - now_ns;
    if (verdict.fate != WEATHER_DELIVERED) {
        verdict.copies = 0;
    } else {
        if (!verdict.held_back) {
            weather->own_floor_ns = own_ns;
            weather->floor_ns = arrival_ns;
        }
        verdict.arrival_ns[0] = arrival_ns + back_ns;
        verdict.arrival_ns[1] =
            later(verdict.arrival_ns[0], weather->start_ns + departure_ns + copy_delay_ns);
    }
    count(weather, len, &verdict);
    return verdict;
}

const char *weather_fate_text(enum weather_fate fate)
{
    static const char *const texts[WEATHER_FATES] = {
        [WEATHER_DELIVERED] = "delivered",        [WEATHER_LOST_RANDOM] = "lost at random",
        [WEATHER_LOST_BURST] = "lost in a burst", [WEATHER_LOST_TRACE] = "lost in the recording",
        [WEATHER_LOST_QUEUE] = "queue full",      [WEATHER_LOST_OUTAGE] = "outage",
        [WEATHER_LOST_MTU] = "too long",
    };
    return texts[fate];
}
