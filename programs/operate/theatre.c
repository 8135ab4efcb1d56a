/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "operate/theatre.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "keep.h"
#include "log/stamp.h"

#define NS_PER_US 1000
#define WAY_BACK_NS UINT64_C(200000000) /* of the news which picture the surgeon sees */

static const char *const names[THEATRE_CHILDREN] = {"weather", "cart", "bedside", "console"};

/* The words of a command line being put together. Memory is short: all is dropped. */
struct words {
    size_t count;
    bool is_short;
    char *items[64]; /* the last is NULL */
};

static void words_free(struct words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->items[i]);
}

static PRINTF_LIKE(2, 3) void add(struct words *words, const char *format, ...)
{
    va_list args;

    assert(words->count + 1 < sizeof words->items / sizeof *words->items);
    va_start(args, format);
    if (vasprintf(&words->items[words->count], format, args) < 0)
        words->is_short = true;
    else
        words->count++;
    va_end(args);
}

static bool start(struct theatre *theatre, enum theatre_child which, struct words *words,
                  int said_fd, char why[static THEATRE_WHY_BYTES])
{
    bool good = !words->is_short && child_start(&theatre->children[which], words->items, said_fd);

    if (!good)
        snprintf(why, THEATRE_WHY_BYTES, "jisr %s cannot be started: %s", names[which],
                 strerror(words->is_short ? ENOMEM : errno));
    words_free(words);
    theatre->lives[which] += good;
    return good;
}

static bool start_weather(struct theatre *theatre, char why[static THEATRE_WHY_BYTES])
{
    const struct theatre_plan *plan = &theatre->plan;
    const uint16_t *ports = theatre->ports;
    struct words words = {0};

    add(&words, "jisr");
    add(&words, "weather");
    add(&words, "--control");
    add(&words, "--seed=%" PRIu64, plan->seed);
    for (unsigned i = 0; i < plan->line_count; i++)
        add(&words, "--line=127.0.0.1:%u=127.0.0.1:%u%s%s", ports[plan->line_count + i], ports[i],
            *plan->weather[i] ? "," : "", plan->weather[i]);
    return start(theatre, THEATRE_WEATHER, &words, 1, why);
}

/* What a child's file is called in the run of that number. False: too long. */
static bool file_name(char path[static PLACE_PATH_BYTES], const char *folder, const char *name,
                      const char *kind, unsigned number)
{
    char first[PLACE_PATH_BYTES];
    int len = snprintf(first, sizeof first, "%s/%s.%s", folder, name, kind);
    return len > 0 && len < PLACE_PATH_BYTES && keep_name(path, first, number);
}

/* The least number from `first` on under which the children `from` to `to` have left nothing. */
static unsigned free_number(const struct theatre *theatre, unsigned from, unsigned to,
                            unsigned first)
{
    const struct {
        const char *folder, *kind;
    } files[] = {{theatre->plan.report, "log"},
                 {theatre->plan.report, "json"},
                 {theatre->plan.voice ? theatre->plan.report : NULL, "wav"},
                 {theatre->plan.trace, "csv"}};
    enum { FILES = sizeof files / sizeof *files };
    char paths[THEATRE_CHILDREN * FILES][PLACE_PATH_BYTES];
    const char *there[THEATRE_CHILDREN * FILES] = {NULL};
    size_t count = 0;

    for (unsigned which = from; which <= to; which++)
        for (int i = 0; i < FILES; i++, count++)
            if (files[i].folder &&
                file_name(paths[count], files[i].folder, names[which], files[i].kind, 1))
                there[count] = paths[count];
    return keep_number(there, count, first);
}

static void add_trace(struct words *words, const struct theatre *theatre, enum theatre_child end)
{
    char path[PLACE_PATH_BYTES];

    if (theatre->plan.trace &&
        file_name(path, theatre->plan.trace, names[end], "csv", theatre->numbers[end]))
        add(words, "--trace=%s", path);
}

static void add_what_both_want(struct words *words, const struct theatre *theatre,
                               enum theatre_child end)
{
    char path[PLACE_PATH_BYTES];

    add(words, "--identity=%s/%s", theatre->folder, names[end]);
    add(words, "--status-fd=%d", CHILD_STATUS_FD);
    if (theatre_report_path(theatre, end, path))
        add(words, "--report=%s", path);
    add_trace(words, theatre, end);
    const char *heard = theatre->plan.report ? theatre->plan.report : theatre->folder;
    if (theatre->plan.voice && file_name(path, heard, names[end], "wav", theatre->numbers[end])) {
        add(words, "--voice=file:%s,%s", theatre->plan.voice, path);
        add(words, "--talk=open");
    }
}

