/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `jisr try`: sit at it. A robot with physics, lines in weather, and two windows on this machine: the surgeon's
 * console and the panel at the bedside. It is over when one of them is closed. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cart_arms.h"
#include "commands.h"
#include "log/stamp.h"
#include "media/camera.h"
#include "operate/choice.h"
#include "operate/phrases.h"
#include "operate/show.h"
#include "operate/theatre.h"
#include "options.h"
#include "stops.h"

enum { DONE = 0, FAILED = 1, WRONG_USAGE = 2, TURN_MS = 50 };

struct try_settings {
    struct choice_settings choice;
    const char *arm, *scene, *camera, *trace, *voice;
};

#define OPTION_AT(field) offsetof(struct try_settings, field)

static const char *const voices[] = {"none", "device", NULL};

static const struct option options[] = {
    CHOICE_OPTIONS(OPTION_AT(choice)),
    {.name = "scene",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(scene),
     .unit = "NAME|FILE",
     .help = "as for `jisr cart`: peg-transfer unless given"},
    {.name = "arm",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(arm),
     .unit = "DRIVER",
     .standard = "mujoco",
     .choices = cart_arms_words,
     .help = "as for `jisr cart`"},
    {.name = "camera",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(camera),
     .unit = "SOURCE",
     .choices = camera_forms,
     .help = "as for `jisr cart`; the scene's own unless given"},
    {.name = "voice",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(voice),
     .unit = "DEVICES",
     .standard = "none",
     .choices = voices,
     .help = "of both windows: device, this machine's microphone and loudspeaker"},
    {.name = "trace",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(trace),
     .unit = "DIR",
     .help = "record: write cart.csv, console.csv and bedside.csv there"},
    {0},
};

static const struct options_usage usage = {
    .command = "jisr try",
    .summary =
        "sit at it: the surgeon's console and the bedside's panel as windows on this machine",
};

static void hear(void *context, struct child *child, const char *line)
{
    (void)context; /* status lines: the windows show it all */
    (void)child;
    (void)line;
}

static void tell_event(const char *who, const char *event, enum words_language language)
{
    size_t len = strcspn(event, " ");
    const char *words = words_of_event(event, len, language);
    if (show_is_told_better(event))
        return;
    if (words && event[len])
        fprintf(stderr, "jisr %s: %s (%s)\n", who, words, event + len + 1);
    else
        fprintf(stderr, "jisr %s: %s\n", who, words ? words : event);
}

/* What is worse than information stands in the terminal, too, in words where there are any: but for what the windows
 * tell all the time, and better. */
static void hear_log(void *context, struct child *child, const char *line)
{
    static const char *const levels[] = {"warn ", "error "};
    const struct theatre *theatre = context;
    const char *said = log_stamp_skip(line);
    theatre_log(context, child, line);
    if (!strncmp(said, "info ", 5) || !strncmp(said, "debug ", 6))
        return;
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (!strncmp(said, levels[i], strlen(levels[i]))) {
            tell_event(child->name, said + strlen(levels[i]),
                       words_language_chosen(theatre->plan.language));
            return;
        }
    fprintf(stderr, "%s\n", said); /* last words of one that cannot start: they name it */
}

static bool listen_a_turn(struct theatre *theatre, int stop_fd)
{
    struct pollfd waits[2 * THEATRE_CHILDREN + 1] = {{.fd = stop_fd, .events = POLLIN}};
    for (int i = 0; i < THEATRE_CHILDREN; i++) {
        waits[1 + 2 * i] = (struct pollfd){.fd = theatre->children[i].said.fd, .events = POLLIN};
        waits[2 + 2 * i] = (struct pollfd){.fd = theatre->children[i].log.fd, .events = POLLIN};
    }
    (void)poll(waits, sizeof waits / sizeof *waits, TURN_MS);
    for (int i = 0; i < THEATRE_CHILDREN; i++) {
        struct child *child = &theatre->children[i];
        child_read(child, &child->said, hear, theatre);
        child_read(child, &child->log, hear_log, theatre);
    }
    return waits[0].revents != 0;
}

