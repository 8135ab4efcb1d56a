/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weather/settings.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "weather/loss.h"
#include "weather/presets.h"
#include "weather/settings_words.h"

enum { ITEM_BYTES = 320 };

/* One `up.rate@20s=1mbit`, taken apart; the text is a copy, cut into pieces. */
struct item {
    char text[ITEM_BYTES];
    const char *name;
    const char *value; /* NULL: a bare word */
    uint64_t at_ns;
    bool has_time;
    bool ways[WEATHER_WAYS];
    int level; /* 0: for both ways; 1 + way: for one */
};

struct reader {
    struct weather_line_settings line;
    bool seen[1 + WEATHER_WAYS][SETTINGS_WORDS];
    struct weather_error *error;
};

static enum weather_err fail(struct weather_error *error, enum weather_err err, const char *text,
                             ...) PRINTF_LIKE(3, 4);

static enum weather_err fail(struct weather_error *error, enum weather_err err, const char *text,
                             ...)
{
    va_list args;
    va_start(args, text);
    vsnprintf(error->text, sizeof error->text, text, args);
    va_end(args);
    return err;
}

static enum weather_err read_preset(struct reader *reader, const struct item *item,
                                    const char *name);

uint64_t weather_timetable_at(const struct weather_timetable *table, uint64_t elapsed_ns,
                              uint64_t *until_ns)
{
    uint32_t i = 0;
    while (i < table->count && table->steps[i].at_ns <= elapsed_ns)
        i++;
    if (until_ns)
        *until_ns = i < table->count ? table->steps[i].at_ns : UINT64_MAX;
    return i > 0 ? table->steps[i - 1].value : 0;
}

static void *field(struct weather_settings *settings, const struct settings_word *word)
{
    return (char *)settings + word->offset;
}

static enum weather_err read_number(const struct settings_word *word, const char *text,
                                    uint64_t *value, struct weather_error *error)
{
    char least[UNIT_TEXT_BYTES];
    char most[UNIT_TEXT_BYTES];

    if (!unit_read(word->unit, text, strlen(text), value))
        return fail(error, WEATHER_ERR_VALUE, "%s: '%.40s' is not %s", word->name, text,
                    unit_example(word->unit));
    if (*value >= word->least && *value <= word->most)
        return WEATHER_OK;
    unit_write(word->unit, word->least, least);
    unit_write(word->unit, word->most, most);
    return fail(error, WEATHER_ERR_VALUE, "%s: '%.40s' is outside %s to %s", word->name, text,
                least, most);
}

static enum weather_err read_choice(const struct settings_word *word, const char *text,
                                    uint64_t *value, struct weather_error *error)
{
    for (uint64_t i = 0; word->choices[i]; i++) {
        if (!strcmp(word->choices[i], text)) {
            *value = i;
            return WEATHER_OK;
        }
    }
    const char *nearest = nearest_word(text, word->choices);
    if (nearest)
        return fail(error, WEATHER_ERR_VALUE, "%s: no '%.40s'; the nearest is '%s'", word->name,
                    text, nearest);
    fail(error, WEATHER_ERR_VALUE, "%s: no '%.40s'; there are ", word->name, text);
    for (const char *const *choice = word->choices; *choice; choice++) {
        size_t len = strlen(error->text);
        snprintf(error->text + len, sizeof error->text - len, "%s'%s'",
                 choice == word->choices ? "" : ", ", *choice);
    }
    return WEATHER_ERR_VALUE;
}

static enum weather_err add_step(const struct settings_word *word, const struct item *item,
                                 struct weather_timetable *table, struct weather_error *error)
{
    uint64_t value;
    enum weather_err err = read_number(word, item->value, &value, error);

    if (err)
        return err;
    if (table->count > 0 && table->steps[table->count - 1].at_ns >= item->at_ns)
        return fail(error, WEATHER_ERR_TWICE, "%s: times must grow; '%s' comes too late",
                    word->name, item->value);
    if (table->count == WEATHER_STEPS_MAX)
        return fail(error, WEATHER_ERR_TWICE, "%s: at most %d steps", word->name,
                    WEATHER_STEPS_MAX);
    table->steps[table->count++] = (struct weather_step){item->at_ns, value};
    return WEATHER_OK;
}

