/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `jisr weather`: puts weather on lines, as a UDP relay between clients and their targets. */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock/clock.h"
#include "clock/realtime.h"
#include "commands.h"
#include "net/relay.h"
#include "options.h"
#include "stops.h"
#include "weather_control.h"

enum { DONE = 0, FAILED = 1, WRONG_USAGE = 2 };

struct weather_program_settings {
    struct option_list lines;
    uint64_t seed;
    uint64_t for_ns;
    bool control;
};

#define OPTION_AT(field) offsetof(struct weather_program_settings, field)

static const struct option options[] = {
    {.name = "line",
     .kind = OPTION_LIST,
     .offset = OPTION_AT(lines),
     .unit = "LISTEN=TARGET[,WEATHER]",
     .required = true,
     .help = "a line, as 127.0.0.1:5000=127.0.0.1:6000,delay=60ms,loss=5%,burst=4"},
    {.name = "seed",
     .kind = OPTION_COUNT,
     .offset = OPTION_AT(seed),
     .unit = "N",
     .standard = "1",
     .help = "of the random numbers: the same seed, the same weather"},
    {.name = "for",
     .kind = OPTION_DURATION,
     .offset = OPTION_AT(for_ns),
     .unit = "TIME",
     .help = "stop after so long; else at an interrupt"},
    {.name = "control",
     .kind = OPTION_FLAG,
     .offset = OPTION_AT(control),
     .help = "read cut, restore, set and stats from standard input"},
    {0},
};

static const struct options_usage usage = {
    .command = "jisr weather",
    .summary = "puts delay, loss, limits and outages on lines between clients and targets",
};

static bool wrong_line(const char *text, const char *why)
{
    fprintf(stderr, "jisr weather: --line '%.200s': %s\n", text, why);
    return false;
}

/* LISTEN=TARGET[,WEATHER] */
static bool read_line(const char *text, uint64_t seed, struct relay_line_settings *line)
{
    struct weather_error error;
    size_t listen_len = strcspn(text, "=");
    const char *target = text + listen_len + 1;

    if (text[listen_len] != '=')
        return wrong_line(text, "wants LISTEN=TARGET, as 127.0.0.1:5000=127.0.0.1:6000");
    size_t target_len = strcspn(target, ",");
    const char *weather = target + target_len;
    if (!net_address_read(&line->listen, text, listen_len))
        return wrong_line(text, "no such address to listen at");
    if (!net_address_read(&line->target, target, target_len))
        return wrong_line(text, "no such target");
    if (weather_settings_read(&line->weather, *weather ? weather + 1 : weather, &error))
        return wrong_line(text, error.text);
    line->seed = line->weather.has_seed ? line->weather.seed : seed;
    return true;
}

static void show_lines(const struct relay *relay, const struct relay_line_settings *lines)
{
    static char weather[WEATHER_TEXT_BYTES];
    char listen[NET_ADDRESS_TEXT];
    char target[NET_ADDRESS_TEXT];

    for (size_t i = 0; i < relay_line_count(relay); i++) {
        struct net_address address;
        relay_listen(relay, i, &address);
        net_address_write(&address, listen);
        net_address_write(&lines[i].target, target);
        weather_settings_write(&lines[i].weather, weather);
        printf("line=%zu listen=%s target=%s seed=%" PRIu64 " weather=%s\n", i + 1, listen, target,
               lines[i].seed, *weather ? weather : "clean");
    }
    fflush(stdout);
}

static int run(struct relay *relay, const struct weather_program_settings *settings)
{
    static struct orders orders;
    int stop_fd = stops_open();
    uint64_t until_ns = settings->for_ns ? clock_monotonic_ns() + settings->for_ns : LINE_NEVER;

    if (stop_fd < 0 || !relay_watch_fd(relay, stop_fd)) {
        fprintf(stderr, "jisr weather: cannot wait for signals: %s\n", strerror(errno));
        return FAILED;
    }
    if (settings->control && !relay_watch_fd(relay, STDIN_FILENO)) {
        fputs("jisr weather: --control wants a pipe or a terminal as standard input\n", stderr);
        return WRONG_USAGE;
    }
    /* Where we may: a late relay is weather that nobody asked for. */
    (void)(realtime_claim(REALTIME_LOOP) && realtime_lock_memory());
    while (clock_monotonic_ns() < until_ns) {
        int readable = relay_run_turn(relay, until_ns);
        if (readable == stop_fd)
            break;
        if (readable == STDIN_FILENO && !weather_control_read(&orders, relay, STDIN_FILENO))
            break;
    }
    weather_control_stats(relay);
    close(stop_fd);
    return DONE;
}

int command_weather(int argc, char **argv)
{
    struct weather_program_settings settings = {0};
    static struct relay_line_settings lines[OPTION_LIST_MAX];
    static_assert((int)OPTION_LIST_MAX <= (int)RELAY_LINES_MAX, "every --line finds a place");
    char error[RELAY_ERROR_BYTES];

    int status = options_alone(&usage, options, &settings, argc, argv);
    if (status >= 0)
        return status;
    for (size_t i = 0; i < settings.lines.count; i++)
        if (!read_line(settings.lines.items[i], settings.seed + i, &lines[i]))
            return WRONG_USAGE;
    struct relay *relay = relay_open(lines, settings.lines.count, error);
    if (!relay) {
        fprintf(stderr, "jisr weather: %s\n", error);
        return FAILED;
    }
    show_lines(relay, lines);
    status = run(relay, &settings);
    relay_close(relay);
    return status;
}