static bool start_cart(struct theatre *theatre, char why[static THEATRE_WHY_BYTES])
{
    const struct theatre_plan *plan = &theatre->plan;
    const uint16_t *ports = theatre->ports;
    struct words words = {0};

    add(&words, "jisr");
    add(&words, "cart");
    for (unsigned i = 0; i < plan->line_count; i++)
        add(&words, "--listen=127.0.0.1:%u", ports[i]);
    add(&words, "--listen=127.0.0.1:%u", ports[2 * plan->line_count]);
    add(&words, "--camera=%s", plan->camera);
    add(&words, "--arm=%s", plan->arm);
    if (plan->scene)
        add(&words, "--scene=%s", plan->scene);
    if (plan->renderer)
        add(&words, "--renderer=%s", plan->renderer);
    if (plan->fixtures)
        add(&words, "--fixtures=%s", plan->fixtures);
    add(&words, "--coast=%" PRIu64 "us", plan->coast_ns / NS_PER_US);
    add(&words, "--gesture-age=%" PRIu64 "us", plan->gesture_age_ns / NS_PER_US);
    add(&words, "--silence=%" PRIu64 "us", plan->silence_ns / NS_PER_US);
    add(&words, "--picture-age=%" PRIu64 "us", (plan->picture_age_ns + WAY_BACK_NS) / NS_PER_US);
    add_what_both_want(&words, theatre, THEATRE_CART);
    return start(theatre, THEATRE_CART, &words, CHILD_STATUS_FD, why);
}

static void add_window(struct words *words, const struct theatre_plan *plan)
{
    if (plan->windows)
        add(words, "--window");
    if (plan->windows && plan->language)
        add(words, "--language=%s", plan->language);
    if (plan->windows && plan->window_voice)
        add(words, "--voice=%s", plan->window_voice);
}

/* The team beside the patient, as far as a trial needs one: it enables the arm, and is heard. */
static bool start_bedside(struct theatre *theatre, char why[static THEATRE_WHY_BYTES])
{
    enum { NO_STATUS = 1 };
    struct words words = {0};

    add(&words, "jisr");
    add(&words, "bedside");
    add(&words, "--line=127.0.0.1:%u", theatre->ports[2 * theatre->plan.line_count]);
    add(&words, "--identity=%s/%s", theatre->folder, names[THEATRE_BEDSIDE]);
    add(&words, theatre->plan.windows ? "--enable=ask" : "--enable=auto");
    add_window(&words, &theatre->plan);
    if (theatre->plan.windows) /* else it shows nobody anything */
        add_trace(&words, theatre, THEATRE_BEDSIDE);
    add(&words, "--control");
    return start(theatre, THEATRE_BEDSIDE, &words, NO_STATUS, why);
}

static bool start_console(struct theatre *theatre, char why[static THEATRE_WHY_BYTES])
{
    const struct theatre_plan *plan = &theatre->plan;
    const uint16_t *ports = theatre->ports;
    struct words words = {0};

    add(&words, "jisr");
    add(&words, "console");
    for (unsigned i = 0; i < plan->line_count; i++)
        add(&words, "--line=127.0.0.1:%u", ports[plan->line_count + i]);
    if (!plan->windows) /* else those of whoever sits there */
        add(&words, "--hands=%s", plan->hands);
    add_window(&words, plan);
    add(&words, "--presence=%s", plan->presence);
    add(&words, "--picture-age=%" PRIu64 "us", plan->picture_age_ns / NS_PER_US);
    add(&words, "--control");
    add(&words, "--reclutch=ask"); /* by theatre_clutch */
    add_what_both_want(&words, theatre, THEATRE_CONSOLE);
    return start(theatre, THEATRE_CONSOLE, &words, CHILD_STATUS_FD, why);
}

static bool start_child(struct theatre *theatre, enum theatre_child which,
                        char why[static THEATRE_WHY_BYTES])
{
    switch (which) {
    case THEATRE_WEATHER:
        return start_weather(theatre, why);
    case THEATRE_CART:
        return start_cart(theatre, why);
    case THEATRE_BEDSIDE:
        return start_bedside(theatre, why);
    case THEATRE_CONSOLE:
        return start_console(theatre, why);
    case THEATRE_CHILDREN:
        break;
    }
    assert(false);
    return false;
}

static bool open_logs(struct theatre *theatre, const char *folder,
                      char why[static THEATRE_WHY_BYTES])
{
    char path[PLACE_PATH_BYTES];

    for (int i = 0; i < THEATRE_CHILDREN; i++) {
        int file = -1;
        errno = ENAMETOOLONG;
        if (file_name(path, folder, names[i], "log", theatre->numbers[i]))
            file = keep_open(path);
        if (file < 0 || !(theatre->logs[i] = fdopen(file, "a"))) {
            snprintf(why, THEATRE_WHY_BYTES, "%.200s: %s", folder, strerror(errno));
            return false;
        }
        (void)setvbuf(theatre->logs[i], NULL, _IOLBF, BUFSIZ); /* each line can be read at once */
    }
    return true;
}

