/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weather/capacity.h"

static const uint64_t NS_PER_MS = 1000000;
static const double NS_PER_S = 1e9;

static bool queue_has_room(const struct weather_settings *settings, uint64_t wait_ns,
                           uint64_t backlog_bytes, uint32_t bytes)
{
    uint64_t limit_ns = settings->queue_ns;
    if (!limit_ns && !settings->queue_bytes)
        limit_ns = WEATHER_QUEUE_NS;
    if (limit_ns && wait_ns > limit_ns)
        return false;
    return !settings->queue_bytes || backlog_bytes == 0 ||
           backlog_bytes + bytes <= settings->queue_bytes;
}

/* When `bits` have left that start leaving at `start_ns`. */
static uint64_t rate_departure(const struct weather_timetable *rate, uint64_t start_ns, double bits)
{
    for (;;) {
        uint64_t until_ns;
        double bits_per_s = (double)weather_timetable_at(rate, start_ns, &until_ns);
        if (bits_per_s == 0)
            return start_ns;
        double needed_ns = bits / bits_per_s * NS_PER_S;
        if (until_ns == UINT64_MAX || needed_ns <= (double)(until_ns - start_ns))
            return start_ns + (uint64_t)(needed_ns + 0.5);
        bits -= (double)(until_ns - start_ns) * bits_per_s / NS_PER_S;
        start_ns = until_ns;
    }
}

/* What leaves between the two moments: the backlog, when the second is the queue's end. */
static double rate_bytes(const struct weather_timetable *rate, uint64_t from_ns, uint64_t to_ns)
{
    double bits = 0;
    while (from_ns < to_ns) {
        uint64_t until_ns;
        double bits_per_s = (double)weather_timetable_at(rate, from_ns, &until_ns);
        uint64_t end_ns = until_ns < to_ns ? until_ns : to_ns;
        bits += (double)(end_ns - from_ns) * bits_per_s / NS_PER_S;
        from_ns = end_ns;
    }
    return bits / 8;
}

static bool rate_admit(struct capacity *capacity, const struct weather_settings *settings,
                       uint32_t bytes, uint64_t elapsed_ns, uint64_t *departure_ns)
{
    uint64_t start_ns = capacity->busy_until_ns;
    if (start_ns < elapsed_ns)
        start_ns = elapsed_ns;
    double backlog = rate_bytes(&settings->rate, elapsed_ns, start_ns);
    if (!queue_has_room(settings, start_ns - elapsed_ns, (uint64_t)(backlog + 0.5), bytes))
        return false;
    *departure_ns = rate_departure(&settings->rate, start_ns, 8.0 * bytes);
    capacity->busy_until_ns = *departure_ns;
    return true;
}

static uint64_t chance_ns(const struct capacity_trace *trace, const struct chance *chance)
{
    uint64_t period_ms = trace->at_ms[trace->count - 1];
    return (chance->lap * period_ms + trace->at_ms[chance->index]) * NS_PER_MS;
}

/* The first chance at or after the moment. */
static struct chance chance_from(const struct capacity_trace *trace, uint64_t elapsed_ns)
{
    uint64_t period_ns = trace->at_ms[trace->count - 1] * NS_PER_MS;
    uint64_t lap = elapsed_ns > 0 ? (elapsed_ns - 1) / period_ns : 0; /* its end is its own */
    uint64_t within_ns = elapsed_ns - lap * period_ns;
    size_t low = 0;
    size_t high = trace->count - 1; /* the last one is at the period's end, never before */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (trace->at_ms[middle] * NS_PER_MS < within_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return (struct chance){lap, low, TRACE_CHANCE_BYTES};
}

static void chance_next(const struct capacity_trace *trace, struct chance *chance)
{
    chance->left_bytes = TRACE_CHANCE_BYTES;
    if (++chance->index == trace->count) {
        chance->index = 0;
        chance->lap++;
    }
}

static bool trace_admit(struct capacity *capacity, const struct weather_settings *settings,
                        uint32_t bytes, uint64_t elapsed_ns, uint64_t *departure_ns)
{
    const struct capacity_trace *trace = &capacity->trace;
    struct chance chance = capacity->chance;
    struct chance first = chance_from(trace, elapsed_ns);
    uint64_t backlog_bytes = 0;

    if (chance_ns(trace, &chance) < elapsed_ns) {
        chance = first;
    } else {
        uint64_t chances = (chance.lap - first.lap) * trace->count + chance.index - first.index + 1;
        backlog_bytes = chances * TRACE_CHANCE_BYTES - chance.left_bytes;
    }
    uint32_t needed = bytes;
    while (needed > chance.left_bytes) {
        needed -= chance.left_bytes;
        chance_next(trace, &chance);
    }
    chance.left_bytes -= needed;
    uint64_t leaves_ns = chance_ns(trace, &chance);
    if (!queue_has_room(settings, leaves_ns - elapsed_ns, backlog_bytes, bytes))
        return false;
    capacity->chance = chance;
    *departure_ns = leaves_ns;
    return true;
}

void capacity_use_trace(struct capacity *capacity, const struct capacity_trace *trace)
{
    capacity->trace = *trace;
    capacity->chance = (struct chance){.left_bytes = TRACE_CHANCE_BYTES};
}

bool capacity_admit(struct capacity *capacity, const struct weather_settings *settings,
                    uint32_t bytes, uint64_t elapsed_ns, uint64_t *departure_ns)
{
    if (capacity->trace.count > 0)
        return trace_admit(capacity, settings, bytes, elapsed_ns, departure_ns);
    return rate_admit(capacity, settings, bytes, elapsed_ns, departure_ns);
}