static enum weather_err read_queue(const struct settings_word *word, const char *text,
                                   struct weather_settings *settings, struct weather_error *error)
{
    uint64_t value;

    settings->queue_ns = settings->queue_bytes = 0;
    if (unit_read(UNIT_DURATION, text, strlen(text), &value) && value > 0) {
        settings->queue_ns = value;
        return WEATHER_OK;
    }
    if (unit_read(UNIT_SIZE, text, strlen(text), &value) && value > 0) {
        settings->queue_bytes = value;
        return WEATHER_OK;
    }
    return fail(error, WEATHER_ERR_VALUE,
                "%s: '%.40s' is not a time such as 100ms or a size such as 64kB", word->name, text);
}

/* START+LENGTH or START+LENGTH/EVERY */
static enum weather_err add_outage(const struct settings_word *word, const char *text,
                                   struct weather_settings *settings, struct weather_error *error)
{
    struct weather_outage outage = {0};
    const char *plus = strchr(text, '+');
    const char *slash = plus ? strchr(plus, '/') : NULL;
    const char *end = slash ? slash : text + strlen(text);

    if (!plus || !unit_read(UNIT_DURATION, text, (size_t)(plus - text), &outage.start_ns) ||
        !unit_read(UNIT_DURATION, plus + 1, (size_t)(end - plus - 1), &outage.length_ns) ||
        (slash && !unit_read(UNIT_DURATION, slash + 1, strlen(slash + 1), &outage.every_ns)))
        return fail(error, WEATHER_ERR_VALUE,
                    "%s: '%.60s' is not START+LENGTH such as 20s+10s, or START+LENGTH/EVERY",
                    word->name, text);
    if (outage.length_ns == 0 || (slash && outage.every_ns <= outage.length_ns))
        return fail(error, WEATHER_ERR_VALUE, "%s: '%.60s' must last, and end before it returns",
                    word->name, text);
    if (settings->outage_count == WEATHER_OUTAGES_MAX)
        return fail(error, WEATHER_ERR_TWICE, "%s: at most %d of them", word->name,
                    WEATHER_OUTAGES_MAX);
    settings->outages[settings->outage_count++] = outage;
    return WEATHER_OK;
}

static enum weather_err add_trace(const struct settings_word *word, const char *text,
                                  struct weather_settings *settings, struct weather_error *error)
{
    if (!*text || strlen(text) >= WEATHER_PATH_MAX)
        return fail(error, WEATHER_ERR_VALUE, "%s: a file's name has 1 to %d bytes", word->name,
                    WEATHER_PATH_MAX - 1);
    if (settings->trace_count == WEATHER_TRACES_MAX)
        return fail(error, WEATHER_ERR_TWICE, "%s: at most %d of them", word->name,
                    WEATHER_TRACES_MAX);
    strcpy(settings->traces[settings->trace_count++], text);
    return WEATHER_OK;
}

/* The first time a word is given, what a preset or the word for both ways had set goes; zeroes stay
 * behind, so that settings that mean the same are the same bytes. */
static void forget(const struct settings_word *word, struct weather_settings *settings)
{
    if (word->kind == WORD_TIMED)
        memset(field(settings, word), 0, sizeof(struct weather_timetable));
    if (word->kind == WORD_OUTAGE) {
        memset(settings->outages, 0, sizeof settings->outages);
        settings->outage_count = 0;
    }
    if (word->kind == WORD_TRACE) {
        memset(settings->traces, 0, sizeof settings->traces);
        settings->trace_count = 0;
    }
}

static enum weather_err apply(const struct settings_word *word, const struct item *item,
                              struct weather_settings *settings, struct weather_error *error)
{
    switch (word->kind) {
    case WORD_NUMBER:
        return read_number(word, item->value, field(settings, word), error);
    case WORD_TIMED:
        return add_step(word, item, field(settings, word), error);
    case WORD_CHOICE:
        return read_choice(word, item->value, field(settings, word), error);
    case WORD_QUEUE:
        return read_queue(word, item->value, settings, error);
    case WORD_OUTAGE:
        return add_outage(word, item->value, settings, error);
    case WORD_TRACE:
        return add_trace(word, item->value, settings, error);
    }
    return WEATHER_ERR_WORD;
}

