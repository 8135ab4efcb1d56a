/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `jisr operate`: a whole operation on this machine. Weather, cart and console run as processes of
 * their own with throw-away identities; one that dies is started again; a timetable cuts the lines; one
 * page shows it live; a report in words ends it. Folders and ports: operate/place.h; the three processes:
 * operate/theatre.h. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cart_arms.h"
#include "clock/clock.h"
#include "commands.h"
#include "input/hands.h"
#include "media/camera.h"
#include "operate/choice.h"
#include "operate/closing.h"
#include "operate/papers.h"
#include "operate/place.h"
#include "operate/restart.h"
#include "operate/show.h"
#include "operate/theatre.h"
#include "operate/watch.h"
#include "options.h"
#include "screen/screen.h"
#include "stops.h"

enum { DONE = 0, FAILED = 1, WRONG_USAGE = 2 };
enum { TURN_MS = 50 };
enum { NOBODY = -1 }; /* in place of a descriptor to look at */

#define MEET_WITHIN_NS UINT64_C(30000000000)
#define FOLLOW_WITHIN_NS UINT64_C(8000000000) /* after the two ends met */
#define STATUS_WITHIN_NS UINT64_C(300000000)
#define END_WITHIN_NS UINT64_C(5000000000)

struct operate_settings {
    struct choice_settings choice;
    uint64_t for_ns;
    const char *hands, *camera, *arm, *scene, *trace, *voice;
    uint64_t gesture_age_ns, silence_ns, picture_age_ns;
};

#define OPTION_AT(field) offsetof(struct operate_settings, field)

static const struct option options[] = {
    {.name = "for",
     .kind = OPTION_DURATION,
     .offset = OPTION_AT(for_ns),
     .unit = "TIME",
     .least = 15,
     .most = 86400,
     .help = "how long, 43 s or a task's 240 s; the timetable of cuts is stretched to it"},
    CHOICE_OPTIONS(OPTION_AT(choice)),
    {.name = "hands",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(hands),
     .unit = "SOURCE",
     .choices = hands_forms,
     .help = "as for `jisr console`; the recorded ones if they are here, else script"},
    {.name = "voice",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(voice),
     .unit = "FILE.wav",
     .help = "what is said at both ends, all the time; what each hears is kept with the reports"},
    {.name = "camera",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(camera),
     .unit = "SOURCE",
     .choices = camera_forms,
     .help = "as for `jisr cart`; the recorded clip if it is here, else pattern"},
    {.name = "arm",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(arm),
     .unit = "DRIVER",
     .standard = "kinematic",
     .choices = cart_arms_words,
     .help = "as for `jisr cart`"},
    {.name = "scene",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(scene),
     .unit = "NAME|FILE",
     .help = "as for `jisr cart`; `script` then are hands that do its task"},
    {.name = "gesture-age",
     .kind = OPTION_DURATION,
     .offset = OPTION_AT(gesture_age_ns),
     .unit = "TIME",
     .standard = "300ms",
     .least = 0.01,
     .most = 2,
     .help = "as for `jisr cart`: a gesture older than this stops the arm"},
    {.name = "silence",
     .kind = OPTION_DURATION,
     .offset = OPTION_AT(silence_ns),
     .unit = "TIME",
     .standard = "200ms",
     .least = 0.01,
     .most = 2,
     .help = "as for `jisr cart`: so long without a gesture stops the arm"},
    {.name = "picture-age",
     .kind = OPTION_DURATION,
     .offset = OPTION_AT(picture_age_ns),
     .unit = "TIME",
     .standard = "500ms",
     .least = 0.02,
     .most = 5,
     .help = "as for `jisr console`: a picture older than this freezes the hands"},
    {.name = "trace",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(trace),
     .unit = "DIR",
     .help = "write cart.csv and console.csv there"},
    {0},
};

static const struct options_usage usage = {
    .command = "jisr operate",
    .summary = "runs a whole operation on this machine, cuts its lines, and says what happened",
};

struct operation {
    struct operate_settings settings;
    struct timetable timetable;
    struct theatre theatre;
    struct restart restarts[THEATRE_CHILDREN];
    struct watch watch;
    struct show show;
    struct screen *screen;
    uint64_t opened_ns, met_ns, began_ns, now_ns; /* 0: not yet */
    enum phase phase;
    struct papers papers[STATUS_SIDES];
    enum theatre_child unfit; /* ended by itself before the two ends met; THEATRE_CHILDREN: none */
    bool has_heard_cart;      /* a status line of it, this turn */
    bool is_broken;           /* a process ended that should not have */
};