static void init(struct theatre *theatre)
{
    memset(theatre, 0, sizeof *theatre);
    for (int i = 0; i < THEATRE_CHILDREN; i++)
        child_init(&theatre->children[i], names[i]);
}

bool theatre_open(struct theatre *theatre, const struct theatre_plan *plan,
                  char why[static THEATRE_WHY_BYTES])
{
    assert(plan->line_count <= STATUS_LINES_MAX);
    init(theatre);
    theatre->plan = *plan;
    if (!place_make(theatre->folder, why))
        return false;
    snprintf(theatre->reports, sizeof theatre->reports, "%s",
             plan->report ? plan->report : theatre->folder);
    unsigned number = free_number(theatre, 0, THEATRE_CHILDREN - 1, 1);
    for (int i = 0; i < THEATRE_CHILDREN; i++)
        theatre->numbers[i] = number;
    if (plan->report && !open_logs(theatre, plan->report, why))
        goto fail;
    if (!place_ports(theatre->ports, (size_t)plan->line_count * 2 + 1)) {
        snprintf(why, THEATRE_WHY_BYTES, "no free ports: %s", strerror(errno));
        goto fail;
    }
    int started = 0;
    while (started < THEATRE_CHILDREN && start_child(theatre, (enum theatre_child)started, why))
        started++;
    if (started == THEATRE_CHILDREN)
        return true;
fail:
    theatre_close(theatre);
    return false;
}

bool theatre_start_again(struct theatre *theatre, enum theatre_child which,
                         char why[static THEATRE_WHY_BYTES])
{
    struct child *child = &theatre->children[which];

    child_close(child);
    child_init(child, names[which]);
    theatre->numbers[which] = free_number(theatre, which, which, theatre->numbers[which] + 1);
    if (!start_child(theatre, which, why))
        return false;
    for (unsigned line = 0; which == THEATRE_WEATHER && line < theatre->plan.line_count; line++)
        if (theatre->is_cut[line])
            theatre_cut(theatre, line, true);
    return true;
}

void theatre_cut(struct theatre *theatre, unsigned line, bool is_cut)
{
    char order[32];

    theatre->is_cut[line] = is_cut;
    snprintf(order, sizeof order, "%s %u", is_cut ? "cut" : "restore", line + 1);
    child_order(&theatre->children[THEATRE_WEATHER], order);
}

void theatre_clutch(struct theatre *theatre)
{
    child_order(&theatre->children[THEATRE_CONSOLE], "reclutch");
}

void theatre_enable(struct theatre *theatre)
{
    if (!theatre->plan.windows)
        child_order(&theatre->children[THEATRE_BEDSIDE], "enable");
}

void theatre_log(struct theatre *theatre, const struct child *child, const char *line)
{
    size_t which = (size_t)(child - theatre->children);
    FILE *log = theatre->logs[which];

    if (log)
        fprintf(log, "%s\n", line);
    line = log_stamp_skip(line);
    if (strncmp(line, "info ", 5) != 0 && strncmp(line, "debug ", 6) != 0)
        snprintf(theatre->last_words[which], THEATRE_WORDS_BYTES, "%s", line);
}

bool theatre_logs_are_whole(const struct theatre *theatre)
{
    for (int i = 0; i < THEATRE_CHILDREN; i++) {
        FILE *log = theatre->logs[i];
        errno = EIO; /* of an earlier write that failed, nothing else is known */
        if (log && (ferror(log) || fflush(log) != 0))
            return false;
    }
    return true;
}

void theatre_note(struct theatre *theatre, const struct child *child, const char *line)
{
    struct timespec now;
    char stamp[LOG_STAMP_BYTES];
    FILE *log = theatre->logs[child - theatre->children];

    clock_gettime(CLOCK_REALTIME, &now);
    log_stamp_write(stamp, &now);
    if (log)
        fprintf(log, "%.*s%s\n", LOG_STAMP_BYTES, stamp, line);
}

bool theatre_report_path(const struct theatre *theatre, enum theatre_child end,
                         char path[static PLACE_PATH_BYTES])
{
    return file_name(path, theatre->reports, names[end], "json", theatre->numbers[end]);
}

void theatre_close(struct theatre *theatre)
{
    for (int i = 0; i < THEATRE_CHILDREN; i++) {
        child_close(&theatre->children[i]);
        if (theatre->logs[i])
            fclose(theatre->logs[i]);
        theatre->logs[i] = NULL;
    }
    place_remove(theatre->folder);
    theatre->folder[0] = '\0';
}
