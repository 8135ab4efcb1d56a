/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of words, and settings written back in them. */
#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "weather/settings_words.h"

#define AT(name) offsetof(struct weather_settings, name)
#define MINUTE_NS UINT64_C(60000000000)

static const char *const distributions[] = {"uniform", "normal", "pareto", "4g",
                                            "5g-1",    "5g-2",   "5g-3",   NULL};
static const char *const bursts[] = {"geometric", "pareto", NULL};
static const char *const orders[] = {"kept", "free", NULL};

const struct settings_word settings_words[SETTINGS_WORDS] = {
    {"delay", WORD_TIMED, UNIT_DURATION, AT(delay), 0, MINUTE_NS, NULL},
    {"jitter", WORD_NUMBER, UNIT_DURATION, AT(jitter_ns), 0, MINUTE_NS, NULL},
    {"distribution", WORD_CHOICE, UNIT_COUNT, AT(distribution), 0, 0, distributions},
    {"order", WORD_CHOICE, UNIT_COUNT, AT(order_free), 0, 0, orders},
    {"loss", WORD_TIMED, UNIT_SHARE, AT(loss), 0, UNIT_SHARE_WHOLE, NULL},
    {"burst", WORD_NUMBER, UNIT_COUNT, AT(burst_milli), 1000, 1000000000, NULL},
    {"bursts", WORD_CHOICE, UNIT_COUNT, AT(bursts), 0, 0, bursts},
    {"reorder", WORD_NUMBER, UNIT_SHARE, AT(reorder_ppb), 0, UNIT_SHARE_WHOLE, NULL},
    {"reorder-by", WORD_NUMBER, UNIT_DURATION, AT(reorder_by_ns), 1, MINUTE_NS, NULL},
    {"duplicate", WORD_NUMBER, UNIT_SHARE, AT(duplicate_ppb), 0, UNIT_SHARE_WHOLE, NULL},
    {"corrupt", WORD_NUMBER, UNIT_SHARE, AT(corrupt_ppb), 0, UNIT_SHARE_WHOLE, NULL},
    {"rate", WORD_TIMED, UNIT_RATE, AT(rate), 1000, UINT64_C(1000000000000), NULL},
    {"queue", WORD_QUEUE, UNIT_DURATION, AT(queue_ns), 0, 0, NULL},
    /* RFC 791: every link carries 68 bytes, and no packet is longer than 65535. */
    {"mtu", WORD_TIMED, UNIT_SIZE, AT(mtu), 68, 65535, NULL},
    {"outage", WORD_OUTAGE, UNIT_DURATION, AT(outages), 0, 0, NULL},
    {"trace", WORD_TRACE, UNIT_COUNT, AT(traces), 0, 0, NULL},
};

const char *const way_prefixes[WEATHER_WAYS] = {"up.", "down."};

struct writer {
    char *out;
    size_t len;
    const char *prefix;
};

static void put(struct writer *writer, const char *text, ...) PRINTF_LIKE(2, 3);

static void put(struct writer *writer, const char *text, ...)
{
    size_t room = WEATHER_TEXT_BYTES - writer->len;
    va_list args;
    va_start(args, text);
    int added = vsnprintf(writer->out + writer->len, room, text, args);
    va_end(args);
    assert(added >= 0 && (size_t)added < room); /* WEATHER_TEXT_BYTES holds all words */
    writer->len += (size_t)added;
}

static void put_name(struct writer *writer, const char *name)
{
    put(writer, "%s%s%s", writer->len ? "," : "", writer->prefix, name);
}

static void put_number(struct writer *writer, enum unit_kind unit, uint64_t value,
                       const char *before)
{
    char text[UNIT_TEXT_BYTES];
    unit_write(unit, value, text);
    put(writer, "%s%s", before, text);
}