static struct operation operation; /* large, and one */

static struct choice asked_for(const struct operate_settings *settings)
{
    return (struct choice){settings->arm, settings->scene, settings->hands, settings->camera,
                           settings->for_ns};
}

static void plan(struct theatre_plan *wanted, struct operate_settings *settings)
{
    *wanted = (struct theatre_plan){.line_count = (unsigned)settings->choice.line_count,
                                    .seed = settings->choice.seed,
                                    .gesture_age_ns = settings->gesture_age_ns,
                                    .silence_ns = settings->silence_ns,
                                    .picture_age_ns = settings->picture_age_ns,
                                    .trace = settings->trace,
                                    .voice = settings->voice,
                                    .renderer = settings->choice.renderer,
                                    .report = settings->choice.report};
    choice_weather(wanted, &settings->choice.weather);
    choice_motion(wanted, &settings->choice);
    const struct choice asked = asked_for(settings);
    settings->for_ns = choice_make(wanted, &asked);
}

static void hear(void *context, struct child *child, const char *line)
{
    struct operation *op = context;
    struct operate_status status;

    (void)child;
    if (operate_status_read(&status, line) != STATUS_OK)
        return; /* the weather's answers, which are no status */
    op->has_heard_cart |= status.side == STATUS_CART;
    watch_take(&op->watch, &status, op->now_ns);
    show_take(&op->show, &status, op->now_ns);
}

static void hear_log(void *context, struct child *child, const char *line)
{
    struct operation *op = context;

    long which = child - op->theatre.children;

    theatre_log(&op->theatre, child, line);
    show_log(&op->show, child->name, line);
    if (which == THEATRE_CART || which == THEATRE_CONSOLE)
        papers_log(&op->papers[which == THEATRE_CART ? STATUS_CART : STATUS_CONSOLE], line);
}

/* Waits a turn at most and takes in what the processes say; true when we are asked to stop. */
static bool listen_a_turn(struct operation *op, int stop_fd)
{
    enum { DESCRIPTORS = 2 * THEATRE_CHILDREN + 1 };
    struct pollfd waits[DESCRIPTORS] = {{.fd = stop_fd, .events = POLLIN}};

    for (int i = 0; i < THEATRE_CHILDREN; i++) {
        struct child *child = &op->theatre.children[i];
        waits[1 + 2 * i] = (struct pollfd){.fd = child->said.fd, .events = POLLIN};
        waits[2 + 2 * i] = (struct pollfd){.fd = child->log.fd, .events = POLLIN};
    }
    (void)poll(waits, DESCRIPTORS, TURN_MS); /* an interrupted one is a shorter turn */
    op->now_ns = clock_monotonic_ns();
    op->has_heard_cart = false;
    for (int i = 0; i < THEATRE_CHILDREN; i++) {
        struct child *child = &op->theatre.children[i];
        child_read(child, &child->said, hear, op);
        child_read(child, &child->log, hear_log, op);
    }
    return waits[0].revents != 0;
}

static void enter_phase(struct operation *op, enum phase phase)
{
    for (unsigned line = 0; line < op->timetable.line_count; line++)
        if (timetable_is_cut(phase, line) != timetable_is_cut(op->phase, line))
            theatre_cut(&op->theatre, line, timetable_is_cut(phase, line));
    op->phase = phase;
    show_phase(&op->show, phase);
    if (phase != PHASES)
        watch_enter(&op->watch, phase, op->now_ns);
}

/* A phase begins at a status line of the cart, so that what a line counts is of one phase; without one
 * for too long, as when the cart is being started again, it begins all the same. */
static void follow_timetable(struct operation *op)
{
    uint64_t elapsed_ns = op->now_ns - op->began_ns;
    enum phase phase = timetable_at(&op->timetable, elapsed_ns);

    if (phase != op->phase &&
        (op->has_heard_cart || elapsed_ns > op->timetable.start_ns[phase] + STATUS_WITHIN_NS))
        enter_phase(op, phase);
}

/* Until the arm first follows, time stands still. */
static bool has_begun(struct operation *op)
{
    if (op->began_ns)
        return true;
    if (op->watch.has_met && !op->met_ns)
        op->met_ns = op->now_ns;
    if (!op->watch.has_followed && (!op->met_ns || op->now_ns - op->met_ns < FOLLOW_WITHIN_NS))
        return false;
    op->began_ns = op->now_ns;
    enter_phase(op, PHASE_WEATHER);
    return true;
}