static enum weather_err read_word(struct reader *reader, const struct item *item, size_t index)
{
    const struct settings_word *word = &settings_words[index];
    bool again = reader->seen[item->level][index];
    bool repeats =
        word->kind == WORD_TIMED || word->kind == WORD_OUTAGE || word->kind == WORD_TRACE;

    if (!item->value)
        return fail(reader->error, WEATHER_ERR_VALUE, "%s: wants a value", word->name);
    if (item->has_time && word->kind != WORD_TIMED)
        return fail(reader->error, WEATHER_ERR_VALUE, "%s: has no timetable", word->name);
    if (again && !repeats)
        return fail(reader->error, WEATHER_ERR_TWICE, "%s: given twice", word->name);
    if (item->level == 0 && (reader->seen[1][index] || reader->seen[2][index]))
        return fail(reader->error, WEATHER_ERR_TWICE,
                    "%s: give it for both ways before up.%s or down.%s", word->name, word->name,
                    word->name);
    reader->seen[item->level][index] = true;
    for (int way = 0; way < WEATHER_WAYS; way++) {
        struct weather_settings *settings = &reader->line.way[way];
        if (!item->ways[way])
            continue;
        if (!again && item->at_ns == 0)
            forget(word, settings);
        enum weather_err err = apply(word, item, settings, reader->error);
        if (err)
            return err;
    }
    return WEATHER_OK;
}

static enum weather_err read_seed(struct reader *reader, const struct item *item)
{
    uint64_t seed = 0;

    if (reader->line.has_seed)
        return fail(reader->error, WEATHER_ERR_TWICE, "seed: given twice");
    if (item->level || !item->value || !*item->value)
        return fail(reader->error, WEATHER_ERR_VALUE, "seed: one whole number for both ways");
    for (const char *digit = item->value; *digit; digit++) {
        if (*digit < '0' || *digit > '9' || seed > (UINT64_MAX - 9) / 10)
            return fail(reader->error, WEATHER_ERR_VALUE, "seed: '%.40s' is not a whole number",
                        item->value);
        seed = seed * 10 + (uint64_t)(*digit - '0');
    }
    reader->line.has_seed = true;
    reader->line.seed = seed;
    return WEATHER_OK;
}

static const char *nearest_way(const char *name, const char *dot)
{
    static const char *const ways[] = {"up", "down", NULL};
    char prefix[ITEM_BYTES];

    snprintf(prefix, sizeof prefix, "%.*s", (int)(dot - name), name);
    return nearest_word(prefix, ways);
}

static enum weather_err no_such_word(struct reader *reader, const struct item *item)
{
    const char *names[SETTINGS_WORDS + 3];
    size_t count = 0;

    for (size_t i = 0; i < SETTINGS_WORDS; i++)
        names[count++] = settings_words[i].name;
    names[count++] = "preset";
    names[count++] = "seed";
    names[count] = NULL;
    const char *nearest = nearest_word(item->name, names);
    if (!nearest && !item->value)
        nearest = nearest_word(item->name, preset_names);
    if (nearest)
        return fail(reader->error, WEATHER_ERR_WORD, "no word '%.40s'; did you mean '%s'?",
                    item->name, nearest);
    const char *dot = strchr(item->name, '.');
    const char *way = dot ? nearest_way(item->name, dot) : NULL;
    if (way)
        return fail(reader->error, WEATHER_ERR_WORD, "no word '%.40s'; did you mean '%s.%.40s'?",
                    item->name, way, dot + 1);
    return fail(reader->error, WEATHER_ERR_WORD,
                "no word '%.40s'; a line's weather reads like "
                "delay=60ms,loss=5%%,burst=4",
                item->name);
}

/* Cuts `text` (already copied into item->text) at its prefix, time and value. */
static enum weather_err take_apart(struct item *item, struct weather_error *error)
{
    char *name = item->text;
    char *value = strchr(name, '=');