static void put_timetable(struct writer *writer, const struct settings_word *word,
                          const struct weather_timetable *table)
{
    for (uint32_t i = 0; i < table->count; i++) {
        put_name(writer, word->name);
        if (table->steps[i].at_ns)
            put_number(writer, UNIT_DURATION, table->steps[i].at_ns, "@");
        put_number(writer, word->unit, table->steps[i].value, "=");
    }
}

static void put_outages(struct writer *writer, const char *name,
                        const struct weather_settings *settings)
{
    for (uint32_t i = 0; i < settings->outage_count; i++) {
        const struct weather_outage *outage = &settings->outages[i];
        put_name(writer, name);
        put_number(writer, UNIT_DURATION, outage->start_ns, "=");
        put_number(writer, UNIT_DURATION, outage->length_ns, "+");
        if (outage->every_ns)
            put_number(writer, UNIT_DURATION, outage->every_ns, "/");
    }
}

static void put_queue(struct writer *writer, const char *name,
                      const struct weather_settings *settings)
{
    if (!settings->queue_ns && !settings->queue_bytes)
        return;
    put_name(writer, name);
    if (settings->queue_ns)
        put_number(writer, UNIT_DURATION, settings->queue_ns, "=");
    else
        put_number(writer, UNIT_SIZE, settings->queue_bytes, "=");
}

static void put_word(struct writer *writer, const struct settings_word *word,
                     const struct weather_settings *settings)
{
    const void *field = (const char *)settings + word->offset;

    switch (word->kind) {
    case WORD_NUMBER:
        if (*(const uint64_t *)field) {
            put_name(writer, word->name);
            put_number(writer, word->unit, *(const uint64_t *)field, "=");
        }
        break;
    case WORD_CHOICE:
        if (*(const uint64_t *)field) {
            put_name(writer, word->name);
            put(writer, "=%s", word->choices[*(const uint64_t *)field]);
        }
        break;
    case WORD_TIMED:
        put_timetable(writer, word, field);
        break;
    case WORD_QUEUE:
        put_queue(writer, word->name, settings);
        break;
    case WORD_OUTAGE:
        put_outages(writer, word->name, settings);
        break;
    case WORD_TRACE:
        for (uint32_t i = 0; i < settings->trace_count; i++) {
            put_name(writer, word->name);
            put(writer, "=%s", settings->traces[i]);
        }
        break;
    }
}

static bool is_same(const struct settings_word *word, const struct weather_settings *a,
                    const struct weather_settings *b)
{
    const void *field_a = (const char *)a + word->offset;
    const void *field_b = (const char *)b + word->offset;

    switch (word->kind) {
    case WORD_NUMBER:
    case WORD_CHOICE:
        return *(const uint64_t *)field_a == *(const uint64_t *)field_b;
    case WORD_TIMED:
        return !memcmp(field_a, field_b, sizeof(struct weather_timetable));
    case WORD_QUEUE:
        return a->queue_ns == b->queue_ns && a->queue_bytes == b->queue_bytes;
    case WORD_OUTAGE:
        return a->outage_count == b->outage_count &&
               !memcmp(a->outages, b->outages, sizeof a->outages);
    case WORD_TRACE:
        return a->trace_count == b->trace_count && !memcmp(a->traces, b->traces, sizeof a->traces);
    }
    return false;
}

void weather_settings_write(const struct weather_line_settings *line,
                            char out[static WEATHER_TEXT_BYTES])
{
    struct writer writer = {.out = out};

    out[0] = '\0';
    for (size_t i = 0; i < SETTINGS_WORDS; i++) {
        const struct settings_word *word = &settings_words[i];
        bool same = is_same(word, &line->way[WEATHER_UP], &line->way[WEATHER_DOWN]);
        for (int way = 0; way < WEATHER_WAYS; way++) {
            writer.prefix = same ? "" : way_prefixes[way];
            if (!same || way == WEATHER_UP)
                put_word(&writer, word, &line->way[way]);
        }
    }
    writer.prefix = "";
    if (line->has_seed) {
        put_name(&writer, "seed");
        put(&writer, "=%" PRIu64, line->seed);
    }
}