static double elapsed_s(const struct operation *op)
{
    return op->began_ns ? (double)(op->now_ns - op->began_ns) / 1e9 : 0;
}

/* It ended by itself: it had its reasons, and would have them again. */
static void note_end(struct operation *op, const struct child *child)
{
    page_tell(&op->show.page, PAGE_BAD, "jisr %s %s %d", child->name,
              words_of(WORD_ENDED, op->show.language), child->exit_status);
    op->is_broken = true;
    if (!op->watch.has_met)
        op->unfit = (enum theatre_child)(child - op->theatre.children);
}

static void note_death(struct operation *op, enum theatre_child which)
{
    static const enum status_side sides[] = {[THEATRE_WEATHER] = STATUS_SIDES,
                                             [THEATRE_CART] = STATUS_CART,
                                             [THEATRE_BEDSIDE] = STATUS_SIDES,
                                             [THEATRE_CONSOLE] = STATUS_CONSOLE};
    struct child *child = &op->theatre.children[which];
    char line[64];

    snprintf(line, sizeof line, "error died signal=%d", child->killed_by);
    theatre_note(&op->theatre, child, line);
    watch_died(&op->watch, sides[which]);
    show_died(&op->show, sides[which], child->name, child->killed_by);
    if (restart_plan(&op->restarts[which], op->now_ns, elapsed_s(op)))
        return;
    page_tell(&op->show.page, PAGE_BAD, "jisr %s %s", child->name,
              words_of(WORD_GIVEN_UP, op->show.language));
    op->is_broken = true;
}

static void start_again(struct operation *op, enum theatre_child which)
{
    struct child *child = &op->theatre.children[which];
    char why[THEATRE_WHY_BYTES], line[64];

    if (!theatre_start_again(&op->theatre, which, why)) {
        page_tell(&op->show.page, PAGE_BAD, "%s", why);
        op->is_broken = true;
        return;
    }
    snprintf(line, sizeof line, "warn started_again life=%u", op->theatre.lives[which]);
    theatre_note(&op->theatre, child, line);
    page_tell(&op->show.page, PAGE_WORRIED, "jisr %s %s", child->name,
              words_of(WORD_STARTED_AGAIN, op->show.language));
}

static void notice_ends(struct operation *op)
{
    for (int i = 0; i < THEATRE_CHILDREN; i++) {
        enum theatre_child which = (enum theatre_child)i;
        struct child *child = &op->theatre.children[which];
        if (!child_has_ended(child))
            continue;
        if (op->restarts[which].due_ns) {
            if (restart_is_due(&op->restarts[which], op->now_ns))
                start_again(op, which);
            continue;
        }
        child_read(child, &child->said, hear, op);
        child_read(child, &child->log, hear_log, op);
        if (child->killed_by)
            note_death(op, which);
        else
            note_end(op, child);
    }
}

/* The timetable, from the first turn to its end, an interrupt or a broken process. */
static void run(struct operation *op, int stop_fd)
{
    while (op->phase != PHASES && !op->is_broken) {
        bool is_stopped = listen_a_turn(op, stop_fd);
        op->show.page.now_s = elapsed_s(op);
        if (has_begun(op))
            follow_timetable(op);
        if (watch_wants_clutch(&op->watch, op->now_ns))
            theatre_clutch(&op->theatre);
        if (watch_wants_enable(&op->watch, op->now_ns))
            theatre_enable(&op->theatre);
        notice_ends(op);
        screen_show(op->screen, &op->show.page, op->now_ns);
        if (is_stopped || (!op->met_ns && op->now_ns - op->opened_ns > MEET_WITHIN_NS))
            return;
    }
}

/* Both ends at once: neither sees the other leave. The weather carries their last words. Whoever asked us
 * to stop need not ask again, so nobody looks at that descriptor, which stays readable. */
static void end(struct operation *op)
{
    struct child *cart = &op->theatre.children[THEATRE_CART];
    struct child *console = &op->theatre.children[THEATRE_CONSOLE];
    uint64_t until_ns = clock_monotonic_ns() + END_WITHIN_NS;

    child_signal(console, SIGTERM);
    child_signal(cart, SIGTERM);
    do
        (void)listen_a_turn(op, NOBODY);
    while (op->now_ns < until_ns && !(child_has_ended(cart) && child_has_ended(console)));
    screen_show(op->screen, &op->show.page, op->now_ns + UINT64_C(1000000000));
}

/* What an end's present life reported, or else what its status lines said; NULL: neither. */
static const struct figures *gather(const struct operation *op, enum theatre_child end,
                                    struct figures *figures)
{
    bool is_cart = end == THEATRE_CART;
    char path[PLACE_PATH_BYTES];