/* The one that has ended; NULL: none. */
static struct child *ended(struct theatre *theatre)
{
    for (int i = 0; i < THEATRE_CHILDREN; i++)
        if (child_has_ended(&theatre->children[i]))
            return &theatre->children[i];
    return NULL;
}

static int run(struct theatre *theatre, int stop_fd)
{
    struct child *child = NULL;
    while (!child && !listen_a_turn(theatre, stop_fd))
        child = ended(theatre);
    if (!child)
        return DONE;
    (void)listen_a_turn(theatre, stop_fd); /* its last words */
    if (!child->killed_by && child->exit_status == 0)
        return DONE;
    bool has_words = theatre->last_words[child - theatre->children][0];
    fprintf(stderr, "jisr try: jisr %s has ended by itself%s\n", child->name,
            child->killed_by ? ", killed by a signal"
            : has_words      ? "; what it said stands above"
                             : "");
    return FAILED;
}

/* Everybody says goodbye, so that reports are written. */
static void end(struct theatre *theatre)
{
    enum { TURNS_MOST = 100 };
    for (int i = THEATRE_CHILDREN - 1; i >= 0; i--)
        child_signal(&theatre->children[i], SIGTERM);
    for (int turn = 0; turn < TURNS_MOST; turn++) {
        bool all = true;
        (void)listen_a_turn(theatre, -1);
        for (int i = 0; i < THEATRE_CHILDREN; i++)
            all &= child_has_ended(&theatre->children[i]);
        if (all)
            return;
    }
}

static bool has_display(void)
{
    const char *x = getenv("DISPLAY"), *wayland = getenv("WAYLAND_DISPLAY");
    return (x && *x) || (wayland && *wayland);
}

static int sit(struct theatre_plan *plan, int stop_fd)
{
    static struct theatre theatre;
    char why[THEATRE_WHY_BYTES];
    if (!theatre_open(&theatre, plan, why)) {
        fprintf(stderr, "jisr try: %s\n", why);
        return FAILED;
    }
    for (enum phrase phrase = PHRASE_TRY_WINDOWS; phrase <= PHRASE_TRY_END; phrase++)
        puts(phrase_of(phrase, words_language_chosen(plan->language)));
    fflush(stdout);
    int status = run(&theatre, stop_fd);
    end(&theatre);
    theatre_close(&theatre);
    return status;
}

int command_try(int argc, char **argv)
{
    static struct try_settings settings;
    int status = options_alone(&usage, options, &settings, argc, argv);
    if (status >= 0)
        return status;
    const struct choice asked = {settings.arm, settings.scene, NULL, settings.camera, 1};
    if (!choice_is_good(&settings.choice, &asked, "try"))
        return WRONG_USAGE;
    if (!has_display()) {
        fputs("jisr try: no display to open windows on: set DISPLAY or WAYLAND_DISPLAY, or try "
              "`jisr operate "
              "--arm mujoco`, whose hands are a script\n",
              stderr);
        return FAILED;
    }
    struct theatre_plan plan = {.line_count = (unsigned)settings.choice.line_count,
                                .seed = settings.choice.seed,
                                .gesture_age_ns = UINT64_C(300000000),
                                .silence_ns = UINT64_C(200000000),
                                .picture_age_ns = UINT64_C(500000000),
                                .report = settings.choice.report,
                                .trace = settings.trace,
                                .renderer = settings.choice.renderer,
                                .window_voice = settings.voice,
                                .windows = true,
                                .language = settings.choice.language};
    choice_weather(&plan, &settings.choice.weather);
    choice_motion(&plan, &settings.choice);
    (void)choice_make(&plan, &asked);
    if (!place_make_folder("try", settings.trace) ||
        !place_make_folder("try", settings.choice.report))
        return FAILED;
    int stop_fd = stops_open();
    if (stop_fd < 0) {
        fprintf(stderr, "jisr try: cannot wait for signals: %s\n", strerror(errno));
        return FAILED;
    }
    status = sit(&plan, stop_fd);
    close(stop_fd);
    return status;
}
