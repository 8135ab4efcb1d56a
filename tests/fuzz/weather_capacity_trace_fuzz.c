/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A delivery file that we accept never runs backwards, and the line it makes keeps order, lets no datagram
 * leave before it came, and no more than its chances hold. */
#include <stdlib.h>

#include "weather/capacity.h"

enum { ROOM = 4096, NS_PER_MS = 1000000 };

static uint32_t at_ms[ROOM];

static void check_line(const struct capacity_trace *trace)
{
    const struct weather_settings settings = {.queue_bytes = 20000};
    struct capacity capacity = {0};
    uint64_t last_ns = 0;

    capacity_use_trace(&capacity, trace);
    for (uint64_t now_ns = 0, i = 0; i < 200; i++, now_ns += i % 7 * 3 * NS_PER_MS) {
        uint64_t departure_ns;
        if (!capacity_admit(&capacity, &settings, 1 + (uint32_t)(i * 37 % 3000), now_ns,
                            &departure_ns))
            continue;
        if (departure_ns < now_ns || departure_ns < last_ns)
            abort();
        last_ns = departure_ns;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct capacity_trace trace;
    struct weather_error error;
    enum weather_err err = trace_read_capacity(&trace, data, size, at_ms, ROOM, &error);

    if (err == WEATHER_ERR_TRACE && !error.text[0])
        abort();
    if (err)
        return 0;
    if (trace.count > trace_rows_max(data, size))
        abort();
    for (size_t i = 1; i < trace.count; i++)
        if (trace.at_ms[i] < trace.at_ms[i - 1])
            abort();
    check_line(&trace);
    return 0;
}