    figures_init(figures);
    if (theatre_report_path(&op->theatre, end, path) && figures_load(figures, path))
        return figures;
    if (is_cart ? !op->watch.has_cart : !op->watch.has_console)
        return NULL;
    figures_from_status(figures, is_cart ? &op->watch.cart : &op->watch.console);
    if (is_cart)
        figures->gesture_age.max = watch_worst_age_ms(&op->watch);
    return figures;
}

static int report(struct operation *op, double ran_s, enum words_language language)
{
    static struct figures cart, console;
    struct verdict verdict;
    struct verdict_evidence evidence = {.timetable = &op->timetable,
                                        .watch = &op->watch,
                                        .began_ns = op->began_ns ? op->began_ns : op->opened_ns,
                                        .elapsed_s = ran_s,
                                        .is_broken = op->is_broken,
                                        .task_s = choice_task_s(&op->theatre.plan),
                                        .restarts = op->restarts,
                                        .restart_count = THEATRE_CHILDREN,
                                        .cart = gather(op, THEATRE_CART, &cart),
                                        .console = gather(op, THEATRE_CONSOLE, &console)};

    memcpy(evidence.papers, op->papers, sizeof evidence.papers);
    if (!theatre_logs_are_whole(&op->theatre))
        evidence.logs_why = strerror(errno);
    if (evidence.cart)
        watch_count_holds(&op->watch, evidence.cart);
    verdict_judge(&verdict, &evidence, language);
    closing_print(stdout, &verdict, &evidence, language);
    fflush(stdout);
    return verdict.good ? DONE : FAILED;
}

/* There was no operation to report on: what was wrong stands last. */
static int tell_unfit(const struct operation *op)
{
    const char *words = op->theatre.last_words[op->unfit];
    fflush(stdout);
    fprintf(stderr, "%s\n", *words ? words : "jisr operate: a program ended and did not say why");
    return FAILED;
}

static int operate(struct operation *op, int stop_fd)
{
    struct theatre_plan wanted;
    enum words_language language = words_language_chosen(op->settings.choice.language);
    char why[THEATRE_WHY_BYTES];

    op->unfit = THEATRE_CHILDREN;
    plan(&wanted, &op->settings);
    timetable_init(&op->timetable, wanted.line_count, op->settings.for_ns);
    watch_init(&op->watch, op->settings.picture_age_ns);
    show_init(&op->show, wanted.weather[0], timetable_start_s(&op->timetable, PHASES),
              wanted.line_count, language);
    if (!theatre_open(&op->theatre, &wanted, why)) {
        fprintf(stderr, "jisr operate: %s\n", why);
        return FAILED;
    }
    for (int i = 0; i < THEATRE_CHILDREN; i++)
        restart_init(&op->restarts[i], op->theatre.children[i].name);
    show_of(&op->show, PAGE_PLAIN, words_of(WORD_HANDS, language), wanted.hands);
    show_of(&op->show, PAGE_PLAIN, words_of(WORD_CAMERA, language), wanted.camera);
    if (op->theatre.numbers[0] > 1)
        page_tell(&op->show.page, PAGE_PLAIN, "%s %u", words_of(WORD_NUMBERED, language),
                  op->theatre.numbers[0]);
    op->opened_ns = op->now_ns = clock_monotonic_ns();
    op->screen = screen_open(STDOUT_FILENO, language);
    run(op, stop_fd);
    double ran_s = elapsed_s(op);
    watch_end(&op->watch, op->now_ns);
    end(op);
    screen_close(op->screen);
    int status = op->unfit == THEATRE_CHILDREN ? report(op, ran_s, language) : tell_unfit(op);
    theatre_close(&op->theatre);
    return status;
}

int command_operate(int argc, char **argv)
{
    struct operate_settings *settings = &operation.settings;

    int status = options_alone(&usage, options, settings, argc, argv);
    if (status >= 0)
        return status;
    const struct choice asked = asked_for(settings);
    if (!choice_is_good(&settings->choice, &asked, "operate"))
        return WRONG_USAGE;
    if (!place_make_folder("operate", settings->trace) ||
        !place_make_folder("operate", settings->choice.report))
        return FAILED;
    int stop_fd = stops_open();
    if (stop_fd < 0) {
        fprintf(stderr, "jisr operate: cannot wait for signals: %s\n", strerror(errno));
        return FAILED;
    }
    status = operate(&operation, stop_fd);
    close(stop_fd);
    return status;
}