    if (value)
        *value++ = '\0';
    item->value = value;
    item->ways[WEATHER_UP] = item->ways[WEATHER_DOWN] = true;
    for (int way = 0; way < WEATHER_WAYS; way++) {
        size_t prefix = strlen(way_prefixes[way]);
        if (strncmp(name, way_prefixes[way], prefix) != 0)
            continue;
        name += prefix;
        item->level = 1 + way;
        item->ways[!way] = false;
        break;
    }
    item->name = name;
    char *at = strchr(name, '@');
    if (!at)
        return WEATHER_OK;
    *at++ = '\0';
    item->has_time = true;
    if (!unit_read(UNIT_DURATION, at, strlen(at), &item->at_ns))
        return fail(error, WEATHER_ERR_VALUE, "%.40s@%.40s: wants a moment such as 20s", name, at);
    return WEATHER_OK;
}

static enum weather_err read_item(struct reader *reader, const char *text, size_t len)
{
    struct item item = {0};

    while (len > 0 && *text == ' ')
        text++, len--;
    while (len > 0 && text[len - 1] == ' ')
        len--;
    if (len == 0 || len >= sizeof item.text)
        return fail(reader->error, WEATHER_ERR_WORD, "a word is %s", len ? "too long" : "missing");
    memcpy(item.text, text, len);
    enum weather_err err = take_apart(&item, reader->error);
    if (err)
        return err;
    for (size_t i = 0; i < SETTINGS_WORDS; i++)
        if (!strcmp(settings_words[i].name, item.name))
            return read_word(reader, &item, i);
    if (!strcmp(item.name, "seed"))
        return read_seed(reader, &item);
    if (!strcmp(item.name, "preset") && item.value)
        return read_preset(reader, &item, item.value);
    if (!item.value && preset_settings(item.name))
        return read_preset(reader, &item, item.name);
    return no_such_word(reader, &item);
}

static enum weather_err read_items(struct reader *reader, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, ",");
        enum weather_err err = read_item(reader, text, len);
        if (err)
            return err;
        text += len;
        if (*text == ',' && !*++text)
            return fail(reader->error, WEATHER_ERR_WORD, "a word is missing at the end");
    }
    return WEATHER_OK;
}

static enum weather_err read_preset(struct reader *reader, const struct item *item,
                                    const char *name)
{
    const char *text = preset_settings(name);
    struct reader inner = {.error = reader->error};

    if (!text) {
        const char *nearest = nearest_word(name, preset_names);
        return fail(reader->error, WEATHER_ERR_VALUE, "preset: no '%.40s'; %s '%s'", name,
                    nearest ? "the nearest is" : "there is", nearest ? nearest : preset_names[1]);
    }
    for (int level = 0; level <= WEATHER_WAYS; level++)
        for (size_t i = 0; i < SETTINGS_WORDS; i++)
            if (reader->seen[level][i])
                return fail(reader->error, WEATHER_ERR_TWICE,
                            "preset: '%.40s' must come first; the words after it change it", name);
    enum weather_err err = read_items(&inner, text);
    for (int way = 0; way < WEATHER_WAYS && !err; way++)
        if (item->ways[way])
            reader->line.way[way] = inner.line.way[way];
    return err;
}

/* Bursts of B cannot make up more than B of every B + 1 datagrams. */
static enum weather_err check_bursts(const struct weather_settings *settings,
                                     struct weather_error *error)
{
    for (uint32_t i = 0; settings->burst_milli && i < settings->loss.count; i++) {
        uint64_t loss_ppb = settings->loss.steps[i].value;
        char loss[UNIT_TEXT_BYTES];
        char burst[UNIT_TEXT_BYTES];
        if (loss_ppb <= loss_most_ppb(settings->burst_milli) || loss_ppb == UNIT_SHARE_WHOLE)
            continue;
        unit_write(UNIT_SHARE, loss_ppb, loss);
        unit_write(UNIT_COUNT, settings->burst_milli, burst);
        return fail(error, WEATHER_ERR_VALUE, "loss: %s needs longer bursts than burst=%s", loss,
                    burst);
    }
    return WEATHER_OK;
}

enum weather_err weather_settings_read(struct weather_line_settings *line, const char *text,
                                       struct weather_error *error)
{
    struct reader reader = {.error = error};

    error->text[0] = '\0';
    enum weather_err err = read_items(&reader, text);
    for (int way = 0; way < WEATHER_WAYS && !err; way++)
        err = check_bursts(&reader.line.way[way], error);
    if (!err)
        *line = reader.line;
    return err;
}
