/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/relay.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench/sockets.h"
#include "clock/clock.h"
#include "weather/line.h"
#include "weather/settings.h"

enum { PARCELS = 4096, NS_PER_S = 1000000000 };

struct relay_line {
    struct weather_line_settings settings;
    struct line way[WEATHER_WAYS];
    uint64_t bytes[WEATHER_WAYS]; /* while measured */
};

struct relay {
    const struct lines *lines;
    uint64_t measured_ns;
    uint64_t start_ns; /* 0 until the measured weather has started */
    struct relay_line line[BENCH_LINES_MAX];
};

/* Where packets of a way come from; they go to the other side. */
static const enum lines_side source[WEATHER_WAYS] = {
    [WEATHER_UP] = LINES_SENDER, [WEATHER_DOWN] = LINES_RECEIVER};

static struct weather_line_settings read_settings(const char *weather, const char *cut)
{
    struct weather_line_settings settings;
    struct weather_error error;
    char words[WEATHER_TEXT_BYTES];

    snprintf(words, sizeof words, "%s%s%s", weather, cut ? ",outage=" : "", cut ? cut : "");
    if (weather_settings_read(&settings, words, &error))
        errx(2, "weather: %s", error.text);
    if (settings.way[WEATHER_UP].trace_count || settings.way[WEATHER_DOWN].trace_count)
        errx(2, "weather: recorded traces are not for this benchmark");
    return settings;
}

static void init_way(struct line *way, const struct weather_settings *settings)
{
    struct line_storage storage = {.parcels = calloc(PARCELS, sizeof *storage.parcels),
                                   .places = calloc(PARCELS, sizeof *storage.places),
                                   .capacity = PARCELS};

    if (!storage.parcels || !storage.places)
        err(1, "memory");
    line_init(way, &storage, settings, 0, WEATHER_UP, 0); /* start_weather says the rest */
}

/* Starts every way's weather at `start_ns`, with outages once measuring. */
static void start_weather(struct relay *relay, uint64_t start_ns, bool measuring)
{
    for (unsigned i = 0; i < relay->lines->count; i++)
        for (int way = 0; way < WEATHER_WAYS; way++) {
            struct relay_line *line = &relay->line[i];
            struct weather_settings settings = line->settings.way[way];

            if (!measuring)
                settings.outage_count = 0;
            weather_init(&line->way[way].weather, &settings, line->settings.seed,
                         (enum weather_way)way, start_ns);
        }
    relay->start_ns = measuring ? start_ns : 0;
}

struct relay *relay_new(const struct lines *lines, const char *weather, const char *cut,
                        uint64_t seed, uint64_t measured_ns)
{
    struct relay *relay = calloc(1, sizeof *relay);

    if (!relay)
        err(1, "memory");
    relay->lines = lines;
    relay->measured_ns = measured_ns;
    for (unsigned i = 0; i < lines->count; i++) {
        relay->line[i].settings = read_settings(weather, i == 0 ? cut : NULL);
        relay->line[i].settings.seed = seed * BENCH_LINES_MAX + i;
        for (int way = 0; way < WEATHER_WAYS; way++)
            init_way(&relay->line[i].way[way], &relay->line[i].settings.way[way]);
    }
    start_weather(relay, clock_monotonic_ns(), false);
    return relay;
}

static void take_packets(struct relay *relay, unsigned index, enum weather_way way)
{
    enum { IPV4 = 4 };
    struct relay_line *line = &relay->line[index];
    int from = relay->lines->tun[index][source[way]];
    uint8_t packet[LINE_DATAGRAM_MAX];
    ssize_t len;

    while ((len = read(from, packet, sizeof packet)) > 0) {
        uint64_t now_ns = clock_monotonic_ns();

        if (packet[0] >> 4 != IPV4) /* the kernel asking for IPv6 routers */
            continue;
        if (relay->start_ns && now_ns - relay->start_ns < relay->measured_ns)
            line->bytes[way] += (size_t)len;
        line_send(&line->way[way], packet, (size_t)len, 0, now_ns);
    }
}

static void hand_on_packets(struct relay *relay, unsigned index, enum weather_way way)
{
    struct line *line = &relay->line[index].way[way];
    int to = relay->lines->tun[index][source[!way]];
    struct line_parcel *parcel;

    while ((parcel = line_take(line, clock_monotonic_ns()))) {
        if (write(to, parcel->bytes, parcel->len) < 0 && errno != EINVAL) /* a corrupted header */
            err(1, "handing on a packet");
        line_give_back(line, parcel);
    }
}

static uint64_t next_due_ns(const struct relay *relay, uint64_t until_ns)
{
    for (unsigned i = 0; i < relay->lines->count; i++)
        for (int way = 0; way < WEATHER_WAYS; way++) {
            uint64_t due_ns = line_next_ns(&relay->line[i].way[way]);

            until_ns = due_ns < until_ns ? due_ns : until_ns;
        }
    return until_ns;
}

void relay_carry(struct relay *relay, uint64_t start_ns, uint64_t until_ns)
{
    struct pollfd fds[BENCH_LINES_MAX * WEATHER_WAYS];
    size_t count = 0;

    for (unsigned i = 0; i < relay->lines->count; i++)
        for (int way = 0; way < WEATHER_WAYS; way++)
            fds[count++] =
                (struct pollfd){.fd = relay->lines->tun[i][source[way]], .events = POLLIN};
    do {
        if (start_ns && !relay->start_ns && clock_monotonic_ns() >= start_ns)
            start_weather(relay, start_ns, true);
        sockets_wait(fds, count, next_due_ns(relay, until_ns));
        for (unsigned i = 0; i < relay->lines->count; i++)
            for (int way = 0; way < WEATHER_WAYS; way++) {
                take_packets(relay, i, (enum weather_way)way);
                hand_on_packets(relay, i, (enum weather_way)way);
            }
    } while (clock_monotonic_ns() < until_ns);
}

struct relay_report relay_report(const struct relay *relay)
{
    const struct weather_settings *there = &relay->line[0].settings.way[WEATHER_UP];
    double measured_s = (double)relay->measured_ns / NS_PER_S;
    uint64_t bytes[WEATHER_WAYS] = {0};

    for (unsigned i = 0; i < relay->lines->count; i++)
        for (int way = 0; way < WEATHER_WAYS; way++)
            bytes[way] += relay->line[i].bytes[way];
    return (struct relay_report){
        .delay_ms = (double)weather_timetable_at(&there->delay, 0, NULL) / 1e6,
        .jitter_ms = (double)there->jitter_ns / 1e6,
        .forward_bits_per_second = 8 * (double)bytes[WEATHER_UP] / measured_s,
        .back_bits_per_second = 8 * (double)bytes[WEATHER_DOWN] / measured_s};
}
