/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weather_control.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const way_words[] = {"up", "down", NULL};
static const char *const order_words[] = {"cut", "restore", "set", "stats", NULL};

void weather_control_stats(const struct relay *relay)
{
    for (size_t line = 0; line < relay_line_count(relay); line++) {
        for (int way = 0; way < WEATHER_WAYS; way++) {
            struct relay_counts counts;
            relay_counts(relay, line, (enum weather_way)way, &counts);
            const uint64_t *fates = counts.weather.fates;
            uint64_t sent = 0;
            for (int fate = 0; fate < WEATHER_FATES; fate++)
                sent += fates[fate];
            printf("line=%zu way=%s sent=%" PRIu64 " bytes=%" PRIu64 " forwarded=%" PRIu64
                   " lost_random=%" PRIu64 " lost_burst=%" PRIu64 " lost_trace=%" PRIu64
                   " lost_queue=%" PRIu64 " lost_outage=%" PRIu64 " lost_mtu=%" PRIu64
                   " duplicated=%" PRIu64 " corrupted=%" PRIu64 " held_back=%" PRIu64
                   " crowded=%" PRIu64 " refused=%" PRIu64 " unsent=%" PRIu64 "\n",
                   line + 1, way_words[way], sent, counts.weather.bytes, counts.forwarded,
                   fates[WEATHER_LOST_RANDOM], fates[WEATHER_LOST_BURST], fates[WEATHER_LOST_TRACE],
                   fates[WEATHER_LOST_QUEUE], fates[WEATHER_LOST_OUTAGE], fates[WEATHER_LOST_MTU],
                   counts.weather.duplicated, counts.weather.corrupted, counts.weather.held_back,
                   counts.crowded, counts.refused, counts.unsent);
        }
    }
    fflush(stdout);
}

static void answer_unknown(const char *what, const char *word, const char *const *words)
{
    char answer[ORDERS_ANSWER_BYTES];
    orders_unknown(answer, what, word, words);
    printf("error %s\n", answer);
}

static bool read_line_number(const struct relay *relay, const char *word, size_t *line)
{
    size_t count = relay_line_count(relay);
    char *end = NULL;
    unsigned long number = word ? strtoul(word, &end, 10) : 0;

    if (!word || *end || number < 1 || number > count) {
        printf("error no line '%.40s'; lines are 1 to %zu\n", word ? word : "", count);
        return false;
    }
    *line = number - 1;
    return true;
}

static void obey_cut(struct relay *relay, size_t line, const char *way_word, bool cut)
{
    bool known = !way_word;
    for (int way = 0; way < WEATHER_WAYS; way++)
        known |= way_word && !strcmp(way_word, way_words[way]);
    if (!known) {
        answer_unknown("way", way_word, way_words);
        return;
    }
    for (int way = 0; way < WEATHER_WAYS; way++)
        if (!way_word || !strcmp(way_word, way_words[way]))
            relay_cut(relay, line, (enum weather_way)way, cut);
    puts("ok");
}

static void obey_set(struct relay *relay, size_t line, const char *text)
{
    struct weather_line_settings weather;
    struct weather_error error;
    enum weather_err err = weather_settings_read(&weather, text, &error);

    if (!err)
        err = relay_change(relay, line, &weather, &error);
    if (err)
        printf("error %s\n", error.text);
    else
        puts("ok");
}

static void obey(void *context, char *order)
{
    struct relay *relay = context;
    char *rest = order;
    const char *word = orders_word(&rest);
    size_t line;

    if (!order)
        puts("error too long");
    if (!word)
        return;
    if (!strcmp(word, "stats")) {
        weather_control_stats(relay);
        puts("ok");
    } else if (!strcmp(word, "cut") || !strcmp(word, "restore")) {
        if (read_line_number(relay, orders_word(&rest), &line))
            obey_cut(relay, line, orders_word(&rest), !strcmp(word, "cut"));
    } else if (!strcmp(word, "set")) {
        if (read_line_number(relay, orders_word(&rest), &line))
            obey_set(relay, line, rest ? rest : "");
    } else {
        answer_unknown("order", word, order_words);
    }
}

bool weather_control_read(struct orders *orders, struct relay *relay, int fd)
{
    bool more = orders_read(orders, fd, obey, relay);
    fflush(stdout);
    return more;
}
